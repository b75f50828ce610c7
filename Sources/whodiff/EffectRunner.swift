import AuditModel
import Dispatch
import EventQueries
import EventStorage
import Ingestion
import LogDecoding
import ObjectHistory
import Synchronization
import TimelineUI

/// Carries out what the model wants done, away from the main actor; results come back through the inbox.
///
/// A new request of a kind cancels the earlier ones of that kind, but for those of the same update: a comparison asks
/// for two histories at once.
@MainActor
final class EffectRunner {
  private let inbox: Inbox
  private let history: FilterHistory
  private let clipboard = Clipboard()
  /// What the reading thread is to do.
  let orders = ReadingOrders()
  private var store: EventStore?
  private var waiting: [Request] = []
  private var running: [Request.Kind: StopFlag] = [:]
  private var runningCount: [Request.Kind: Int] = [:]
  /// A version of the store that the model has not been told of, since it still waits for rows.
  private var heldVersion: Int?
  private var lastTold = Configuration.monotonicSeconds()
  private let copying = DispatchQueue(label: "clipboard")
  private var queues: [Request.Kind: DispatchQueue] = [:]

  /// What came of work elsewhere.
  enum Report: Sendable {
    case opened(EventStore)
    /// Nil: the request was cancelled.
    case answered(Request.Kind, Answer?)
    case reading(ReadingProgress, storeVersion: Int)
    case followed(acts: Int, storeVersion: Int)
  }

  init(inbox: Inbox, history: FilterHistory) {
    self.inbox = inbox
    self.history = history
  }

  /// Opens the store and reads the sources into it, in the background.
  func begin(_ options: InteractiveOptions) {
    InteractiveReading(options: options, inbox: inbox, orders: orders).start()
  }

  // MARK: Requests

  /// Starts the requests of one update.
  func ask(_ requests: [Request]) {
    for kind in Set(requests.map(\.kind)) { cancel(kind) }
    guard let store else {
      waiting += requests
      return
    }
    for request in requests { start(request, store) }
  }

  func cancel(_ kind: Request.Kind) {
    running.removeValue(forKey: kind)?.set()
    waiting.removeAll { $0.kind == kind }
  }

  private func start(_ request: Request, _ store: EventStore) {
    let kind = request.kind
    let stop = running[kind] ?? StopFlag()
    running[kind] = stop
    runningCount[kind, default: 0] += 1
    let queue = queues[kind] ?? DispatchQueue(label: "answer.\(kind)", qos: .userInitiated)
    queues[kind] = queue
    queue.async { [inbox] in
      let answer = stop.isSet ? nil : Self.answer(request, store, stop)
      inbox.post(.work(.answered(kind, stop.isSet ? nil : answer)))
    }
  }

  private nonisolated static func answer(_ request: Request, _ store: EventStore, _ stop: StopFlag) -> Answer? {
    let snapshot = store.snapshot()
    let isCancelled: @Sendable () -> Bool = { stop.isSet }
    let start = Configuration.monotonicSeconds()
    do {
      switch request {
      case .page(let request):
        var page = try snapshot.page(request, isCancelled: isCancelled)
        page.tookMilliseconds = milliseconds(since: start)
        return .page(page)
      case .find(let request):
        return .find(try snapshot.find(request, isCancelled: isCancelled))
      case .facets(let request):
        var facets = try snapshot.facets(request, isCancelled: isCancelled)
        facets.tookMilliseconds = milliseconds(since: start)
        return .facets(facets)
      case .objects:
        return .objects(ObjectCatalog(try snapshot.objects(isCancelled: isCancelled)), storeVersion: snapshot.version)
      case .findings:
        let kinds: Set<ResourceKind.Role> = [.policy, .stagedPolicy, .tier, .networkSet]
        let objects = snapshot.objectKeys().filter { kinds.contains($0.kind.role) }
        let found = try snapshot.unaccounted(objects, isCancelled: isCancelled)
        return .findings(Dictionary(grouping: found, by: \.object))
      case .sources(let request):
        var page = try snapshot.sources(request, foreignReasons: foreignReasons, isCancelled: isCancelled)
        for index in page.rows.indices {
          page.rows[index].lookAtFile(of: snapshot)
        }
        return .sources(page)
      case .problems(let request):
        var page = try snapshot.problems(request, foreignReasons: foreignReasons, isCancelled: isCancelled)
        page.source?.lookAtFile(of: snapshot)
        return .problems(page)
      case .detail(let id):
        return .detail(try snapshot.detail(id))
      case .changeLog(let key):
        let log = try snapshot.changeLog(of: key, isCancelled: isCancelled)
        log.compareAhead()
        return .changeLog(log)
      case .check:
        return .check(try snapshot.trailReport(isCancelled: { stop.isSet }))
      case .holes:
        return .holes(try snapshot.trailReport(withHistories: false, isCancelled: { stop.isSet }))
      }
    } catch is CancellationError {
      return nil
    } catch {
      return .failed(request, reason: "\(error)")
    }
  }

  private nonisolated static func milliseconds(since start: Double) -> Int {
    Int((Configuration.monotonicSeconds() - start) * 1000)
  }

  /// Takes a result in.
  /// - Returns: what the model has to be told.
  func take(_ report: Report) -> [Message] {
    switch report {
    case .opened(let opened):
      store = opened
      let requests = waiting
      waiting = []
      for request in requests { start(request, opened) }
      return opened.version > 0 ? tell(version: opened.version) : []
    case .answered(let kind, let answer):
      runningCount[kind, default: 1] -= 1
      let answers = answer.map { [Message.answer($0)] } ?? []
      guard let version = heldVersion, runningCount[.page] ?? 0 == 0 else { return answers }
      return answers + tell(version: version)
    case .reading(let progress, let version):
      return [.progress(progress)] + tell(version: version)
    case .followed(let acts, let version):
      return [.followed(acts: acts)] + tell(version: version)
    }
  }

  /// Tells of new acts only when the rows asked for are there: asking again and again would never show any.
  private func tell(version: Int) -> [Message] {
    let now = Configuration.monotonicSeconds()
    guard runningCount[.page] ?? 0 == 0 || now - lastTold > 5 else {
      heldVersion = version
      return []
    }
    heldVersion = nil
    lastTold = now
    return [.storeChanged(version: version)]
  }

  /// What is left out is gone from every answer that comes from now on.
  /// - Returns: what the model has to be told.
  func exclude(_ sources: Set<Int64>) -> [Message] {
    guard let store else { return [] }
    store.exclude(sources)
    return [.storeChanged(version: store.version)]
  }

  // MARK: Everything else

  /// Stops what runs and gives a store that is being written a moment to finish its transaction.
  func close() {
    orders.close()
    running.values.forEach { $0.set() }
    orders.waitUntilIdle(seconds: 0.5)
  }

  func copy(_ text: String) {
    copying.async { [clipboard, inbox] in clipboard.copy(text, to: inbox) }
  }

  func remember(_ filter: String) {
    copying.async { [history] in history.remember(filter) }
  }
}

/// Asks work elsewhere to stop.
final class StopFlag: Sendable {
  private let flag = Atomic(false)
  var isSet: Bool { flag.load(ordering: .relaxed) }
  func set() { flag.store(true, ordering: .relaxed) }
}
