import AuditModel
import EventQueries

/// Evaluates a plan over segments: columns first, bodies only of the rows that these leave undecided.
struct FilterScan: Sendable {
  let state: StoreState
  let store: EventStore
  let isCancelled: @Sendable () -> Bool
  /// For each test of changes the rows of each segment that pass it, as far as the rest of the plan leaves them open.
  var changes: [ChangeTest: [Bitset]] = [:]

  /// Rows that match whatever the bodies say, and rows that may match.
  private struct Answer {
    var certain: Bitset
    var possible: Bitset
    /// The plan with what its columns say of each row.
    var rule: Rule
  }

  /// A plan over one segment: columns are answered, bodies are not.
  private indirect enum Rule {
    case rows(Bitset)
    case payload(PayloadTest)
    case not(Rule)
    case all([Rule])
    case any([Rule])

    func holds(_ row: Int, _ detail: ActDetail) -> Bool {
      switch self {
      case .rows(let bits): bits[row]
      case .payload(let test): test.matches(detail)
      case .not(let rule): !rule.holds(row, detail)
      case .all(let rules): rules.allSatisfy { $0.holds(row, detail) }
      case .any(let rules): rules.contains { $0.holds(row, detail) }
      }
    }
  }

  /// The visible rows of the segment that match.
  /// - Parameter rows: the only ones that are asked for.
  func rows(of place: Int, matching plan: FilterPlan, within rows: Bitset) throws -> Bitset {
    if isCancelled() { throw CancellationError() }
    let answer = try evaluate(plan, place)
    var matching = answer.certain & rows
    let undecided = answer.possible & ~answer.certain & rows
    guard !undecided.isEmpty else { return matching }
    try readBodies(of: undecided, place, plan) { row, detail in
      if answer.rule.holds(row, detail) { matching[row] = true }
    }
    return matching
  }

  /// The rows about which something beyond columns decides, of those that are asked for.
  func undecided(of place: Int, by plan: FilterPlan, within rows: Bitset) throws -> Bitset {
    if isCancelled() { throw CancellationError() }
    let answer = try evaluate(plan, place)
    return answer.possible & ~answer.certain & rows
  }

  private func evaluate(_ plan: FilterPlan, _ place: Int) throws -> Answer {
    let count = state.segments[place].rowCount
    func both(_ bits: Bitset) -> Answer { Answer(certain: bits, possible: bits, rule: .rows(bits)) }
    switch plan {
    case .constant(let value): return both(Bitset(repeating: value, count: count))
    case .column(let column, let test): return both(try state.rows(of: place, where: column, passes: test))
    case .payload(let test):
      return Answer(
        certain: Bitset(repeating: false, count: count), possible: Bitset(repeating: true, count: count),
        rule: .payload(test))
    case .change(let test):
      if let rows = changes[test] { return both(rows[place]) }
      // Before the histories were asked: all that the others leave open is.
      let all = Bitset(repeating: true, count: count)
      return Answer(certain: ~all, possible: all, rule: .rows(all))
    case .not(let plan):
      let answer = try evaluate(plan, place)
      return Answer(certain: ~answer.possible, possible: ~answer.certain, rule: .not(answer.rule))
    case .and(let plans):
      var answer = both(Bitset(repeating: true, count: count))
      var rules: [Rule] = []
      for plan in plans {
        let part = try evaluate(plan, place)
        answer.certain &= part.certain
        answer.possible &= part.possible
        rules.append(part.rule)
        // What is left out of the rule is only asked where it decides nothing.
        if answer.possible.isEmpty { break }
      }
      answer.rule = .all(rules)
      return answer
    case .or(let plans):
      var answer = both(Bitset(repeating: false, count: count))
      var rules: [Rule] = []
      for plan in plans {
        let part = try evaluate(plan, place)
        answer.certain |= part.certain
        answer.possible |= part.possible
        rules.append(part.rule)
      }
      answer.rule = .any(rules)
      return answer
    }
  }

  /// Hands out the rows with their bodies, in the order in which they stand in the source.
  private func readBodies(
    of rows: Bitset, _ place: Int, _ plan: FilterPlan, _ body: (Int, ActDetail) throws -> Void
  ) throws {
    let segment = state.segments[place]
    guard let source = state.sources[segment.info.source] else {
      throw StoreError.corrupt(reason: "a segment without a source")
    }
    let text = try SegmentText(segment: segment, source: source, store: store)
    var rows = rows
    var entries = try text.entries(of: rows)
    let needles = plan.undecidedNeedles
    if !needles.isEmpty, !needles.contains(where: store.environment.redactionMayWrite) {
      var holding = try text.rows(of: entries, holding: needles, isCancelled: isCancelled)
      // Their other records stand in other segments.
      for (row, _) in state.patches[place].summaries where state.links.members[state.id(place, row)] != nil {
        holding[row] = true
      }
      rows &= holding
      entries.removeAll { !rows[$0.row] }
    }
    let reader = DetailReader(state: state, store: store)
    let readsOnlyRecords = plan.readsOnlyRecords
    var open = rows
    for (index, entry) in entries.enumerated() where open[entry.row] {
      if index % 64 == 0, isCancelled() { throw CancellationError() }
      open[entry.row] = false
      _ = try text.holdsPiece(of: entries, from: index)
      let raw = try reader.rawRecords(place, entry.row, text: text)
      if readsOnlyRecords {
        // Nobody looks at the rest.
        let act = Act(
          id: state.id(place, entry.row), time: Timestamp(microseconds: 0), verb: "", outcome: .unknown, level: nil,
          stages: [])
        try body(entry.row, ActDetail(act: act, requestURI: "", request: nil, response: nil, records: raw))
      } else {
        try body(entry.row, reader.detail(of: state.act(place, entry.row), raw: raw))
      }
    }
  }
}

extension FilterPlan {
  /// Whether none of its tests needs bodies, but at most the bytes of records.
  var readsOnlyRecords: Bool {
    switch self {
    case .constant, .column, .change: true
    case .payload(let test): test.readsOnlyRecords
    case .not(let plan): plan.readsOnlyRecords
    case .and(let plans), .or(let plans): plans.allSatisfy(\.readsOnlyRecords)
    }
  }

  /// Where a row that the columns leave undecided can only match by holding one of these, these; empty when nothing
  /// is known.
  var undecidedNeedles: [[UInt8]] {
    switch self {
    case .constant, .column, .change, .not: return []
    case .payload(let test): return test.needles
    case .and(let plans):
      let open = plans.filter(\.needsPayload)
      if let sure = open.lazy.map(\.needles).first(where: { !$0.isEmpty }) { return sure }
      return union(open.map(\.undecidedNeedles))
    case .or(let plans): return union(plans.filter(\.needsPayload).map(\.undecidedNeedles))
    }
  }

  /// Where whatever matches must hold one of these, these.
  private var needles: [[UInt8]] {
    switch self {
    case .constant, .column, .change, .not: []
    case .payload(let test): test.needles
    case .and(let plans): plans.lazy.map(\.needles).first { !$0.isEmpty } ?? []
    case .or(let plans): union(plans.map(\.needles))
    }
  }

  private func union(_ parts: [[[UInt8]]]) -> [[UInt8]] {
    parts.contains(where: \.isEmpty) ? [] : parts.flatMap { $0 }
  }
}
