import AuditModel

// The ends of lives: what a deletion came to is often told by what follows it.

extension Replay {
  /// Whether a deletion has begun.
  private var isTerminating: Bool { manifest?.isDeleted ?? hasBegunToEnd }

  /// A deletion that ended the object, unless it was held or something shows that it was still there afterwards.
  mutating func end(_ step: Step, _ fidelity: Fidelity, before later: ArraySlice<Step>) {
    enterLife(step)
    if !step.isSureEnd, manifest?.hasFinalizers == true || isStillThere(after: step, later) {
      return terminate(step, fidelity)
    }
    appendEnd(step, fidelity)
  }

  /// A deletion that only began, or found that another one had.
  mutating func terminate(_ step: Step, _ fidelity: Fidelity, isInferred: Bool = false) {
    enterLife(step)
    isAlive = true
    // Nobody knows the content of what a deletion met where neither it nor an act before it shows that.
    let unknown = fidelity == .truncated ? fidelity : .metadata
    let met = step.answer.flatMap { $0.isPartial ? nil : $0.object } ?? manifest
    if isTerminating, !leavesLessTime(step, to: met) {
      // One that met a whole collection did something to others.
      guard met != nil, step.act.level != .metadata, step.act.verb == "delete" else {
        return append(
          step, operation: .terminating, fidelity: unknown, manifest: nil, isVersion: false, isInferred: isInferred)
      }
      var step = step
      step.detail.act.outcome = .noop
      return append(step, operation: nil, fidelity: nil, manifest: nil, isVersion: false)
    }
    hasBegunToEnd = true
    manifest = met.map { deleted(withKind($0), by: step) }
    append(
      step, operation: .terminating, fidelity: met == nil ? unknown : .rebuilt, manifest: manifest, isVersion: true,
      isInferred: isInferred)
  }

  /// Whether a deletion gives a pod that is on its way less time to end in good order.
  private func leavesLessTime(_ step: Step, to pod: JSONValue?) -> Bool {
    guard key.isPod, let asked = step.gracePeriod else { return false }
    return asked < pod?["metadata", "deletionGracePeriodSeconds"]?.integer ?? .max
  }

  /// Items of lists lack their kind, which the object has where it was seen before.
  private func withKind(_ object: JSONValue) -> JSONValue {
    guard let members = object.members, members["kind"] == nil, let known = manifest?.members else { return object }
    let head = ["apiVersion", "kind"].compactMap { key in known[key].map { JSONMembers.Member(key: key, value: $0) } }
    return .object(JSONMembers(head + members.list.filter { $0.key != "apiVersion" && $0.key != "kind" }))
  }

  /// The object as a deletion leaves it that finalizers or its time to end in good order hold up.
  private mutating func deleted(_ object: JSONValue, by step: Step) -> JSONValue {
    owners = currentOwners
    noteGuessedDeletion()
    let (time, seconds) = deletionTime(object, step)
    var object = withoutVersion(object).setting(["metadata", "deletionTimestamp"], to: .string(time.inSeconds))
    if let seconds { object = object.setting(["metadata", "deletionGracePeriodSeconds"], to: .integer(seconds)) }
    if let finalizer = step.deletionFinalizer {
      let known = object["metadata", "finalizers"]?.array ?? []
      let wanted = JSONValue.string(finalizer)
      if !known.contains(wanted) { object = object.setting(["metadata", "finalizers"], to: .array(known + [wanted])) }
    }
    return object
  }

  /// What a deletion notes in the object: when it is to be gone, and how many seconds that was to take; nil for a
  /// namespace. Only pods are given any.
  private func deletionTime(_ object: JSONValue, _ step: Step) -> (time: Timestamp, seconds: Int64?) {
    guard key.isPod else { return (step.end, step.isAboutNamespace ? nil : 0) }
    func bounded(_ seconds: Int64?) -> Int64? { seconds.map { min(max(0, $0), 1 << 32) } }
    // The API server's own default.
    let asked = bounded(step.gracePeriod ?? object["spec", "terminationGracePeriodSeconds"]?.integer) ?? 30
    let known = object["metadata", "deletionTimestamp"]?.string.flatMap { Timestamp(rfc3339: $0) }
    let given = bounded(object["metadata", "deletionGracePeriodSeconds"]?.integer) ?? 0
    // A second deletion counts from the first one.
    let start = known?.adding(seconds: -Double(given)) ?? step.end
    return (start.adding(seconds: Double(asked)), asked)
  }

  /// The write to a namespace's finalizers that takes the last one, as far as its body or what follows tells.
  /// - Returns: whether it was the end.
  mutating func finalize(_ step: Step, _ body: Step.Body, before later: ArraySlice<Step>) -> Bool {
    guard step.isFinalization, isTerminating, !isStillThere(after: step, later) else { return false }
    switch body {
    case .requested(let object):
      guard !object.hasFinalizers else { return false }
      appendEnd(step, .rebuilt)
    case .absent(let fidelity): appendEnd(step, fidelity)
    case .stored, .storedMetadata, .patch: return false
    }
    return true
  }

  /// A deletecollection that did not say what it met.
  ///
  /// Where the selector asks for labels that were never logged, the row says no more than that the object was there
  /// to be met: it has no operation, and the object lives on.
  /// - Parameter next: what was done to the object next shows that it is still there: it was not met, or stays for a
  ///   while.
  mutating func inferEnd(_ step: Step, _ selector: CollectionSelector, _ fidelity: Fidelity, before next: Step?) {
    let met = selector.matches(key, manifest: manifest)
    guard isAlive, met != false else { return }
    let isHeld = manifest?.hasFinalizers == true
    let isWritten = next.map { !$0.isCreation && (uid == nil || $0.uid == nil || $0.uid == uid) } ?? false
    if isHeld || isWritten {
      if met == true, !isTerminating, isHeld || key.isPod { terminate(step, fidelity, isInferred: true) }
      return
    }
    guard met == true else {
      return append(
        step, operation: nil, fidelity: .metadata, manifest: nil, isVersion: false, isInferred: true)
    }
    appendEnd(step, fidelity, isInferred: true)
  }

  private mutating func appendEnd(_ step: Step, _ fidelity: Fidelity, isInferred: Bool = false) {
    isAlive = false
    hasBegunToEnd = false
    manifest = nil
    append(
      step, operation: .delete, fidelity: fidelity, manifest: nil, isVersion: false, isInferred: isInferred)
  }

  private func isStillThere(after step: Step, _ later: ArraySlice<Step>) -> Bool {
    for next in later {
      if next.isCreation || (uid != nil && next.uid != nil && next.uid != uid) { return false }
      if next.isProofOfLife(after: step) { return true }
    }
    return false
  }
}
