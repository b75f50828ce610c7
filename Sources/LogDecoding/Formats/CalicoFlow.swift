import AuditModel

extension LogFormat {
  /// Flow logs of Calico Enterprise and Cloud.
  static let calicoFlow = LogFormat(
    name: "calico-flow",
    summary: "Flow log of Calico Enterprise and Cloud (JSON lines)",
    mark: "reporter with source_name_aggr or dest_name_aggr",
    signature: { record in
      record.has("reporter") && (record.has("source_name_aggr") || record.has("dest_name_aggr"))
    },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeFlow(record, &times)) })
}

private enum FlowKey: Int, MemberKey {
  case startTime, endTime, action, reporter, proto, policies, destDomains, numFlows, numFlowsStarted
  case numFlowsCompleted, bytesIn, bytesOut, packetsIn, packetsOut, processName, host, serviceNamespace
  case serviceName, servicePort, servicePortNumber

  var name: String {
    switch self {
    case .startTime: "start_time"
    case .endTime: "end_time"
    case .action: "action"
    case .reporter: "reporter"
    case .proto: "proto"
    case .policies: "policies"
    case .destDomains: "dest_domains"
    case .numFlows: "num_flows"
    case .numFlowsStarted: "num_flows_started"
    case .numFlowsCompleted: "num_flows_completed"
    case .bytesIn: "bytes_in"
    case .bytesOut: "bytes_out"
    case .packetsIn: "packets_in"
    case .packetsOut: "packets_out"
    case .processName: "process_name"
    case .host: "host"
    case .serviceNamespace: "dest_service_namespace"
    case .serviceName: "dest_service_name"
    case .servicePort: "dest_service_port"
    case .servicePortNumber: "dest_service_port_num"
    }
  }
}

private enum SideKey: Int, MemberKey {
  case sourceType, sourceNamespace, sourceName, sourceNameAggr, sourceIP, sourcePort, sourceLabels
  case destType, destNamespace, destName, destNameAggr, destIP, destPort, destLabels, timestamp, cluster

  var name: String {
    switch self {
    case .sourceType: "source_type"
    case .sourceNamespace: "source_namespace"
    case .sourceName: "source_name"
    case .sourceNameAggr: "source_name_aggr"
    case .sourceIP: "source_ip"
    case .sourcePort: "source_port"
    case .sourceLabels: "source_labels"
    case .destType: "dest_type"
    case .destNamespace: "dest_namespace"
    case .destName: "dest_name"
    case .destNameAggr: "dest_name_aggr"
    case .destIP: "dest_ip"
    case .destPort: "dest_port"
    case .destLabels: "dest_labels"
    case .timestamp: "@timestamp"
    case .cluster: "cluster"
    }
  }
}

private let flowKeys = KeyTable<FlowKey>()
private let sideKeys = KeyTable<SideKey>()

/// One record is one entry; a time and a verdict are needed, all else is optional.
private func decodeFlow(
  _ record: borrowing JSONObject, _ times: inout TimestampReader
) throws(DecodeError) -> LogEntry {
  let fields = record.members(flowKeys)
  let sides = record.members(sideKeys)
  let end = times.read(fields[.endTime])
  guard let time = times.read(fields[.startTime]) ?? end ?? times.read(sides[.timestamp]) else {
    throw DecodeError(reason: "a flow log record without a time")
  }
  guard let action = fields[.action].nonEmpty else { throw DecodeError(reason: "a flow log record without an action") }
  let facts = FlowFacts(
    end: end, action: action.lowercased(), reporter: fields[.reporter].known?.lowercased(),
    source: Endpoint(
      type: sides[.sourceType].known, namespace: sides[.sourceNamespace].known,
      name: sides[.sourceName].known ?? sides[.sourceNameAggr].known, ip: sides[.sourceIP].known,
      port: sides[.sourcePort].port, labels: sides[.sourceLabels].labels),
    destination: Endpoint(
      type: sides[.destType].known, namespace: sides[.destNamespace].known,
      name: sides[.destName].known ?? sides[.destNameAggr].known, ip: sides[.destIP].known,
      port: sides[.destPort].port, labels: sides[.destLabels].labels),
    proto: fields[.proto].known, service: service(fields), domains: fields[.destDomains].strings,
    policies: policies(fields[.policies]), bytesIn: fields[.bytesIn].integer, bytesOut: fields[.bytesOut].integer,
    packetsIn: fields[.packetsIn].integer, packetsOut: fields[.packetsOut].integer, flows: fields[.numFlows].integer,
    flowsStarted: fields[.numFlowsStarted].integer, flowsCompleted: fields[.numFlowsCompleted].integer,
    process: fields[.processName].known, host: fields[.host].known)
  return LogEntry(time: time, facts: .flow(facts), cluster: sides[.cluster].nonEmpty)
}

/// `ns/name:port`, the port's number where it is logged, else its name.
private func service(_ fields: borrowing JSONMembersFound<FlowKey>) -> String? {
  guard let name = fields[.serviceName].known else { return nil }
  let path = fields[.serviceNamespace].known.map { $0 + "/" + name } ?? name
  if let number = fields[.servicePortNumber].integer, number != 0 { return path + ":\(number)" }
  return fields[.servicePort].known.map { path + ":" + $0 } ?? path
}

/// In order of evaluation within each list; `all_policies` only where it is the only one.
private func policies(_ element: JSONElement) -> [PolicyHit] {
  guard let lists = element.object else { return [] }
  func hits(_ key: StaticString, _ scope: PolicyHit.Scope) -> [PolicyHit] {
    lists[key].strings.compactMap { PolicyHits.hit($0, scope: scope) }.sorted { $0.index < $1.index }
  }
  let enforced = hits("enforced_policies", .enforced)
  let pending = hits("pending_policies", .pending)
  let transit = hits("transit_policies", .transit)
  return enforced.isEmpty && pending.isEmpty ? hits("all_policies", .all) + transit : enforced + pending + transit
}

extension JSONElement {
  /// A text that says something: flow and DNS logs write `-` for what is aggregated away or does not apply.
  var known: String? { nonEmpty.flatMap { $0 == "-" ? nil : $0 } }

  /// A port; 0 stands for none.
  var port: Int? { integer.flatMap { (1...65535).contains($0) ? Int($0) : nil } }

  /// Labels as `key=value`: an array of such, an object with one under `labels`, or a map.
  var labels: [String] {
    if isArray { return strings }
    guard let object else { return [] }
    if object["labels"].isArray { return object["labels"].strings }
    return object.pairs.compactMap { pair in pair.value.string.map { "\(pair.key)=\($0)" } }
  }
}
