import AuditModel
import EventQueries
import Foundation

/// Evaluates a plan over segments: columns first, bodies only of the rows that these leave undecided.
struct FilterScan {
  let state: StoreState
  let store: EventStore
  let isCancelled: () -> Bool

  /// Rows that match whatever the bodies say, and rows that may match.
  private struct Answer {
    var certain: Bitset
    var possible: Bitset
  }

  /// The visible rows of the segment that match.
  /// - Parameter rows: the only ones that are asked for.
  func rows(of place: Int, matching plan: FilterPlan, within rows: Bitset) throws -> Bitset {
    if isCancelled() { throw CancellationError() }
    let answer = try evaluate(plan, place)
    var matching = answer.certain & rows
    let undecided = answer.possible & ~answer.certain & rows
    guard !undecided.isEmpty else { return matching }
    try readBodies(of: undecided, place) { row, act, detail in
      if plan.matches(act, detail: { detail }) { matching[row] = true }
    } needles: {
      plan.undecidedNeedles
    }
    return matching
  }

  private func evaluate(_ plan: FilterPlan, _ place: Int) throws -> Answer {
    let count = state.segments[place].rowCount
    func both(_ bits: Bitset) -> Answer { Answer(certain: bits, possible: bits) }
    switch plan {
    case .constant(let value): return both(Bitset(repeating: value, count: count))
    case .column(let column, let test): return both(try state.rows(of: place, where: column, passes: test))
    case .payload:
      return Answer(certain: Bitset(repeating: false, count: count), possible: Bitset(repeating: true, count: count))
    case .not(let plan):
      let answer = try evaluate(plan, place)
      return Answer(certain: ~answer.possible, possible: ~answer.certain)
    case .and(let plans):
      var answer = both(Bitset(repeating: true, count: count))
      for plan in plans {
        let part = try evaluate(plan, place)
        answer.certain &= part.certain
        answer.possible &= part.possible
        if answer.possible.isEmpty { break }
      }
      return answer
    case .or(let plans):
      var answer = both(Bitset(repeating: false, count: count))
      for plan in plans {
        let part = try evaluate(plan, place)
        answer.certain |= part.certain
        answer.possible |= part.possible
      }
      return answer
    }
  }

  /// Hands out the rows with their bodies, in the order in which they stand in the source.
  private func readBodies(
    of rows: Bitset, _ place: Int, _ body: (Int, Act, ActDetail) throws -> Void, needles: () -> [[UInt8]]
  ) throws {
    let segment = state.segments[place]
    let offsets = try segment.numbers(.offset)
    var order: [Int] = []
    rows.forEach { order.append($0) }
    order.sort { offsets.integer($0) < offsets.integer($1) }
    let needles = needles()
    let reader = DetailReader(state: state, store: store)
    for (index, row) in order.enumerated() {
      if index % 64 == 0, isCancelled() { throw CancellationError() }
      let raw = try reader.rawRecords(place, row, needles: needles)
      guard !raw.isEmpty else { continue }
      let act = try state.act(place, row)
      try body(row, act, reader.detail(of: act, raw: raw))
    }
  }
}

extension FilterPlan {
  /// Where a row that the columns leave undecided can only match by holding one of these, these; empty when nothing
  /// is known.
  var undecidedNeedles: [[UInt8]] {
    switch self {
    case .constant, .column, .not: return []
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
    case .constant, .column, .not: []
    case .payload(let test): test.needles
    case .and(let plans): plans.lazy.map(\.needles).first { !$0.isEmpty } ?? []
    case .or(let plans): union(plans.map(\.needles))
    }
  }

  private func union(_ parts: [[[UInt8]]]) -> [[UInt8]] {
    parts.contains(where: \.isEmpty) ? [] : parts.flatMap { $0 }
  }
}

extension [UInt8] {
  /// Whether the bytes occur somewhere.
  func holds(_ needle: [UInt8]) -> Bool {
    guard let first = needle.first else { return true }
    return withUnsafeBytes { text in
      needle.withUnsafeBytes { needle in
        guard let start = text.baseAddress, let wanted = needle.baseAddress else { return false }
        var at = 0
        while text.count - at >= needle.count {
          guard let hit = memchr(start + at, Int32(first), text.count - at - needle.count + 1) else { return false }
          at = UnsafeRawPointer(hit) - start
          if memcmp(hit, wanted, needle.count) == 0 { return true }
          at += 1
        }
        return false
      }
    }
  }
}
