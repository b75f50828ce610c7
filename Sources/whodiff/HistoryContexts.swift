import AuditModel
import Dispatch
import EventQueries
import EventStorage
import ObjectHistory
import Synchronization
import TimelineUI

extension StoreEnvironment {
  /// The same, with the histories that filters on changes ask for.
  func tellingChanges() -> StoreEnvironment {
    var environment = self
    environment.changes = { snapshot, object, isCancelled in
      try snapshot.changeLog(of: object, tellsActChanges: true, isCancelled: isCancelled).actChanges
    }
    environment.outcomes = { snapshot, object, isCancelled in
      try snapshot.outcomes(of: object, isCancelled: isCancelled)
    }
    return environment
  }
}

extension StoreSnapshot {
  /// The change log of an object, from all acts on it.
  /// - Throws: `CancellationError` once `isCancelled` says so, `StoreError` where a body cannot be read.
  func changeLog(of object: ObjectKey, tellsActChanges: Bool = false, isCancelled: () -> Bool) throws -> ChangeLog {
    let keys = lineage(of: object)
    let ids = historyActs(about: keys)
    // A history needs the bodies alone; the records of thousands of acts would only fill memory.
    let acts = try evidence(of: ids, keepsRecords: false, isCancelled: isCancelled).map { try $0.get() }
    let history = History.of(keys[0], acts: acts, context: historyContext(of: keys, acts: acts))
    // What a history leaves of thousands of bodies takes its time to be freed: nobody need wait for that.
    DispatchQueue.global(qos: .utility).async { withExtendedLifetime(acts) {} }
    return ChangeLog(history, tellsActChanges: tellsActChanges)
  }

  /// What came of the acts on an object, by its history.
  /// - Throws: `CancellationError` once `isCancelled` says so.
  func outcomes(of object: ObjectKey, isCancelled: () -> Bool) throws -> [ActID: Outcome] {
    let keys = lineage(of: object)
    let ids = historyActs(about: keys)
    let read = try evidence(of: ids, keepsRecords: false, isCancelled: isCancelled)
    let acts = zip(ids, read).map { id, result in
      (try? result.get()) ?? ActDetail(act: act(id), requestURI: "", request: nil, response: nil)
    }
    let context = HistoryContext(versionsBefore: versionsBefore(acts), aliases: Array(keys.dropFirst()))
    return History.outcomes(of: keys[0], acts: acts, context: context)
  }

  /// What the history of one object needs to know of the acts on others.
  /// - Parameters:
  ///   - keys: of its lineage; at least one.
  ///   - acts: those on it.
  ///   - known: answers that are known: for many objects they are asked once.
  func historyContext(
    of keys: [ObjectKey], acts: [ActDetail], known: KnownContexts = KnownContexts()
  ) -> HistoryContext {
    HistoryContext(
      showsCalicoAPI: keys.contains { $0.group == CalicoAccounts.storageGroup }
        && known.showsCalicoAPI(in: keys[0].cluster, showsCalicoAPI),
      namespaceDeletions: known.namespaceDeletions(of: keys[0], namespaceDeletions),
      reusedAuditIDs: auditIDs(of: acts.indices.map { acts[$0].act.id }, alsoOutside: keys),
      hasClockSteps: hasClockSteps, versionsBefore: versionsBefore(acts), aliases: Array(keys.dropFirst()))
  }

  /// Whether anybody wrote through Calico's own API.
  /// - Parameter cluster: nil for what names none.
  func showsCalicoAPI(in cluster: String?) -> Bool {
    let place = cluster.map { "cluster=" + FilterField.quoted($0) } ?? "-cluster:*"
    guard let filter = try? Filter(parsing: "api:projectcalico.org verb:create,update,patch,delete " + place) else {
      return false
    }
    let request = PageRequest(query: EventQuery(filter: filter, level: .everything), count: 1)
    return ((try? page(request))?.total ?? 0) > 0
  }

  private func namespaceDeletions(of object: ObjectKey) -> [Timestamp] {
    guard let namespace = object.namespace else { return [] }
    let key = ObjectKey(
      group: "", resource: "namespaces", namespace: nil, name: namespace, cluster: object.cluster)
    return acts(about: key).compactMap { id in
      let act = act(id)
      return act.verb == "delete" && act.outcome == .changed ? act.time : nil
    }
  }
}

/// What the histories of many objects have in common, found out when the first of them asks.
final class KnownContexts: Sendable {
  private struct Place: Hashable {
    var cluster: String?
    var namespace: String
  }
  private struct State {
    /// By cluster.
    var showsCalicoAPI: [String?: Bool] = [:]
    var namespaceDeletions: [Place: [Timestamp]] = [:]
  }
  private let state = Mutex(State())

  func showsCalicoAPI(in cluster: String?, _ find: (String?) -> Bool) -> Bool {
    if let known = state.withLock({ $0.showsCalicoAPI[cluster] }) { return known }
    let found = find(cluster)
    state.withLock { $0.showsCalicoAPI[cluster] = found }
    return found
  }

  func namespaceDeletions(of object: ObjectKey, _ find: (ObjectKey) -> [Timestamp]) -> [Timestamp] {
    guard let namespace = object.namespace else { return [] }
    let place = Place(cluster: object.cluster, namespace: namespace)
    if let known = state.withLock({ $0.namespaceDeletions[place] }) { return known }
    let found = find(object)
    state.withLock { $0.namespaceDeletions[place] = found }
    return found
  }
}
