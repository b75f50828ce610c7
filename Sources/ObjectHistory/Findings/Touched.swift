import AuditModel

/// What one act may itself have altered, so that all else in its answer must have been so before.
struct Touched {
  /// Nil where the request holds the whole object, is not known, or was altered on its way.
  var extent: FieldExtent?
  /// Whether the act made a version of its own.
  var isWrite: Bool
  /// Whether fields may be gone that the request does not name: an apply gives up what it names no more.
  var takesAway = false

  init(_ step: Step, _ key: ObjectKey) {
    isWrite = step.isEffective
    if step.wasMutated { return }
    switch step.effect {
    case .none: extent = FieldExtent()
    case .part:
      extent = step.act.object?.subresource == "status" ? Touched.allButSpec : nil
    case .end where step.act.verb != "patch" && step.act.verb != "update": extent = Touched.ofDeletion
    case .write(.terminating, _): extent = Touched.ofDeletion
    case .write, .end:
      guard step.act.verb == "patch", let patch = step.detail.request else { return }
      extent = FieldExtent(ofPatch: patch, on: key)
      takesAway = step.isApply
      // What it gives up may be filled in anew.
      if takesAway { for name in Touched.filledIn { extent?.add(["spec", name]) } }
    case .collection: break
    }
  }

  /// Paths of the fields that differ between what was there before and what the act left, although it did not touch them;
  /// nil where it may have touched any.
  /// - Parameter upkeep: is not compared either.
  func untouched(from old: JSONValue, to new: JSONValue, besides upkeep: FieldExtent) -> [String]? {
    guard let extent else { return nil }
    var ignored = extent.union(upkeep)
    // Every write to the spec counts the generation up; where it did not, the server only shows the spec otherwise.
    if let before = old.generation, let after = new.generation, before == after { ignored.add(["spec"]) }
    return FieldDifferences(from: old, to: new, ignoring: ignored, countsRemovals: !takesAway).paths
  }

  private static let filledIn = ["defaultAction", "policyTypes", "stagedAction", "tier", "types"]
  private static let ofDeletion = FieldExtent([["metadata", "finalizers"], ["spec", "finalizers"]])
  private static let allButSpec = FieldExtent([["metadata"], ["status"]])
}

extension Step {
  /// The version that the client had before it, where the server has checked that it was the last one.
  var baseVersion: String? {
    let request = detail.request
    let sent: String?
    switch act.verb {
    case "update":
      sent = request?["metadata", "resourceVersion"]?.string ?? act.object?.resourceVersion
    case "patch":
      sent =
        request?["metadata", "resourceVersion"]?.string
        ?? request?.array?.lazy.compactMap { operation in
          operation["op"]?.string == "test" && operation["path"]?.string == "/metadata/resourceVersion"
            ? operation["value"]?.string : nil
        }.first
    case "delete": sent = request?["preconditions", "resourceVersion"]?.string
    default: sent = nil
    }
    guard var text = sent else { return nil }
    if text.hasSuffix("/") { text.removeLast() }
    return text.isEmpty || text == "0" ? nil : text
  }

  /// Entries of managedFields that a JSON patch sets by hand, as kubectl does when it moves to server-side apply; nil
  /// where what it makes of those of the object before cannot be told.
  func patchedManagers(of before: JSONValue) -> [FieldManager]? {
    let fields = "/metadata/managedFields"
    let operations = (detail.request?.array ?? []).filter { operation in
      ["path", "from"].contains { operation[$0]?.string.map { $0 == fields || $0.hasPrefix(fields + "/") } ?? false }
    }
    guard !operations.isEmpty else { return [] }
    // Where nobody owned anything there may be no list to replace.
    let known =
      before["metadata", "managedFields"] == nil
      ? before.setting(["metadata", "managedFields"], to: .array([])) : before
    let patched = try? JSONPatch.apply(.array(operations), to: known, trustsTests: true)
    return patched.map(FieldManager.all)
  }

  /// Whether a webhook altered the request on its way.
  var wasMutated: Bool {
    detail.annotations.contains { name, value in
      name.hasPrefix("patch.webhook.admission.k8s.io/")
        || (name.hasPrefix("mutation.webhook.admission.k8s.io/") && !value.contains("\"mutated\":false"))
    }
  }

  /// Whether the act made the object.
  var isCreation: Bool { if case .write(.create, _) = effect { true } else { false } }
}

extension JSONValue {
  var generation: Int64? { self["metadata", "generation"]?.integer }
}
