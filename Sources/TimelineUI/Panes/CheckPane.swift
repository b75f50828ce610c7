import AuditModel
import EventQueries
import TerminalScreen
import TrailCheck

/// What the logs cannot tell: findings, what weighs most first, each with what shows it; below the list what the
/// focused one means and what to do.
struct CheckPane: RowPane {
  static let title = "Check"

  /// A line of the list: a finding, or a piece of its evidence.
  private enum Row: Hashable, Sendable {
    case finding(Int)
    case item(Int, Int)

    var finding: Int {
      switch self {
      case .finding(let index), .item(let index, _): index
      }
    }
  }

  /// What was answered, and what is listed: that with what could not be read.
  private var answer: TrailReport?
  private var report: TrailReport?
  private var failures = SourceFailures()
  private var rows: [Row] = []
  private var failure: String?
  private var inquiry = Inquiry()
  private var searchText = ""
  /// The rule whose findings are focused once they are there.
  private var wanted: String?
  var cursor = ListCursor()

  /// - Parameter rule: whose findings are to be focused; nil for the first.
  init(at rule: String? = nil) { wanted = rule }

  // MARK: Keys

  static let commands: [Command<CheckPane>] =
    [
      Command(.enter, name: "open", group: .open, "The acts, or the change log, that show it", hint: "show") {
        $0.open(&$1)
      },
      Command("y", name: "copy", group: .out, "Copy the evidence; on a finding what to do", hint: "copy") {
        pane, session in
        pane.copied(session).map { [.copy($0)] } ?? []
      },
      Command("R", .function(5), name: "reload", group: .find, "Check again", hint: "again") { pane, session in
        pane.inquiry = Inquiry()
        return pane.inquiry.begin(session) ? [.ask(.check)] : []
      },
    ] + movement + [
      Command("{", name: "previous-finding", group: .move, "Previous finding") { $0.moveFinding(forward: false, &$1) },
      Command("}", name: "next-finding", group: .move, "Next finding", hint: "next finding") {
        $0.moveFinding(forward: true, &$1)
      },
    ]

  var hints: [CommandEntry] { rows.isEmpty ? Self.entries.hinting(Self.hintsWithoutRows) : Self.entries }
  private static let hintsWithoutRows = [("reload", "again"), ("sources", "sources"), ("close", "close")]

  private mutating func open(_ session: inout Session) -> [Effect] {
    guard let row = focusedRow, let finding = finding(row) else { return [] }
    let item: TrailItem? =
      switch row {
      case .item(_, let index): finding.items[index]
      case .finding: finding.items.count == 1 ? finding.items[0] : nil
      }
    switch item?.target {
    case .object(let key): return [.open(.changes(key))]
    case .time(let range):
      let query = EventQuery(filter: Filter.everything.within(range, session.filterContext), level: .everything)
      return [.open(.acts(query))]
    case .filter(let text):
      guard let filter = try? Filter(parsing: text, context: session.filterContext) else { break }
      return [.open(.acts(EventQuery(filter: filter, level: .everything)))]
    case nil: break
    }
    session.notice = item == nil ? "j goes on to what shows it" : "there is nothing more to show"
    return []
  }

  private func copied(_ session: Session) -> String? {
    guard let row = focusedRow, let finding = finding(row) else { return nil }
    switch row {
    case .item(_, let index): return finding.items[index].words.text(in: session.zone)
    case .finding: return finding.advice.isEmpty ? finding.title : finding.advice.joined(separator: "\n")
    }
  }

  private mutating func moveFinding(forward: Bool, _ session: inout Session) -> [Effect] {
    let heads = rows.indices.filter { if case .finding = rows[$0] { true } else { false } }
    let next = forward ? heads.first { $0 > cursor.index } : heads.last { $0 < cursor.index }
    return next.map { move(to: $0, &session) } ?? []
  }

  // MARK: Life

  mutating func appear(_ session: inout Session) -> [Effect] {
    if let answer, failures != session.failures { take(answer, session) }
    cursor.move(by: 0, count: rows.count, height: rowHeight(session))
    return inquiry.begin(session) ? [.ask(.check)] : []
  }

  mutating func disappear() { inquiry.abandon() }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .check(let report):
      failure = nil
      take(report, session)
      return inquiry.end() && inquiry.begin(session) ? [.ask(.check)] : []
    case .failed(.check, let reason):
      failure = reason
      inquiry.end()
    default: break
    }
    return []
  }

  private mutating func take(_ new: TrailReport, _ session: Session) {
    let before = focusedRow.flatMap(finding)?.rule
    answer = new
    failures = session.failures
    let new = new.including(failures)
    report = new
    rows = new.findings.indices.flatMap { index in
      [.finding(index)] + new.findings[index].items.indices.map { .item(index, $0) }
    }
    let rule = wanted ?? before
    wanted = nil
    let place = rule.flatMap { rule in rows.firstIndex { finding($0)?.rule == rule } }
    // The same row stays in focus where the list begins alike.
    if let place, rows[min(cursor.index, rows.count - 1)].finding != rows[place].finding {
      cursor.place(at: place, count: rows.count, height: rowHeight(session))
    }
    cursor.move(by: 0, count: rows.count, height: rowHeight(session))
  }

  private func finding(_ row: Row) -> TrailFinding? { report?.findings[row.finding] }
  private var focusedRow: Row? { rows.indices.contains(cursor.index) ? rows[cursor.index] : nil }

  func focusedObject(_ session: Session) -> ObjectKey? {
    guard case .item(_, let index) = focusedRow, let finding = focusedRow.flatMap(finding),
      case .object(let key) = finding.items[index].target
    else { return nil }
    return key
  }

  // MARK: Rows

  func rowCount(_ session: Session) -> Int { rows.count }
  func rowHeight(_ session: Session) -> Int { max(1, parts(Frame.area(session.size)).list.height) }

  private func parts(_ area: Rect) -> (list: Rect, detail: Rect) {
    let detailHeight = max(6, area.height / 3)
    let list = area.inset(top: 2, bottom: detailHeight + 2)
    return (list, Rect(x: area.x, y: list.y + list.height + 1, width: area.width, height: detailHeight))
  }

  private func text(_ row: Row, _ session: Session) -> String {
    guard let finding = finding(row) else { return "" }
    switch row {
    case .finding: return "\(finding.mark) \(finding.title)"
    case .item(_, let index): return "     " + finding.items[index].words.text(in: session.zone)
    }
  }

  /// Where a row is too long, the name of its object gives way, in the middle: what is behind it tells rows apart.
  private func fitted(_ row: Row, _ session: Session, width: Int, asciiOnly: Bool) -> String {
    let text = text(row, session)
    let excess = TextWidth.of(text, asciiOnly: asciiOnly) - width
    guard excess > 0, case .item(_, let index) = row, case .object(let key) = finding(row)?.items[index].target,
      let place = text.firstRange(of: key.path)
    else { return text }
    let room = max(Self.leastName, key.path.count - excess)
    let namespaced = TimelineColumns.fitted(key.path, namespace: key.namespace, width: room, asciiOnly: asciiOnly)
    let name = Screen.cut(namespaced, width: room, .middle, asciiOnly: asciiOnly)
    return text[..<place.lowerBound] + name + text[place.upperBound...]
  }
  private static let leastName = 24

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    searchText = text
    let shown = session
    return go(to: text, in: rows.map { self.text($0, shown) }, forward: forward, &session)
  }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let (list, detail) = parts(area)
    screen.rule(y: area.y + 1, x: area.x, width: area.width)
    screen.rule(y: detail.y - 1, x: area.x, width: area.width)
    guard let report else {
      let words =
        failure.map { ["The check failed: \($0)", "R tries again, q goes back."] }
        ?? [ReadingWords.sentence("Checking, which reads the history of every object", session)]
      screen.sentences(words, area: list, style: failure == nil ? .hint : .failed)
      return
    }
    screen.ends(summary(report), reach(report, session), y: area.y, x: area.x, width: area.width, style: .heading)
    if rows.isEmpty {
      screen.sentences([Self.emptyWords(report, session)], area: list)
    }
    screen.rows(of: cursor, count: rows.count, area: list, matches: searchText) { index, screen, y in
      var style = Style.plain
      if case .finding(let number) = rows[index] { style = report.findings[number].style }
      let text = fitted(rows[index], session, width: list.width - 3, asciiOnly: screen.asciiOnly)
      screen.write(text, x: list.x + 2, y: y, style: style, width: list.width - 3)
    }
    renderDetail(into: &screen, area: detail, session)
    let shown = cursor.words(of: rows.count)
    screen.ends(shown, "times in \(session.zone.name)", y: area.y + area.height - 1, x: area.x, width: area.width)
  }

  /// What the focused row says, whole; then what it means and what to do.
  private func renderDetail(into screen: inout Screen, area: Rect, _ session: Session) {
    guard let row = focusedRow, let finding = finding(row) else { return }
    var lines: [(text: String, style: Style)] = []
    func add(_ text: String, _ style: Style = .plain, indent: Int = 0) {
      for piece in Wrapping.words(text, width: area.width - 2 - indent, asciiOnly: screen.asciiOnly) {
        lines.append((String(repeating: " ", count: indent) + piece, style))
      }
    }
    if case .item(_, let index) = row { add(finding.items[index].words.text(in: session.zone)) }
    add(finding.meaning.text(in: session.zone), .hint)
    for advice in finding.advice {
      if advice.contains("\n") {
        add("-> add to the audit policy (y copies it):")
        for line in advice.split(separator: "\n") { lines.append(("   " + line, .plain)) }
      } else {
        add("-> " + advice)
      }
    }
    for (line, y) in zip(lines, area.rows) {
      screen.write(line.text, x: area.x + 1, y: y, style: line.style, width: area.width - 2)
    }
    if lines.count > area.height {
      screen.write("...", x: area.x + area.width - 4, y: area.y + area.height - 1, style: .hint)
    }
  }

  private static func emptyWords(_ report: TrailReport, _ session: Session) -> String {
    if session.isReading { return ReadingWords.sentence("Reading", session) }
    if report.sources.contains(where: { $0.actCount > 0 }) {
      return "Nothing was found that these logs should tell and do not."
    }
    return session.excludedWords.map { "There is nothing to check \($0): on Sources (0) A takes all in." }
      ?? "There is nothing to check: no record was read."
  }

  private func summary(_ report: TrailReport) -> String {
    let notes = report.findings.filter { $0.weight == .note }.count
    let words = PaneWords.count(report.findings.count - notes, "finding")
    return words + (notes > 0 ? ", " + PaneWords.count(notes, "note") : "") + " in "
      + PaneWords.count(report.sources.count, "source")
  }

  /// `audit 22 Aug to 20 Nov  flow 15 Nov to 20 Nov`
  private func reach(_ report: TrailReport, _ session: Session) -> String {
    DataKind.allCases.compactMap { data in
      let spans = report.sources.compactMap { $0.reach(of: data) }
      guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
      func words(_ time: Timestamp) -> String {
        PaneWords.minuteTime(time, zone: session.zone, now: session.now)
      }
      return "\(data.name) \(words(first)) to \(words(last))"
    }.joined(separator: "  ")
  }
}

extension TrailFinding {
  fileprivate var mark: String {
    switch weight {
    case .alarm: "!!"
    case .gap: "! "
    case .note: "- "
    }
  }
  fileprivate var style: Style {
    switch weight {
    case .alarm: .failed
    case .gap: .notice
    case .note: .heading
    }
  }
}
