import EventQueries
import EventStorage
import Foundation
import Ingestion
import LogDecoding
import Synchronization
import TerminalScreen
import TimelineUI

/// Opens the store and reads the sources into it on a thread of its own.
struct InteractiveReading: Sendable {
  let options: InteractiveOptions
  let inbox: Inbox
  let orders: ReadingOrders

  func start() {
    orders.enter()
    if options.follows { orders.follow(true) }
    let thread = Thread {
      run()
      orders.leave()
    }
    thread.name = "reading"
    thread.stackSize = 4 << 20
    thread.start()
  }

  private func run() {
    // An empty list means something else before the first record than after the last.
    if let first = options.paths.first {
      let begun = ReadingProgress(
        file: first, bytesRead: 0, bytesTotal: nil, bytesPerSecond: 0, actCount: 0, rejectCount: 0, state: .reading)
      inbox.post(.work(.reading(begun, storeVersion: 0)))
    }
    let store: EventStore
    do {
      store = try openStore()
    } catch {
      return inbox.post(.failure("\(error)"))
    }
    inbox.post(.work(.opened(store)))
    guard !options.paths.isEmpty else {
      return settle(store) { inbox.post(.work(.followed(acts: 0, storeVersion: $0))) }
    }
    var paths = options.paths
    var unread = Unread()
    if paths != ["-"] { read(paths, store, &unread) }
    var followedActs = 0
    while true {
      switch orders.next() {
      case .close: return
      case .order(.readAgain):
        unread = Unread()
        read(paths, store, &unread)
      case .order(.open(let path)):
        guard Configuration.isSource(path) else {
          inbox.post(.message(.notice("\(path): no such file")))
          continue
        }
        if !paths.contains(path) { paths.append(path) }
        unread.forget { $0 == path || $0.hasPrefix(path + "/") || ArchivePath.isInside($0, path) }
        read([path], store, &unread)
      case .follow: follow(paths, store, &followedActs, &unread)
      }
    }
  }

  /// Reads what the store lacks of files and folders.
  /// - Parameter unread: takes what cannot be read.
  private func read(_ paths: [String], _ store: EventStore, _ unread: inout Unread) {
    let teller = ProgressTeller(inbox: inbox)
    var others: [String] = []
    defer { post(unread, looking: others, store) }
    do {
      let search = findLogs(
        at: paths.filter { $0 != "-" }, limits: options.ingest.limits, members: { store.knownMembers(of: $0) })
      var ingestOptions = options.ingest
      ingestOptions.newestFirst = true
      let report = try ingest(
        search.logs, into: store, options: ingestOptions, isCancelled: { orders.endsReading },
        progress: { teller.tell($0, store.version) })
      let state: ReadingProgress.State = report.wasCancelled ? .stopped : .finished
      teller.finish(state, acts: report.acts, store.version)
      var errors = search.errors + report.errors.filter { !search.errors.contains($0) }
      let empty = EmptyInput(search, named: paths, limits: options.ingest.limits)
      unread.empty += report.empty + empty.paths
      if search.logs.isEmpty, !paths.contains("-") {
        let barren = BarrenInput(paths, limits: options.ingest.limits)
        errors += barren.errors.filter { !errors.contains($0) }
        others = barren.others
      }
      errors += empty.errors.filter { error in !errors.contains { $0.path == error.path } }
      if report.errors.isEmpty, !report.wasCancelled { try store.noteArchives(of: search, copies: report.copies) }
      if !report.wasCancelled { settle(store) { teller.finish(state, acts: report.acts, $0) } }
      unread.failures += errors
      if let notice = errors.first.map(String.init(describing:)) ?? EmptiedSources(report, in: store).notice {
        let more = errors.count > 1 ? " (and \(errors.count - 1) more)" : ""
        inbox.post(.message(.notice(notice + more)))
      }
    } catch {
      if let error = error as? SourceError { unread.failures.append(error) }
      teller.finish(.stopped, acts: nil, store.version)
      inbox.post(.message(.notice("\(error)")))
    }
  }

  /// - Parameter others: files that were looked into and are no logs.
  private func post(_ unread: Unread, looking others: [String] = [], _ store: EventStore) {
    var told = SourceFailures(unread.failures, empty: unread.empty, in: store)
    let snapshot = store.snapshot()
    if snapshot.actCount == 0 {
      let paths = others + snapshot.sources.filter(\.isUnrecognised).map(\.path)
      told.unrecognised = paths.prefix(Self.lookedAtMost).compactMap { path in
        if case .source(let found) = UnrecognisedSource.look(at: path, limits: options.ingest.limits) {
          found
        } else {
          nil
        }
      }
    }
    inbox.post(.message(.failures(told)))
  }
  private static let lookedAtMost = 5

  /// Asks histories what came of writes where acts alone do not tell.
  /// - Parameter tell: takes the version of the store where that altered any.
  private func settle(_ store: EventStore, tell: (Int) -> Void) {
    do {
      let result = try store.settle(isCancelled: { orders.endsReading })
      if result.verdictCount > 0 { tell(store.version) }
    } catch {
      inbox.post(.message(.notice("\(error)")))
    }
  }

  /// Follows until there is something else to do. Standard input counts as being read until it ends.
  private func follow(
    _ paths: [String], _ store: EventStore, _ acts: inout Int, _ unread: inout Unread
  ) {
    let follower = LogFollower(paths, into: store, options: options.ingest)
    orders.run(follower)
    let before = acts
    var latest = FollowNews()
    func tell(_ state: ReadingProgress.State) {
      inbox.post(.work(.followed(acts: before + latest.acts, storeVersion: store.version)))
      guard paths.contains("-") else { return }
      let progress = ReadingProgress(
        file: "standard input", bytesRead: 0, bytesTotal: nil, bytesPerSecond: 0, actCount: latest.acts,
        rejectCount: latest.rejects, state: state)
      inbox.post(.work(.reading(progress, storeVersion: store.version)))
    }
    do {
      try follower.run(
        isCancelled: { orders.endsFollowing }, isPaused: { orders.isPaused },
        report: { news in
          latest = news
          _ = try? store.settle(
            actLimit: EventStore.settledWhileFollowing, isCancelled: { orders.endsFollowing })
          tell(.reading)
        })
    } catch {
      inbox.post(.message(.notice("\(error)")))
      orders.endFollowing()
    }
    orders.run(nil)
    if !orders.endsFollowing { orders.endFollowing() }
    let errors = follower.takeErrors()
    for error in errors { inbox.post(.message(.notice("\(error)"))) }
    unread.failures += errors.filter { !unread.failures.contains($0) }
    if !errors.isEmpty { post(unread, store) }
    tell(orders.endsReading ? .stopped : .finished)
    acts = before + latest.acts
  }

  /// The store that was asked for; where an index cannot be kept, one in memory, and a line that says so.
  private func openStore() throws -> EventStore {
    let environment = StoreEnvironment.reading(
      redaction: options.redactRecord, textRedaction: options.redactText, limits: options.ingest.limits
    ).tellingChanges()
    if let path = options.storePath {
      let access: EventStore.Access = options.paths.isEmpty ? .readOnly : .readWrite
      return try EventStore.open(path, access: access, environment: environment)
    }
    if let path = options.indexPath {
      do {
        let index = try IndexFiles.open(path, environment: environment)
        let paths = options.paths.filter { $0 != "-" }
        guard StaleIndex.isStale(index, of: paths, limits: options.ingest.limits) else { return index }
        try index.removeFile()
        return try IndexFiles.open(path, environment: environment)
      } catch {
        inbox.post(.message(.notice("no index is kept: \(error)")))
      }
    }
    return try EventStore.open("", access: .inMemory, environment: environment)
  }
}

/// What was opened and the store has nothing of.
private struct Unread {
  var failures: [SourceError] = []
  /// Files and archives in which there is nothing.
  var empty: [String] = []

  mutating func forget(_ isOpened: (String) -> Bool) {
    failures.removeAll { isOpened($0.path) }
    empty.removeAll(where: isOpened)
  }
}

/// Passes progress on, at most four times a second, and the last of it always.
private final class ProgressTeller: Sendable {
  private let inbox: Inbox
  private let start = Configuration.monotonicSeconds()
  private let last = Mutex<(seconds: Double, progress: ReadingProgress)>(
    (
      0,
      ReadingProgress(
        file: "", bytesRead: 0, bytesTotal: nil, bytesPerSecond: 0, actCount: 0, rejectCount: 0, state: .reading)
    ))

  init(inbox: Inbox) { self.inbox = inbox }

  func tell(_ progress: IngestProgress, _ version: @autoclosure () -> Int) {
    let now = Configuration.monotonicSeconds()
    let message = ReadingProgress(
      file: progress.file, bytesRead: progress.bytesRead, bytesTotal: progress.bytesTotal,
      bytesPerSecond: Double(progress.bytesRead) / max(0.001, now - start), actCount: progress.acts,
      rejectCount: progress.rejects, state: .reading)
    let isDue = last.withLock { last in
      last.progress = message
      // The first rows are worth a frame of their own.
      guard now - last.seconds >= 0.25 else { return false }
      last.seconds = now
      return true
    }
    if isDue { inbox.post(.work(.reading(message, storeVersion: version()))) }
  }

  func finish(_ state: ReadingProgress.State, acts: Int?, _ version: Int) {
    var message = last.withLock { $0.progress }
    message.state = state
    if let acts { message.actCount = max(acts, message.actCount) }
    inbox.post(.work(.reading(message, storeVersion: version)))
  }
}
