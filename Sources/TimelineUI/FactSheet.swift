public import AuditModel
public import EventQueries

/// A row of another log than the audit log in full, in words: what the Event screen and `whodiff show` print.
public struct FactSheet: Sendable {
  public struct Line: Hashable, Sendable {
    public var label: String
    public var text: String
    public var isFailure = false
    /// A word about it, behind it: the unit's meaning.
    public var note = ""
    /// What is copied, and filtered by.
    var value: String?
    /// A field of the filter language that the value is of.
    var field: String?
  }
  public struct Section: Hashable, Sendable {
    public var title: String
    public var lines: [Line]
  }
  /// Who, verdict, policies that were enforced, policies that would be, figures, the rest of the record.
  public var sections: [Section] = []

  private let zone: Zone
  /// Members of the record that some line has told already.
  private var told: Set<String> = ["start_time", "end_time"]

  /// Nil for an audit act.
  public init?(_ detail: ActDetail, zone: Zone) {
    guard let facts = detail.act.facts else { return nil }
    self.zone = zone
    let record = detail.records.first.flatMap { try? JSONValue(parsing: $0.bytes) }
    switch facts {
    case .flow(let flow): addFlow(flow, detail.act)
    case .dns(let dns): addDNS(dns, detail.act, record)
    case .plain(let plain): addPlain(plain, detail.act)
    }
    if let members = record?.members { addFigures(members) } else { addFigures(facts) }
    let source = detail.act.source
    add(
      "record",
      [
        Line(
          label: "source", text: "\(source.file) line \(PaneWords.grouped(source.line))",
          value: "\(source.file):\(source.line)"),
        Line(label: "id", text: detail.act.contentID.description),
      ] + [detail.act.cluster].compactMap { $0.map { Line(label: "cluster", text: $0, field: "cluster") } })
  }

  private mutating func add(_ title: String, _ lines: [Line]) {
    if !lines.isEmpty { sections.append(Section(title: title, lines: lines)) }
  }

  // MARK: Flows

  private mutating func addFlow(_ flow: FlowFacts, _ act: Act) {
    told.formUnion([
      "action", "reporter", "proto", "policies", "source_ip", "source_port", "source_type", "source_namespace",
      "source_name", "source_name_aggr", "source_labels", "dest_ip", "dest_port", "dest_type", "dest_namespace",
      "dest_name", "dest_name_aggr", "dest_labels", "dest_domains", "dest_service_namespace", "dest_service_name",
      "dest_service_port", "dest_service_port_num",
    ])
    var who = interval(act)
    who += endpoint("source", "src", flow.source) + endpoint("dest", "dst", flow.destination)
    if let proto = flow.proto { who.append(Line(label: "proto", text: proto, field: "proto")) }
    if let service = flow.service { who.append(Line(label: "service", text: service, field: "service")) }
    if !flow.domains.isEmpty {
      who.append(
        Line(
          label: "domains", text: flow.domains.joined(separator: ", "), note: "names that had resolved to the address",
          value: flow.domains.first, field: "dst.domain"))
    }
    add("who", who)

    var verdict = [
      Line(
        label: "action", text: flow.verdict,
        isFailure: flow.action == "deny", value: flow.action, field: "action")
    ]
    if let reporter = flow.reporter {
      verdict.append(Line(label: "seen", text: FactWords.reporter(reporter), value: reporter, field: "reporter"))
    }
    verdict.append(Line(label: "", text: FactWords.doubleCounting))
    add("verdict", verdict)

    for scope in PolicyHit.Scope.allCases {
      let hits = flow.policies.filter { $0.scope == scope }
      let isSimulated = scope == .pending
      add(
        Self.title(scope),
        hits.map { hit in
          Line(
            label: String(hit.index), text: FactWords.hit(hit, isSimulated: isSimulated || hit.isStaged),
            isFailure: hit.action == "deny" && !isSimulated && !hit.isStaged, value: hit.path, field: "policy")
        })
    }
  }

  private static func title(_ scope: PolicyHit.Scope) -> String {
    switch scope {
    case .enforced: "policies enforced: what the data plane did, in order of evaluation"
    case .pending: "policies pending: what would be done were staged ones enforced, by today's rules"
    case .transit: "policies on the way through the host"
    case .all: "policies, enforced and staged mixed (an old log's list)"
    }
  }

  // MARK: Lookups

  private mutating func addDNS(_ dns: DNSFacts, _ act: Act, _ record: JSONValue?) {
    told.formUnion([
      "client_ip", "client_name", "client_name_aggr", "client_namespace", "client_labels", "qname", "qtype", "qclass",
      "rcode", "rrsets", "servers",
    ])
    var who = interval(act) + endpoint("client", "client", dns.client)
    for server in dns.servers {
      let place = [server.path, server.name == nil ? nil : server.ip].compactMap { $0 }.joined(separator: "  ")
      who.append(Line(label: "server", text: place, value: server.path, field: "server"))
    }
    add("who", who)
    var asked = [Line(label: "qname", text: dns.qname, field: "qname")]
    if let type = dns.qtype { asked.append(Line(label: "qtype", text: type, field: "qtype")) }
    if let place = dns.qclass { asked.append(Line(label: "qclass", text: place, field: "qclass")) }
    if let rcode = dns.rcode {
      asked.append(Line(label: "rcode", text: rcode, isFailure: dns.isFailure, field: "rcode"))
    }
    for set in record?["rrsets"]?.array ?? [] {
      let head = [set["name"]?.string, set["type"]?.string].compactMap { $0 }.joined(separator: " ")
      let data = set["rdata"]?.array?.compactMap(\.string) ?? []
      if data.isEmpty { asked.append(Line(label: "answer", text: head + ": nothing")) }
      for value in data {
        asked.append(Line(label: "answer", text: "\(head): \(value)", value: value, field: "answer"))
      }
    }
    if record == nil {
      for value in dns.answers { asked.append(Line(label: "answer", text: value, value: value, field: "answer")) }
    }
    add("question and answer", asked)
  }

  // MARK: Other logs

  private mutating func addPlain(_ plain: PlainFacts, _ act: Act) {
    var lines = interval(act) + endpoint("source", "src", plain.source) + endpoint("dest", "dst", plain.destination)
    if let action = plain.action { lines.append(Line(label: "action", text: action)) }
    if let code = plain.code { lines.append(Line(label: "code", text: String(code))) }
    if let message = plain.message { lines.append(Line(label: "message", text: message)) }
    add("what", lines)
  }

  // MARK: Parts

  /// A log of connections and lookups says what happened between two moments, not when within them.
  private func interval(_ act: Act) -> [Line] {
    let start = PaneWords.longTime(act.time, zone: zone)
    guard let end = act.facts?.end, end != act.time else {
      return [Line(label: "when", text: start, value: act.time.rfc3339, field: "time")]
    }
    let seconds = (end.microseconds - act.time.microseconds) / 1_000_000
    return [
      Line(
        label: "when", text: "\(start) to \(PaneWords.longTime(end, zone: zone))",
        note: "\(FactWords.length(seconds)) of collecting; when in it is not logged", value: act.time.rfc3339)
    ]
  }

  private func endpoint(_ label: String, _ field: String, _ endpoint: Endpoint) -> [Line] {
    guard endpoint != Endpoint() else { return [] }
    var notes = endpoint.type.map { [FactWords.endpointType($0)] } ?? []
    if endpoint.isAggregated { notes.append("several that share the beginning of their name") }
    let port = endpoint.port.map { ":\($0)" } ?? ""
    var lines = [
      Line(
        label: label, text: (endpoint.path ?? "-") + port, note: notes.joined(separator: "; "), value: endpoint.path,
        field: field)
    ]
    if endpoint.name != nil {
      lines.append(
        Line(label: " ip", text: endpoint.ip ?? "- (aggregated away)", value: endpoint.ip, field: field + ".ip"))
    }
    if !endpoint.labels.isEmpty {
      lines.append(
        Line(
          label: " labels", text: endpoint.labels.joined(separator: ", "),
          note: endpoint.isAggregated ? "those that all share" : "", value: endpoint.labels.first,
          field: field + ".label"))
    }
    return lines
  }

  /// What is known of the figures where the record is not at hand or is no JSON.
  private mutating func addFigures(_ facts: LogFacts) {
    let values: [(String, Int64?)] =
      switch facts {
      case .flow(let flow):
        [
          ("bytes_in", flow.bytesIn), ("bytes_out", flow.bytesOut), ("packets_in", flow.packetsIn),
          ("packets_out", flow.packetsOut), ("num_flows", flow.flows), ("num_flows_started", flow.flowsStarted),
          ("num_flows_completed", flow.flowsCompleted),
        ]
      case .dns(let dns):
        [("count", dns.lookups), ("latency_mean", dns.latencyMean), ("latency_max", dns.latencyMax)]
      case .plain: []
      }
    addFigures(
      JSONMembers(
        values.compactMap { name, value in value.map { JSONMembers.Member(key: name, value: .integer($0)) } }))
  }

  /// Every member of the record that was not told above: those of the table with their units, then what it does not
  /// know.
  private mutating func addFigures(_ members: JSONMembers) {
    var open = members.unique.filter { !told.contains($0.key) }
    var lines: [Line] = []
    for field in RecordField.all {
      guard let index = open.firstIndex(where: { $0.key == field.name }) else { continue }
      let value = open.remove(at: index).value
      lines.append(
        Line(
          label: field.name, text: value.isNull ? "-" : field.text(value), note: field.meaning,
          value: value.string ?? value.json))
    }
    add("figures", lines)
    add(
      "further members of the record",
      open.map { Line(label: $0.key, text: PaneWords.value($0.value), value: $0.value.string ?? $0.value.json) })
  }
}
