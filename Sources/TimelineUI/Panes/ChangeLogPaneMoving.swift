import EventQueries
import ObjectHistory
import TerminalScreen

/// How the focus moves through the Change Log.
extension ChangeLogPane {
  func rowCount(_ session: Session) -> Int { diffIsFocused ? besideText?.rows.count ?? 0 : rows.count }
  func rowHeight(_ session: Session) -> Int { listArea(Frame.area(session.size), session).height }

  mutating func move(by step: Int, _ session: inout Session) -> [Effect] {
    if diffIsFocused {
      diffCursor.move(
        by: step, count: besideText?.rows.count ?? 0, height: diffArea(Frame.area(session.size), session).height)
      return []
    }
    cursor.move(by: step, count: rows.count, height: rowHeight(session))
    return cursorMoved(by: step, &session)
  }

  mutating func move(to row: Int, _ session: inout Session) -> [Effect] {
    if diffIsFocused { return move(by: row - diffCursor.index, &session) }
    let direction = row <= cursor.index ? -1 : 1
    cursor.place(at: row, count: rows.count, height: rowHeight(session))
    return cursorMoved(by: row == 0 ? 1 : direction, &session)
  }

  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] {
    var step = step < 0 ? -1 : 1
    // Titles between lifetimes cannot be focused; at an end of the list the way leads back.
    for _ in 0..<2 {
      while rows.indices.contains(cursor.index), !rows[cursor.index].isFocusable {
        let before = cursor.index
        cursor.move(by: step, count: rows.count, height: rowHeight(session))
        if cursor.index == before { break }
      }
      step = -step
    }
    // Both lines of a finding come into view.
    if finding(at: cursor.index) != nil, rows.dropFirst(cursor.index + 1).first?.isFocusable == false,
      rowHeight(session) > 1
    {
      cursor.move(by: 1, count: rows.count, height: rowHeight(session))
      cursor.move(by: -1, count: rows.count, height: rowHeight(session))
    }
    return focusChanged(session)
  }

  /// Focuses the next version in the order of the list: 1 is older.
  mutating func stepVersion(by step: Int, _ session: inout Session) -> [Effect] {
    guard let log else { return [] }
    let current = entry(at: cursor.index)
    let candidates = rows.indices.filter { row in
      switch rows[row] {
      case .revision(let index):
        rows[row].entry != current
          && (log.history.revisions[index].number != nil
            || [.delete, .initial].contains(log.history.revisions[index].operation))
      case .burst: rows[row].entry != current
      default: false
      }
    }
    guard
      let row = step > 0
        ? candidates.first(where: { $0 > cursor.index }) : candidates.last(where: { $0 < cursor.index })
    else {
      session.notice = step > 0 ? "no older version" : "no newer version"
      return []
    }
    cursor.place(at: row, count: rows.count, height: rowHeight(session))
    return focusChanged(session)
  }

  mutating func stepLifetime(by step: Int, _ session: inout Session) -> [Effect] {
    let shown = finding(at: cursor.index).flatMap { finding in log?.history.revisions.dropFirst(finding.position).first
    }
    guard let log, let lifetime = (revision(at: cursor.index) ?? shown)?.lifetime else { return [] }
    let row = rows.indices.first { row in
      revisionIndex(at: row).map { log.history.revisions[$0].lifetime } == lifetime + step
    }
    guard let row else {
      session.notice = step < 0 ? "no lifetime before this one" : "no lifetime after this one"
      return []
    }
    return move(to: row, &session)
  }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    searchText = text
    guard let log, !text.isEmpty else { return [] }
    let shown = session
    let lines = rows.indices.map { plainText(at: $0, shown, comparesNow: false) ?? "" }
    let effects = go(to: text, in: lines, forward: forward, &session)
    if !log.changes.isComplete, let notice = session.notice {
      session.notice = notice + "  (some versions are still being compared)"
    }
    return effects
  }
}
