import AuditModel
import EventStorage
import LogDecoding

/// The end of a source that grows line by line: puts its lines into the store as they come.
///
/// Each flush is a small segment, so that rows show at once; many of them are merged into one, by reading their text,
/// which is kept in memory until then, once more.
final class LiveTail {
  /// Bytes that are flushed at once where more has come.
  static let flushLength = 1 << 20
  /// A segment of so many bytes is long enough.
  private static let longLength = 8 << 20
  /// So many segments are merged though they are short.
  private static let manySegments = 64

  private let store: EventStore
  private let source: Int64
  private let keeping: PayloadKeeping
  private let cluster: String?
  private let framing: Framing
  private let wallClock: WallClock
  private let decoder: RecordDecoder
  /// The store may have acts of the unfinished end of the source.
  private var mayBeUnfinished: Bool
  /// Where the first byte stands that is not in the store.
  private(set) var offset: Int64
  private var waiting: [UInt8] = []
  /// The text of `segments`, which follow each other up to `offset`.
  private var merging: [UInt8] = []
  private var segments: [UInt32] = []

  /// - Parameters:
  ///   - framing: one of those that `follows`.
  ///   - offset: where the first byte stands that the store does not have.
  init(
    store: EventStore, source: Int64, framing: Framing, wallClock: WallClock, offset: Int64, keeping: PayloadKeeping,
    cluster: String?
  ) {
    self.store = store
    self.source = source
    self.framing = framing
    self.wallClock = wallClock
    decoder = RecordDecoder(framing: framing, wallClock: wallClock)
    mayBeUnfinished = offset > 0
    self.offset = offset
    self.keeping = keeping
    self.cluster = cluster
  }

  /// Whether a text in which records stand so can be read line by line as it comes.
  static func follows(_ framing: Framing) -> Bool { framing == .lines || framing == .linesInOrder }

  /// Bytes that have come and are not in the store: mostly the begin of a line, or of a record in parts.
  var waitingCount: Int { waiting.count }

  /// The zone in which it read times that name none; nil where there was none so far.
  var zone: String? { decoder.tookWallTime ? wallClock.name : nil }

  func feed(_ bytes: some Collection<UInt8>) { waiting.append(contentsOf: bytes) }

  /// Adds the lines that are whole.
  /// - Parameter isEnd: nothing more will come, so the last line counts without its newline.
  /// - Returns: nil when there was none.
  func flush(isEnd: Bool = false) throws -> (result: AppendResult, rejects: Int)? {
    guard !waiting.isEmpty else { return nil }
    var builder = SegmentBuilder(keeping: keeping, cluster: cluster)
    let consumed = waiting.withUnsafeBytes { bytes in
      let (batch, consumed) = decoder.decode(bytes, offset: offset, isLast: isEnd)
      builder.add(batch, bytes: bytes)
      return consumed
    }
    let draft = builder.finish()
    guard consumed > 0 || !draft.rejects.isEmpty else { return nil }
    let rejects = draft.rejects.count
    if mayBeUnfinished { try store.dropProvisional(of: source) }
    mayBeUnfinished = false
    let result = try store.append(draft, source: source)
    merging.append(contentsOf: waiting[..<consumed])
    waiting.removeFirst(consumed)
    offset += Int64(consumed)
    segments.append(result.segment)
    return (result, rejects)
  }

  /// Whether it is time to merge.
  var isFragmented: Bool { segments.count >= Self.manySegments || merging.count >= Self.longLength }

  /// Makes one segment of the small ones.
  func merge() throws {
    if segments.count > 1 {
      let decoder = RecordDecoder(framing: framing, wallClock: wallClock)
      var builder = SegmentBuilder(keeping: keeping, cluster: cluster)
      var place = offset - Int64(merging.count)
      merging.withUnsafeBytes { text in
        var at = 0
        while at < text.count {
          let end = min(text.count, at + max(1 << 20, longestLine))
          let part = UnsafeRawBufferPointer(rebasing: text[at..<end])
          let (batch, consumed) = decoder.decode(part, offset: place, isLast: end == text.count)
          builder.add(batch, bytes: part)
          if consumed == 0 { longestLine *= 2 } else { longestLine = 1 << 20 }
          at += consumed
          place += Int64(consumed)
        }
      }
      if let merged = try store.merge(segments, into: builder.finish(), source: source) { segments = [merged] }
    }
    guard merging.count >= Self.longLength || segments.count >= Self.manySegments else { return }
    merging = []
    segments = []
  }

  /// A stretch that is decoded at once holds at least one line.
  private var longestLine = 1 << 20
}
