import AuditModel
import Dispatch
import GRDB
import Synchronization

/// What an object's history found an act to have done.
struct Verdict: Hashable, Sendable {
  var act: ActID
  /// `changed` or `noop`.
  var outcome: Outcome
}

/// How far settling went.
public struct SettlingResult: Hashable, Sendable {
  /// Objects whose histories were asked.
  public var objectCount = 0
  /// Acts that are known to have done something else than they seemed to.
  public var verdictCount = 0
  /// Objects that are still to be asked.
  public var leftCount = 0
  /// Objects whose acts were counted.
  var countedCount = 0
}

/// The objects with writes of which only a history tells what they did, as far as this process knows.
struct SettlingState: Sendable {
  /// Claims of segments up to this one are known.
  var lastSegment: UInt32 = 0
  var claims: [ObjectKey: [ActID]] = [:]
  /// Those that are to be asked.
  var open: Set<ObjectKey> = []
  /// The same in the order in which they are asked, but for those that were too large.
  var queue: [ObjectKey] = []
  /// How many acts those have that were too large for a run: they are not counted again.
  var large: [ObjectKey: Int] = [:]

  mutating func open(_ key: ObjectKey) { if open.insert(key).inserted { queue.append(key) } }
}

/// Where no answer was logged, an accepted write may have altered nothing; where two servers answered with one version,
/// only their clocks say who made it. The object's history tells both, and is asked once the acts are there, so that
/// every list and count of acts says what the history says.
extension EventStore {
  /// So many acts are read in one run; what is left waits for the next one.
  public static let settledAtOnce = 400_000
  /// The same while lines come, which wait for it.
  public static let settledWhileFollowing = 20_000

  /// Asks the histories of the objects that have such writes and were touched since they were asked last. Costs a look
  /// at a table where there are none.
  ///
  /// Of a store that is only read nothing is written; what is found then holds for this process.
  /// - Parameters:
  ///   - actLimit: so many acts may be read; an object with more acts than a tenth of that is left for a run that may
  ///     read more.
  ///   - progress: takes how many objects of how many are done.
  @discardableResult
  public func settle(
    actLimit: Int = EventStore.settledAtOnce, isCancelled: @escaping @Sendable () -> Bool = { false },
    progress: @Sendable (_ done: Int, _ count: Int) -> Void = { _, _ in }
  ) throws(StoreError) -> SettlingResult {
    do {
      return try settling.withLock { settling in
        try refresh()
        // Of all sources, also those that are left out for now.
        let snapshot = StoreSnapshot(store: self, state: current, whole: current)
        guard try takeClaims(snapshot.state, &settling) else { return SettlingResult() }
        return try settle(&settling, snapshot, actLimit, isCancelled, progress)
      }
    } catch is CancellationError {
      return SettlingResult()
    } catch {
      throw storeError(error)
    }
  }

  /// Objects whose histories are still to be asked.
  public var unsettledCount: Int { settling.withLock { $0.open.count } }

  // MARK: What is to be asked

  /// Takes up new claims, and opens those of objects that new segments name.
  /// - Returns: whether any object is to be asked.
  private func takeClaims(_ state: StoreState, _ settling: inout SettlingState) throws -> Bool {
    let last = state.segments.last?.info.number ?? 0
    let known = settling.lastSegment
    let (rows, settled) = try database.read { db in
      (
        try Row.fetchAll(db, sql: "SELECT segment, row, isOpen FROM claim WHERE segment > ?", arguments: [known]).map {
          (
            act: ActID(
              segment: UInt32(truncatingIfNeeded: $0["segment"] as Int64),
              row: UInt32(truncatingIfNeeded: $0["row"] as Int64)), isOpen: $0["isOpen"] as Bool
          )
        }, try Int64.fetchOne(db, sql: "SELECT settledSegment FROM state") ?? 0
      )
    }
    for row in rows {
      guard let (place, number) = state.locate(row.act) else { continue }
      let segment = state.segments[place]
      guard let key = try segment.object(number)?.key(in: segment.text(.cluster)[number]) else { continue }
      settling.claims[key, default: []].append(row.act)
      if row.isOpen { settling.open(key) }
    }
    settling.lastSegment = last
    guard !settling.claims.isEmpty, settled < Int64(last) else { return !settling.open.isEmpty }
    var reopened: Set<ObjectKey> = []
    for segment in state.segments where Int64(segment.info.number) > settled && segment.rowCount > 0 {
      reopened.formUnion(try touched(by: segment, state, settling.claims))
    }
    reopened.subtract(settling.open)
    for key in reopened.sorted() { settling.open(key) }
    if access != .readOnly {
      let claims = reopened.flatMap { settling.claims[$0] ?? [] }
      try writer.withLock { _ in
        try database.write { db in
          try set(claims, isOpen: true, db)
          try db.execute(sql: "UPDATE state SET settledSegment = ?", arguments: [last])
        }
      }
    }
    return !settling.open.isEmpty
  }

  /// The objects with claims that a segment names, or whose collection it deletes.
  private func touched(
    by segment: Segment, _ state: StoreState, _ claims: [ObjectKey: [ActID]]
  ) throws -> Set<ObjectKey> {
    var found: Set<ObjectKey> = []
    for index in 0..<(try segment.objectCount()) {
      var object = try segment.object(at: index)
      for (cluster, rows) in try segment.byCluster(segment.rows(ofObjectAt: index)) {
        object.cluster = cluster
        if let key = object.key {
          for name in try state.lineage(of: key) where claims[name] != nil { found.insert(name) }
        } else if try rows.contains(where: { try segment.text(.verb)[$0] == "deletecollection" }) {
          found.formUnion(
            claims.keys.filter {
              // What Calico stores goes with its collection in the storage too.
              ($0.group == object.group || isCalicoGroup($0.group) && isCalicoGroup(object.group))
                && $0.resource == object.resource && $0.cluster == cluster
                && (object.namespace == nil || $0.namespace == object.namespace)
            })
        }
      }
    }
    return found
  }

  // MARK: Asking

  /// To count the acts of an object costs a look into each segment: none is counted once a run has read its share.
  private func settle(
    _ settling: inout SettlingState, _ snapshot: StoreSnapshot, _ actLimit: Int,
    _ isCancelled: @escaping @Sendable () -> Bool, _ progress: @Sendable (Int, Int) -> Void
  ) throws -> SettlingResult {
    var result = SettlingResult()
    var left = actLimit
    let most = actLimit / 10
    for key in settling.large.filter({ $0.value <= most }).keys.sorted() {
      settling.large[key] = nil
      settling.queue.append(key)
    }
    let count = settling.queue.count
    while left > 0, !settling.queue.isEmpty, !isCancelled() {
      var batch: [ObjectKey] = []
      var (taken, size) = (0, 0)
      while left > 0, taken < settling.queue.count, size < Self.batchSize {
        let key = settling.queue[taken]
        let acts = snapshot.historyActs(about: snapshot.lineage(of: key)).count
        result.countedCount += 1
        if acts > most {
          settling.large[key] = acts
        } else if acts > left {
          left = 0
          break
        } else {
          batch.append(key)
          size += acts + 1
          left -= acts
        }
        taken += 1
      }
      let verdicts = try verdicts(of: batch, snapshot, isCancelled)
      if !batch.isEmpty { try close(batch, verdicts, &settling) }
      settling.queue.removeFirst(taken)
      result.objectCount += batch.count
      result.verdictCount += verdicts.count
      progress(count - settling.queue.count, count)
    }
    result.leftCount = settling.open.count
    return result
  }

  /// Acts of so many are read before what was found is written.
  private static let batchSize = 4000

  /// What the histories say and the store does not.
  private func verdicts(
    of keys: [ObjectKey], _ snapshot: StoreSnapshot, _ isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Verdict] {
    let found = Mutex<[Int: [Verdict]]>([:])
    let failure = Mutex<(any Error)?>(nil)
    let state = snapshot.state
    DispatchQueue.concurrentPerform(iterations: keys.count) { index in
      guard failure.withLock({ $0 == nil }) else { return }
      do {
        let outcomes = try environment.outcomes(snapshot, keys[index], isCancelled)
        let verdicts = try outcomes.sorted { $0.key < $1.key }.compactMap { id, outcome -> Verdict? in
          guard let (place, row) = state.locate(id), try state.outcome(place, row) != outcome else { return nil }
          return Verdict(act: id, outcome: outcome)
        }
        if !verdicts.isEmpty { found.withLock { $0[index] = verdicts } }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return found.withLock { $0 }.sorted { $0.key < $1.key }.flatMap(\.value)
  }

  /// Notes that the objects were asked, and what was found.
  private func close(_ keys: [ObjectKey], _ verdicts: [Verdict], _ settling: inout SettlingState) throws {
    let claims = keys.flatMap { settling.claims[$0] ?? [] }
    try writer.withLock { _ in
      while true {
        let known = current
        // What was merged meanwhile stands elsewhere.
        let here = verdicts.map { Verdict(act: known.current($0.act), outcome: $0.outcome) }.filter {
          known.locate($0.act) != nil
        }
        let version = known.version + 1
        let rows = StoreRows(
          version: version, segments: [], links: [], noops: [], verdicts: here, sources: known.sources)
        if access == .readOnly {
          if !here.isEmpty { publish(try known.adding(rows, segments: [])) }
          break
        }
        let isDone = try database.write { db in
          guard try Int.fetchOne(db, sql: "SELECT version FROM state") == known.version else { return false }
          for verdict in here { try write(verdict, version: version, db) }
          try set(claims.map(known.current), isOpen: false, db)
          if !here.isEmpty { try db.execute(sql: "UPDATE state SET version = ?", arguments: [version]) }
          return true
        }
        if isDone {
          if !here.isEmpty { publish(try known.adding(rows, segments: [])) }
          break
        }
        try refresh()
      }
    }
    settling.open.subtract(keys)
  }

  // MARK: Rows

  func write(claims rows: [UInt32], of segment: UInt32, isOpen: Bool, _ db: Database) throws {
    for row in rows {
      try db.execute(
        sql: "INSERT INTO claim VALUES(?, ?, ?) ON CONFLICT DO UPDATE SET isOpen = max(isOpen, excluded.isOpen)",
        arguments: [segment, row, isOpen])
    }
  }

  func write(_ verdict: Verdict, version: Int, _ db: Database) throws {
    try db.execute(
      sql: "INSERT OR REPLACE INTO verdict VALUES(?, ?, ?, ?)",
      arguments: [verdict.act.segment, verdict.act.row, verdict.outcome.rawValue, version])
  }

  private func set(_ claims: [ActID], isOpen: Bool, _ db: Database) throws {
    for claim in claims {
      try db.execute(
        sql: "UPDATE claim SET isOpen = ? WHERE segment = ? AND row = ?",
        arguments: [isOpen, claim.segment, claim.row])
    }
  }

  /// Hands the claims of segments on to the one that takes their place.
  func move(claims segments: [UInt32], to number: UInt32, row: (ActID) -> UInt32?, _ db: Database) throws {
    for segment in segments {
      for claim in try Row.fetchAll(db, sql: "SELECT row, isOpen FROM claim WHERE segment = ?", arguments: [segment]) {
        let old = ActID(segment: segment, row: UInt32(truncatingIfNeeded: claim["row"] as Int64))
        if let now = row(old) { try write(claims: [now], of: number, isOpen: claim["isOpen"], db) }
      }
    }
    // Their objects were held against the claims.
    try db.execute(
      sql: "UPDATE state SET settledSegment = ? WHERE settledSegment >= ?",
      arguments: [number, segments.max() ?? 0])
  }
}

extension SegmentDraft {
  /// A row of each object that has a write of which neither the act nor its version tells whether it altered anything.
  /// - Parameter rows: where the ledger has only clocks to go by.
  func claims(inDoubt rows: [Int]) -> [UInt32] {
    struct Key: Hashable {
      var group: UInt32
      var resource: UInt32
      var namespace: UInt32
      var name: UInt32
      var cluster: UInt32
    }
    var seen: Set<Key> = []
    var claims: [UInt32] = []
    func claim(_ row: Int) {
      let head = groups[row].head
      let key = Key(
        group: records.apiGroup.codes[head], resource: records.resource.codes[head],
        namespace: records.namespace.codes[head], name: records.name.codes[head],
        cluster: records.cluster.codes[head])
      if seen.insert(key).inserted { claims.append(UInt32(row)) }
    }
    for row in rows where records.name.codes[groups[row].head] > 0 { claim(row) }
    for (row, group) in groups.enumerated() where isUnanswered(group) || asksHistory(group) { claim(row) }
    return claims
  }

  /// Whether it is an accepted patch that may have altered nothing but who owns which field, a version of its own that is
  /// no change, or that may have found the version that it answers with.
  private func asksHistory(_ group: RecordGroup) -> Bool {
    guard !records.asksHistory.isEmpty, group.all.contains(where: records.asksHistory.contains) else { return false }
    return records.name.codes[group.head] > 0 && summary(of: group).outcome == .changed
  }

  /// Whether it is an accepted write whose request was logged and whose answer was not. Of a request to Calico's API what
  /// it came to may stand in the storage. A deletion may find that another one had begun; bare ones of level Metadata
  /// never tell.
  private func isUnanswered(_ group: RecordGroup) -> Bool {
    let head = group.head
    let flags = records.flags[head]
    guard records.resourceVersion.codes[head] == 0, records.name.codes[head] > 0, flags.contains(.isWrite),
      records.subresource.codes[head] == 0, !flags.contains(.truncated), summary(of: group).outcome == .changed
    else { return false }
    let verb = records.verb[head]
    if verb == "delete" { return records.levels[head] == .request }
    guard verb == "update" || verb == "patch" else { return false }
    return records.levels[head] != .metadata || records.apiGroup[head] == CalicoAccounts.publicGroup
  }
}
