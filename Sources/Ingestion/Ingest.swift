public import EventStorage
public import LogDecoding
import AuditModel
import Dispatch
import Synchronization

/// How files are read into a store.
public struct IngestOptions: Sendable {
  /// Whether the store keeps every byte, so that the files are needed no longer (import), or only an index, and the
  /// text of packed files but for secrets (browsing).
  public var keepsPayload: Bool
  public var threadCount: Int
  /// Whether what was logged last is read first, so that the newest rows can be shown at once.
  public var newestFirst: Bool
  /// How much may come out of how little.
  public var limits = UnpackingLimits()
  /// The clusters that sources are from where records do not say so.
  public var clusters: ClusterNames
  /// Whether somebody follows the files from where reading ends: he waits for the rest of what is not whole.
  public var isFollowed = false
  /// By which times without a zone are read.
  public var wallClock = WallClock.utc

  public init(
    keepsPayload: Bool = false, threadCount: Int = 2, newestFirst: Bool = false, clusters: ClusterNames = ClusterNames()
  ) {
    self.keepsPayload = keepsPayload
    self.threadCount = threadCount
    self.newestFirst = newestFirst
    self.clusters = clusters
  }
}

/// How far reading is.
public struct IngestProgress: Sendable {
  /// The file that was read from last.
  public var file: String
  /// Bytes on disk, of this run.
  public var bytesRead: Int64
  /// What has to be read in all; nil while a pipe is among it.
  public var bytesTotal: Int64?
  public var acts: Int
  public var rejects: Int
}

/// What came of reading.
public struct IngestReport: Sendable {
  /// Acts that the store did not have before.
  public var acts = 0
  public var records = 0
  public var rejects = 0
  /// Records that were there already.
  public var duplicates = 0
  /// Files of which nothing had to be read.
  public var skippedSources = 0
  /// Those among them whose text the store has under another path: their paths, and that one.
  public var copies: [String: String] = [:]
  /// Those among them whose text has not a byte, or not any more: their paths, in the order of reading.
  public var empty: [String] = []
  /// One for each file that could not be opened or read to its end.
  public var errors: [SourceError] = []
  public var wasCancelled = false
  public init() {}
}

/// Reads files into the store; to be called on a background thread, which it keeps until all is done.
///
/// What the store has of a file already, whatever the file's name is now and however it is packed, is not read again.
/// Plain files are read in stretches by several threads, others from front to back, several files at once. Memory is
/// bounded by a stretch for each thread. A stretch is one transaction: killed or cancelled at any moment, the next run
/// goes on where this one ended.
/// - Parameters:
///   - paths: files, `-` for standard input; in the order of their logs, oldest first (`logFiles`).
///   - progress: called after each stretch, from any thread.
/// - Throws: `StoreError` when the store cannot be written. Unreadable files are in the report.
public func ingest(
  _ paths: [String], into store: EventStore, options: IngestOptions = IngestOptions(),
  isCancelled: @escaping @Sendable () -> Bool = { false },
  progress: @escaping @Sendable (IngestProgress) -> Void = { _ in }
) throws -> IngestReport {
  let run = IngestRun(store: store, options: options, isCancelled: isCancelled, progress: progress)
  // Files in a packed archive are read in one go, in its order: each would cost as much as all before it.
  var walks: [(archive: String, members: [String])] = []
  var known = KnownMembers(of: store, clusters: options.clusters, zone: options.wallClock.name)
  for path in paths {
    let archive = ArchivePath.archive(of: path)
    if let archive, known.hold(path, in: archive) {
      run.skip()
    } else if let archive, let place = walks.firstIndex(where: { $0.archive == archive }) {
      walks[place].members.append(path)
    } else if let archive, run.isPacked(archive) {
      walks.append((archive, [path]))
    } else {
      try run.plan(path) { () throws(SourceError) in try ByteSource.open(path, limits: options.limits) }
    }
  }
  try run.readAll()
  for walk in walks {
    try run.walk(walk.archive, isNamed: true) { () throws(SourceError) in
      try ArchiveWalk(walk.archive, .files(walk.members), limits: options.limits)
    }
  }
  return try run.finish()
}

/// Reads one text that was opened already.
func ingest(
  _ bytes: ByteSource, path: String, into store: EventStore, options: IngestOptions,
  isCancelled: @escaping @Sendable () -> Bool
) throws -> IngestReport {
  let run = IngestRun(store: store, options: options, isCancelled: isCancelled, progress: { _ in })
  try run.plan(path) { bytes }
  return try run.finish()
}

/// One run of `ingest`.
private final class IngestRun {
  private let options: IngestOptions
  private let tally: Tally
  private let reader: StretchReader
  private var planner: SourcePlanner

  init(
    store: EventStore, options: IngestOptions, isCancelled: @escaping @Sendable () -> Bool,
    progress: @escaping @Sendable (IngestProgress) -> Void
  ) {
    self.options = options
    tally = Tally(progress: progress)
    reader = StretchReader(store: store, options: options, tally: tally, isCancelled: isCancelled)
    planner = SourcePlanner(store: store, options: options, tally: tally)
  }

  /// A source that the store has.
  func skip() { tally.skip() }

  /// Whether the archive can only be read from front to back; no where it cannot be opened, which reading tells.
  func isPacked(_ archive: String) -> Bool {
    (try? ByteSource.open(archive, limits: options.limits)).map { $0.compression != .none } ?? false
  }

  func plan(_ path: String, _ open: () throws(SourceError) -> ByteSource) throws {
    if reader.isCancelled() { return tally.cancel() }
    do {
      let bytes = try open()
      guard bytes.archive == nil else {
        // Only of standard input it is not known before.
        return try walk(path, isNamed: false) { () throws(SourceError) in
          try ArchiveWalk(over: bytes, limits: options.limits)
        }
      }
      try planner.add(bytes, path: path)
    } catch let error as SourceError {
      tally.fail(error)
    }
  }

  /// Reads the logs in an archive one after the other.
  func walk(_ archive: String, isNamed: Bool, _ open: () throws(SourceError) -> ArchiveWalk) throws {
    do {
      let walk = try open()
      var logCount = 0
      while !reader.isCancelled(), let step = walk.next() {
        switch step {
        case .file(let bytes):
          // Those that were named have been looked at.
          guard isNamed || bytes.beginsWithLogs else { continue }
          logCount += 1
          try plan(bytes.path) { bytes }
          try readAll(threadCount: 1)
        case .failure(let error): tally.fail(error)
        }
      }
      if logCount == 0, !reader.isCancelled() { tally.fail(walk.holdsNoLogs) }
    } catch let error as SourceError {
      tally.fail(error)
    }
    if reader.isCancelled() { tally.cancel() }
  }

  func readAll(threadCount: Int? = nil) throws {
    let jobs = planner.takeJobs()
    try runAll(jobs, reader, threadCount: threadCount ?? options.threadCount)
    // Who looks at the newest rows already keeps them as they came.
    if !options.newestFirst { try readMisplaced(HolderOrder(jobs)) }
  }

  /// Reads again, one source after the other, what a thread added before it was its turn.
  private func readMisplaced(_ order: HolderOrder) throws {
    let results = tally.results
    let misplaced = order.misplaced(in: results)
    guard !misplaced.isEmpty, !reader.isCancelled() else { return }
    try reader.store.discard(Array(misplaced))
    forgetGone()
    let concerned = Set(misplaced.compactMap { results[$0]?.source })
    for source in order.sources where concerned.contains(source.id) {
      var begun = reader.store.source(source.id) ?? source
      begun.isComplete = false
      _ = try reader.store.save(begun)
      try plan(begun.path) { () throws(SourceError) in try ByteSource.open(begun.path, limits: options.limits) }
      try runAll(planner.takeJobs(), reader, threadCount: 1)
      forgetGone()
    }
  }

  private func forgetGone() {
    let left = Set(reader.store.segmentNumbers)
    tally.forget { !left.contains($0) }
  }

  /// Reads what was planned.
  func finish() throws -> IngestReport {
    try readAll()
    // Packed copies of files of this very run: by now it shows what of them is there.
    for path in planner.takeDeferred() {
      try plan(path) { () throws(SourceError) in try ByteSource.open(path, limits: options.limits) }
      try readAll(threadCount: 1)
    }
    return tally.report
  }
}

/// Hands the jobs out to threads, in order. The first failure of the store ends all.
private func runAll(_ jobs: [ReadingJob], _ reader: StretchReader, threadCount: Int) throws {
  guard !jobs.isEmpty else { return }
  let next = Atomic(0)
  let failure = Mutex<(any Error)?>(nil)
  DispatchQueue.concurrentPerform(iterations: max(1, min(threadCount, jobs.count))) { _ in
    while failure.withLock({ $0 == nil }) {
      let index = next.wrappingAdd(1, ordering: .relaxed).oldValue
      guard index < jobs.count else { return }
      if reader.isCancelled() { return reader.tally.cancel() }
      do {
        try reader.run(jobs[index])
      } catch {
        failure.withLock { $0 = $0 ?? error }
      }
    }
  }
  if let failure = failure.withLock({ $0 }) { throw failure }
}
