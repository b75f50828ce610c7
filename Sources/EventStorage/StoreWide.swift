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
    var wanted: Set<AuditIDValue> = []
    for id in acts {
      guard let (place, row) = state.locate(id), let value = try state.segments[place].auditID(row) else { continue }
      wanted.insert(value)
    }
    guard !wanted.isEmpty else { return [] }
    let own = Set(acts)
    var reused: Set<String> = []
    try prepare([.auditID], of: state.segments)
    for id in try state.rows(withAuditIDs: wanted) {
      guard let (place, row) = state.locate(id), !own.contains(state.links.head(of: id)) else { continue }
      let segment = state.segments[place]
      let cluster = try segment.text(.cluster)[row]
      guard keys.contains(where: { $0.cluster == cluster }) else { continue }
      if let key = try segment.object(row)?.key(in: cluster), keys.contains(key) { continue }
      if let text = try segment.auditID(row)?.text { reused.insert(text) }
    }
    return reused
  }

  /// Makes ready what each of many histories asks of all acts.
  public func prepareForHistories() {
    store.noting(()) {
      try prepareNames()
      try state.indexNames()
      try prepare([.auditID, .auditText], of: state.segments)
      _ = try state.repeatedAuditIDs()
    }
  }

  /// For deletions that are all that is known of a uid: the highest resourceVersion that an answer before them, in the
  /// same file, shows. The requests arrived when the store had come that far, whatever their times say.
  public func versionsBefore(_ acts: [ActDetail]) -> [ActID: UInt64] {
    store.noting([:]) {
      var versioned: Set<String> = []
      var lone: [(id: ActID, uid: String)] = []
      // They are large, and there may be thousands: they are looked at where they are.
      for index in acts.indices {
        guard let uid = acts[index].act.uid else { continue }
        if acts[index].act.resourceVersion != nil {
          versioned.insert(uid)
        } else if acts[index].act.verb == "delete" {
          lone.append((acts[index].act.id, uid))
        }
      }
      var found: [ActID: UInt64] = [:]
      for act in lone where !versioned.contains(act.uid) { found[act.id] = try state.versionBefore(act.id) }
      return found
    }
  }

  /// Whether a clock was set back while some source was written: lines stand in the order in which requests ended, and
  /// one that ended long before another stands after it. Batches and forwarders shift lines by seconds.
  public var hasClockSteps: Bool {
    store.noting(false) {
      try store.prepare([.lineEnds], of: state.segments)
      return try state.hasClockSteps()
    }
  }
}

extension StoreState {
  /// In the act's segment, or the one before it in the file.
  func versionBefore(_ id: ActID) throws -> UInt64? {
    guard let (place, row) = locate(id) else { return nil }
    let own = segments[place]
    let line = try own.numbers(.line).integer(row)
    let cluster = try own.text(.cluster)[row]
    let arrival = try own.time(row)
    func highest(_ segment: Segment, before line: Int64) throws -> UInt64? {
      let (versions, clusters) = (try segment.text(.resourceVersion), try segment.text(.cluster))
      let (lines, times, took) = (
        try segment.numbers(.line), try segment.numbers(.time), try segment.numbers(.took)
      )
      var most: UInt64?
      for other in 0..<segment.rowCount where lines.integer(other) < line {
        guard let version = versions[other].flatMap({ UInt64($0) }), clusters[other] == cluster,
          times.integer(other) &+ (took[other] ?? 0) <= arrival
        else { continue }
        most = max(most ?? 0, version)
      }
      return most
    }
    if let found = try highest(own, before: line) { return found }
    let before = segments.filter { $0.info.source == own.info.source && $0.info.start < own.info.start }
    return try before.max { $0.info.start < $1.info.start }.flatMap { try highest($0, before: .max) }
  }

  func hasClockSteps() throws -> Bool {
    if let known = clockCache.withLock({ $0 }) { return known }
    let ends = Mutex<[Int: LineEnds]>([:])
    try forEachSegment { place, segment in
      guard let found = try segment.lineEnds() else { return }
      ends.withLock { $0[place] = found }
    }
    let found = ends.withLock { $0 }
    let isStepped = Dictionary(grouping: found.keys, by: { segments[$0].info.source }).values.contains { places in
      LineEnds.isStepped(
        in: places.sorted { segments[$0].info.start < segments[$1].info.start }.compactMap { found[$0] })
    }
    clockCache.withLock { $0 = isStepped }
    return isStepped
  }

  /// The rows with one of the auditIDs; once all that repeat are known, only rows with those.
  func rows(withAuditIDs wanted: Set<AuditIDValue>) throws -> [ActID] {
    if let known = repeatedCache.withLock({ $0 }) { return wanted.flatMap { known[$0] ?? [] } }
    var mask = [Bool](repeating: false, count: 1 << 16)
    var texts: Set<String> = []
    for value in wanted {
      switch value {
      case .uuid(let id): mask[Int(id.low & 0xFFFF)] = true
      case .text(let text): texts.insert(text.text)
      }
    }
    // Most rows are told by sixteen bits of theirs.
    let sieve = mask
    let found = Mutex<[ActID]>([])
    try forEachSegment { place, segment in
      func take(_ row: Int) throws {
        guard let value = try segment.auditID(row), wanted.contains(value) else { return }
        found.withLock { $0.append(id(place, row)) }
      }
      let ids = try segment.identifiers(.auditID)
      for row in 0..<ids.count where sieve[Int(ids.low(row) & 0xFFFF)] { try take(row) }
      guard !texts.isEmpty else { return }
      let column = try segment.text(.auditText)
      guard column.dictionary.contains(where: texts.contains) else { return }
      for row in 0..<segment.rowCount where column.code(row) > 0 { try take(row) }
    }
    return found.withLock { $0 }
  }

  /// The rows of every auditID that stands on more than one.
  func repeatedAuditIDs() throws -> [AuditIDValue: [ActID]] {
    if let known = repeatedCache.withLock({ $0 }) { return known }
    // Two passes: the first sets a bit for each, and what meets a bit that is set may be there twice.
    var size = 1 << 16
    while size < 32 * (bases.last ?? 0) { size *= 2 }
    var bits = [UInt64](repeating: 0, count: size / 64)
    var candidates: Set<UInt64> = []
    for segment in segments where segment.rowCount > 0 {
      let ids = try segment.identifiers(.auditID)
      for row in 0..<ids.count where ids[row] != .zero {
        let low = ids.low(row)
        let place = Int(truncatingIfNeeded: low) & (size - 1)
        if bits[place / 64] & 1 << UInt64(place % 64) != 0 { candidates.insert(low) }
        bits[place / 64] |= 1 << UInt64(place % 64)
      }
    }
    var rows: [AuditIDValue: [ActID]] = [:]
    for (place, segment) in segments.enumerated() where segment.rowCount > 0 {
      let ids = try segment.identifiers(.auditID)
      let texts = try segment.text(.auditText)
      for row in 0..<ids.count where candidates.contains(ids.low(row)) || texts.code(row) > 0 {
        if let value = try segment.auditID(row) { rows[value, default: []].append(id(place, row)) }
      }
    }
    let repeated = rows.filter { $0.value.count > 1 }
    repeatedCache.withLock { $0 = repeated }
    return repeated
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
