import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Marks the file as ours in SQLite's header: "whod".
private let applicationID = 0x7768_6f64

/// The tables. Columns of acts are blobs in `chunk`; what changes after a segment was written is in rows beside it.
func storeMigrator() -> DatabaseMigrator {
  var migrator = DatabaseMigrator()
  migrator.registerMigration("1 segments") { db in
    try db.execute(
      sql: """
        -- A log file. `size`: bytes of text known; `head`, `tail`: fingerprints of its first `headLength` bytes and of
        -- the last `tailLength` before `size`; `disk…`: the file as it was last seen, compressed or not.
        CREATE TABLE source(
          id INTEGER PRIMARY KEY, path TEXT NOT NULL, compression TEXT NOT NULL,
          head BLOB NOT NULL, headLength INTEGER NOT NULL, tail BLOB, tailLength INTEGER NOT NULL,
          size INTEGER NOT NULL, diskSize INTEGER, diskTail BLOB, modified INTEGER, inode INTEGER,
          isComplete INTEGER NOT NULL DEFAULT 0) STRICT;
        -- Acts of one stretch of a source, times in microseconds since 1970.
        CREATE TABLE segment(
          id INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL REFERENCES source(id),
          start INTEGER NOT NULL, byteCount INTEGER NOT NULL, lineCount INTEGER NOT NULL, rowCount INTEGER NOT NULL,
          timeMin INTEGER NOT NULL, timeMax INTEGER NOT NULL, hasBlocks INTEGER NOT NULL) STRICT;
        -- id = segment * 64 + the column's number.
        CREATE TABLE chunk(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
        -- Text of a segment, zstd where `isPacked`.
        CREATE TABLE block(
          id INTEGER PRIMARY KEY, segment INTEGER NOT NULL REFERENCES segment(id), start INTEGER NOT NULL,
          length INTEGER NOT NULL, isPacked INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
        CREATE INDEX blockOfSegment ON block(segment, start);
        -- Input that is no record; `line` counts from the segment's first. Provisional: the cut end of a file that may grow.
        CREATE TABLE reject(
          id INTEGER PRIMARY KEY, segment INTEGER NOT NULL REFERENCES segment(id), source INTEGER NOT NULL,
          start INTEGER NOT NULL, length INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL,
          isProvisional INTEGER NOT NULL) STRICT;
        CREATE INDEX provisionalReject ON reject(source) WHERE isProvisional;
        -- A row that is hidden because another segment holds a later stage of the same act.
        CREATE TABLE actLink(
          segment INTEGER NOT NULL, row INTEGER NOT NULL, headSegment INTEGER NOT NULL, headRow INTEGER NOT NULL,
          version INTEGER NOT NULL, PRIMARY KEY(segment, row)) WITHOUT ROWID, STRICT;
        CREATE INDEX actLinkVersion ON actLink(version);
        -- A row whose write proved to have altered nothing, by what other acts show.
        CREATE TABLE noop(
          segment INTEGER NOT NULL, row INTEGER NOT NULL, version INTEGER NOT NULL,
          PRIMARY KEY(segment, row)) WITHOUT ROWID, STRICT;
        CREATE INDEX noopVersion ON noop(version);
        -- One row; rises with every transaction that other processes should see.
        CREATE TABLE state(version INTEGER NOT NULL) STRICT;
        INSERT INTO state VALUES(0);
        """)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = 1")
  }
  return migrator
}

/// Opens the file, making it and its folders when it may be written.
func openDatabase(_ path: String, access: EventStore.Access) throws(StoreError) -> any DatabaseWriter {
  var configuration = Configuration()
  configuration.busyMode = .timeout(5)
  configuration.readonly = access == .readOnly
  configuration.maximumReaderCount = 4
  configuration.label = "whodiff"
  if access != .readOnly {
    configuration.prepareDatabase { db in
      // Takes effect in a new file only, and there before the first table.
      try db.execute(sql: "PRAGMA page_size = 16384")
    }
  }
  do {
    if access == .inMemory {
      let queue = try DatabaseQueue(configuration: configuration)
      try storeMigrator().migrate(queue)
      return queue
    }
    if try !prepareFile(path, access: access) { try check(path) }
    let pool = try DatabasePool(path: path, configuration: configuration)
    if access == .readWrite {
      try storeMigrator().migrate(pool)
    } else if try pool.read({ try !storeMigrator().hasCompletedMigrations($0) }) {
      throw StoreError.notAStore(path)
    }
    return pool
  } catch {
    throw storeError(error, path: path)
  }
}

/// Looks at an existing file without changing anything in it: one that is no store of ours stays as it is.
private func check(_ path: String) throws {
  var configuration = Configuration()
  configuration.readonly = true
  configuration.busyMode = .timeout(5)
  try DatabaseQueue(path: path, configuration: configuration).read { db in
    let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
    guard tables > 0 else { return }
    let mark = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
    guard mark == applicationID else { throw StoreError.notAStore(path) }
    if try storeMigrator().hasBeenSuperseded(db) { throw StoreError.tooNew(path) }
    // The tables of the store's own bookkeeping; the blobs are checked as they are read.
    for table in ["segment", "source", "state"] {
      let answer = try String.fetchOne(db, sql: "PRAGMA quick_check('\(table)')") ?? ""
      guard answer == "ok" else { throw StoreError.corrupt(reason: answer) }
    }
  }
}

/// Makes the file for its owner alone before SQLite sees it; SQLite gives `-wal` and `-shm` the same mode.
/// - Returns: whether the file is new.
private func prepareFile(_ path: String, access: EventStore.Access) throws(StoreError) -> Bool {
  var status = stat()
  if lstat(path, &status) == 0 {
    if status.st_mode & S_IFMT == S_IFLNK { throw .cannotOpen(path, reason: "is a symbolic link") }
    guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotOpen(path, reason: "is no regular file") }
    return status.st_size == 0
  }
  guard access == .readWrite else { throw .cannotOpen(path, reason: String(cString: strerror(errno))) }
  try makeFolders(above: path)
  let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
  // Lost a race against another process that makes the same store: theirs is as good.
  guard descriptor >= 0 || errno == EEXIST else {
    throw .cannotOpen(path, reason: String(cString: strerror(errno)))
  }
  if descriptor >= 0 { close(descriptor) }
  return true
}

private func makeFolders(above path: String) throws(StoreError) {
  let parts = path.split(separator: "/", omittingEmptySubsequences: true).dropLast()
  var folder = path.hasPrefix("/") ? "" : "."
  for part in parts {
    folder += "/" + part
    guard mkdir(folder, 0o700) != 0, errno != EEXIST else { continue }
    var status = stat()
    if stat(folder, &status) == 0, status.st_mode & S_IFMT == S_IFDIR { continue }
    throw .cannotOpen(folder, reason: String(cString: strerror(errno)))
  }
}

/// What GRDB and SQLite report, in the words of this module.
func storeError(_ error: any Error, path: String = "store") -> StoreError {
  if let known = error as? StoreError { return known }
  guard let database = error as? DatabaseError else { return .failed(reason: "\(error)") }
  switch database.resultCode {
  case .SQLITE_BUSY, .SQLITE_LOCKED: return .busy
  case .SQLITE_CORRUPT: return .corrupt(reason: database.message ?? "malformed")
  case .SQLITE_NOTADB: return .notAStore(path)
  case .SQLITE_CANTOPEN, .SQLITE_PERM, .SQLITE_READONLY, .SQLITE_AUTH:
    return .cannotOpen(path, reason: database.message ?? "cannot be opened")
  default: return .failed(reason: database.message ?? "\(database.resultCode)")
  }
}
