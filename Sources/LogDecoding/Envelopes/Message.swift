import AuditModel

extension Envelope {
  /// What no row above knows: an object of which one member is the text of a record.
  static let message = Envelope(
    name: "message", summary: "any object around the text of a record, as of Vector or fluent-bit",
    mark: "one of message, log, msg, body, line, MESSAGE, @message, event.original, a string that starts with {",
    signature: { record in messageMember(record) != nil },
    open: { record, contents in
      contents.transport = commonTransport(record)
      if let message = messageMember(record) { contents.add(text: message) }
    })
}

/// The one member that starts like a record; nil where there is none, or more than one.
private func messageMember(_ record: borrowing JSONObject) -> JSONElement? {
  var found: JSONElement?
  var count = 0
  for key in messageKeys where beginsRecord(record[key]) {
    found = record[key]
    count += 1
  }
  if let event = record["event"].object, beginsRecord(event["original"]) {
    found = event["original"]
    count += 1
  }
  return count == 1 ? found : nil
}

/// A text whose first byte that is no blank opens an object.
private func beginsRecord(_ element: JSONElement) -> Bool {
  guard let text = element.bytes else { return false }
  let start = text.afterFiller(from: 0)
  return start < text.count && text[start] == Ascii.openBrace
}

private let messageKeys: [StaticString] = [
  "message", "log", "msg", "body", "line", "MESSAGE", "@message", "event.original",
]

/// Time and cluster where most writers put them.
func commonTransport(_ record: borrowing JSONObject) -> Transport {
  var times = TimestampReader()
  var transport = Transport()
  for key in timeKeys where transport.time == nil {
    if let time = times.read(record[key]) { transport.time = time }
  }
  for key in clusterKeys where transport.cluster == nil { transport.cluster = record[key].nonEmpty }
  if let kubernetes = record["kubernetes"].object, transport.cluster == nil {
    transport.cluster = kubernetes["cluster_name"].nonEmpty
  }
  return transport
}

private let timeKeys: [StaticString] = ["time", "@timestamp", "timestamp", "date"]
private let clusterKeys: [StaticString] = ["cluster", "cluster_name"]

/// A time since 1970 as a number or as a text of one, as of Loki, OpenTelemetry and journald.
func epochTime(_ element: JSONElement) -> Timestamp? {
  var times = TimestampReader()
  if let bytes = element.bytes, let value = Int64(String(decoding: bytes, as: UTF8.self)) {
    return TimestampReader.epoch(value)
  }
  return times.read(element)
}
