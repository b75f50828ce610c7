import AuditModel

extension LogFormat {
  /// L7 logs of Calico Enterprise and Cloud, shown as they are.
  static let calicoL7 = LogFormat(
    name: "calico-l7",
    summary: "L7 log of Calico Enterprise and Cloud (JSON lines)",
    mark: "src_name_aggr with duration_mean, method, url, response_code or tls_sni",
    signature: { record in
      record.has("src_name_aggr")
        && (record.has("duration_mean") || record.has("method") || record.has("url") || record.has("response_code")
          || record.has("tls_sni"))
    },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeL7(record, &times)) })
}

private func decodeL7(_ record: borrowing JSONObject, _ times: inout TimestampReader) throws(DecodeError) -> LogEntry {
  let end = times.read(record["end_time"])
  guard let time = times.read(record["start_time"]) ?? end ?? times.read(record["@timestamp"]) ?? times.fallback else {
    throw DecodeError(reason: "an L7 log record without a time")
  }
  let method = record["method"].known
  let code = record["response_code"].count.flatMap { Int(exactly: $0) }
  var words = [method ?? record["protocol"].known ?? record["type"].known ?? "requests"]
  if let url = record["url"].known ?? record["tls_sni"].known { words.append(url) }
  if let code { words.append("answered \(code)") }
  if let count = record["count"].count, count != 1 { words.append("\(count) times") }
  if let mean = record["duration_mean"].count { words.append("in \(milliseconds(mean)) ms on average") }
  let facts = PlainFacts(
    data: .l7, end: end, action: method ?? record["type"].known,
    source: Endpoint(
      type: record["src_type"].known, namespace: record["src_namespace"].known, name: record["src_name_aggr"].known),
    destination: Endpoint(
      type: record["dest_type"].known, namespace: record["dest_namespace"].known, name: record["dest_name_aggr"].known,
      port: record["dest_service_port"].count.flatMap { (1...65535).contains($0) ? Int($0) : nil }),
    code: code, message: words.joined(separator: " "), host: record["host"].known)
  return LogEntry(time: time, facts: .plain(facts), cluster: record["cluster"].nonEmpty)
}

/// Nanoseconds as milliseconds with one digit.
private func milliseconds(_ nanoseconds: Int64) -> String {
  let tenths = nanoseconds / 100_000
  return "\(tenths / 10).\((tenths % 10).magnitude)"
}
