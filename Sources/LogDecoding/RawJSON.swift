import AuditModel

/// Finds values in the text of a JSON document that was read before, by their places: a parser keeps none.
enum RawJSON {
  /// The bytes of a member of the object that `text` is, or of one inside it; of members with one key the last.
  static func member(_ path: [StaticString], in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var value = text
    for key in path {
      guard let next = member(key, in: value) else { return nil }
      value = next
    }
    return value
  }

  static func member(_ key: StaticString, in text: UnsafeRawBufferPointer) -> UnsafeRawBufferPointer? {
    var found: UnsafeRawBufferPointer?
    walk(text, open: Ascii.openBrace) { name, value in
      if let name, name == key { found = value }
    }
    return found
  }

  /// Calls for each member of an object, or each item of an array, which has no name.
  private static func walk(
    _ text: UnsafeRawBufferPointer, open: UInt8,
    _ body: (_ name: UnsafeRawBufferPointer?, _ value: UnsafeRawBufferPointer) -> Void
  ) {
    var at = text.afterFiller(from: 0)
    guard at < text.count, text[at] == open else { return }
    at += 1
    while true {
      at = text.afterFiller(from: at, andCommas: true)
      guard at < text.count, text[at] != Ascii.closeBrace, text[at] != Ascii.closeBracket else { return }
      var name: UnsafeRawBufferPointer?
      if open == Ascii.openBrace {
        guard text[at] == Ascii.quote, let close = text.closingQuote(from: at + 1) else { return }
        name = text.part((at + 1)..<close)
        at = text.afterFiller(from: close + 1)
        guard at < text.count, text[at] == Ascii.colon else { return }
        at = text.afterFiller(from: at + 1)
      }
      guard let end = endOfValue(text, from: at), end > at else { return }
      body(name, text.part(at..<end))
      at = end
    }
  }

  /// Where the value that starts at a place ends; nil where the text ends before it.
  private static func endOfValue(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var at = start
    var depth = 0
    while at < text.count {
      switch text[at] {
      case Ascii.quote:
        guard let close = text.closingQuote(from: at + 1) else { return nil }
        at = close
        if depth == 0 { return at + 1 }
      case Ascii.openBrace, Ascii.openBracket: depth += 1
      case Ascii.closeBrace, Ascii.closeBracket:
        if depth == 0 { return at }
        depth -= 1
        if depth == 0 { return at + 1 }
      case Ascii.comma where depth == 0: return at
      case let byte where depth == 0 && at > start && Ascii.isFiller(byte): return at
      default: break
      }
      at += 1
    }
    return nil
  }
}

extension UnsafeRawBufferPointer {
  /// The first place at or behind `start` that is neither white space, NUL nor byte order mark.
  func afterFiller(from start: Int, andCommas: Bool = false) -> Int {
    var at = start
    while at < count {
      if Ascii.isFiller(self[at]) || andCommas && self[at] == Ascii.comma {
        at += 1
      } else if self[at] == 0xEF, at + 2 < count, self[at + 1] == 0xBB, self[at + 2] == 0xBF {
        at += 3
      } else {
        return at
      }
    }
    return at
  }

  /// The quote that ends a string; one behind an odd number of backslashes does not.
  func closingQuote(from start: Int) -> Int? {
    var at = start
    while let quote = first(Ascii.quote, from: at) {
      var slashes = quote
      while slashes > start, self[slashes - 1] == Ascii.backslash { slashes -= 1 }
      if (quote - slashes) & 1 == 0 { return quote }
      at = quote + 1
    }
    return nil
  }
}
