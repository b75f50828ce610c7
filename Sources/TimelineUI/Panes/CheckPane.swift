import AuditModel
import EventQueries
import TerminalScreen
import TrailCheck

/// What the logs cannot tell: findings, what weighs most first, each with what shows it; below the list what the
/// focused one means and what to do.
struct CheckPane: RowPane {
  static let title = "Check"

  /// A line of the list: a finding, or a piece of its evidence.
  enum Row: Hashable, Sendable {
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
  private(set) var report: TrailReport?
  private var failures = SourceFailures()
  private(set) var rows: [Row] = []
  private(set) var failure: String?
  private var inquiry = Inquiry()
  private(set) var searchText = ""
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
    reveal(session)
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
    reveal(session)
  }

  func finding(_ row: Row) -> TrailFinding? { report?.findings[row.finding] }
  var focusedRow: Row? { rows.indices.contains(cursor.index) ? rows[cursor.index] : nil }

  func focusedObject(_ session: Session) -> ObjectKey? {
    guard case .item(_, let index) = focusedRow, let finding = focusedRow.flatMap(finding),
      case .object(let key) = finding.items[index].target
    else { return nil }
    return key
  }

  // MARK: Rows

  func rowCount(_ session: Session) -> Int { rows.count }
  func rowHeight(_ session: Session) -> Int { max(1, parts(Frame.area(session.size)).list.height) }

  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] {
    reveal(session)
    return []
  }

  /// Moves the window so far that all lines of the row in focus are in it.
  private mutating func reveal(_ session: Session) {
    let height = rowHeight(session)
    cursor.move(by: 0, count: rows.count, height: height)
    let lines = focusedLines(Frame.area(session.size).width, session, asciiOnly: session.asciiOnly).count
    let top = cursor.index + min(lines, height) - height
    if top > cursor.top { cursor = ListCursor(index: cursor.index, top: top) }
  }

  func text(_ row: Row, _ session: Session) -> String {
    guard let finding = finding(row) else { return "" }
    switch row {
    case .finding: return "\(finding.mark) \(finding.title)"
    case .item(_, let index): return "     " + finding.items[index].words.text(in: session.zone)
    }
  }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    searchText = text
    let shown = session
    return go(to: text, in: rows.map { self.text($0, shown) }, forward: forward, &session)
  }
}
