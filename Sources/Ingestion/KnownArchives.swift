public import EventStorage
public import LogDecoding

/// Which archives a store has read to their ends, so that an unchanged one need not be looked through again: a packed
/// one tells what is in it only when all of it is unpacked.
extension EventStore {
  /// The logs in an archive that is as it was when all of them were read; nil where it has to be looked into.
  public func knownMembers(of archive: String) -> [String]? {
    guard let known = knownArchive(archive), let disk = DiskFile(archive), known.diskSize == disk.size,
      known.modified == disk.modified, known.inode == disk.inode
    else { return nil }
    return knownSources.filter { ArchivePath.isInside($0.path, archive) }.map(\.path)
  }

  /// Notes that the store has all logs of the archives that were looked through. One with a log that stands under
  /// another name in the store is left out: its name would be missing.
  /// - Throws: `StoreError` when the store cannot be written.
  public func noteArchives(of search: LogSearch) throws {
    let known = Set(knownSources.map(\.path))
    for archive in search.archives {
      let logs = search.logs.filter { ArchivePath.isInside($0, archive) }
      guard let disk = DiskFile(archive), knownMembers(of: archive) == nil, known.isSuperset(of: logs) else { continue }
      var source =
        knownArchive(archive)
        ?? StoredSource(path: archive, compression: StoredSource.archiveCompression, head: [], headLength: 0)
      (source.diskSize, source.modified, source.inode) = (disk.size, disk.modified, disk.inode)
      source.isComplete = true
      _ = try save(source)
    }
  }
}
