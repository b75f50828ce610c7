public import AuditModel
public import EventQueries
import Synchronization

extension StoreSnapshot {
  /// The object of every act that names one, and those that a deletion of their collection met, in order of keys.
  public func objectKeys() -> [ObjectKey] { store.noting([]) { try readObjectKeys() } }

  private func readObjectKeys() throws -> [ObjectKey] {
    var keys: Set<ObjectKey> = []
    for segment in state.segments where segment.rowCount > 0 {
      keys.formUnion(try segment.metObjects().map(\.key))
      for place in 0..<(try segment.objectCount()) {
        guard var key = try segment.object(at: place).key else { continue }
        for cluster in try segment.byCluster(segment.rows(ofObjectAt: place)).keys {
          key.cluster = cluster
          keys.insert(key)
        }
      }
    }
    return keys.sorted()
  }

  /// Those of them with this name.
  public func objectKeys(named name: String) -> [ObjectKey] { store.noting([]) { try readObjectKeys(named: name) } }

  private func readObjectKeys(named name: String) throws -> [ObjectKey] {
    let hash = ObjectHash(name: name)
    try prepareNames()
    let holders = try state.segments(naming: hash).map { state.segments[$0] }
    try prepare(StoredColumn.ofObjects, of: holders)
    try prepare(StoredColumn.ofMetObjects, of: state.segments)
    var keys: Set<ObjectKey> = []
    for segment in state.segments where segment.rowCount > 0 {
      keys.formUnion(try segment.metObjects().map(\.key).filter { $0.name.utf8.elementsEqual(name.utf8) })
    }
    for segment in holders {
      for place in try segment.places(of: hash) {
        guard var key = try segment.object(at: place).key, key.name.utf8.elementsEqual(name.utf8) else { continue }
        for cluster in try segment.byCluster(segment.rows(ofObjectAt: place)).keys {
          key.cluster = cluster
          keys.insert(key)
        }
      }
    }
    return keys.sorted()
  }

  /// Writes and connections whose object has no name in the log, oldest first: creates that were refused before the
  /// server chose a name, collections.
  public func namelessWrites() -> [ActID] { store.noting([]) { try readNamelessWrites() } }

  private func readNamelessWrites() throws -> [ActID] {
    var found: Set<UInt32> = []
    for (place, segment) in state.segments.enumerated() {
      for index in 0..<(try segment.objectCount()) where try segment.object(at: index).key == nil {
        for row in try segment.rows(ofObjectAt: index) where try segment.flags(row).contains(.isWrite) {
          found.insert(shown(place, row))
        }
      }
    }
    return try inTimeOrder(found).map { state.id(ofGlobal: $0) }.filter { act($0).outcome != .read }
  }

  /// Acts on the object, oldest first: also those that deleted the whole collection it is in, which may or may not
  /// have met it.
  public func acts(about key: ObjectKey, includingReads: Bool = false) -> [ActID] {
    acts(about: [key], includingReads: includingReads)
  }

  /// The same of an object that is known under several keys (`lineage(of:)`).
  public func acts(about keys: [ObjectKey], includingReads: Bool = false) -> [ActID] {
    store.noting([]) { try readActs(about: keys) { try includingReads || $0.flags($1).contains(.isWrite) } }
  }

  /// What a history is made from: acts that wrote the object, or its whole collection, and reads whose answers were
  /// logged and may show it. Of lists, which hold much else, the first and the last 32.
  public func historyActs(about keys: [ObjectKey]) -> [ActID] {
    store.noting([]) {
      let acts = try readActs(about: keys, isHistory: true) { segment, row in
        try segment.flags(row).contains(.isWrite) || isAnsweredRead(segment, row, verb: "get")
      }
      var collections: [UInt32] = []
      let wanted = Set(keys.flatMap(self.collections)).map { ($0, ObjectHash($0)) }
      for (collection, hash) in wanted {
        for place in try state.segments(naming: hash, written: true) {
          let segment = state.segments[place]
          for row in try segment.rows(about: collection, hash) where try isAnsweredRead(segment, row, verb: "list") {
            collections.append(shown(place, row))
          }
        }
      }
      guard !collections.isEmpty else { return acts }
      let lists = try inTimeOrder(collections)
      let chosen = lists.count > 64 ? Array(lists.prefix(32) + lists.suffix(32)) : lists
      return acts + chosen.map { state.id(ofGlobal: $0) }
    }
  }

  private func isAnsweredRead(_ segment: Segment, _ row: Int, verb: String) throws -> Bool {
    try EventStorage.isAnsweredRead(
      level: segment.numbers(.level).byte(row), outcome: segment.numbers(.outcome).byte(row))
      && segment.text(.verb)[row] == verb
  }

  private func collections(of key: ObjectKey) -> [StoredObject] {
    [key.namespace, nil].map {
      StoredObject(
        group: key.group, resource: key.resource, namespace: $0, name: nil, cluster: key.cluster)
    }
  }

  /// - Parameter isHistory: whether rows are wanted that a history reads alone: then segments without such need no look.
  private func readActs(
    about keys: [ObjectKey], isHistory: Bool = false, where holds: (Segment, Int) throws -> Bool
  ) throws -> [ActID] {
    func hashed(_ object: StoredObject) -> (StoredObject, ObjectHash) { (object, ObjectHash(object)) }
    let objects = keys.map { hashed(StoredObject($0)) }
    let collections = Set(keys.flatMap(self.collections)).map(hashed)
    let hashes = (objects + collections).map(\.1)
    try prepareNames()
    let places = try Set(hashes.flatMap { try state.segments(naming: $0, written: isHistory) }).sorted()
    try prepare(
      StoredColumn.ofObjects + [.time, .flags, .verb, .level, .outcome], of: places.map { state.segments[$0] })
    var found: Set<UInt32> = []
    for place in places {
      let segment = state.segments[place]
      for (object, hash) in objects {
        for row in try segment.rows(about: object, hash) where try holds(segment, row) {
          found.insert(shown(place, row))
        }
      }
      for (collection, hash) in collections {
        for row in try segment.rows(about: collection, hash)
        where try segment.text(.verb)[row] == "deletecollection" {
          found.insert(shown(place, row))
        }
      }
    }
    return try inTimeOrder(found).map { state.id(ofGlobal: $0) }
  }

  /// The row, over all segments, that shows the act of a row.
  private func shown(_ place: Int, _ row: Int) -> UInt32 {
    if state.patches[place].hidden.contains(row),
      let (place, row) = state.locate(state.links.head(of: state.id(place, row)))
    {
      return UInt32(state.bases[place] + row)
    }
    return UInt32(state.bases[place] + row)
  }

  private func inTimeOrder(_ rows: some Sequence<UInt32>) throws -> [UInt32] {
    try rows.map { row -> (key: StoreState.OrderKey, row: UInt32) in
      let place = state.place(ofGlobal: Int(row))
      return (state.key(place, try state.time(ofGlobal: row)), row)
    }.sorted { $0.key != $1.key ? $0.key < $1.key : $0.row < $1.row }.map(\.row)
  }

  /// Every object that an act names, in order of keys. Tier and order of policies are those of the last body that was
  /// logged of them.
  public func objects(isCancelled: () -> Bool = { false }) throws -> [ObjectSummary] {
    var rowsOf: [ObjectKey: [UInt32]] = [:]
    var collections: [StoredObject: [UInt32]] = [:]
    var met = MetRows()
    for (place, segment) in state.segments.enumerated() where segment.rowCount > 0 {
      if isCancelled() { throw CancellationError() }
      for (key, row) in try segment.metObjects() {
        met.rows[key, default: []].append(shown(place, row))
        met.answered.insert(shown(place, row))
        rowsOf[key, default: []] += []
      }
      for index in 0..<(try segment.objectCount()) {
        var object = try segment.object(at: index)
        for (cluster, rows) in try segment.byCluster(segment.rows(ofObjectAt: index)) {
          object.cluster = cluster
          if let key = object.key {
            rowsOf[key, default: []] += rows.map { UInt32(state.bases[place] + $0) }
          } else {
            for row in rows where try segment.text(.verb)[row] == "deletecollection" {
              collections[object, default: []].append(shown(place, row))
            }
          }
        }
      }
    }
    for key in rowsOf.keys.filter({ $0.group == CalicoAccounts.storageGroup }) {
      let main = try state.lineage(of: key)[0]
      guard main != key else { continue }
      if let rows = rowsOf.removeValue(forKey: key) { rowsOf[main, default: []] += rows }
      if let rows = met.rows.removeValue(forKey: key) { met.rows[main, default: []] += rows }
    }
    return try rowsOf.map { key, rows in
      if isCancelled() { throw CancellationError() }
      return try summary(of: key, rows: rows, met: met, collections: collections)
    }.sorted { $0.key < $1.key }
  }

  private func summary(
    of key: ObjectKey, rows: [UInt32], met: MetRows, collections: [StoredObject: [UInt32]]
  ) throws -> ObjectSummary {
    let byTime = try inTimeOrder(
      Set(
        rows.map { row in
          let place = state.place(ofGlobal: Int(row))
          return shown(place, Int(row) - state.bases[place])
        }))
    let rows = try state.inLifeOrder(byTime, of: key)
    let firstSeen = try (byTime.first ?? met.rows[key]?.first).map { try state.time(ofGlobal: $0) } ?? 0
    var summary = ObjectSummary(
      key: key, kind: key.kind.kind, firstSeen: Timestamp(microseconds: firstSeen))
    var uids: Set<String> = []
    var ending = Ending()
    var kinds: String?
    var lastBody: (place: Int, row: Int)?
    let hasOrder = key.kind.role == .policy || key.kind.role == .stagedPolicy || key.kind.role == .tier
    for global in rows {
      let place = state.place(ofGlobal: Int(global))
      let row = Int(global) - state.bases[place]
      let segment = state.segments[place]
      if try segment.flags(row).contains(.isWrite) { summary.actCount += 1 }
      if try segment.text(.subresource)[row] == nil { kinds = try segment.text(.kind)[row] ?? kinds }
      let outcome = try state.outcome(place, row)
      if try ending.lasted(until: segment, row, outcome) { summary.versionCount += 1 }
      guard outcome == .changed else { continue }
      if let uid = try segment.text(.uid)[row], try segment.text(.apiGroup)[row] == key.group { uids.insert(uid) }
      let verb = try segment.text(.verb)[row]
      summary.lastChange = Timestamp(microseconds: try segment.time(row))
      summary.lastActor = try segment.text(.asUser)[row] ?? segment.text(.by)[row]
      summary.isDeleted = try ending.takes(segment, row, of: key)
      // As the Change Log numbers them: what is gone is no version.
      if !summary.isDeleted { summary.versionCount += 1 }
      if let tier = try segment.text(.tier)[row] { summary.tier = tier }
      if hasOrder, verb != "delete", try segment.numbers(.level).byte(row) > Level.metadata.rawValue {
        lastBody = (place, row)
      }
    }
    summary.kind = kinds ?? summary.kind
    summary.lifetimeCount = max(1, uids.count)
    try take(collections, met: met, into: &summary)
    if let lastBody, let body = try body(lastBody.place, lastBody.row) {
      summary.order = body.order
      summary.tier = body.tier ?? summary.tier
    }
    if summary.tier == nil, hasOrder, key.group.hasSuffix("projectcalico.org"), key.kind.role != .tier,
      let dot = key.name.firstIndex(of: ".")
    {
      summary.tier = String(key.name[..<dot])
    }
    return summary
  }

  /// Deletions of all that is in a collection, after the object's last change: those that met it, as their answers say,
  /// and of those without an answer that take everything.
  private func take(
    _ collections: [StoredObject: [UInt32]], met: MetRows, into summary: inout ObjectSummary
  ) throws {
    guard !collections.isEmpty else { return }
    let own = met.rows[summary.key] ?? []
    let wholes = try state.lineage(of: summary.key).flatMap(self.collections).flatMap { collections[$0] ?? [] }
    for global in Set(wholes + own).sorted() {
      let place = state.place(ofGlobal: Int(global))
      let row = Int(global) - state.bases[place]
      let segment = state.segments[place]
      let time = Timestamp(microseconds: try segment.time(row))
      guard try state.outcome(place, row) == .changed,
        summary.lastChange.map({ $0 < time }) ?? (summary.firstSeen <= time),
        try own.contains(global) || !met.answered.contains(global) && takesEverything(segment, row)
      else { continue }
      summary.lastChange = time
      summary.lastActor = try segment.text(.asUser)[row] ?? segment.text(.by)[row]
      summary.isDeleted = true
    }
  }

  /// Whether a deletion of a collection selects nothing.
  private func takesEverything(_ segment: Segment, _ row: Int) throws -> Bool {
    guard let uri = try segment.text(.requestURI)[row] else { return false }
    return !uri.contains("labelSelector=") && !uri.contains("fieldSelector=")
  }

  private func body(_ place: Int, _ row: Int) throws -> PolicyBodyCache.Body? {
    let id = state.id(place, row)
    if let known = store.policyBodies.body(of: id) { return known }
    // A source that went away must not take the list of objects with it.
    guard let detail = try? detail(id) else { return nil }
    let full = [detail.response, detail.request].compactMap { $0 }.first { $0["spec"]?.members != nil }
    let order = full?["spec", "order"] ?? full?["spec", "priority"]
    let body = PolicyBodyCache.Body(tier: full?["spec", "tier"]?.string, order: order?.double)
    store.policyBodies.insert(body, for: id)
    return body
  }
}

/// Deletions of collections that say what they met, as rows over all segments.
private struct MetRows {
  /// Of those that met the object.
  var rows: [ObjectKey: [UInt32]] = [:]
  /// All of them.
  var answered: Set<UInt32> = []
}

/// How an object ends, as far as columns tell, act by act in the order of time: as its history tells it of bodies.
private struct Ending {
  /// Whether a deletion has begun and is not over.
  private var hasBegun = false
  /// Whether the last deletion may have been the end.
  private var mayBeOver = false

  /// Looks at the next act whatever came of it. One that shows the object after a deletion, by altering it or finding
  /// nothing to alter, tells that the deletion only began.
  /// - Returns: whether that is a version that was not counted.
  mutating func lasted(until segment: Segment, _ row: Int, _ outcome: Outcome) throws -> Bool {
    guard outcome == .changed || outcome == .noop || outcome == .subresource else { return false }
    if try segment.text(.verb)[row] == "create" && segment.text(.subresource)[row] == nil
      || segment.numbers(.code)[row] == 201 && segment.text(.subresource)[row] == nil
    {
      self = Ending()
      return false
    }
    defer { mayBeOver = false }
    guard mayBeOver, !hasBegun else { return false }
    hasBegun = true
    return true
  }

  /// Takes an act that altered the object.
  /// - Returns: whether it is the end, or may be; a deletion of what is on its way already is no version either.
  mutating func takes(_ segment: Segment, _ row: Int, of key: ObjectKey) throws -> Bool {
    if try segment.flags(row).contains(.endsObject) { return true }
    let isEviction = try segment.text(.subresource)[row] == "eviction"
    guard try segment.text(.verb)[row] == "delete" || isEviction else { return false }
    // A deletion that waits for finalizers answers with the object, which has a version, or with 202 Accepted; a
    // namespace always waits.
    let onlyBegins =
      try segment.text(.resourceVersion)[row] != nil || segment.numbers(.code)[row] == 202
      || key.group.isEmpty && key.resource == "namespaces"
    if onlyBegins, !hasBegun {
      hasBegun = true
      return false
    }
    mayBeOver = true
    return true
  }
}

/// What was read out of the bodies of policies: they never change.
final class PolicyBodyCache: Sendable {
  struct Body: Sendable {
    var tier: String?
    var order: Double?
  }
  private let bodies = Mutex<[ActID: Body]>([:])

  func body(of id: ActID) -> Body? { bodies.withLock { $0[id] } }
  func insert(_ body: Body, for id: ActID) { bodies.withLock { $0[id] = body } }
}
