public import AuditModel

/// Turns stretches of one text into events and rejects. One for each thread: it keeps a parser, and for
/// `Framing.stream` where in a list the text stands.
public final class RecordDecoder {
  let framing: Framing
  let parser = JSONParser()
  let hasher = ContentHasher()
  let formats = LogFormat.all
  // By themselves: a row that is looked at a million times should not be copied each time.
  let signatures = LogFormat.all.map(\.takesRecord)
  let decoders = LogFormat.all.map(\.decode)
  let isTranslated = LogFormat.all.map { $0.translate != nil }
  var times = TimestampReader()
  /// The columns of the table that is read.
  var table: TableHeader?
  private var splitter = RecordSplitter()
  /// The rest of a line that is too long is passed over.
  private var isSkippingLine = false
  /// Where, once a text was decoded to its end, that begins of which a longer text may make something else: a line or
  /// row without its end, a record in parts that goes on, the last of several lines. Nil where all of it is settled.
  public private(set) var unfinished: Int64?
  /// How many records each row of `LogFormat.all` took so far, in that order.
  public private(set) var recordsByFormat = [Int](repeating: 0, count: LogFormat.all.count)

  /// Told the name of each row that takes something; for tests.
  var traces: ((String) -> Void)?
  /// Told where wrappers stand that hold nothing; for tests.
  var passes: ((Range<Int>) -> Void)?

  let longestRecord: Int

  /// - Parameter wallClock: by which times without a zone are read.
  public convenience init(framing: Framing, wallClock: WallClock = .utc) {
    self.init(framing: framing, longestRecord: RecordSplitter.usualLongestRecord)
    times.wallClock = wallClock
  }

  /// Whether a time without a zone was read so far.
  public var tookWallTime: Bool { times.tookWallTime }

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
  /// long as each starts at the start of a line; with the others they must follow one another.
  public func decode(
    _ bytes: UnsafeRawBufferPointer, offset: Int64, isLast: Bool
  ) -> (batch: EventBatch, consumed: Int) {
    var call = DecodingCall(bytes: bytes, offset: offset)
    let consumed = decode(&call, isLast: isLast)
    for row in call.rows { recordsByFormat[row] += 1 }
    return (call.batch, consumed)
  }

  func decode(_ call: inout DecodingCall, isLast: Bool) -> Int {
    let consumed: Int
    unfinished = nil
    switch framing {
    case .lines, .linesInOrder: consumed = decodeLines(&call, isLast: isLast)
    case .table: consumed = decodeTable(&call, isLast: isLast)
    case .documents: consumed = decodeDocuments(&call, isLast: isLast)
    case .blocks: consumed = decodeBlocks(&call, isLast: isLast)
    case .stream:
      consumed = decodeStream(&call, isLast: isLast)
      if consumed > 0 { splitter.startsLine = call.bytes[consumed - 1] == Ascii.newline }
    }
    call.sort()
    call.countLines(to: consumed)
    call.batch.byteCount = consumed
    call.batch.lineCount = call.line - 1
    return consumed
  }

  /// What stands at the place of the call's text and behind it may turn out to be something else.
  func leaveUnfinished(_ call: DecodingCall, from place: Int) {
    let offset = call.batch.offset + Int64(place)
    unfinished = min(unfinished ?? offset, offset)
  }

  /// Leaves the last line of a text, which has no newline, unless it holds a whole record: of JSON the brackets tell.
  func leaveUnlessWhole(_ call: DecodingCall, _ line: Range<Int>) {
    let last = call.bytes[line.upperBound - 1]
    let isClosed = last == Ascii.closeBrace || last == Ascii.closeBracket
    let end = call.batch.offset + Int64(line.upperBound)
    let isRejected = call.batch.rejects.last.map { $0.offset + Int64($0.length) >= end } ?? false
    if !isClosed || isRejected { leaveUnfinished(call, from: line.lowerBound) }
  }

  // MARK: Lines

  private func decodeLines(_ call: inout DecodingCall, isLast: Bool) -> Int {
    let bytes = call.bytes
    // Records are large: growing step by step would move each of them twice.
    call.batch.records.reserveCapacity(bytes.count / 2048)
    var at = 0
    while at < bytes.count {
      let newline = bytes.first(Ascii.newline, from: at)
      if newline == nil, !isLast {
        if bytes.count - at > longestRecord, !isSkippingLine {
          giveUp(&call)
          call.reject(at..<bytes.count, tooLong)
          isSkippingLine = true
        }
        // A file that was emptied under its writer may start with a gigabyte of NULs.
        return isSkippingLine ? bytes.count : call.holdBack(from: bytes.trimmed(at..<bytes.count).lowerBound)
      }
      let end = newline ?? bytes.count
      let range = bytes.trimmed(at..<end)
      call.counted = at
      call.unit = at
      if isSkippingLine {
        isSkippingLine = false
      } else if !range.isEmpty {
        if call.hasOpenRecords { giveUp(&call, before: end) }
        decode(&call, in: bytes, range, origin: Origin(), isCut: newline == nil)
        if newline == nil { leaveUnlessWhole(call, range) }
      } else if call.hasOpenRecords {
        endEvent(&call)
      }
      at = newline.map { $0 + 1 } ?? end
      if newline != nil { call.line += 1 }
      call.counted = at
    }
    if isLast {
      giveUpAll(&call)
      return at
    }
    return call.holdBack(from: at)
  }

  // MARK: Pieces

  private func decodeStream(_ call: inout DecodingCall, isLast: Bool) -> Int {
    let consumed = decodePieces(
      &call, in: call.bytes, range: 0..<call.bytes.count, splitter: &splitter, origin: Origin(), isLast: isLast)
    if isLast {
      giveUpAll(&call)
      return consumed
    }
    let kept = call.holdBack(from: consumed)
    // The list around a part that is given again stays as it was.
    if kept < consumed, let then = call.splitters[kept] { splitter = then }
    return kept
  }

  /// Pieces of a stream are what lines are elsewhere: of a record in parts the first is given again with all behind it.
  private func beginUnit(
    _ call: inout DecodingCall, _ piece: Range<Int>, _ splitter: RecordSplitter, _ origin: Origin
  ) {
    guard framing == .stream, origin.place == nil, origin.depth == 0 else { return }
    // The blanks before it tell where it ends if it is cut off.
    call.unit = piece.lowerBound - splitter.indent(of: piece.lowerBound, in: call.bytes)
    if call.hasOpenRecords { giveUp(&call, before: piece.upperBound) }
  }

  private func endUnit(_ call: inout DecodingCall, _ splitter: RecordSplitter, _ origin: Origin) {
    guard framing == .stream, origin.place == nil, origin.depth == 0, call.hasOpenRecords, call.isOpenSinceUnit else {
      return
    }
    call.splitters[call.unit] = splitter
  }

  /// - Parameters:
  ///   - text: what the splitter sees, up to the end of the range.
  ///   - range: what to look at, up to the end of the text or of a line.
  /// - Returns: where the first byte stands that was not used.
  func decodePieces(
    _ call: inout DecodingCall, in text: UnsafeRawBufferPointer, range: Range<Int>, splitter: inout RecordSplitter,
    origin: Origin, isLast: Bool, isCut: Bool = true
  ) -> Int {
    let bytes = UnsafeRawBufferPointer(rebasing: text[..<range.upperBound])
    var at = range.lowerBound
    while true {
      let step = splitter.next(in: bytes, from: at, isLast: isLast)
      var origin = origin
      if let cluster = splitter.cluster { origin.transport.cluster = cluster }
      switch step {
      case .record(let record):
        beginUnit(&call, record, splitter, origin)
        defer { endUnit(&call, splitter, origin) }
        if bytes[record.lowerBound] != Ascii.openBrace {
          decodeText(&call, in: bytes, record, origin: origin, isCut: false)
        } else if !decodeObject(&call, in: text, record, origin: origin, isAlone: true) {
          decodeBroken(&call, in: bytes, record, origin: origin, isCut: false)
        }
        at = record.upperBound
      case .junk(let junk):
        beginUnit(&call, junk, splitter, origin)
        defer { endUnit(&call, splitter, origin) }
        let isAtEnd = isLast && isCut && junk.upperBound == bytes.count
        // A text of its own, which is written on.
        if isLast, origin.place == nil, framing == .stream, bytes.trimmed(junk.upperBound..<bytes.count).isEmpty {
          leaveUnfinished(call, from: junk.lowerBound)
        }
        if bytes[junk.lowerBound] == Ascii.openBrace || bytes[junk.lowerBound] == Ascii.openBracket {
          decodeBroken(&call, in: bytes, junk, origin: origin, isCut: isAtEnd)
        } else {
          decodeText(&call, in: bytes, junk, origin: origin, isCut: isAtEnd)
        }
        at = junk.upperBound
      case .tooLong(let record):
        call.reject(origin.place ?? record, tooLong, line: origin.line)
        return record.upperBound
      case .wait(let place):
        guard isLast else { return place }
        // Nothing of it is left to be a record, but who wrote a list and did not close it had more to say.
        if splitter.isInList {
          call.reject(
            origin.place ?? bytes.count..<bytes.count, "a list that is cut off here: it is not closed",
            line: origin.line)
        }
        return bytes.count
      }
    }
  }

  var tooLong: String { "a record longer than \(longestRecord >> 20) MiB" }
}
