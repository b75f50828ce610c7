import AuditModel

/// How lists of built-in types are merged, by the name of the field: the `patchStrategy` and `patchMergeKey` of their Go
/// types, for the kinds that a change log is about.
struct MergeKeys {
  enum Strategy: Equatable {
    /// The new list takes the old one's place.
    case replace
    /// Items with the same value of this field are one item.
    case byKey(String)
    /// A set of plain values.
    case union
  }
  private let key: ObjectKey

  init(_ key: ObjectKey) { self.key = key }

  /// The strategy for the list at a path, item indices left out.
  func strategy(at path: [String]) -> Strategy {
    guard let field = path.last else { return .replace }
    if path.count == 2, path[0] == "metadata" {
      switch field {
      case "finalizers": return .union
      case "ownerReferences": return .byKey("uid")
      default: return .replace
      }
    }
    if path == ["status", "conditions"] { return .byKey("type") }
    switch (key.group, key.resource) {
    case ("", "services"): return path == ["spec", "ports"] ? .byKey("port") : .replace
    // Unlike a pod's, its imagePullSecrets are replaced.
    case ("", "serviceaccounts"): return path == ["secrets"] ? .byKey("name") : .replace
    case ("", "nodes") where path == ["spec", "podCIDRs"]: return .union
    case ("admissionregistration.k8s.io", _):
      return field == "webhooks" || field == "matchConditions" ? .byKey("name") : .replace
    case ("", "pods"), ("", "podtemplates"), ("", "replicationcontrollers"), ("apps", _), ("batch", _):
      return MergeKeys.podLists[field].map { .byKey($0) } ?? .replace
    default: return .replace
    }
  }

  /// Whether an apply may merge the list item by item: as a rule where a strategic merge patch does. Lists of policies
  /// are taken whole; of other kinds nobody knows.
  func mayMergeApplied(at path: [String]) -> Bool {
    if FieldLayout(key).setLists.contains(path) { return false }
    if PatchKind.isBuiltIn(key) { return strategy(at: path) != .replace }
    if path.first == "metadata" { return true }
    return key.kind.role == .other
  }

  /// The lists of a pod's spec; names that are none of these are replaced.
  private static let podLists: [String: String] = [
    "containers": "name", "env": "name", "ephemeralContainers": "name", "hostAliases": "ip", "imagePullSecrets": "name",
    "initContainers": "name", "ports": "containerPort", "resourceClaims": "name", "schedulingGates": "name",
    "topologySpreadConstraints": "topologyKey", "volumeDevices": "devicePath", "volumeMounts": "mountPath",
    "volumes": "name",
  ]
}
