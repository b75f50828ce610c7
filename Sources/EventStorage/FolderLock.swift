#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Keeps other processes away from the files of one folder while some of them are made or changed in form.
///
/// The lock is on the folder itself (flock(2)): it leaves no file behind, and ends with the process that held it,
/// however that ends. It has nothing to do with the locks that SQLite puts on the files.
enum FolderLock {
  /// How long to wait for whoever holds it.
  private static let patienceMicroseconds = 5_000_000
  private static let pauseMicroseconds: UInt32 = 5_000

  /// - Throws: `StoreError.busy` when another process holds the lock for 5 s. A folder that cannot be locked, as on
  ///   some network file systems, is used without.
  static func holding<Value>(folder: String, _ body: () throws -> Value) throws -> Value {
    let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
    guard descriptor >= 0 else { throw StoreError.cannotOpen(folder, reason: String(cString: strerror(errno))) }
    // Closing it unlocks it.
    defer { close(descriptor) }
    var waited = 0
    while flock(descriptor, LOCK_EX | LOCK_NB) != 0 {
      if errno == EINTR { continue }
      guard errno == EWOULDBLOCK else { break }
      guard waited < patienceMicroseconds else { throw StoreError.busy }
      usleep(pauseMicroseconds)
      waited += Int(pauseMicroseconds)
    }
    return try body()
  }
}
