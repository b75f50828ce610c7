import AuditModel

/// Which maps and lists of a kind server-side apply takes whole, and which by their items.
///
/// Source: `mapType`, `structType` and `listType` of the types in k8s.io/api, and of Calico's definitions.
struct FieldLayout {
  /// Lists whose items belong to managers one by one.
  let setLists: [[String]]
  private let atomic: Set<String>

  init(_ key: ObjectKey) {
    let isSet = CalicoAccounts.groups.contains(key.group) && key.resource.hasSuffix("networksets")
    setLists = isSet ? [["spec", "nets"], ["spec", "allowedEgressDomains"]] : []
    atomic = PatchKind.isBuiltIn(key) ? FieldLayout.selectors.union(FieldLayout.builtIn) : FieldLayout.selectors
  }

  /// Whether a map is replaced whole, as label selectors are.
  func isAtomic(_ path: [String]) -> Bool { path.last.map(atomic.contains) ?? false }

  private static let selectors: Set<String> = [
    "labelSelector", "namespaceSelector", "namespaces", "podSelector", "roleRef",
  ]
  /// Names that types of others may give to maps which belong to managers key by key.
  private static let builtIn: Set<String> = ["nodeSelector", "scopeSelector", "selector"]
}
