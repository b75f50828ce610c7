import AuditModel

extension LogFormat {
  /// Flows as Calico's Whisker shows them: no addresses, no source ports, names without their tier.
  static let whiskerFlow = LogFormat(
    name: "whisker-flow",
    summary: "Flow of Calico's Whisker (list or stream of its backend)",
    mark: "policies.enforced or policies.pending, with source_name or dest_name",
    signature: { record in
      guard record.has("source_name") || record.has("dest_name"), let policies = record["policies"].object else {
        return false
      }
      return policies.has("enforced") || policies.has("pending")
    },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeWhisker(record, &times)) })
}

private func decodeWhisker(
  _ record: borrowing JSONObject, _ times: inout TimestampReader
) throws(DecodeError) -> LogEntry {
  let end = times.read(record["end_time"])
  guard let time = times.read(record["start_time"]) ?? end ?? times.fallback else {
    throw DecodeError(reason: "a flow without a time")
  }
  guard let action = record["action"].known else { throw DecodeError(reason: "a flow without an action") }
  var facts = FlowFacts(end: end, action: action.lowercased(), reporter: record["reporter"].known?.lowercased())
  facts.source = Endpoint(
    namespace: record["source_namespace"].known, name: record["source_name"].known,
    labels: barredLabels(record["source_labels"]))
  facts.destination = Endpoint(
    namespace: record["dest_namespace"].known, name: record["dest_name"].known,
    port: record["dest_port"].count.flatMap { (1...65535).contains($0) ? Int($0) : nil },
    labels: barredLabels(record["dest_labels"]))
  facts.proto = record["protocol"].known
  facts.bytesIn = record["bytes_in"].count
  facts.bytesOut = record["bytes_out"].count
  facts.packetsIn = record["packets_in"].count
  facts.packetsOut = record["packets_out"].count
  if let policies = record["policies"].object {
    facts.policies = (policyHits(policies["enforced"], .enforced) + policyHits(policies["pending"], .pending)).map {
      hit in
      var hit = hit
      hit.action = hit.action.lowercased()
      return hit
    }
  }
  return LogEntry(time: time, facts: .flow(facts))
}

/// `k=v | k2=v2`, one text; other forms as flow logs have them.
private func barredLabels(_ element: JSONElement) -> [String] {
  guard let text = element.known else { return element.labels }
  return text.split(separator: "|").map { part in
    String(part.drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
