public import AuditModel
public import EventQueries

/// What the store needs from outside, so that it knows neither log formats nor decompression.
public struct StoreEnvironment: Sendable {
  /// Turns the bytes of one record into its bodies; nil when they are no record. What it has in common with the record
  /// that the memory is of is taken over.
  public var decodeContent: @Sendable (_ record: [UInt8], _ memory: RecordMemory?) -> StoredContent?
  /// Reads `count` bytes of a source's decompressed text from `offset` on; fewer only at its end.
  public var readSource: @Sendable (_ path: String, _ offset: Int64, _ count: Int) throws -> [UInt8]
  /// The content key of a record's bytes: tells whether what was read is still what was indexed. Nil for no check.
  public var contentID: (@Sendable (_ record: UnsafeRawBufferPointer) -> ContentID)?
  /// Takes the record with the content key out of the wrapper that stands in the source; nil where it is not there.
  public var unwrap: @Sendable (_ wrapper: [UInt8], _ record: ContentID) -> [UInt8]?
  /// What a row of a table says by itself, given how its source begins; nil where that is no table whose columns are
  /// the members of its records.
  public var readRow: @Sendable (_ row: [UInt8], _ head: [UInt8]) -> [UInt8]?
  /// Every byte of a record passes it before it leaves the store; with a memory as above.
  public var redaction: @Sendable (_ record: [UInt8], _ memory: RecordMemory?) -> [UInt8]
  /// Whether redaction may put the bytes, letters of either case, into a record that does not have them as logged. Of
  /// other bytes the text as logged tells where they cannot be found.
  public var redactionMayWrite: @Sendable (_ needle: [UInt8]) -> Bool
  /// Free texts of the columns (`agent`, `reason`) pass it.
  public var textRedaction: @Sendable (String) -> String
  /// What each act on an object did to it. Takes the object's history, of which the store knows nothing.
  public var changes: ChangeReading
  /// What came of the acts on an object by its history: `changed` or `noop`, of those that were accepted and are one of
  /// both. Bodies that cannot be read count as not logged.
  public var outcomes: OutcomeReading

  /// Throws `CancellationError` once the last argument says so.
  public typealias ChangeReading = @Sendable (StoreSnapshot, ObjectKey, () -> Bool) throws -> [ActID: ActChange]
  /// The same.
  public typealias OutcomeReading = @Sendable (StoreSnapshot, ObjectKey, () -> Bool) throws -> [ActID: Outcome]

  public init(
    decodeContent: @escaping @Sendable ([UInt8], RecordMemory?) -> StoredContent? = { _, _ in nil },
    readSource: @escaping @Sendable (String, Int64, Int) throws -> [UInt8] = { path, _, _ in
      throw StoreError.sourceUnreadable(path, reason: "no reader was given")
    },
    contentID: (@Sendable (UnsafeRawBufferPointer) -> ContentID)? = nil,
    unwrap: @escaping @Sendable ([UInt8], ContentID) -> [UInt8]? = { _, _ in nil },
    readRow: @escaping @Sendable ([UInt8], [UInt8]) -> [UInt8]? = { _, _ in nil },
    redaction: @escaping @Sendable ([UInt8], RecordMemory?) -> [UInt8] = { record, _ in record },
    redactionMayWrite: @escaping @Sendable ([UInt8]) -> Bool = { _ in false },
    textRedaction: @escaping @Sendable (String) -> String = { $0 },
    changes: @escaping ChangeReading = { _, _, _ in [:] },
    outcomes: @escaping OutcomeReading = { _, _, _ in [:] }
  ) {
    self.decodeContent = decodeContent
    self.readSource = readSource
    self.contentID = contentID
    self.unwrap = unwrap
    self.readRow = readRow
    self.redaction = redaction
    self.redactionMayWrite = redactionMayWrite
    self.textRedaction = textRedaction
    self.changes = changes
    self.outcomes = outcomes
  }
}

/// What one record holds beyond its columns.
public struct StoredContent: Sendable {
  public var requestURI: String
  public var request: JSONValue?
  public var response: JSONValue?
  public var annotations: [(name: String, value: String)]
  public var message: String?

  public init(
    requestURI: String, request: JSONValue?, response: JSONValue?,
    annotations: [(name: String, value: String)] = [], message: String? = nil
  ) {
    self.requestURI = requestURI
    self.request = request
    self.response = response
    self.annotations = annotations
    self.message = message
  }
}

/// Why the store could not do what was asked.
public enum StoreError: Error, Hashable, Sendable, CustomStringConvertible {
  case cannotOpen(_ path: String, reason: String)
  /// An SQLite file of something else, or no SQLite file at all.
  case notAStore(_ path: String)
  /// Written by a later version of the program.
  case tooNew(_ path: String)
  case corrupt(reason: String)
  /// Another process kept the file locked for 5 s.
  case busy
  case failed(reason: String)
  /// The file is no longer the one that was indexed.
  case sourceChanged(_ file: String)
  case sourceUnreadable(_ file: String, reason: String)
  /// The bytes were left out of the index on purpose, and the source cannot be read a second time.
  case notKept(_ file: String)

  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): \(reason)"
    case .notAStore(let path): "\(path): not a whodiff store"
    case .tooNew(let path): "\(path): written by a later version of whodiff"
    case .corrupt(let reason): "the store is damaged: \(reason); delete it and read the logs again"
    case .busy: "another process keeps the store locked"
    case .failed(let reason): "the store failed: \(reason)"
    case .sourceChanged(let file): "\(file) is no longer the file that was indexed; open it again to read it anew"
    case .sourceUnreadable(let file, let reason): "\(file): \(reason)"
    case .notKept(let file): "\(file): bodies of secrets are not kept in the index; import the log to keep them"
    }
  }
}
