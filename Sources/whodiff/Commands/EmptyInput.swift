import LogDecoding

/// What a search came upon and there is nothing in: for lists that have a line for each file.
struct EmptyInput {
  /// Files without a byte, and archives without a file.
  private(set) var paths: [String] = []
  /// One for each archive that was named and has files, and no log among them.
  private(set) var errors: [SourceError] = []

  /// - Parameter named: as on the command line; of folders no more is told than which files in them are empty.
  init(_ search: LogSearch, named: [String], limits: UnpackingLimits) {
    paths = search.others.filter(Configuration.isEmptyFile)
    let named = Set(named)
    for archive in Self.withoutLogs(search) {
      if let walk = try? ArchiveWalk(archive, limits: limits), walk.next() == nil {
        paths.append(archive)
      } else if named.contains(archive) {
        errors.append(.holdsNoLogs(path: archive, reason: "no audit logs in this archive"))
      }
    }
  }

  /// The archives on disk that hold none of the logs.
  private static func withoutLogs(_ search: LogSearch) -> [String] {
    var archives = search.archives
    guard !archives.isEmpty else { return [] }
    var holders: Set<String> = []
    for log in search.logs {
      for end in log.indices where log[end] == "!" { holders.insert(String(log[..<end])) }
    }
    archives.removeAll { holders.contains($0) || ArchivePath.archive(of: $0) != nil }
    return archives
  }
}
