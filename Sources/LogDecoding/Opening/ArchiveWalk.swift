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

  private var readers: [ArchiveReader]
  private let limits: UnpackingLimits
  /// The paths that are asked for, and those of the archives that they stand in; nil for all.
  private let wanted: Set<String>?
  /// How many of those were not met yet.
  private var missing: Int
  private let isFile: Bool
  private var count = 0

  /// - Parameter wanted: paths of files; all others are passed over.
  /// - Throws: `.cannotOpen` where the source is no archive.
  public convenience init(
    _ path: String, wanted: [String]? = nil, limits: UnpackingLimits = UnpackingLimits()
  ) throws(SourceError) {
    try self.init(over: try ByteSource.open(path, limits: limits), wanted: wanted, limits: limits)
  }

  /// Walks through an archive that was opened and not read.
  public init(
    over source: ByteSource, wanted: [String]? = nil, limits: UnpackingLimits = UnpackingLimits()
  ) throws(SourceError) {
    guard let kind = source.archive else { throw .cannotOpen(path: source.path, reason: "it is no archive") }
    self.limits = limits
    isFile = source.diskSize != nil
    missing = wanted?.count ?? .max
    self.wanted = wanted.map { paths in
      var all: Set<String> = []
      for path in paths {
        all.insert(path)
        for place in path.indices where path[place] == ArchivePath.separator { all.insert(String(path[..<place])) }
      }
      return all
    }
    readers = [ArchiveReader(kind, path: source.path, over: source.stage)]
  }

  /// Nil at the end.
  public func next() -> Step? {
    while missing > 0, let reader = readers.last {
      do throws(SourceError) {
        guard let entry = try reader.next() else {
          readers.removeLast()
          continue
        }
        count += 1
        guard count <= limits.members else {
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
    if let wanted, !wanted.contains(path) { return nil }
    defer { if wanted != nil, readers.last === reader { missing -= 1 } }
    if entry.isEncrypted { return .failure(.cannotOpen(path: path, reason: "it is encrypted")) }
    let bytes = PeekedStage(reader.contents(of: entry, path: path, limits: limits))
    let text = OpenedText(bytes, head: bytes.peek(OpenedText.headLength), path: path, limits: limits)
    if let kind = text.archive {
      guard readers.count < limits.depth else {
        return .failure(
          .cannotOpen(path: path, reason: "archives in archives are opened \(limits.depth) deep: unpack the outer one"))
      }
      readers.append(ArchiveReader(kind, path: path, over: text.stage))
      return nil
    }
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
