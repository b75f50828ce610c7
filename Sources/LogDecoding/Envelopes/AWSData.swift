import AuditModel

extension Envelope {
  /// CloudWatch Logs packed for a Lambda function, Kinesis or Firehose: base64, mostly of gzip.
  static let awsData = Envelope(
    name: "aws-data", summary: "CloudWatch Logs packed for Lambda, Kinesis or Firehose (base64, gzip)",
    mark: "awslogs.data, kinesis.data, or data with recordId",
    signature: { dataMember($0) != nil },
    open: { record, contents in
      if let data = dataMember(record) { contents.add(base64: data) }
    })

  /// What Pub/Sub delivers of a Cloud Logging sink.
  static let pubSub = Envelope(
    name: "pub-sub", summary: "Pub/Sub message of a Cloud Logging sink (base64)",
    mark: "message.data, or data with messageId",
    signature: { record in
      if let message = record["message"].object { return message["data"].isString }
      return record["data"].isString && (record.has("messageId") || record.has("message_id"))
    },
    open: { record, contents in
      if let message = record["message"].object { return contents.add(base64: message["data"]) }
      contents.add(base64: record["data"])
    })
}

private func dataMember(_ record: borrowing JSONObject) -> JSONElement? {
  if let logs = record["awslogs"].object, logs["data"].isString { return logs["data"] }
  if let kinesis = record["kinesis"].object, kinesis["data"].isString { return kinesis["data"] }
  return record["data"].isString && record.has("recordId") ? record["data"] : nil
}

extension EnvelopeContents {
  /// What base64 text holds, unpacked.
  mutating func add(base64 element: JSONElement) {
    guard let text = element.bytes, let packed = base64Bytes(text) else {
      return reject("data that is no base64")
    }
    guard let bytes = unpacked(packed) else { return reject("packed data that is damaged, or too large") }
    add(bytes)
  }
}
