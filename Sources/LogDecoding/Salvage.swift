import AuditModel

/// What is left of a JSON object whose end is missing, closed behind the last whole member; nil where nothing whole is
/// left, or where the text is broken before its end.
///
/// Limits cut records: CloudWatch at 256 KiB, which it says, AKS and container runtimes at 16 KiB, syslog at 1 KiB,
/// spreadsheets at 32,767 characters. A string that is itself a record, cut, is kept as far as it goes.
/// - Returns: the text, and how many of its first bytes are those of the object.
func salvaged(_ bytes: UnsafeRawBufferPointer) -> (text: [UInt8], wholeCount: Int)? {
  var end = bytes.count
  for mark in truncationMarks where bytes.count > mark.utf8CodeUnitCount {
    let tail = bytes.part((bytes.count - mark.utf8CodeUnitCount)..<bytes.count)
    if tail == mark { end = bytes.count - mark.utf8CodeUnitCount }
  }
  var reader = CutReader(bytes: bytes.part(0..<end))
  return reader.closed()
}

private let truncationMarks: [StaticString] = ["[Truncated...]", "...TRUNCATED", "..."]

/// Runs over JSON up to where it ends too early, and remembers where it was whole last.
private struct CutReader {
  let bytes: UnsafeRawBufferPointer
  private var at = 0
  /// The brackets that would close what is open.
  private var closers: [UInt8] = []
  /// Behind the last whole member or item, and how many brackets were open there.
  private var whole: (end: Int, depth: Int)?
  private var topKeys: Set<String> = []
  private var key = 0..<0

  init(bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func closed() -> (text: [UInt8], wholeCount: Int)? {
    guard bytes.first == Ascii.openBrace else { return nil }
    var tail: [UInt8] = []
    switch run() {
    case .broken: return nil
    case .ended: break
    case .insideRecord(let end):
      whole = (end, closers.count)
      tail.append(Ascii.quote)
      noteKey()
    }
    guard let whole else { return nil }
    var out = Array(bytes[..<whole.end]) + tail
    for closer in closers[..<whole.depth].reversed() { out.append(closer) }
    // A record of which all is known but what was asked.
    if topKeys.contains("objectRef"), topKeys.contains("auditID"), !topKeys.contains("verb") {
      out.removeLast()
      out += Array(#","verb":"unknown"}"#.utf8)
    }
    return (out, whole.end)
  }

  private enum Ending {
    /// The text is over.
    case ended
    /// It is over inside a string that holds a record, of which so much is whole.
    case insideRecord(Int)
    case broken
  }

  private mutating func run() -> Ending {
    var expectsKey = false
    while at < bytes.count {
      let byte = bytes[at]
      if Ascii.isFiller(byte) {
        at += 1
        continue
      }
      switch byte {
      case Ascii.openBrace, Ascii.openBracket:
        closers.append(byte == Ascii.openBrace ? Ascii.closeBrace : Ascii.closeBracket)
        guard closers.count <= 1000 else { return .broken }
        expectsKey = byte == Ascii.openBrace
        at += 1
      case Ascii.closeBrace, Ascii.closeBracket:
        guard closers.last == byte, closers.count > 1 else { return .broken }
        closers.removeLast()
        at += 1
        finishValue(&expectsKey)
      case Ascii.comma:
        expectsKey = closers.last == Ascii.closeBrace
        at += 1
      case Ascii.colon:
        expectsKey = false
        at += 1
      case Ascii.quote:
        let start = at
        guard let close = bytes.closingQuote(from: at + 1) else {
          return expectsKey || start + 1 >= bytes.count || bytes[start + 1] != Ascii.openBrace
            ? .ended : .insideRecord(endOfWholeText(from: start + 1))
        }
        at = close + 1
        if expectsKey {
          key = (start + 1)..<close
        } else {
          finishValue(&expectsKey)
        }
      default:
        // A number or a word is whole only when something follows it.
        while at < bytes.count, isWord(bytes[at]) { at += 1 }
        guard at < bytes.count else { return .ended }
        guard
          bytes[at] == Ascii.comma || bytes[at] == Ascii.closeBrace || bytes[at] == Ascii.closeBracket
            || Ascii.isFiller(bytes[at])
        else { return .broken }
        finishValue(&expectsKey)
      }
    }
    return .ended
  }

  private mutating func finishValue(_ expectsKey: inout Bool) {
    whole = (at, closers.count)
    noteKey()
    expectsKey = false
  }

  private mutating func noteKey() {
    if closers.count == 1 { topKeys.insert(String(decoding: bytes.part(key), as: UTF8.self)) }
  }

  private func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: ".")
      || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
  }

  /// The last place behind which neither an escape nor a character is cut.
  private func endOfWholeText(from start: Int) -> Int {
    var end = bytes.count
    // An escape has at most six bytes; what is between a backslash and the end may be half of one.
    if let slash = bytes[max(start, end - 6)..<end].lastIndex(of: Ascii.backslash) {
      var first = slash
      while first > start, bytes[first - 1] == Ascii.backslash { first -= 1 }
      let isEscape = (slash - first) & 1 == 0
      let length = slash + 1 < end && bytes[slash + 1] == UInt8(ascii: "u") ? 6 : 2
      if isEscape, slash + length > end { end = slash }
    }
    // Likewise a character of several bytes.
    var first = end
    while first > start, end - first < 4, bytes[first - 1] & 0xC0 == 0x80 { first -= 1 }
    if first > start, bytes[first - 1] >= 0xC0 {
      let lead = bytes[first - 1]
      let length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2
      if first - 1 + length > end { end = first - 1 }
    }
    return end
  }
}
