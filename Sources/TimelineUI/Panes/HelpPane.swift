import TerminalScreen

/// The keys that are valid on the screen below, then those of all screens. Typing narrows them, Enter runs one.
struct HelpPane: Pane {
  static let title = "Help"
  static let commands: [Command<Self>] = [
    Command(.enter, name: "run", group: .open, "Do what the chosen line says", hint: "run") { $0.run(&$1) },
    Command(.down, name: "down", group: .move, "Next line", hint: "choose") { $0.move(by: 1, $1) },
    Command(.up, name: "up", group: .move, "Previous line") { $0.move(by: -1, $1) },
    Command(.pageDown, " ", name: "page-down", group: .move, "A page down; Space while nothing is typed", hint: "page")
    { $0.move(by: $0.height($1) - 1, $1) },
    Command(.pageUp, name: "page-up", group: .move, "A page up") { $0.move(by: 1 - $0.height($1), $1) },
    Command(.home, name: "first", group: .move, "First line") { $0.move(by: -10_000, $1) },
    Command(.end, name: "last", group: .move, "Last line") { $0.move(by: 10_000, $1) },
    Command(
      .escape, "?", "q", .function(1), name: "close", group: .out, "Close the help; q while nothing is typed",
      hint: "close"
    ) { _, _ in [.back] },
  ]

  private let title: String
  private let page: HelpPage
  private var lines: [HelpPage.Line]
  /// What the lines are narrowed by.
  private var editor = LineEditor()
  private var cursor = ListCursor()

  init(about pane: any Pane) {
    title = Swift.type(of: pane).title
    page = HelpPage(about: pane)
    lines = page.lines(having: "")
    cursor = ListCursor(index: HelpPage.best(for: "", among: lines) ?? 0)
  }

  func subject(_ session: Session) -> String { title }
  var takesText: Bool { true }

  // MARK: Keys

  mutating func type(_ key: Key, _ session: inout Session) -> [Effect]? {
    // The list has these two; the text is short.
    guard key != "?", key != .home, key != .end else { return nil }
    let isEmpty = editor.characters.isEmpty
    if isEmpty, key == .backspace || Self.commands.contains(where: { $0.keys.contains(key) }) { return nil }
    let before = editor.text
    guard editor.type(key) else { return nil }
    if editor.text != before { narrow(session) }
    return []
  }

  private mutating func narrow(_ session: Session) {
    lines = page.lines(having: editor.text)
    cursor = ListCursor()
    cursor.place(
      at: HelpPage.best(for: editor.text, among: lines) ?? 0, count: lines.count, height: height(session))
  }

  private func run(_ session: inout Session) -> [Effect] {
    guard lines.indices.contains(cursor.index), case .entry(let entry, let index) = lines[cursor.index] else {
      return []
    }
    let section = page.sections[index]
    guard section.isHere else {
      session.notice = "\(entry.keys.isEmpty ? ":" + entry.name : HelpPage.keys(entry)) works \(section.title)"
      return []
    }
    return [.back, .choose(entry)]
  }

  // MARK: Moving

  private func height(_ session: Session) -> Int { max(1, session.size.rows - 3) }

  /// Over entries; a heading is only passed.
  private mutating func move(by step: Int, _ session: Session) -> [Effect] {
    let height = height(session)
    cursor.move(by: step, count: lines.count, height: height)
    while lines.indices.contains(cursor.index), lines[cursor.index].entry == nil {
      // There is always an entry below a heading.
      cursor.move(by: step < 0 && cursor.index > 0 ? -1 : 1, count: lines.count, height: height)
    }
    // The heading of the first entry is not to be missed.
    if cursor.index == 1 { cursor = ListCursor(index: 1) }
    return []
  }

  mutating func appear(_ session: inout Session) -> [Effect] {
    cursor.move(by: 0, count: lines.count, height: height(session))
    return []
  }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let count = lines.count { $0.entry != nil }
    let all = page.sections.reduce(0) { $0 + $1.entries.count }
    let note = count < all ? "\(count) of \(all)" : "type to narrow, Enter runs"
    let start = area.x + 1 + screen.write("help> ", x: area.x + 1, y: area.y, style: .heading)
    let room = area.x + area.width - 1 - start
    // On a screen that is too small for all else the text comes first.
    let noteWidth = room > note.count + 12 ? note.count : 0
    editor.render(into: &screen, x: start, y: area.y, width: room - noteWidth - 1)
    screen.write(note, x: start + room - noteWidth, y: area.y, style: .hint, width: noteWidth)
    let list = area.inset(top: 1, bottom: 0)
    if lines.isEmpty {
      screen.sentences(
        ["No key and no command has \"\(editor.text)\".", "Backspace takes a letter back, Esc closes the help."],
        area: list)
    }
    screen.rows(of: cursor, count: lines.count, area: list, matches: "") { index, screen, y in
      switch lines[index] {
      case .heading(let text): screen.heading(text, y: y, x: list.x, width: list.width)
      case .entry(let entry, _): Self.render(entry, into: &screen, x: list.x, y: y, width: min(list.width, 100))
      }
    }
  }

  /// A name belongs to the key at its left.
  private static func render(_ entry: CommandEntry, into screen: inout Screen, x: Int, y: Int, width: Int) {
    screen.write(HelpPage.keys(entry), x: x + 2, y: y, style: Style.plain.bold, width: 15)
    let nameWidth = entry.name.isEmpty ? 0 : entry.name.count + 2
    screen.write(entry.summary, x: x + 18, y: y, width: width - 19 - nameWidth)
    if !entry.name.isEmpty { screen.write(":" + entry.name, x: x + width - nameWidth, y: y, style: .hint) }
  }
}
