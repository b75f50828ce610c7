import AuditModel
import EventQueries

/// What rows of other logs say, as members of `whodiff.act/1` under the names that filters have for them. What is not
/// known is null, a list is an array. Times are RFC 3339; `latency` is in seconds, `latency_max` and `latency_mean` in
/// nanoseconds; bytes and packets are those of the interval.
enum FactMembers {
  static func of(_ facts: LogFacts) -> [JSONMembers.Member] {
    switch facts {
    case .flow(let flow): of(flow)
    case .dns(let dns): of(dns)
    case .plain(let plain): of(plain)
    }
  }

  /// Of the members that rows of a log have.
  static func names(of data: DataKind) -> [String] {
    let sample: LogFacts? =
      switch data {
      case .audit: nil
      case .flow: .flow(FlowFacts(action: ""))
      case .dns: .dns(DNSFacts(qname: ""))
      case .l7, .bgp, .alert: .plain(PlainFacts(data: data))
      }
    return sample.map { of($0).map(\.key) } ?? []
  }

  private static func of(_ flow: FlowFacts) -> [JSONMembers.Member] {
    [
      member("end", time(flow.end)), member("action", .optional(flow.action.nonEmpty)),
      member("reporter", .optional(flow.reporter)), member("proto", .optional(flow.proto)),
    ] + endpoint("src", flow.source) + endpoint("dst", flow.destination) + [
      member("service", .optional(flow.service)), member("dst.domain", .strings(flow.domains)),
      member("policies", .array(flow.policies.map(policy))), member("bytes", .integer(flow.bytes)),
      member("bytes.in", .integer(flow.bytesIn)), member("bytes.out", .integer(flow.bytesOut)),
      member("packets", .integer(flow.packets)), member("packets.in", .integer(flow.packetsIn)),
      member("packets.out", .integer(flow.packetsOut)), member("flows", .integer(flow.flows)),
      member("flows.started", .integer(flow.flowsStarted)), member("flows.completed", .integer(flow.flowsCompleted)),
      member("process", .optional(flow.process)), member("node", .optional(flow.host)),
    ]
  }

  private static func of(_ dns: DNSFacts) -> [JSONMembers.Member] {
    [
      member("end", time(dns.end)), member("client", .optional(dns.client.path)),
      member("client.ns", .optional(dns.client.namespace)), member("client.ip", .optional(dns.client.ip)),
      member("client.label", .strings(dns.client.labels)), member("qname", .optional(dns.qname.nonEmpty)),
      member("qtype", .optional(dns.qtype)), member("qclass", .optional(dns.qclass)),
      member("rcode", .optional(dns.rcode)), member("answer", .strings(dns.answers)),
      member("server", .strings(dns.servers.compactMap(\.path))),
      member("server.ip", .strings(dns.servers.compactMap(\.ip))),
      member("lookups", .integer(dns.lookups)),
      member("latency", .seconds(dns.latency.map { Double($0) / 1_000_000_000 })),
      member("latency_max", .integer(dns.latencyMax)), member("latency_mean", .integer(dns.latencyMean)),
      member("node", .optional(dns.host)),
    ]
  }

  private static func of(_ plain: PlainFacts) -> [JSONMembers.Member] {
    [member("end", time(plain.end)), member("action", .optional(plain.action))]
      + endpoint("src", plain.source) + endpoint("dst", plain.destination) + [
        member("answer.code", .integer(plain.code)), member("message", .optional(plain.message)),
        member("node", .optional(plain.host)),
      ]
  }

  private static func endpoint(_ name: String, _ endpoint: Endpoint) -> [JSONMembers.Member] {
    [
      member(name, .optional(endpoint.path)), member(name + ".ns", .optional(endpoint.namespace)),
      member(name + ".ip", .optional(endpoint.ip)), member(name + ".port", .integer(endpoint.port)),
      member(name + ".type", .optional(endpoint.type)), member(name + ".label", .strings(endpoint.labels)),
    ]
  }

  private static func policy(_ hit: PolicyHit) -> JSONValue {
    .object([
      "scope": .string(hit.scope.rawValue), "index": .integer(hit.index), "tier": .string(hit.tier),
      "kind": .string(hit.kind), "namespace": .optional(hit.namespace), "name": .string(hit.name),
      "action": .string(hit.action), "rule": .integer(hit.rule),
    ])
  }

  private static func member(_ key: String, _ value: JSONValue) -> JSONMembers.Member {
    JSONMembers.Member(key: key, value: value)
  }
  private static func time(_ time: Timestamp?) -> JSONValue { .optional(time?.rfc3339) }
}
