import AuditModel
import EventStorage
import LogDecoding

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A plain log of lines that may grow. It stays open, so its last lines are read whatever becomes of its name.
final class FollowedFile {
  enum Look {
    case same
    /// The file was emptied, or is another text now: what was read is a source of the past.
    case emptied
    /// It is no plain text of lines; who reads whole files has to read it.
    case foreign
  }

  /// As it was named when it was opened.
  let path: String
  let identity: FileIdentity
  private(set) var source: StoredSource
  /// When it last had something new.
  private(set) var lastGrowth: Double
  /// Another file has its name by now.
  var isRetired = false

  private let descriptor: Int32
  private let context: FollowContext
  private var tail: LiveTail?
  /// It is known, and not of lines.
  private var isForeign = false
  /// Where reading goes on.
  private var position: Int64
  /// The last bytes read, at least those of a fingerprint.
  private var recent: [UInt8] = []
  private var savedAt: Int64

  /// - Parameter known: the source that the file is so far; nil for a new one, which is read from its start.
  /// - Returns: nil when the file is not there.
  init?(_ path: String, known: StoredSource? = nil, context: FollowContext) {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    guard let identity = FileIdentity(descriptor: descriptor) else {
      close(descriptor)
      return nil
    }
    self.path = path
    self.identity = identity
    self.descriptor = descriptor
    self.context = context
    lastGrowth = monotonicSeconds()
    source =
      known
      ?? StoredSource(
        path: path, compression: Compression.none.rawValue, head: [], headLength: 0, cluster: context.cluster(of: path))
    position = 0
    savedAt = 0
    if let known { goOn(with: known) }
  }

  deinit { close(descriptor) }

  /// Takes up where reading ended.
  private func goOn(with known: StoredSource) {
    position = context.store.coverage(of: known.id).last?.upperBound ?? 0
    savedAt = position
    let length = Int64(known.tailLength)
    let isSame = sha256(bytes(from: max(0, known.size - length), to: known.size)) == known.tail
    // Where it does not end as it did, `readOn` finds that out.
    recent = isSame ? bytes(from: max(0, position - length), to: position) : [0]
    let framing = bytes(from: 0, to: Int64(SourcePlanner.fingerprintLength)).withUnsafeBytes {
      RecordDecoder.framing(of: $0)
    }
    if LiveTail.follows(framing) { tail = makeTail(framing) } else { isForeign = true }
  }

  private func makeTail(_ framing: Framing) -> LiveTail {
    LiveTail(
      store: context.store, source: source.id, framing: framing, wallClock: context.wallClock, offset: position,
      keeping: context.keeping, cluster: source.cluster)
  }

  private var size: Int64 {
    var status = stat()
    return fstat(descriptor, &status) == 0 ? Int64(status.st_size) : 0
  }

  private func bytes(from start: Int64, to end: Int64) -> [UInt8] {
    let wanted = Int(max(0, end - start))
    return [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
      while count < wanted, let base = buffer.baseAddress {
        let got = pread(descriptor, base + count, wanted - count, off_t(start) + off_t(count))
        if got < 0, errno == EINTR { continue }
        guard got > 0 else { break }
        count += got
      }
    }
  }

  /// Reads what has come.
  func readOn() throws -> Look {
    let size = size
    guard size >= position, endsAsRead() else { return .emptied }
    guard size > position else { return .same }
    // Its unfinished end may wait for ever.
    if isForeign { return size > source.size ? .foreign : .same }
    if tail == nil {
      switch try begin(size) {
      case nil: return .same
      case .some(let look) where look != .same: return look
      default: break
      }
    }
    guard let tail else { return .same }
    lastGrowth = monotonicSeconds()
    while position < size, !context.isCancelled() {
      let part = bytes(from: position, to: min(size, position + Int64(LiveTail.flushLength)))
      guard !part.isEmpty else { break }
      position += Int64(part.count)
      recent.append(contentsOf: part)
      let kept = SourcePlanner.fingerprintLength + tail.waitingCount + part.count
      if recent.count > 2 * kept { recent.removeFirst(recent.count - kept) }
      tail.feed(part)
      if let flushed = try tail.flush() { context.tell(flushed, of: source.path) }
      if tail.isFragmented {
        try tail.merge()
        try save()
      } else if let zone = tail.zone, zone != source.zone {
        try save()
      }
    }
    return .same
  }

  /// Whether what stands before `position` is what was read there.
  private func endsAsRead() -> Bool {
    let probe = recent.suffix(1024)
    return probe.elementsEqual(bytes(from: position - Int64(min(Int64(probe.count), position)), to: position))
  }

  /// Looks at the first bytes of a new file.
  /// - Returns: nil as long as they tell nothing.
  private func begin(_ size: Int64) throws -> Look? {
    let head = bytes(from: 0, to: min(size, Int64(SourcePlanner.fingerprintLength)))
    guard head.contains(UInt8(ascii: "\n")) || head.count == SourcePlanner.fingerprintLength else { return nil }
    let framing = head.withUnsafeBytes { RecordDecoder.framing(of: $0) }
    guard ByteSource.isPlainText(head), LiveTail.follows(framing) else { return .foreign }
    source.head = sha256(head)
    source.headLength = head.count
    source.id = try context.store.save(source)
    tail = makeTail(framing)
    return .same
  }

  var isDirty: Bool { tail.map { $0.offset > savedAt } ?? false }

  /// Tells the store how far the source is known: up to the last whole line.
  /// - Parameter newPath: where the file stands now, if elsewhere.
  func save(at newPath: String? = nil) throws {
    guard let tail, source.id != 0 else { return }
    // Its text may have been found elsewhere since, packed.
    if let stored = context.store.source(source.id) { source = stored }
    let known = recent.dropLast(tail.waitingCount).suffix(SourcePlanner.fingerprintLength)
    // A file that has grown is found by as much of its beginning as one that was not there before.
    let headLength = min(Int64(SourcePlanner.fingerprintLength), tail.offset)
    if source.headLength < headLength, endsAsRead() {
      source.head = sha256(bytes(from: 0, to: headLength))
      source.headLength = Int(headLength)
    }
    source.size = tail.offset
    source.tail = sha256(known)
    source.tailLength = known.count
    if source.compression == Compression.none.rawValue {
      if let newPath { source.path = newPath }
      source.diskSize = tail.offset
      source.modified = DiskFile(source.path)?.modified
      source.inode = Int64(bitPattern: identity.inode)
    }
    source.zone = tail.zone ?? source.zone
    source.isComplete = true
    _ = try context.store.save(source)
    savedAt = tail.offset
  }

  /// The file stands elsewhere now.
  func move(to path: String) throws {
    guard path != source.path, source.id != 0 else { return }
    try save(at: path)
  }

  /// Adds the line that was begun: nothing more will come.
  func endLine() throws {
    if let flushed = try tail?.flush(isEnd: true) { context.tell(flushed, of: source.path) }
  }

  func finish() throws {
    try tail?.merge()
    try save()
  }
}

/// What all that is followed shares.
final class FollowContext {
  let store: EventStore
  let keeping: PayloadKeeping
  let wallClock: WallClock
  let isCancelled: @Sendable () -> Bool
  private let clusters: ClusterNames
  private let report: (FollowNews) -> Void
  private var news = FollowNews()

  init(
    store: EventStore, options: IngestOptions, isCancelled: @escaping @Sendable () -> Bool,
    report: @escaping (FollowNews) -> Void
  ) {
    self.store = store
    // The file may be gone when somebody asks for a body: what is followed is rotated away.
    keeping = options.keepsPayload || store.access == .inMemory ? .all : .withoutSecrets
    clusters = options.clusters
    wallClock = options.wallClock
    self.isCancelled = isCancelled
    self.report = report
  }

  func cluster(of path: String) -> String? { clusters[path] }

  func tell(_ flushed: (result: AppendResult, rejects: Int), of path: String) {
    news.file = path
    news.acts += flushed.result.addedActs
    news.rejects += flushed.rejects
    news.segments = [flushed.result.segment]
    report(news)
  }

  /// Tells of segments that reading a whole file has added.
  func tell(_ ingested: IngestReport, segments: [UInt32], of path: String) {
    guard !segments.isEmpty else { return }
    news.file = path
    news.acts += ingested.acts
    news.rejects += ingested.rejects
    news.segments = segments
    report(news)
  }
}

/// What following has added.
public struct FollowNews: Sendable {
  public var file = ""
  /// Since following began.
  public var acts = 0
  public var rejects = 0
  /// The segments of this moment, in the order in which they came.
  public var segments: [UInt32] = []
  public init() {}
}

/// Which file it is, whatever it is called.
struct FileIdentity: Hashable {
  var device: UInt64
  var inode: UInt64

  init?(_ path: String) {
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.init(status)
  }

  init?(descriptor: Int32) {
    var status = stat()
    guard fstat(descriptor, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { return nil }
    self.init(status)
  }

  private init(_ status: stat) {
    device = UInt64(status.st_dev)
    inode = UInt64(status.st_ino)
  }
}
