/// What is being typed at a place in the text of a filter, and what it could become.
public struct FilterCompletion: Hashable, Sendable {
  public enum Subject: Hashable, Sendable {
    /// The name of a field, or a text to search for.
    case field
    /// A value of the field with this `name`.
    case value(field: String)
    case macro
  }
  public var subject: Subject
  /// What has been typed of it up to the cursor, without an opening quote.
  public var prefix: String
  /// What an accepted candidate replaces, in characters of the text.
  public var range: Range<Int>
  /// Candidates that are known beforehand, those that begin with the prefix. Where `wantsFacets`, the values of a
  /// `FacetAnswer` for the field and the prefix belong here too.
  public var candidates: [Candidate]
  public var wantsFacets: Bool

  public struct Candidate: Hashable, Sendable {
    /// What replaces the range: `verb:`, `@policy`, `"a b"`.
    public var text: String
    /// What it is: for a field its type and summary, for a macro its summary.
    public var note: String
    public init(text: String, note: String = "") {
      self.text = text
      self.note = note
    }
  }

  /// - Parameters:
  ///   - cursor: in characters, from 0 before the first to the count behind the last.
  ///   - context: for its macros.
  /// - Returns: nil where nothing can be completed: inside a comment, a quoted text, a regular expression or a path.
  public static func at(
    cursor: Int, in text: String, context: FilterContext = FilterContext()
  ) -> FilterCompletion? {
    var scan = CompletionScan(Array(text))
    return scan.completion(at: max(0, min(cursor, text.count)), context: context)
  }

  /// The candidate for a value that a `FacetAnswer` brought.
  public static func candidate(value: String, note: String = "") -> Candidate {
    Candidate(text: FilterField.quoted(value), note: note)
  }
}

/// Goes over the text up to the cursor, forgiving whatever the parser would not.
private struct CompletionScan {
  private let characters: [Character]
  private var index = 0

  init(_ characters: [Character]) { self.characters = characters }

  mutating func completion(at cursor: Int, context: FilterContext) -> FilterCompletion? {
    while true {
      skipBlanks(to: cursor)
      if index < cursor, characters[index] == "#" {
        while index < cursor, !characters[index].isNewline { index += 1 }
        if index == cursor { return nil }
        continue
      }
      while index < cursor, characters[index] == "(" || characters[index] == ")" || characters[index] == "-" {
        index += 1
      }
      if index < cursor, characters[index].isWhitespace { continue }
      if index >= cursor { return field(from: cursor, to: cursor) }
      let start = index
      if characters[index] == "\"" {
        guard skipQuoted(to: cursor) else { return nil }
        if index == cursor { return nil }
        continue
      }
      if characters[index] == "@" {
        skipWord(to: cursor)
        if index == cursor { return macro(from: start, to: cursor, context) }
        continue
      }
      while index < cursor, !isOperator(characters[index]), !endsWord(characters[index]) { index += 1 }
      if index == cursor { return field(from: start, to: cursor) }
      guard isOperator(characters[index]) else {
        // `verb in (get, …`
        if let found = inSet(after: String(characters[start..<index]), cursor: cursor) { return found }
        continue
      }
      let name = String(characters[start..<index])
      while index < cursor, isOperator(characters[index]) { index += 1 }
      if let found = value(of: name, cursor: cursor) { return found }
      if index >= cursor { return nil }
    }
  }

  private func isOperator(_ character: Character) -> Bool { ":=~<>!".contains(character) }
  private func endsWord(_ character: Character) -> Bool {
    character.isWhitespace || character == "(" || character == ")" || character == "\""
  }

  private mutating func skipBlanks(to cursor: Int) {
    while index < cursor, characters[index].isWhitespace { index += 1 }
  }
  private mutating func skipWord(to cursor: Int) {
    while index < cursor, !endsWord(characters[index]) { index += 1 }
  }
  /// False where the cursor is inside the quotes.
  private mutating func skipQuoted(to cursor: Int) -> Bool {
    index += 1
    while index < cursor, characters[index] != "\"" { index += characters[index] == "\\" ? 2 : 1 }
    guard index < cursor else {
      index = cursor
      return false
    }
    index += 1
    return true
  }

  private mutating func inSet(after name: String, cursor: Int) -> FilterCompletion? {
    let before = index
    skipBlanks(to: cursor)
    let start = index
    while index < cursor, !endsWord(characters[index]), characters[index] != "{" { index += 1 }
    let word = String(characters[start..<index]).lowercased()
    skipBlanks(to: cursor)
    guard word == "in" || word == "notin", index < cursor, characters[index] == "{" || characters[index] == "(" else {
      index = before
      return nil
    }
    return value(of: name, cursor: cursor)
  }

  /// Goes over a value; the completion where the cursor is in it, nil where it ends before.
  private mutating func value(of name: String, cursor: Int) -> FilterCompletion? {
    var close: Character?
    if index < cursor, characters[index] == "{" || characters[index] == "(" {
      close = characters[index] == "{" ? "}" : ")"
      index += 1
    }
    while true {
      if close != nil { skipBlanks(to: cursor) }
      let start = index
      if index < cursor, characters[index] == "\"" {
        if !skipQuoted(to: cursor) { return value(name, from: start, to: cursor) }
      }
      while index < cursor, !endsWord(characters[index]), characters[index] != ",", characters[index] != close {
        index += 1
      }
      if index == cursor {
        // Behind a quote that has been closed there is nothing to complete.
        if start < cursor, characters[start] == "\"" { return nil }
        return value(name, from: start, to: cursor)
      }
      if close != nil { skipBlanks(to: cursor) }
      if index < cursor, characters[index] == "," {
        index += 1
        continue
      }
      if let close, index < cursor, characters[index] == close { index += 1 }
      return nil
    }
  }

  // MARK: Answers

  private func field(from start: Int, to cursor: Int) -> FilterCompletion? {
    let prefix = String(characters[start..<cursor])
    if prefix.hasPrefix("/") || prefix.hasPrefix(".") { return nil }
    var end = cursor
    while end < characters.count, !endsWord(characters[end]), !isOperator(characters[end]) { end += 1 }
    // A colon that is there already is replaced too, rather than doubled.
    if end < characters.count, characters[end] == ":" { end += 1 }
    let wanted = prefix.lowercased()
    let candidates = FilterField.all.filter { field in
      ([field.name] + field.aliases).contains { $0.lowercased().hasPrefix(wanted) }
    }
    let sorted = candidates.filter { $0.name.hasPrefix(wanted) } + candidates.filter { !$0.name.hasPrefix(wanted) }
    return FilterCompletion(
      subject: .field, prefix: prefix, range: start..<end,
      candidates: sorted.map { .init(text: $0.name + ":", note: "\($0.type.label): \($0.summary)") }, wantsFacets: false
    )
  }

  private func macro(from start: Int, to cursor: Int, _ context: FilterContext) -> FilterCompletion? {
    let prefix = String(characters[(start + 1)..<cursor])
    if prefix.hasPrefix("@") { return nil }
    var end = cursor
    while end < characters.count, !endsWord(characters[end]) { end += 1 }
    let wanted = prefix.lowercased()
    let candidates = FilterMacro.names(in: context).filter { $0.lowercased().hasPrefix(wanted) }.map { name in
      let shipped = FilterMacro.all.first { $0.name == name && context.macros[name] == nil }
      return FilterCompletion.Candidate(text: "@" + name, note: shipped?.summary ?? context.macros[name] ?? "")
    }
    return FilterCompletion(
      subject: .macro, prefix: prefix, range: start..<end, candidates: candidates, wantsFacets: false)
  }

  private func value(_ name: String, from start: Int, to cursor: Int) -> FilterCompletion? {
    guard let field = FilterField.named(name) else { return nil }
    let isQuoted = start < cursor && characters[start] == "\""
    let prefix = String(characters[(isQuoted ? start + 1 : start)..<cursor])
    if prefix.hasPrefix("/") { return nil }
    var end = cursor
    if isQuoted {
      while end < characters.count, characters[end] != "\"" { end += 1 }
      end = end < characters.count ? end + 1 : cursor
    } else {
      while end < characters.count, !endsWord(characters[end]), characters[end] != ",", characters[end] != "}" {
        end += 1
      }
    }
    let known: [String]
    var wantsFacets = false
    switch field.completion {
    case .none: known = []
    case .fixed(let names): known = names
    case .facets(let names):
      known = names
      wantsFacets = true
    }
    let wanted = prefix.lowercased()
    return FilterCompletion(
      subject: .value(field: field.name), prefix: prefix, range: start..<end,
      candidates: known.filter { $0.lowercased().hasPrefix(wanted) }.map { .init(text: FilterField.quoted($0)) },
      wantsFacets: wantsFacets)
  }
}
