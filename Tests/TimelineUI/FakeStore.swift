import AuditModel
import EventQueries
import ObjectHistory
import TimelineUI
import TrailCheck

/// Answers requests from a list of acts, as plainly as can be.
struct FakeStore {
  /// Newest first; each act's id is its own.
  var acts: [Act]
  var details: [ActID: ActDetail] = [:]
  var version = 1
  /// What it claims to have taken for each page, and for completions.
  var tookMilliseconds: Int?
  /// What a check of the logs says.
  var report = trailReport(TrailTally())

  init(_ acts: [Act]) { self.acts = acts.sorted { ($0.time, $0.id) > ($1.time, $1.id) } }

  func answer(_ request: Request) -> Answer {
    switch request {
    case .page(let request): .page(page(request))
    case .find(let request): .find(find(request))
    case .facets(let request): .facets(facets(request))
    case .objects: .objects(ObjectCatalog([]), storeVersion: version)
    case .findings: .findings([:])
    case .sources(let request):
      .sources(
        SourcesPage(
          request: request, total: sources.count, rows: sources, actCount: acts.count, byteCount: 0,
          storeVersion: version))
    case .problems(let request):
      .problems(ProblemsPage(request: request, source: nil, total: 0, rows: [], storeVersion: version))
    case .detail(let id): detail(id).map(Answer.detail) ?? .failed(request, reason: "no such act")
    case .check: .check(report)
    case .holes: .holes(report)
    case .changeLog(let key):
      .changeLog(ChangeLog(History.of(key, acts: acts.filter { $0.key == key }.compactMap { detail($0.id) })))
    }
  }

  private var sources: [SourceRow] {
    Set(acts.map(\.source.file)).sorted().enumerated().map { SourceRow(id: Int64($0 + 1), path: $1) }
  }

  func detail(_ id: ActID) -> ActDetail? {
    if let known = details[id] { return known }
    return acts.first { $0.id == id }.map { ActDetail(act: $0, requestURI: "/apis/test", request: nil, response: nil) }
  }

  var dataTotals: [DataKind: Int] { Dictionary(grouping: acts, by: \.data).mapValues(\.count) }

  func listed(_ query: EventQuery) -> [Act] {
    let shown = query.data.shown(query.filter, totals: dataTotals)
    return taken(query.filter).filter { $0.viewLevel <= query.level && (shown == nil || shown == $0.data) }
  }
  private func taken(_ filter: Filter) -> [Act] {
    let plan = filter.plan
    return acts.filter { act in plan.matches(act) { detail(act.id) } }
  }

  func page(_ request: PageRequest) -> EventPage {
    let rows = listed(request.query)
    let anchor: Int? = rows.isEmpty ? nil : position(of: request.anchor, in: rows)
    let first = max(0, min((anchor ?? 0) - request.count / 2, rows.count - request.count))
    var page = EventPage(
      request: request, firstPosition: first, rows: Array(rows.dropFirst(first).prefix(request.count)),
      anchorPosition: anchor, total: rows.count, storeTotal: acts.count, storeVersion: version)
    page.tookMilliseconds = tookMilliseconds
    page.dataTotals = dataTotals
    let clusters = Set(acts.map(\.cluster))
    if clusters.count > 1 { page.clusters = clusters.map { $0 ?? "" }.sorted() }
    page.shown = request.query.data.shown(request.query.filter, totals: dataTotals)
    if let shown = page.shown {
      page.storeTotal = dataTotals[shown] ?? 0
      let others = taken(request.query.filter).filter { $0.viewLevel <= request.query.level && $0.data != shown }
      page.hidden = Dictionary(grouping: others, by: \.data).mapValues(\.count)
    }
    page.days = days(rows, request.zone)
    page.markPositions = request.marks.map { mark in rows.filter { $0.time >= mark }.count }
    for act in taken(request.query.filter)
    where act.viewLevel > request.query.level && (page.shown == nil || page.shown == act.data) {
      page.folded[act.outcome, default: 0] += 1
    }
    if let newest = acts.first, let oldest = acts.last { page.storeSpan = oldest.time...newest.time }
    if request.histogramBuckets > 0, let span = request.histogramSpan ?? page.storeSpan {
      page.histogram = histogram(rows, span, buckets: request.histogramBuckets)
    }
    if rows.isEmpty {
      page.withoutTerm = request.query.filter.terms.enumerated().map { index, term in
        let query = request.query.with(request.query.filter.removing(term: index))
        return TermCount(term: index, text: term.description, count: listed(query).count)
      }
      page.unknownKinds = request.query.filter.kindNames.filter { name in
        (try? Filter(parsing: "kind:" + FilterField.quoted(name))).map { taken($0).isEmpty } ?? false
      }.map { UnknownKind(name: $0) }
    }
    return page
  }

  private func position(of anchor: PageRequest.Anchor, in rows: [Act]) -> Int {
    func nearest(_ time: Timestamp) -> Int {
      rows.indices.min {
        abs(rows[$0].time.microseconds - time.microseconds) < abs(rows[$1].time.microseconds - time.microseconds)
      } ?? 0
    }
    return switch anchor {
    case .position(let position): min(max(0, position), rows.count - 1)
    case .act(let id, let time): rows.firstIndex { $0.id == id } ?? nearest(time)
    case .time(let time): nearest(time)
    }
  }

  private func days(_ rows: [Act], _ zone: Zone) -> [DayCount] {
    var days: [DayCount] = []
    for (position, act) in rows.enumerated() {
      let start = zone.startOfDay(act.time)
      if days.last?.start == start {
        days[days.count - 1].count += 1
      } else {
        days.append(DayCount(start: start, count: 1, firstPosition: position))
      }
    }
    return days
  }

  private func histogram(_ rows: [Act], _ span: ClosedRange<Timestamp>, buckets: Int) -> Histogram {
    func second(_ time: Timestamp) -> Int { Int(time.microseconds / 1_000_000) }
    let step =
      Histogram.steps.first { second(span.upperBound) / $0 - second(span.lowerBound) / $0 < buckets } ?? 604_800
    let start = second(span.lowerBound) / step * step
    let count = second(span.upperBound) / step - start / step + 1
    var histogram = Histogram(
      start: Timestamp(seconds: Int64(start)), stepSeconds: step, listed: Array(repeating: 0, count: count),
      failures: Array(repeating: 0, count: count))
    for act in rows {
      let bucket = (second(act.time) - start) / step
      guard (0..<count).contains(bucket), second(act.time) >= start else { continue }
      histogram.listed[bucket] += 1
      if act.outcome == .denied || act.outcome == .failed || act.facts?.isFailure == true {
        histogram.failures[bucket] += 1
      }
    }
    return histogram
  }

  private func find(_ request: FindRequest) -> FindAnswer {
    let rows = listed(request.query)
    let hits = rows.indices.filter { matches(rows[$0], request.target) }
    guard let from = rows.firstIndex(where: { $0.id == request.from }), !hits.isEmpty else {
      return FindAnswer(request: request, found: nil)
    }
    let next = request.forward ? hits.first { $0 > from } : hits.last { $0 < from }
    let hit = next ?? (request.forward ? hits[0] : hits[hits.count - 1])
    let rank = (hits.firstIndex(of: hit) ?? 0) + 1
    return FindAnswer(request: request, found: rows[hit], rank: rank, count: hits.count, wrapped: next == nil)
  }

  private func matches(_ act: Act, _ target: FindRequest.Target) -> Bool {
    switch target {
    case .sameObject(let key): act.key == key
    case .failed: [.denied, .failed, .conflict].contains(act.outcome) || act.facts?.isFailure == true
    case .values(let wanted): wanted.allSatisfy { act.value(of: $0.key) == $0.value }
    case .value(let column, let value): act.value(of: column) == value
    case .text(let text): (act.summary + " " + act.verb).lowercased().contains(text.lowercased())
    }
  }

  private func facets(_ request: FacetRequest) -> FacetAnswer {
    var counts: [String: Int] = [:]
    for act in listed(request.query) {
      guard request.field == "actor", let actor = act.actor, actor.hasPrefix(request.prefix) else { continue }
      counts[actor, default: 0] += 1
    }
    let values = counts.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map {
      FacetValue(value: $0.key, count: $0.value)
    }
    var answer = FacetAnswer(request: request, values: Array(values.prefix(request.limit)), distinct: values.count)
    answer.tookMilliseconds = tookMilliseconds
    return answer
  }
}
