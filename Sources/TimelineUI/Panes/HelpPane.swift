import TerminalScreen

/// The keys that are valid on the screen below, then those of all screens.
struct HelpPane: Pane {
  static let title = "Help"
  static let commands: [Command<Self>] = [
    Command(.down, "j", name: "down", group: .move, "Next line", hint: "scroll") { $0.scroll(by: 1, $1) },
    Command(.up, "k", name: "up", group: .move, "Previous line") { $0.scroll(by: -1, $1) },
    Command(.pageDown, " ", name: "page-down", group: .move, "A page down", hint: "page") {
      $0.scroll(by: $1.size.rows - 4, $1)
    },
    Command(.pageUp, "b", name: "page-up", group: .move, "A page up") { $0.scroll(by: 4 - $1.size.rows, $1) },
    Command(.home, "g", name: "first", group: .move, "First line") { $0.scroll(by: -10_000, $1) },
    Command(.end, "G", name: "last", group: .move, "Last line") { $0.scroll(by: 10_000, $1) },
    Command(.escape, "q", name: "close", group: .out, "Close the help", hint: "close") { _, _ in [.back] },
  ]

  private let lines: [HelpLine]
  private var top = 0
  private var found: Int?

  init(about pane: any Pane) {
    let type = Swift.type(of: pane)
    lines = HelpPage.lines(title: type.title, entries: type.entries)
  }

  private func height(_ session: Session) -> Int { max(1, session.size.rows - 2) }

  private mutating func scroll(by step: Int, _ session: Session) -> [Effect] {
    top = min(max(0, top + step), max(0, lines.count - height(session)))
    return []
  }

  mutating func appear(_ session: inout Session) -> [Effect] { scroll(by: 0, session) }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    var search = LineSearch()
    search.set(text)
    let result = search.step(in: lines.map(\.text), from: found ?? (forward ? -1 : lines.count), forward: forward)
    session.notice = result.notice
    guard let line = result.line else { return [] }
    found = line
    top = line - height(session) / 3
    return scroll(by: 0, session)
  }

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    // A name belongs to the key at its left.
    let width = min(area.width, 100)
    for (line, y) in zip(lines.dropFirst(top).enumerated(), area.rows) {
      switch line.element {
      case .heading(let text): screen.heading(text, y: y, x: area.x, width: area.width)
      case .key(let keys, let name, let summary):
        screen.write(keys, x: area.x + 2, y: y, style: Style.plain.bold, width: 15)
        let nameWidth = name.isEmpty ? 0 : name.count + 2
        screen.write(summary, x: area.x + 18, y: y, width: width - 19 - nameWidth)
        if !name.isEmpty { screen.write(":" + name, x: area.x + width - nameWidth, y: y, style: .hint) }
      case .text(let text): screen.write(text, x: area.x + 2, y: y, width: area.width - 2)
      }
      if top + line.offset == found { screen.select(y: y, x: area.x, width: area.width) }
    }
  }
}

/// A line of help.
enum HelpLine: Hashable, Sendable {
  case heading(String)
  case key(String, name: String, summary: String)
  case text(String)

  /// What a search looks through.
  var text: String {
    switch self {
    case .heading(let text), .text(let text): text
    case .key(let keys, let name, let summary): "\(keys) \(summary) :\(name)"
    }
  }
}
