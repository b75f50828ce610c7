import Glibc

/// Names of files in archives: `bundle.tar.gz!node-1/audit.log`, `outer.zip!inner.tar!audit.log`.
public enum ArchivePath {
  static let separator: Character = "!"

  static func of(_ member: String, in archive: String) -> String { "\(archive)\(separator)\(member)" }

  /// Whether the path names a file in the archive, or in one in it.
  public static func isInside(_ path: String, _ archive: String) -> Bool { path.hasPrefix(archive + "!") }

  /// The archive on disk that a file stands in; nil for a path of a file system, or where there is no such archive.
  public static func archive(of path: String) -> String? {
    guard path.contains(separator), !exists(path) else { return nil }
    var end = path.startIndex
    while let place = path[end...].firstIndex(of: separator) {
      let archive = String(path[..<place])
      if exists(archive) { return archive }
      end = path.index(after: place)
    }
    return nil
  }

  private static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
  }
}
