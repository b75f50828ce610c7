import AuditModel

/// What to tell of a source in which no format took anything.
public struct Unrecognised: Sendable {
  /// The reason of its first reject: `not JSON: text where a record is expected`.
  public var looksLike: String
  /// Its first bytes, at most 80.
  public var start: [UInt8]
  /// Each format, and what a record of it would have had.
  public var refusals: [(format: String, needs: String)]

  /// Nil where the bytes hold a record after all, or nothing.
  /// - Parameter head: the first bytes of the text, unpacked.
  public init?(head: [UInt8]) {
    let batch = head.withUnsafeBytes { bytes in
      RecordDecoder(framing: RecordDecoder.framing(of: bytes)).decode(bytes, offset: 0, isLast: true).batch
    }
    guard batch.records.isEmpty, let reject = batch.rejects.first else { return nil }
    looksLike = reject.reason
    start = Array(head.prefix(80))
    refusals = LogFormat.all.map { ($0.name, $0.mark) }
  }
}
