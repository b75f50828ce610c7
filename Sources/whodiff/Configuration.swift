import AuditModel
import EventQueries
import Glibc
import LogDecoding

/// What the program takes from its surroundings. Nothing else reads the environment, the clock or asks about
/// terminals on behalf of commands.
enum Configuration {
  /// The variable's value; nil where it is unset or empty.
  static func environment(_ name: String) -> String? {
    guard let value = getenv(name) else { return nil }
    let text = String(cString: value)
    return text.isEmpty ? nil : text
  }

  static func now() -> Timestamp {
    var time = timespec()
    clock_gettime(CLOCK_REALTIME, &time)
    return Timestamp(microseconds: Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1000)
  }

  /// Seconds of a clock that is never set.
  static func monotonicSeconds() -> Double {
    var time = timespec()
    clock_gettime(CLOCK_MONOTONIC, &time)
    return Double(time.tv_sec) + Double(time.tv_nsec) / 1e9
  }

  static let outputIsTerminal = isatty(STDOUT_FILENO) == 1
  static let inputIsTerminal = isatty(STDIN_FILENO) == 1

  /// Whether standard input is a pipe or a file that somebody meant to be read.
  static var inputIsData: Bool {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0 else { return false }
    return [S_IFIFO, S_IFREG, S_IFSOCK].contains(status.st_mode & S_IFMT)
  }

  /// Runs with the rights of another than the caller: this program refuses that.
  static var hasBorrowedRights: Bool { getuid() != geteuid() || getgid() != getegid() }

  /// The locale's character set is UTF-8.
  static var localeIsUTF8: Bool {
    let name = environment("LC_ALL") ?? environment("LC_CTYPE") ?? environment("LANG") ?? "C"
    let lower = name.lowercased()
    return lower.hasSuffix("utf-8") || lower.hasSuffix("utf8") || lower.contains("utf-8@") || lower.contains("utf8@")
  }

  // MARK: Places

  /// A base directory of the XDG specification, which must be absolute to count.
  private static func base(_ variable: String, _ fallback: String) -> String? {
    if let path = environment(variable), path.hasPrefix("/") { return path }
    guard let home = environment("HOME"), home.hasPrefix("/") else { return nil }
    return home + "/" + fallback
  }

  /// The store that `import` fills unless told otherwise; nil without a home directory.
  static var defaultStorePath: String? {
    base("XDG_DATA_HOME", ".local/share").map { $0 + "/whodiff/store.sqlite" }
  }

  static var cacheDirectory: String? { base("XDG_CACHE_HOME", ".cache").map { $0 + "/whodiff" } }

  static func absolutePath(_ path: String) -> String {
    guard let resolved = realpath(path, nil) else { return path }
    defer { free(resolved) }
    return String(cString: resolved)
  }

  /// The same for all names of one file or folder; of a path where there is none, the path.
  static func identity(of path: String) -> String {
    var status = stat()
    return stat(path, &status) == 0 ? "\(status.st_dev):\(status.st_ino)" : absolutePath(path)
  }

  /// The folder that holds the path, absolute.
  static func directory(of path: String) -> String {
    var parts = path.split(separator: "/").map(String.init)
    _ = parts.popLast()
    if path.hasPrefix("/") { return "/" + parts.joined(separator: "/") }
    return absolutePath(".") + (parts.isEmpty ? "" : "/" + parts.joined(separator: "/"))
  }

  /// Whether the path is a file that holds nothing, as one is that was just copied and emptied.
  static func isEmptyFile(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG && status.st_size == 0
  }

  /// Whether logs can be read from the path: a file, a folder, or a file in an archive.
  static func isSource(_ path: String) -> Bool { exists(path) || ArchivePath.archive(of: path) != nil }

  static func exists(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0
  }

  /// Makes the directories down to `path`, those that are new for the user alone.
  static func makeDirectory(_ path: String) -> Bool {
    var made = ""
    for part in path.split(separator: "/") {
      made += "/" + part
      if mkdir(made, 0o700) != 0, errno != EEXIST { return false }
    }
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  // MARK: Zones

  /// The zone of the machine: `TZ`, else `/etc/localtime`, else UTC.
  static func localZone() -> Zone {
    if let name = environment("TZ").map({ $0.hasPrefix(":") ? String($0.dropFirst()) : $0 }) {
      return zone(named: name) ?? ZoneFile.zone(rule: name) ?? .utc
    }
    guard let bytes = ZoneFile.bytes(at: "/etc/localtime") else { return .utc }
    let path = absolutePath("/etc/localtime")
    let name = path.range(after: "/zoneinfo/").map(String.init) ?? "local"
    return ZoneFile.zone(name: name, bytes: bytes) ?? .utc
  }

  /// `UTC`, `local`, or a name of the zone database such as `Europe/Berlin`; nil where there is none of that name.
  static func zone(named name: String) -> Zone? {
    if ["utc", "z", "gmt"].contains(name.lowercased()) { return .utc }
    if name.lowercased() == "local" { return localZone() }
    let isName = name.utf8.allSatisfy { byte in
      (48...57).contains(byte) || (65...90).contains(byte) || (97...122).contains(byte) || "/_+-".utf8.contains(byte)
    }
    guard isName, !name.hasPrefix("/"), let bytes = ZoneFile.bytes(at: "/usr/share/zoneinfo/" + name) else {
      return nil
    }
    return ZoneFile.zone(name: name, bytes: bytes)
  }
}

extension String {
  /// What follows the first occurrence of a text; nil where it does not occur.
  func range(after text: String) -> Substring? {
    let bytes = Array(utf8)
    let wanted = Array(text.utf8)
    guard bytes.count >= wanted.count else { return nil }
    for start in 0...(bytes.count - wanted.count) where bytes[start..<(start + wanted.count)].elementsEqual(wanted) {
      return self[utf8.index(utf8.startIndex, offsetBy: start + wanted.count)...]
    }
    return nil
  }
}
