import TerminalScreen

/// A pane that is one list of maybe many thousand rows: they come in windows around what is seen.
protocol WindowedPane: RowPane {
  associatedtype Row: Sendable
  /// What rows are called: `sources`.
  static var rowsName: String { get }
  var listing: WindowedList<Row> { get set }
  /// Asks for the rows from this place on.
  func request(first: Int) -> Request
  /// What a search looks for in a row.
  func searched(_ row: Row) -> String
  /// Rows that are known without asking; they stand in front.
  func leadingRows(_ session: Session) -> [Row]
}

/// The rows of such a list that are here, and the request for others.
struct WindowedList<Row: Sendable>: Sendable {
  fileprivate(set) var window = RowWindow<Row>()
  /// Why the last request got no answer.
  fileprivate(set) var failure: String?
  fileprivate(set) var searchText = ""
  fileprivate var isAnswered = false
  fileprivate var inquiry = Inquiry()
  fileprivate var awaited: Request?

  /// Whether an answer, or a failure, is the one that is waited for.
  func awaits(_ request: Request) -> Bool { request == awaited }

  mutating func fail(_ reason: String) {
    awaited = nil
    failure = reason
    inquiry.end()
  }

  /// Makes the next request due, though nothing has changed.
  mutating func forgetAnswer() { inquiry = Inquiry() }
}

extension WindowedPane {
  func leadingRows(_ session: Session) -> [Row] { [] }
  func rowCount(_ session: Session) -> Int { listing.window.total }
  var focused: Row? { listing.window.row(at: cursor.index) }

  mutating func appear(_ session: inout Session) -> [Effect] {
    arrange(session)
    return listing.inquiry.begin(session) ? ask() : fetch(session)
  }

  mutating func disappear() {
    listing.inquiry.abandon()
    listing.awaited = nil
  }

  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] { fetch(session) }

  /// Takes the rows of the answer that was awaited.
  mutating func take(_ rows: [Row], first: Int, total: Int, _ session: Session) -> [Effect] {
    listing.awaited = nil
    listing.failure = nil
    listing.isAnswered = true
    listing.window.take(rows, first: first, total: total)
    arrange(session)
    return listing.inquiry.end() && listing.inquiry.begin(session) ? ask() : fetch(session)
  }

  private mutating func arrange(_ session: Session) {
    listing.window.leading = leadingRows(session)
    cursor.move(by: 0, count: listing.window.total, height: rowHeight(session))
  }

  mutating func ask() -> [Effect] {
    let request = request(first: listing.window.start(top: cursor.top))
    listing.awaited = request
    return [.ask(request)]
  }

  /// The rows that are seen and not here.
  private mutating func fetch(_ session: Session) -> [Effect] {
    guard listing.isAnswered, !listing.window.holds(top: cursor.top, height: rowHeight(session)),
      listing.awaited != request(first: listing.window.start(top: cursor.top))
    else { return [] }
    return ask()
  }

  /// Looks in the rows that are here.
  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    listing.searchText = text
    var search = LineSearch()
    search.set(text)
    let known = listing.window.known
    let from = known.firstIndex { $0.index == cursor.index } ?? 0
    let result = search.step(in: known.map { searched($0.row) }, from: from, forward: forward)
    session.notice = result.notice + (listing.window.isWhole ? "" : "  (among the \(Self.rowsName) near by)")
    return result.line.map { move(to: known[$0].index, &session) } ?? []
  }

  /// Paints what there is to say as long as there are no rows.
  /// - Parameters:
  ///   - failed: what could not be done, `The sources could not be listed`; the reason comes behind it.
  ///   - advice: what to do then.
  ///   - reading: what is being done.
  func renderUnanswered(
    failed: String, advice: String, reading: String, into screen: inout Screen, area: Rect, _ session: Session
  ) {
    if let failure = listing.failure {
      screen.sentences(["\(failed): \(failure)", advice], area: area, style: .failed)
    } else {
      screen.sentences([ReadingWords.sentence(reading, session)], area: area, style: .hint)
    }
  }

  /// Paints the rows that are seen: the focused one selected, the text that was searched for marked.
  /// - Parameter paint: paints one row.
  func renderRows(into screen: inout Screen, area: Rect, paint: (Row, inout Screen, _ y: Int) -> Void) {
    screen.rows(of: cursor, count: listing.window.total, area: area, matches: listing.searchText) { index, screen, y in
      if let row = listing.window.row(at: index) {
        paint(row, &screen, y)
      } else {
        screen.write("...", x: area.x + 4, y: y, style: .hint)
      }
    }
  }
}
