public import AuditModel

/// Which bytes of the text the store keeps beside the columns.
public enum PayloadKeeping: Hashable, Sendable {
  /// None: the source is read again where bodies are asked for.
  case none
  /// All, byte for byte.
  case all
  /// Records only, and none that may hold a secret: zeros stand in their place.
  case withoutSecrets
}

/// Turns batches of one stretch of a source into a segment. Used by one thread; many may build at once.
public struct SegmentBuilder: ~Copyable {
  /// Blocks of stored text are about so long before compression.
  static let blockSize = 1 << 20

  private let keeping: PayloadKeeping
  private let cluster: String?
  private let compressor = Compressor()
  private var records = RecordColumns()
  private var rejects: [Reject] = []
  private var groups: [RecordGroup] = []
  private var groupOfKey: [LocalJoinKey: Int] = [:]
  /// What is in groups of many records, by their place: nobody's request has so many stages, but a log may say so.
  private var crowds: [Int: Set<RecordIdentity>] = [:]
  private var duplicates = 0
  /// Of a storage, of which records are there already.
  private var documents: Set<ContentID> = []
  private var start: Int64?
  private var end: Int64 = 0
  private var lineCount = 0
  private var blocks: [StoredBlock] = []
  private var open: [UInt8] = []
  private var openStart: Int64 = 0

  /// - Parameter cluster: of the source, for records that name none.
  public init(keeping: PayloadKeeping, cluster: String? = nil) {
    self.keeping = keeping
    self.cluster = cluster
  }

  /// Records taken so far.
  public var recordCount: Int { records.count }

  /// Takes a batch that follows the one before without a gap.
  /// - Parameter bytes: the batch's stretch of text; only read where bytes are kept.
  public mutating func add(_ batch: EventBatch, bytes: UnsafeRawBufferPointer) {
    precondition(start == nil || batch.offset == end, "batches of a segment follow each other")
    if start == nil {
      start = batch.offset
      openStart = batch.offset
    }
    let omitted = keeping == .withoutSecrets ? placesOfSecrets(batch) : []
    for record in batch.records {
      records.append(
        record, line: record.position.line + lineCount, isOmitted: omitted.contains(record.position.offset),
        cluster: cluster)
      group(records.count - 1)
    }
    for var reject in batch.rejects {
      reject.line += lineCount
      rejects.append(reject)
    }
    if keeping != .none { keep(batch, bytes: bytes, omitted: omitted) }
    lineCount += batch.lineCount
    end = batch.offset + Int64(batch.byteCount)
  }

  /// Joins the record with the others of its request.
  private mutating func group(_ record: Int) {
    guard let key = records.joinKey(record) else {
      if let document = records.documents[record], !documents.insert(document).inserted {
        duplicates += 1
        return
      }
      groups.append(RecordGroup(head: record, others: []))
      return
    }
    guard let place = groupOfKey[key] else {
      groupOfKey[key] = groups.count
      groups.append(RecordGroup(head: record, others: []))
      return
    }
    guard isNew(record, in: place) else {
      duplicates += 1
      return
    }
    let head = groups[place].head
    // In place: a copy of the others for each would make a request that is told n times cost n squared.
    if records.rank(record) > records.rank(head) {
      groups[place].others.append(head)
      groups[place].head = record
    } else {
      groups[place].others.append(record)
    }
  }

  /// Whether the group has not got the very same record.
  private mutating func isNew(_ record: Int, in place: Int) -> Bool {
    let identity = records.identity(record)
    if crowds[place] == nil {
      let known = groups[place].all
      guard known.count > 8 else { return !known.contains { records.identity($0) == identity } }
      crowds[place] = Set(known.map(records.identity))
    }
    return crowds[place]?.insert(identity).inserted ?? true
  }

  private mutating func keep(_ batch: EventBatch, bytes: UnsafeRawBufferPointer, omitted: Set<Int64>) {
    let kept = UnsafeRawBufferPointer(rebasing: bytes[0..<min(batch.byteCount, bytes.count)])
    var text: [UInt8]
    if keeping == .all {
      text = Array(kept)
    } else {
      text = [UInt8](repeating: 0, count: kept.count)
      for record in batch.records where !omitted.contains(record.position.offset) {
        let from = Int(record.position.offset - batch.offset)
        let to = from + record.position.length
        guard from >= 0, to <= kept.count else { continue }
        text.withUnsafeMutableBytes { $0[from..<to].copyBytes(from: kept[from..<to]) }
      }
    }
    // A block ends where a record begins, so that no record is split.
    var taken = 0
    // Records of several lines may stand in one another.
    var reach = 0
    for record in batch.records {
      let begin = Int(record.position.offset - batch.offset)
      let isFree = begin >= reach
      reach = max(reach, begin + record.position.length)
      guard isFree, begin > taken, begin <= text.count, open.count + begin - taken >= Self.blockSize else { continue }
      open.append(contentsOf: text[taken..<begin])
      taken = begin
      closeBlock()
    }
    open.append(contentsOf: text[taken...])
  }

  private mutating func closeBlock() {
    guard !open.isEmpty else { return }
    let packed = open.withUnsafeBytes { compressor.compress($0) }
    blocks.append(StoredBlock(start: openStart, length: open.count, isPacked: packed != nil, data: packed ?? open))
    openStart += Int64(open.count)
    open.removeAll(keepingCapacity: true)
  }

  /// - Parameter end: where the segment ends in the source, when not after the last batch: what follows is to be read
  ///   again. Rejects from there on are provisional, and so is a segment with acts that ends where it begins.
  public consuming func finish(endingAt end: Int64? = nil) -> SegmentDraft {
    closeBlock()
    let start = start ?? end ?? 0
    var draft = SegmentDraft(
      start: start, byteCount: max(0, (end ?? self.end) - start), lineCount: lineCount, records: records,
      groups: groups, rejects: rejects, blocks: blocks, duplicates: duplicates)
    draft.encode(with: compressor)
    return draft
  }
}

/// The records of one act, as places in `RecordColumns`.
struct RecordGroup: Sendable {
  /// The one whose values the act shows: that with the latest stage.
  var head: Int
  var others: [Int]
  var all: [Int] { [head] + others }
}

/// A stretch of text, about 1 MiB, zstd-compressed when that is smaller.
struct StoredBlock: Sendable {
  var start: Int64
  var length: Int
  var isPacked: Bool
  var data: [UInt8]
}

/// Tells a record from the others of its act: its bytes and its stage.
struct RecordIdentity: Hashable {
  var contentID: ContentID
  var stage: Stage
}

/// Which of two records of one act its values are taken from: the later stage, then the fuller level; the content
/// decides between two tellings of one stage, so that the order of reading does not.
struct RecordRank: Comparable {
  var stage: Stage
  var level: UInt8
  var contentID: ContentID
  static func < (left: RecordRank, right: RecordRank) -> Bool {
    (left.stage, left.level, left.contentID.high, left.contentID.low)
      < (right.stage, right.level, right.contentID.high, right.contentID.low)
  }
}

extension RecordColumns {
  func identity(_ record: Int) -> RecordIdentity {
    RecordIdentity(contentID: contentIDs[record], stage: stages[record])
  }

  func rank(_ record: Int) -> RecordRank {
    RecordRank(stage: stages[record], level: levels[record].rawValue, contentID: contentIDs[record])
  }
}

/// Where records stand that may hold a secret: what shares a wrapper with one is left out with it.
private func placesOfSecrets(_ batch: EventBatch) -> Set<Int64> {
  var places: Set<Int64> = []
  for case .audit(let event) in batch.records where mayHoldSecret(event) { places.insert(event.position.offset) }
  return places
}

/// Whether the record's body may be a secret or a token. A patch of a secret counts though its body is a list.
private func mayHoldSecret(_ event: AuditEvent) -> Bool {
  let kinds = [event.request?.kind, event.response?.kind]
  if kinds.contains(where: { $0 == "Secret" || $0 == "SecretList" }) { return true }
  guard event.level != .metadata, let object = event.object else { return false }
  switch (object.resource, object.subresource) {
  case ("secrets", _), ("tokenreviews", _), ("serviceaccounts", "token"): return true
  default: return false
  }
}
