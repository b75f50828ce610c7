import AuditModel

/// What the first act on an object tells of the time before it, where that act did not make it.
///
/// The content is known where the act left it alone: a no-op, a write to its status, a deletion. Else it is what was
/// applied last, as kubectl notes it in an annotation, unless the act touched that.
struct InitialState {
  var time: Timestamp
  var uid: String?
  var fidelity: Fidelity
  var manifest: JSONValue?
  var generation: Int64?
  var resourceVersion: String?
  /// Where that comes from, for people: `creationTimestamp 2026-11-20T16:04:02Z`.
  var sources: [String]

  /// Nil where the first act made the object, or tells nothing.
  init?(before steps: [Step], of key: ObjectKey) {
    guard let first = steps.first(where: { $0.isEffective || $0.answer != nil }), !first.isCreation, !first.isCollection
    else { return nil }
    let isFull = first.answer.map { !$0.isPartial } ?? false
    // What a client sends back in an update, it was given before.
    let sent = first.act.verb == "update" && first.isEffective ? first.detail.request : nil
    guard let document = first.answer?.object ?? sent else { return nil }

    sources = []
    var times: [Timestamp] = []
    if let text = document["metadata", "creationTimestamp"]?.string, let created = Timestamp(rfc3339: text) {
      times.append(created)
      sources.append("creationTimestamp \(text)")
    }
    let start = first.act.time.adding(seconds: -1)
    for entry in FieldManager.all(of: document) where entry.time < start && !entry.isMadeUp {
      times.append(entry.time)
      sources.append("managedFields: \(entry.operation) by \(entry.manager) at \(entry.time.inSeconds)")
    }
    if isFull, InitialState.leavesContent(first) {
      // A deletion of a collection answers with what it found. One of an object answers with what it left, under a
      // version of its own.
      let isAsStored =
        !first.isEffective
        || first.act.verb == "deletecollection" && document["metadata", "deletionTimestamp"] == nil
      manifest = isAsStored ? document : document.withoutMetadata(ServerFields.ofWrites + ServerFields.ofDeletions)
      fidelity = isAsStored ? .full : .rebuilt
      resourceVersion = isAsStored ? first.answer?.resourceVersion : nil
      generation = isAsStored ? document.generation : nil
      sources.append("answer to the \(first.act.verb) of \(first.act.time.rfc3339)")
    } else if let applied = InitialState.lastApplied(document, first, key) {
      manifest = applied
      fidelity = .rebuilt
      sources.append("annotation \(InitialState.annotation)")
    } else {
      fidelity = .metadata
    }
    guard !sources.isEmpty else { return nil }
    uid = document["metadata", "uid"]?.string
    time = times.filter { $0 < first.act.time }.max() ?? times.first ?? first.act.time
  }

  /// Whether the object was before the act what it was after it, but for a deletionTimestamp and finalizers.
  private static func leavesContent(_ step: Step) -> Bool {
    switch step.effect {
    case .none: true
    case .part: step.act.object?.subresource == "status"
    case .end, .write(.terminating, _): step.act.verb.hasPrefix("delete")
    default: false
    }
  }

  static let annotation = "kubectl.kubernetes.io/last-applied-configuration"

  /// What was applied last, with what makes it this object; nil where the act itself may have set the annotation.
  private static func lastApplied(_ document: JSONValue, _ step: Step, _ key: ObjectKey) -> JSONValue? {
    guard let text = document["metadata", "annotations", annotation]?.string, step.act.verb == "patch",
      let extent = Touched(step, key).extent, extent["metadata"]?["annotations"]?[annotation] == nil,
      !step.isApply, isLastWrite(document, step),
      var applied = try? JSONValue(parsing: text), applied.members != nil
    else { return nil }
    for name in ["name", "namespace", "uid", "creationTimestamp"] {
      if let value = document["metadata", name] { applied = applied.setting(["metadata", name], to: value) }
    }
    return Defaulting.apply(to: applied, of: key)
  }

  /// Whether nobody wrote the object after that, as far as managedFields tell.
  private static func isLastWrite(_ document: JSONValue, _ step: Step) -> Bool {
    let entries = FieldManager.all(of: document).filter { $0.time < step.act.time.adding(seconds: -1) && !$0.isUpkeep }
    func isApply(_ entry: FieldManager) -> Bool {
      entry.manager == "kubectl-client-side-apply" || (entry.manager == "kubectl" && entry.operation == "Apply")
    }
    guard let applied = entries.filter(isApply).map(\.time).max() else { return entries.isEmpty }
    return entries.allSatisfy { $0.time <= applied }
  }
}
