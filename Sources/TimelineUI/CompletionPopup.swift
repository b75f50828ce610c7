import EventQueries
import TerminalScreen

/// What could be typed next in the filter bar: fields, macros, values of the field at the cursor.
struct CompletionPopup: Sendable {
  struct Choice: Hashable, Sendable {
    var text: String
    var note: String
    /// Characters of the bar that it replaces.
    var range: Range<Int>
  }
  private var choices: [Choice] = []
  private var index = 0
  /// Whether the user has gone into the list; only then Enter takes a choice.
  private(set) var isChosen = false
  private var awaited: FacetRequest?
  private var range: Range<Int> = 0..<0
  /// The last values of the store, and whose: shown for a longer prefix until its own come.
  private var known: (field: String, values: [FacetValue]) = ("", [])

  var isOpen: Bool { !choices.isEmpty }
  /// What Tab would take.
  var current: Choice? { choices.indices.contains(index) ? choices[index] : nil }
  /// What Enter would take.
  var chosen: Choice? { isChosen ? current : nil }

  mutating func release() { isChosen = false }

  mutating func move(by step: Int) {
    guard !choices.isEmpty else { return }
    if isChosen {
      index = (index + step + choices.count) % choices.count
    } else {
      index = step > 0 ? 0 : choices.count - 1
    }
    isChosen = true
  }

  /// Looks at what is being typed; values are asked of the store.
  /// - Parameter opens: also where nothing has been typed yet.
  mutating func update(text: String, cursor: Int, query: EventQuery, context: FilterContext, opens: Bool = false)
    -> [Effect]
  {
    choices = []
    index = 0
    isChosen = false
    awaited = nil
    guard let found = FilterCompletion.at(cursor: cursor, in: text, context: context) else { return [] }
    range = found.range
    if found.subject == .field, found.prefix.isEmpty, !opens { return [] }
    choices = found.candidates.map { Choice(text: $0.text, note: $0.note, range: found.range) }
    // A word that is complete needs no list of itself.
    if choices.count == 1, choices[0].text == found.prefix { choices = [] }
    guard found.wantsFacets, case .value(let field) = found.subject else { return [] }
    let typed = Self.rest(of: text, without: found.range, context).map(query.with) ?? query
    let request = FacetRequest(query: typed, field: field, prefix: found.prefix)
    awaited = request
    let wanted = found.prefix.lowercased()
    if known.field == field { offer(known.values.filter { $0.value?.lowercased().hasPrefix(wanted) ?? false }) }
    return [.ask(.facets(request))]
  }

  /// The filter that is typed but for the term in which a value is being typed; nil where that leaves none.
  private static func rest(of text: String, without value: Range<Int>, _ context: FilterContext) -> Filter? {
    let characters = Array(text)
    var start = value.lowerBound
    while start > 0, !characters[start - 1].isWhitespace { start -= 1 }
    let end = min(value.upperBound, characters.count)
    return try? Filter(parsing: String(characters[..<start] + characters[end...]), context: context)
  }

  /// Values of what is listed come before those that are known beforehand.
  mutating func receive(_ answer: FacetAnswer) {
    guard answer.request == awaited else { return }
    awaited = nil
    known = (answer.request.field, answer.values)
    offer(answer.values)
  }

  private mutating func offer(_ values: [FacetValue]) {
    let values = values.compactMap { value -> Choice? in
      guard let text = value.value else { return nil }
      return Choice(
        text: FilterCompletion.candidate(value: text).text, note: PaneWords.count(value.count, "act"), range: range)
    }
    let listed = Set(values.map(\.text))
    choices = values + choices.filter { !listed.contains($0.text) }
    index = 0
    isChosen = false
  }

  struct Line: Sendable {
    var text: String
    var note: String
    var isCurrent: Bool
    var isChosen: Bool
  }
  /// At most so many choices, the current one among them.
  func lines(limit: Int) -> [Line] {
    guard limit > 0 else { return [] }
    let first = min(max(0, index - limit + 1), max(0, choices.count - limit))
    return choices.indices.dropFirst(first).prefix(limit).map {
      Line(text: choices[$0].text, note: choices[$0].note, isCurrent: $0 == index, isChosen: isChosen && $0 == index)
    }
  }
}
