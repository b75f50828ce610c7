public import EventStorage
public import LogDecoding

/// Which archives a store has read to their ends, so that an unchanged one need not be looked through again: a packed
/// one tells what is in it only when all of it is unpacked.
extension EventStore {
  /// The logs in an archive, or in what is named in one, that is as it was when all of them were read; nil where it has
  /// to be looked into.
  public func knownMembers(of place: String) -> [String]? { sourcesKnown(at: place)?.map(\.path) }

  func sourcesKnown(at place: String) -> [StoredSource]? {
    guard let known = knownArchive(place), let disk = DiskFile(place), known.diskSize == disk.size,
      known.modified == disk.modified, known.inode == disk.inode
    else { return nil }
    return knownSources.filter { !$0.isArchive && ($0.path == place || ArchivePath.isInside($0.path, place)) }
  }

  /// Notes that the store has all logs of the archives that were looked through. One with a log that stands under
  /// another name in the store, which is none of that archive's, is left out: its name would be missing.
  /// - Parameter copies: files whose text was known already, with the path under which the store has it.
  /// - Throws: `StoreError` when the store cannot be written.
  public func noteArchives(of search: LogSearch, copies: [String: String]) throws {
    let known = Set(knownSources.lazy.filter { !$0.isArchive }.map(\.path))
    for place in search.archives where knownMembers(of: place) == nil {
      func isHere(_ path: String) -> Bool { path == place || ArchivePath.isInside(path, place) }
      let isWhole = search.logs.filter(isHere).allSatisfy { known.contains($0) || copies[$0].map(isHere) ?? false }
      guard isWhole, let disk = DiskFile(place) else { continue }
      var source =
        knownArchive(place)
        ?? StoredSource(path: place, compression: StoredSource.archiveCompression, head: [], headLength: 0)
      (source.diskSize, source.modified, source.inode) = (disk.size, disk.modified, disk.inode)
      source.isComplete = true
      _ = try save(source)
    }
  }
}

/// The logs of archives that a store has, found by their paths.
struct KnownMembers {
  private let store: EventStore
  private let clusters: ClusterNames
  /// In which times are to be read that name none.
  private let zone: String
  /// By archive and by what is named in archives.
  private var members: [String: [String: StoredSource]] = [:]

  init(of store: EventStore, clusters: ClusterNames, zone: String) {
    self.store = store
    self.clusters = clusters
    self.zone = zone
  }

  /// Whether nothing of the file in an archive has to be read: it is there, of no other cluster than is said now,
  /// and read in no other zone.
  mutating func hold(_ path: String, in archive: String) -> Bool {
    ArchivePath.places(of: path, in: archive).contains { place in
      if members[place] == nil {
        let sources = store.sourcesKnown(at: place) ?? []
        members[place] = Dictionary(sources.map { ($0.path, $0) }, uniquingKeysWith: { _, last in last })
      }
      guard let source = members[place]?[path] else { return false }
      return (clusters[path] == nil || clusters[path] == source.cluster) && (source.zone ?? zone) == zone
    }
  }
}
