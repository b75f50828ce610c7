import AuditModel
import Dispatch
import EventStorage
import Glibc
import Ingestion
import LogDecoding
import Synchronization

/// The acts that a command works on: a store that was filled before, or the files that were named, read now.
struct OpenedLog {
  let store: EventStore
  let snapshot: StoreSnapshot
  /// 0, or what the command ends with once its output is written: 3 for unreadable input, 130 after ^C.
  let exitCode: Int32

  /// Files of the folders and archives that were named in which there is no log.
  let others: [String]
  /// What could not be read, or not to its end.
  let failures: [SourceError]
  /// Files and archives in which there is nothing.
  let empty: [String]

  /// Ends the command with the code that reading left, if any.
  func finish() throws {
    if let damage = snapshot.damage {
      ErrorOutput.say(String(describing: damage))
      throw ExitStatus(3)
    }
    if exitCode != 0 { throw ExitStatus(exitCode) }
  }

  /// - Parameters:
  ///   - files: as named on the command line; empty for the store.
  ///   - saysRejects: whether input that is no record is told of on standard error, and makes the exit code 3.
  ///   - follows: whether standard input is left to who follows it, and a folder may be empty so far.
  init(files: [String], source: SourceOptions, saysRejects: Bool = true, follows: Bool = false) throws {
    let redactor = source.redactor()
    let environment = StoreEnvironment.reading(
      redaction: { redactor.redact(record: $0, memory: $1) }, textRedaction: { redactor.redact(text: $0) },
      limits: source.limits
    ).tellingChanges()
    if files.isEmpty {
      store = try Self.openStore(source, environment: environment)
      try store.settle()
      snapshot = store.snapshot()
      exitCode = 0
      others = []
      failures = []
      empty = []
      return
    }
    if source.store != nil {
      throw CommandError("--store and FILE exclude each other: `whodiff import` reads files into a store")
    }
    let index = try Index(files, source: source, environment: environment, follows: follows)
    let found = try Self.logs(at: files, source: source, store: index.store, follows: follows)
    var code: Int32 = found.hasProblem ? 3 : 0
    var (store, reading) = try index.filled(with: found, source: source)
    if index.path != nil, !reading.wasInterrupted, Self.holdsMore(than: found.paths, store) {
      (store, reading) = try index.madeAnew().filled(with: found, source: source)
    }
    self.store = store
    others = found.others
    let errors = found.errors + reading.report.errors.filter { !found.errors.contains($0) }
    let told = Set(errors.map(\.path))
    failures = errors + (found.empty?.errors ?? []).filter { !told.contains($0.path) }
    empty = reading.report.empty + (found.empty?.paths ?? [])
    snapshot = store.snapshot()
    if reading.hasProblem || saysRejects && RejectReport.say(snapshot.rejects) { code = 3 }
    if saysRejects { UnrecognisedReport.say(snapshot.sources, limits: source.limits) }
    exitCode = reading.wasInterrupted ? 130 : code
  }

  /// Whether the index still holds acts of files that are gone, or of what a file held before it was replaced: only
  /// what was named counts.
  private static func holdsMore(than paths: [String], _ store: EventStore) -> Bool {
    let sources = store.snapshot().sources
    let known = sources.map(\.path)
    return Set(known).count < known.count || !Set(known).isSubset(of: paths)
      || sources.contains { $0.bytesRead > 0 && Configuration.isEmptyFile($0.path) }
  }

  /// What is followed may come later.
  private static func logs(
    at files: [String], source: SourceOptions, store: EventStore?, follows: Bool
  ) throws -> FoundLogs {
    guard follows else { return FoundLogs(at: files, limits: source.limits, store: store) }
    return FoundLogs(findLogs(at: files.filter { $0 != "-" }, limits: source.limits))
  }

  private static func openStore(_ source: SourceOptions, environment: StoreEnvironment) throws -> EventStore {
    guard let path = source.store ?? Configuration.defaultStorePath else {
      throw CommandError("no FILE was named, and there is no home directory for a store")
    }
    guard Configuration.exists(path) else {
      throw CommandError(
        "no FILE was named, and there is no store at \(path)",
        details: ["name a log: whodiff log FILE, or keep logs for good: whodiff import FILE"])
    }
    return try EventStore.open(path, access: .readOnly, environment: environment)
  }
}

/// The index of some files, in the cache directory where that can be; else in memory, which is told in one line.
private struct Index {
  let store: EventStore
  /// Nil in memory.
  let path: String?
  private let clusters: ClusterNames
  private let follows: Bool

  init(_ files: [String], source: SourceOptions, environment: StoreEnvironment, follows: Bool) throws {
    let names = source.clusters.names
    if !source.noIndex,
      let path = follows ? IndexFiles.pathOfFollower(for: files, names) : IndexFiles.path(for: files, names),
      let directory = Configuration.cacheDirectory
    {
      do {
        guard Configuration.makeDirectory(directory) else {
          throw CommandError("\(directory): cannot be made: \(String(cString: strerror(errno)))")
        }
        try self.init(path: path, clusters: source.clusters.names, environment: environment, follows: follows)
        return
      } catch {
        Self.sayNotKept(error, isQuiet: source.quiet)
      }
    }
    try self.init(path: nil, clusters: source.clusters.names, environment: environment, follows: follows)
  }

  private init(path: String?, clusters: ClusterNames, environment: StoreEnvironment, follows: Bool) throws {
    self.path = path
    self.clusters = clusters
    self.follows = follows
    guard let path else {
      store = try EventStore.open("", access: .inMemory, environment: environment)
      return
    }
    store = try IndexFiles.open(path, environment: environment)
  }

  /// Reads what the index lacks of the files. One that cannot be written, since another process does or the disk is
  /// full, is left aside: then all is read into memory.
  func filled(with found: FoundLogs, source: SourceOptions) throws -> (store: EventStore, reading: Reading) {
    var options = try source.ingestOptions
    options.isFollowed = follows
    do {
      // What is read from standard input cannot be read again, and in memory all of it may be kept.
      let reading = try Reading.run(
        found, into: store, keepsPayload: path == nil && found.paths.contains("-"), options: options,
        isQuiet: source.quiet)
      return (store, reading)
    } catch let error as StoreError where path != nil {
      Self.sayNotKept(error, isQuiet: source.quiet)
      return try Index(path: nil, clusters: clusters, environment: store.environment, follows: follows).filled(
        with: found, source: source)
    }
  }

  /// An empty index in its place, or the one that another process has put there meanwhile.
  func madeAnew() throws -> Index {
    if path != nil { try store.removeFile() }
    return try Index(path: path, clusters: clusters, environment: store.environment, follows: follows)
  }

  private static func sayNotKept(_ error: any Error, isQuiet: Bool) {
    let reason = (error as? CommandError)?.message ?? String(describing: error)
    if !isQuiet { ErrorOutput.say("no index is kept: \(reason)") }
  }
}

/// Reads files into a store while telling how far it is.
struct Reading {
  var report: IngestReport
  var wasInterrupted: Bool
  var hasProblem: Bool

  static func run(
    _ found: FoundLogs, into store: EventStore, keepsPayload: Bool, options: IngestOptions, isQuiet: Bool
  ) throws -> Reading {
    let interruption = Interruption()
    let flag = interruption.flag
    defer { interruption.end() }
    let started = Configuration.monotonicSeconds()
    let shown = Mutex((last: started, count: 0))
    var options = options
    options.keepsPayload = keepsPayload
    let report = try ingest(
      found.paths, into: store, options: options, isCancelled: { flag.isRaised },
      progress: { progress in
        guard ErrorOutput.isTerminal, !isQuiet else { return }
        let now = Configuration.monotonicSeconds()
        // A short run shows nothing; a long one at most four lines a second.
        let isDue = shown.withLock { shown in
          guard now - shown.last >= 0.25 else { return false }
          shown = (now, shown.count + 1)
          return true
        }
        if isDue { ProgressLine(progress, elapsed: now - started).show() }
      })
    if !flag.isRaised {
      try store.settle(
        isCancelled: { flag.isRaised },
        progress: { done, count in
          guard ErrorOutput.isTerminal, !isQuiet, Configuration.monotonicSeconds() - started > 0.5 else { return }
          shown.withLock { $0.count += 1 }
          ProgressLine(settling: done, of: count).show()
        })
    }
    if shown.withLock({ $0.count > 0 }) { ProgressLine.clear() }
    for error in report.errors where !found.errors.contains(error) { ErrorOutput.say(String(describing: error)) }
    if flag.isRaised {
      ErrorOutput.say("stopped while reading: what follows is about the \(report.acts) acts that were read")
    }
    let reading = Reading(report: report, wasInterrupted: flag.isRaised, hasProblem: !report.errors.isEmpty)
    try found.note(in: store, after: reading)
    return reading
  }
}

/// Tells about input that could not be read as records: the first few, then how many more.
enum RejectReport {
  private static let shownAtMost = 5

  /// - Returns: whether there was any.
  static func say(_ rejects: [(file: String, reject: Reject)]) -> Bool {
    for (index, (file, reject)) in rejects.enumerated().prefix(shownAtMost) {
      let skipped = index == 0 && rejects.count > 1 ? "; \(rejects.count) records skipped" : ""
      ErrorOutput.line("\(file):\(reject.line): \(reject.reason)\(skipped)")
    }
    if rejects.count > shownAtMost { ErrorOutput.line("... and \(rejects.count - shownAtMost) more") }
    return !rejects.isEmpty
  }
}
