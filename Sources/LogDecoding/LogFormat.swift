import AuditModel

/// A kind of log that can be read. Which one a record belongs to is decided for each record, not for a file.
public struct LogFormat: Sendable {
  /// What `formats` and `check` call it: `kubernetes-audit`.
  public let name: String
  /// One line for people.
  public let summary: String
  /// Whether a record is of this kind; looks at few members and never at their meaning.
  let signature: @Sendable (borrowing JSONObject) -> Bool
  /// Makes the record; its position and content key are the caller's to fill in.
  let decode: @Sendable (borrowing JSONObject, inout TimestampReader) throws(DecodeError) -> LogRecord

  init(
    name: String, summary: String, signature: @escaping @Sendable (borrowing JSONObject) -> Bool,
    decode: @escaping @Sendable (borrowing JSONObject, inout TimestampReader) throws(DecodeError) -> LogRecord
  ) {
    self.name = name
    self.summary = summary
    self.signature = signature
    self.decode = decode
  }

  /// In the order in which a record is offered to them: the special before the general.
  public static let all: [LogFormat] = [.calicoAudit, .kubernetesAudit, .calicoFlow, .calicoDNS]
}
