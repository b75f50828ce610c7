import EventStorage
import Glibc
import Ingestion

/// The indexes in the cache directory, one for each set of files that was browsed.
enum IndexFiles {
  /// Where the index of these files and folders is kept: the same for the same set, in whatever order they are named.
  /// Nil where there is no place for it, or where standard input, which cannot be read again, is among them.
  ///
  /// Another build of the program has another place: what an index says of acts is what its maker understood.
  /// - Parameters:
  ///   - clusters: what records are told to be from is part of what is kept.
  ///   - follower: of those that follow the same files each has an index of its own.
  static func path(for files: [String], _ clusters: ClusterNames, follower: Int? = nil) -> String? {
    guard let folder = Configuration.cacheDirectory, !files.isEmpty, !files.contains("-") else { return nil }
    var bytes = program
    for path in Set(files.map(Configuration.absolutePath)).sorted() { bytes += Array(path.utf8) + [0] }
    bytes += Array(clusters.identity.utf8)
    if let follower { bytes += [0] + Array("follower \(follower)".utf8) }
    return folder + "/" + stableHash(bytes) + ".sqlite"
  }

  /// An index that is this process's alone until it ends: what another adds to one that both use, neither could tell
  /// from what it knows. Nil where there is no place for it, or very many follow the same files.
  static func pathOfFollower(for files: [String], _ clusters: ClusterNames) -> String? {
    guard let folder = Configuration.cacheDirectory, Configuration.makeDirectory(folder) else { return nil }
    let descriptor = Glibc.open(folder + "/followers", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { return nil }
    for follower in 0..<16 {
      guard let path = path(for: files, clusters, follower: follower) else { break }
      // One byte for each index; it stays locked as long as the file is open.
      var lock = flock()
      lock.l_type = Int16(F_WRLCK)
      lock.l_whence = Int16(SEEK_SET)
      lock.l_start = off_t(UInt64(path.dropLast(7).suffix(15), radix: 16) ?? 0)
      lock.l_len = 1
      if fcntl(descriptor, F_SETLK, &lock) == 0 { return path }
    }
    close(descriptor)
    return nil
  }

  /// Opens an index, or makes an empty one where there is none or what is there cannot be used: an index is only a copy
  /// of what the files hold.
  static func open(_ path: String, environment: StoreEnvironment) throws -> EventStore {
    if !Configuration.exists(path) { removeOld() }
    defer { touch(path) }
    do {
      return try EventStore.open(path, access: .readWrite, environment: environment)
    } catch StoreError.notAStore, StoreError.tooNew, StoreError.corrupt {
      try EventStore.removeUnusable(path)
      return try EventStore.open(path, access: .readWrite, environment: environment)
    }
  }

  /// Removes the indexes that nobody has opened for a month. Where that fails they only take room.
  private static func removeOld() {
    guard let folder = Configuration.cacheDirectory else { return }
    try? EventStore.removeUnused(in: folder, since: time(nil) - 30 * 86_400) {
      $0.hasSuffix(".sqlite") && $0.utf8.count == 39
    }
  }

  /// Notes that the index is in use.
  private static func touch(_ path: String) { utimensat(AT_FDCWD, path, nil, AT_SYMLINK_NOFOLLOW) }

  /// What tells this build from another.
  private static let program: [UInt8] = {
    var status = stat()
    guard stat("/proc/self/exe", &status) == 0 else { return [] }
    return Array("\(status.st_size) \(status.st_mtim.tv_sec) \(status.st_mtim.tv_nsec) ".utf8)
  }()

  /// FNV-1a over 128 bits as hexadecimal digits: it only has to be the same in the next run.
  private static func stableHash(_ bytes: [UInt8]) -> String {
    var value: UInt128 = 0x6c62_272e_07bb_0142_62b8_2175_6295_c58d
    for byte in bytes { value = (value ^ UInt128(byte)) &* 0x0000_0000_0100_0000_0000_0000_0000_013b }
    let digits = String(value, radix: 16)
    return String(repeating: "0", count: 32 - digits.utf8.count) + digits
  }
}
