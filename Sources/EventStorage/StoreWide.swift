public import AuditModel
import Dispatch
import Synchronization

/// What the history of one object asks of all acts. Each answer reads one or a few columns of every segment, on all
/// cores: some milliseconds for a million acts.
extension StoreSnapshot {
  /// auditIDs of the acts that also stand on requests about other objects of their cluster.
  /// - Parameter keys: those of the object that the acts are about.
  public func auditIDs(of acts: [ActID], alsoOutside keys: [ObjectKey]) -> Set<String> {
    store.noting([]) { try reusedAuditIDs(acts, keys) }
  }

  private func reusedAuditIDs(_ acts: [ActID], _ keys: [ObjectKey]) throws -> Set<String> {
    var uuids: Set<ContentID> = []
    var texts: Set<String> = []
    for id in acts {
      guard let (place, row) = state.locate(id) else { continue }
      switch try state.segments[place].auditID(row) {
      case .uuid(let bits): uuids.insert(bits)
      case .text: if let text = try state.segments[place].text(.auditText)[row] { texts.insert(text) }
      case nil: continue
      }
    }
    guard !uuids.isEmpty || !texts.isEmpty else { return [] }
    let own = Set(acts)
    // Most rows are told by sixteen bits of theirs.
    var mask = [Bool](repeating: false, count: 1 << 16)
    for id in uuids { mask[Int(id.low & 0xFFFF)] = true }
    let sieve = mask
    let reused = Mutex<Set<String>>([])
    try state.forEachSegment { place, segment in
      func take(_ row: Int) throws {
        let head = state.links.head(of: state.id(place, row))
        guard !own.contains(head), let text = try segment.auditID(row)?.text else { return }
        let cluster = try segment.text(.cluster)[row]
        guard keys.contains(where: { $0.cluster == cluster }) else { return }
        if let key = try segment.object(row)?.key(in: cluster), keys.contains(key) { return }
        reused.withLock { _ = $0.insert(text) }
      }
      if !uuids.isEmpty {
        let ids = try segment.identifiers(.auditID)
        for row in 0..<ids.count where sieve[Int(ids.low(row) & 0xFFFF)] && uuids.contains(ids[row]) { try take(row) }
      }
      if !texts.isEmpty {
        let column = try segment.text(.auditText)
        guard column.dictionary.contains(where: texts.contains) else { return }
        for row in 0..<segment.rowCount where column[row].map(texts.contains) ?? false { try take(row) }
      }
    }
    return reused.withLock { $0 }
  }

  /// Whether a clock was set back while some source was written: lines stand in the order in which requests ended, and
  /// one that ended long before another stands after it. Batches and forwarders shift lines by seconds.
  public var hasClockSteps: Bool { store.noting(false) { try state.hasClockSteps() } }
}

extension StoreState {
  /// Half a minute, in microseconds.
  private static let clockTolerance: Int64 = 30_000_000

  func hasClockSteps() throws -> Bool {
    if let known = clockCache.withLock({ $0 }) { return known }
    let ends = Mutex<[Int: (least: Int64, most: Int64, isStepped: Bool)]>([:])
    try forEachSegment { place, segment in
      guard let found = try StoreState.ends(segment) else { return }
      ends.withLock { $0[place] = found }
    }
    let found = ends.withLock { $0 }
    var isStepped = found.values.contains(where: \.isStepped)
    for group in Dictionary(grouping: segments.indices, by: { segments[$0].info.source }).values {
      var most: Int64?
      for place in group.sorted(by: { segments[$0].info.start < segments[$1].info.start }) {
        guard let ends = found[place] else { continue }
        if let most, ends.least < most - StoreState.clockTolerance { isStepped = true }
        most = max(most ?? ends.most, ends.most)
      }
    }
    clockCache.withLock { $0 = isStepped }
    return isStepped
  }

  /// When the segment's requests ended, earliest and latest, and whether some line is out of their order.
  private static func ends(_ segment: Segment) throws -> (least: Int64, most: Int64, isStepped: Bool)? {
    let times = try segment.numbers(.time)
    let took = try segment.numbers(.took)
    let lines = try segment.numbers(.line)
    let none = Int64.min
    var byLine = [Int64](repeating: none, count: segment.info.lineCount + 2)
    for row in 0..<segment.rowCount {
      let line = Int(lines.integer(row))
      guard byLine.indices.contains(line) else { continue }
      byLine[line] = times.integer(row) &+ took.integer(row)
    }
    var most = none
    var least = Int64.max
    var isStepped = false
    for end in byLine where end != none {
      if most != none, end < most &- clockTolerance { isStepped = true }
      most = max(most, end)
      least = min(least, end)
    }
    return least > most ? nil : (least, most, isStepped)
  }

  func forEachSegment(_ body: (Int, Segment) throws -> Void) throws {
    let failure = Mutex<(any Error)?>(nil)
    nonisolated(unsafe) let body = body
    DispatchQueue.concurrentPerform(iterations: segments.count) { place in
      guard segments[place].rowCount > 0, failure.withLock({ $0 == nil }) else { return }
      do {
        try body(place, segments[place])
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
  }
}
