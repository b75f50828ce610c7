public import AuditModel

/// A parsed filter. Printing it and parsing the print gives an equal filter.
///
/// Words that are relative to a moment (`since:2h`) keep their spelling and mean what they meant when the text was
/// parsed; parsing the same text an hour later gives another filter.
public struct Filter: Hashable, Sendable, CustomStringConvertible {
  public static let everything = Filter()

  /// Nil takes everything.
  var root: FilterExpression?

  public init() { root = nil }
  init(root: FilterExpression?) { self.root = root }

  /// An empty text, or one that only holds a comment, is the filter that takes everything.
  public init(parsing text: String, context: FilterContext = FilterContext()) throws(FilterError) {
    var parser = FilterParser(text, context: context)
    root = try parser.filter()
  }

  /// The filter in its own language.
  public var description: String { root?.printed ?? "" }
  public var isEverything: Bool { root == nil }
  /// Plain words for the line below the bar: `writes AND kind in (gnp, netpol) AND since 2026-11-16 09:30 UTC`.
  public func echo(zone: Zone) -> String { root.map { $0.words(zone: zone) } ?? "everything" }

  /// The parts that must all hold, in the order in which they were written.
  public var terms: [Filter] {
    switch root {
    case nil: []
    case .and(let parts): parts.map { Filter(root: $0) }
    case .some(let only): [Filter(root: only)]
    }
  }

  /// The kinds that the filter names, each once, in the order in which they were written; not those that it excludes.
  public var kindNames: [String] {
    var names: [String] = []
    for name in root?.kindNames ?? [] where !names.contains(name) { names.append(name) }
    return names
  }

  /// The filter without one of its `terms`; unchanged where there is no such term.
  public func removing(term: Int) -> Filter {
    var parts = terms
    guard parts.indices.contains(term) else { return self }
    parts.remove(at: term)
    return Filter(root: .joined(parts.compactMap(\.root)))
  }

  /// This filter and one more: `field:value`, or its negation.
  ///
  /// The value is taken as it is: nothing in it is wild. A term that says the opposite is replaced, one that says the
  /// same is not repeated. Unchanged where the field does not exist or does not take the value.
  public func adding(
    field: String, value: String, excluded: Bool = false, context: FilterContext = FilterContext()
  ) -> Filter {
    adding(text: field + ":" + FilterField.quoted(value), excluded: excluded, context: context)
  }

  /// This filter and one more: that the field is absent, or that it is there.
  public func adding(absenceOf field: String, excluded: Bool = false) -> Filter {
    adding(text: field + ":*", excluded: !excluded, context: FilterContext())
  }

  private func adding(text: String, excluded: Bool, context: FilterContext) -> Filter {
    guard let parsed = try? Filter(parsing: text, context: context), let term = parsed.root else { return self }
    let added: FilterExpression = excluded ? .not(term) : term
    let opposite: FilterExpression = excluded ? term : .not(term)
    var parts = terms.compactMap(\.root)
    if parts.contains(added) { return self }
    if let index = parts.firstIndex(of: opposite) {
      parts[index] = added
    } else {
      parts.append(added)
    }
    return Filter(root: .joined(parts))
  }

  /// What both take.
  public func and(_ other: Filter) -> Filter {
    Filter(root: .joined([root, other.root].compactMap { $0 }))
  }

  /// The same filter with relative and zoneless times written out in UTC: what a link or a report may hold, since it
  /// means the same to everybody and tomorrow.
  public var pinned: Filter { Filter(root: root?.pinned) }

  /// The tests that decide, those of columns before those that need an act's bodies.
  public var plan: FilterPlan { root?.plan ?? .constant(true) }
}

/// What a filter's words are relative to.
public struct FilterContext: Sendable {
  /// For `-2h`, `yesterday`, `since:24h`.
  public var now: Timestamp
  public var zone: Zone
  /// Names without the `@`, and the filters they stand for; the shipped ones unless overridden.
  public var macros: [String: String]
  public init(now: Timestamp = Timestamp(microseconds: 0), zone: Zone = .utc, macros: [String: String] = [:]) {
    self.now = now
    self.zone = zone
    self.macros = macros
  }
}

/// Why a text is no filter, and where.
public struct FilterError: Error, Hashable, Sendable, CustomStringConvertible {
  /// One sentence without a full stop: `no field "usr"`.
  public var message: String
  /// From 1, in characters.
  public var column: Int
  /// At most three words that would do instead.
  public var suggestions: [String]
  /// Where words with a colon are no field: the words as a filter that searches for them, to be put in their place.
  public var asText: String?

  public init(message: String, column: Int, suggestions: [String] = [], asText: String? = nil) {
    self.message = message
    self.column = column
    self.suggestions = suggestions
    self.asText = asText
  }

  /// `column 5: no field "usr" (user, ns?); "usr:x" searches for the text`
  public var description: String {
    let hint = suggestions.isEmpty ? "" : " (" + suggestions.joined(separator: ", ") + "?)"
    return "column \(column): \(message)\(hint)" + (asText.map { "; \($0) searches for the text" } ?? "")
  }
}
