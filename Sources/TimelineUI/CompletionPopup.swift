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
  private var valueRange: Range<Int> = 0..<0

  var isOpen: Bool { !choices.isEmpty }
  /// What Tab would take.
  var current: Choice? { choices.indices.contains(index) ? choices[index] : nil }
  /// What Enter would take.
  var chosen: Choice? { isChosen ? current : nil }

  mutating func release() { isChosen = false }

  mutating func move(by step: Int) {
    guard !choices.isEmpty else { return }
    if isChosen { index = (index + step + choices.count) % choices.count } else { index = step > 0 ? 0 : choices.count - 1 }
    isChosen = true
  }

  /// Looks at what is being typed; values are asked of the store.
  mutating func update(text: String, cursor: Int, query: EventQuery) -> [Effect] {
    choices = []
    index = 0
    isChosen = false
    awaited = nil
    return []
  }

  mutating func receive(_ answer: FacetAnswer) {
    guard answer.request == awaited else { return }
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
