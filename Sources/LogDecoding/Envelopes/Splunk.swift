import AuditModel

extension Envelope {
  /// A search result, as the REST API and the export of the UI write it.
  static let splunkResult = Envelope(
    name: "splunk-result", summary: "result of a Splunk search", mark: "_raw, or result._raw",
    signature: { record in
      if record["_raw"].isString { return true }
      guard let result = record["result"].object else { return false }
      return result["_raw"].isString
    },
    open: { record, contents in
      func open(_ result: borrowing JSONObject) {
        var times = TimestampReader()
        contents.transport = Transport(time: times.read(result["_time"]), cluster: result["cluster_name"].nonEmpty)
        contents.add(text: result["_raw"])
      }
      if let result = record["result"].object { open(result) } else { open(record) }
    })

  /// What is sent to the HTTP Event Collector.
  static let splunkEvent = Envelope(
    name: "splunk-hec", summary: "event for Splunk's HTTP Event Collector",
    mark: "event, with time, host, source, sourcetype or index",
    signature: { record in
      (record["event"].isString || record["event"].object != nil)
        && (record.has("time") || record.has("host") || record.has("source") || record.has("sourcetype")
          || record.has("index"))
    },
    open: { record, contents in
      contents.transport = commonTransport(record)
      contents.add(member: "event", of: record["event"])
    })
}
