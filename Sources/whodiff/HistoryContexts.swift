import AuditModel
import EventQueries
import EventStorage
import ObjectHistory
import TimelineUI

extension StoreEnvironment {
  /// The same, with the histories that filters on changes ask for.
  func tellingChanges() -> StoreEnvironment {
    var environment = self
    environment.changes = { snapshot, object, isCancelled in
      try snapshot.changeLog(of: object, tellsActChanges: true, isCancelled: isCancelled).actChanges
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
    let acts = try ids.map { id in
      if isCancelled() { throw CancellationError() }
      var detail = try detail(id)
      // A history needs the bodies alone; the records of thousands of acts would only fill memory.
      detail.records = []
      return detail
    }
    return ChangeLog(
      History.of(keys[0], acts: acts, context: historyContext(of: keys, acts: ids)), tellsActChanges: tellsActChanges)
  }

  /// What the history of one object needs to know of the acts on others.
  /// - Parameters:
  ///   - keys: of its lineage; at least one.
  ///   - acts: those on it.
  ///   - showsCalicoAPI: the answer, where it is known: for many objects it is asked once.
  func historyContext(of keys: [ObjectKey], acts: [ActID], showsCalicoAPI known: Bool? = nil) -> HistoryContext {
    HistoryContext(
      showsCalicoAPI: keys.contains { $0.group == CalicoAccounts.storageGroup }
        && (known ?? showsCalicoAPI(in: keys[0].cluster)),
      namespaceDeletions: namespaceDeletions(of: keys[0]),
      reusedAuditIDs: auditIDs(of: acts, alsoOutside: keys), hasClockSteps: hasClockSteps,
      aliases: Array(keys.dropFirst()))
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

  func namespaceDeletions(of object: ObjectKey) -> [Timestamp] {
    guard let namespace = object.namespace else { return [] }
    let key = ObjectKey(
      group: "", resource: "namespaces", namespace: nil, name: namespace, cluster: object.cluster)
    return acts(about: key).compactMap { id in
      let act = act(id)
      return act.verb == "delete" && act.outcome == .changed ? act.time : nil
    }
  }
}
