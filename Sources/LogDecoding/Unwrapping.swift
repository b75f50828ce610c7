import AuditModel

/// Where bytes under the decoder come from.
struct Origin {
  /// The piece of the text around them, where a record made of them is said to stand; nil when they are the text.
  var place: Range<Int>?
  /// The line of `place`, where it is known.
  var line: Int?
  /// The bytes whose content key is the record's, where those under the decoder were made from them.
  var own: [UInt8]?
  var transport = Transport()
  /// The document of a storage that the bytes are, or are in.
  var documentID: ContentID?
  /// Wrappers that were opened so far.
  var depth = 0
  /// How many of the first bytes were there; where that is not all, the record was cut and closed again: what it says
  /// is true, but not all.
  var wholeCount = Int.max
  var isSalvaged: Bool { wholeCount < .max }
  /// The bytes were joined from several lines: no part of another record.
  var isJoined = false
}

/// From a piece of text to a record: wrappers are opened from the outside in until a format takes what is inside.
extension RecordDecoder {
  /// Takes a line, or what a wrapper holds.
  /// - Parameter isCut: the text ends behind it without a newline, so that more of it may come.
  func decode(
    _ call: inout DecodingCall, in text: UnsafeRawBufferPointer, _ range: Range<Int>, origin: Origin, isCut: Bool
  ) {
    switch text[range.lowerBound] {
    case Ascii.openBrace:
      if decodeObject(&call, in: text, range, origin: origin, isAlone: false) { return }
    case Ascii.openBracket: break
    default: return decodeText(&call, in: text, range, origin: origin, isCut: isCut)
    }
    var inside = RecordSplitter()
    inside.longestRecord = .max
    _ = decodePieces(&call, in: text, range: range, splitter: &inside, origin: origin, isLast: true, isCut: isCut)
  }

  /// Takes what was inside a wrapper.
  func decode(_ call: inout DecodingCall, payload: [UInt8], origin: Origin) {
    payload.withUnsafeBytes { bytes in
      let range = bytes.trimmed(0..<bytes.count)
      guard !range.isEmpty else {
        if let place = origin.place { passes?(place) }
        return
      }
      decode(&call, in: bytes, range, origin: origin, isCut: false)
    }
  }

  /// False when the bytes are not one JSON object.
  /// - Parameter isAlone: the splitter found the record; else there may be more than one, or a list.
  func decodeObject(
    _ call: inout DecodingCall, in text: UnsafeRawBufferPointer, _ range: Range<Int>, origin: Origin, isAlone: Bool
  ) -> Bool {
    let bytes = text.part(range)
    if let record = parser.object(bytes, readable: text.count - range.lowerBound) {
      take(&call, record, in: text, range, origin: origin, mayBeList: !isAlone)
      return true
    }
    // A line may hold more than one record: only what is alone is mended.
    guard isAlone, let copy = sanitised(bytes) else { return false }
    return copy.withUnsafeBytes { copy in
      guard let record = parser.object(copy, readable: copy.count) else { return false }
      take(&call, record, in: text, range, origin: origin, mayBeList: false)
      return true
    }
  }

  private func take(
    _ call: inout DecodingCall, _ record: borrowing JSONObject, in text: UnsafeRawBufferPointer, _ range: Range<Int>,
    origin: Origin, mayBeList: Bool
  ) {
    for row in signatures.indices where signatures[row](record) {
      return decode(&call, record, row: row, in: text, range, origin: origin)
    }
    if mayBeList, ListMember.isContainer(record) {
      passes?(origin.place ?? range)
      var inside = RecordSplitter()
      inside.longestRecord = .max
      _ = decodePieces(&call, in: text, range: range, splitter: &inside, origin: origin, isLast: true, isCut: false)
      return
    }
    if origin.depth < Envelope.depth, let envelope = Envelope.all.first(where: { $0.signature(record) }) {
      return open(&call, envelope, record, in: text, range, origin: origin)
    }
    call.reject(origin.place ?? range, Lookalike.reason(for: record), line: origin.line)
  }

  /// Takes a record of a format.
  private func decode(
    _ call: inout DecodingCall, _ record: borrowing JSONObject, row: Int, in text: UnsafeRawBufferPointer,
    _ range: Range<Int>, origin: Origin
  ) {
    // Half of a flow would be told as the whole.
    if origin.isSalvaged, !formats[row].isAudit {
      return call.reject(
        origin.place ?? range, "cut off: a part of a record of \(formats[row].name)", line: origin.line)
    }
    guard isTranslated[row], let translate = formats[row].translate else {
      return finish(&call, record, row: row, text.part(range), text.part(range), origin: origin, place: range)
    }
    decode(&call, row: row, text.part(range), translate, origin: origin, place: range)
  }

  private func decode(
    _ call: inout DecodingCall, row: Int, _ own: UnsafeRawBufferPointer,
    _ translate: (UnsafeRawBufferPointer) throws(DecodeError) -> Translation, origin: Origin, place: Range<Int>
  ) {
    do throws(DecodeError) {
      let made = try translate(own)
      var origin = origin
      if let cluster = made.cluster { origin.transport.cluster = cluster }
      var json = made.json
      // Numbers beyond 64 bits, which only some readers take.
      if !json.withUnsafeBytes({ parser.object($0, readable: $0.count) != nil }) {
        json = json.withUnsafeBytes { sanitised($0) } ?? json
      }
      let isRead = json.withUnsafeBytes { json in
        guard let record = parser.object(json, readable: json.count) else { return false }
        finish(&call, record, row: row, own, json, origin: origin, place: place)
        return true
      }
      if !isRead { throw DecodeError(reason: "a record that cannot be translated") }
    } catch {
      call.reject(origin.place ?? place, error.reason, line: origin.line)
    }
  }

  /// - Parameters:
  ///   - own: the record's bytes, unless the origin has others.
  ///   - decoded: the JSON text that `record` is.
  private func finish(
    _ call: inout DecodingCall, _ record: borrowing JSONObject, row: Int, _ own: UnsafeRawBufferPointer,
    _ decoded: UnsafeRawBufferPointer, origin: Origin, place: Range<Int>
  ) {
    do throws(DecodeError) {
      if let traces { traces(formats[row].name) }
      times.fallback = origin.transport.time
      var read = try decoders[row](record, &times)
      if origin.isSalvaged || origin.transport.cluster != nil || origin.documentID != nil { complete(&read, origin) }
      let contentID =
        origin.own.map { $0.withUnsafeBytes { hasher.contentID(of: $0) } } ?? hasher.contentID(of: own)
      read.contentID = contentID
      if let observer = call.observer {
        if let bytes = origin.own {
          bytes.withUnsafeBytes { observer($0, decoded, contentID, origin.isSalvaged) }
        } else {
          observer(own, decoded, contentID, origin.isSalvaged)
        }
      }
      call.append(consume read, row: row, at: origin.place ?? place, line: origin.line, isWrapped: origin.place != nil)
    } catch {
      call.reject(
        origin.place ?? place, origin.isSalvaged ? "cut off: \(error.reason)" : error.reason, line: origin.line)
    }
  }

  /// Adds what is known from outside the record.
  private func complete(_ record: inout LogRecord, _ origin: Origin) {
    switch record {
    case .audit(var event):
      event.cluster = event.cluster ?? origin.transport.cluster
      if origin.isSalvaged {
        event.truncated = true
        (event.request, event.response) = (nil, nil)
      }
      record = .audit(event)
    case .entry(var entry):
      entry.cluster = entry.cluster ?? origin.transport.cluster
      entry.documentID = origin.documentID
      record = .entry(entry)
    }
  }

  // MARK: Wrappers

  private func open(
    _ call: inout DecodingCall, _ envelope: Envelope, _ record: borrowing JSONObject, in text: UnsafeRawBufferPointer,
    _ range: Range<Int>, origin: Origin
  ) {
    traces?(envelope.name)
    var contents = EnvelopeContents(text: text.part(range), wholeCount: origin.wholeCount)
    envelope.open(record, &contents)
    var inner = inside(origin, range)
    if let document = contents.document {
      inner.documentID = document.withUnsafeBytes { hasher.contentID(of: $0) }
    }
    for payload in contents.payloads {
      inner.transport = origin.transport.around(payload.transport)
      inner.wholeCount = payload.wholeCount
      if let part = contents.part, take(&call, part, payload.bytes, at: range, origin: origin, inner.transport) {
        continue
      }
      decode(&call, payload: payload.bytes, origin: inner)
    }
    if contents.payloads.isEmpty, contents.rejects.isEmpty { passes?(origin.place ?? range) }
    for reason in contents.rejects { call.reject(origin.place ?? range, reason, line: origin.line) }
  }

  /// The origin of what a wrapper in the range holds.
  private func inside(_ origin: Origin, _ range: Range<Int>) -> Origin {
    var inner = origin
    inner.place = origin.place ?? range
    inner.own = nil
    inner.depth += 1
    inner.wholeCount = .max
    return inner
  }

  // MARK: Text

  /// Takes what begins with no bracket: a record behind a prefix, a record of a text format, a string that holds one.
  func decodeText(
    _ call: inout DecodingCall, in text: UnsafeRawBufferPointer, _ range: Range<Int>, origin: Origin, isCut: Bool
  ) {
    let line = text.part(range)
    if origin.depth < Envelope.depth {
      if line.contains("\nprotoPayload:") {
        var inner = inside(origin, range)
        inner.line = origin.line
        return decodeDocument(&call, line, origin: inner)
      }
      if let match = LinePrefix.match(line) {
        return open(&call, match, in: text, range, origin: origin, isCut: isCut)
      }
      if let row = formats.firstIndex(where: { $0.takes(text: line) }), let translate = formats[row].translate {
        if let part = legacyPart(line), !origin.isJoined,
          take(&call, part, Array(line) + [Ascii.newline], at: range, origin: origin, origin.transport)
        {
          return
        }
        return decode(&call, row: row, line, translate, origin: origin, place: range)
      }
      if line[0] == Ascii.quote, let string = (try? JSONValue(parsing: line))?.string,
        string.utf8.contains(Ascii.openBrace)
      {
        return decode(&call, payload: Array(string.utf8), origin: inside(origin, range))
      }
      let cells = cellsWithRecords(line)
      if !cells.isEmpty {
        for cell in cells { decode(&call, payload: cell, origin: inside(origin, range)) }
        return
      }
    }
    call.reject(origin.place ?? range, Lookalike.reason(for: line, isCut: isCut), line: origin.line)
  }

  private func open(
    _ call: inout DecodingCall, _ match: LinePrefixMatch, in text: UnsafeRawBufferPointer, _ range: Range<Int>,
    origin: Origin, isCut: Bool
  ) {
    traces?(match.name)
    let line = text.part(range)
    var inner = inside(origin, range)
    inner.transport = origin.transport.around(match.transport)
    if let part = match.part, take(&call, part, line.part(match.payload), at: range, origin: origin, inner.transport) {
      return
    }
    let payload = line.trimmed(match.payload)
    if !payload.isEmpty {
      // What is read stays in its place, so that the parser need not copy it.
      let place = (range.lowerBound + payload.lowerBound)..<(range.lowerBound + payload.upperBound)
      decode(&call, in: text, place, origin: inner, isCut: isCut)
    } else {
      passes?(inner.place ?? range)
    }
    guard let next = match.next else { return }
    let rest = line.trimmed(next..<line.count)
    guard !rest.isEmpty, next > 0 else { return }
    var beside = origin
    beside.place = inner.place
    let place = (range.lowerBound + rest.lowerBound)..<(range.lowerBound + rest.upperBound)
    decodeText(&call, in: text, place, origin: beside, isCut: isCut)
  }

  // MARK: What is broken

  /// Takes bytes that start like JSON and are none: cut off, escaped once too often, or nothing.
  func decodeBroken(
    _ call: inout DecodingCall, in text: UnsafeRawBufferPointer, _ range: Range<Int>, origin: Origin, isCut: Bool
  ) {
    let bytes = text.part(range)
    if origin.depth < Envelope.depth, !origin.isSalvaged, !isCut {
      if bytes.starts(with: #"{\""#), let string = unescaped(bytes) {
        return decode(&call, payload: string, origin: inside(origin, range))
      }
      if bytes[0] == Ascii.openBrace, let closed = salvaged(bytes) {
        var inner = inside(origin, range)
        inner.own = origin.own ?? Array(bytes)
        inner.wholeCount = closed.wholeCount
        let isTaken = closed.text.withUnsafeBytes { closed in
          guard let record = parser.object(closed, readable: closed.count) else { return false }
          // Of records other than audit events half would be told as the whole.
          guard
            signatures.indices.contains(where: { formats[$0].isAudit && signatures[$0](record) })
              || Envelope.all.contains(where: { $0.signature(record) })
          else { return false }
          take(&call, record, in: closed, 0..<closed.count, origin: inner, mayBeList: false)
          return true
        }
        if isTaken { return }
      }
    }
    call.reject(origin.place ?? range, Lookalike.reason(for: bytes, isCut: isCut), line: origin.line)
  }

  /// The text that a string literal without its quotes stands for.
  private func unescaped(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    let literal = [Ascii.quote] + bytes + [Ascii.quote]
    return (try? JSONValue(parsing: literal))?.string.map { Array($0.utf8) }
  }
}
