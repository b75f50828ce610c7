import AuditModel
import EventStorage
import LogDecoding

/// One text that is read from front to back: packed files, pipes, and plain files whose records are no lines. What the
/// store has of it is decoded up to its end, so that a list's state is right, and dropped.
struct TextReading: ~Copyable {
  private let bytes: ByteSource
  private var stored: StoredSource
  private let reader: StretchReader
  private let keeping: PayloadKeeping
  private let framing: Framing
  private let decoder: RecordDecoder
  private var text: TextStream
  /// What was read and not decoded yet; begins at `offset`.
  private var buffer: [UInt8] = []
  private var offset: Int64 = 0
  /// What was decoded of the stretch that begins at `begun`.
  private var builder: SegmentBuilder
  private var begun: Int64 = 0
  private var stretchLength = SourcePlanner.firstStretchLength
  /// The stretches that the store has, from `offset` on.
  private var covered: ArraySlice<Range<Int64>>
  /// Of the packed file, as far as they were counted.
  private var diskBytes: Int64 = 0
  private var failure: SourceError?

  /// - Parameters:
  ///   - head: what was read of the text already; empty where it can be read again.
  ///   - known: the stretches that the store has.
  init(
    _ bytes: ByteSource, _ stored: StoredSource, head: [UInt8], known: [Range<Int64>],
    by reader: StretchReader
  ) throws {
    self.bytes = bytes
    self.stored = stored
    self.reader = reader
    if reader.options.keepsPayload || reader.store.access == .inMemory && !bytes.isSeekable {
      keeping = .all
    } else {
      keeping = bytes.isSeekable ? .none : .withoutSecrets
    }
    framing =
      try head.isEmpty
      ? bytes.bytes(at: 0, count: SourcePlanner.fingerprintLength).withUnsafeBytes {
        RecordDecoder.framing(of: $0)
      }
      : head.withUnsafeBytes { RecordDecoder.framing(of: $0) }
    decoder = RecordDecoder(framing: framing, wallClock: reader.options.wallClock)
    text = TextStream(bytes: bytes, head: head)
    builder = SegmentBuilder(keeping: keeping, cluster: stored.cluster)
    covered = known[...]
  }

  /// Reads to the end, or until it is cancelled, which it asks between two segments only: what is begun is added.
  mutating func run() throws {
    repeat {
      if builder.recordCount == 0, reader.isCancelled() { return reader.tally.cancel() }
    } while try step()
    if let failure { reader.tally.fail(failure) }
    try save()
  }

  /// Reads on, decodes, and closes the stretch where it is long enough.
  /// - Returns: false at the end.
  private mutating func step() throws -> Bool {
    while let first = covered.first, first.upperBound <= offset { covered = covered.dropFirst() }
    let isKnown = covered.first.map { $0.lowerBound <= offset } ?? false
    let limit = isKnown ? covered.first?.upperBound : covered.first?.lowerBound
    let room = room(to: limit)
    let isEnd = fill(room)
    if isKnown, framing == .blocks {
      // Nothing is needed of it, and of a block only the next one tells that it is whole.
      offset += Int64(buffer.count)
      begun = offset
      buffer = []
      return !isEnd
    }
    let (end, consumed) = decode(isKnown: isKnown, isEnd: isEnd)
    if isKnown {
      begun = offset
    } else if isEnd || limit == offset || offset - begun >= stretchLength || rests {
      try closeStretch(end)
    }
    // A stretch ended in the middle of what the decoder takes for a record: go on without the limit.
    if !isEnd, room <= 0, consumed == 0 { covered = covered.dropFirst() }
    return !isEnd
  }

  /// How many bytes to read next.
  private func room(to limit: Int64?) -> Int {
    let wanted = max(StretchReader.chunkLength, buffer.count)
    return limit.map { Int(min(Int64(wanted), $0 - offset - Int64(buffer.count))) } ?? wanted
  }

  /// - Returns: whether there is nothing more.
  private mutating func fill(_ room: Int) -> Bool {
    let before = buffer.count
    if room > 0, failure == nil {
      do {
        try text.read(into: &buffer, count: room)
      } catch {
        failure = error
      }
    }
    return room > 0 && buffer.count == before
  }

  private mutating func decode(isKnown: Bool, isEnd: Bool) -> (end: UnfinishedEnd, consumed: Int) {
    var (batch, consumed) = buffer.withUnsafeBytes {
      decoder.decode($0, offset: offset, isLast: isEnd)
    }
    var end = UnfinishedEnd()
    if !isKnown {
      buffer.withUnsafeBytes { bytes in
        end = UnfinishedEnd(of: &batch, at: decoder.unfinished, in: bytes)
        builder.add(batch, bytes: bytes)
      }
    }
    offset += Int64(consumed)
    buffer.removeFirst(consumed)
    return (end, consumed)
  }

  /// What a pipe has given shows while it gives no more.
  private var rests: Bool { builder.recordCount > 0 && !bytes.hasInput(milliseconds: 200) }

  private mutating func closeStretch(_ end: UnfinishedEnd) throws {
    var end = end
    try noteZone()
    var built = SegmentBuilder(keeping: keeping, cluster: stored.cluster)
    swap(&built, &builder)
    let draft = built.finish()
    // Brackets with nothing behind them are read again with what follows.
    if end.isEmpty || draft.recordCount > 0 || !draft.rejects.isEmpty { try append(draft) }
    if reader.options.isFollowed, bytes.isSeekable, LiveTail.follows(framing) {
      end = UnfinishedEnd()
    }
    let result = try end.append(to: reader.store, source: stored, keeping: keeping)
    if let result {
      reader.tally.count([result], rejects: end.rejectCount, bytes: 0, of: stored.path)
    }
    stretchLength = SourcePlanner.stretchLength
    begun = offset
  }

  /// Notes the zone before anything that was read in it is added, as `PlainSource` does.
  private mutating func noteZone() throws {
    let zone = reader.options.wallClock.name
    guard decoder.tookWallTime, stored.zone != zone else { return }
    stored.zone = zone
    _ = try reader.store.save(stored)
  }

  private mutating func append(_ draft: SegmentDraft) throws {
    let count = draft.rejects.count
    let result =
      draft.byteCount > 0 || count > 0 ? try reader.store.append(draft, source: stored.id) : nil
    let read = bytes.diskBytesRead
    reader.tally.count(
      [result].compactMap(\.self), rejects: count, bytes: read - diskBytes, of: stored.path)
    diskBytes = read
  }

  private func save() throws {
    var done = stored
    done.size = text.size
    done.tail = sha256(text.tail)
    done.tailLength = text.tail.count
    done.isComplete = failure == nil
    _ = try reader.store.save(done)
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
    tail = Array(
      (tail + new.suffix(SourcePlanner.fingerprintLength)).suffix(SourcePlanner.fingerprintLength))
  }
}
