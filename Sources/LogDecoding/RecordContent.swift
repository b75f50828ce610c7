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

/// Reads the bytes of one record again, whole, of whatever provenance. Nil where they are no record.
///
/// - Parameters:
///   - bytes: the record's own, without wrappers.
///   - memory: of a record that this one may be like, and then of this one.
public func decodeContent(_ bytes: [UInt8], memory: RecordMemory? = nil) -> RecordContent? {
  let read = memory.map { memory in try? JSONValue(parsing: bytes, memory: memory) } ?? (try? JSONValue(parsing: bytes))
  if let record = read, record.members != nil, isPlain(record) {
    return content(record, hasBodies: true)
  }
  guard let text = decodedText(of: bytes), let record = try? JSONValue(parsing: text.json), record.members != nil else {
    return nil
  }
  // Of a record that was cut, a body may be there in half.
  return content(record, hasBodies: !text.isCut)
}

/// Whether the members are those of `audit.k8s.io`, so that nothing needs to be translated.
private func isPlain(_ record: JSONValue) -> Bool {
  record["verb"]?.string != nil || record["requestURI"]?.string != nil || record["auditID"]?.string != nil
}

private func content(_ record: JSONValue, hasBodies: Bool) -> RecordContent {
  func body(_ key: String) -> JSONValue? { hasBodies ? record[key].flatMap { $0.isNull ? nil : $0 } : nil }
  return RecordContent(
    requestURI: record["requestURI"]?.string ?? "", requestObject: body("requestObject"),
    responseObject: body("responseObject"),
    annotations: (record["annotations"]?.members?.unique ?? []).compactMap { member in
      member.value.string.map { (member.key, $0) }
    },
    message: record["responseStatus", "message"]?.string)
}
