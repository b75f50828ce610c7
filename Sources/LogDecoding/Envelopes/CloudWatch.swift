import AuditModel

extension Envelope {
  /// An item of what `aws logs get-log-events` and a subscription deliver.
  static let cloudWatchEvent = Envelope(
    name: "cloudwatch-event", summary: "event of CloudWatch Logs (get-log-events, filter-log-events, subscription)",
    mark: "message and timestamp, with ingestionTime, eventId, id or logStreamName",
    signature: { event in
      event["message"].isString && event["timestamp"].integer != nil
        && (event.has("ingestionTime") || event.has("eventId") || event.has("logStreamName") || event.has("id"))
    },
    open: { event, contents in
      // A subscription is tried out with a message of its own.
      if event["message"].starts(with: "CWL CONTROL MESSAGE") { return }
      var times = TimestampReader()
      contents.transport.time = times.read(event["timestamp"])
      contents.add(text: event["message"])
    })

  /// A cell of a row of Logs Insights. All but the message are about it.
  static let insightsField = Envelope(
    name: "insights-field", summary: "field of a row of CloudWatch Logs Insights",
    mark: "field and value",
    signature: { $0["field"].isString && $0["value"].isString },
    open: { cell, contents in
      if let field = cell.bytes("field"), field == "@message" { contents.add(text: cell["value"]) }
    })
}
