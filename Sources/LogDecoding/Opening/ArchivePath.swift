import Glibc

/// Names of files in archives: `bundle.tar.gz!node-1/audit.log`, `outer.zip!inner.tar!audit.log`; and of what they stand
/// in: `bundle.tar.gz!node-1` is a folder of an archive, `outer.zip!inner.tar` an archive in one.
public enum ArchivePath {
  static let separator: Character = "!"

  static func of(_ member: String, in archive: String) -> String { "\(archive)\(separator)\(member)" }

  /// Whether the path names a file in the archive, in one in it, or in the folder of an archive.
  /// - Parameter place: an archive, or what is named in one; a file has nothing inside.
  public static func isInside(_ path: String, _ place: String) -> Bool {
    path.hasPrefix(place + "!") || path.hasPrefix(place + "/") && place.contains(separator)
  }

  /// The archives and folders of archives that a file in an archive stands in, the file itself last.
  public static func places(of path: String, in archive: String) -> [String] {
    let start = path.index(path.startIndex, offsetBy: archive.count)
    let ends = path[start...].indices.filter { path[$0] == separator || path[$0] == "/" }
    return ends.map { String(path[..<$0]) } + [path]
  }

  /// The path without slashes at its end: `bundle.tar!node-1/` is `bundle.tar!node-1`.
  static func withoutEnd(_ path: String) -> String {
    var path = Substring(path)
    while path.hasSuffix("/") { path = path.dropLast() }
    return String(path)
  }

  /// `; it has node-1/, node-2/, kubelet.log`: what an archive has instead of a place that was asked for, in the folder
  /// that this would stand in, or the nearest that there is; the first three.
  /// - Parameter paths: of all files in the archive.
  static func choices(near place: String, among paths: [String]) -> String {
    var folder = Substring(place)
    while let end = folder.lastIndex(where: { $0 == "/" || $0 == separator }) {
      folder = folder[..<end]
      let inside = paths.filter { isInside($0, String(folder)) }
      guard inside.isEmpty else {
        var names: [String] = []
        for path in inside {
          let rest = path.dropFirst(folder.count + 1)
          let name = rest.firstIndex(where: { $0 == "/" || $0 == separator }).map { rest[...$0] } ?? rest
          if !names.contains(String(name)) { names.append(String(name)) }
          if names.count > 3 { break }
        }
        return "; it has " + names.prefix(3).joined(separator: ", ") + (names.count > 3 ? ", ..." : "")
      }
    }
    return ""
  }

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
