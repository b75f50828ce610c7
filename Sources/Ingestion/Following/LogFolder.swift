import EventStorage
import LogDecoding

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// What names and folders tell of logs.
enum LogFolder {
  static func isFolder(_ path: String) -> Bool {
    var status = stat()
    return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
  }

  static func size(of path: String) -> Int64 { DiskFile(path)?.size ?? 0 }

  /// Empty for a name alone, which stands where the program runs.
  static func parent(of path: String) -> String {
    guard let slash = path.lastIndex(of: "/") else { return "" }
    return slash == path.startIndex ? "/" : String(path[..<slash])
  }

  /// The path without links, where it has any.
  static func target(of path: String) -> String? {
    guard let resolved = realpath(path, nil) else { return nil }
    defer { free(resolved) }
    let target = String(cString: resolved)
    return target == path ? nil : target
  }

  /// Plain files and folders of a folder, with its path in front of their names; hidden ones are passed over.
  static func listing(_ folder: String) -> (files: [String], folders: [String]) {
    guard let stream = opendir(folder.isEmpty ? "." : folder) else { return ([], []) }
    defer { closedir(stream) }
    var files: [String] = []
    var folders: [String] = []
    while let entry = readdir(stream) {
      let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
        String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
      }
      guard !name.hasPrefix(".") else { continue }
      let path = folder.isEmpty || folder.hasSuffix("/") ? folder + name : folder + "/" + name
      var status = stat()
      guard lstat(path, &status) == 0 else { continue }
      switch status.st_mode & S_IFMT {
      case S_IFDIR: folders.append(path)
      case S_IFREG: files.append(path)
      case S_IFLNK where DiskFile(path) != nil: files.append(path)
      default: break
      }
    }
    return (files.sorted(), folders.sorted())
  }

  /// The first bytes of a file's text, as many as tell it from others.
  static func head(of path: String) -> [UInt8] {
    (try? ByteSource.open(path).bytes(at: 0, count: SourcePlanner.fingerprintLength)) ?? []
  }

  /// Whether a text with these first bytes begins as the source does.
  static func begins(_ head: [UInt8], as source: StoredSource) -> Bool {
    source.headLength > 0 && source.headLength <= head.count && sha256(head.prefix(source.headLength)) == source.head
  }

  /// Whether a name is another's with what rotation adds: `audit.log.1`, `audit-2026-11-20T10-00-00.log.gz`.
  static func isRotation(_ path: String, of base: String) -> Bool {
    guard path != base, parent(of: path) == parent(of: base) else { return false }
    var rest = Substring(name(of: path))
    for suffix in [".gz", ".zst", ".xz", ".bz2"] where rest.hasSuffix(suffix) { rest = rest.dropLast(suffix.count) }
    let parts = name(of: base).split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard rest.hasPrefix(parts[0]) else { return false }
    rest = rest.dropFirst(parts[0].count)
    if parts.count > 1 {
      let ending = "." + parts[1]
      if rest.hasPrefix(ending) {
        rest = rest.dropFirst(ending.count)
      } else if rest.hasSuffix(ending) {
        rest = rest.dropLast(ending.count)
      } else {
        return false
      }
    }
    // Packed under its own name, or dated or numbered.
    return rest.allSatisfy { $0.isNumber || "-._:TZ".contains($0) }
  }

  /// Whether a name is another's with other digits: `app-2026-11-21.log` after `app-2026-11-20.log`.
  static func isSuccessor(_ path: String, of base: String) -> Bool {
    let pattern = withoutDigits(base)
    return path != base && pattern != base && withoutDigits(path) == pattern
  }

  private static func withoutDigits(_ path: String) -> String {
    let parts = name(of: path).split(omittingEmptySubsequences: false, whereSeparator: \.isNumber)
    // Runs of digits, however long, are one separator.
    var kept: [Substring] = []
    for (index, part) in parts.enumerated() where index == 0 || index == parts.count - 1 || !part.isEmpty {
      kept.append(part)
    }
    return parent(of: path) + "/" + kept.joined(separator: "#")
  }

  private static func name(of path: String) -> String { path.split(separator: "/").last.map(String.init) ?? path }
}
