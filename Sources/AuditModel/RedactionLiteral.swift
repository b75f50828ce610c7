extension RedactionPlace {
  /// A string as it stands in the text, quotes included.
  struct Literal {
    var range: Range<Int>
    /// What stands between its quotes is its value.
    var isPlain: Bool

    static let none = Literal(range: 0..<0, isPlain: false)

    func moved(by distance: Int) -> Literal {
      Literal(range: (range.lowerBound + distance)..<(range.upperBound + distance), isPlain: isPlain)
    }
  }
}

extension RedactionPlace.Literal {
  /// The string whose opening quote stands at `start`; nil when the text ends inside it.
  init?(in bytes: UnsafeRawBufferPointer, at start: Int) {
    var at = start + 1
    isPlain = true
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\\") {
        isPlain = false
        at += 2
      } else {
        at += 1
      }
    }
    guard at < bytes.count else { return nil }
    range = start..<(at + 1)
  }

  /// What stands between the quotes.
  func inner(in bytes: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer {
    bytes.part((range.lowerBound + 1)..<(range.upperBound - 1))
  }

  /// The value; what is left of it where the text ends inside.
  func text(in bytes: UnsafeRawBufferPointer) -> String {
    if range.isEmpty { return "" }
    if isPlain { return String(decoding: inner(in: bytes), as: UTF8.self) }
    let whole = bytes.part(range)
    if let value = try? JSONValue(parsing: whole), case .string(let text) = value { return text }
    let isClosed = whole.count > 1 && whole.last == UInt8(ascii: "\"")
    return String(decoding: whole.dropFirst().dropLast(isClosed ? 1 : 0), as: UTF8.self)
  }
}
