/// A piece of input that could not be read as a record. It is data: counted, shown and kept.
public struct Reject: Hashable, Sendable {
  /// From 1.
  public var line: Int
  public var offset: Int64
  public var length: Int
  /// In words for people: `not JSON at byte 12`.
  public var reason: String

  public init(line: Int, offset: Int64, length: Int, reason: String) {
    self.line = line
    self.offset = offset
    self.length = length
    self.reason = reason
  }
}

/// What was read from one stretch of one source: the unit that the store takes in one transaction.
public struct EventBatch: Sendable {
  /// In the order of the text.
  public var records: [LogRecord]
  public var rejects: [Reject]
  /// The stretch of decompressed bytes that was read.
  public var offset: Int64
  public var byteCount: Int
  /// Newlines in the stretch; `line` of records and rejects counts from 1 at its start.
  public var lineCount: Int

  /// The audit events among the records.
  public var events: [AuditEvent] { records.compactMap(\.event) }

  public init(records: [LogRecord] = [], rejects: [Reject] = [], offset: Int64, byteCount: Int, lineCount: Int) {
    self.records = records
    self.rejects = rejects
    self.offset = offset
    self.byteCount = byteCount
    self.lineCount = lineCount
  }
}
