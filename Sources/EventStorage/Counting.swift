import AuditModel
public import EventQueries

extension StoreSnapshot {
  /// Days that have listed acts. Leaps from day to day, so the cost is in days, not in acts.
  func days(_ selection: Selection, zone: Zone, newestFirst: Bool) throws -> [DayCount] {
    let rows = selection.rows
    var days: [DayCount] = []
    var first = 0
    while first < rows.count {
      let time = Timestamp(microseconds: try state.time(ofGlobal: rows[first]))
      let start = zone.startOfDay(time)
      let civil = zone.civil(time)
      // A day has 23 to 25 hours; noon of the next is in the next whatever the clocks do.
      let next = zone.startOfDay(
        zone.timestamp(year: civil.year, month: civil.month, day: civil.day, hour: 12).adding(seconds: 86_400))
      let later = try firstIndex(in: first..<rows.count) {
        try state.time(ofGlobal: rows[$0]) >= next.microseconds
      }
      let end = max(first + 1, later)
      days.append(
        DayCount(start: start, count: end - first, firstPosition: newestFirst ? rows.count - end : first))
      first = end
    }
    return newestFirst ? days.reversed() : days
  }

  func histogram(
    _ selection: Selection, span: ClosedRange<Timestamp>, buckets wanted: Int, zone: Zone
  ) throws -> Histogram {
    let offset = Int64(zone.offsetSeconds(at: span.lowerBound))
    func bucket(_ time: Timestamp, _ step: Int) -> Int64 {
      floorDivide(floorDivide(time.microseconds, 1_000_000) + offset, Int64(step))
    }
    let fitting = Histogram.steps.first { bucket(span.upperBound, $0) - bucket(span.lowerBound, $0) < Int64(wanted) }
    let step = fitting ?? Histogram.steps[Histogram.steps.count - 1]
    let first = bucket(span.lowerBound, step)
    // Beyond the widest step a span of decades would make buckets without end; the newest part is shown.
    let count = Int(min(bucket(span.upperBound, step) - first + 1, Int64(max(wanted, 1))))
    let from = bucket(span.upperBound, step) - Int64(count) + 1
    let start = Timestamp(seconds: from * Int64(step) - offset)
    func edges(_ rows: [UInt32]) throws -> [Int] {
      try (0...count).map {
        try state.firstPlace(in: rows, from: start.microseconds + Int64($0) * Int64(step) * 1_000_000)
      }
    }
    let all = try edges(selection.rows)
    let failed = try edges(selection.failures)
    let failures = (0..<count).map { failed[$0 + 1] - failed[$0] }
    return Histogram(
      start: start, stepSeconds: step, listed: (0..<count).map { all[$0 + 1] - all[$0] }, failures: failures)
  }

  /// For each term of a filter that lists nothing, how many acts there were without it.
  func withoutTerms(_ query: EventQuery, isCancelled: () -> Bool) throws -> [TermCount] {
    let terms = query.filter.terms
    guard terms.count > 1 || !query.filter.isEverything else { return [] }
    return try terms.enumerated().map { index, term in
      let rest = query.with(query.filter.removing(term: index))
      return TermCount(
        term: index, text: term.description, count: try selection(rest, isCancelled: isCancelled).rows.count)
    }
  }
}

extension StoreSnapshot {
  /// The kinds that a filter names and that no act in the store is about.
  public func unknownKinds(in filter: Filter, isCancelled: () -> Bool = { false }) throws -> [UnknownKind] {
    let unknown = try filter.kindNames.filter { name in
      guard let kind = try? Filter(parsing: "kind:" + FilterField.quoted(name)) else { return false }
      return try selection(EventQuery(filter: kind, level: .everything), isCancelled: isCancelled).rows.isEmpty
    }
    guard !unknown.isEmpty else { return [] }
    let names = try kindNames()
    // A kind that there is was meant, though it was never logged.
    return unknown.map {
      UnknownKind(name: $0, near: ResourceKind.meant(by: $0).isEmpty ? Suggestions.near($0, among: names) : [])
    }
  }

  /// All names of the kinds that acts are about, short ones first, in order.
  private func kindNames() throws -> [String] {
    var kinds: Set<ResourceKind> = []
    for segment in state.segments {
      for place in 0..<(try segment.objectCount()) {
        let object = try segment.object(at: place)
        kinds.insert(ResourceKind.of(group: object.group, resource: object.resource))
      }
    }
    let sorted = kinds.sorted { $0.resource < $1.resource }
    var seen: Set<String> = []
    return (sorted.flatMap(\.shortNames) + sorted.flatMap { [$0.singular, $0.resource] }).filter {
      seen.insert($0).inserted
    }
  }
}

/// The quotient rounded towards minus infinity.
private func floorDivide(_ value: Int64, _ divisor: Int64) -> Int64 {
  let quotient = value / divisor
  return value % divisor < 0 ? quotient - 1 : quotient
}
