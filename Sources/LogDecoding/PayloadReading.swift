public import AuditModel

/// The bytes of one record inside a piece of text, as wrappers were opened when it was read first; nil where the piece
/// holds no record with that content key, so that it is not what was read then.
///
/// - Parameters:
///   - outer: what stands at the record's position: the record itself, or what is around it.
///   - contentID: the key of the record's own bytes.
public func payload(of outer: [UInt8], contentID: ContentID) -> [UInt8]? {
  if outer.withUnsafeBytes({ contentKey(of: $0) }) == contentID { return outer }
  var found: [UInt8]?
  observe(outer) { own, _, id, _ in
    if id == contentID { found = Array(own) }
  }
  return found
}

/// What the decoder of a record's format reads, and whether that is only a part of the record.
struct DecodedText {
  var json: [UInt8]
  var isCut: Bool
}

/// The JSON text that a record's bytes are, or that they are translated into; nil where they are no record.
func decodedText(of record: [UInt8]) -> DecodedText? {
  var found: DecodedText?
  observe(record) { _, decoded, _, isCut in
    found = found ?? DecodedText(json: Array(decoded), isCut: isCut)
  }
  return found
}

private func observe(
  _ text: [UInt8], _ body: @escaping (UnsafeRawBufferPointer, UnsafeRawBufferPointer, ContentID, Bool) -> Void
) {
  text.withUnsafeBytes { bytes in
    var call = DecodingCall(bytes: bytes, offset: 0)
    call.observer = body
    RecordDecoder(framing: .linesInOrder).decodeWhole(&call)
  }
}

extension RecordDecoder {
  /// Takes the text as one piece; where it is lines of which some are joined, as lines.
  ///
  /// What is cut in it was cut by others, since it was a record once; its wrapper, which knew the time, may be gone.
  fileprivate func decodeWhole(_ call: inout DecodingCall) {
    let range = call.bytes.trimmed(0..<call.bytes.count)
    guard !range.isEmpty else { return }
    var origin = Origin()
    origin.transport.time = Timestamp(microseconds: 0)
    let isJoined = call.bytes.first(Ascii.newline, in: range) != nil && isPart(call.bytes.part(range))
    if isJoined {
      _ = decode(&call, isLast: true)
    } else {
      decode(&call, in: call.bytes, range, origin: origin, isCut: false)
      giveUp(&call)
    }
  }

  /// Whether the first line is a part of a record that other lines belong to.
  private func isPart(_ text: UnsafeRawBufferPointer) -> Bool {
    if text[0] == Ascii.openBrace { return RecordDecoder.isContainerLine(text) }
    return LinePrefix.match(text)?.part != nil || legacyPart(text) != nil
  }
}
