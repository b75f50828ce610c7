import AuditModel

/// Reads the policy strings of flow logs, in the three spellings that Calico has used.
enum PolicyHits {
  /// `index|tier|name|action[|rule]`; nil for what is none.
  static func hit(_ text: String, scope: PolicyHit.Scope) -> PolicyHit? {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
    guard parts.count == 4 || parts.count == 5, let index = Int(parts[0]) else { return nil }
    let rule = parts.count == 5 ? Int(parts[4]) : nil
    var hit = PolicyHit(
      scope: scope, index: index, tier: parts[1], kind: "gnp", name: parts[2], action: parts[3].lowercased(),
      rule: rule)
    if !readNewName(&hit) { readOldName(&hit) }
    return hit
  }

  /// Kinds as they stand before the colon since Calico 3.32, and as other texts spell them out.
  private static let kinds: [String: String] = [
    "np": "np", "gnp": "gnp", "snp": "snp", "sgnp": "sgnp", "sknp": "sknp", "knp": "knp", "kcnp": "kcnp",
    "anp": "anp", "banp": "banp", "pro": "pro", "eot": "eot",
    "CalicoNetworkPolicy": "np", "GlobalNetworkPolicy": "gnp", "StagedNetworkPolicy": "snp",
    "StagedGlobalNetworkPolicy": "sgnp", "StagedKubernetesNetworkPolicy": "sknp", "NetworkPolicy": "knp",
    "KubernetesNetworkPolicy": "knp", "ClusterNetworkPolicy": "kcnp", "AdminNetworkPolicy": "anp",
    "BaselineAdminNetworkPolicy": "banp", "Profile": "pro", "EndOfTier": "eot",
  ]

  static func kind(named name: String) -> String { kinds[name] ?? name }

  /// `kind:[ns/]name`.
  private static func readNewName(_ hit: inout PolicyHit) -> Bool {
    guard let colon = hit.name.firstIndex(of: ":") else { return false }
    let kind = hit.name[..<colon]
    guard kind != "staged", !kind.isEmpty, !kind.contains("/"), !kind.contains(".") else { return false }
    hit.kind = Self.kind(named: String(kind))
    let rest = hit.name[hit.name.index(after: colon)...]
    if hit.kind != "pro", let slash = rest.firstIndex(of: "/") {
      hit.namespace = String(rest[..<slash])
      hit.name = String(rest[rest.index(after: slash)...])
    } else {
      hit.name = String(rest)
    }
    return true
  }

  /// `[ns/][tier.]name`, with `staged:` before or behind the tier, and kinds told by prefixes.
  private static func readOldName(_ hit: inout PolicyHit) {
    var name = Substring(hit.name)
    if hit.tier == "__PROFILE__" {
      hit.kind = "pro"
    } else if let slash = name.firstIndex(of: "/") {
      hit.namespace = String(name[..<slash])
      name = name[name.index(after: slash)...]
    }
    var isStaged = false
    func strip(_ prefix: String) -> Bool {
      guard name.hasPrefix(prefix), name.utf8.count > prefix.utf8.count else { return false }
      name = name.dropFirst(prefix.count)
      return true
    }
    if strip("staged:") { isStaged = true }
    var kind: String?
    func readKind() {
      if strip("knp.default.") { kind = isStaged ? "sknp" : "knp" }
      if strip("kanp.adminnetworkpolicy.") { kind = "anp" }
      if strip("kbanp.baselineadminnetworkpolicy.") { kind = "banp" }
    }
    readKind()
    if kind == nil, strip(hit.tier + ".") {
      if strip("staged:") { isStaged = true }
      readKind()
    }
    hit.name = String(name)
    if name == "__NO_MATCH__" {
      hit.kind = "eot"
    } else if hit.kind != "pro" {
      hit.kind = kind ?? (hit.namespace == nil ? (isStaged ? "sgnp" : "gnp") : (isStaged ? "snp" : "np"))
    }
  }
}
