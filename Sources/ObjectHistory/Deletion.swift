import AuditModel

// How a deletion is read: whether it ended the object, only began to, or leaves that to what follows.

extension Step {
  /// A delete, by its answer: the object where it stays for now, a `Status` with the uid of one that is gone.
  mutating func readDeletion(_ stored: StoredObject?) {
    guard let stored, stored.isHeld else {
      // The version in an answer to a deletion that ends the object is not one that anybody could have read.
      resourceVersion = nil
      let isTold = stored != nil || statusUID != nil
      return readEnd(isTold ? .full : bodyFidelity, isSure: isTold)
    }
    effect = .write(.terminating, body(stored))
  }

  /// An accepted eviction, whose answer says nothing about the pod.
  mutating func readEviction() { readEnd(bodyFidelity, isSure: false) }

  /// One of the objects that the answer to a deletecollection lists: as they were before it.
  mutating func readCollected(_ item: StoredObject, of key: ObjectKey) {
    uid = item.uid
    answer = item
    if item.object.hasFinalizers {
      effect = .write(.terminating, .absent(.full))
    } else {
      // A pod has time to end in good order.
      readEnd(.full, isSure: !key.isPod && deletionFinalizer == nil)
    }
  }

  private mutating func readEnd(_ fidelity: Fidelity, isSure: Bool) {
    isSureEnd = isSure && act.code != 202
    let onlyBegins = act.code == 202 || !isSure && (deletionFinalizer != nil || isAboutNamespace)
    effect = onlyBegins ? .write(.terminating, .absent(fidelity)) : .end(fidelity)
  }

  /// The finalizer that the server puts on what it deletes, for the garbage collector to see to its dependents first; nil
  /// where the request does not ask for that, or was not logged.
  var deletionFinalizer: String? {
    let options = deletionOptions
    switch options?["propagationPolicy"]?.string ?? detail.queryValue("propagationPolicy") {
    case "Foreground": return "foregroundDeletion"
    case "Orphan": return "orphan"
    case nil:
      let orphans = options?["orphanDependents"] == .bool(true) || detail.queryValue("orphanDependents") == "true"
      return orphans ? "orphan" : nil
    default: return nil
    }
  }

  /// Seconds that a deletion gives a pod to end in good order; nil where the request names none, or was not logged.
  var gracePeriod: Int64? {
    deletionOptions?["gracePeriodSeconds"]?.integer ?? detail.queryValue("gracePeriodSeconds").flatMap { Int64($0) }
  }

  private var deletionOptions: JSONValue? {
    act.object?.subresource == "eviction" ? detail.request?["deleteOptions"] : detail.request
  }

  /// A namespace stays until all that is in it is gone.
  var isAboutNamespace: Bool { act.object?.group == "" && act.object?.resource == "namespaces" }

  /// Whether it takes finalizers of a namespace away, which ends it: the API server has a subresource for that.
  var isFinalization: Bool { isAboutNamespace && act.object?.subresource == "finalize" }

  /// Whether the act shows that the object was there when a deletion before it had ended.
  ///
  /// Requests run at the same time: only one that began after the deletion had its answer tells. Reads may be answered
  /// from a cache; one that shows a deletionTimestamp tells that the deletion did not end the object at once.
  func isProofOfLife(after deletion: Step) -> Bool {
    switch effect {
    case .write(.create, _), .collection: return false
    case .write, .part, .end: break
    case .none where isSighting: return answer?.isDeleted ?? false
    case .none: guard act.outcome == .noop else { return false }
    }
    return act.time >= deletion.end
  }
}

extension ObjectKey {
  var isPod: Bool { group.isEmpty && resource == "pods" }
}
