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
  let stop: StopFlag

  func start() {
    stop.enter()
    let thread = Thread {
      run()
      stop.leave()
    }
    thread.name = "reading"
    thread.stackSize = 4 << 20
    thread.start()
  }

  private func run() {
    let store: EventStore
    do {
      store = try openStore()
    } catch {
      return inbox.post(.failure("\(error)"))
    }
    inbox.post(.work(.opened(store)))
    guard !options.paths.isEmpty else { return }
    let teller = ProgressTeller(inbox: inbox)
    do {
      let files = try logFiles(at: options.paths)
      let report = try ingest(
        files, into: store, options: IngestOptions(newestFirst: true), isCancelled: { stop.isSet },
        progress: { teller.tell($0, store.version) })
      teller.finish(report.wasCancelled ? .stopped : .finished, acts: report.acts, store.version)
      if let first = report.errors.first {
        let more = report.errors.count > 1 ? " (and \(report.errors.count - 1) more)" : ""
        inbox.post(.message(.notice("\(first)\(more)")))
      }
    } catch {
      teller.finish(.stopped, acts: nil, store.version)
      inbox.post(.message(.notice("\(error)")))
    }
  }

  /// The store that was asked for; where an index cannot be kept, one in memory, and a line that says so.
  private func openStore() throws -> EventStore {
    let environment = StoreEnvironment.reading(
      redaction: options.redactRecord, textRedaction: options.redactText
    ).tellingChanges()
    if let path = options.storePath {
      let access: EventStore.Access = options.paths.isEmpty ? .readOnly : .readWrite
      return try EventStore.open(path, access: access, environment: environment)
    }
    if let path = options.indexPath {
      do {
        return try IndexFiles.open(path, environment: environment)
      } catch {
        inbox.post(.message(.notice("no index is kept: \(error)")))
      }
    }
    return try EventStore.open("", access: .inMemory, environment: environment)
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
