import AuditModel
import EventQueries
import EventStorage
import ObjectHistory

extension StoreSnapshot {
  /// What the history of one object needs to know of the acts on others.
  func historyContext(of object: ObjectKey) -> HistoryContext {
    HistoryContext(
      showsCalicoAPI: object.group == "crd.projectcalico.org" && showsCalicoAPI,
      namespaceDeletions: namespaceDeletions(of: object))
  }

  /// Whether anybody wrote through Calico's own API.
  private var showsCalicoAPI: Bool {
    guard let filter = try? Filter(parsing: "api:projectcalico.org verb:create,update,patch,delete") else {
      return false
    }
    let request = PageRequest(query: EventQuery(filter: filter, level: .everything), count: 1)
    return ((try? page(request))?.total ?? 0) > 0
  }

  private func namespaceDeletions(of object: ObjectKey) -> [Timestamp] {
    guard let namespace = object.namespace else { return [] }
    return acts(about: ObjectKey(group: "", resource: "namespaces", namespace: nil, name: namespace)).compactMap { id in
      let act = act(id)
      return act.verb == "delete" && act.outcome == .changed ? act.time : nil
    }
  }
}
