import AuditModel
import Dispatch
import EventQueries
import Synchronization

extension StoreSnapshot {
  /// For each test of changes the rows of each segment that pass it.
  ///
  /// Only rows that all else leaves open are asked about, object by object, so the cost is that of the histories of
  /// their objects: each is made once, on all cores.
  ///
  /// - Parameter places: the segments that are asked about; nil for all.
  func changeRows(
    _ tests: Set<ChangeTest>, _ query: EventQuery, _ plan: FilterPlan, _ scan: FilterScan, in places: [Int]? = nil
  ) throws -> [ChangeTest: [Bitset]] {
    var open: [ObjectKey: [GlobalRow]] = [:]
    for place in places ?? Array(state.segments.indices) {
      let rows = try scan.undecided(of: place, by: plan, within: state.rows(of: place, upTo: query.level))
      for (key, rows) in try state.objects(of: rows, in: place) {
        open[key, default: []] += rows.map { GlobalRow(place: place, row: $0) }
      }
      for row in try state.collectionDeletions(of: rows, in: place) {
        if scan.isCancelled() { throw CancellationError() }
        for key in try objectsMet(by: place, row) { open[key, default: []].append(GlobalRow(place: place, row: row)) }
      }
    }
    let objects = Array(open)
    let empty = state.segments.map { Bitset(repeating: false, count: $0.rowCount) }
    let found = Mutex(Dictionary(uniqueKeysWithValues: tests.map { ($0, empty) }))
    let failure = Mutex<(any Error)?>(nil)
    DispatchQueue.concurrentPerform(iterations: objects.count) { index in
      guard failure.withLock({ $0 == nil }) else { return }
      let (key, rows) = objects[index]
      do {
        let changes = try changes(of: key, isCancelled: scan.isCancelled)
        for row in rows {
          guard let change = changes[state.id(row.place, row.row)] else { continue }
          for test in tests where test.matches(change) {
            found.withLock { $0[test]?[row.place][row.row] = true }
          }
        }
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
    if let failure = failure.withLock({ $0 }) { throw failure }
    return found.withLock { $0 }
  }

  private struct GlobalRow {
    var place: Int
    var row: Int
  }

  /// What an act did, to all objects that it met; nil where that is not known.
  func change(by act: Act, _ place: Int, _ row: Int, isCancelled: () -> Bool) throws -> ActChange? {
    let keys = try act.key.map { [$0] } ?? objectsMet(by: place, row)
    let found = try keys.compactMap { try changes(of: $0, isCancelled: isCancelled)[act.id] }
    return found.dropFirst().reduce(found.first) { $0?.merged(with: $1) }
  }

  /// The objects that the answer to a `deletecollection` lists: those that it deleted. Empty for any other act, and
  /// where no answer was logged.
  private func objectsMet(by place: Int, _ row: Int) throws -> [ObjectKey] {
    let act = try state.act(place, row, tellsAliases: false)
    guard act.verb == "deletecollection", act.outcome == .changed, act.level == .requestResponse,
      let collection = act.object, collection.name == nil
    else { return [] }
    return (try detail(act.id).response?["items"]?.array ?? []).compactMap { item in
      item["metadata", "name"]?.string.map { name in
        ObjectKey(
          group: collection.group, resource: collection.resource,
          namespace: item["metadata", "namespace"]?.string ?? collection.namespace, name: name, cluster: act.cluster)
      }
    }
  }

  /// What each act on the object did to it.
  /// - Throws: `CancellationError` once `isCancelled` says so, `StoreError` where a body cannot be read.
  func changes(of key: ObjectKey, isCancelled: () -> Bool) throws -> [ActID: ActChange] {
    if isCancelled() { throw CancellationError() }
    if let known = store.changes.changes(of: key, version: version) { return known }
    let made = try store.environment.changes(self, key, isCancelled)
    store.changes.insert(made, of: key, version: version)
    return made
  }
}

extension StoreState {
  /// The rows that deleted collections.
  fileprivate func collectionDeletions(of rows: Bitset, in place: Int) throws -> [Int] {
    guard !rows.isEmpty else { return [] }
    let verbs = try segments[place].text(.verb)
    var found: [Int] = []
    rows.forEach { if verbs[$0] == "deletecollection" { found.append($0) } }
    return found
  }

  /// The rows by the objects that they are about; rows without a named object are left out.
  func objects(of rows: Bitset, in place: Int) throws -> [ObjectKey: [Int]] {
    guard !rows.isEmpty else { return [:] }
    let segment = segments[place]
    let columns = try [StoredColumn.apiGroup, .resource, .namespace, .name, .cluster].map { try segment.text($0).codes }
    var byCodes: [[Int64]: [Int]] = [:]
    rows.forEach { row in
      let codes = columns.map { $0.integer(row) }
      if codes[1] > 0, codes[3] > 0 { byCodes[codes, default: []].append(row) }
    }
    var objects: [ObjectKey: [Int]] = [:]
    for rows in byCodes.values {
      guard let key = try segment.object(rows[0])?.key(in: segment.text(.cluster)[rows[0]]) else { continue }
      objects[key, default: []] += rows
    }
    return objects
  }
}

/// What the acts on objects did, of one version of the store: an act that is added may change what others did.
final class ChangeCache: Sendable {
  private struct State {
    var version = 0
    var changes: [ObjectKey: [ActID: ActChange]] = [:]
    /// How many texts they hold.
    var size = 0
  }
  private let state = Mutex(State())
  private static let largest = 1_000_000

  func changes(of key: ObjectKey, version: Int) -> [ActID: ActChange]? {
    state.withLock { $0.version == version ? $0.changes[key] : nil }
  }

  func insert(_ changes: [ActID: ActChange], of key: ObjectKey, version: Int) {
    let size = changes.values.reduce(1) { $0 + $1.size }
    state.withLock { state in
      if state.version < version { state = State(version: version) }
      guard state.version == version, state.size + size <= Self.largest else { return }
      if state.changes.updateValue(changes, forKey: key) == nil { state.size += size }
    }
  }
}
