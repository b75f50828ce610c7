import AuditModel
import EventQueries
import TerminalScreen

/// What was opened, one line for each file or stream, and which of it counts.
///
/// There may be thousands: rows come in windows around what is seen, like those of the Timeline.
struct SourcesPane: RowPane {
  static let title = "Sources"

  private var window = RowWindow<SourceRow>()
  /// What is said of all sources.
  private var page: SourcesPage?
  private var failure: String?
  private var inquiry = Inquiry()
  private var awaited: SourcesRequest?
  private var searchText = ""
  var cursor = ListCursor()

  // MARK: Keys

  static let commands: [Command<SourcesPane>] =
    [
      Command(.enter, name: "open-problems", group: .open, "What could not be read in this source", hint: "problems") {
        pane, _ in
        pane.focused.map { [.open(.problems(source: $0.id))] } ?? []
      },
      Command(" ", name: "leave-out", group: .judge, "Leave the source's acts out, or take them in", hint: "in/out") {
        $0.toggle(&$1)
      },
      Command("A", name: "take-all-in", group: .judge, "Take in all sources", hint: "all in") { pane, session in
        session.notice = session.excluded.isEmpty ? "no source is left out" : "all sources count"
        return pane.exclude([:], &session)
      },
      Command("R", .function(5), name: "reload", group: .find, "Read what sources have gained", hint: "read on") {
        pane, session in
        pane.inquiry = Inquiry()
        return [.readAgain] + pane.ask(session)
      },
      Command("y", name: "copy", group: .out, "Copy the path", hint: "copy") { pane, _ in
        pane.focused.map { [.copy($0.path)] } ?? []
      },
    ] + movement.filter { $0.name != "page-down" } + [
      Command(.pageDown, name: "page-down", group: .move, "A page down") {
        $0.move(by: max(1, $0.rowHeight($1) - 1), &$1)
      }
    ]

  private mutating func toggle(_ session: inout Session) -> [Effect] {
    guard let row = focused else { return [] }
    var excluded = session.excluded
    let isOut = excluded.removeValue(forKey: row.id) != nil
    if !isOut { excluded[row.id] = row.path }
    session.notice = "\(row.path) \(isOut ? "counts again" : "is left out of every screen")"
    return exclude(excluded, &session)
  }

  private func exclude(_ sources: [Int64: String], _ session: inout Session) -> [Effect] {
    guard sources != session.excluded else { return [] }
    session.excluded = sources
    return [.exclude(Set(sources.keys))]
  }

  // MARK: Life

  mutating func appear(_ session: inout Session) -> [Effect] {
    cursor.move(by: 0, count: window.total, height: rowHeight(session))
    return inquiry.begin(session) ? ask(session) : fetch(session)
  }

  mutating func disappear() {
    inquiry.abandon()
    awaited = nil
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .sources(let page) where page.request == awaited:
      awaited = nil
      failure = nil
      self.page = page
      window.take(page.rows, first: page.request.first, total: page.total)
      cursor.move(by: 0, count: window.total, height: rowHeight(session))
      return inquiry.end() && inquiry.begin(session) ? ask(session) : fetch(session)
    case .failed(.sources(let request), let reason) where request == awaited:
      awaited = nil
      failure = reason
      inquiry.end()
    default: break
    }
    return []
  }

  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] { fetch(session) }

  private mutating func ask(_ session: Session) -> [Effect] {
    let request = SourcesRequest(first: window.start(top: cursor.top), count: RowWindow<SourceRow>.length)
    awaited = request
    return [.ask(.sources(request))]
  }

  /// The rows that are seen and not here.
  private mutating func fetch(_ session: Session) -> [Effect] {
    guard page != nil, !window.holds(top: cursor.top, height: rowHeight(session)),
      awaited?.first != window.start(top: cursor.top)
    else { return [] }
    return ask(session)
  }

  // MARK: Rows

  private var focused: SourceRow? { window.row(at: cursor.index) }
  func rowCount(_ session: Session) -> Int { window.total }
  func rowHeight(_ session: Session) -> Int { max(1, parts(Frame.area(session.size)).list.height) }
  func subject(_ session: Session) -> String { session.sourceName }

  private func parts(_ area: Rect) -> (list: Rect, detail: Rect) {
    let detailHeight = area.height < 20 ? 2 : 4
    let list = area.inset(top: 2, bottom: detailHeight + 2)
    return (list, Rect(x: area.x, y: list.y + list.height + 1, width: area.width, height: detailHeight))
  }

  /// Looks in the names of the rows that are here.
  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    searchText = text
    var search = LineSearch()
    search.set(text)
    let known = window.known
    let from = known.firstIndex { $0.index == cursor.index } ?? 0
    let result = search.step(in: known.map(\.row.path), from: from, forward: forward)
    session.notice = result.notice + (window.isWhole ? "" : "  (among the sources near by)")
    return result.line.map { move(to: known[$0].index, &session) } ?? []
  }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let (list, detail) = parts(area)
    screen.rule(y: detail.y - 1, x: area.x, width: area.width)
    guard let page else {
      let words =
        failure.map { ["The sources could not be listed: \($0)", "R tries again, q goes back."] }
        ?? [ReadingWords.sentence("Looking at the sources", session)]
      screen.sentences(words, area: list, style: failure == nil ? .hint : .failed)
      return
    }
    screen.ends(summary(page, session), progress(session), y: area.y, x: area.x, width: area.width, style: .heading)
    let (columns, nameWidth) = SourceColumn.layout(width: area.width)
    renderHeader(columns, nameWidth, into: &screen, area: Rect(x: area.x, y: area.y + 1, width: area.width, height: 1))
    if page.total == 0 {
      let isReading = session.progress?.state == .reading
      screen.sentences(
        [
          isReading
            ? ReadingWords.sentence("Reading", session) : "Nothing was opened: :open PATH reads a file or a folder."
        ],
        area: list)
    }
    for offset in 0..<list.height where cursor.top + offset < window.total {
      let index = cursor.top + offset
      let y = list.y + offset
      if let row = window.row(at: index) {
        render(row, columns, nameWidth, into: &screen, x: list.x, y: y, session: session)
        if !searchText.isEmpty { screen.mark(searchText, y: y, x: list.x + 4, width: nameWidth) }
      } else {
        screen.write("...", x: list.x + 4, y: y, style: .hint)
      }
      if index == cursor.index { screen.select(y: y, x: list.x, width: list.width) }
    }
    if let focused {
      for (line, y) in zip(detailLines(focused, session, height: detail.height), detail.rows) {
        screen.write(line, x: area.x + 1, y: y, width: area.width - 2)
      }
    }
    let place = page.total > 0 ? "\(PaneWords.grouped(cursor.index + 1))/\(PaneWords.grouped(page.total))" : "0/0"
    screen.ends(
      place, session.excludedWords ?? "", y: area.y + area.height - 1, x: area.x, width: area.width,
      rightStyle: .notice)
  }

  private func renderHeader(_ columns: [SourceColumn], _ nameWidth: Int, into screen: inout Screen, area: Rect) {
    screen.write("source", x: area.x + 4, y: area.y, style: .heading, width: nameWidth)
    var x = area.x + 4 + nameWidth + 1
    for column in columns {
      let indent = column.isFigure ? max(0, column.width - column.title.count) : 0
      screen.write(column.title, x: x + indent, y: area.y, style: .heading, width: column.width - indent)
      x += column.width + 1
    }
  }

  /// `x` marks what is left out.
  private func render(
    _ row: SourceRow, _ columns: [SourceColumn], _ nameWidth: Int, into screen: inout Screen, x: Int, y: Int,
    session: Session
  ) {
    let isOut = session.excluded[row.id] != nil
    if isOut { screen.write("x", x: x + 2, y: y, style: .notice) }
    // The end of a path tells files of one folder apart.
    screen.write(row.path, x: x + 4, y: y, style: isOut ? .hint : .plain, width: nameWidth, cut: .start)
    var x = x + 4 + nameWidth + 1
    for column in columns {
      let text = column.text(row, session)
      let indent = column.isFigure ? max(0, column.width - TextWidth.of(text, asciiOnly: screen.asciiOnly)) : 0
      screen.write(
        text, x: x + indent, y: y, style: isOut ? .hint : column.style(row), width: column.width - indent)
      x += column.width + 1
    }
  }

  private func detailLines(_ row: SourceRow, _ session: Session, height: Int) -> [String] {
    var lines = SourceWords.details(row, session)
    if session.excluded[row.id] != nil { lines[3] = "left out: Space takes it in again" }
    // Where there is room for two, those that no column repeats.
    return height < 4 ? [lines[0], lines[3].isEmpty ? lines[1] : lines[3]] : lines
  }

  private func summary(_ page: SourcesPage, _ session: Session) -> String {
    let more = session.progress?.state == .reading ? "+" : ""
    let out = session.excluded.isEmpty ? "" : ", \(PaneWords.grouped(session.excluded.count)) left out"
    return PaneWords.count(page.total, "source") + out + "   " + FactWords.bytes(page.byteCount) + more + "   "
      + PaneWords.grouped(page.actCount) + more + " acts"
  }

  private func progress(_ session: Session) -> String {
    guard let progress = session.progress, progress.state == .reading else { return "" }
    let percent = progress.bytesTotal.flatMap { $0 > 0 ? "\(min(100, progress.bytesRead * 100 / $0))% " : nil } ?? ""
    return "reading \(percent)\(FactWords.bytes(Int64(progress.bytesPerSecond)))/s"
  }
}
