/// Which files in an archive are wanted; all others are passed over.
public enum ArchiveScope: Sendable {
  case all
  /// Those of these paths.
  case files([String])
  /// The file of this path, or all in the folder or archive that it names.
  case place(String)
}

/// Goes through the files in an archive from front to back, into the archives in it, reading the archive once.
public final class ArchiveWalk {
  /// What comes next.
  public enum Step {
    /// A file; it is to be read before the next step.
    case file(ByteSource)
    /// Something that cannot be read. The walk goes on with what stands behind it, if anything.
    case failure(SourceError)
  }

  /// What an archive is; nil for other files and for what cannot be opened.
  public static func kind(of path: String) -> ArchiveKind? { (try? ByteSource.open(path))?.archive }

  /// Files that were met so far, those that were passed over and archives among them.
  public private(set) var fileCount = 0
  /// The paths of these, where a place was asked for: what could have been meant.
  public private(set) var pathsMet: [String] = []

  private var readers: [ArchiveReader]
  private let limits: UnpackingLimits
  private let path: String
  private let scope: ArchiveScope
  /// What is asked for by its path, and the archives on the way there.
  private let wanted: Set<String>
  private let entered: Set<String>
  /// How many files of those paths were not met yet.
  private var missing: Int
  private let isFile: Bool

  /// - Throws: `.cannotOpen` where the source is no archive.
  public convenience init(
    _ path: String, _ scope: ArchiveScope = .all, limits: UnpackingLimits = UnpackingLimits()
  ) throws(SourceError) {
    try self.init(over: try ByteSource.open(path, limits: limits), scope, limits: limits)
  }

  /// Walks through an archive that was opened and not read.
  public init(
    over source: ByteSource, _ scope: ArchiveScope = .all, limits: UnpackingLimits = UnpackingLimits()
  ) throws(SourceError) {
    guard let kind = source.archive else { throw .cannotOpen(path: source.path, reason: "it is no archive") }
    path = source.path
    self.limits = limits
    self.scope = scope
    isFile = source.diskSize != nil
    switch scope {
    case .all: wanted = []
    case .files(let paths): wanted = Set(paths)
    case .place(let place): wanted = [place]
    }
    missing = wanted.isEmpty ? .max : wanted.count
    entered = wanted.reduce(into: []) { archives, path in
      for end in path.indices where path[end] == ArchivePath.separator { archives.insert(String(path[..<end])) }
    }
    readers = [ArchiveReader(kind, path: source.path, over: source.stage)]
  }

  /// What to say of an archive in which no log was found.
  public var holdsNoLogs: SourceError {
    let reason = fileCount == 0 ? "this archive is empty" : "no audit logs in this archive"
    return .holdsNoLogs(path: path, reason: reason)
  }

  private func isWanted(_ path: String) -> Bool {
    switch scope {
    case .all: true
    case .files: wanted.contains(path)
    case .place(let place): path == place || ArchivePath.isInside(path, place)
    }
  }

  /// Nil at the end.
  public func next() -> Step? {
    while missing > 0, let reader = readers.last {
      do throws(SourceError) {
        guard let entry = try reader.next() else {
          readers.removeLast()
          continue
        }
        fileCount += 1
        guard fileCount <= limits.members else {
          readers = []
          return .failure(
            .cannotOpen(
              path: reader.path,
              reason: "it holds more than \(limits.members) files; the first were read (--unpack-ratio 0 allows more)"))
        }
        if let step = try open(entry, in: reader) { return step }
      } catch {
        readers.removeLast()
        return .failure(error)
      }
    }
    return nil
  }

  /// Nil where the file is not wanted, or is an archive: its files come next.
  private func open(_ entry: ArchiveReader.Entry, in reader: ArchiveReader) throws(SourceError) -> Step? {
    let path = ArchivePath.of(entry.name, in: reader.path)
    if case .place = scope { pathsMet.append(path) }
    guard isWanted(path) || entered.contains(path) else { return nil }
    defer { if wanted.contains(path), readers.last === reader { missing -= 1 } }
    if entry.isEncrypted { return .failure(.cannotOpen(path: path, reason: "it is encrypted")) }
    let bytes = PeekedStage(reader.contents(of: entry, path: path, limits: limits))
    let text = OpenedText(bytes, path: path, limits: limits, peek: bytes.peek)
    if let kind = text.archive {
      guard readers.count < limits.depth else {
        return .failure(
          .cannotOpen(path: path, reason: "archives in archives are opened \(limits.depth) deep: unpack the outer one"))
      }
      readers.append(ArchiveReader(kind, path: path, over: text.stage))
      return nil
    }
    guard isWanted(path) else { return nil }
    return .file(
      ByteSource(
        path: path, text: text, kind: readers[0].kind, isFile: isFile, limits: limits,
        member: ArchiveMember(archive: readers[0].path, size: entry.size, modified: entry.modified)))
  }
}

/// What an archive says of a file in it.
public struct ArchiveMember: Hashable, Sendable {
  /// The archive on disk.
  public var archive: String
  /// Bytes when taken out of it; nil where only reading tells.
  public var size: Int64?
  /// Seconds since 1970.
  public var modified: Int64
}
