import AuditModel

extension Envelope {
  /// A log record of OpenTelemetry in JSON; its body is a text or a map.
  static let otlpRecord = Envelope(
    name: "otlp-record", summary: "OpenTelemetry log record (OTLP/JSON)",
    mark: "body.stringValue or body.kvlistValue",
    signature: { record in
      guard let body = record["body"].object else { return false }
      return body["stringValue"].isString || body["kvlistValue"].object != nil
    },
    open: { record, contents in
      contents.transport.time = epochTime(record["timeUnixNano"]) ?? epochTime(record["observedTimeUnixNano"])
      guard let body = record["body"].object else { return }
      if body["stringValue"].isString { return contents.add(text: body["stringValue"]) }
      guard let place = RawJSON.member("body", in: contents.text), let map = try? JSONValue(parsing: place) else {
        return contents.reject("an OpenTelemetry log record whose body cannot be read")
      }
      contents.add(Array(value(map).json.utf8), from: place)
    })
}

/// The JSON value that an `AnyValue` stands for.
private func value(_ any: JSONValue) -> JSONValue {
  if let text = any["stringValue"] { return text }
  if let flag = any["boolValue"] { return flag }
  if let number = any["doubleValue"] { return number }
  // Numbers of 64 bits are strings in protobuf's JSON.
  if let number = any["intValue"] { return number.string.map(JSONValue.number) ?? number }
  if let items = any["arrayValue", "values"]?.array { return .array(items.map(value)) }
  if let pairs = any["kvlistValue", "values"]?.array {
    return .object(
      JSONMembers(
        pairs.compactMap { pair in
          pair["key"]?.string.map { JSONMembers.Member(key: $0, value: pair["value"].map(value) ?? .null) }
        }))
  }
  return .null
}
