import AuditModel
import EventStorage
import LogDecoding
import Synchronization

/// Does jobs: reads, decodes, builds segments and adds them to the store. Shared by the threads.
struct StretchReader: Sendable {
  /// Bytes that are read and decoded at a time: what is decoded is still in the processor's cache when it is packed.
  static let chunkLength = 1 << 20

  let store: EventStore
  let options: IngestOptions
  let tally: Tally
  let isCancelled: @Sendable () -> Bool

  func run(_ job: ReadingJob) throws {
    do {
      switch job {
      case .stretch(let source, let range, let isExact):
        try readStretch(source, range, isExact: isExact)
      case .text(let bytes, let source, let head, let known):
        var reading = try TextReading(bytes, source, head: head, known: known, by: self)
        try reading.run()
      }
    } catch let error as SourceError {
      tally.fail(error)
    }
  }

  // MARK: Plain lines

  private func readStretch(_ source: PlainSource, _ range: Range<Int64>, isExact: Bool) throws {
    let size = source.stored.size
    let decoder = RecordDecoder(framing: .lines, wallClock: options.wallClock)
    var builder = SegmentBuilder(
      keeping: options.keepsPayload ? .all : .none, cluster: source.stored.cluster)
    let found =
      try isExact
      ? range.lowerBound : lineStart(source.bytes, from: range.lowerBound, to: range.upperBound)
    guard let start = found else {
      // One line fills it all; it belongs to the stretch in which it begins.
      return try finish(source, bytes: Int64(range.count))
    }
    let buffer = ReadBuffer()
    var offset = start
    var end = UnfinishedEnd()
    while offset + Int64(buffer.count) < size {
      let readFrom = offset + Int64(buffer.count)
      let isPastEnd = readFrom >= range.upperBound
      // After the nominal end only the rest of the line that has begun is wanted.
      if isPastEnd, buffer.count == 0 { break }
      let wanted =
        isPastEnd
        ? 1 << 16
        : Int(min(Int64(max(Self.chunkLength, buffer.count)), range.upperBound - readFrom))
      let known = buffer.count
      try buffer.read(source.bytes, at: readFrom, count: Int(min(Int64(wanted), size - readFrom)))
      guard buffer.count > known else { break }
      if isPastEnd, let newline = buffer.bytes[known...].firstIndex(of: UInt8(ascii: "\n")) {
        buffer.count = newline + 1
      }
      let isLast = offset + Int64(buffer.count) >= size
      var (batch, consumed) = decoder.decode(buffer.bytes, offset: offset, isLast: isLast)
      end = UnfinishedEnd(of: &batch, at: decoder.unfinished, in: buffer.bytes)
      builder.add(batch, bytes: buffer.bytes)
      offset += Int64(consumed)
      buffer.drop(consumed)
    }
    let draft = builder.finish()
    if decoder.tookWallTime { try source.noteZone(options.wallClock.name, in: store) }
    let result =
      draft.byteCount > 0 || !draft.rejects.isEmpty
      ? try store.append(draft, source: source.stored.id) : nil
    if options.isFollowed { end = UnfinishedEnd() }
    let last = try end.append(
      to: store, source: source.stored, keeping: options.keepsPayload ? .all : .none)
    let rejects = draft.rejects.count + end.rejectCount
    try finish(
      source, [result, last].compactMap(\.self), rejects: rejects, bytes: Int64(range.count))
  }

  private func finish(
    _ source: PlainSource, _ results: [AppendResult] = [], rejects: Int = 0, bytes: Int64
  ) throws {
    tally.count(results, rejects: rejects, bytes: bytes, of: source.stored.path)
    guard source.remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else {
      return
    }
    var stored = source.stored
    stored.zone = source.zone.withLock { $0 }
    stored.isComplete = true
    _ = try store.save(stored)
  }

  /// The first line that begins in the range; nil when none does.
  private func lineStart(_ bytes: ByteSource, from: Int64, to: Int64) throws -> Int64? {
    var at = from - 1
    while at < to {
      let chunk = try bytes.bytes(at: at, count: Int(min(1 << 16, to - at)))
      if chunk.isEmpty { return nil }
      if let newline = chunk.firstIndex(of: UInt8(ascii: "\n")) {
        let start = at + Int64(newline) + 1
        return start < to ? start : nil
      }
      at += Int64(chunk.count)
    }
    return nil
  }
}

/// Bytes that were read and not used yet, in memory that stays the same from one read to the next.
private final class ReadBuffer {
  private var memory = UnsafeMutableRawBufferPointer.allocate(byteCount: 3 << 20, alignment: 64)
  var count = 0

  deinit { memory.deallocate() }

  var bytes: UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: memory[..<count]) }

  /// Adds what stands at the place, fewer bytes where the file ends.
  func read(_ source: ByteSource, at offset: Int64, count wanted: Int) throws(SourceError) {
    if count + wanted > memory.count {
      let more = UnsafeMutableRawBufferPointer.allocate(
        byteCount: 2 * (count + wanted), alignment: 64)
      more.copyMemory(from: bytes)
      memory.deallocate()
      memory = more
    }
    count += try source.read(
      at: offset, into: UnsafeMutableRawBufferPointer(rebasing: memory[count..<(count + wanted)]))
  }

  /// Forgets the first bytes.
  func drop(_ used: Int) {
    UnsafeMutableRawBufferPointer(rebasing: memory[..<(count - used)]).copyMemory(
      from: UnsafeRawBufferPointer(rebasing: memory[used..<count]))
    count -= used
  }
}
