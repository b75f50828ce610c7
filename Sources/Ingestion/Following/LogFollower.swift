public import EventStorage
public import LogDecoding
import AuditModel
import Synchronization

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// Follows logs: puts what is added to them into the store, whatever rotation does to their files.
///
/// A file that got another name is read to its end before the one that has its name now; of one that was emptied, the
/// copy that was made of it is looked for and read from where reading was. New files count when they stand in a
/// folder that is followed, or are called like a file that is, but for other digits or what rotation adds to a name.
/// What is known is not read again, and a record that the store has is not added twice.
public final class LogFollower: Sendable {
  private let paths: [String]
  private let options: IngestOptions
  private let store: EventStore
  private let watch = FolderWatch()
  private let errors = Mutex<[SourceError]>([])

  /// - Parameter paths: files, folders, and `-` for standard input, as they were named; what is in them has been
  ///   read by `ingest`, but for standard input.
  public init(_ paths: [String], into store: EventStore, options: IngestOptions) {
    self.paths = paths
    self.options = options
    self.store = store
  }

  /// Makes `run` look at what it was asked, from any thread.
  public func wake() { watch.wake() }

  /// What could not be read since the last call.
  public func takeErrors() -> [SourceError] {
    errors.withLock { known in
      defer { known = [] }
      return known
    }
  }

  /// Follows until it is cancelled, or until standard input ends where nothing else is followed; to be called on a
  /// thread of its own. While nothing happens it sleeps.
  /// - Parameters:
  ///   - isPaused: asked after each `wake`; nothing is read while it holds.
  ///   - tick: called whenever there was something to look at; gives the milliseconds until it wants to be called again.
  ///   - report: what was added, on this thread, before small segments are merged.
  /// - Throws: `StoreError` when the store cannot be written.
  public func run(
    isCancelled: @escaping @Sendable () -> Bool, isPaused: () -> Bool = { false }, tick: () -> Int? = { nil },
    report: @escaping (FollowNews) -> Void
  ) throws {
    let context = FollowContext(store: store, options: options, isCancelled: isCancelled, report: report)
    let session = FollowSession(
      paths, context: context, watch: watch, options: options,
      fail: { [self] error in
        errors.withLock { $0.append(error) }
      })
    var namesChanged = true
    while !isCancelled() {
      let began = monotonicSeconds()
      if !isPaused() { try session.look(namesChanged: namesChanged) }
      if session.isAtEnd { break }
      let patience = [tick(), session.patienceMilliseconds].compactMap(\.self).min()
      if isCancelled() { break }
      let changed = watch.wait(milliseconds: patience, pipes: isPaused() ? [] : session.pipes)
      namesChanged = (isPaused() && namesChanged) || changed
      // What comes line by line is taken a few times a second.
      let passed = monotonicSeconds() - began
      if session.pipes.isEmpty, passed < 0.2, !isCancelled() { usleep(UInt32((0.2 - passed) * 1_000_000)) }
    }
    try session.finish()
  }
}

/// The files that are followed, and what is found around them.
private final class FollowSession {
  private let context: FollowContext
  private let watch: FolderWatch
  private let options: IngestOptions
  private let fail: (SourceError) -> Void
  private var files: [FollowedFile] = []
  private var pipe: FollowedPipe?
  /// Folders that were named.
  private let folders: [String]
  /// Files that were named; what has their name is followed.
  private let named: [String]
  /// All files that are known of, by path.
  private var seen: [String: Sighting] = [:]
  /// New files that are not looked into yet, since they may still be written.
  private var candidates: Set<String> = []
  private var savedAt = monotonicSeconds()

  private struct Sighting: Equatable {
    var identity: FileIdentity
    var size: Int64
    /// When it was first seen with this size.
    var since: Double
  }

  /// A file that lost its name is read on so long after it last grew: its writer may not have noticed.
  private static let graceSeconds = 60.0
  /// A file that has not grown for so long has been written.
  private static let settledSeconds = 1.0

  init(
    _ paths: [String], context: FollowContext, watch: FolderWatch, options: IngestOptions,
    fail: @escaping (SourceError) -> Void
  ) {
    self.context = context
    self.watch = watch
    self.options = options
    self.fail = fail
    folders = paths.filter { LogFolder.isFolder($0) }
    named = paths.filter { $0 != "-" && !LogFolder.isFolder($0) }
    if paths.contains("-") { pipe = FollowedPipe(context: context) }
    for path in named {
      watch.watch(LogFolder.parent(of: path))
      if let target = LogFolder.target(of: path) { watch.watch(LogFolder.parent(of: target)) }
    }
    // Watches come first: what is added after this list was made wakes us.
    let known = Dictionary(grouping: context.store.knownSources, by: \.path)
    for path in paths where path != "-" {
      for file in LogFolder.isFolder(path) ? allFiles(below: path) : [path] { take(file, known: known[file] ?? []) }
    }
    // In folders, what ingest has not seen is new.
    for path in visible where known[path] != nil || !isInFolder(path) { note(path) }
  }

  private func isInFolder(_ path: String) -> Bool {
    folders.contains { path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
  }

  /// Whether nothing can come any more.
  var isAtEnd: Bool { files.isEmpty && named.isEmpty && folders.isEmpty && pipe?.isAtEnd != false }

  var pipes: [Int32] { pipe.map { $0.isAtEnd ? [] : [$0.descriptor] } ?? [] }

  /// How long to sleep at most; nil for no limit.
  var patienceMilliseconds: Int? {
    if !candidates.isEmpty { return 500 }
    return files.contains { $0.isRetired || $0.isDirty } ? 2000 : nil
  }

  // MARK: What there is at first

  private func allFiles(below folder: String) -> [String] {
    watch.watch(folder)
    let listing = LogFolder.listing(folder)
    return listing.files + listing.folders.flatMap { allFiles(below: $0) }
  }

  /// A file that was read: goes on where reading ended.
  /// - Parameter known: the sources at the path.
  private func take(_ path: String, known: [StoredSource]) {
    let identity = FileIdentity(path)
    let plain = Compression.none.rawValue
    let sources = known.filter { $0.compression == plain }
    let known = sources.last { UInt64(bitPattern: $0.inode ?? 0) == identity?.inode } ?? sources.last
    if let known, UInt64(bitPattern: known.inode ?? 0) != identity?.inode {
      // It was rotated away since; where it is now, it is read to its end.
      let place = LogFolder.listing(LogFolder.parent(of: path)).files.first {
        FileIdentity($0)?.inode == UInt64(bitPattern: known.inode ?? 0)
      }
      if let place, let file = FollowedFile(place, known: known, context: context) {
        file.isRetired = true
        files.append(file)
      }
    } else if known != nil || named.contains(path), !isPacked(path),
      let file = FollowedFile(path, known: known, context: context)
    {
      files.append(file)
    }
  }

  private func isPacked(_ path: String) -> Bool { (try? ByteSource.open(path))?.isSeekable == false }

  // MARK: Looking

  func look(namesChanged: Bool) throws {
    try readPipe()
    try readFiles()
    // A new file may be told of before it holds a line.
    if namesChanged || !folders.isEmpty || !candidates.isEmpty { try lookAtNames() }
    try lookAtCandidates()
    for file in files where file.isRetired && monotonicSeconds() - file.lastGrowth > Self.graceSeconds {
      try file.finish()
      files.removeAll { $0 === file }
    }
    if monotonicSeconds() - savedAt > 2 {
      for file in files where file.isDirty { try file.save() }
      savedAt = monotonicSeconds()
    }
  }

  func finish() throws {
    for file in files { try file.finish() }
    try pipe?.finish()
  }

  private func readPipe() throws {
    guard let pipe, !pipe.isAtEnd else { return }
    var waiting = pollfd(fd: pipe.descriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&waiting, 1, 0) > 0 else { return }
    do {
      if let head = try pipe.readOn() {
        self.pipe = nil
        try readWhole(ByteSource.standardInput(head: head), path: pipe.path)
      }
    } catch let error as SourceError {
      fail(error)
      self.pipe = nil
    }
  }

  /// The oldest first: what lost its name is read to its end before what has the name now.
  private func readFiles() throws {
    for file in files.sorted(by: { $0.isRetired && !$1.isRetired }) {
      switch try file.readOn() {
      case .same: break
      case .emptied: try startAnew(file)
      case .foreign:
        files.removeAll { $0 === file }
        if FileIdentity(file.path) == file.identity { candidates.insert(file.path) }
      }
    }
  }

  /// The file was emptied: what was read of it goes on in a copy, and the file begins anew.
  private func startAnew(_ file: FollowedFile) throws {
    files.removeAll { $0 === file }
    try file.finish()
    let copy = LogFolder.listing(LogFolder.parent(of: file.path)).files.first {
      FileIdentity($0) != file.identity && LogFolder.size(of: $0) >= file.source.size
        && LogFolder.begins(LogFolder.head(of: $0), as: file.source)
    }
    if let copy {
      try readWhole(copy)
    } else {
      try file.endLine()
    }
    guard !file.isRetired, let next = FollowedFile(file.path, context: context) else { return }
    files.append(next)
    if try next.readOn() == .foreign { candidates.insert(next.path) }
  }

  // MARK: Names

  /// The paths that may hold something new: all in folders that are followed, and beside files that are.
  private var visible: [String] {
    let places = named + named.compactMap(LogFolder.target)
    let beside = Set(places.map(LogFolder.parent)).flatMap { LogFolder.listing($0).files }
    let paths = folders.flatMap { allFiles(below: $0) } + beside
    var known: Set<String> = []
    return paths.filter { known.insert($0).inserted }
  }

  /// Remembers a file; whether it is new, another one, or longer than it was.
  @discardableResult
  private func note(_ path: String) -> Bool {
    guard let identity = FileIdentity(path) else { return false }
    let size = LogFolder.size(of: path)
    if let known = seen[path], known.identity == identity, known.size == size { return false }
    seen[path] = Sighting(identity: identity, size: size, since: monotonicSeconds())
    return true
  }

  private func lookAtNames() throws {
    let visible = visible
    var places: [FileIdentity: String] = [:]
    for path in visible { if let identity = FileIdentity(path) { places[identity] = path } }
    for file in files {
      let now = FileIdentity(file.path)
      if now != file.identity, !file.isRetired {
        file.isRetired = true
        // It may have got its last lines before it got its new name.
        if try file.readOn() == .emptied { try startAnew(file) }
      }
      if file.isRetired, let place = places[file.identity] { try file.move(to: place) }
    }
    for path in named where !files.contains(where: { !$0.isRetired && $0.path == path }) && !isPacked(path) {
      guard let file = FollowedFile(path, context: context), !isFollowed(file.identity) else { continue }
      files.append(file)
      if try file.readOn() == .foreign { candidates.insert(path) }
    }
    for path in visible where note(path) {
      guard let identity = FileIdentity(path), !isFollowed(identity), mayBeMeant(path) else { continue }
      candidates.insert(path)
    }
    let there = Set(visible)
    seen = seen.filter { there.contains($0.key) }
  }

  private func isFollowed(_ identity: FileIdentity) -> Bool { files.contains { $0.identity == identity } }

  private func mayBeMeant(_ path: String) -> Bool {
    isInFolder(path) || named.contains { LogFolder.isRotation(path, of: $0) || LogFolder.isSuccessor(path, of: $0) }
  }

  /// New files: logs that grow are followed, what is written already is read whole.
  private func lookAtCandidates() throws {
    for path in candidates.sorted() {
      guard let identity = FileIdentity(path), !isFollowed(identity) else {
        candidates.remove(path)
        continue
      }
      let isGrown = note(path)
      let head = LogFolder.head(of: path)
      let isKnown = context.store.knownSources.contains { LogFolder.begins(head, as: $0) }
      if !isKnown, !isPacked(path), holdsLogs(path), let file = FollowedFile(path, context: context) {
        let look = try file.readOn()
        if look == .same, file.source.id != 0 {
          files.append(file)
          candidates.remove(path)
        }
        guard look == .foreign else { continue }
      }
      // A copy, or packed: as long as somebody writes it, it is not whole.
      guard !isGrown, let sighting = seen[path], monotonicSeconds() - sighting.since >= Self.settledSeconds else {
        continue
      }
      candidates.remove(path)
      try readWhole(path)
      if !isPacked(path), isInFolder(path) || named.contains(path) {
        take(path, known: context.store.knownSources.filter { $0.path == path })
      }
    }
  }

  // MARK: Whole files

  private func readWhole(_ path: String) throws {
    let isArchive = ArchiveWalk.kind(of: path) != nil
    guard isArchive || holdsLogs(path) else { return }
    do {
      let search = findLogs(at: [path], limits: options.limits)
      for error in search.errors { fail(error) }
      for log in search.logs { try readWhole(try ByteSource.open(log, limits: options.limits), path: log) }
    } catch let error as SourceError {
      fail(error)
    }
  }

  private func readWhole(_ bytes: ByteSource, path: String) throws {
    let before = Set(context.store.segmentNumbers)
    let cancelled = context.isCancelled
    let report = try ingest(bytes, path: path, into: context.store, options: options, isCancelled: cancelled)
    for error in report.errors { fail(error) }
    context.tell(report, segments: context.store.segmentNumbers.filter { !before.contains($0) }, of: path)
  }
}
