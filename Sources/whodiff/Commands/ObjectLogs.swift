import AuditModel
import Dispatch
import EventStorage
import ObjectHistory
import Synchronization
import TimelineUI

/// Change logs of objects. Acts about many objects, such as the deletion of a collection, are read once.
final class ObjectLogs: Sendable {
  /// One object's log, and the details of its acts by id, for filters that look into bodies.
  struct Entry: Sendable {
    var log: ChangeLog
    var details: [ActID: ActDetail]
  }
  private struct State {
    var shared: [ActID: ActDetail] = [:]
    /// Acts without a name that stand in the log of an object after all.
    var placed: Set<ActID> = []
    /// Whether anybody wrote through Calico's own API, by cluster.
    var showsCalicoAPI: [String?: Bool] = [:]
    /// Why bodies could not be read, once for each reason.
    var problems: [String] = []
  }
  private let snapshot: StoreSnapshot
  private let tellsActChanges: Bool
  private let state = Mutex(State())
  private static let sharedAtMost = 64
  private static let problemsAtMost = 20

  /// - Parameter tellsActChanges: whether the logs' `actChanges` are wanted.
  init(_ snapshot: StoreSnapshot, tellsActChanges: Bool = false) {
    self.snapshot = snapshot
    self.tellsActChanges = tellsActChanges
  }

  func changeLog(of object: ObjectKey) -> Entry {
    let (history, details) = read(object)
    let byID = Dictionary(details.map { ($0.act.id, $0) }, uniquingKeysWith: { first, _ in first })
    let placed = history.revisions.compactMap(\.act).filter { $0.object?.name == nil }.map(\.id)
    if !placed.isEmpty { state.withLock { $0.placed.formUnion(placed) } }
    return Entry(log: ChangeLog(history, tellsActChanges: tellsActChanges), details: byID)
  }

  /// An object's history alone, without what its versions differ in.
  func history(of object: ObjectKey) -> History { read(object).history }

  private func read(_ object: ObjectKey) -> (history: History, details: [ActDetail]) {
    let keys = snapshot.lineage(of: object)
    let ids = snapshot.historyActs(about: keys)
    let details = ids.map(detail)
    let context = snapshot.historyContext(of: keys, acts: ids, showsCalicoAPI: showsCalicoAPI(in: keys[0].cluster))
    return (History.of(keys[0], acts: details, context: context), details)
  }

  private func showsCalicoAPI(in cluster: String?) -> Bool {
    state.withLock { state in
      if let known = state.showsCalicoAPI[cluster] { return known }
      let found = snapshot.showsCalicoAPI(in: cluster)
      state.showsCalicoAPI[cluster] = found
      return found
    }
  }

  /// The logs of all objects in their order, made on all cores, a few at a time, so that memory is that of a few.
  /// - Parameter body: takes each log; false ends it.
  func forEach(_ objects: [ObjectKey], _ body: (Entry) throws -> Bool) rethrows {
    let batch = 32
    for start in stride(from: 0, to: objects.count, by: batch) {
      let part = objects[start..<min(objects.count, start + batch)]
      let entries = Mutex<[Int: Entry]>([:])
      DispatchQueue.concurrentPerform(iterations: part.count) { index in
        let entry = changeLog(of: objects[start + index])
        entries.withLock { $0[index] = entry }
      }
      let ready = entries.withLock { $0 }
      for index in 0..<part.count {
        guard let entry = ready[index] else { continue }
        guard try body(entry) else { return }
      }
    }
  }

  /// Writes that name no object and stand in no log that was made so far, oldest first.
  func nameless() -> [ActDetail] {
    let placed = state.withLock { $0.placed }
    return snapshot.namelessWrites().filter { !placed.contains($0) }.map(detail)
  }

  func detail(_ id: ActID) -> ActDetail {
    if let known = state.withLock({ $0.shared[id] }) { return known }
    let detail: ActDetail
    do {
      detail = try snapshot.detail(id)
    } catch {
      // Who and when are in the columns; the bodies count as not logged.
      let problem = String(describing: error)
      state.withLock { state in
        if !state.problems.contains(problem), state.problems.count < Self.problemsAtMost {
          state.problems.append(problem)
        }
      }
      detail = ActDetail(act: snapshot.act(id), requestURI: "", request: nil, response: nil)
    }
    if detail.act.object?.name == nil {
      state.withLock { state in
        if state.shared.count >= Self.sharedAtMost { state.shared.removeAll() }
        state.shared[id] = detail
      }
    }
    return detail
  }

  /// Says what could not be read; whether there was anything.
  func sayProblems() -> Bool {
    let problems = state.withLock { $0.problems }
    for problem in problems { ErrorOutput.say(problem) }
    return !problems.isEmpty
  }
}
