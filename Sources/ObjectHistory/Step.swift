import AuditModel

/// What one act did to one object, as far as the act alone tells.
struct Step {
  enum Effect {
    /// Made no version: refused, failed, dry run, no-op, connect, or without an end.
    case none
    /// Wrote the object. The body is what the log shows of it.
    case write(Operation, Body)
    /// Wrote a part of it through a subresource.
    case part(Body)
    /// The object is gone, or on its way: `isSureEnd` tells whether the act alone says so.
    case end(Fidelity)
    /// A `deletecollection` whose answer does not name what it met.
    case collection(CollectionSelector, Fidelity)
  }

  enum Body {
    /// The object as it was stored.
    case stored(JSONValue)
    /// Only its metadata came back, stored.
    case storedMetadata(JSONValue)
    /// The object as requested.
    case requested(JSONValue)
    case patch(JSONValue)
    case absent(Fidelity)
  }

  /// Replaced rather than altered: many steps are moved about, and an act has dozens of fields.
  private var source: Source
  var effect: Effect
  /// From an answer that was accepted, or a uid that the server has checked; nil where nobody vouches for it.
  var uid: String?
  var resourceVersion: String?
  /// When the latest stage happened.
  var end: Timestamp
  /// The object in an answer that was accepted: as the act left it, or as it found it. Nil where it was made out of
  /// what Calico stored: good enough to show, not to find what is missing.
  var answer: StoredObject?
  /// Whether bodies were made out of what Calico stored.
  var isConverted: Bool
  /// Whether the answer says that the object is gone. Else what is known of it and what follows tell.
  var isSureEnd = false
  /// The name under which the API server keeps what the act wrote.
  let fieldManager: String?
  /// What sort of patch the request is; nil where it is none, or was not logged.
  private(set) var patch: PatchKind?
  var isApply: Bool { patch == .apply }
  /// A version that the store had reached when the request arrived; nil where that is not known.
  var floor: UInt64?
  /// A read whose answer shows the object: evidence of a version, and no row of its own.
  var isSighting: Bool { act.outcome == .read }

  private final class Source: Sendable {
    let detail: ActDetail
    init(_ detail: ActDetail) { self.detail = detail }
  }

  var detail: ActDetail {
    get { source.detail }
    set { source = Source(newValue) }
  }
  var act: Act { source.detail.act }
  /// resourceVersions count up through the whole store; nil where this one is no number.
  var version: UInt64? { resourceVersion.flatMap { UInt64($0) } }

  /// Whether the act was accepted and did something to the object.
  var isEffective: Bool { if case .none = effect { false } else { true } }

  /// Nil for an act that is not about the object, and for a read that does not show it.
  init?(_ detail: ActDetail, about storage: CalicoStorage, isConverted: Bool) {
    let act = detail.act
    let key = storage.key
    self.isConverted = isConverted
    fieldManager = detail.fieldManager
    guard let reference = act.object else { return nil }
    source = Source(detail)
    end = act.took.map { act.time.adding(seconds: $0) } ?? act.time
    effect = .none
    if act.verb == "patch", let body = detail.request {
      patch = PatchKind(body, object: key) { isApply(body, of: key) }
    }
    if act.outcome == .read {
      guard !isConverted, readSighting(reference, key) else { return nil }
      return
    }
    if act.verb == "deletecollection" {
      guard readCollection(reference, storage) else { return nil }
      return
    }
    guard storage.isAbout(act.key) else { return nil }
    let stored = detail.response.flatMap { StoredObject($0, is: key, reference: reference) }
    if act.outcome == .changed || act.outcome == .subresource || act.outcome == .noop {
      uid = stored?.uid
      // An object in the storage has another uid.
      if !isConverted { uid = uid ?? statusUID ?? (act.verb == "update" ? reference.uid : nil) }
      resourceVersion = stored?.resourceVersion
      answer = isConverted ? nil : stored
    }
    switch act.outcome {
    case .subresource:
      // The last finalizer of a namespace is taken by a write to a subresource.
      if let stored, stored.isDeleted, !stored.isHeld, !stored.isPartial {
        readLastWrite()
      } else {
        effect = .part(body(stored))
      }
    case .changed: readChange(stored, reference)
    default: break
    }
  }

  private mutating func readChange(_ stored: StoredObject?, _ reference: ObjectReference) {
    let verb = act.verb
    if let subresource = reference.subresource, !subresource.isEmpty {
      // Only an eviction counts as a change among the subresources.
      if subresource == "eviction" { readEviction() } else { effect = .part(body(stored)) }
    } else if verb == "delete" {
      readDeletion(stored)
    } else if verb != "create", let stored, stored.isDeleted, !stored.isHeld {
      readLastWrite()
    } else {
      effect = .write(verb == "create" || act.code == 201 ? .create : .update, body(stored))
    }
  }

  /// The write that took the last finalizer: it answers with the version before it.
  private mutating func readLastWrite() {
    resourceVersion = nil
    effect = .end(.full)
    isSureEnd = true
  }

  /// The answer to a get, or the object among those of a list.
  private mutating func readSighting(_ reference: ObjectReference, _ key: ObjectKey) -> Bool {
    guard reference.group == key.group, reference.resource == key.resource, let response = detail.response else {
      return false
    }
    let candidates: [JSONValue]
    switch act.verb {
    case "get" where act.key == key: candidates = [response]
    case "list": candidates = response["items"]?.array ?? []
    default: return false
    }
    for candidate in candidates where candidate["metadata", "name"]?.string == key.name {
      guard let seen = StoredObject(candidate, is: key, reference: reference), let uid = seen.uid else { continue }
      self.uid = uid
      resourceVersion = seen.resourceVersion
      answer = seen
      // The bodies of lists are large, and nobody asks for them again.
      detail.response = seen.object
      return true
    }
    return false
  }

  /// A deletecollection: of the objects in its answer, or of whatever it must have met.
  private mutating func readCollection(_ reference: ObjectReference, _ storage: CalicoStorage) -> Bool {
    let (key, keys) = (storage.key, storage.keys(in: reference))
    guard !keys.isEmpty, reference.subresource ?? "" == "" else { return false }
    isConverted = !keys.contains(key)
    let isChange = act.outcome == .changed
    if let answer = detail.response?.members,
      answer["items"] != nil || answer["kind"]?.string?.hasSuffix("List") == true
    {
      guard
        let item = (answer["items"]?.array ?? []).lazy.compactMap({ item in
          keys.lazy.compactMap { StoredObject(item, is: $0, reference: reference) }.first
        }).first
      else { return false }
      if isChange { readCollected(isConverted ? item.inPublicForm(storage) : item, of: key) }
      if isConverted { self.answer = nil }
      return true
    }
    guard isChange, (reference.namespace ?? "") == (key.namespace ?? "") else { return false }
    effect = .collection(
      CollectionSelector(requestURI: detail.requestURI), act.level == .metadata ? .metadata : .rebuilt)
    return true
  }

  /// What is left to know where the answer does not show the object.
  var bodyFidelity: Fidelity {
    if act.truncated { return .truncated }
    return act.level == .metadata ? .metadata : .rebuilt
  }

  /// `details.uid` of the `Status` that answers a deletion.
  var statusUID: String? {
    guard act.verb == "delete", detail.response?["kind"]?.string == "Status" else { return nil }
    return detail.response?["details", "uid"]?.string
  }

  func body(_ stored: StoredObject?) -> Body {
    if let stored { return stored.isPartial ? .storedMetadata(stored.object) : .stored(stored.object) }
    if act.truncated { return .absent(.truncated) }
    guard let request = detail.request, !request.isNull else { return .absent(.metadata) }
    return act.verb == "patch" ? .patch(request) : .requested(request)
  }
}

/// An answer that is the object itself, as the server stored it.
struct StoredObject {
  /// With `apiVersion` and `kind`, which the items of a list lack.
  var object: JSONValue
  /// Only the metadata: what the garbage collector asks for.
  var isPartial: Bool
  /// The entries of its `metadata.managedFields`.
  let managers: [FieldManager]

  /// Nil for any other answer: a `Status`, a `Scale`, another object.
  init?(_ value: JSONValue, is key: ObjectKey, reference: ObjectReference) {
    guard let members = value.members, let metadata = members["metadata"], metadata["name"]?.string == key.name else {
      return nil
    }
    let namespace = metadata["namespace"]?.string
    guard namespace == nil || namespace == key.namespace || key.namespace == nil else { return nil }
    let known = key.kind
    let kind = members["kind"]?.string
    isPartial = kind == "PartialObjectMetadata"
    managers = FieldManager.all(of: value)
    if let kind, !isPartial {
      guard !StoredObject.otherKinds.contains(kind), known.kind == known.resource || known.kind == kind else {
        return nil
      }
    }
    object = value
    // A kind that is in no table has its resource for a name: better none than a made-up one.
    if kind == nil, known.kind != known.resource {
      let version = reference.version
      object = .object(
        JSONMembers(
          [
            .init(key: "apiVersion", value: .string(key.group.isEmpty ? version : key.group + "/" + version)),
            .init(key: "kind", value: .string(known.kind)),
          ] + members.list.filter { $0.key != "apiVersion" && $0.key != "kind" }))
    }
  }

  /// Kinds that subresources answer with and that carry the object's own name.
  private static let otherKinds: Set<String> = [
    "Binding", "DeleteOptions", "Eviction", "Scale", "Status", "TokenRequest",
  ]

  /// What Calico stored, as its public API has it.
  func inPublicForm(_ storage: CalicoStorage) -> StoredObject {
    var converted = self
    converted.object = storage.publicForm(object)
    return converted
  }

  var uid: String? { object["metadata", "uid"]?.string }
  var resourceVersion: String? {
    guard var text = object["metadata", "resourceVersion"]?.string else { return nil }
    // Old Calico versions end it in a slash.
    if text.hasSuffix("/") { text.removeLast() }
    return text.isEmpty ? nil : text
  }
  var isDeleted: Bool { object.isDeleted }
  var isHeld: Bool { object.isHeld }
}

extension JSONValue {
  var isDeleted: Bool { self["metadata", "deletionTimestamp"]?.string != nil }

  /// Whether the object stays for now although it was deleted: finalizers, or a pod's time to end in good order.
  var isHeld: Bool {
    isDeleted && (hasFinalizers || (self["metadata", "deletionGracePeriodSeconds"]?.integer ?? 0) > 0)
  }

  /// A namespace keeps its finalizers in `spec`.
  var hasFinalizers: Bool {
    self["metadata", "finalizers"]?.array?.isEmpty == false || self["spec", "finalizers"]?.array?.isEmpty == false
  }
}
