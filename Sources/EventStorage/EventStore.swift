import AuditModel
import GRDB
import Synchronization

/// The acts of all logs that were read: one SQLite file that holds segments of columns, with dictionaries local to each
/// segment, and blocks of text. Reading goes through `snapshot()`, writing through `append`; both may happen at once,
/// in one process or several.
public final class EventStore: Sendable {
  public enum Access: Sendable {
    case readWrite, readOnly
    /// Nothing touches a disk; the path is only a name.
    case inMemory
  }

  public let access: Access
  public let environment: StoreEnvironment
  let database: any DatabaseWriter
  let path: String
  /// The file at `path` when it was opened; nil in memory.
  let file: FileIdentity?
  private let state: Mutex<StoreState>
  /// One writer at a time within the process; SQLite sees to other processes.
  let writer: Mutex<WriterState>
  let payload: PayloadReader
  let selections = SelectionCache()
  let policyBodies = PolicyBodyCache()
  let changes = ChangeCache()
  let exclusion = Exclusion()
  /// One run of `settle` at a time.
  let settling = Mutex(SettlingState())
  private let noted = Mutex<StoreError?>(nil)

  private init(
    database: any DatabaseWriter, path: String, file: FileIdentity?, access: Access, environment: StoreEnvironment
  ) {
    self.database = database
    self.path = path
    self.file = file
    self.access = access
    self.environment = environment
    state = Mutex(.empty)
    writer = Mutex(WriterState())
    payload = PayloadReader(database: database, environment: environment)
  }

  /// Opens the store, making an empty one where there is none and it may be written. The file and the folders that are
  /// made belong to the user alone.
  public static func open(
    _ path: String, access: Access, environment: StoreEnvironment = StoreEnvironment()
  ) throws(StoreError) -> EventStore {
    let (database, file) = try openDatabase(path, access: access)
    let store = EventStore(database: database, path: path, file: file, access: access, environment: environment)
    try store.refresh()
    return store
  }

  /// All that is there now, and stays as it is for whoever holds it.
  public func snapshot() -> StoreSnapshot {
    let whole = current
    return StoreSnapshot(store: self, state: noting(whole) { try exclusion.visible(of: whole) }, whole: whole)
  }

  /// Rises whenever acts were added or changed, and when others are left out.
  public var version: Int { current.version + exclusion.generation }

  var current: StoreState { state.withLock { $0 } }

  func publish(_ next: StoreState) {
    // Two refreshes may end in the other order than they began.
    state.withLock { if next.version >= $0.version { $0 = next } }
  }

  /// Takes up what other processes added. Cheap when nothing did.
  public func refresh() throws(StoreError) {
    do {
      let known = current
      guard let rows = try database.read({ try StoreRows.fetch($0, after: known) }) else { return }
      // Versions only rise; whoever waits for the next one of another file waits for ever.
      guard rows.version > known.version else {
        throw StoreError.failed(reason: "its file was replaced by an older one; open it again")
      }
      publish(try advance(known, by: rows))
    } catch {
      throw storeError(error)
    }
  }

  /// The state that the rows make of another.
  /// - Parameter moved: where rows of segments are that are gone now; those that are known already count too.
  func advance(_ known: StoreState, by rows: StoreRows, moved: [UInt32: [ActID]]? = nil) throws -> StoreState {
    guard rows.isWhole else {
      let new = rows.segments.map(segment)
      try prepareSummaries(rows, known.segments + new)
      return try known.adding(rows, segments: new)
    }
    // Columns that were read stay with their segments.
    let here = Dictionary(known.segments.map { ($0.info.number, $0) }, uniquingKeysWith: { first, _ in first })
    let bare = StoreState(
      version: 0, segments: [], patches: [], sources: SourceTable(), links: ActLinks(), noops: [],
      moved: moved ?? known.moved)
    let segments = rows.segments.map { here[$0.number] ?? segment($0) }
    try prepareSummaries(rows, segments)
    return try bare.adding(rows, segments: segments)
  }

  /// Reads what acts with records in several segments are summed up from.
  private func prepareSummaries(_ rows: StoreRows, _ segments: [Segment]) throws {
    let touched = Set(rows.noops.map(\.segment) + rows.links.flatMap { [$0.row.segment, $0.head.segment] })
    try inParallel(segments.filter { touched.contains($0.info.number) }, few: 8) {
      try prepare(StoredColumn.ofSummaries, of: Array($0))
    }
  }

  /// The first damage that was met where no error could be handed on.
  var damage: StoreError? { noted.withLock { $0 } }

  /// For questions that answer with what can be read: remembers the error and gives the other value.
  func noting<Value>(_ otherwise: Value, _ body: () throws -> Value) -> Value {
    do {
      return try body()
    } catch {
      let error = storeError(error)
      noted.withLock { $0 = $0 ?? error }
      return otherwise
    }
  }

  func read<Value>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do {
      return try database.read(body)
    } catch {
      throw storeError(error)
    }
  }

  func segment(_ info: SegmentInfo) -> Segment {
    Segment(info: info, textRedaction: environment.textRedaction) { [database] columns, take in
      try database.read { db in
        let statement = try chunkStatement(db)
        for column in columns { try chunk(column, of: info.number, statement) { try take(column, $0) } }
      }
    }
  }

  /// Reads columns that many segments have, in one go.
  func prepare(_ columns: [StoredColumn], of segments: [Segment]) throws {
    let wanted = segments.filter { $0.rowCount > 0 && !$0.missing(columns).isEmpty }
    guard !wanted.isEmpty else { return }
    try database.read { db in
      let statement = try chunkStatement(db)
      for segment in wanted {
        for column in segment.missing(columns) {
          try chunk(column, of: segment.info.number, statement) { try segment.take($0, as: column) }
        }
      }
    }
  }
}

private func chunkStatement(_ db: Database) throws -> Statement {
  try db.cachedStatement(sql: "SELECT data FROM chunk WHERE id = ?")
}

/// - Parameter take: is given the chunk as long as it runs; nil where the segment has none.
private func chunk(
  _ column: StoredColumn, of segment: UInt32, _ statement: Statement, _ take: (UnsafeRawBufferPointer?) throws -> Void
) throws {
  let rows = try Row.fetchCursor(statement, arguments: [column.key(segment: segment)])
  // A row is good as long as its cursor.
  try withExtendedLifetime(rows) {
    guard let row = try rows.next() else { return try take(nil) }
    try row.withUnsafeData(named: "data") { data in
      guard let data else { return try take(UnsafeRawBufferPointer(start: nil, count: 0)) }
      try data.withUnsafeBytes(take)
    }
  }
}

/// The bytes of column `data`, copied once.
func blob(_ row: Row) throws -> [UInt8] {
  try row.withUnsafeData(named: "data") { data in data.map { Array($0) } ?? [] }
}
