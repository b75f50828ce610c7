/// A flow log's record: who talked to whom in one collection interval, and which policies decided.
///
/// Figures are for the interval and from the reporter's side. A connection between two pods is reported twice, by its
/// source and by its destination.
public struct FlowFacts: Hashable, Sendable {
  /// End of the interval, not of a connection.
  public var end: Timestamp?
  /// The final verdict at this reporter: `allow` or `deny`; lower case.
  public var action: String
  /// `src`, `dst` or `fwd`; nil where the log does not say.
  public var reporter: String?
  public var source: Endpoint
  public var destination: Endpoint
  /// `tcp`, `udp`, `icmp`, ..., else the number as text.
  public var proto: String?
  /// The service that was asked for: `ns/name`, with `:port` behind it where known.
  public var service: String?
  /// Names that resolved to the destination's address; may list unrelated ones.
  public var domains: [String]
  /// In order of evaluation within each scope.
  public var policies: [PolicyHit]
  public var bytesIn: Int64?
  public var bytesOut: Int64?
  public var packetsIn: Int64?
  public var packetsOut: Int64?
  /// Active in the interval.
  public var flows: Int64?
  public var flowsStarted: Int64?
  public var flowsCompleted: Int64?
  /// Executable of the process; nil where it was not collected, `*` for many.
  public var process: String?
  /// Node that reported; only where a collector added it.
  public var host: String?

  public init(
    end: Timestamp? = nil, action: String, reporter: String? = nil, source: Endpoint = Endpoint(),
    destination: Endpoint = Endpoint(), proto: String? = nil, service: String? = nil, domains: [String] = [],
    policies: [PolicyHit] = [], bytesIn: Int64? = nil, bytesOut: Int64? = nil, packetsIn: Int64? = nil,
    packetsOut: Int64? = nil, flows: Int64? = nil, flowsStarted: Int64? = nil, flowsCompleted: Int64? = nil,
    process: String? = nil, host: String? = nil
  ) {
    self.end = end
    self.action = action
    self.reporter = reporter
    self.source = source
    self.destination = destination
    self.proto = proto
    self.service = service
    self.domains = domains
    self.policies = policies
    self.bytesIn = bytesIn
    self.bytesOut = bytesOut
    self.packetsIn = packetsIn
    self.packetsOut = packetsOut
    self.flows = flows
    self.flowsStarted = flowsStarted
    self.flowsCompleted = flowsCompleted
    self.process = process
    self.host = host
  }

  /// Both directions; nil where neither is known, and no more than `Int64` holds.
  public var bytes: Int64? { total(bytesIn, bytesOut) }
  public var packets: Int64? { total(packetsIn, packetsOut) }
}

private func total(_ first: Int64?, _ second: Int64?) -> Int64? {
  guard first != nil || second != nil else { return nil }
  let (sum, overflow) = (first ?? 0).addingReportingOverflow(second ?? 0)
  return overflow ? .max : sum
}

/// One side of a connection, as far as the log tells: what is aggregated away is nil.
public struct Endpoint: Hashable, Sendable {
  /// `wep` pod, `hep` host endpoint, `ns` network set, `net` none of these.
  public var type: String?
  public var namespace: String?
  /// Of the pod, host or set; with `*` at its end a prefix that several share; `pub` or `pvt` for an address that
  /// belongs to none.
  public var name: String?
  public var ip: String?
  public var port: Int?
  /// `key=value`, as logged; for an aggregated name those that all share.
  public var labels: [String]

  public init(
    type: String? = nil, namespace: String? = nil, name: String? = nil, ip: String? = nil, port: Int? = nil,
    labels: [String] = []
  ) {
    self.type = type
    self.namespace = namespace
    self.name = name
    self.ip = ip
    self.port = port
    self.labels = labels
  }

  /// `shop/web-7c9d8-*`; the address where there is no name; nil where nothing is known.
  public var path: String? {
    guard let name else { return ip }
    return namespace.map { $0 + "/" + name } ?? name
  }
  /// Whether the name stands for several endpoints.
  public var isAggregated: Bool { name?.hasSuffix("*") ?? false }
}

/// One policy that looked at a flow.
public struct PolicyHit: Hashable, Sendable {
  /// Which list of the record it is from.
  public enum Scope: String, CaseIterable, Hashable, Sendable {
    /// What the data plane did, fixed when the flow began.
    case enforced
    /// What would be done now if staged policies were enforced.
    case pending
    /// On the way through a host.
    case transit
    /// An old log's list, enforced and staged mixed.
    case all
  }
  public var scope: Scope
  /// Place in the order of evaluation, from 0.
  public var index: Int
  public var tier: String
  /// Short kind: `np`, `gnp`, `snp`, `sgnp`, `sknp`, `knp`, `anp`, `banp`, `kcnp`, `pro` profile, `eot` end of tier.
  public var kind: String
  public var namespace: String?
  /// Without tier and markers; `__NO_MATCH__` at the end of a tier.
  public var name: String
  /// `allow`, `deny` or `pass`; lower case.
  public var action: String
  /// Place of the rule from 0; -1 the tier's default action, -2 unknown; nil where it was not logged.
  public var rule: Int?

  public init(
    scope: Scope, index: Int, tier: String, kind: String, namespace: String? = nil, name: String, action: String,
    rule: Int? = nil
  ) {
    self.scope = scope
    self.index = index
    self.tier = tier
    self.kind = kind
    self.namespace = namespace
    self.name = name
    self.action = action
    self.rule = rule
  }

  public var isStaged: Bool { kind == "snp" || kind == "sgnp" || kind == "sknp" }
  /// The default action of the tier decided: the policy named is but one of those that selected the endpoint.
  public var isDefaultAction: Bool { rule == -1 || kind == "eot" }
  /// `tier/ns/name`, `tier/name` without a namespace, the name of a staged policy with `staged:` before it.
  public var path: String {
    tier + "/" + (namespace.map { $0 + "/" } ?? "") + (isStaged ? "staged:" : "") + name
  }

  /// All of it in one line, for columns: `enforced|0|np|deny|-1|tier/ns/name`. `init(text:)` reads it back.
  public var text: String {
    let rule = rule.map(String.init) ?? ""
    let place = (namespace.map { $0 + "/" } ?? "") + name
    return "\(scope.rawValue)|\(index)|\(kind)|\(action)|\(rule)|\(namespace == nil ? "" : "n")|\(tier)|\(place)"
  }

  /// Nil for what `text` does not write.
  public init?(text: String) {
    let parts = text.split(separator: "|", maxSplits: 7, omittingEmptySubsequences: false)
    guard parts.count == 8, let scope = Scope(rawValue: String(parts[0])), let index = Int(parts[1]) else { return nil }
    self.init(
      scope: scope, index: index, tier: String(parts[6]), kind: String(parts[2]), name: String(parts[7]),
      action: String(parts[3]), rule: Int(parts[4]))
    if parts[5] == "n", let slash = parts[7].firstIndex(of: "/") {
      namespace = String(parts[7][..<slash])
      name = String(parts[7][parts[7].index(after: slash)...])
    }
  }
}
