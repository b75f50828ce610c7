import EventQueries
import TerminalScreen

/// The bar above the list: what is typed into it is listed at once where answers come fast, else after Enter.
extension TimelinePane {
  /// Answers that took longer than this make typing wait for Enter.
  private static let fastMilliseconds = 50

  private var answersFast: Bool { lastTookMilliseconds.map { $0 < Self.fastMilliseconds } ?? false }

  mutating func openBar() {
    beforeBar = here
    bar.edit(query.filter)
  }

  mutating func typeIntoBar(_ key: Key, _ session: inout Session) -> [Effect] {
    switch bar.type(key, query: query, &session) {
    case .editing(let effects):
      // A newer text takes the place of the one that is being looked for; one that says nothing leaves the rows.
      guard answersFast, let filter = bar.filter else { return effects }
      return effects + list(query.with(filter), remembering: false, session)
    case .cancelled:
      defer { beforeBar = nil }
      guard let beforeBar, beforeBar.query != query else { return [] }
      return goBack(to: beforeBar, session)
    case .run(let filter, let text):
      let effects = keep(text, &session) + list(query.with(filter), remembering: false, session)
      // Going back leads to what was listed before the bar was opened, past all that was listed while it was typed.
      if let beforeBar, beforeBar.query != query { remember(beforeBar) }
      beforeBar = nil
      return effects
    }
  }

  /// The text goes to the front of the history.
  private func keep(_ text: String, _ session: inout Session) -> [Effect] {
    guard text.contains(where: { $0 != " " }) else { return [] }
    session.filterHistory.removeAll { $0 == text }
    session.filterHistory.insert(text, at: 0)
    return [.remember(filter: text)]
  }
}
