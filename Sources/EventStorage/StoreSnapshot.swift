public import AuditModel
public import EventQueries

/// The store as it was when this was taken: a cheap value that answers from any thread, while others write.
public struct StoreSnapshot: Sendable {
  let store: EventStore
  /// Without the sources that are left out.
  let state: StoreState
  let whole: StoreState

  public var version: Int { state.version }
  public var actCount: Int { state.actCount }
  /// Objects with writes of which only their history would tell whether they altered anything, and which was not asked.
  public var unsettledCount: Int { store.unsettledCount }
  /// First and last time of all acts; nil when there are none.
  public var timeSpan: ClosedRange<Timestamp>? { state.timeSpan }

  /// The rows around the anchor and the counts beside them.
  /// - Throws: `CancellationError` once `isCancelled` says so, `StoreError` when something cannot be read.
  public func page(_ request: PageRequest, isCancelled: () -> Bool = { false }) throws -> EventPage {
    let selection = try selection(request.query, isCancelled: isCancelled)
    let total = selection.rows.count
    let newestFirst = request.order == .newestFirst
    var page = EventPage(
      request: request, total: total,
      storeTotal: selection.shown.map { selection.dataTotals[$0, default: 0] } ?? actCount, folded: selection.folded,
      storeSpan: timeSpan, storeVersion: version)
    page.shown = selection.shown
    page.hidden = selection.hidden
    page.hiddenIsUnfiltered = selection.hiddenIsUnfiltered
    page.dataTotals = selection.dataTotals
    page.clusters = try state.severalClusters()
    if let anchor = try place(of: request.anchor, in: selection, newestFirst: newestFirst) {
      let position = newestFirst ? total - 1 - anchor : anchor
      let count = max(1, request.count)
      let first = max(0, min(position - count / 2, total - count))
      page.anchorPosition = position
      page.firstPosition = first
      page.rows = try (first..<min(total, first + count)).map {
        try state.act(ofGlobal: selection.rows[newestFirst ? total - 1 - $0 : $0])
      }
    }
    page.markPositions = try request.marks.map { mark in
      let place = try state.firstPlace(in: selection.rows, from: mark.microseconds)
      return newestFirst ? total - place : place
    }
    page.days = try days(selection, zone: request.zone, newestFirst: newestFirst)
    if request.histogramBuckets > 0, let span = request.histogramSpan ?? timeSpan {
      page.histogram = try histogram(selection, span: span, buckets: request.histogramBuckets, zone: request.zone)
    }
    if total == 0 {
      page.withoutTerm = try withoutTerms(request.query, isCancelled: isCancelled)
      page.unknownKinds = try unknownKinds(in: request.query.filter, isCancelled: isCancelled)
    }
    return page
  }

  /// Place in the selection, counted from the oldest; nil when it is empty.
  private func place(of anchor: PageRequest.Anchor, in selection: Selection, newestFirst: Bool) throws -> Int? {
    let rows = selection.rows
    guard !rows.isEmpty else { return nil }
    switch anchor {
    case .position(let position):
      let place = min(max(0, position), rows.count - 1)
      return newestFirst ? rows.count - 1 - place : place
    case .time(let time): return try nearest(to: time.microseconds, in: rows)
    case .act(let id, let time):
      if let place = try place(of: id, in: selection) { return place }
      return try nearest(to: time.microseconds, in: rows)
    }
  }

  /// The act's place in the selection, counted from the oldest; an act that has become part of another is found there.
  func place(of id: ActID, in selection: Selection) throws -> Int? {
    guard let (place, row) = state.locate(state.head(of: id)), selection.bits[place][row] else { return nil }
    let wanted = UInt32(state.bases[place] + row)
    let time = try state.segments[place].time(row)
    var index = try state.firstPlace(in: selection.rows, from: time)
    while index < selection.rows.count {
      if selection.rows[index] == wanted { return index }
      guard try state.time(ofGlobal: selection.rows[index]) == time else { return nil }
      index += 1
    }
    return nil
  }

  private func nearest(to time: Int64, in rows: [UInt32]) throws -> Int {
    let after = try state.firstPlace(in: rows, from: time)
    guard after > 0 else { return 0 }
    guard after < rows.count else { return rows.count - 1 }
    let later = try state.time(ofGlobal: rows[after]).subtractingReportingOverflow(time)
    let earlier = try time.subtractingReportingOverflow(state.time(ofGlobal: rows[after - 1]))
    if earlier.overflow { return after }
    return !later.overflow && later.partialValue <= earlier.partialValue ? after : after - 1
  }

  /// Names of the clusters that rows are from, in order, an empty one for rows that name none; empty where all are from
  /// one.
  public var clusters: [String] { store.noting([]) { try state.severalClusters() } }

  /// Ids of all acts that the query lists.
  public func select(
    _ query: EventQuery, order: PageRequest.Order = .oldestFirst, isCancelled: () -> Bool = { false }
  ) throws -> [ActID] {
    let ids = try selection(query, isCancelled: isCancelled).rows.map { state.id(ofGlobal: $0) }
    return order == .oldestFirst ? ids : ids.reversed()
  }

  /// How many acts the filter takes and the level leaves out, by outcome; empty where bodies decide.
  public func folded(_ query: EventQuery, isCancelled: () -> Bool = { false }) throws -> [Outcome: Int] {
    try selection(query, isCancelled: isCancelled).folded
  }

  /// How many of the listed rows are from each log.
  public func listedData(_ query: EventQuery, isCancelled: () -> Bool = { false }) throws -> [DataKind: Int] {
    let bits = try selection(query, isCancelled: isCancelled).bits
    return try state.dataCounts { try bits[$0] & state.rows(of: $0, from: $1) }
  }

  /// The act that the id stands for, or is part of by now. Where the store is damaged, an act of which nothing but
  /// the id is known; `damage` tells.
  public func act(_ id: ActID) -> Act {
    store.noting(Act(id: id, time: Timestamp(microseconds: 0), verb: "", outcome: .unknown, level: nil, stages: [])) {
      try readAct(id)
    }
  }

  private func readAct(_ id: ActID) throws -> Act {
    guard let (place, row) = state.locate(state.head(of: id)) else {
      throw StoreError.corrupt(reason: "no act \(id.segment)/\(id.row)")
    }
    return try state.act(place, row)
  }

  /// The first damage that a question without an error of its own has met, if any.
  public var damage: StoreError? { store.damage }

  /// The act with its bodies as its records and the versions of its object alone tell it: what a history is made
  /// from, which in turn says what came of it.
  public func evidence(_ id: ActID) throws -> ActDetail {
    var detail = try detail(id)
    if let (place, row) = state.locate(detail.act.id) { detail.act.outcome = try state.unsettledOutcome(place, row) }
    return detail
  }

  /// The act with its bodies and records, read from the store's text or from the source.
  public func detail(_ id: ActID) throws -> ActDetail {
    let act = try readAct(id)
    guard let (place, row) = state.locate(act.id) else { throw StoreError.corrupt(reason: "no such act") }
    let reader = DetailReader(state: state, store: store)
    return reader.detail(of: act, raw: try reader.rawRecords(place, row))
  }
}
