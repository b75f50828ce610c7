import AuditModel

/// What the API server fills in where a request leaves it out, for policies, namespaces, bindings and what has ports.
///
/// Sources: the API reference of `networking.k8s.io/v1`, `policy.networking.k8s.io` and Calico's `projectcalico.org/v3`.
enum Defaulting {
  static func apply(to object: JSONValue, of key: ObjectKey) -> JSONValue {
    guard object.members != nil else { return object }
    let object = withoutEmptyMetadata(object)
    switch (key.group, key.resource) {
    case ("", "namespaces"): return namespace(object)
    case ("", "endpoints"):
      return mapping(object, ["subsets"]) { mapping($0, ["ports"]) { missing($0, "protocol", .string("TCP")) } }
    case ("", "services"): return mapping(object, ["spec", "ports"]) { missing($0, "protocol", .string("TCP")) }
    case ("rbac.authorization.k8s.io", "rolebindings"), ("rbac.authorization.k8s.io", "clusterrolebindings"):
      return binding(object)
    case ("networking.k8s.io", "networkpolicies"), ("extensions", "networkpolicies"):
      return withoutEmptyLists(networkPolicy(object))
    case (CalicoAccounts.publicGroup, "stagedkubernetesnetworkpolicies"): return networkPolicy(object)
    case ("policy.networking.k8s.io", "adminnetworkpolicies"),
      ("policy.networking.k8s.io", "baselineadminnetworkpolicies"):
      return adminPolicy(object)
    case (CalicoAccounts.publicGroup, _), (CalicoAccounts.storageGroup, _): return calico(object, key)
    default: return object
    }
  }

  /// Metadata has a Go type for every kind, which keeps none of these when it is empty.
  private static func withoutEmptyMetadata(_ object: JSONValue) -> JSONValue {
    ["annotations", "finalizers", "labels", "ownerReferences"].reduce(object) { object, name in
      guard let value = object["metadata", name], value.members?.isEmpty ?? value.array?.isEmpty ?? false else {
        return object
      }
      return object.setting(["metadata", name], to: nil)
    }
  }

  /// Users, groups and roles are of the one group that has such.
  private static func binding(_ object: JSONValue) -> JSONValue {
    let group = JSONValue.string("rbac.authorization.k8s.io")
    let object = mapping(object, ["subjects"]) { subject in
      ["User", "Group"].contains(subject["kind"]?.string) ? missing(subject, "apiGroup", group) : subject
    }
    guard let role = object["roleRef"] else { return object }
    return object.setting(["roleRef"], to: missing(role, "apiGroup", group))
  }

  private static func namespace(_ object: JSONValue) -> JSONValue {
    var object = object
    if object["metadata", "deletionTimestamp"] == nil, object["spec", "finalizers"] == nil {
      object = object.setting(["spec", "finalizers"], to: .array([.string("kubernetes")]))
    }
    if let name = object["metadata", "name"] {
      object = object.setting(["metadata", "labels", "kubernetes.io/metadata.name"], to: name)
    }
    return object
  }

  /// `policyTypes` follow from the rules; a port without a protocol is a TCP port.
  private static func networkPolicy(_ object: JSONValue) -> JSONValue {
    guard let spec = object["spec"], spec.members != nil else { return object }
    var object = object
    for direction in ["ingress", "egress"] {
      object = mapping(object, ["spec", direction]) { rule in
        mapping(rule, ["ports"]) { port in missing(port, "protocol", .string("TCP")) }
      }
    }
    if spec["policyTypes"]?.array?.isEmpty ?? true {
      let hasEgress = spec["egress"]?.array?.isEmpty == false
      object = object.setting(
        ["spec", "policyTypes"], to: .array([.string("Ingress")] + (hasEgress ? [.string("Egress")] : [])))
    }
    return object
  }

  /// The Go type of a NetworkPolicy keeps no empty list, and always a selector; a custom resource keeps what was sent.
  private static func withoutEmptyLists(_ object: JSONValue) -> JSONValue {
    guard object["spec"]?.members != nil else { return object }
    func without(_ names: [String], _ value: JSONValue) -> JSONValue {
      names.reduce(value) { $0[$1]?.array?.isEmpty == true ? $0.setting([$1], to: nil) : $0 }
    }
    var object = object
    for direction in ["ingress", "egress"] {
      object = mapping(object, ["spec", direction]) { without(["from", "to", "ports"], $0) }
    }
    let spec = without(["ingress", "egress"], object["spec"] ?? .object([:]))
    return object.setting(["spec"], to: missing(spec, "podSelector", .object([:])))
  }

  private static func adminPolicy(_ object: JSONValue) -> JSONValue {
    var object = object
    for direction in ["ingress", "egress"] {
      object = mapping(object, ["spec", direction]) { rule in
        mapping(rule, ["ports"]) { port in
          ["portNumber", "portRange"].reduce(port) { port, name in
            port[name].map { port.setting([name], to: missing($0, "protocol", .string("TCP"))) } ?? port
          }
        }
      }
    }
    return object
  }

  private static func calico(_ object: JSONValue, _ key: ObjectKey) -> JSONValue {
    guard let spec = object["spec"], spec.members != nil else { return object }
    var filled = spec
    if tiered.contains(key.resource) { filled = missing(filled, "tier", .string("default")) }
    // The rest is what the API server of projectcalico.org adds; the storage group is written as it comes.
    if key.group == CalicoAccounts.publicGroup {
      if key.resource.hasPrefix("staged") { filled = missing(filled, "stagedAction", .string("Set")) }
      if key.resource == "tiers" { filled = missing(filled, "defaultAction", .string("Deny")) }
      if tiered.contains(key.resource), spec["types"]?.array?.isEmpty ?? true {
        let hasEgress = spec["egress"]?.array?.isEmpty == false
        let hasIngress = spec["ingress"]?.array?.isEmpty == false
        let types = (hasIngress || !hasEgress ? ["Ingress"] : []) + (hasEgress ? ["Egress"] : [])
        filled = filled.setting(["types"], to: .array(types.map { .string($0) }))
      }
    }
    return object.setting(["spec"], to: filled)
  }

  private static let tiered: Set<String> = [
    "globalnetworkpolicies", "networkpolicies", "stagedglobalnetworkpolicies", "stagednetworkpolicies",
  ]

  private static func missing(_ object: JSONValue, _ name: String, _ value: JSONValue) -> JSONValue {
    guard object.members != nil, object[name]?.isNull ?? true else { return object }
    return object.setting([name], to: value)
  }

  private static func mapping(_ object: JSONValue, _ path: [String], _ change: (JSONValue) -> JSONValue) -> JSONValue {
    guard let items = object[path]?.array, !items.isEmpty else { return object }
    return object.setting(path, to: .array(items.map(change)))
  }
}
