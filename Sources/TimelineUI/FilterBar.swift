import AuditModel
import EventQueries
import TerminalScreen

/// The filter of the Timeline on one line: shown always, edited after `f`.
struct FilterBar: Sendable {
  /// Nil while it is only shown.
  private(set) var editor: LineEditor?
  private(set) var error: FilterError?
  /// What the text says; nil where it says nothing yet. Read once for each text: what is relative to now stays as it is.
  private(set) var filter: Filter?
  /// Enter was pressed on the text with the error: until then it is taken for not finished.
  private var isRejected = false
  /// Place in the history; nil while the text is the user's own.
  private var historyIndex: Int?
  /// What was typed before Up went into the history.
  private var draft = ""
  /// The text that ^R looks for; nil when no such search is on.
  private(set) var historySearch: String?
  private(set) var completion = CompletionPopup()

  enum Result: Sendable {
    case editing([Effect])
    case cancelled
    case run(Filter, text: String)
  }

  var isEditing: Bool { editor != nil }

  /// Whether what stands in the bar is not the filter whose rows are listed.
  func differs(from listed: Filter) -> Bool { isEditing && filter != listed }

  /// The keys while it is edited, for help.
  static let entries: [CommandEntry] = [
    CommandEntry(keys: [.enter], name: "", group: .find, summary: "Run the filter", hint: "run"),
    CommandEntry(
      keys: [.escape], name: "", group: .out, summary: "Back to the filter that was there before", hint: "leave"),
    CommandEntry(
      keys: [.tab, .right], name: "", group: .find, summary: "Take the first completion, or the one chosen",
      hint: "complete"),
    CommandEntry(keys: [.down, .backTab], name: "", group: .find, summary: "Choose among completions", hint: "choose"),
    CommandEntry(keys: [.up, .control("p")], name: "", group: .find, summary: "Filters run before", hint: "history"),
    CommandEntry(
      keys: [.control("r")], name: "", group: .find, summary: "Search the filters run before", hint: "search"),
    CommandEntry(
      keys: [.control("a"), .control("e"), .control("w"), .control("u"), .control("k"), .control("y")], name: "",
      group: .move, summary: "Start, end; cut word, to start, to end; paste what was cut", hint: nil),
  ]

  mutating func edit(_ listed: Filter) {
    let text = listed.description
    editor = LineEditor(text.isEmpty ? "" : text + " ")
    filter = listed
    error = nil
    historyIndex = nil
    historySearch = nil
    completion = CompletionPopup()
  }

  mutating func close() {
    editor = nil
    filter = nil
    error = nil
    completion = CompletionPopup()
  }

  // MARK: Keys

  mutating func type(_ key: Key, query: EventQuery, _ session: inout Session) -> Result {
    guard var line = editor else { return .cancelled }
    if historySearch != nil, let result = typeIntoHistorySearch(key, session) { return result }
    switch key {
    case .escape where completion.isChosen:
      completion.release()
      return .editing([])
    case .escape, .control("c"), .control("g"):
      close()
      return .cancelled
    case .enter:
      if let choice = completion.chosen { return accept(choice, query: query, session) }
      return run(line.text, session)
    case .tab:
      if let choice = completion.current { return accept(choice, query: query, session) }
      return .editing(complete(query, session, opens: true))
    case .right where line.cursor == line.characters.count:
      if let choice = completion.current { return accept(choice, query: query, session) }
      return .editing([])
    case .backTab:
      completion.move(by: -1)
      return .editing([])
    case .down where completion.isChosen || (historyIndex == nil && completion.isOpen):
      completion.move(by: 1)
      return .editing([])
    case .up where completion.isChosen:
      completion.move(by: -1)
      return .editing([])
    case .up, .control("p"):
      recall(older: true, session)
      return .editing([])
    case .down, .control("n"):
      recall(older: false, session)
      return .editing([])
    case .control("r"):
      draft = line.text
      historySearch = ""
      return .editing([])
    default:
      guard line.type(key) else { return .editing([]) }
      let isChanged = line.characters != editor?.characters
      editor = line
      historyIndex = nil
      if isChanged { check(session) }
      return .editing(complete(query, session))
    }
  }

  private mutating func complete(_ query: EventQuery, _ session: Session, opens: Bool = false) -> [Effect] {
    guard let editor else { return [] }
    return completion.update(
      text: editor.text, cursor: editor.cursor, query: query, context: session.filterContext, opens: opens)
  }

  /// Reads the text as it stands, for the echo and the error below the bar.
  private mutating func check(_ session: Session) {
    do {
      filter = try Filter(parsing: editor?.text ?? "", context: session.filterContext)
      error = nil
    } catch let problem {
      filter = nil
      error = problem
    }
    isRejected = false
  }

  private mutating func run(_ text: String, _ session: Session) -> Result {
    do {
      let filter = try Filter(parsing: text, context: session.filterContext)
      close()
      return .run(filter, text: text)
    } catch let problem {
      error = problem
      isRejected = true
      return .editing([])
    }
  }

  private mutating func accept(_ choice: CompletionPopup.Choice, query: EventQuery, _ session: Session) -> Result {
    guard var line = editor else { return .cancelled }
    line.replace(choice.range, with: choice.text)
    editor = line
    check(session)
    return .editing(complete(query, session))
  }

  private mutating func recall(older: Bool, _ session: Session) {
    let history = session.filterHistory
    if historyIndex == nil { draft = editor?.text ?? "" }
    let next = older ? (historyIndex ?? -1) + 1 : (historyIndex ?? 0) - 1
    guard next < history.count else { return }
    historyIndex = next >= 0 ? next : nil
    editor?.set(next >= 0 ? history[next] : draft)
    completion = CompletionPopup()
    check(session)
  }

  private mutating func typeIntoHistorySearch(_ key: Key, _ session: Session) -> Result? {
    guard var text = historySearch else { return nil }
    switch key {
    case .character(let character): text.append(character)
    case .backspace: text = String(text.dropLast())
    case .control("r"):
      // The next older hit.
      let hits = session.filterHistory.filter { $0.lowercased().contains(text.lowercased()) }
      if let shown = editor?.text, let at = hits.firstIndex(of: shown), at + 1 < hits.count {
        editor?.set(hits[at + 1])
        check(session)
      }
      return .editing([])
    case .escape, .control("c"), .control("g"):
      historySearch = nil
      editor?.set(draft)
      check(session)
      return .editing([])
    case .enter:
      historySearch = nil
      return run(editor?.text ?? "", session)
    default:
      historySearch = nil
      return nil
    }
    historySearch = text
    let wanted = text.lowercased()
    if let hit = session.filterHistory.first(where: { $0.lowercased().contains(wanted) }), !wanted.isEmpty {
      editor?.set(hit)
    }
    check(session)
    return .editing([])
  }

  mutating func receive(_ answer: FacetAnswer) { completion.receive(answer) }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, filter: String, counts: String) {
    screen.fill(area)
    let label = historySearch.map { "history \"\($0)\"> " } ?? "filter> "
    let start = area.x + 1 + screen.write(label, x: area.x + 1, y: area.y, style: .heading)
    let right = area.x + area.width - 1 - TextWidth.of(counts, asciiOnly: screen.asciiOnly)
    let width = max(3, right - start - 1)
    if let editor {
      let columns = editor.render(into: &screen, x: start, y: area.y, width: width)
      if let error, let column = columns[error.column - 1] {
        screen.restyle(Rect(x: column, y: area.y, width: 1, height: 1)) { _ in
          Style(.failed, bold: true, underlined: true)
        }
      }
    } else {
      var shown = LineEditor(filter)
      _ = shown.type(.home)
      shown.render(into: &screen, x: start, y: area.y, width: width, isFocused: false)
    }
    screen.write(counts, x: max(start, right), y: area.y, style: .hint)
  }

  /// What hangs below the bar while it is edited: the error with its place, or the echo, then completions.
  /// - Parameter listed: the filter whose rows are listed.
  func renderBelow(into screen: inout Screen, area: Rect, listed: Filter, session: Session) {
    guard isEditing, area.height > 1 else { return }
    var y = area.y
    func clear() { screen.fill(Rect(x: area.x, y: y, width: area.width, height: 1)) }
    clear()
    if let error {
      let hint = error.suggestions.isEmpty ? "" : "; did you mean \(error.suggestions.joined(separator: ", "))?"
      screen.ends(
        "column \(error.column): \(error.message)\(hint)", "the rows stay", y: y, x: area.x, width: area.width,
        style: isRejected ? .failed : .hint)
    } else if let filter {
      let echo = filter.isEverything ? "everything" : filter.echo(zone: session.zone)
      let pending = filter == listed ? "" : "Enter applies it"
      let used = screen.write(
        "= " + echo, x: area.x + 1, y: y, style: .hint,
        width: area.width - 2 - (pending.isEmpty ? 0 : pending.count + 2))
      screen.write(pending, x: area.x + 1 + used + 2, y: y, style: .hint, width: area.width - used - 4)
    }
    y += 1
    for line in completion.lines(limit: min(8, area.height - 2)) {
      clear()
      let text = "  \(line.isCurrent ? ">" : " ") \(line.text)"
      let style: Style = line.isChosen ? .selected : .plain
      let used = screen.write(text, x: area.x + 1, y: y, style: style, width: area.width / 2)
      screen.write(
        line.note, x: area.x + 1 + max(used + 2, 26), y: y, style: .hint, width: area.width - max(used + 2, 26) - 2)
      y += 1
    }
    if y > area.y + 1 { screen.rule(y: y, x: area.x, width: area.width) }
  }
}

extension Session {
  /// What times in a filter are relative to.
  var filterContext: FilterContext { FilterContext(now: now, zone: zone) }
}
