import AuditModel

/// What ties the parts of one record that stands on several lines together.
struct Joint: Hashable {
  enum Kind: Hashable { case criPart, dockerPart, legacyAnswer, eventData }
  var kind: Kind
  /// The stream of the container, or the ID of the request.
  var stream: String
}

/// A part of a record that goes on, or went on, in another line.
struct JointPart {
  var joint: Joint
  /// More is to come.
  var isOpen: Bool
  /// Nothing but the text tells whether more is to come: while an object is open, it does.
  var isToldByText = false
  /// The writer ended the record here, whatever its text says.
  var isLast = false
}

/// How far the text of an object has come, part by part.
struct ObjectExtent {
  private var depth = 0
  private var isInString = false
  private var isEscaped = false
  /// Something stands where no object goes on.
  private(set) var isBroken = false
  /// All brackets are closed.
  private(set) var isWhole = false
  var isOpen: Bool { !isWhole && !isBroken }

  /// Nil for text that does not begin with a brace.
  init?(_ text: some Collection<UInt8>) {
    guard let first = text.first(where: { !Ascii.isFiller($0) }), first == Ascii.openBrace else { return nil }
    take(text)
  }

  mutating func take(_ text: some Collection<UInt8>) {
    for byte in text where !isBroken {
      if isInString {
        isInString = isEscaped || byte != Ascii.quote
        isEscaped = !isEscaped && byte == Ascii.backslash
      } else if isWhole {
        isBroken = !Ascii.isFiller(byte)
      } else {
        take(outside: byte)
      }
    }
    if isBroken { isWhole = false }
  }

  private mutating func take(outside byte: UInt8) {
    switch byte {
    case Ascii.quote: isInString = true
    case Ascii.openBrace, Ascii.openBracket: depth += 1
    case Ascii.closeBrace, Ascii.closeBracket:
      depth -= 1
      isWhole = depth == 0
    default: break
    }
  }
}

/// Records in parts.
extension RecordDecoder {
  /// Takes a part of a record; false when it is all of one, to be read as such.
  func take(
    _ call: inout DecodingCall, _ part: JointPart, _ text: some Collection<UInt8>, at range: Range<Int>,
    origin: Origin, _ transport: Transport
  ) -> Bool {
    // What begins in a table, a document or a block ends there.
    guard framing == .lines || framing == .linesInOrder || framing == .stream, !origin.isSalvaged else { return false }
    var part = part
    if part.joint.kind != .legacyAnswer, call.isOpen(part.joint), ObjectExtent(text)?.isWhole ?? false {
      // What is an object by itself is no part of another one, whose end is missing.
      if let record = call.giveUp(part.joint) { decode(&call, record, isWhole: false) }
    }
    if part.isToldByText {
      guard let isOpen = goesOn(&call, part, text) else { return false }
      part.isOpen = isOpen
    } else if !part.isOpen, !call.isOpen(part.joint) {
      return false
    }
    if let record = call.join(
      part, text, at: origin.place ?? range, line: origin.line, transport, depth: origin.depth + 1)
    {
      decode(&call, record, isWhole: true)
    }
    return true
  }

  /// Whether more is to come behind a part of which only the text tells; nil where it is no part.
  private func goesOn(_ call: inout DecodingCall, _ part: JointPart, _ text: some Collection<UInt8>) -> Bool? {
    let own = ObjectExtent(text)
    if var extent = call.extent(of: part.joint) {
      extent.take(text)
      if extent.isWhole { return false }
      if extent.isOpen, !part.isLast { return true }
      // What was begun was never ended.
      if let record = call.giveUp(part.joint) { decode(&call, record, isWhole: false) }
    } else if call.isOpen(part.joint) {
      return part.isOpen
    }
    if part.isOpen, own == nil { return true }
    return own?.isOpen ?? false && !part.isLast ? true : nil
  }

  /// What begun records hold that are not waited for any longer is read as it is.
  func giveUp(_ call: inout DecodingCall, before place: Int = .max) {
    for record in call.giveUp(before: place, length: { $0 == .legacyAnswer ? 1 << 20 : longestRecord }) {
      decode(&call, record, isWhole: false)
    }
  }

  /// At the end of a text. What is read of a begun record may begin another, one layer further in.
  func giveUpAll(_ call: inout DecodingCall) {
    if let place = call.startOfOpenRecords { leaveUnfinished(call, from: place) }
    for _ in 0...Envelope.depth where call.hasOpenRecords { giveUp(&call) }
  }

  /// A blank line ends what server-sent events told so far.
  func endEvent(_ call: inout DecodingCall) {
    if let record = call.giveUp(.eventData) { decode(&call, record, isWhole: true) }
  }

  private func decode(_ call: inout DecodingCall, _ record: DecodingCall.OpenRecord, isWhole: Bool) {
    var origin = Origin()
    origin.place = record.place
    origin.line = record.line
    origin.transport = record.transport
    origin.depth = record.depth
    origin.isJoined = true
    // What it holds may itself be a part of what comes later.
    let unit = call.unit
    call.unit = record.unit
    let first = call.batch.records.count
    decode(&call, payload: record.text, origin: origin)
    call.unit = unit
    // Of lines that make up a record it is plain what is read from them alone. In a stream, or without an end, it may
    // hang on what stands around them; and what cannot be read again from its place must not be told to stand there.
    if !isWhole || framing == .stream, call.observer == nil { call.rejectUnreadable(from: first) }
  }
}

extension Joint {
  /// Of the lines of a server-sent event.
  static let eventData = Joint(kind: .eventData, stream: "")
}
