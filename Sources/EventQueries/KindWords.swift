public import AuditModel

extension ResourceKind {
  /// All kinds that a word of a filter or of an OBJECT may mean, in any case: what only some of a kind's groups call it
  /// means it with these alone, every other name of the table with all of them.
  public static func meant(by word: String) -> [ResourceKind] {
    let word = word.lowercased()
    let own = ownNames.filter { $0.names.contains(word) }
    let others = named(word).filter { kind in !own.contains { $0.resource == kind.resource } }
    return own.map { own in
      var kind = ResourceKind.of(group: own.groups[0], resource: own.resource)
      kind.groups = own.groups
      return kind
    } + others
  }

  /// Whether the kind stands for less than its row of the table: for what some of its groups serve.
  var isOfSomeGroups: Bool {
    guard let group = groups.first else { return false }
    return groups.count < ResourceKind.of(group: group, resource: resource).groups.count
  }

  /// The short names that the API server of Calico has for its own policies, to tell them from those of Kubernetes;
  /// `cnp` is ClusterNetworkPolicy as well, by the name that its project gave it.
  private static let ownNames: [(names: Set<String>, resource: String, groups: [String])] = [
    (["cnp", "caliconetworkpolicy", "caliconetworkpolicies"], "networkpolicies", calico),
    (["calicoglobalnetworkpolicy", "calicoglobalnetworkpolicies"], "globalnetworkpolicies", calico),
  ]
  private static let calico = ["projectcalico.org", "crd.projectcalico.org"]
}
