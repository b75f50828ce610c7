/// Reads what stands after an operator: items joined by commas, or a set in brackets.
struct FilterValueReader {
  var lexer: FilterLexer
  private let comparator: FilterComparator
  private let isOrdered: Bool
  /// Where a slash begins a path rather than a regular expression.
  private let takesSlashes: Bool
  private let name: String
  /// Behind IN and NOTIN, where Calico's queries have wild characters in quotes.
  private let isMembership: Bool

  init(
    lexer: FilterLexer, subject: FilterComparison.Subject, comparator: FilterComparator, isMembership: Bool = false
  ) {
    self.lexer = lexer
    self.isMembership = isMembership
    self.comparator = comparator
    switch subject {
    case .path(let path):
      isOrdered = true
      takesSlashes = false
      name = path.printed
    case .field(let name):
      let type = FilterField.named(name)?.type
      isOrdered = type?.isOrdered ?? false
      let isPath =
        switch type {
        case .file, .object, .lineage, .endpoint, .policy: true
        default: false
        }
      takesSlashes = isPath && comparator != .like && comparator != .unlike
      self.name = name
    }
  }

  mutating func items() throws(FilterError) -> [(item: FilterItem, start: Int)] {
    let start = lexer.position
    let close: Unicode.Scalar? =
      switch lexer.peek() {
      case "{": "}"
      case "(": ")"
      default: nil
      }
    if close != nil { lexer.position += 1 }
    var items: [(item: FilterItem, start: Int)] = []
    while true {
      if close != nil { lexer.skipBlanks() }
      let itemStart = lexer.position
      items.append((try item(), itemStart))
      if close != nil { lexer.skipBlanks() }
      if lexer.take(",") || (close == ")" && lexer.take(keyword: "or")) { continue }
      guard let close else { break }
      if lexer.take(close) { break }
      if lexer.isAtEnd { throw lexer.failure("this \(lexer.scalars[start]) is never closed", at: start) }
      throw lexer.failure("a comma or \(close) is expected here", at: lexer.position)
    }
    if let next = lexer.peek(), !FilterLexer.isBlank(next), next != ")" {
      throw lexer.failure(
        "a space is expected after the value; put values with such characters in quotes", at: lexer.position)
    }
    return items
  }

  private mutating func item() throws(FilterError) -> FilterItem {
    let start = lexer.position
    if !takesSlashes, !comparator.isOrder, let regex = try lexer.regex() { return .regex(regex) }
    if isOrdered, lexer.peek() == "[" { return try bracketRange() }
    let lower = try piece()
    if isOrdered, lexer.peek() == ".", lexer.peek(1) == "." {
      lexer.position += 2
      let upper = try piece()
      guard lower != nil || upper != nil else { throw lexer.failure("a range needs an end", at: start) }
      return .range(lower?.text, upper?.text)
    }
    guard let lower else {
      throw lexer.failure("a value is missing after \(name)\(comparator.rawValue)", at: start)
    }
    if comparator == .like || comparator == .unlike {
      return .regex(try lexer.regex(lower.text, ignoresCase: false, at: start))
    }
    let hasWild = lower.text.contains { $0 == "*" || $0 == "?" }
    if isMembership, lower.isQuoted, hasWild { return try membership(lower.text, at: start) }
    let isWild = !lower.isQuoted && hasWild
    if comparator != .has, lower.text != "*" { return .literal(lower.text) }
    guard isWild else { return .literal(lower.text) }
    if !takesSlashes, lower.text.hasPrefix("/") {
      throw lexer.failure("a value with / first is a regular expression /.../ or stands in quotes", at: start)
    }
    return .pattern(lower.text)
  }

  /// A pattern that was quoted; as an expression where it cannot stand without quotes.
  private func membership(_ text: String, at start: Int) throws(FilterError) -> FilterItem {
    if FilterQuoting.isBarePattern(text) { return .pattern(text) }
    var expression = "^"
    for scalar in text.unicodeScalars {
      switch scalar {
      case "*": expression += ".*"
      case "?": expression += "."
      case "a"..."z", "A"..."Z", "0"..."9": expression.unicodeScalars.append(scalar)
      default: expression += "\\x{" + String(scalar.value, radix: 16) + "}"
      }
    }
    guard let regex = try? FilterRegex(expression + "$", ignoresCase: true) else {
      throw lexer.failure("too long for a value with * or ?", at: start)
    }
    return .regex(regex)
  }

  /// A quoted text or a bare one; nil where neither stands.
  private mutating func piece() throws(FilterError) -> (text: String, isQuoted: Bool)? {
    if lexer.peek() == "\"" {
      var text = try lexer.quoted()
      // at:"2026-11-20 16:12"+-30m
      if isOrdered, (lexer.peek() == "+" && lexer.peek(1) == "-") || lexer.peek() == "±" { text += bare() }
      return (text, true)
    }
    let text = bare()
    return text.isEmpty ? nil : (text, false)
  }

  private mutating func bare() -> String {
    let start = lexer.position
    while let next = lexer.peek(), !FilterLexer.endsWord(next), next != ",", next != "{", next != "}" {
      if isOrdered, next == ".", lexer.peek(1) == "." { break }
      lexer.position += 1
    }
    return lexer.string(start..<lexer.position)
  }

  /// `[a TO b]`; a `*` leaves that end open.
  private mutating func bracketRange() throws(FilterError) -> FilterItem {
    let start = lexer.position
    lexer.position += 1
    var ends: [String] = [""]
    while true {
      lexer.skipBlanks()
      if lexer.take("]") { break }
      guard !lexer.isAtEnd else { throw lexer.failure("this [ is never closed", at: start) }
      if ends.count == 1, lexer.take(keyword: "to") {
        ends.append("")
        continue
      }
      var word = ""
      if lexer.peek() == "\"" {
        word = try lexer.quoted()
      } else {
        while let next = lexer.peek(), !FilterLexer.isBlank(next), next != "]", next != "\"" {
          word.unicodeScalars.append(next)
          lexer.position += 1
        }
      }
      ends[ends.count - 1] += (ends[ends.count - 1].isEmpty ? "" : " ") + word
    }
    let bounds = ends.map { $0 == "*" ? "" : $0 }
    guard bounds.count == 2, bounds.contains(where: { !$0.isEmpty }) else {
      throw lexer.failure("a range is written [a TO b]", at: start)
    }
    return .range(bounds[0].isEmpty ? nil : bounds[0], bounds[1].isEmpty ? nil : bounds[1])
  }
}
