import TerminalScreen

/// A pane that is one list with a focused row: it gets the keys that move in lists.
protocol RowPane: Pane {
  var cursor: ListCursor { get set }
  func rowCount(_ session: Session) -> Int
  /// Rows of the list that are seen at once.
  func rowHeight(_ session: Session) -> Int
  mutating func move(by step: Int, _ session: inout Session) -> [Effect]
  mutating func move(to row: Int, _ session: inout Session) -> [Effect]
  /// The focus has moved, in the direction of the sign of `step`: skips what cannot be focused, makes what is shown.
  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect]
}

extension RowPane {
  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] { [] }

  mutating func move(by step: Int, _ session: inout Session) -> [Effect] {
    cursor.move(by: step, count: rowCount(session), height: rowHeight(session))
    return cursorMoved(by: step, &session)
  }

  mutating func move(to row: Int, _ session: inout Session) -> [Effect] {
    cursor.place(at: row, count: rowCount(session), height: rowHeight(session))
    return cursorMoved(by: row == 0 ? 1 : -1, &session)
  }

  /// The keys of lists and texts, in the order of help.
  static var movement: [Command<Self>] {
    [
      Command("j", .down, name: "down", group: .move, "Next row") { $0.move(by: 1, &$1) },
      Command("k", .up, name: "up", group: .move, "Previous row") { $0.move(by: -1, &$1) },
      Command(" ", .pageDown, name: "page-down", group: .move, "A page down") { $0.move(by: $0.page($1), &$1) },
      Command("b", .pageUp, name: "page-up", group: .move, "A page up") { $0.move(by: -$0.page($1), &$1) },
      Command(.control("d"), name: "half-page-down", group: .move, "Half a page down") {
        $0.move(by: ($0.page($1) + 1) / 2, &$1)
      },
      Command(.control("u"), name: "half-page-up", group: .move, "Half a page up") {
        $0.move(by: -($0.page($1) + 1) / 2, &$1)
      },
      Command("g", .home, name: "first", group: .move, "First row") { $0.move(to: 0, &$1) },
      Command("G", .end, name: "last", group: .move, "Last row") { $0.move(to: Int.max / 2, &$1) },
    ]
  }

  /// Goes to the next of the rows in which a text stands.
  /// - Parameter lines: of all rows, what is searched.
  mutating func go(
    to text: String, in lines: [String], forward: Bool, _ session: inout Session
  ) -> [Effect] {
    let text = text.lowercased()
    return go(to: text, count: lines.count, forward: forward, &session) { lines[$0].lowercased().contains(text) }
  }

  /// Goes to the next row in which a text stands.
  /// - Parameter isHit: whether it stands in the row of an index.
  mutating func go(
    to text: String, count: Int, forward: Bool, _ session: inout Session, where isHit: (Int) -> Bool
  ) -> [Effect] {
    var search = LineSearch()
    search.set(text)
    let result = search.step(in: count, from: cursor.index, forward: forward, where: isHit)
    session.notice = result.notice
    return result.line.map { move(to: $0, &session) } ?? []
  }

  private func page(_ session: Session) -> Int { max(1, rowHeight(session) - 1) }
}
