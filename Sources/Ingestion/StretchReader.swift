import AuditModel
import EventStorage
import LogDecoding
import Synchronization

/// Does jobs: reads, decodes, builds segments and adds them to the store. Shared by the threads.
struct StretchReader: Sendable {
  /// Bytes that are read and decoded at a time: what is decoded is still in the processor's cache when it is packed.
  private static let chunkLength = 1 << 20

  let store: EventStore
  let options: IngestOptions
  let tally: Tally
  let isCancelled: @Sendable () -> Bool

  func run(_ job: ReadingJob) throws {
    do {
      switch job {
      case .stretch(let source, let range, let isExact): try readStretch(source, range, isExact: isExact)
      case .text(let bytes, let source, let head, let known): try readText(bytes, source, head: head, known: known)
      }
    } catch let error as SourceError {
      tally.fail(error)
    }
  }

  // MARK: Plain lines

  private func readStretch(_ source: PlainSource, _ range: Range<Int64>, isExact: Bool) throws {
    let size = source.stored.size
    let decoder = RecordDecoder(framing: .lines, wallClock: options.wallClock)
    var builder = SegmentBuilder(keeping: options.keepsPayload ? .all : .none, cluster: source.stored.cluster)
    let found = try isExact ? range.lowerBound : lineStart(source.bytes, from: range.lowerBound, to: range.upperBound)
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
        isPastEnd ? 1 << 16 : Int(min(Int64(max(Self.chunkLength, buffer.count)), range.upperBound - readFrom))
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
    let result = draft.byteCount > 0 || !draft.rejects.isEmpty ? try store.append(draft, source: source.stored.id) : nil
    if options.isFollowed { end = UnfinishedEnd() }
    let last = try end.append(to: store, source: source.stored, keeping: options.keepsPayload ? .all : .none)
    let rejects = draft.rejects.count + end.rejectCount
    try finish(source, [result, last].compactMap(\.self), rejects: rejects, bytes: Int64(range.count))
  }

  private func finish(
    _ source: PlainSource, _ results: [AppendResult] = [], rejects: Int = 0, bytes: Int64
  ) throws {
    tally.count(results, rejects: rejects, bytes: bytes, of: source.stored.path)
    guard source.remaining.subtract(1, ordering: .acquiringAndReleasing).newValue == 0 else { return }
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

  // MARK: Texts from front to back

  private func readText(_ bytes: ByteSource, _ stored: StoredSource, head: [UInt8], known: [Range<Int64>]) throws {
    let framing =
      try head.isEmpty
      ? bytes.bytes(at: 0, count: SourcePlanner.fingerprintLength).withUnsafeBytes { RecordDecoder.framing(of: $0) }
      : head.withUnsafeBytes { RecordDecoder.framing(of: $0) }
    var text = TextStream(bytes: bytes, head: head)
    var builder = SegmentBuilder(keeping: keeping(bytes), cluster: stored.cluster)
    let decoder = RecordDecoder(framing: framing, wallClock: options.wallClock)
    var begun: Int64 = 0
    var buffer: [UInt8] = []
    var offset: Int64 = 0
    var diskBytes: Int64 = 0
    var failure: SourceError?
    var stretch = SourcePlanner.firstStretchLength
    var covered = known[...]

    func append(_ draft: consuming SegmentDraft) throws {
      let draft = draft
      let count = draft.rejects.count
      let result = draft.byteCount > 0 || count > 0 ? try store.append(draft, source: stored.id) : nil
      let read = bytes.diskBytesRead
      tally.count([result].compactMap(\.self), rejects: count, bytes: read - diskBytes, of: stored.path)
      diskBytes = read
    }

    while true {
      // Between two segments only: what is begun is added.
      if builder.recordCount == 0, isCancelled() { return tally.cancel() }
      // What the store has is decoded up to its end, so that a list's state is right, and dropped.
      while let first = covered.first, first.upperBound <= offset { covered = covered.dropFirst() }
      let isKnown = covered.first.map { $0.lowerBound <= offset } ?? false
      let limit = isKnown ? covered.first?.upperBound : covered.first?.lowerBound
      let wanted = max(Self.chunkLength, buffer.count)
      let room = limit.map { Int(min(Int64(wanted), $0 - offset - Int64(buffer.count))) } ?? wanted
      let before = buffer.count
      if room > 0, failure == nil {
        do {
          try text.read(into: &buffer, count: room)
        } catch {
          failure = error
        }
      }
      let isEnd = room > 0 && buffer.count == before
      if isKnown, framing == .blocks {
        // Nothing is needed of it, and of a block only the next one tells that it is whole.
        offset += Int64(buffer.count)
        begun = offset
        buffer = []
        if isEnd { break } else { continue }
      }
      var (batch, consumed) = buffer.withUnsafeBytes { decoder.decode($0, offset: offset, isLast: isEnd) }
      var end = UnfinishedEnd()
      if !isKnown {
        buffer.withUnsafeBytes { bytes in
          end = UnfinishedEnd(of: &batch, at: decoder.unfinished, in: bytes)
          builder.add(batch, bytes: bytes)
        }
      }
      offset += Int64(consumed)
      buffer.removeFirst(consumed)
      let reachesKnown = !isKnown && limit == offset
      // What a pipe has given shows while it gives no more.
      let rests = builder.recordCount > 0 && !isEnd && !bytes.hasInput(milliseconds: 200)
      if isEnd || reachesKnown || offset - begun >= stretch || isKnown || rests {
        if !isKnown {
          let draft = builder.finish()
          // Brackets with nothing behind them are read again with what follows.
          if end.isEmpty || draft.recordCount > 0 || !draft.rejects.isEmpty { try append(draft) }
          if options.isFollowed, bytes.isSeekable, LiveTail.follows(framing) { end = UnfinishedEnd() }
          let result = try end.append(to: store, source: stored, keeping: keeping(bytes))
          if let result { tally.count([result], rejects: end.rejectCount, bytes: 0, of: stored.path) }
          builder = SegmentBuilder(keeping: keeping(bytes), cluster: stored.cluster)
          stretch = SourcePlanner.stretchLength
        }
        begun = offset
      }
      if isEnd { break }
      // A stretch ended in the middle of what the decoder takes for a record: go on without the limit.
      if room <= 0, consumed == 0 { covered = covered.dropFirst() }
    }
    if let failure { tally.fail(failure) }
    var done = stored
    done.size = text.size
    done.tail = sha256(text.tail)
    done.tailLength = text.tail.count
    if decoder.tookWallTime { done.zone = options.wallClock.name }
    done.isComplete = failure == nil
    _ = try store.save(done)
  }

  private func keeping(_ bytes: ByteSource) -> PayloadKeeping {
    if options.keepsPayload || store.access == .inMemory && !bytes.isSeekable { return .all }
    return bytes.isSeekable ? .none : .withoutSecrets
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
      let more = UnsafeMutableRawBufferPointer.allocate(byteCount: 2 * (count + wanted), alignment: 64)
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

/// Text from front to back: first what was looked at already, then the rest.
private struct TextStream {
  private let bytes: ByteSource
  private var head: ArraySlice<UInt8>
  /// Bytes handed out so far, and the last of them.
  private(set) var size: Int64 = 0
  private(set) var tail: [UInt8] = []

  init(bytes: ByteSource, head: [UInt8]) {
    self.bytes = bytes
    self.head = head[...]
  }

  /// Adds up to `count` bytes; none at the end.
  mutating func read(into buffer: inout [UInt8], count: Int) throws(SourceError) {
    let before = buffer.count
    defer { note(buffer[before...]) }
    if !head.isEmpty {
      buffer.append(contentsOf: head.prefix(count))
      head = head.dropFirst(count)
      return
    }
    buffer.append(contentsOf: repeatElement(0, count: count))
    var filled = before
    while filled < buffer.count {
      let got: Int
      do throws(SourceError) {
        got = try readOn(bytes, into: &buffer, from: filled)
      } catch {
        buffer.removeSubrange(filled...)
        throw error
      }
      if got == 0 { break }
      filled += got
      // A pipe gives what it has: rows show before it is full.
      if bytes.diskSize == nil { break }
    }
    buffer.removeSubrange(filled...)
  }

  private mutating func note(_ new: ArraySlice<UInt8>) {
    size += Int64(new.count)
    tail = Array((tail + new.suffix(SourcePlanner.fingerprintLength)).suffix(SourcePlanner.fingerprintLength))
  }
}
