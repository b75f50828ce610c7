/// Reads the pieces of a filter. What a piece may be depends on where it stands (a value runs on where a name ends),
/// so the parser says which one it wants.
struct FilterLexer {
  let text: String
  let scalars: [Unicode.Scalar]
  /// Of the next scalar.
  var position = 0

  init(_ text: String) {
    self.text = text
    scalars = Array(text.unicodeScalars)
  }

  func peek(_ offset: Int = 0) -> Unicode.Scalar? {
    position + offset < scalars.count ? scalars[position + offset] : nil
  }
  var isAtEnd: Bool { position >= scalars.count }

  /// An error at a scalar; columns count characters, as the user sees them.
  func failure(
    _ message: String, at scalar: Int, suggestions: [String] = [], asText: String? = nil
  ) -> FilterError {
    let index = text.unicodeScalars.index(text.startIndex, offsetBy: min(scalar, scalars.count))
    return FilterError(
      message: message, column: text[..<index].count + 1, suggestions: Array(suggestions.prefix(3)), asText: asText)
  }

  static func isBlank(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

  mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard peek() == wanted else { return false }
    position += 1
    return true
  }

  /// Skips white space and comments.
  mutating func skipBlanks() {
    while let next = peek() {
      if Self.isBlank(next) {
        position += 1
      } else if next == "#" {
        while let other = peek(), !Character(other).isNewline { position += 1 }
      } else {
        return
      }
    }
  }

  /// The word at the position, without moving: up to white space, a parenthesis or a quote.
  func upcomingWord() -> String {
    var end = position
    while end < scalars.count, !Self.endsWord(scalars[end]) { end += 1 }
    return string(position..<end)
  }

  /// Whether one of the words of the language stands here, alone and in any case.
  func isAt(keyword: String) -> Bool { upcomingWord().lowercased() == keyword }

  mutating func take(keyword: String) -> Bool {
    guard isAt(keyword: keyword) else { return false }
    position += keyword.unicodeScalars.count
    return true
  }

  static func endsWord(_ scalar: Unicode.Scalar) -> Bool {
    isBlank(scalar) || scalar == "(" || scalar == ")" || scalar == "\""
  }

  func string(_ range: Range<Int>) -> String {
    var out = String.UnicodeScalarView()
    out.append(contentsOf: scalars[range])
    return String(out)
  }

  /// What may be a field: up to an operator, or the end of the word.
  mutating func name() -> String {
    let start = position
    while let next = peek(), !Self.endsWord(next), comparatorLength() == 0 { position += 1 }
    return string(start..<position)
  }

  /// The rest of the word.
  mutating func word() -> String {
    let start = position
    while let next = peek(), !Self.endsWord(next) { position += 1 }
    return string(start..<position)
  }

  /// `.key."quoted key"[0][]`; nil, with nothing taken, for anything else.
  mutating func path() -> FilterPath? {
    let start = position
    var steps: [FilterPath.Step] = []
    while let next = peek() {
      if next == "." {
        position += 1
        if peek() == "\"" {
          guard let key = try? quoted() else { break }
          steps.append(.key(key))
          continue
        }
        let keyStart = position
        while let other = peek(), FilterPath.isKeyCharacter(other) { position += 1 }
        guard position > keyStart else { break }
        steps.append(.key(string(keyStart..<position)))
      } else if next == "[", !steps.isEmpty {
        let digitsStart = position + 1
        position += 1
        while let digit = peek(), ("0"..."9").contains(digit), position - digitsStart < 6 { position += 1 }
        let digits = string(digitsStart..<position)
        guard take("]") else { break }
        steps.append(Int(digits).map { .index($0) } ?? .each)
      } else {
        if comparatorLength() > 0 || Self.isBlank(next), !steps.isEmpty { return FilterPath(steps: steps) }
        break
      }
    }
    position = start
    return nil
  }

  // MARK: Operators

  /// Scalars of the operator at the position; 0 where none stands.
  func comparatorLength() -> Int { comparator().map { $0.rawValue.unicodeScalars.count } ?? 0 }

  private func comparator() -> FilterComparator? {
    switch (peek(), peek(1)) {
    case (":", _): .has
    case ("=", _): .equal
    case ("~", _): .like
    case ("!", "="): .unequal
    case ("!", "~"): .unlike
    case ("<", "="): .atMost
    case (">", "="): .atLeast
    case ("<", _): .less
    case (">", _): .greater
    default: nil
    }
  }

  /// An operator, or one that stands after a colon (`bytes:>10M`); spaces may stand around all but the colon.
  mutating func takeComparator() -> FilterComparator? {
    let start = position
    while let next = peek(), Self.isBlank(next) { position += 1 }
    guard var found = comparator(), found != .has || position == start else {
      position = start
      return nil
    }
    position += found.rawValue.unicodeScalars.count
    if found == .has, let after = comparator(), after.isOrder {
      found = after
      position += after.rawValue.unicodeScalars.count
    }
    if found == .equal { _ = take("=") }
    if found != .has { while let next = peek(), Self.isBlank(next) { position += 1 } }
    return found
  }

  // MARK: Quotes and regular expressions

  /// A text in double quotes. `\"`, `\\`, `\n`, `\r`, `\t`, `\u{1b}` are escapes; any other backslash is one.
  mutating func quoted() throws(FilterError) -> String {
    let start = position
    position += 1
    var out = String.UnicodeScalarView()
    while let next = peek() {
      position += 1
      if next == "\"" { return String(out) }
      guard next == "\\", let escaped = peek() else {
        out.append(next)
        continue
      }
      switch escaped {
      case "\"", "\\": out.append(escaped)
      case "n": out.append("\n")
      case "r": out.append("\r")
      case "t": out.append("\t")
      default:
        guard let (scalar, length) = hexadecimalEscape() else {
          out.append("\\")
          continue
        }
        out.append(scalar)
        position += length - 1
      }
      position += 1
    }
    throw failure("this quote is never closed", at: start)
  }

  /// `u{1b}` at the position.
  private func hexadecimalEscape() -> (Unicode.Scalar, length: Int)? {
    guard peek() == "u", peek(1) == "{" else { return nil }
    var digits = ""
    var offset = 2
    while let next = peek(offset), next.properties.isASCIIHexDigit, digits.count < 6 {
      digits.unicodeScalars.append(next)
      offset += 1
    }
    guard peek(offset) == "}", let value = UInt32(digits, radix: 16), let scalar = Unicode.Scalar(value) else {
      return nil
    }
    return (scalar, offset + 1)
  }

  /// `/…/` or `/…/i` where what follows ends a value; nil, with nothing taken, for anything else, such as a file's
  /// path. A slash inside has to be escaped where there is also white space: `/healthz agent:/kube/` is two terms.
  mutating func regex() throws(FilterError) -> FilterRegex? {
    guard peek() == "/" else { return nil }
    let start = position
    var pattern = String.UnicodeScalarView()
    var index = position + 1
    var hasBlank = false
    var hasSlash = false
    while index < scalars.count, !(hasBlank && hasSlash) {
      let next = scalars[index]
      if Self.isBlank(next) { hasBlank = true }
      if next == "\\", index + 1 < scalars.count {
        if scalars[index + 1] != "/" { pattern.append(next) }
        pattern.append(scalars[index + 1])
        index += 2
        continue
      }
      if next == "/" {
        let ignoresCase = index + 1 < scalars.count && scalars[index + 1] == "i"
        let end = index + (ignoresCase ? 2 : 1)
        if end == scalars.count || Self.endsWord(scalars[end]) || scalars[end] == "," || scalars[end] == "}" {
          guard index > start + 1 else { return nil }
          position = end
          return try regex(String(pattern), ignoresCase: ignoresCase, at: start + 1)
        }
        hasSlash = true
      }
      pattern.append(next)
      index += 1
    }
    return nil
  }

  func regex(_ pattern: String, ignoresCase: Bool, at start: Int) throws(FilterError) -> FilterRegex {
    do throws(FilterRegex.Problem) {
      return try FilterRegex(pattern, ignoresCase: ignoresCase)
    } catch {
      throw failure("in the regular expression: " + error.message, at: start + error.offset)
    }
  }
}
