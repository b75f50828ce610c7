import EventStorage
import Ingestion
import LogDecoding

/// What tells that an index holds acts of texts that are in none of its files any more: only what is there counts.
enum StaleIndex {
  /// Whether a file was emptied since it was read, or is another now and its old text stands nowhere else. Looks into
  /// files only where one is another.
  /// - Parameter paths: what the index is of.
  static func isStale(_ store: EventStore, of paths: [String], limits: UnpackingLimits) -> Bool {
    let sources = store.knownSources.filter { !$0.isArchive && $0.size > 0 }
    if sources.contains(where: { Configuration.isEmptyFile($0.path) }) { return true }
    // A new file may have the inode of one that was removed, and look grown.
    let replaced = sources.filter { source in
      guard [.changed, .grown].contains(fileState(of: source)), ArchivePath.archive(of: source.path) == nil else {
        return false
      }
      return SourceHead(path: source.path, limits: limits).map { !$0.begins(source) } ?? false
    }
    guard !replaced.isEmpty else { return false }
    let unchanged = Set(sources.lazy.filter { fileState(of: $0) == .same }.map(\.path))
    let search = findLogs(at: paths, limits: limits, members: { store.knownMembers(of: $0) })
    let heads = search.logs.filter { !unchanged.contains($0) }.compactMap { SourceHead(path: $0, limits: limits) }
    // A log that was rotated goes by another name.
    return replaced.contains { source in !heads.contains { $0.begins(source) } }
  }
}
