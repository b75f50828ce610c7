public import AuditModel

/// A segment that is not in the store yet: columns encoded and text compressed, so that the store has little left to do.
public struct SegmentDraft: Sendable {
  /// The stretch of the source, in bytes of decompressed text.
  public let start: Int64
  public let byteCount: Int64
  /// Newlines in the stretch.
  public let lineCount: Int
  public var recordCount: Int { groups.reduce(0) { $0 + 1 + $1.others.count } }
  public var actCount: Int { groups.count }
  public let rejects: [Reject]
  /// Records left out because the very same one is there already.
  public private(set) var duplicates: Int

  let records: RecordColumns
  /// In the order of rows once encoded: ascending by time, then by place in the source.
  private(set) var groups: [RecordGroup]
  let blocks: [StoredBlock]
  private(set) var chunks: [(column: StoredColumn, data: [UInt8])] = []

  init(
    start: Int64, byteCount: Int64, lineCount: Int, records: RecordColumns, groups: [RecordGroup],
    rejects: [Reject], blocks: [StoredBlock], duplicates: Int
  ) {
    self.start = start
    self.byteCount = byteCount
    self.lineCount = lineCount
    self.records = records
    self.groups = groups.sorted {
      (records.times[$0.head], records.offsets[$0.head]) < (
        records.times[$1.head], records.offsets[$1.head]
      )
    }
    self.rejects = rejects
    self.blocks = blocks
    self.duplicates = duplicates
  }

  /// The row of table `segment`, but for its number.
  func info(source: Int64) -> SegmentInfo {
    SegmentInfo(
      number: 0, source: source, start: start, byteCount: byteCount, lineCount: lineCount,
      rowCount: groups.count,
      timeMin: timeSpan?.lowerBound ?? 0, timeMax: timeSpan?.upperBound ?? 0,
      hasBlocks: !blocks.isEmpty)
  }

  var timeSpan: ClosedRange<Int64>? {
    guard let first = groups.first, let last = groups.last else { return nil }
    return records.times[first.head]...records.times[last.head]
  }

  /// Leaves out records that the store has; `groups` keep their order.
  mutating func remove(_ known: Set<Int>, with compressor: Compressor) {
    duplicates += known.count
    groups = groups.compactMap { group in
      let rest = group.all.filter { !known.contains($0) }
      guard let head = rest.max(by: { records.rank($0) < records.rank($1) }) else { return nil }
      return RecordGroup(head: head, others: rest.filter { $0 != head })
    }
    encode(with: compressor)
  }

  /// The act's values that depend on more than its head.
  func summary(of group: RecordGroup) -> ActSummary {
    let head = group.head
    guard !group.others.isEmpty else {
      return ActSummary(
        stages: StageSet(records.stages[head]), code: records.codes[head],
        outcome: records.outcomes[head],
        isWrite: records.flags[head].contains(.isWrite))
    }
    var stages: StageSet = []
    var dryRun = false
    for record in group.all {
      stages.insert(StageSet(records.stages[record]))
      dryRun = dryRun || records.flags[record].contains(.dryRun)
    }
    let code = records.codes[head] ?? group.others.lazy.compactMap { records.codes[$0] }.first
    return ActSummary(
      stages: stages, code: code,
      outcome: Outcome.classify(
        verb: records.verb[head] ?? "", object: records.object(head), code: code.map(Int.init),
        stages: stages,
        dryRun: dryRun, requestURI: records.requestURI[head] ?? ""),
      isWrite: records.flags[head].contains(.isWrite))
  }

  mutating func encode(with compressor: Compressor) {
    chunks = SegmentEncoder.chunks(of: self, with: compressor)
  }
}

/// What an act is, by all its stages.
struct ActSummary: Hashable, Sendable {
  var stages: StageSet
  var code: Int64?
  var outcome: Outcome
  var isWrite: Bool
  var viewLevel: Int { outcome.viewLevel(isWrite: isWrite).rawValue }
}

/// A chunk as table `chunk` holds it: 0 and the bytes, or 1, their count, and a zstd frame.
func packedChunk(_ bytes: [UInt8], with compressor: Compressor) -> [UInt8] {
  var out = ByteWriter()
  if let packed = bytes.withUnsafeBytes({ compressor.compress($0) }), packed.count + 4 < bytes.count {
    out.put(UInt8(1))
    out.put(UInt32(bytes.count))
    out.put(packed)
  } else {
    out.put(UInt8(0))
    out.put(bytes)
  }
  return out.bytes
}

/// The reverse of `packedChunk`; the bytes are good as long as `body` runs.
func unpackChunk<Value>(
  _ data: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Value
) throws
  -> Value
{
  guard let kind = data.first else { throw StoreError.corrupt(reason: "an empty column") }
  guard kind == 1 else { return try body(UnsafeRawBufferPointer(rebasing: data[1...])) }
  guard data.count > 5 else { throw StoreError.corrupt(reason: "a column ends early") }
  let size = Int(UInt32(littleEndian: data.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
  return try Decompressor.idle.use { decompressor in
    guard
      let text = decompressor.scratch(of: UnsafeRawBufferPointer(rebasing: data[5...]), size: size)
    else {
      throw StoreError.corrupt(reason: "a compressed column")
    }
    return try body(text)
  }
}
