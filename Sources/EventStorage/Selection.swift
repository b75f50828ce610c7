import AuditModel
import Dispatch
import EventQueries
import Synchronization

/// The acts that a query lists, oldest first.
final class Selection: Sendable {
  /// Rows numbered over all segments (`StoreState.bases`).
  let rows: [UInt32]
  /// Of `rows`, those that were denied or failed.
  let failures: [UInt32]
  /// Acts that the filter takes and the level leaves out, by outcome. Where bodies or histories decide, they are not
  /// read for this.
  let folded: [Outcome: Int]
  /// For each segment, which of its rows are listed.
  let bits: [Bitset]
  /// The only log whose rows are listed; nil: all.
  let shown: DataKind?
  /// Rows of other logs that would be listed too; where bodies or histories decide, all that the level lists.
  let hidden: [DataKind: Int]
  let hiddenIsUnfiltered: Bool
  /// Rows in the store, by log.
  let dataTotals: [DataKind: Int]

  init(
    rows: [UInt32], failures: [UInt32], folded: [Outcome: Int], bits: [Bitset], shown: DataKind?,
    hidden: [DataKind: Int], hiddenIsUnfiltered: Bool, dataTotals: [DataKind: Int]
  ) {
    self.rows = rows
    self.failures = failures
    self.folded = folded
    self.bits = bits
    self.shown = shown
    self.hidden = hidden
    self.hiddenIsUnfiltered = hiddenIsUnfiltered
    self.dataTotals = dataTotals
  }
}

/// The selections made last: scrolling asks for the same one again and again.
final class SelectionCache: Sendable {
  private struct Entry: Sendable {
    var query: EventQuery
    var version: Int
    var selection: Selection
  }
  /// What bodies said about the rows of a segment: stays true while others are added.
  private struct SegmentKey: Hashable {
    var filter: Filter
    var level: ViewLevel
    var shown: DataKind?
    var segment: UInt32
    var patchVersion: Int
    /// Of what is left out.
    var generation: Int
  }
  private let entries = Mutex<[Entry]>([])
  private let payloadBits = Mutex<(query: EventQuery?, bits: [SegmentKey: Bitset])>((nil, [:]))

  func selection(for query: EventQuery, version: Int) -> Selection? {
    entries.withLock { $0.last { $0.version == version && $0.query == query }?.selection }
  }
  func insert(_ selection: Selection, for query: EventQuery, version: Int) {
    entries.withLock {
      $0.removeAll { $0.version < version }
      $0.append(Entry(query: query, version: version, selection: selection))
      if $0.count > 6 { $0.removeFirst() }
    }
  }

  /// Bits that took reading bodies, of the query that was asked last.
  func bits(
    _ query: EventQuery, _ shown: DataKind?, segment: UInt32, patchVersion: Int, generation: Int,
    _ make: () throws -> Bitset
  ) rethrows -> Bitset {
    let key = SegmentKey(
      filter: query.filter, level: query.level, shown: shown, segment: segment, patchVersion: patchVersion,
      generation: generation)
    if let known = payloadBits.withLock({ $0.bits[key] }) { return known }
    let made = try make()
    payloadBits.withLock {
      if $0.query != query { $0 = (query, [:]) }
      $0.bits[key] = made
    }
    return made
  }
}

extension StoreSnapshot {
  func selection(_ query: EventQuery, isCancelled: () -> Bool) throws -> Selection {
    if let known = store.selections.selection(for: query, version: state.version) { return known }
    let made = try withoutActuallyEscaping(isCancelled) { try makeSelection(query, isCancelled: $0) }
    store.selections.insert(made, for: query, version: state.version)
    return made
  }

  private func makeSelection(_ query: EventQuery, isCancelled: @escaping () -> Bool) throws -> Selection {
    let plan = query.filter.plan
    let changeTests = plan.changeTests
    let needsPayload = plan.needsPayload || !changeTests.isEmpty
    // Several threads ask, one at a time.
    let asking = Mutex(())
    nonisolated(unsafe) let ask = isCancelled
    var scan = FilterScan(state: state, store: store, isCancelled: { asking.withLock { _ in ask() } })
    var bits: [Bitset] = Array(repeating: Bitset(repeating: false, count: 0), count: state.segments.count)
    var failed = bits
    var folded: [Outcome: Int] = [:]
    let dataTotals = try state.dataCounts { try state.rows(of: $0, upTo: .everything) & state.rows(of: $0, from: $1) }
    let shown = query.data.shown(query.filter, totals: dataTotals)
    // Before the choice of data.
    var candidates: [Bitset] = []
    if !changeTests.isEmpty { scan.changes = try changeRows(changeTests, query, plan, scan) }
    if needsPayload { bits = try payloadBits(query, shown, plan, scan, isKept: changeTests.isEmpty) }
    for place in state.segments.indices {
      if isCancelled() { throw CancellationError() }
      let listed = try state.rows(of: place, upTo: query.level)
      if needsPayload {
        candidates.append(listed)
      } else {
        let all = try state.rows(of: place, upTo: .everything)
        var matching = try scan.rows(of: place, matching: plan, within: all)
        candidates.append(matching & listed)
        if let shown { matching &= try state.rows(of: place, from: shown) }
        bits[place] = matching & listed
        if query.level != .everything {
          try (matching & ~listed).forEach { folded[try state.outcome(place, $0), default: 0] += 1 }
        }
      }
      failed[place] = try state.rows(of: place, with: [.denied, .failed])
      failed[place] |= try state.failedTraffic(of: place)
      failed[place] &= bits[place]
    }
    var rows: [UInt32] = []
    rows.reserveCapacity(bits.reduce(0) { $0 + $1.population })
    var failures: [UInt32] = []
    for run in try state.order() {
      let place = Int(run.place)
      let base = UInt32(state.bases[place])
      let range = Int(run.first)..<Int(run.first + run.count)
      bits[place].forEach(in: range) { rows.append(base + UInt32($0)) }
      failed[place].forEach(in: range) { failures.append(base + UInt32($0)) }
    }
    let others = shown == nil ? [:] : try state.dataCounts { try candidates[$0] & state.rows(of: $0, from: $1) }
    return Selection(
      rows: rows, failures: failures, folded: folded, bits: bits, shown: shown,
      hidden: others.filter { $0.key != shown }, hiddenIsUnfiltered: needsPayload, dataTotals: dataTotals)
  }

  /// The listed rows of each segment where bodies decide, on all cores.
  /// - Parameter isKept: whether the answer for a segment stays true while others are added. Histories change.
  private func payloadBits(
    _ query: EventQuery, _ shown: DataKind?, _ plan: FilterPlan, _ scan: FilterScan, isKept: Bool
  ) throws -> [Bitset] {
    let count = state.segments.count
    let found = Mutex<[Bitset]>(Array(repeating: Bitset(repeating: false, count: 0), count: count))
    let failure = Mutex<(any Error)?>(nil)
    // Newest segments first: when it is cancelled, what was asked for first is known.
    DispatchQueue.concurrentPerform(iterations: count) { index in
      guard failure.withLock({ $0 == nil }) else { return }
      let place = count - 1 - index
      do {
        func made() throws -> Bitset {
          var listed = try state.rows(of: place, upTo: query.level)
          if let shown { listed &= try state.rows(of: place, from: shown) }
          return try scan.rows(of: place, matching: plan, within: listed)
        }
        let bits =
          try isKept
          ? store.selections.bits(
            query, shown, segment: state.segments[place].info.number,
            patchVersion: state.patches[place].version, generation: state.version - whole.version, made) : made()
        found.withLock { $0[place] = bits }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return found.withLock { $0 }
  }
}

extension StoreState {
  /// How many rows there are of each log that has any.
  /// - Parameter rows: the rows of a segment and a log that count.
  func dataCounts(_ rows: (Int, DataKind) throws -> Bitset) rethrows -> [DataKind: Int] {
    var counts: [DataKind: Int] = [:]
    for place in segments.indices {
      for data in DataKind.allCases {
        let count = try rows(place, data).population
        if count > 0 { counts[data, default: 0] += count }
      }
    }
    return counts
  }

  /// The time of a row numbered over all segments.
  func time(ofGlobal row: UInt32) throws -> Int64 {
    let place = place(ofGlobal: Int(row))
    return try segments[place].time(Int(row) - bases[place])
  }
  func id(ofGlobal row: UInt32) -> ActID {
    let place = place(ofGlobal: Int(row))
    return id(place, Int(row) - bases[place])
  }
  func act(ofGlobal row: UInt32) throws -> Act {
    let place = place(ofGlobal: Int(row))
    return try act(place, Int(row) - bases[place])
  }
  /// The first place in `rows`, which ascend by time, that is at or after the time.
  func firstPlace(in rows: [UInt32], from time: Int64) throws -> Int {
    try firstIndex(in: 0..<rows.count) { try self.time(ofGlobal: rows[$0]) >= time }
  }
}
