import AuditModel

extension LogFormat {
  /// Alerts that Falco raised over audit events; the event itself is not in them.
  static let falcoAlert = LogFormat(
    name: "falco-alert",
    summary: "Falco alert over audit events (JSON output)",
    mark: "rule with priority and output",
    signature: { $0["rule"].isString && $0["priority"].isString && $0["output"].isString },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeFalco(record, &times)) })
}

private func decodeFalco(_ alert: borrowing JSONObject, _ times: inout TimestampReader) throws(DecodeError) -> LogEntry
{
  guard let time = times.read(alert["time"]) ?? times.fallback else {
    throw DecodeError(reason: "a Falco alert without a time")
  }
  var facts = PlainFacts(data: .alert, action: alert["priority"].known, host: alert["hostname"].known)
  facts.message = "\(alert["rule"].string ?? ""): \(alert["output"].freshString ?? "")"
  if let fields = alert["output_fields"].object {
    facts.source = Endpoint(name: fields["ka.user.name"].known)
    facts.destination = Endpoint(
      type: fields["ka.target.resource"].known, namespace: fields["ka.target.namespace"].known,
      name: fields["ka.target.name"].known)
    facts.code = fields["ka.response.code"].count.flatMap { Int(exactly: $0) }
    // An alert has no columns of a request, and its output says of these what its rule chose to.
    let request = [
      fields["ka.verb"].known, fields["ka.auditid"].known.map { "audit ID \($0)" },
    ].compactMap { $0 }
    if !request.isEmpty { facts.message? += " (\(request.joined(separator: ", ")))" }
  }
  return LogEntry(time: time, facts: .plain(facts))
}
