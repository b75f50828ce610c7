import AuditModel

extension LogFormat {
  /// Flows of Calico's Goldmane, as Go's encoder writes them (numbers for enums, nothing for zero) or protobuf's JSON
  /// (camel case, texts for long numbers, names for enums).
  static let goldmaneFlow = LogFormat(
    name: "goldmane-flow",
    summary: "Flow of Calico's Goldmane (JSON of its emitter or stream, protobuf JSON)",
    mark: "Key is an object with source_name, sourceName, dest_name or destName",
    signature: { record in
      guard let key = record["Key"].object else { return false }
      return key.has("source_name") || key.has("sourceName") || key.has("dest_name") || key.has("destName")
    },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeGoldmane(record, &times)) })
}

private func decodeGoldmane(
  _ record: borrowing JSONObject, _ times: inout TimestampReader
) throws(DecodeError) -> LogEntry {
  let end = epochTime(either(record, "end_time", "endTime"))
  guard let time = epochTime(either(record, "start_time", "startTime")) ?? end ?? times.fallback else {
    throw DecodeError(reason: "a flow without a time")
  }
  guard let key = record["Key"].object else { throw DecodeError(reason: "a flow without a key") }
  guard let action = name(key["action"], flowActions) else { throw DecodeError(reason: "a flow without an action") }
  var facts = FlowFacts(end: end, action: action)
  facts.reporter = name(key["reporter"], reporters)
  facts.proto = key["proto"].known
  facts.source = Endpoint(
    type: name(either(key, "source_type", "sourceType"), endpointTypes),
    namespace: either(key, "source_namespace", "sourceNamespace").known,
    name: either(key, "source_name", "sourceName").known,
    labels: either(record, "source_labels", "sourceLabels").strings)
  facts.destination = Endpoint(
    type: name(either(key, "dest_type", "destType"), endpointTypes),
    namespace: either(key, "dest_namespace", "destNamespace").known,
    name: either(key, "dest_name", "destName").known,
    port: either(key, "dest_port", "destPort").count.flatMap { (1...65535).contains($0) ? Int($0) : nil },
    labels: either(record, "dest_labels", "destLabels").strings)
  if let service = either(key, "dest_service_name", "destServiceName").known {
    let path = either(key, "dest_service_namespace", "destServiceNamespace").known.map { $0 + "/" + service } ?? service
    let port =
      either(key, "dest_service_port", "destServicePort").count.flatMap { $0 == 0 ? nil : String($0) }
      ?? either(key, "dest_service_port_name", "destServicePortName").known
    facts.service = port.map { path + ":" + $0 } ?? path
  }
  // What is zero is left out.
  facts.bytesIn = either(record, "bytes_in", "bytesIn").count ?? 0
  facts.bytesOut = either(record, "bytes_out", "bytesOut").count ?? 0
  facts.packetsIn = either(record, "packets_in", "packetsIn").count ?? 0
  facts.packetsOut = either(record, "packets_out", "packetsOut").count ?? 0
  facts.flows = either(record, "num_connections_live", "numConnectionsLive").count ?? 0
  facts.flowsStarted = either(record, "num_connections_started", "numConnectionsStarted").count ?? 0
  facts.flowsCompleted = either(record, "num_connections_completed", "numConnectionsCompleted").count ?? 0
  if let policies = key["policies"].object {
    facts.policies =
      policyHits(either(policies, "enforced_policies", "enforcedPolicies"), .enforced)
      + policyHits(either(policies, "pending_policies", "pendingPolicies"), .pending)
  }
  return LogEntry(time: time, facts: .flow(facts))
}

/// Policies that are objects, as Goldmane and Whisker write them, in order of evaluation.
func policyHits(_ list: JSONElement, _ scope: PolicyHit.Scope) -> [PolicyHit] {
  var hits: [PolicyHit] = []
  list.forEach { item in
    guard let item = item.object, let action = name(item["action"], flowActions) else { return }
    let kind = name(item["kind"], policyKinds).map(PolicyHits.kind(named:)) ?? "gnp"
    let isEnd = kind == "eot"
    hits.append(
      PolicyHit(
        scope: scope, index: Int(either(item, "policy_index", "policyIndex").count ?? 0),
        tier: item["tier"].nonEmpty ?? (kind == "pro" ? "__PROFILE__" : "default"), kind: kind,
        namespace: item["namespace"].nonEmpty, name: item["name"].nonEmpty ?? (isEnd ? "__NO_MATCH__" : "?"),
        action: action, rule: isEnd ? -1 : Int(either(item, "rule_index", "ruleIndex").count ?? 0)))
  }
  return hits.sorted { $0.index < $1.index }
}

private let flowActions = ["", "allow", "deny", "pass"]
private let reporters = ["", "src", "dst"]
private let endpointTypes = ["", "wep", "hep", "ns", "net"]
private let policyKinds = [
  "", "CalicoNetworkPolicy", "GlobalNetworkPolicy", "StagedNetworkPolicy", "StagedGlobalNetworkPolicy",
  "StagedKubernetesNetworkPolicy", "NetworkPolicy", "AdminNetworkPolicy", "BaselineAdminNetworkPolicy", "Profile",
  "EndOfTier", "ClusterNetworkPolicy",
]
/// Names of protobuf that the tables above spell in another way.
private let longNames = [
  "WorkloadEndpoint": "wep", "HostEndpoint": "hep", "NetworkSet": "ns", "Network": "net", "Src": "src", "Dst": "dst",
  "Allow": "allow", "Deny": "deny", "Pass": "pass",
]

/// The name of an enum's value, which is a number or the name itself; nil where it is missing or not known.
private func name(_ element: JSONElement, _ names: [String]) -> String? {
  if let number = element.integer {
    return names.indices.contains(Int(truncatingIfNeeded: number)) && number > 0 ? names[Int(number)] : nil
  }
  guard let text = element.known else { return nil }
  return longNames[text] ?? text
}

/// A member under one of two spellings.
private func either(_ object: borrowing JSONObject, _ first: StaticString, _ second: StaticString) -> JSONElement {
  object.has(first) ? object[first] : object[second]
}

extension JSONElement {
  /// A whole number, also as a text: protobuf's JSON writes those of 64 bits so.
  var count: Int64? { integer ?? bytes.flatMap { Int64(String(decoding: $0, as: UTF8.self)) } }
}
