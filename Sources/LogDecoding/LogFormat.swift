import AuditModel

/// A kind of log that can be read. Which one a record belongs to is decided for each record, not for a file.
public struct LogFormat: Sendable {
  /// What `formats` and `check` call it: `kubernetes-audit`.
  public let name: String
  /// One line for people.
  public let summary: String
  /// What a record of it has that others have not, for people.
  public let mark: String
  let signature: Signature
  /// Writes a record anew as the JSON text that `decode` reads; nil where the record is that text. What it makes is
  /// never kept: the record's own bytes are made into it again whenever they are read.
  let translate: (@Sendable (UnsafeRawBufferPointer) throws(DecodeError) -> Translation)?
  /// Makes the record; its position and content key are the caller's to fill in.
  let decode: @Sendable (borrowing JSONObject, inout TimestampReader) throws(DecodeError) -> LogRecord

  /// What decides whether a record is of this kind; looks at little of it and never at its meaning.
  enum Signature: Sendable {
    case json(@Sendable (borrowing JSONObject) -> Bool)
    case text(@Sendable (UnsafeRawBufferPointer) -> Bool)
  }

  init(
    name: String, summary: String, mark: String,
    signature: @escaping @Sendable (borrowing JSONObject) -> Bool,
    translate: (@Sendable (UnsafeRawBufferPointer) throws(DecodeError) -> Translation)? = nil,
    decode: @escaping @Sendable (borrowing JSONObject, inout TimestampReader) throws(DecodeError) -> LogRecord
  ) {
    self.name = name
    self.summary = summary
    self.mark = mark
    self.signature = .json(signature)
    self.translate = translate
    self.decode = decode
  }

  /// A log of text that is no JSON.
  init(
    name: String, summary: String, mark: String, text: @escaping @Sendable (UnsafeRawBufferPointer) -> Bool,
    translate: @escaping @Sendable (UnsafeRawBufferPointer) throws(DecodeError) -> Translation,
    decode: @escaping @Sendable (borrowing JSONObject, inout TimestampReader) throws(DecodeError) -> LogRecord
  ) {
    self.name = name
    self.summary = summary
    self.mark = mark
    signature = .text(text)
    self.translate = translate
    self.decode = decode
  }

  /// Whether its records are audit events: of those, half a record says something.
  var isAudit: Bool { name.hasSuffix("-audit") }

  /// Whether a JSON object is a record of this kind.
  var takesRecord: @Sendable (borrowing JSONObject) -> Bool {
    if case .json(let isOne) = signature { isOne } else { { _ in false } }
  }
  func takes(text: UnsafeRawBufferPointer) -> Bool {
    if case .text(let isOne) = signature { isOne(text) } else { false }
  }

  /// In the order in which a record is offered to them: the special before the general, the frequent first.
  public static let all: [LogFormat] = [
    .calicoAudit, .kubernetesAudit, .calicoFlow, .calicoDNS, .calicoL7, .gkeAudit, .aksAudit, .whiskerFlow,
    .goldmaneFlow, .calicoBGP, .falcoAlert, .legacyAudit, .birdLog, .flowText, .nodeFlow,
  ]
}

/// A record as JSON text of the kind that its format decodes.
struct Translation {
  var json: [UInt8]
  /// The cluster that the record names.
  var cluster: String?
}
