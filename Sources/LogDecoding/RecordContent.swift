public import AuditModel

/// What one record holds beside the columns: its bodies, for the event view and for histories. The order of keys,
/// repeated keys and the digits of numbers are kept.
public struct RecordContent: Sendable {
  public var requestURI: String
  /// `requestObject` and `responseObject`; nil where the level did not log them.
  public var requestObject: JSONValue?
  public var responseObject: JSONValue?
  public var annotations: [(name: String, value: String)]
  /// `responseStatus.message`.
  public var message: String?

  public init(
    requestURI: String, requestObject: JSONValue? = nil, responseObject: JSONValue? = nil,
    annotations: [(name: String, value: String)] = [], message: String? = nil
  ) {
    self.requestURI = requestURI
    self.requestObject = requestObject
    self.responseObject = responseObject
    self.annotations = annotations
    self.message = message
  }
}

/// Reads the bytes of one record again, whole. Nil where they are no JSON object.
public func decodeContent(_ bytes: [UInt8]) -> RecordContent? {
  guard let record = try? JSONValue(parsing: bytes), record.members != nil else { return nil }
  func body(_ key: String) -> JSONValue? { record[key].flatMap { $0.isNull ? nil : $0 } }
  return RecordContent(
    requestURI: record["requestURI"]?.string ?? "", requestObject: body("requestObject"),
    responseObject: body("responseObject"),
    annotations: (record["annotations"]?.members?.unique ?? []).compactMap { member in
      member.value.string.map { (member.key, $0) }
    },
    message: record["responseStatus", "message"]?.string)
}
