import AuditModel

extension LogFormat {
  /// DNS logs of Calico Enterprise and Cloud.
  static let calicoDNS = LogFormat(
    name: "calico-dns",
    summary: "DNS log of Calico Enterprise and Cloud (JSON lines)",
    mark: "qname with rcode, rrsets or qtype; type unlogged with count",
    signature: { record in
      record.has("qname") && (record.has("rcode") || record.has("rrsets") || record.has("qtype"))
        || record.has("count") && isUnlogged(record)
    },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeDNS(record, &times)) })
}

private enum DNSKey: Int, MemberKey {
  case startTime, endTime, timestamp, count, clientIP, clientName, clientNameAggr, clientNamespace, clientLabels
  case qname, qclass, qtype, rcode, rrsets, servers, latency, latencyMean, latencyMax, host, cluster

  var name: String {
    switch self {
    case .startTime: "start_time"
    case .endTime: "end_time"
    case .timestamp: "@timestamp"
    case .clientIP: "client_ip"
    case .clientName: "client_name"
    case .clientNameAggr: "client_name_aggr"
    case .clientNamespace: "client_namespace"
    case .clientLabels: "client_labels"
    case .latencyMean: "latency_mean"
    case .latencyMax: "latency_max"
    default: "\(self)"
    }
  }
}

private let dnsKeys = KeyTable<DNSKey>()

/// A record that says only how many answers went unlogged.
private func isUnlogged(_ record: borrowing JSONObject) -> Bool {
  record.bytes("type").map { String(decoding: $0, as: UTF8.self).lowercased() == "unlogged" } ?? false
}

private func decodeDNS(
  _ record: borrowing JSONObject, _ times: inout TimestampReader
) throws(DecodeError) -> LogEntry {
  let fields = record.members(dnsKeys)
  let end = times.read(fields[.endTime])
  guard let time = times.read(fields[.startTime]) ?? end ?? times.read(fields[.timestamp]) else {
    throw DecodeError(reason: "a DNS log record without a time")
  }
  let host = fields[.host].known
  let cluster = fields[.cluster].nonEmpty
  if isUnlogged(record) {
    let count = fields[.count].integer.map(String.init) ?? "some"
    return LogEntry(
      time: time,
      facts: .plain(
        PlainFacts(
          data: .dns, end: end, action: "unlogged",
          message: "\(count) DNS answers were not logged: more than the node's limit", host: host)),
      cluster: cluster)
  }
  guard var qname = fields[.qname].freshNonEmpty else { throw DecodeError(reason: "a DNS log record without a name") }
  if qname.utf8.count > 1, qname.hasSuffix(".") { qname.removeLast() }
  let mean = fields[.latencyMean].integer ?? fields[.latency].member("mean")?.integer
  let most = fields[.latencyMax].integer ?? fields[.latency].member("max")?.integer
  var answers: [String] = []
  fields[.rrsets].forEach { set in
    if let set = set.object { answers += set["rdata"].strings }
  }
  var servers: [Endpoint] = []
  fields[.servers].forEach { server in
    guard let server = server.object else { return }
    servers.append(
      Endpoint(
        namespace: server["namespace"].known, name: server["name"].known ?? server["name_aggr"].known,
        ip: server["ip"].known))
  }
  let facts = DNSFacts(
    end: end,
    client: Endpoint(
      namespace: fields[.clientNamespace].known,
      name: fields[.clientName].known ?? fields[.clientNameAggr].known, ip: fields[.clientIP].known,
      labels: fields[.clientLabels].labels),
    qname: qname, qtype: fields[.qtype].textOrNumber, qclass: fields[.qclass].textOrNumber,
    rcode: fields[.rcode].textOrNumber, answers: answers, servers: servers, lookups: fields[.count].integer,
    latencyMean: mean, latencyMax: most, host: host)
  return LogEntry(time: time, facts: .dns(facts), cluster: cluster)
}

extension JSONElement {
  /// A text, or a number as text: rare types and codes have no name.
  var textOrNumber: String? { known ?? integer.map(String.init) }
}
