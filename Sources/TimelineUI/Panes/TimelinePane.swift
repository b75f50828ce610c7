import AuditModel
import EventQueries
import TerminalScreen
import TrailCheck

/// The acts that the filter takes, newest first, by days.
///
/// Rows come in windows around the focus. The cursor never waits for one: it moves over all positions, and rows that
/// are not here yet are drawn as such until their window comes.
struct TimelinePane: Pane {
  static let title = "Timeline"
  static let commands = TimelineCommands.all

  private(set) var query: EventQuery
  /// The last answer; its rows may be those of the query before, until the next comes.
  private(set) var page: EventPage?
  /// Position in the list, whether or not its row is here.
  private(set) var focus = 0
  /// The hole in focus, as a place in `holes`; the position in focus is then that of the act below it.
  private(set) var focusedMark: Int?
  /// Stretches without lines, newest first, as far as the filter's time goes.
  private(set) var holes: [Hole] = []
  /// First visible line of the list, day headings counted.
  private(set) var top = 0
  var column: TimelineColumns.Column = .object
  var bar = FilterBar()
  var strip = HistogramStrip()
  var timePrompt: TimePrompt?
  /// Why the last request failed.
  private(set) var failure: String?
  private(set) var detail: ActDetail?
  /// What the last search found: `3/17 same object`.
  private(set) var match: Match?
  /// What `/` looks for, marked in the rows.
  private(set) var searchText: String?

  private var awaited: Awaited?
  private var awaitedFind: (request: FindRequest, words: String)?
  private var awaitedDetail: ActID?
  /// The store version that a refresh was last asked for.
  private var refreshedFor = 0
  /// What the histogram on show was asked with.
  private var histogramKey: HistogramKey?
  private var hasMoved = false
  /// The row that the user put the focus on, while another list that lacks it shows what is nearest to it.
  private var wished: (act: Act, distanceFromTop: Int)?
  /// The filters before this one, for going back to the same row.
  private var past: [Past] = []
  /// How long the last answer took, of rows or of completions; nil before the first.
  private(set) var lastTookMilliseconds: Int?
  /// What was listed when the bar was opened; nil while it is shut.
  var beforeBar: Past?
  /// Act that the first page is to stand on.
  private let startAct: Act?

  private struct Awaited: Sendable {
    enum Purpose: Sendable {
      /// Rows around the focus; the focus stays.
      case window
      /// The list has changed: the focus stays on its act, or goes to the nearest.
      case keep
      /// The focus goes to the anchor.
      case jump
    }
    var request: PageRequest
    var purpose: Purpose
    var distanceFromTop: Int
  }
  /// What was listed, and what had the focus.
  struct Past: Sendable {
    var query: EventQuery
    var act: Act?
    /// Where no act is known there.
    var position: Int
    var distanceFromTop: Int
  }
  /// What was found: its rank in words, and where it holds.
  struct Match: Sendable {
    var words: String
    var act: ActID
    /// Rows of the list in which it was counted.
    var total: Int
  }
  private struct HistogramKey: Hashable, Sendable {
    var query: EventQuery
    var version: Int
    var zone: Zone
    var buckets: Int
    var span: ClosedRange<Timestamp>?
  }

  init(query: EventQuery) {
    self.query = query
    startAct = nil
  }

  /// Everything half an hour around an act, nothing folded.
  init(around act: Act, _ session: Session) {
    // In whole seconds, which are easier to read.
    let second: Int64 = 1_000_000
    let start = act.time.microseconds / second * second
    let from = Timestamp(microseconds: start).adding(seconds: -1800)
    let to = Timestamp(microseconds: start == act.time.microseconds ? start : start + second).adding(seconds: 1800)
    query = EventQuery(filter: Filter.everything.within(from...to, session.filterContext), level: .everything)
    startAct = act
  }

  // MARK: What is in focus

  var days: DayLines {
    DayLines(days: page?.days ?? [], total: page?.total ?? 0, marks: marksAreHere ? page?.markPositions ?? [] : [])
  }
  /// The places of the holes are known, and there is a list that they stand in.
  private var marksAreHere: Bool {
    page.map { $0.total > 0 && $0.markPositions.count == holes.count && $0.request.marks == holes.map(\.until) }
      ?? false
  }
  var focusedHole: Hole? { focusedMark.flatMap { holes.indices.contains($0) ? holes[$0] : nil } }
  var total: Int { page?.total ?? 0 }
  /// The rows on show are not those of the query any more.
  var isPending: Bool { page == nil || page?.request.query != query }

  func act(at position: Int) -> Act? {
    guard let page, position >= page.firstPosition, position - page.firstPosition < page.rows.count else { return nil }
    return page.rows[position - page.firstPosition]
  }
  var focusedAct: Act? { focusedMark == nil ? act(at: focus) : nil }
  /// On the row that comes first, where new ones come.
  var isAtNewest: Bool { focus == 0 && focusedMark == nil && startAct == nil }
  func focusedAct(_ session: Session) -> Act? { focusedAct }

  var hints: [CommandEntry] {
    if bar.isEditing { return FilterBar.entries }
    if timePrompt != nil { return TimePrompt.entries }
    if strip.isFocused { return HistogramKeys.entries }
    if total == 0 {
      let isBare = page?.dataTotals.isEmpty ?? false
      return Self.entries.hinting(isBare ? TimelineCommands.hintsWithoutLogs : TimelineCommands.hintsWithoutRows)
    }
    return focusedAct?.facts.map { Self.entries.hinting(TimelineCommands.hints(of: $0)) } ?? Self.entries
  }

  var takesText: Bool { bar.isEditing || timePrompt != nil }

  func subject(_ session: Session) -> String {
    startAct.map { "around " + session.zone.civil($0.time).clockText } ?? ""
  }

  private func height(_ session: Session) -> Int { max(1, TimelineLayout(session.size).list.height) }
  private var focusedLine: Int { focusedMark.map(days.line(ofMark:)) ?? days.line(of: focus) }
  private var distanceFromTop: Int { max(0, focusedLine - top) }

  // MARK: Coming to the front

  mutating func appear(_ session: inout Session) -> [Effect] {
    takeHoles(session)
    scroll(session)
    guard let page else {
      guard awaited == nil else { return [] }
      if let startAct {
        let effects = ask(.act(startAct.id, time: startAct.time), .jump, session)
        // What came before and after is what this list is for.
        let middle = height(session) / 2
        awaited?.distanceFromTop = middle
        return effects
      }
      return ask(.position(0), .window, session)
    }
    if page.request.zone != session.zone, awaited?.request.zone != session.zone { return reload(session) }
    let marks = holes.map(\.until)
    if page.request.marks != marks, awaited?.request.marks ?? [] != marks { return reload(session) }
    if page.storeVersion < session.storeVersion, refreshedFor != session.storeVersion, awaited == nil {
      refreshedFor = session.storeVersion
      // Somebody who has not moved yet wants to see the newest.
      return staysOnNewest(session) ? ask(.position(0), .jump, session) : reload(session)
    }
    return settle(session)
  }

  private func staysOnNewest(_ session: Session) -> Bool {
    !hasMoved || session.follow?.state == .on && isAtNewest
  }

  /// Another pane's requests may cancel ours unseen.
  mutating func disappear() {
    awaited = nil
    awaitedFind = nil
    awaitedDetail = nil
    refreshedFor = 0
  }

  // MARK: Requests

  private func request(_ anchor: PageRequest.Anchor, _ session: Session) -> PageRequest {
    let layout = TimelineLayout(session.size)
    // The store may be ahead of what the session has been told.
    let key = HistogramKey(
      query: query, version: max(session.storeVersion, page?.storeVersion ?? 0), zone: session.zone,
      buckets: layout.graph.width, span: strip.span)
    let wantsHistogram = !layout.histogram.isEmpty && key != histogramKey
    return PageRequest(
      query: query, order: .newestFirst, anchor: anchor, count: max(200, layout.list.height * 8), zone: session.zone,
      histogramBuckets: wantsHistogram ? layout.graph.width : 0, histogramSpan: wantsHistogram ? strip.span : nil,
      marks: holes.map(\.until))
  }

  /// Those that lie in the time that the filter leaves.
  private mutating func takeHoles(_ session: Session) {
    let window = query.filter.window(session.filterContext)
    let found = (session.trail?.holes ?? []).reversed().filter { hole in
      window.map { hole.until >= $0.lowerBound && hole.since <= $0.upperBound } ?? true
    }
    // By their ends, as the list has them.
    let sorted = found.sorted { $0.until > $1.until }
    guard sorted != holes else { return }
    holes = sorted
    focusedMark = nil
  }

  private mutating func ask(_ anchor: PageRequest.Anchor, _ purpose: Awaited.Purpose, _ session: Session) -> [Effect] {
    let request = request(anchor, session)
    if case .jump = purpose { wished = nil }
    awaited = Awaited(request: request, purpose: purpose, distanceFromTop: distanceFromTop)
    return [.ask(.page(request))]
  }

  /// Asks again for what is listed, staying on the same act.
  mutating func reload(_ session: Session) -> [Effect] {
    if wished == nil { wished = focusedAct.map { ($0, distanceFromTop) } }
    guard let wished else { return ask(.position(focus), .keep, session) }
    let effects = ask(.act(wished.act.id, time: wished.act.time), .keep, session)
    awaited?.distanceFromTop = wished.distanceFromTop
    return effects
  }

  /// After the focus or the size has changed: the rows around the focus, and the detail of its act where it is shown.
  mutating func settle(_ session: Session) -> [Effect] {
    scroll(session)
    var effects: [Effect] = []
    if let page, page.total > 0, awaited == nil, !isPending, failure == nil {
      let height = height(session)
      let wanted = max(0, focus - height)..<min(page.total, focus + height + 1)
      let here = page.firstPosition..<(page.firstPosition + page.rows.count)
      let layout = TimelineLayout(session.size)
      let isShort = wanted.lowerBound < here.lowerBound || wanted.upperBound > here.upperBound
      let lacksBars = !layout.histogram.isEmpty && layout.graph.width != histogramKey?.buckets
      // What has just been answered would be answered no better.
      if isShort || lacksBars, request(.position(focus), session) != page.request {
        effects += ask(.position(focus), .window, session)
      }
    }
    if TimelineLayout(session.size).preview != nil, let act = focusedAct, detail?.act.id != act.id,
      awaitedDetail != act.id
    {
      awaitedDetail = act.id
      effects.append(.ask(.detail(act.id)))
    }
    return effects
  }

  /// Asks anew, whatever became of the last request.
  mutating func tryAgain(_ session: Session) -> [Effect] {
    failure = nil
    histogramKey = nil
    return reload(session)
  }

  /// Lists something else, and remembers what was listed.
  mutating func list(_ next: EventQuery, remembering: Bool = true, _ session: Session) -> [Effect] {
    guard next != query else { return [] }
    if remembering { remember(here) }
    query = next
    failure = nil
    match = nil
    strip.leave()
    takeHoles(session)
    return reload(session)
  }

  var here: Past { Past(query: query, act: focusedAct, position: focus, distanceFromTop: distanceFromTop) }

  mutating func remember(_ place: Past) {
    past.append(place)
    if past.count > 100 { past.removeFirst() }
  }

  /// The filter before this one, on the same row; nil when this is the first.
  mutating func goBack(_ session: Session) -> [Effect]? {
    past.popLast().map { goBack(to: $0, session) }
  }

  mutating func goBack(to place: Past, _ session: Session) -> [Effect] {
    query = place.query
    focusedMark = nil
    takeHoles(session)
    failure = nil
    match = nil
    strip.leave()
    let anchor = place.act.map { PageRequest.Anchor.act($0.id, time: $0.time) } ?? .position(place.position)
    let effects = ask(anchor, .jump, session)
    awaited?.distanceFromTop = place.distanceFromTop
    return effects
  }

  mutating func jump(to anchor: PageRequest.Anchor, _ session: Session) -> [Effect] {
    hasMoved = true
    if case .act(let id, _) = anchor, !isPending, let page, let at = page.rows.firstIndex(where: { $0.id == id }) {
      return place(at: page.firstPosition + at, session)
    }
    return ask(anchor, .jump, session)
  }

  mutating func find(_ target: FindRequest.Target, forward: Bool, _ words: String, _ session: inout Session) -> [Effect]
  {
    guard let act = focusedAct else { return [] }
    let request = FindRequest(query: query, order: .newestFirst, from: act.id, forward: forward, target: target)
    awaitedFind = (request, words)
    return [.ask(.find(request))]
  }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    searchText = text
    return find(.text(text), forward: forward, "\"\(text)\"", &session)
  }

  /// Drops what Esc drops one after the other; false when there is nothing left.
  mutating func dropSearch() -> Bool {
    guard match != nil || searchText != nil else { return false }
    match = nil
    searchText = nil
    return true
  }

  mutating func zoom(inwards: Bool, _ session: Session) -> [Effect] {
    guard let store = page?.storeSpan else { return [] }
    let centre = strip.isFocused ? strip.brushedTime?.lowerBound : focusedAct?.time
    strip.zoom(inwards: inwards, around: centre ?? store.upperBound, store: store)
    return ask(.position(focus), .window, session)
  }

  mutating func slideStrip(_ direction: Int64, _ session: Session) -> [Effect] {
    guard let store = page?.storeSpan, strip.span != nil else { return [] }
    strip.slide(direction, store: store)
    return ask(.position(focus), .window, session)
  }

  // MARK: Moving

  /// Over acts and holes.
  mutating func move(by step: Int, _ session: Session) -> [Effect] {
    let lines = days
    guard !lines.marks.isEmpty else { return place(at: focus + step, session) }
    let stop = (focusedMark.map(lines.stop(ofMark:)) ?? lines.stop(of: focus)) + step
    switch lines.item(atStop: min(max(0, stop), lines.stopCount - 1)) {
    case .act(let position): return place(at: position, session)
    case .mark(let index):
      focus = min(lines.marks[index], max(0, total - 1))
      focusedMark = index
      hasMoved = true
      wished = nil
      return settle(session)
    case .heading, .none: return []
    }
  }

  mutating func place(at position: Int, _ session: Session) -> [Effect] {
    focusedMark = nil
    focus = min(max(0, position), max(0, total - 1))
    hasMoved = true
    wished = nil
    return settle(session)
  }

  /// A page less one line, so that the eye finds where it was.
  func pageStep(_ session: Session) -> Int { max(1, height(session) - 1) }

  /// Keeps the focus in sight, with the heading of its day where it is the day's first.
  private mutating func scroll(_ session: Session) {
    let lines = days
    let height = height(session)
    focus = min(max(0, focus), max(0, lines.total - 1))
    if let mark = focusedMark, !lines.marks.indices.contains(mark) { focusedMark = nil }
    let line = focusedLine
    if line < top { top = line }
    if line >= top + height { top = line - height + 1 }
    if line == top, height > 1, case .heading = lines.item(at: line - 1) { top = line - 1 }
    top = min(max(0, top), max(0, lines.count - height))
  }

  // MARK: Answers

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .page(let page):
      guard let awaited, page.request == awaited.request else { return [] }
      return take(page, awaited, session)
    case .find(let answer):
      guard let (request, words) = awaitedFind, answer.request == request else { return [] }
      awaitedFind = nil
      guard let act = answer.found, request.query == query else {
        session.notice = "no \(words) in this list"
        match = nil
        return []
      }
      let rank = "\(PaneWords.grouped(answer.rank))/\(PaneWords.grouped(answer.count)) \(words)"
      match = Match(words: rank, act: act.id, total: total)
      if answer.wrapped { session.notice = "went round to the \(request.forward ? "top" : "end"): \(rank)" }
      return jump(to: .act(act.id, time: act.time), session)
    case .facets(let answer):
      bar.receive(answer)
      lastTookMilliseconds = answer.tookMilliseconds ?? lastTookMilliseconds
      return []
    case .detail(let answer):
      guard answer.act.id == awaitedDetail else { return [] }
      awaitedDetail = nil
      detail = answer
      return []
    case .failed(.page(let request), let reason):
      guard request == awaited?.request else { return [] }
      awaited = nil
      failure = reason
      return []
    case .failed(.find(let request), let reason):
      guard request == awaitedFind?.request else { return [] }
      awaitedFind = nil
      session.notice = reason
      return []
    case .failed(.detail(let id), _):
      if id == awaitedDetail { awaitedDetail = nil }
      return []
    case .failed, .objects, .findings, .sources, .problems, .changeLog, .check, .holes:
      return []
    }
  }

  private mutating func take(_ new: EventPage, _ awaited: Awaited, _ session: Session) -> [Effect] {
    let focusedBefore = focusedAct
    let old = page
    self.awaited = nil
    failure = nil
    page = new
    lastTookMilliseconds = new.tookMilliseconds ?? lastTookMilliseconds
    if new.storeSpan == nil { strip.clear() } else if let histogram = new.histogram { strip.take(histogram) }
    if new.request.histogramBuckets > 0 {
      histogramKey = HistogramKey(
        query: new.request.query, version: new.storeVersion, zone: new.request.zone,
        buckets: new.request.histogramBuckets, span: new.request.histogramSpan)
    }
    switch awaited.purpose {
    case .window:
      // Positions mean the same rows as long as the store is the same.
      if let old, old.storeVersion != new.storeVersion || old.total != new.total {
        focus = position(of: focusedBefore, in: new) ?? new.anchorPosition ?? focus
        keep(awaited.distanceFromTop, session)
      }
    case .keep:
      focus = position(of: wished?.act, in: new) ?? position(of: focusedBefore, in: new) ?? new.anchorPosition ?? 0
      keep(awaited.distanceFromTop, session)
    case .jump:
      focus = new.anchorPosition ?? 0
      keep(awaited.distanceFromTop, session)
    }
    var effects = settle(session)
    if new.storeVersion < session.storeVersion, refreshedFor != session.storeVersion, self.awaited == nil {
      effects += appearAgain(session)
    }
    return effects
  }

  private mutating func appearAgain(_ session: Session) -> [Effect] {
    refreshedFor = session.storeVersion
    return staysOnNewest(session) ? ask(.position(0), .jump, session) : reload(session)
  }

  private func position(of act: Act?, in page: EventPage) -> Int? {
    guard let act, let index = page.rows.firstIndex(where: { $0.id == act.id }) else { return nil }
    return page.firstPosition + index
  }

  /// Puts the focused row so far below the top of the list.
  private mutating func keep(_ distance: Int, _ session: Session) {
    focus = min(max(0, focus), max(0, total - 1))
    if let mark = focusedMark, !days.marks.indices.contains(mark) { focusedMark = nil }
    top = focusedLine - min(distance, height(session) - 1)
    scroll(session)
  }

  // MARK: Keys

  mutating func type(_ key: Key, _ session: inout Session) -> [Effect]? {
    if bar.isEditing { return typeIntoBar(key, &session) }
    if var prompt = timePrompt {
      let result = prompt.type(key, session, reference: focusedAct?.time, span: page?.storeSpan)
      timePrompt = prompt
      switch result {
      case .open: return []
      case .cancelled:
        timePrompt = nil
        return []
      case .entered(let time):
        timePrompt = nil
        return jump(to: .time(time), session)
      }
    }
    // Where nothing matches, digits take a term out of the filter.
    if let page, page.total == 0, !isPending, case .character(let character) = key,
      let digit = character.wholeNumberValue,
      page.withoutTerm.indices.contains(digit - 1)
    {
      return list(query.with(query.filter.removing(term: page.withoutTerm[digit - 1].term)), session)
    }
    if strip.isFocused { return HistogramKeys.press(key, &self, &session) }
    return nil
  }
}
