import GRDB

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Opens the file, making it and its folders when it may be written. Several processes may do so at once.
/// - Returns: with the database, which file it is; nil in memory.
func openDatabase(
  _ path: String, access: EventStore.Access
) throws(StoreError) -> (database: any DatabaseWriter, file: FileIdentity?) {
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
      return (queue, nil)
    }
    if try isMissing(path) {
      guard access == .readWrite else { throw StoreError.cannotOpen(path, reason: "there is no store") }
      try FolderLock.holding(folder: folder(of: path)) { try makeStore(path, configuration) }
    }
    try check(path)
    let opened = FileIdentity(path)
    // Connections are made as they are needed: all of them must be to the file that was opened first.
    configuration.prepareDatabase { _ in
      guard FileIdentity(path) == opened else {
        throw StoreError.cannotOpen(path, reason: "another process replaced it; open it again")
      }
    }
    let pool = try DatabasePool(path: path, configuration: configuration)
    if try pool.read({ try !storeMigrator().hasCompletedMigrations($0) }) {
      guard access == .readWrite else {
        throw StoreError.cannotOpen(path, reason: "an older version made it; importing into it brings it up to date")
      }
      try FolderLock.holding(folder: folder(of: path)) { try storeMigrator().migrate(pool) }
    }
    return (pool, opened)
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

/// Which file stands at a path, whatever it is called.
struct FileIdentity: Hashable, Sendable {
  private let device: UInt64
  private let inode: UInt64

  /// Nil when there is none.
  init?(_ path: String) {
    var status = stat()
    guard lstat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

/// Whether there is no store at the path yet: no file, or an empty one.
private func isMissing(_ path: String) throws(StoreError) -> Bool {
  var status = stat()
  guard lstat(path, &status) == 0 else {
    guard errno == ENOENT else { throw .cannotOpen(path, reason: String(cString: strerror(errno))) }
    return true
  }
  if status.st_mode & S_IFMT == S_IFLNK { throw .cannotOpen(path, reason: "is a symbolic link") }
  guard status.st_mode & S_IFMT == S_IFREG else { throw .cannotOpen(path, reason: "is no regular file") }
  return status.st_size == 0
}

/// Makes an empty store beside the path and moves it there once it is whole: whoever looks sees a store or none, and
/// a process that is killed meanwhile leaves a draft that the next one removes.
///
/// The caller holds the folder's lock.
private func makeStore(_ path: String, _ configuration: Configuration) throws {
  // Another process may have made it while this one waited for the lock: theirs is as good.
  guard try isMissing(path) else { return }
  let draft = path + "-new"
  func removeDraft() { for suffix in ["", "-journal", "-wal", "-shm"] { unlink(draft + suffix) } }
  removeDraft()
  // For its owner alone before SQLite sees it; SQLite gives `-wal` and `-shm` the same mode.
  let descriptor = open(draft, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
  guard descriptor >= 0 else { throw StoreError.cannotOpen(path, reason: String(cString: strerror(errno))) }
  close(descriptor)
  do {
    let queue = try DatabaseQueue(path: draft, configuration: configuration)
    try storeMigrator().migrate(queue)
    try queue.writeWithoutTransaction { db in try db.execute(sql: "PRAGMA journal_mode = WAL") }
    try queue.close()
    guard rename(draft, path) == 0 else {
      throw StoreError.cannotOpen(path, reason: String(cString: strerror(errno)))
    }
  } catch {
    removeDraft()
    throw error
  }
}

private func folder(of path: String) throws(StoreError) -> String {
  try makeFolders(above: path)
  guard let slash = path.lastIndex(of: "/") else { return "." }
  return slash == path.startIndex ? "/" : String(path[..<slash])
}

extension EventStore {
  /// Removes the store's file, so that the next to open the path makes an empty one; unless another process did so
  /// already. Who has it open keeps it.
  public func removeFile() throws(StoreError) {
    try remove(path) { FileIdentity($0) == file }
  }

  /// Removes the stores of a folder that nobody has touched since a time, and what killed processes left of drafts.
  ///
  /// Stores are only made under the folder's lock, which this holds: a draft that it sees is nobody's any more.
  /// - Parameters:
  ///   - seconds: since 1970.
  ///   - isStore: whether a file of this name is a store of ours.
  public static func removeUnused(in folder: String, since seconds: Int, isStore: (String) -> Bool) throws(StoreError) {
    do {
      try FolderLock.holding(folder: folder) {
        for name in names(in: folder) {
          let path = folder + "/" + name
          var status = stat()
          guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
          if isStore(name), status.st_mtim.tv_sec < seconds {
            for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
          } else if let store = storeOfDraft(name), isStore(store) {
            unlink(path)
          }
        }
      }
    } catch {
      throw storeError(error, path: folder)
    }
  }

  /// Removes a file that cannot be opened as a store; unless another process put one in its place already.
  public static func removeUnusable(_ path: String) throws(StoreError) {
    try remove(path) { (try? check($0)) == nil }
  }
}

/// The store that a file is a draft of, or belongs to a draft of; nil for other names.
private func storeOfDraft(_ name: String) -> String? {
  ["", "-journal", "-wal", "-shm"].map { "-new" + $0 }.first { name.hasSuffix($0) }.map {
    String(name.dropLast($0.count))
  }
}

private func names(in folder: String) -> [String] {
  guard let entries = opendir(folder) else { return [] }
  defer { closedir(entries) }
  var names: [String] = []
  while let entry = readdir(entries) {
    names.append(
      withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) })
  }
  return names
}

private func remove(_ path: String, if isUnwanted: (String) -> Bool) throws(StoreError) {
  do {
    try FolderLock.holding(folder: folder(of: path)) {
      guard isUnwanted(path) else { return }
      for suffix in ["", "-wal", "-shm"] { unlink(path + suffix) }
    }
  } catch {
    throw storeError(error, path: path)
  }
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
