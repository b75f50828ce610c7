import AuditModel
import Glibc

/// The logs among files, folders and archives.
public struct LogSearch: Sendable {
  /// Each once, those with the earliest first record first.
  public var logs: [String] = []
  /// Files in folders and archives, by their place, in which no format takes one of the first records.
  public var others: [String] = []
  /// What could not be read of folders and archives.
  public var errors: [SourceError] = []
  /// The archives, folders in archives and files in them that were named and looked through to their ends.
  public var archives: [String] = []

  public init() {}
}

/// The files that hold logs among `paths`, each once, those with the earliest first record first.
///
/// What is named is always taken, whatever it holds; of folders, searched to the bottom, and of archives only files
/// whose first records a format recognises. A folder in an archive and an archive in one are named like files in it.
/// Hidden files and folders are passed over, and links inside folders are followed to files only. Order is by the first
/// event's time, since names of rotated files sort wrongly after a clock step; files without one come last, by name.
/// Reads up to a few records of each file, and archives once from front to back.
/// - Parameters:
///   - members: the logs of an archive, or of what is named in one, where they are known; it is not opened then. Nil for
///     all others.
/// - Returns: what cannot be read, or is not there, is among the errors.
public func findLogs(
  at paths: [String], limits: UnpackingLimits = UnpackingLimits(), members: (String) -> [String]? = { _ in nil }
) -> LogSearch {
  withoutActuallyEscaping(members) { members in
    var finder = LogFinder(limits: limits, members: members)
    for path in paths { finder.addNamed(path) }
    return finder.finish()
  }
}

/// What `findLogs` has found so far.
private struct LogFinder {
  let limits: UnpackingLimits
  let members: (String) -> [String]?
  private var search = LogSearch()
  private var found: [(path: String, first: Timestamp?)] = []
  private var seen: Set<FileID> = []

  init(limits: UnpackingLimits, members: @escaping (String) -> [String]?) {
    self.limits = limits
    self.members = members
  }

  /// The logs in their order; without a time that of the arguments stays.
  func finish() -> LogSearch {
    var search = search
    search.logs = found.enumerated().sorted { left, right in
      switch (left.element.first, right.element.first) {
      case (let a?, let b?) where a != b: a < b
      case (.some, .none): true
      case (.none, .some): false
      default: left.offset < right.offset
      }
    }.map(\.element.path)
    return search
  }

  mutating func addNamed(_ path: String) {
    guard path != "-" else { return found.append((path, nil)) }
    do throws(SourceError) {
      var status = stat()
      if stat(path, &status) != 0 {
        let reason = String(cString: strerror(errno))
        guard let archive = ArchivePath.archive(of: path) else { throw .cannotOpen(path: path, reason: reason) }
        try addMembers(of: archive, at: ArchivePath.withoutEnd(path))
      } else if status.st_mode & S_IFMT == S_IFDIR {
        for file in try files(below: path, failures: &search.errors) { addFile(file, isNamed: false) }
      } else {
        addFile(path, isNamed: true)
      }
    } catch {
      search.errors.append(error)
    }
  }

  private mutating func addFile(_ path: String, isNamed: Bool) {
    if let id = FileID(path), !seen.insert(id).inserted { return }
    guard isPlainFile(path) else {
      // Looking into standard input or a pipe would use it up.
      if isNamed { found.append((path, nil)) }
      return
    }
    do throws(SourceError) {
      if members(path) != nil { return try addMembers(of: path, at: path) }
      let source = try ByteSource.open(path, limits: limits)
      if source.archive != nil { return try addMembers(of: path, at: path) }
      let first = firstTime(of: source)
      if first != nil || isNamed { found.append((path, first)) } else { search.others.append(path) }
    } catch {
      // Reading tells of what was named.
      if isNamed { found.append((path, nil)) } else { search.errors.append(error) }
    }
  }

  /// - Parameter place: the archive itself, or what is named in it.
  private mutating func addMembers(of archive: String, at place: String) throws(SourceError) {
    if let known = members(place) {
      found += known.map { ($0, nil) }
      return search.archives.append(place)
    }
    let walk = try ArchiveWalk(archive, place == archive ? .all : .place(place), limits: limits)
    let errorCount = search.errors.count
    var fileCount = 0
    while let step = walk.next() {
      switch step {
      case .file(let source):
        fileCount += 1
        let first = firstTime(of: source)
        if first != nil || source.path == place {
          found.append((source.path, first))
        } else {
          search.others.append(source.path)
        }
      case .failure(let error): search.errors.append(error)
      }
    }
    guard search.errors.count == errorCount else { return }
    guard place == archive || fileCount > 0 else {
      let choices = ArchivePath.choices(near: place, among: walk.pathsMet)
      throw .cannotOpen(path: place, reason: "the archive has nothing of this name" + choices)
    }
    search.archives.append(place)
  }
}

/// `findLogs`, where only the logs matter.
/// - Throws: `.cannotOpen` for a path that is not there, and whatever else cannot be read.
public func logFiles(at paths: [String]) throws(SourceError) -> [String] {
  let search = findLogs(at: paths)
  if let error = search.errors.first { throw error }
  return search.logs
}

/// Whether a format recognises one of the first records of a file.
///
/// Of an archive its files are looked at one by one (`findLogs`).
public func holdsLogs(_ path: String) -> Bool { firstTime(of: path) != nil }

/// The time of the first event in a file; nil when there is none among its first records.
///
/// Reads what holds some records, at most 4 MiB of text.
func firstTime(of path: String) -> Timestamp? {
  guard let source = try? ByteSource.open(path), source.archive == nil else { return nil }
  return firstTime(of: source)
}

private func firstTime(of source: ByteSource) -> Timestamp? {
  var text: [UInt8] = []
  var size = 64 << 10
  while size <= 4 << 20 {
    let isLast = fill(&text, to: size, from: source)
    let first: Timestamp? = text.withUnsafeBytes { bytes in
      let decoder = RecordDecoder(framing: RecordDecoder.framing(of: bytes))
      return decoder.decode(bytes, offset: 0, isLast: isLast).batch.records.first?.time
    }
    if first != nil || isLast { return first }
    size *= 8
  }
  return nil
}

/// Reads on until `text` has `size` bytes. True at the end of the text, also where it breaks off.
private func fill(_ text: inout [UInt8], to size: Int, from source: ByteSource) -> Bool {
  var count = text.count
  text.append(contentsOf: repeatElement(0, count: max(0, size - count)))
  defer { text.removeLast(text.count - count) }
  while count < size {
    guard let got = try? source.read(into: &text, from: count), got > 0 else { return true }
    count += got
  }
  return false
}

/// What two names of one file have in common.
private struct FileID: Hashable {
  var device: UInt64
  var inode: UInt64

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}

private func isPlainFile(_ path: String) -> Bool {
  var status = stat()
  return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFREG
}

/// All plain files below a folder, by name. Linked folders are not entered, so that no circle is run through.
private func files(below folder: String, failures: inout [SourceError]) throws(SourceError) -> [String] {
  guard let stream = opendir(folder) else {
    throw .cannotOpen(path: folder, reason: String(cString: strerror(errno)))
  }
  defer { closedir(stream) }
  var names: [String] = []
  while let entry = readdir(stream) {
    let name = withUnsafeBytes(of: &entry.pointee.d_name) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    if !name.hasPrefix(".") { names.append(name) }
  }
  var found: [String] = []
  for name in names.sorted(by: { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }) {
    let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
    var status = stat()
    guard lstat(path, &status) == 0 else { continue }
    if status.st_mode & S_IFMT == S_IFDIR {
      do throws(SourceError) {
        found += try files(below: path, failures: &failures)
      } catch {
        failures.append(error)
      }
    } else if isPlainFile(path) {
      found.append(path)
    }
  }
  return found
}
