import AuditModel
import EventQueries
import TerminalScreen

/// What could not be read as records in one source: line, bytes and reason of each.
struct ProblemsPane: WindowedPane {
  static let title = "Problems"
  static let rowsName = "lines"

  private let source: Int64
  private var page: ProblemsPage?
  var listing = WindowedList<Reject>()
  var cursor = ListCursor()

  init(of source: Int64) { self.source = source }

  // MARK: Keys

  static let commands: [Command<ProblemsPane>] =
    [
      Command("y", name: "copy", group: .out, "Copy file, line, bytes and reason", hint: "copy") { pane, _ in
        pane.focused.map { [.copy(pane.words($0))] } ?? []
      }
    ] + movement

  // MARK: Life

  func request(first: Int) -> Request {
    .problems(ProblemsRequest(source: source, first: first, count: RowWindow<Reject>.length))
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .problems(let page) where listing.awaits(.problems(page.request)):
      self.page = page
      return take(page.rows, first: page.request.first, total: page.total, session)
    case .failed(let request, let reason) where listing.awaits(request): listing.fail(reason)
    default: break
    }
    return []
  }

  // MARK: Rows

  func rowHeight(_ session: Session) -> Int { max(1, parts(Frame.area(session.size)).list.height) }
  func subject(_ session: Session) -> String {
    page?.source.map { $0.path.split(separator: "/").last.map(String.init) ?? $0.path } ?? ""
  }

  private func parts(_ area: Rect) -> (list: Rect, detail: Rect) {
    let list = area.inset(top: 2, bottom: 5)
    return (list, Rect(x: area.x, y: list.y + list.height + 1, width: area.width, height: 3))
  }

  /// `logs/audit.log:812: bytes 40,961+9,412: not JSON: ...`
  private func words(_ reject: Reject) -> String {
    "\(page?.source?.path ?? ""):\(reject.line): bytes \(PaneWords.grouped(reject.offset))+"
      + "\(PaneWords.grouped(reject.length)): \(reject.reason)"
  }

  func searched(_ reject: Reject) -> String { reject.reason }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let (list, detail) = parts(area)
    screen.rule(y: detail.y - 1, x: area.x, width: area.width)
    guard let page else {
      return renderUnanswered(
        failed: "The problems could not be listed", advice: "q goes back.", reading: "Looking at the source",
        into: &screen, area: list, session)
    }
    screen.write(page.source?.path ?? "", x: area.x + 1, y: area.y, style: .heading, width: area.width - 2, cut: .start)
    let placeWidth = 27
    screen.write("line", x: area.x + 7, y: area.y + 1, style: .heading)
    screen.write("bytes", x: area.x + 13, y: area.y + 1, style: .heading)
    screen.write("why it is no record", x: area.x + 4 + placeWidth, y: area.y + 1, style: .heading)
    if page.total == 0 { screen.sentences(["Every line of this source is a record."], area: list) }
    renderRows(into: &screen, area: list) { reject, screen, y in
      let line = PaneWords.grouped(reject.line)
      screen.write(line, x: area.x + max(2, 11 - line.count), y: y, width: 9)
      let bytes = "\(PaneWords.grouped(reject.offset))+\(PaneWords.grouped(reject.length))"
      screen.write(bytes, x: area.x + 13, y: y, style: .hint, width: placeWidth - 10)
      screen.write(reject.reason, x: area.x + 4 + placeWidth, y: y, width: area.width - placeWidth - 5)
    }
    if let focused {
      let pieces = Wrapping.words(words(focused), width: area.width - 2, asciiOnly: screen.asciiOnly)
      for (piece, y) in zip(pieces, detail.rows) { screen.write(piece, x: area.x + 1, y: y, width: area.width - 2) }
    }
    let counts = [
      page.source.map { "\(PaneWords.grouped($0.malformedCount)) malformed" },
      page.source.map { "\(PaneWords.grouped($0.foreignCount)) of another kind" },
    ].compactMap(\.self).joined(separator: ", ")
    screen.ends(cursor.words(of: page.total), counts, y: area.y + area.height - 1, x: area.x, width: area.width)
  }
}
