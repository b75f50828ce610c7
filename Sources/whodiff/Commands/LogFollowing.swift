import AuditModel
import EventQueries
import EventStorage
import Ingestion
import Synchronization

/// `log --follow`: rows of what is there, then of what comes, in the order in which it comes, until ^C.
///
/// An act of which only an early stage has come is held back for a moment, since its answer mostly comes at once; one
/// that was printed without its answer is printed again with it.
final class LogFollowing {
  private let log: OpenedLog
  private let query: EventQuery
  private let output: Output
  private let print: (Act) throws -> Void
  private let flush: () throws -> Void
  private var left: Int
  /// Acts without an answer, and until when they are held back.
  private var held: [(id: ActID, until: Double)] = []
  private static let patienceSeconds = 3.0

  /// - Parameters:
  ///   - limit: nothing more is printed after so many rows.
  ///   - print: takes one row.
  ///   - flush: called when nothing more has come.
  init(
    _ log: OpenedLog, query: EventQuery, limit: Int?, output: Output, print: @escaping (Act) throws -> Void,
    flush: @escaping () throws -> Void
  ) {
    self.log = log
    self.query = query
    self.output = output
    left = limit ?? .max
    self.print = print
    self.flush = flush
  }

  /// - Throws: `ExitStatus` 130 after ^C.
  func run(_ paths: [String], options: IngestOptions) throws {
    let follower = LogFollower(paths, into: log.store, options: options)
    let interruption = Interruption { follower.wake() }
    let flag = interruption.flag
    defer { interruption.end() }
    var failure: (any Error)?
    func attempt(_ body: () throws -> Void) {
      guard failure == nil else { return }
      do {
        try body()
        if left <= 0 { failure = ExitStatus(0) }
      } catch {
        failure = error
      }
      if failure != nil { flag.raise() }
    }
    try withoutActuallyEscaping(attempt) { attempt in
      try follower.run(
        isCancelled: { flag.isRaised },
        tick: { [self] in
          attempt { try self.release(before: Configuration.monotonicSeconds()) }
          for error in follower.takeErrors() { ErrorOutput.say(String(describing: error)) }
          return held.first.map { max(1, Int(($0.until - Configuration.monotonicSeconds()) * 1000)) }
        },
        report: { news in attempt { try self.take(news) } })
    }
    if failure == nil { try release(before: .infinity) }
    if let failure { throw failure }
    if flag.isRaised { throw ExitStatus(130) }
  }

  /// What was there when following began, oldest first.
  func printKnown() throws {
    for id in try log.store.snapshot().select(query, order: .oldestFirst, isCancelled: { false }) {
      try write(log.snapshot.act(id))
    }
    try end()
  }

  private func take(_ news: FollowNews) throws {
    try log.store.settle(actLimit: EventStore.settledWhileFollowing)
    let snapshot = log.store.snapshot()
    let until = Configuration.monotonicSeconds() + Self.patienceSeconds
    for id in try snapshot.select(query, inSegments: news.segments) {
      let act = snapshot.act(id)
      if act.outcome == .unknown { held.append((id, until)) } else { try write(act) }
    }
    // Of those that have their answer by now the row has been printed.
    held.removeAll { snapshot.act($0.id).outcome != .unknown }
    try end()
  }

  private func release(before time: Double) throws {
    guard let first = held.first, first.until <= time else { return }
    let snapshot = log.store.snapshot()
    while let first = held.first, first.until <= time {
      held.removeFirst()
      try write(snapshot.act(first.id))
    }
    try end()
  }

  private func write(_ act: Act) throws {
    guard left > 0 else { return }
    left -= 1
    try print(act)
  }

  private func end() throws {
    try flush()
    try output.flush()
  }
}
