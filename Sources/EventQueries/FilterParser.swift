import AuditModel

/// Recursive descent over the grammar in Docs/FilterLanguage.md.
struct FilterParser {
  private var lexer: FilterLexer
  private let context: FilterContext
  /// Macros being expanded, outermost first.
  private let expanding: [String]
  private var depth = 0
  /// Whether a `|` outside brackets ends the filter.
  private let takesStages: Bool

  /// Longest text, in scalars.
  static let longestText = 20_000
  private static let deepest = 60

  init(_ text: String, context: FilterContext, expanding: [String] = [], takesStages: Bool = false) {
    lexer = FilterLexer(text)
    self.takesStages = takesStages
    self.context = context
    self.expanding = expanding
  }

  mutating func filter() throws(FilterError) -> FilterExpression? {
    guard lexer.scalars.count <= Self.longestText else {
      throw lexer.failure("a filter may have \(Self.longestText) characters at most", at: Self.longestText)
    }
    lexer.skipBlanks()
    if lexer.isAtEnd || isAtStage { return nil }
    let expression = try alternatives()
    lexer.skipBlanks()
    if lexer.peek() == ")" { throw lexer.failure("this ) closes nothing", at: lexer.position) }
    return expression
  }

  private var isAtStage: Bool { takesStages && depth == 0 && lexer.peek() == "|" }

  // MARK: Stages

  /// What stands behind the filter; nil where nothing does.
  mutating func stage() throws(FilterError) -> FilterStage? {
    guard isAtStage else { return nil }
    lexer.position += 1
    lexer.skipBlanks()
    let start = lexer.position
    let name = lexer.word().lowercased()
    lexer.skipBlanks()
    let stage: FilterStage
    switch name {
    case "count":
      var fields: [String] = []
      if lexer.take(keyword: "by") {
        repeat { fields.append(try stageField()) } while takeComma()
      }
      lexer.skipBlanks()
      stage = .count(by: fields, everySeconds: lexer.take(keyword: "every") ? try stageSeconds() : nil)
    case "top":
      let numberStart = lexer.position
      guard let number = Int(lexer.word()), number > 0 else {
        throw lexer.failure("top takes a number and a field: top 20 qname", at: numberStart)
      }
      stage = .top(number, field: try stageField())
    default:
      throw lexer.failure("after | stands count or top", at: start, suggestions: ["count by actor", "top 20 actor"])
    }
    lexer.skipBlanks()
    guard lexer.isAtEnd else { throw lexer.failure("nothing more is expected here", at: lexer.position) }
    return stage
  }

  private mutating func takeComma() -> Bool {
    lexer.skipBlanks()
    return lexer.take(",")
  }

  private mutating func stageField() throws(FilterError) -> String {
    lexer.skipBlanks()
    let start = lexer.position
    while let next = lexer.peek(), !FilterLexer.endsWord(next), next != "," { lexer.position += 1 }
    let name = lexer.string(start..<lexer.position)
    guard let field = FilterField.named(name) else {
      throw lexer.failure(
        name.isEmpty ? "a field is missing" : "no field \(FilterQuoting.alwaysQuoted(name))", at: start,
        suggestions: Suggestions.near(name, among: FilterField.all.flatMap { [$0.name] + $0.aliases }))
    }
    return field.name
  }

  private mutating func stageSeconds() throws(FilterError) -> Int {
    lexer.skipBlanks()
    let start = lexer.position
    guard let microseconds = Quantity.duration(lexer.word()), microseconds >= 1_000_000 else {
      throw lexer.failure("every takes a duration from a second on: every 1h", at: start)
    }
    return Int(microseconds / 1_000_000)
  }

  // MARK: Structure

  private mutating func alternatives() throws(FilterError) -> FilterExpression {
    let first = try conjunction()
    var parts = [first]
    while true {
      lexer.skipBlanks()
      let start = lexer.position
      guard lexer.take(keyword: "or") else { return .alternatives(parts) ?? first }
      lexer.skipBlanks()
      if lexer.isAtEnd || lexer.peek() == ")" { throw lexer.failure("OR needs a term after it", at: start) }
      parts.append(try conjunction())
    }
  }

  private mutating func conjunction() throws(FilterError) -> FilterExpression {
    let first = try unary()
    var parts = [first]
    while true {
      lexer.skipBlanks()
      let start = lexer.position
      if lexer.take(keyword: "and") {
        lexer.skipBlanks()
        if lexer.isAtEnd || lexer.peek() == ")" { throw lexer.failure("AND needs a term after it", at: start) }
      } else if lexer.isAtEnd || isAtStage || lexer.peek() == ")" || lexer.isAt(keyword: "or") {
        return .joined(parts) ?? first
      }
      parts.append(try unary())
    }
  }

  private mutating func unary() throws(FilterError) -> FilterExpression {
    depth += 1
    defer { depth -= 1 }
    lexer.skipBlanks()
    let start = lexer.position
    guard depth <= Self.deepest else { throw lexer.failure("nested too deeply", at: start) }
    if lexer.take(keyword: "not") {
      lexer.skipBlanks()
      if lexer.isAtEnd || lexer.peek() == ")" { throw lexer.failure("NOT needs a term after it", at: start) }
      return .not(try unary())
    }
    if lexer.peek() == "-" {
      lexer.position += 1
      guard let next = lexer.peek(), !FilterLexer.isBlank(next), next != ")" else {
        throw lexer.failure("- needs a term right after it", at: start)
      }
      return .not(try unary())
    }
    return try primary()
  }

  private mutating func primary() throws(FilterError) -> FilterExpression {
    let start = lexer.position
    switch lexer.peek() {
    case nil, ")": throw lexer.failure("a term is missing", at: start)
    case "(":
      lexer.position += 1
      lexer.skipBlanks()
      if lexer.peek() == ")" { throw lexer.failure("a term is missing", at: lexer.position) }
      let inner = try alternatives()
      guard lexer.take(")") else { throw lexer.failure("this ( is never closed", at: start) }
      return inner
    case "@": return try macro()
    case "\"": return try quotedTerm()
    case "/":
      if let regex = try lexer.regex() { return .text(.regex(regex)) }
      return try word()
    case "|": throw lexer.failure("stages after | go with `whodiff log` and `whodiff count` only", at: start)
    case ".":
      if let path = lexer.path(), let comparator = lexer.takeComparator() {
        return try comparison(.path(path), comparator, at: start)
      }
      lexer.position = start
      return try word()
    default:
      for keyword in ["and", "or"] where lexer.isAt(keyword: keyword) {
        throw lexer.failure("\(keyword.uppercased()) needs a term before it", at: start)
      }
      return try word()
    }
  }

  // MARK: Macros

  private mutating func macro() throws(FilterError) -> FilterExpression {
    let start = lexer.position
    lexer.position += 1
    if lexer.peek() == "@" { throw lexer.failure("saved views (@@name) cannot be used here", at: start) }
    let name = lexer.word()
    guard !name.isEmpty else { throw lexer.failure("the name of a macro is missing", at: start) }
    guard let definition = FilterMacro.definition(of: name, in: context) else {
      let names = FilterMacro.names(in: context)
      throw lexer.failure(
        "no macro @\(name)", at: start, suggestions: Suggestions.near(name, among: names).map { "@" + $0 },
        asText: FilterQuoting.alwaysQuoted("@" + name))
    }
    guard !expanding.contains(name), expanding.count < 10 else {
      throw lexer.failure("@\(name) stands for itself", at: start)
    }
    var parser = FilterParser(definition, context: context, expanding: expanding + [name])
    do throws(FilterError) {
      return .macro(name, try parser.filter())
    } catch {
      throw lexer.failure("in @\(name): \(error.message)", at: start, suggestions: error.suggestions)
    }
  }

  // MARK: Terms

  /// A quoted text, or a field whose name is quoted.
  private mutating func quotedTerm() throws(FilterError) -> FilterExpression {
    let start = lexer.position
    let text = try lexer.quoted()
    let end = lexer.position
    if let comparator = lexer.takeComparator() {
      return try comparison(try subject(text, at: start), comparator, at: start)
    }
    if let negates = takeIn(after: text) { return try membership(of: text, negates: negates, at: start) }
    lexer.position = end
    guard !text.isEmpty else { throw lexer.failure("nothing to search for", at: start) }
    return .text(.phrase(text))
  }

  private mutating func membership(
    of name: String, negates: Bool, at start: Int
  ) throws(FilterError) -> FilterExpression {
    let comparison = try comparison(try subject(name, at: start), .has, at: start, isMembership: true)
    return negates ? .not(comparison) : comparison
  }

  private mutating func word() throws(FilterError) -> FilterExpression {
    let start = lexer.position
    let name = lexer.name()
    let end = lexer.position
    if let comparator = lexer.takeComparator() {
      guard !name.isEmpty else {
        throw lexer.failure("a field is missing before \(comparator.rawValue)", at: start)
      }
      return try comparison(try subject(name, at: start), comparator, at: start)
    }
    if let negates = takeIn(after: name) {
      return try membership(of: name, negates: negates, at: start)
    }
    lexer.position = end
    let text = name + lexer.word()
    guard !text.isEmpty else { throw lexer.failure("a term is missing", at: start) }
    return try search(text, at: start)
  }

  /// Bare words to search for. Since they are found anywhere, a `*` at either end says nothing.
  private func search(_ text: String, at start: Int) throws(FilterError) -> FilterExpression {
    guard text.contains("*") || text.contains("?") else { return .text(.phrase(text)) }
    var body = String(text.drop { $0 == "*" }.reversed().drop { $0 == "*" }.reversed())
    guard body.contains(where: { $0 != "*" && $0 != "?" }) else {
      throw lexer.failure("nothing to search for", at: start)
    }
    guard body.contains("*") || body.contains("?") else { return .text(.phrase(body)) }
    if FilterQuoting.needsLead(body) { body = "*" + body }
    do throws(FilterRegex.Problem) { return .text(try .pattern(body)) } catch {
      throw lexer.failure(error.message, at: start)
    }
  }

  /// IN or NOTIN after a field, or after anything when a set in brackets follows; nil, with the position anywhere,
  /// when the word is only a word. True for NOTIN.
  private mutating func takeIn(after name: String) -> Bool? {
    guard let next = lexer.peek(), FilterLexer.isBlank(next) else { return nil }
    lexer.skipBlanks()
    let word = lexer.upcomingWord().lowercased()
    let keyword = ["notin", "in"].first { word == $0 || word.hasPrefix($0 + "{") }
    guard let keyword else { return nil }
    lexer.position += keyword.unicodeScalars.count
    lexer.skipBlanks()
    let hasSet = lexer.peek() == "{" || lexer.peek() == "("
    guard hasSet || (FilterField.named(name) != nil && !lexer.isAtEnd && lexer.peek() != ")") else { return nil }
    return keyword == "notin"
  }

  private func subject(_ name: String, at start: Int) throws(FilterError) -> FilterComparison.Subject {
    if let field = FilterField.named(name) { return .field(field.name) }
    var inner = FilterLexer("." + name + " ")
    if let path = inner.path(), inner.peek() == " ", case .key(let root) = path.steps[0],
      FilterPath.roots.contains(root)
    {
      return .path(FilterPath(steps: path.steps, seesThroughLists: true))
    }
    // The whole word, quotes excluded, as a text to search for.
    var rest = lexer
    rest.position = start
    let text = rest.peek() == "\"" ? name : rest.word()
    throw lexer.failure(
      "no field \(FilterQuoting.alwaysQuoted(name))", at: start,
      suggestions: Suggestions.near(name, among: FilterField.all.flatMap { [$0.name] + $0.aliases }),
      asText: FilterQuoting.alwaysQuoted(text))
  }

  // MARK: Values

  private mutating func comparison(
    _ subject: FilterComparison.Subject, _ comparator: FilterComparator, at start: Int, isMembership: Bool = false
  ) throws(FilterError) -> FilterExpression {
    var reader = FilterValueReader(
      lexer: lexer, subject: subject, comparator: comparator, isMembership: isMembership)
    let items = try reader.items()
    lexer = reader.lexer
    if comparator.isOrder, items.count > 1 {
      throw lexer.failure("\(comparator.rawValue) takes one value", at: items[1].start)
    }
    let comparison: FilterComparison
    do throws(LocatedProblem) {
      comparison = try FilterComparison(subject, comparator, items.map(\.item), context: context)
    } catch {
      throw lexer.failure(error.problem.message, at: items[error.index].start, suggestions: error.problem.suggestions)
    }
    return .comparison(comparison)
  }
}

struct LocatedProblem: Error {
  var problem: ItemProblem
  /// Into the items.
  var index: Int
}

extension FilterComparison {
  init(
    _ subject: Subject, _ comparator: FilterComparator, _ items: [FilterItem], context: FilterContext
  ) throws(LocatedProblem) {
    var tests: [FilterTest] = []
    for (index, item) in items.enumerated() {
      do throws(ItemProblem) {
        switch subject {
        case .path(let path): tests.append(try PathCompiler(context: context).test(path, comparator, item))
        case .field(let name):
          guard let field = FilterField.named(name) else { throw ItemProblem(message: "no field \(name)") }
          tests.append(try FilterCompiler(context: context).test(field, comparator, item))
        }
      } catch {
        throw LocatedProblem(problem: error, index: index)
      }
    }
    let positive = FilterTest.joining(tests)
    self.init(
      subject: subject, comparator: comparator, items: items, test: comparator.isNegated ? .not(positive) : positive)
  }
}
