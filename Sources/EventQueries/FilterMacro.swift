import AuditModel

/// A name for a filter that is used often: `@policy`.
public struct FilterMacro: Hashable, Sendable {
  /// Without the `@`.
  public var name: String
  /// A filter; it may use other macros.
  public var definition: String
  /// One line without a full stop.
  public var summary: String

  public init(name: String, definition: String, summary: String) {
    self.name = name
    self.definition = definition
    self.summary = summary
  }

  /// What ships, in the order of the manual. A context's own macros of the same name go first.
  public static let all: [FilterMacro] = [
    FilterMacro(
      name: "writes",
      definition: "verb:* -verb:get,list,watch,head,options,connect,proxy -sub:exec,attach,portforward,proxy "
        + "-kind:*reviews",
      summary: "Requests that ask for a change"),
    FilterMacro(
      name: "reads",
      definition: "(verb:get,list,watch,head,options or kind:*reviews) -sub:exec,attach,portforward,proxy",
      summary: "Requests that only ask"),
    FilterMacro(name: "human", definition: "human:true", summary: "Done by or as a person, see human"),
    FilterMacro(name: "machine", definition: "verb:* human:false", summary: "Done by a component or a service account"),
    FilterMacro(name: "failed", definition: "result:denied,failed,conflict", summary: "Refused or failed"),
    FilterMacro(name: "denied", definition: "result:denied", summary: "Refused: 401 or 403"),
    FilterMacro(
      name: "exec", definition: "sub:exec,attach,portforward,ephemeralcontainers",
      summary: "Somebody got into a pod: exec, attach, port-forward, ephemeral containers"),
    FilterMacro(
      name: "rbac", definition: "api:rbac.authorization.k8s.io",
      summary: "Roles, cluster roles and their bindings"),
    FilterMacro(name: "secrets", definition: "kind:secret", summary: "Secrets"),
    FilterMacro(
      name: "policy", definition: kinds([.policy, .stagedPolicy, .tier, .networkSet]),
      summary: "Network policies of Kubernetes and Calico, staged ones, tiers and network sets"),
    FilterMacro(name: "staged", definition: kinds([.stagedPolicy]), summary: "Calico's staged policies"),
    FilterMacro(
      name: "outside", definition: "outside:true", summary: "Acts on objects that had changed before, off the record"),
    FilterMacro(name: "impersonated", definition: "as:*", summary: "Done in another user's name"),
    FilterMacro(
      name: "anonymous", definition: "by:system:anonymous or group:system:unauthenticated",
      summary: "Without authentication"),
    FilterMacro(
      name: "break-glass", definition: "group:system:masters",
      summary: "By a member of system:masters, whom no authorization stops; override it with your emergency accounts"),
  ]

  private static func kinds(_ roles: Set<ResourceKind.Role>) -> String {
    "kind:" + ResourceKind.all.filter { roles.contains($0.role) }.map(\.resource).joined(separator: ",")
  }

  private static let shipped = Dictionary(all.map { ($0.name, $0.definition) }, uniquingKeysWith: { $1 })

  static func definition(of name: String, in context: FilterContext) -> String? {
    context.macros[name] ?? shipped[name]
  }

  /// The context's own first, by name.
  static func names(in context: FilterContext) -> [String] {
    context.macros.keys.sorted() + all.map(\.name).filter { context.macros[$0] == nil }
  }
}
