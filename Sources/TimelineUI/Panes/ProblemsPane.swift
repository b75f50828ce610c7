import AuditModel
import EventQueries
import TerminalScreen

/// What could not be read as records in one source: line, bytes and reason of each.
struct ProblemsPane: RowPane {
  static let title = "Problems"

  private let source: Int64
  private var window = RowWindow<Reject>()
  private var page: ProblemsPage?
  private var failure: String?
  private var inquiry = Inquiry()
  private var awaited: ProblemsRequest?
  private var searchText = ""
  var cursor = ListCursor()

  init(of source: Int64) { self.source = source }

  // MARK: Keys

  static let commands: [Command<ProblemsPane>] =
    [
      Command("y", name: "copy", group: .out, "Copy file, line, bytes and reason", hint: "copy") { pane, _ in
        pane.window.row(at: pane.cursor.index).map { [.copy(pane.words($0))] } ?? []
      }
    ] + movement

  // MARK: Life

  mutating func appear(_ session: inout Session) -> [Effect] {
    cursor.move(by: 0, count: window.total, height: rowHeight(session))
    return inquiry.begin(session) ? ask() : fetch(session)
  }

  mutating func disappear() {
    inquiry.abandon()
    awaited = nil
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .problems(let page) where page.request == awaited:
      awaited = nil
      failure = nil
      self.page = page
      window.take(page.rows, first: page.request.first, total: page.total)
      cursor.move(by: 0, count: window.total, height: rowHeight(session))
      return inquiry.end() && inquiry.begin(session) ? ask() : fetch(session)
    case .failed(.problems(let request), let reason) where request == awaited:
      awaited = nil
      failure = reason
      inquiry.end()
    default: break
    }
    return []
  }

  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] { fetch(session) }

  private mutating func ask() -> [Effect] {
    let request = ProblemsRequest(
      source: source, first: window.start(top: cursor.top), count: RowWindow<Reject>.length)
    awaited = request
    return [.ask(.problems(request))]
  }

  private mutating func fetch(_ session: Session) -> [Effect] {
    guard page != nil, !window.holds(top: cursor.top, height: rowHeight(session)),
      awaited?.first != window.start(top: cursor.top)
    else { return [] }
    return ask()
  }

  // MARK: Rows

  func rowCount(_ session: Session) -> Int { window.total }
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

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    searchText = text
    var search = LineSearch()
    search.set(text)
    let known = window.known
    let from = known.firstIndex { $0.index == cursor.index } ?? 0
    let result = search.step(in: known.map(\.row.reason), from: from, forward: forward)
    session.notice = result.notice + (window.isWhole ? "" : "  (among the lines near by)")
    return result.line.map { move(to: known[$0].index, &session) } ?? []
  }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let (list, detail) = parts(area)
    screen.rule(y: detail.y - 1, x: area.x, width: area.width)
    guard let page else {
      let words =
        failure.map { ["The problems could not be listed: \($0)", "q goes back."] }
        ?? [ReadingWords.sentence("Looking at the source", session)]
      screen.sentences(words, area: list, style: failure == nil ? .hint : .failed)
      return
    }
    screen.write(page.source?.path ?? "", x: area.x + 1, y: area.y, style: .heading, width: area.width - 2, cut: .start)
    let placeWidth = 27
    screen.write("line", x: area.x + 7, y: area.y + 1, style: .heading)
    screen.write("bytes", x: area.x + 13, y: area.y + 1, style: .heading)
    screen.write("why it is no record", x: area.x + 4 + placeWidth, y: area.y + 1, style: .heading)
    if page.total == 0 { screen.sentences(["Every line of this source is a record."], area: list) }
    for offset in 0..<list.height where cursor.top + offset < window.total {
      let index = cursor.top + offset
      let y = list.y + offset
      if let reject = window.row(at: index) {
        let line = PaneWords.grouped(reject.line)
        screen.write(line, x: area.x + max(2, 11 - line.count), y: y, width: 9)
        let bytes = "\(PaneWords.grouped(reject.offset))+\(PaneWords.grouped(reject.length))"
        screen.write(bytes, x: area.x + 13, y: y, style: .hint, width: placeWidth - 10)
        screen.write(reject.reason, x: area.x + 4 + placeWidth, y: y, width: area.width - placeWidth - 5)
        if !searchText.isEmpty { screen.mark(searchText, y: y, x: area.x + 4, width: area.width - 4) }
      } else {
        screen.write("...", x: area.x + 4, y: y, style: .hint)
      }
      if index == cursor.index { screen.select(y: y, x: area.x, width: area.width) }
    }
    if let focused = window.row(at: cursor.index) {
      let pieces = Wrapping.words(words(focused), width: area.width - 2, asciiOnly: screen.asciiOnly)
      for (piece, y) in zip(pieces, detail.rows) { screen.write(piece, x: area.x + 1, y: y, width: area.width - 2) }
    }
    let place = page.total > 0 ? "\(PaneWords.grouped(cursor.index + 1))/\(PaneWords.grouped(page.total))" : "0/0"
    let counts = [
      page.source.map { "\(PaneWords.grouped($0.malformedCount)) malformed" },
      page.source.map { "\(PaneWords.grouped($0.foreignCount)) of another kind" },
    ].compactMap(\.self).joined(separator: ", ")
    screen.ends(place, counts, y: area.y + area.height - 1, x: area.x, width: area.width)
  }
}
