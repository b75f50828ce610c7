import AuditModel
import EventQueries
import TerminalScreen

/// What was opened, one line for each file or stream, and which of it counts.
///
/// What could not be read at all stands in front.
struct SourcesPane: WindowedPane {
  static let title = "Sources"
  static let rowsName = "sources"

  /// What is said of all sources.
  private var page: SourcesPage?
  var listing = WindowedList<SourceRow>()
  var cursor = ListCursor()

  // MARK: Keys

  static let commands: [Command<SourcesPane>] =
    [
      Command(.enter, name: "open-problems", group: .open, "What could not be read in this source", hint: "problems") {
        $0.openProblems(&$1)
      },
      Command(" ", name: "leave-out", group: .judge, "Leave the source's acts out, or take them in", hint: "in/out") {
        $0.toggle(&$1)
      },
      Command("A", name: "take-all-in", group: .judge, "Take in all sources", hint: "all in") { pane, session in
        session.notice = session.excluded.isEmpty ? "no source is left out" : "all sources count"
        return pane.exclude([:], &session)
      },
      Command("R", .function(5), name: "reload", group: .find, "Read what sources have gained", hint: "read on") {
        pane, _ in
        pane.listing.forgetAnswer()
        return [.readAgain] + pane.ask()
      },
      Command("y", name: "copy", group: .out, "Copy the path", hint: "copy") { pane, _ in
        pane.focused.map { [.copy($0.path)] } ?? []
      },
    ] + movement.filter { $0.name != "page-down" } + [
      Command(.pageDown, name: "page-down", group: .move, "A page down") {
        $0.move(by: max(1, $0.rowHeight($1) - 1), &$1)
      }
    ]

  var hints: [CommandEntry] {
    guard let row = focused else { return Self.entries.hinting([("reload", "read on"), ("close", "close")]) }
    let unread = [("copy", "copy"), ("reload", "read on"), ("take-all-in", "all in"), ("close", "close")]
    return row.isUnread ? Self.entries.hinting(unread) : Self.entries
  }

  private func openProblems(_ session: inout Session) -> [Effect] {
    guard let row = focused else { return [] }
    if row.isUnread {
      session.notice = row.failure.map { "nothing of it was read: \($0)" } ?? "nothing is in it"
      return []
    }
    return [.open(.problems(source: row.id))]
  }

  private mutating func toggle(_ session: inout Session) -> [Effect] {
    guard let row = focused else { return [] }
    if row.isUnread {
      session.notice =
        row.failure == nil ? "nothing of it counts, since it is empty" : "nothing of it counts, since it was not read"
      return []
    }
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

  func request(first: Int) -> Request {
    .sources(SourcesRequest(first: first, count: RowWindow<SourceRow>.length))
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .sources(let page) where listing.awaits(.sources(page.request)):
      self.page = page
      return take(page.rows, first: page.request.first, total: page.total, session)
    case .failed(let request, let reason) where listing.awaits(request): listing.fail(reason)
    default: break
    }
    return []
  }

  // MARK: Rows

  func leadingRows(_ session: Session) -> [SourceRow] { session.failures.rows }
  func rowHeight(_ session: Session) -> Int { max(1, parts(Frame.area(session.size)).list.height) }
  func subject(_ session: Session) -> String { session.sourceName }

  private func parts(_ area: Rect) -> (list: Rect, detail: Rect) {
    let detailHeight = area.height < 20 ? 2 : 4
    let list = area.inset(top: 2, bottom: detailHeight + 2)
    return (list, Rect(x: area.x, y: list.y + list.height + 1, width: area.width, height: detailHeight))
  }

  func searched(_ row: SourceRow) -> String { row.path }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let (list, detail) = parts(area)
    screen.rule(y: detail.y - 1, x: area.x, width: area.width)
    guard let page else {
      return renderUnanswered(
        failed: "The sources could not be listed", advice: "R tries again, q goes back.",
        reading: "Looking at the sources", into: &screen, area: list, session)
    }
    screen.ends(summary(page, session), progress(session), y: area.y, x: area.x, width: area.width, style: .heading)
    let (columns, nameWidth) = SourceColumn.layout(width: area.width, session)
    renderHeader(columns, nameWidth, into: &screen, area: Rect(x: area.x, y: area.y + 1, width: area.width, height: 1))
    if rowCount(session) == 0 {
      let isReading = session.progress?.state == .reading
      screen.sentences(
        [
          isReading
            ? ReadingWords.sentence("Reading", session) : "Nothing was opened: :open PATH reads a file or a folder."
        ],
        area: list)
    }
    renderRows(into: &screen, area: list) { row, screen, y in
      render(row, columns, nameWidth, into: &screen, x: list.x, y: y, session: session)
    }
    if let focused {
      for (line, y) in zip(detailLines(focused, session, height: detail.height), detail.rows) {
        screen.write(line, x: area.x + 1, y: y, width: area.width - 2)
      }
    }
    screen.ends(
      cursor.words(of: rowCount(session)), session.excludedWords ?? "", y: area.y + area.height - 1, x: area.x,
      width: area.width, rightStyle: .notice)
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
    if row.isUnread {
      let width = columns.reduce(0) { $0 + $1.width + 1 } - 1
      screen.write(row.failure ?? "empty", x: x, y: y, style: row.failure == nil ? .hint : .failed, width: width)
      return
    }
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

  /// `4 sources, 1 left out, 2 not read   912 KB   228 acts shown, 228 left out`
  private func summary(_ page: SourcesPage, _ session: Session) -> String {
    let more = session.progress?.state == .reading ? "+" : ""
    var sources = [PaneWords.count(rowCount(session), "source")]
    if !session.excluded.isEmpty { sources.append("\(PaneWords.grouped(session.excluded.count)) left out") }
    let unread = session.failures.unread.count
    if unread > 0 { sources.append("\(PaneWords.grouped(unread)) not read") }
    let shown = PaneWords.grouped(page.actCount - page.leftOutActCount) + more + " acts"
    let leftOut = page.leftOutActCount
    return sources.joined(separator: ", ") + "   " + FactWords.bytes(page.byteCount) + more + "   " + shown
      + (leftOut > 0 ? " shown, \(PaneWords.grouped(leftOut)) left out" : "")
  }

  private func progress(_ session: Session) -> String {
    guard let progress = session.progress, progress.state == .reading else { return "" }
    let percent = progress.bytesTotal.flatMap { $0 > 0 ? "\(min(100, progress.bytesRead * 100 / $0))% " : nil } ?? ""
    return "reading \(percent)\(FactWords.bytes(Int64(progress.bytesPerSecond)))/s"
  }
}
