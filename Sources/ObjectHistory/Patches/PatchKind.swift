import AuditModel

/// What sort of patch a request body is. The content type is nowhere in an audit event, so the body has to tell.
enum PatchKind {
  case json
  case merge
  /// A strategic merge patch whose meaning needs the types' merge keys.
  case strategic
  /// A server-side apply: the body is what one manager wants to own, not the whole object (`Step.isApply`).
  case apply
  /// A merge patch or a strategic one: the body alone does not tell, and lists would merge in one and not in the other.
  case mergeOrStrategic

  /// Nil for a body that is no patch at all.
  /// - Parameter isApply: whether one that names its object is an apply.
  init?(_ body: JSONValue, object key: ObjectKey, isApply: () -> Bool) {
    switch body {
    case .array: self = .json
    case .object(let members):
      if members["apiVersion"] != nil, members["kind"] != nil, isApply() {
        self = .apply
      } else if PatchKind.hasDirective(body) {
        self = .strategic
      } else if PatchKind.isBuiltIn(key), PatchKind.hasList(body) {
        self = .mergeOrStrategic
      } else {
        self = .merge
      }
    default: return nil
    }
  }

  /// `$patch`, `$setElementOrder/...`, `$retainKeys`, `$deleteFromPrimitiveList/...` at any depth.
  private static func hasDirective(_ value: JSONValue) -> Bool {
    switch value {
    case .object(let members):
      members.list.contains {
        $0.key.hasPrefix("$patch") || $0.key.hasPrefix("$setElementOrder/") || $0.key.hasPrefix("$retainKeys")
          || $0.key.hasPrefix("$deleteFromPrimitiveList/") || hasDirective($0.value)
      }
    case .array(let items): items.contains { hasDirective($0) }
    default: false
    }
  }

  /// Whether the API server knows a Go type of the object, so that a strategic merge patch is possible. For all other
  /// kinds it answers 415.
  static func isBuiltIn(_ key: ObjectKey) -> Bool { builtInGroups.contains(key.group) }

  private static func hasList(_ value: JSONValue) -> Bool {
    switch value {
    case .array: true
    case .object(let members): members.list.contains { hasList($0.value) }
    default: false
    }
  }

  private static let builtInGroups: Set<String> = [
    "", "admissionregistration.k8s.io", "apiextensions.k8s.io", "apiregistration.k8s.io", "apps",
    "authentication.k8s.io",
    "authorization.k8s.io", "autoscaling", "batch", "certificates.k8s.io", "coordination.k8s.io", "discovery.k8s.io",
    "events.k8s.io", "extensions", "flowcontrol.apiserver.k8s.io", "internal.apiserver.k8s.io", "networking.k8s.io",
    "node.k8s.io", "policy", "rbac.authorization.k8s.io", "resource.k8s.io", "scheduling.k8s.io", "storage.k8s.io",
    "storagemigration.k8s.io",
  ]
}

extension Step {
  /// Whether kubectl sent a patch that is strategic wherever the type allows that; `kubectl patch` may send any.
  var isStrategicOfKubectl: Bool {
    ["kubectl-client-side-apply", "kubectl-edit", "kubectl-rollout", "kubectl-set"].contains(fieldManager)
  }
}

extension JSONValue {
  /// Whether the value is a patch of nothing but who owns which field: what kubectl sends before it applies on the
  /// server's side for the first time. It may name the version that it is meant for.
  var movesOnlyOwners: Bool {
    if let body = members {
      guard let metadata = body["metadata"]?.members, metadata["managedFields"] != nil else { return false }
      return body.list.allSatisfy { $0.key == "metadata" }
        && metadata.list.allSatisfy { $0.key == "managedFields" || $0.key == "resourceVersion" }
    }
    let operations = array ?? []
    return operations.contains { JSONValue.isOfOwners($0["path"]) }
      && operations.allSatisfy { operation in
        (JSONValue.isOfOwners(operation["path"]) || operation["path"]?.string == "/metadata/resourceVersion")
          && (operation["from"] == nil || JSONValue.isOfOwners(operation["from"]))
      }
  }

  private static func isOfOwners(_ pointer: JSONValue?) -> Bool {
    guard let text = pointer?.string else { return false }
    return text == "/metadata/managedFields" || text.hasPrefix("/metadata/managedFields/")
  }
}
