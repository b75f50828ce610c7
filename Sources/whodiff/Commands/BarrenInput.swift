import LogDecoding

/// Files, folders and archives in none of which there is a log: what to say of them.
struct BarrenInput {
  /// One for each that was named and of which nothing else is to be told.
  private(set) var errors: [SourceError] = []
  /// The files that were looked into, each once.
  private(set) var others: [String] = []

  init(_ files: [String], limits: UnpackingLimits) {
    // What a store knows of an archive without logs is not what to say of it.
    let all = findLogs(at: files, limits: limits)
    var seen: Set<String> = []
    for file in files {
      let folder = file.hasSuffix("/") ? file : file + "/"
      func isOfIt(_ path: String) -> Bool {
        path == file || path.hasPrefix(folder) || ArchivePath.isInside(path, file)
      }
      guard !all.errors.contains(where: { isOfIt($0.path) }) else { continue }
      let found = all.others.filter(isOfIt)
      errors.append(Self.error(file, count: found.count, isFile: found == [file], limits))
      others += found.filter { seen.insert($0).inserted }
    }
  }

  private static func error(_ file: String, count: Int, isFile: Bool, _ limits: UnpackingLimits) -> SourceError {
    if isFile { return .holdsNoLogs(path: file, reason: "no audit logs in this file") }
    if let walk = try? ArchiveWalk(file, limits: limits), walk.next() == nil { return walk.holdsNoLogs }
    let isInArchive = ArchivePath.archive(of: file) != nil
    let what = isInArchive ? "part of the archive" : ArchiveWalk.kind(of: file) == nil ? "folder" : "archive"
    let of = count == 0 ? "" : count == 1 ? " of 1 file" : " of \(count) files"
    return .holdsNoLogs(path: file, reason: "no audit logs in this \(what)" + of)
  }
}
