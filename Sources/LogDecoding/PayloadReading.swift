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
  for view in [.lines, .piece] + View.items(of: outer) where found == nil {
    observe(outer, as: view) { own, _, id, _ in
      if id == contentID { found = Array(own) }
    }
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
  for view in [View.lines, .piece] where found == nil {
    observe(record, as: view) { _, decoded, _, isCut in
      found = found ?? DecodedText(json: Array(decoded), isCut: isCut)
    }
  }
  return found
}

/// What a piece of text was within the whole.
private enum View: Equatable {
  /// Lines of which some are joined, where it begins like one.
  case lines
  case piece
  /// Items of a list of which some are joined, with what stands between them. The first stood behind so many blanks.
  case items(indent: Int)

  /// The first item stood behind as many blanks as some other, which tell where one ends that was cut off.
  static func items(of text: [UInt8]) -> [Self] {
    var indents = [0]
    var at = 0
    while indents.count < 4, let newline = text[at...].firstIndex(of: Ascii.newline) {
      at = newline + 1
      let brace = text[at...].firstIndex { $0 != 0x20 && $0 != 0x09 } ?? text.endIndex
      guard brace < text.endIndex, text[brace] == Ascii.openBrace, !indents.contains(brace - at) else { continue }
      indents.append(brace - at)
    }
    return indents.map { .items(indent: $0) }
  }
}

/// Reads a piece of text as it was read within the whole, and tells of each record in it.
private func observe(
  _ text: [UInt8], as view: View,
  _ body: @escaping (UnsafeRawBufferPointer, UnsafeRawBufferPointer, ContentID, Bool) -> Void
) {
  text.withUnsafeBytes { bytes in
    var call = DecodingCall(bytes: bytes, offset: 0)
    call.observer = body
    RecordDecoder(framing: .linesInOrder).decodeWhole(&call, as: view)
  }
}

extension RecordDecoder {
  /// What is cut in the text was cut by others, since it was a record once; its wrapper, which knew the time, may be
  /// gone.
  fileprivate func decodeWhole(_ call: inout DecodingCall, as view: View) {
    let range = call.bytes.trimmed(0..<call.bytes.count)
    guard !range.isEmpty else { return }
    if view == .lines {
      if isPart(call.bytes.part(range)) { _ = decode(&call, isLast: true) }
      return
    }
    var origin = Origin()
    origin.transport.time = Timestamp(microseconds: 0)
    if case .items(let indent) = view {
      var inside = RecordSplitter(insideArray: true)
      inside.longestRecord = .max
      inside.firstIndent = indent
      _ = decodePieces(&call, in: call.bytes, range: range, splitter: &inside, origin: origin, isLast: true)
    } else {
      decode(&call, in: call.bytes, range, origin: origin, isCut: false)
    }
    giveUpAll(&call)
  }

  /// Whether the first of several lines is a part of a record that others belong to.
  private func isPart(_ text: UnsafeRawBufferPointer) -> Bool {
    guard let newline = text.first(Ascii.newline, from: 0) else { return false }
    let line = text.part(0..<newline)
    if line[0] == Ascii.openBrace { return RecordDecoder.mayHoldPart(line) }
    if let match = LinePrefix.match(line) { return match.part != nil || RecordDecoder.mayHoldPart(line) }
    return legacyPart(line) != nil
  }
}
