/// The service accounts under which Calico itself writes to its storage.
public enum CalicoAccounts {
  public static let storageGroup = "crd.projectcalico.org"
  public static let publicGroup = "projectcalico.org"
  public static let groups: Set<String> = [storageGroup, publicGroup]

  /// Whether a write to the storage group is no way past the API: Calico's own, or one of the controllers that clear
  /// up after a deletion. Whoever acts as one of them is still themselves.
  public static func mayWriteStorage(_ act: Act) -> Bool {
    if act.verb.hasPrefix("delete"), cleaners.contains(where: act.isOf(controller:)) { return true }
    return act.by.map(isCalico) ?? false && act.asUser.map(isCalico) ?? true
  }

  /// The name alone is not enough: anybody may name an account in a namespace of their own so.
  static func isCalico(_ user: String) -> Bool {
    let parts = user.split(separator: ":", omittingEmptySubsequences: false)
    guard parts.count == 4, parts[0] == "system", parts[1] == "serviceaccount" else { return false }
    return namespaces.contains(String(parts[2])) && names.contains(String(parts[3]))
  }

  /// Whether it is the account of the API server that serves `projectcalico.org`.
  static func isAPIServer(_ user: String) -> Bool {
    isCalico(user) && (user.hasSuffix(":calico-apiserver") || user.hasSuffix(":tigera-apiserver"))
  }

  private static let namespaces: Set<String> = [
    "calico-apiserver", "calico-system", "kube-system", "tigera-operator", "tigera-system",
  ]
  private static let names: Set<String> = [
    "calico-apiserver", "calico-cni-plugin", "calico-kube-controllers", "calico-node", "calico-typha",
    "tigera-apiserver",
    "tigera-operator",
  ]
  private static let cleaners = ["generic-garbage-collector", "namespace-controller"]
}
