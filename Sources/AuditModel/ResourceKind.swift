/// A kind of object: the names that kubectl takes for it and how lists abbreviate it.
public struct ResourceKind: Hashable, Sendable {
  public enum Role: Hashable, Sendable {
    /// Decides on traffic now.
    case policy
    /// A proposal that decides on nothing yet.
    case stagedPolicy
    case tier
    /// Addresses or names that selectors of policies refer to.
    case networkSet
    /// Changes what policies apply to, or who may change them.
    case related
    case other
  }
  /// CamelCase: `NetworkPolicy`.
  public var kind: String
  /// Plural, lower case, as in `objectRef.resource`.
  public var resource: String
  /// API groups that serve it; empty for a kind that is not in the table.
  public var groups: [String]
  /// kubectl's and the CRDs' own short names; the first is the one that lists show.
  public var shortNames: [String]
  public var isNamespaced: Bool
  public var role: Role

  public var singular: String { kind.lowercased() }
  /// What a column of five characters shows.
  public var label: String { shortNames.first ?? singular }
  /// The label in at most six characters; the first of the short names that is no longer, where there is one.
  public var abbreviation: String { label.count <= 6 ? label : shortNames.first { $0.count <= 6 } ?? label }

  /// The row of the table for a resource; a made-up row with the resource as its name when there is none.
  public static func of(group: String, resource: String) -> ResourceKind {
    if let known = byResource[resource]?.first(where: { $0.groups.contains(group) }) { return known }
    return ResourceKind(
      kind: resource, resource: resource, groups: [group], shortNames: [], isNamespaced: true, role: .other)
  }

  /// All kinds that one word may mean: singular, plural, CamelCase or short, in any case.
  public static func named(_ word: String) -> [ResourceKind] { byName[word.lowercased()] ?? [] }

  private static let byResource = Dictionary(grouping: all, by: \.resource)
  private static let byName: [String: [ResourceKind]] = {
    var names: [String: [ResourceKind]] = [:]
    for row in all {
      for name in Set([row.singular, row.resource] + row.shortNames) { names[name, default: []].append(row) }
    }
    return names
  }()

  private static let calico = ["projectcalico.org", "crd.projectcalico.org"]
  private static let rbac = ["rbac.authorization.k8s.io"]

  private init(
    _ kind: String, _ resource: String, _ groups: [String], _ shortNames: [String] = [], namespaced: Bool = false,
    _ role: Role = .other
  ) {
    self.init(
      kind: kind, resource: resource, groups: groups, shortNames: shortNames, isNamespaced: namespaced, role: role)
  }

  public init(
    kind: String, resource: String, groups: [String], shortNames: [String], isNamespaced: Bool, role: Role
  ) {
    self.kind = kind
    self.resource = resource
    self.groups = groups
    self.shortNames = shortNames
    self.isNamespaced = isNamespaced
    self.role = role
  }

  /// Policies first, then what bears on them, then the kinds that audit logs are full of.
  public static let all: [ResourceKind] = [
    ResourceKind(
      "NetworkPolicy", "networkpolicies",
      ["networking.k8s.io", "projectcalico.org", "crd.projectcalico.org", "extensions"],
      ["netpol", "np", "cnp", "caliconetworkpolicy"],
      namespaced: true, .policy),
    ResourceKind("GlobalNetworkPolicy", "globalnetworkpolicies", calico, ["gnp", "cgnp"], .policy),
    ResourceKind("AdminNetworkPolicy", "adminnetworkpolicies", ["policy.networking.k8s.io"], ["anp"], .policy),
    ResourceKind(
      "BaselineAdminNetworkPolicy", "baselineadminnetworkpolicies", ["policy.networking.k8s.io"], ["banp"], .policy),
    ResourceKind("ClusterNetworkPolicy", "clusternetworkpolicies", ["policy.networking.k8s.io"], ["cnp"], .policy),
    ResourceKind("StagedNetworkPolicy", "stagednetworkpolicies", calico, ["snp"], namespaced: true, .stagedPolicy),
    ResourceKind("StagedGlobalNetworkPolicy", "stagedglobalnetworkpolicies", calico, ["sgnp"], .stagedPolicy),
    ResourceKind(
      "StagedKubernetesNetworkPolicy", "stagedkubernetesnetworkpolicies", calico, ["sknp"], namespaced: true,
      .stagedPolicy),
    ResourceKind("Tier", "tiers", calico, ["tier"], .tier),
    ResourceKind("NetworkSet", "networksets", calico, ["netset", "netsets"], namespaced: true, .networkSet),
    ResourceKind("GlobalNetworkSet", "globalnetworksets", calico, ["gns"], .networkSet),
    ResourceKind("HostEndpoint", "hostendpoints", calico, ["hep", "heps"], .related),
    ResourceKind("Profile", "profiles", calico, ["profile", "prof"], .related),
    ResourceKind("FelixConfiguration", "felixconfigurations", calico, ["felixconfig", "felix"], .related),
    ResourceKind(
      "KubeControllersConfiguration", "kubecontrollersconfigurations", calico, ["kubecontrollersconfiguration", "kcc"],
      .related),
    ResourceKind("IPPool", "ippools", calico, ["ippool"], .related),
    ResourceKind("Role", "roles", rbac, ["role"], namespaced: true, .related),
    ResourceKind("RoleBinding", "rolebindings", rbac, ["rolebinding", "rbind"], namespaced: true, .related),
    ResourceKind("ClusterRole", "clusterroles", rbac, ["clusterrole", "crole"], .related),
    ResourceKind("ClusterRoleBinding", "clusterrolebindings", rbac, ["clusterrolebinding", "crbind"], .related),
    ResourceKind("Namespace", "namespaces", [""], ["ns"], .related),
    ResourceKind("ServiceAccount", "serviceaccounts", [""], ["sa"], namespaced: true, .related),
    ResourceKind("Pod", "pods", [""], ["po"], namespaced: true, .related),
    ResourceKind("Node", "nodes", [""], ["no"], .related),
    ResourceKind("Service", "services", [""], ["svc"], namespaced: true, .related),
    ResourceKind("Endpoints", "endpoints", [""], ["ep"], namespaced: true, .related),
    ResourceKind(
      "EndpointSlice", "endpointslices", ["discovery.k8s.io"], ["endpointslice", "eps"], namespaced: true, .related),
    ResourceKind("Secret", "secrets", [""], ["secret"], namespaced: true),
    ResourceKind("ConfigMap", "configmaps", [""], ["cm"], namespaced: true),
    ResourceKind("Deployment", "deployments", ["apps", "extensions"], ["deploy"], namespaced: true),
    ResourceKind("DaemonSet", "daemonsets", ["apps", "extensions"], ["ds"], namespaced: true),
    ResourceKind("StatefulSet", "statefulsets", ["apps"], ["sts"], namespaced: true),
    ResourceKind("ReplicaSet", "replicasets", ["apps", "extensions"], ["rs"], namespaced: true),
    ResourceKind("ReplicationController", "replicationcontrollers", [""], ["rc"], namespaced: true),
    ResourceKind(
      "ControllerRevision", "controllerrevisions", ["apps"], ["controllerrevision", "ctrev"], namespaced: true),
    ResourceKind("Job", "jobs", ["batch"], ["job"], namespaced: true),
    ResourceKind("CronJob", "cronjobs", ["batch"], ["cj"], namespaced: true),
    ResourceKind("Ingress", "ingresses", ["networking.k8s.io", "extensions"], ["ing"], namespaced: true),
    ResourceKind("IngressClass", "ingressclasses", ["networking.k8s.io"], ["ingressclass", "ingcl"]),
    ResourceKind("PersistentVolume", "persistentvolumes", [""], ["pv"]),
    ResourceKind("PersistentVolumeClaim", "persistentvolumeclaims", [""], ["pvc"], namespaced: true),
    ResourceKind("StorageClass", "storageclasses", ["storage.k8s.io"], ["sc"]),
    ResourceKind("LimitRange", "limitranges", [""], ["limits"], namespaced: true),
    ResourceKind("ResourceQuota", "resourcequotas", [""], ["quota"], namespaced: true),
    ResourceKind("PodDisruptionBudget", "poddisruptionbudgets", ["policy"], ["pdb"], namespaced: true),
    ResourceKind("HorizontalPodAutoscaler", "horizontalpodautoscalers", ["autoscaling"], ["hpa"], namespaced: true),
    ResourceKind("PriorityClass", "priorityclasses", ["scheduling.k8s.io"], ["pc"]),
    ResourceKind("Lease", "leases", ["coordination.k8s.io"], ["lease"], namespaced: true),
    ResourceKind("Event", "events", ["", "events.k8s.io"], ["ev"], namespaced: true),
    ResourceKind("CustomResourceDefinition", "customresourcedefinitions", ["apiextensions.k8s.io"], ["crd"]),
    ResourceKind("APIService", "apiservices", ["apiregistration.k8s.io"], ["apiservice", "apisvc"]),
    ResourceKind(
      "ValidatingWebhookConfiguration", "validatingwebhookconfigurations", ["admissionregistration.k8s.io"], ["vwc"],
      .related),
    ResourceKind(
      "MutatingWebhookConfiguration", "mutatingwebhookconfigurations", ["admissionregistration.k8s.io"], ["mwc"],
      .related),
    ResourceKind(
      "ValidatingAdmissionPolicy", "validatingadmissionpolicies", ["admissionregistration.k8s.io"], ["vap"], .related),
    ResourceKind(
      "ValidatingAdmissionPolicyBinding", "validatingadmissionpolicybindings", ["admissionregistration.k8s.io"],
      ["vapb"],
      .related),
    ResourceKind("FlowSchema", "flowschemas", ["flowcontrol.apiserver.k8s.io"], []),
    ResourceKind("PriorityLevelConfiguration", "prioritylevelconfigurations", ["flowcontrol.apiserver.k8s.io"], []),
    ResourceKind("CertificateSigningRequest", "certificatesigningrequests", ["certificates.k8s.io"], ["csr"]),
    ResourceKind("ServiceCIDR", "servicecidrs", ["networking.k8s.io"], []),
    ResourceKind("IPAddress", "ipaddresses", ["networking.k8s.io"], ["ip"]),
    ResourceKind("TokenReview", "tokenreviews", ["authentication.k8s.io"], []),
    ResourceKind("SelfSubjectReview", "selfsubjectreviews", ["authentication.k8s.io"], []),
    ResourceKind("SubjectAccessReview", "subjectaccessreviews", ["authorization.k8s.io"], ["sar"]),
    ResourceKind("SelfSubjectAccessReview", "selfsubjectaccessreviews", ["authorization.k8s.io"], ["ssar"]),
    ResourceKind("SelfSubjectRulesReview", "selfsubjectrulesreviews", ["authorization.k8s.io"], ["ssrr"]),
    ResourceKind(
      "LocalSubjectAccessReview", "localsubjectaccessreviews", ["authorization.k8s.io"], ["lsar"], namespaced: true),
  ]
}
