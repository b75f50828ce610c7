public import AuditModel
public import EventStorage
import LogDecoding
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// One piece of work for one thread.
enum ReadingJob: Sendable {
  /// Lines of a plain file, from the first that begins in the range to the last that does. `isExact`: the range starts
  /// where reading ended before, not just anywhere in a line.
  case stretch(PlainSource, Range<Int64>, isExact: Bool)
  /// A whole text from front to back, but for the stretches that the store has.
  case text(ByteSource, StoredSource, head: [UInt8], known: [Range<Int64>])
}

/// A plain file that threads read together.
final class PlainSource: Sendable {
  let bytes: ByteSource
  let stored: StoredSource
  /// Stretches that are still to be read.
  let remaining: Atomic<Int>
  /// In which times were read that name none.
  let zone: Mutex<String?>

  init(bytes: ByteSource, stored: StoredSource, stretches: Int) {
    self.bytes = bytes
    self.stored = stored
    remaining = Atomic(stretches)
    zone = Mutex(stored.zone)
  }

  /// Notes the zone before anything that was read in it is added: who stops in between reads the rest in the same one.
  func noteZone(_ name: String, in store: EventStore) throws {
    try zone.withLock { zone in
      guard zone != name else { return }
      zone = name
      var begun = stored
      begun.zone = name
      _ = try store.save(begun)
    }
  }
}

/// Looks at files, tells which the store knows, and cuts what is new into jobs.
struct SourcePlanner {
  /// So many bytes at the start and at the end of a text tell it from others.
  static let fingerprintLength = 1 << 16
  /// Bytes of text of one segment.
  static let stretchLength: Int64 = 16 << 20
  /// The first stretch is short: its rows show at once.
  static let firstStretchLength: Int64 = 1 << 20

  private let store: EventStore
  private let options: IngestOptions
  private let tally: Tally
  private var jobs: [[ReadingJob]] = []
  private var deferred: [String] = []
  /// Sources whose jobs are not done yet.
  private var pending: Set<Int64> = []
  private var index = SourceIndex()

  init(store: EventStore, options: IngestOptions, tally: Tally) {
    self.store = store
    self.options = options
    self.tally = tally
  }

  /// The jobs so far, what is to be read first in front.
  mutating func takeJobs() -> [ReadingJob] {
    defer {
      jobs = []
      pending = []
    }
    return Array((options.newestFirst ? jobs.reversed() : jobs).joined())
  }

  mutating func takeDeferred() -> [String] {
    defer { deferred = [] }
    return deferred
  }

  /// - Throws: `SourceError` when the file cannot be read, `StoreError` when the store cannot be written.
  mutating func add(_ bytes: ByteSource, path: String) throws {
    if bytes.archive != nil {
      throw SourceError.cannotOpen(path: path, reason: "it is an archive, of which only the files are read")
    }
    if bytes.isSeekable, let size = bytes.diskSize {
      let head = try bytes.bytes(at: 0, count: Int(min(size, Int64(Self.fingerprintLength))))
      if size == 0 { return tally.skip(empty: path) }
      let isLines = head.withUnsafeBytes { RecordDecoder.framing(of: $0) } == .lines
      try addPlain(bytes, path: path, size: size, head: head, isLines: isLines)
    } else {
      try addText(bytes, path: path)
    }
  }

  // MARK: Plain files

  private mutating func addPlain(
    _ bytes: ByteSource, path: String, size: Int64, head: [UInt8], isLines: Bool
  ) throws {
    let disk = DiskFile(path)
    let tailLength = Int(min(size, Int64(Self.fingerprintLength)))
    var source = StoredSource(
      path: path, compression: Compression.none.rawValue, head: sha256(head), headLength: head.count,
      tail: sha256(try bytes.bytes(at: size - Int64(tailLength), count: tailLength)), tailLength: tailLength,
      size: size,
      diskSize: size, diskTail: nil, modified: disk?.modified, inode: disk?.inode, cluster: options.clusters[path])
    var covered: [Range<Int64>] = []
    if let known = try knownPlain(bytes, path: path, size: size, head: head) {
      if pending.contains(known.id) { return deferred.append(path) }
      // Many short stretches are read again as a few long ones; all is, where it turns out to be another cluster's.
      let fragments =
        isReadOtherwise(known, by: path) ? store.segments(of: known.id) : isLines ? store.fragments(of: known.id) : []
      try store.discard(fragments)
      covered = store.coverage(of: known.id)
      source.id = known.id
      source.cluster = source.cluster ?? known.cluster
      // Of what is not read again.
      source.zone = covered.isEmpty ? nil : known.zone
      if known.isComplete, known.size == size, fragments.isEmpty {
        tally.skip()
        // It was moved, or unpacked; where both are there, the one that is known stays.
        if known.path != path, !Self.isStill(known) {
          source.isComplete = true
          _ = try store.save(source)
        }
        return
      }
      try store.dropProvisional(of: known.id)
    }
    source.id = try store.save(source)
    pending.insert(source.id)
    let gaps = Self.gaps(in: covered, of: size)
    tally.expect(gaps.reduce(0) { $0 + Int64($1.count) })
    if isLines {
      let stretches = gaps.flatMap { options.newestFirst ? Self.backwards($0) : Self.forwards($0) }
      let ordered = options.newestFirst ? stretches.sorted { $0.lowerBound > $1.lowerBound } : stretches
      let plain = PlainSource(bytes: bytes, stored: source, stretches: ordered.count)
      let exact = Set(gaps.map(\.lowerBound))
      jobs.append(ordered.map { .stretch(plain, $0, isExact: exact.contains($0.lowerBound)) })
    } else {
      jobs.append([.text(bytes, source, head: [], known: covered)])
    }
  }

  /// The source that this file is, or was before it grew.
  private mutating func knownPlain(
    _ bytes: ByteSource, path: String, size: Int64, head: [UInt8]
  ) throws -> StoredSource? {
    for source in sources(beginning: head, path) where source.size <= size {
      guard let tail = source.tail, source.size > 0 else { continue }
      let read = try bytes.bytes(at: source.size - Int64(source.tailLength), count: source.tailLength)
      if sha256(read) == tail { return source }
    }
    return nil
  }

  /// Whether the source may be what is at the path by their clusters: equal files of two are two.
  private func mayBe(_ source: StoredSource, _ path: String) -> Bool {
    guard let cluster = options.clusters[path], let known = source.cluster else { return true }
    return cluster == known || source.path == path
  }

  /// Whether the user gives the source's records to another cluster than before, or reads its times in another zone.
  private func isReadOtherwise(_ source: StoredSource, by path: String) -> Bool {
    options.clusters[path].map { $0 != source.cluster } ?? false
      || source.zone.map { $0 != options.wallClock.name } ?? false
  }

  /// The sources that what is at the path may be, by its first bytes; the newest first.
  private mutating func sources(beginning head: [UInt8], _ path: String) -> [StoredSource] {
    index.catchUp(with: store, isStill: Self.isStill)
    return index.sources(beginning: head).compactMap(store.source).filter { mayBe($0, path) }
  }

  /// Whether the file is where the store has it.
  private static func isStill(_ source: StoredSource) -> Bool {
    guard let disk = DiskFile(source.path) else { return false }
    return disk.size == source.diskSize && disk.inode == source.inode && disk.modified == source.modified
  }

  static func gaps(in covered: [Range<Int64>], of size: Int64) -> [Range<Int64>] {
    var gaps: [Range<Int64>] = []
    var at: Int64 = 0
    for range in covered {
      if range.lowerBound > at { gaps.append(at..<min(range.lowerBound, size)) }
      at = max(at, range.upperBound)
    }
    if at < size { gaps.append(at..<size) }
    return gaps
  }

  private static func forwards(_ gap: Range<Int64>) -> [Range<Int64>] {
    var stretches: [Range<Int64>] = []
    var at = gap.lowerBound
    while at < gap.upperBound {
      let end = min(gap.upperBound, at + (stretches.isEmpty ? firstStretchLength : stretchLength))
      stretches.append(at..<end)
      at = end
    }
    return stretches
  }

  private static func backwards(_ gap: Range<Int64>) -> [Range<Int64>] {
    var stretches: [Range<Int64>] = []
    var end = gap.upperBound
    while end > gap.lowerBound {
      let start = max(gap.lowerBound, end - (stretches.isEmpty ? firstStretchLength : stretchLength))
      stretches.append(start..<end)
      end = start
    }
    return stretches
  }

  // MARK: Packed files and pipes

  private mutating func addText(_ bytes: ByteSource, path: String) throws {
    let head = try readHead(bytes)
    guard !head.isEmpty else { return tally.skip(empty: path) }
    let disk = bytes.diskSize == nil ? nil : DiskFile(path)
    let diskTail = disk.flatMap { $0.tail(count: Self.fingerprintLength) }.map { sha256($0 + mark(of: bytes)) }
    var source = StoredSource(
      path: path, compression: bytes.packing, head: sha256(head), headLength: head.count,
      diskSize: disk?.size, diskTail: diskTail, modified: disk?.modified, inode: disk?.inode,
      cluster: options.clusters[path])
    var covered: [Range<Int64>] = []
    if disk != nil {
      let alike = sources(beginning: head, path)
      if alike.contains(where: { pending.contains($0.id) }) { return deferred.append(path) }
      if let same = alike.first(where: { $0.diskTail == diskTail && $0.diskSize == disk?.size && diskTail != nil }) {
        source.id = same.id
        source.cluster = source.cluster ?? same.cluster
        let isReadOtherwise = isReadOtherwise(same, by: path)
        if isReadOtherwise { try store.discard(store.segments(of: same.id)) } else { source.zone = same.zone }
        covered = store.coverage(of: same.id)
        if same.isComplete, !isReadOtherwise {
          tally.skip(path, copyOf: same)
          if same.path != path, !Self.isStill(same) {
            var moved = same
            moved.path = path
            moved.modified = disk?.modified
            moved.inode = disk?.inode
            _ = try store.save(moved)
          }
          return
        }
        source.size = same.size
        source.tail = same.tail
        source.tailLength = same.tailLength
        try store.dropProvisional(of: same.id)
      } else if let (same, isAll) = try knownPacked(alike, path) {
        source.id = same.id
        source.size = same.size
        source.tail = same.tail
        source.tailLength = same.tailLength
        source.cluster = source.cluster ?? same.cluster
        if isReadOtherwise(same, by: path) {
          try store.discard(store.segments(of: same.id))
        } else {
          source.zone = same.zone
        }
        covered = store.coverage(of: same.id)
        if isAll, same.isComplete, Self.gaps(in: covered, of: same.size).isEmpty {
          // A log that was packed after it was read.
          tally.skip(path, copyOf: same)
          if !Self.isStill(same) {
            source.isComplete = true
            _ = try store.save(source)
          }
          return
        }
        try store.dropProvisional(of: same.id)
      }
    }
    source.id = try store.save(source)
    pending.insert(source.id)
    tally.expect(bytes.diskSize)
    jobs.append([.text(bytes, source, head: head, known: covered)])
  }

  /// What tells a file in an archive from the others, which all are in the same file on disk.
  private func mark(of bytes: ByteSource) -> [UInt8] {
    guard let member = bytes.member else { return [] }
    let name = bytes.path.dropFirst(member.archive.count)
    return Array("\(name)\0\(member.size ?? -1)\0\(member.modified)".utf8)
  }

  /// What comes before damage counts: reading on meets it again.
  private func readHead(_ bytes: ByteSource) throws -> [UInt8] {
    var head = [UInt8](repeating: 0, count: Self.fingerprintLength)
    var filled = 0
    while filled < head.count {
      do {
        let got = try readOn(bytes, into: &head, from: filled)
        if got == 0 { break }
        filled += got
      } catch {
        guard filled > 0 else { throw error }
        break
      }
    }
    return Array(head[..<filled])
  }

  /// The source whose text the packed one goes on from, and whether there is nothing more in it.
  private func knownPacked(_ alike: [StoredSource], _ path: String) throws -> (source: StoredSource, isAll: Bool)? {
    for source in alike {
      guard let tail = source.tail, source.size > 0 else { continue }
      let start = source.size - Int64(source.tailLength)
      let read = try ByteSource.open(path, limits: options.limits).bytes(at: start, count: source.tailLength + 1)
      if sha256(read.prefix(source.tailLength)) == tail { return (source, read.count == source.tailLength) }
    }
    return nil
  }
}

/// Reads on into a part of an array.
func readOn(_ source: ByteSource, into bytes: inout [UInt8], from start: Int) throws(SourceError) -> Int {
  var result: Result<Int, SourceError> = .success(0)
  bytes.withUnsafeMutableBytes { buffer in
    let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
    do throws(SourceError) { result = .success(try source.read(into: room)) } catch { result = .failure(error) }
  }
  return try result.get()
}

/// What has become of a source's file since it was last read.
public func fileState(of source: StoredSource) -> SourceFileState { DiskFile.state(of: source) }

/// A file as the file system knows it; of a file in an archive, the archive.
struct DiskFile {
  private let path: String
  var size: Int64
  var inode: Int64
  /// Nanoseconds since 1970.
  var modified: Int64

  init?(_ path: String) {
    self.path = ArchivePath.archive(of: path) ?? path
    var status = stat()
    guard stat(self.path, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    size = Int64(status.st_size)
    inode = Int64(bitPattern: UInt64(status.st_ino))
    modified = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
  }

  /// What has become of a source's file since it was last read, by size, inode and time of change.
  static func state(of source: StoredSource) -> SourceFileState {
    guard let size = source.diskSize, source.path != "-" else { return .pipe }
    guard let disk = DiskFile(source.path) else { return .gone }
    if disk.size == size, disk.inode == source.inode, disk.modified == source.modified { return .same }
    return disk.inode == source.inode && disk.size > size ? .grown : .changed
  }

  /// The last bytes as they are on disk, packed.
  func tail(count: Int) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    var bytes = [UInt8](repeating: 0, count: Int(min(size, Int64(count))))
    let start = size - Int64(bytes.count)
    let got = bytes.withUnsafeMutableBytes { pread(descriptor, $0.baseAddress, $0.count, off_t(start)) }
    return got == bytes.count ? bytes : nil
  }
}
