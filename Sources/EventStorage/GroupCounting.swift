public import AuditModel
public import EventQueries

/// Acts that have the same values in some fields.
public struct ActGroup: Hashable, Sendable {
  /// What `span` gave for their times; nil without it.
  public var since: Timestamp?
  /// One for each field, in their order; nil where the act has none.
  public var values: [String?]

  public init(since: Timestamp? = nil, values: [String?]) {
    self.since = since
    self.values = values
  }
}

extension StoreSnapshot {
  /// How many listed acts have which values. An act that has several values of a field, such as groups, counts for
  /// each.
  /// - Parameter span: gives the start of the span of time that holds a moment.
  public func counts(
    of query: EventQuery, by fields: [FilterField], span: ((Timestamp) -> Timestamp)? = nil,
    isCancelled: () -> Bool = { false }
  ) throws -> [ActGroup: Int] {
    let selection = try selection(query, isCancelled: isCancelled)
    let columns = fields.flatMap(\.columns)
    let asksForChanges = fields.contains { $0.change != nil }
    var counts: [ActGroup: Int] = [:]
    for (place, segment) in state.segments.enumerated() where segment.rowCount > 0 {
      if isCancelled() { throw CancellationError() }
      // Acts with the same codes in all columns have the same values, so each combination is looked at once.
      let keys = try columns.map { try state.keys(of: place, $0) }
      let times = try span.map { _ in try segment.numbers(.time) }
      var combinations: [CombinationKey: (row: Int, count: Int)] = [:]
      selection.bits[place].forEach { row in
        let since = span.flatMap { span in times.map { span(Timestamp(microseconds: $0.integer(row))) } }
        // What acts did is told apart by nothing but the acts.
        let first = asksForChanges ? Int64(row) : keys.first.map { $0(row) } ?? 0
        let more = keys.count > 1 ? keys.dropFirst().map { $0(row) } : []
        combinations[CombinationKey(since: since, first: first, more: more), default: (row, 0)].count += 1
      }
      for (key, combination) in combinations {
        let act = try state.act(place, combination.row)
        let change =
          asksForChanges ? try change(by: act, place, combination.row, isCancelled: isCancelled) : nil
        for values in Self.combined(fields.map { $0.values(of: act, change: change) }) {
          counts[ActGroup(since: key.since, values: values), default: 0] += combination.count
        }
      }
    }
    return counts
  }

  private struct CombinationKey: Hashable {
    var since: Timestamp?
    var first: Int64
    var more: [Int64]
  }

  private static func combined(_ values: [[String]]) -> [[String?]] {
    values.reduce([[]]) { partial, next in
      partial.flatMap { prefix in next.isEmpty ? [prefix + [nil]] : next.map { prefix + [$0] } }
    }
  }
}
