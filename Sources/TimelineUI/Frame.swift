import AuditModel
import EventQueries
import TerminalScreen

/// What stands around every pane: the title row above, the hints below, a notice or a prompt when there is one.
enum Frame {
  /// The part of the screen that a pane paints.
  static func area(_ size: Size) -> Rect {
    Rect(x: 0, y: 0, width: size.columns, height: size.rows).inset(top: 1, bottom: 1)
  }

  static func render(_ visits: VisitedPanes, _ session: Session, into screen: inout Screen) {
    let area = area(session.size)
    visits.front.render(into: &screen, area: area, session: session)
    renderTitle(visits, session, into: &screen)
    let last = screen.size.rows - 1
    screen.fill(Rect(x: 0, y: last, width: screen.size.columns, height: 1))
    if let prompt = visits.prompt {
      let width = screen.write(prompt.mark, x: 0, y: last, style: .heading)
      prompt.editor.render(into: &screen, x: width, y: last, width: screen.size.columns - width)
    } else {
      renderHints(visits.front.hints, hasPrompt: !visits.front.takesText, into: &screen, y: last)
    }
    if let notice = session.notice, visits.prompt == nil {
      screen.fill(Rect(x: 0, y: last - 1, width: screen.size.columns, height: 1))
      screen.write(notice, x: 1, y: last - 1, style: .notice, width: screen.size.columns - 1)
    }
  }

  private static func renderTitle(_ visits: VisitedPanes, _ session: Session, into screen: inout Screen) {
    screen.fill(Rect(x: 0, y: 0, width: screen.size.columns, height: 1))
    let pane = visits.front
    let subject = pane.subject(session)
    let right =
      [session.excludedWords, session.zone.name, session.follow?.words].compactMap(\.self).joined(separator: " ")
      + "  ?=help"
    let end = screen.size.columns - TextWidth.of(right, asciiOnly: screen.asciiOnly) - 1
    var x = 1 + screen.write("whodiff ", x: 1, y: 0, style: .title)
    let tabs = Tab.allCases.map {
      ($0, $0 == Tab(visits.place) ? "[\($0.digit)]\($0.title)" : "\($0.digit) \($0.title)")
    }
    let tabsWidth = tabs.reduce(0) { $0 + $1.1.count + 1 }
    let room = end - x - 1
    if Tab(visits.place) != nil, TextWidth.of(subject, asciiOnly: screen.asciiOnly) + tabsWidth + 1 <= room {
      for (tab, text) in tabs {
        x += screen.write(text, x: x, y: 0, style: tab == Tab(visits.place) ? .title : .frame) + 1
      }
      x += 1
    } else {
      x += screen.write(trail(visits), x: x, y: 0, style: .title, width: max(1, room)) + 2
    }
    screen.write(subject, x: x, y: 0, width: max(0, end - x - 1), cut: .middle)
    screen.write(right, x: max(x, end), y: 0, style: .frame)
  }

  /// `Timeline > Event` for what is a part of another screen, else the pane's own title.
  private static func trail(_ visits: VisitedPanes) -> String {
    let title = type(of: visits.front).title
    guard case .event = visits.place else { return title }
    return visits.titleBelow.map { $0 + " > " + title } ?? title
  }

  /// The screens that digits lead to.
  enum Tab: Int, CaseIterable {
    case timeline = 1, changes, diff
    var digit: Int { rawValue }
    var title: String {
      switch self {
      case .timeline: TimelinePane.title
      case .changes: ChangeLogPane.title
      case .diff: DiffPane.title
      }
    }
    init?(_ place: Place) {
      switch place {
      case .timeline, .around, .acts: self = .timeline
      case .policies, .changes: self = .changes
      case .diff, .actDiff: self = .diff
      case .event, .check, .sources, .problems, .help: return nil
      }
    }
  }

  /// Six keys for the situation, as many as the row takes.
  private static func renderHints(
    _ entries: [CommandEntry], hasPrompt: Bool, into screen: inout Screen, y: Int
  ) {
    var x = 1
    let hinted = entries.filter { $0.hint != nil }.prefix(6)
    let prompt = CommandEntry(keys: [":"], name: "", group: .out, summary: "", hint: "")
    for entry in hinted + (hasPrompt ? [prompt] : []) {
      guard let key = entry.keys.first, let hint = entry.hint else { continue }
      let text = key.name + (hint.isEmpty ? "" : " " + hint)
      guard x + TextWidth.of(text) <= screen.size.columns else { break }
      screen.write(key.name, x: x, y: y, style: Style(.hint, bold: true))
      screen.write(hint, x: x + TextWidth.of(key.name) + 1, y: y, style: .hint)
      x += TextWidth.of(text) + 2
    }
  }

  static func renderTooSmall(into screen: inout Screen) {
    let size = screen.size
    let lines = ["\(size.columns)x\(size.rows) is too small", "whodiff needs 60x16", "? help  q quit"]
    let top = max(0, (size.rows - lines.count) / 2)
    for (row, line) in lines.enumerated() {
      screen.write(line, x: max(0, (size.columns - line.count) / 2), y: top + row, style: row == 0 ? .notice : .plain)
    }
  }
}
