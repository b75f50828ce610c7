public import AuditModel

/// Turns stretches of one text into events and rejects. One for each thread: it keeps a parser, and for
/// `Framing.stream` where in a list the text stands.
public final class RecordDecoder {
  private let framing: Framing
  private let parser = JSONParser()
  private let hasher = ContentHasher()
  private var splitter = RecordSplitter()
  private var times = TimestampReader()
  private let formats = LogFormat.all
  /// The rest of a line that is too long is passed over.
  private var isSkippingLine = false
  /// How many records each row of `LogFormat.all` took so far, in that order.
  public private(set) var recordsByFormat = [Int](repeating: 0, count: LogFormat.all.count)

  private let longestRecord: Int

  public convenience init(framing: Framing) {
    self.init(framing: framing, longestRecord: RecordSplitter.usualLongestRecord)
  }

  /// - Parameter longestRecord: for how many bytes of a record without end to wait.
  init(framing: Framing, longestRecord: Int) {
    self.framing = framing
    self.longestRecord = longestRecord
    splitter.longestRecord = longestRecord
  }

  /// Decodes the records in `bytes`, whose first byte stands at `offset` of the decompressed text.
  ///
  /// Unless `isLast`, an unfinished record at the end is left: `consumed` says how many bytes were used, and the
  /// caller gives the rest again in front of what follows. What is no record becomes a reject, and reading goes on.
  /// A record is waited for up to 64 MiB; then it is a reject. Never throws, whatever the bytes are.
  /// Lines count from 1 at the first byte of this call. With `Framing.lines` calls are independent of each other as
  /// long as each starts at the start of a line; with `.stream` they must follow one another.
  public func decode(
    _ bytes: UnsafeRawBufferPointer, offset: Int64, isLast: Bool
  ) -> (batch: EventBatch, consumed: Int) {
    var call = Call(bytes: bytes, batch: EventBatch(offset: offset, byteCount: 0, lineCount: 0))
    let consumed: Int
    switch framing {
    case .lines: consumed = decodeLines(&call, isLast: isLast)
    case .stream:
      consumed = decodePieces(&call, range: 0..<bytes.count, splitter: &splitter, isLast: isLast)
      if consumed > 0 { splitter.startsLine = bytes[consumed - 1] == Ascii.newline }
    }
    call.countLines(to: consumed)
    call.batch.byteCount = consumed
    call.batch.lineCount = call.line - 1
    return (call.batch, consumed)
  }

  /// One call's input and what comes of it.
  private struct Call {
    let bytes: UnsafeRawBufferPointer
    var batch: EventBatch
    /// The line of the byte at `counted`.
    var line = 1
    var counted = 0

    mutating func countLines(to place: Int) {
      guard place > counted else { return }
      line += bytes.occurrences(of: Ascii.newline, in: counted..<place)
      counted = place
    }

    mutating func reject(_ range: Range<Int>, _ reason: String) {
      countLines(to: range.lowerBound)
      batch.rejects.append(
        Reject(line: line, offset: batch.offset + Int64(range.lowerBound), length: range.count, reason: reason))
    }
  }

  private func decodeLines(_ call: inout Call, isLast: Bool) -> Int {
    let bytes = call.bytes
    // Records are large: growing step by step would move each of them twice.
    call.batch.records.reserveCapacity(bytes.count / 2048)
    var at = 0
    while at < bytes.count {
      let newline = bytes.first(Ascii.newline, from: at)
      if newline == nil, !isLast {
        if bytes.count - at > longestRecord, !isSkippingLine {
          call.reject(at..<bytes.count, tooLong)
          isSkippingLine = true
        }
        // A file that was emptied under its writer may start with a gigabyte of NULs.
        return isSkippingLine ? bytes.count : bytes.trimmed(at..<bytes.count).lowerBound
      }
      let end = newline ?? bytes.count
      let range = bytes.trimmed(at..<end)
      call.counted = at
      if isSkippingLine {
        isSkippingLine = false
      } else if !range.isEmpty {
        decodeLine(&call, range, isCut: newline == nil)
      }
      at = newline.map { $0 + 1 } ?? end
      if newline != nil { call.line += 1 }
      call.counted = at
    }
    return at
  }

  private func decodeLine(_ call: inout Call, _ range: Range<Int>, isCut: Bool) {
    if call.bytes[range.lowerBound] == Ascii.openBrace, decodeRecord(&call, range, mayBeList: true) { return }
    guard [Ascii.openBrace, Ascii.openBracket].contains(call.bytes[range.lowerBound]) else {
      return call.reject(range, Lookalike.reason(for: call.bytes.part(range), isCut: isCut))
    }
    var inLine = RecordSplitter()
    _ = decodePieces(&call, range: range, splitter: &inLine, isLast: true, isCut: isCut)
  }

  /// - Parameter range: what to look at, up to the end of `call.bytes` or of a line.
  /// - Returns: where the first byte stands that was not used.
  private func decodePieces(
    _ call: inout Call, range: Range<Int>, splitter: inout RecordSplitter, isLast: Bool, isCut: Bool = true
  ) -> Int {
    let bytes = UnsafeRawBufferPointer(rebasing: call.bytes[..<range.upperBound])
    var at = range.lowerBound
    while true {
      switch splitter.next(in: bytes, from: at, isLast: isLast) {
      case .record(let record):
        let isWhole = record == range
        if !decodeRecord(&call, record, mayBeList: false, isKnownBad: isWhole) {
          call.reject(record, Lookalike.reason(for: bytes.part(record), isCut: false))
        }
        at = record.upperBound
      case .junk(let junk):
        let isAtEnd = isLast && isCut && junk.upperBound == bytes.count
        call.reject(junk, Lookalike.reason(for: bytes.part(junk), isCut: isAtEnd))
        at = junk.upperBound
      case .tooLong(let record):
        call.reject(record, tooLong)
        return record.upperBound
      case .wait(let place):
        return isLast ? bytes.count : place
      }
    }
  }

  /// False when the bytes are not one JSON object.
  /// - Parameter mayBeList: whether an EventList is taken apart, into items that stand where they stand.
  private func decodeRecord(
    _ call: inout Call, _ range: Range<Int>, mayBeList: Bool, isKnownBad: Bool = false
  ) -> Bool {
    let bytes = call.bytes.part(range)
    let readable = call.bytes.count - range.lowerBound
    if !isKnownBad, let record = parser.object(bytes, readable: readable) {
      take(&call, record, range, mayBeList: mayBeList)
      return true
    }
    // A line may hold more than one record: only what is alone is mended.
    guard !mayBeList, let copy = sanitised(bytes) else { return false }
    return copy.withUnsafeBytes { copy in
      guard let record = parser.object(copy, readable: copy.count) else { return false }
      take(&call, record, range, mayBeList: false)
      return true
    }
  }

  private func take(_ call: inout Call, _ record: borrowing JSONObject, _ range: Range<Int>, mayBeList: Bool) {
    for index in formats.indices where formats[index].signature(record) {
      do throws(DecodeError) {
        var read = try formats[index].decode(record, &times)
        call.countLines(to: range.lowerBound)
        read.contentID = hasher.contentID(of: call.bytes.part(range))
        read.position = RecordPosition(
          line: call.line, offset: call.batch.offset + Int64(range.lowerBound), length: range.count)
        call.batch.records.append(consume read)
        recordsByFormat[index] += 1
      } catch {
        call.reject(range, error.reason)
      }
      return
    }
    if mayBeList, record["items"].isArray {
      var inLine = RecordSplitter()
      _ = decodePieces(&call, range: range, splitter: &inLine, isLast: true, isCut: false)
    } else {
      call.reject(range, Lookalike.reason(for: record))
    }
  }

  private var tooLong: String { "a record longer than \(longestRecord >> 20) MiB" }
}
