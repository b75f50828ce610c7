import AuditModel
import Dispatch
import EventStorage
import ObjectHistory
import Synchronization
import TimelineUI

/// Change logs of objects. Those of many are made a batch at a time: the texts of a batch's acts are fetched together,
/// in the order in which they stand, since each batch has some from nearly every block of the store. What they say takes
/// some times as much memory, and is read for few objects at once.
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
    /// Why bodies could not be read, once for each reason.
    var problems: [String] = []
  }
  private let snapshot: StoreSnapshot
  private let tellsActChanges: Bool
  private let keepsRecords: Bool
  private let known = KnownContexts()
  private let state = Mutex(State())
  private static let sharedAtMost = 64
  private static let problemsAtMost = 20
  /// A batch takes objects until their acts have so many bytes of text.
  private static let batchSize = 128 << 20
  /// What so many bytes of text say is in memory at once.
  private static let readSize = 16 << 20
  private static let planCount = 4096

  /// - Parameters:
  ///   - tellsActChanges: whether the logs' `actChanges` are wanted.
  ///   - keepsRecords: whether the details are to have the records' bytes.
  init(_ snapshot: StoreSnapshot, tellsActChanges: Bool = false, keepsRecords: Bool = false) {
    self.snapshot = snapshot
    self.tellsActChanges = tellsActChanges
    self.keepsRecords = keepsRecords
  }

  func changeLog(of object: ObjectKey) -> Entry {
    let plan = plan(object)
    return entry(plan, details(of: plan, in: texts(of: plan.ids, keepsColumns: false)), comparesAll: false)
  }

  /// The acts that an object's history is made from, in their order.
  fileprivate struct Plan: Sendable {
    /// Under which the object is known, at least one.
    var keys: [ObjectKey]
    var ids: [ActID]
    /// Bytes of text.
    var size: Int
  }

  private func plan(_ object: ObjectKey) -> Plan {
    let keys = snapshot.lineage(of: object)
    let ids = snapshot.historyActs(about: keys)
    return Plan(keys: keys, ids: ids, size: snapshot.textSize(of: ids))
  }

  private func history(_ plan: Plan, _ details: [ActID: ActDetail]) -> History {
    let acts = plan.ids.compactMap { details[$0] }
    let context = snapshot.historyContext(of: plan.keys, acts: acts, known: known)
    return History.of(plan.keys[0], acts: acts, context: context)
  }

  private func entry(_ plan: Plan, _ details: [ActID: ActDetail], comparesAll: Bool) -> Entry {
    let history = history(plan, details)
    let placed = history.revisions.compactMap(\.act).filter { $0.object?.name == nil }.map(\.id)
    if !placed.isEmpty { state.withLock { $0.placed.formUnion(placed) } }
    let own = plan.ids.compactMap { id in details[id].map { ($0.act.id, $0) } }
    return Entry(
      log: ChangeLog(history, tellsActChanges: tellsActChanges, comparesAll: comparesAll),
      details: Dictionary(own, uniquingKeysWith: { first, _ in first }))
  }

  // MARK: Many objects

  /// The logs of all objects in their order, made on all cores.
  /// - Parameter body: takes each log; false ends it.
  func forEach(_ objects: [ObjectKey], _ body: (Entry) throws -> Bool) rethrows {
    try forEachBatch(objects, make: { entry($0, $1, comparesAll: true) }, isCancelled: { false }, body)
  }

  /// The same of the histories alone, without what their versions differ in.
  /// - Throws: `CancellationError` once `isCancelled` says so.
  func forEachHistory(
    _ objects: [ObjectKey], isCancelled: @escaping @Sendable () -> Bool, _ body: (History) throws -> Bool
  ) throws {
    try forEachBatch(objects, make: history, isCancelled: isCancelled, body)
    if isCancelled() { throw CancellationError() }
  }

  private func forEachBatch<Made: Sendable>(
    _ objects: [ObjectKey], make: (Plan, [ActID: ActDetail]) -> Made, isCancelled: @escaping @Sendable () -> Bool,
    _ body: (Made) throws -> Bool
  ) rethrows {
    if objects.count > 1 { snapshot.prepareForHistories() }
    var start = 0
    var waiting: [Plan] = []
    while (start < objects.count || !waiting.isEmpty), !isCancelled() {
      while start < objects.count, waiting.reduce(0, { $0 + $1.size }) <= Self.batchSize {
        let end = min(objects.count, start + Self.planCount)
        waiting += inParallel(objects[start..<end]) { plan($0) }
        start = end
      }
      var batch = waiting[...].prefix(ofSize: Self.batchSize)
      waiting.removeFirst(batch.count)
      let texts = texts(of: batch.flatMap(\.ids), keepsColumns: objects.count > 1)
      while !batch.isEmpty, !isCancelled() {
        let few = batch.prefix(ofSize: Self.readSize)
        batch = batch.dropFirst(few.count)
        let made = inParallel(few) { make($0, details(of: $0, in: texts)) }
        // Thousands of bodies take their time to be freed: the next need not wait, nor the end of the program.
        defer { DispatchQueue.global().async { withExtendedLifetime(made) {} } }
        for one in made {
          guard try body(one) else { return }
        }
      }
    }
  }

  /// What comes of each item, in order.
  private func inParallel<Item: Sendable, Made: Sendable>(
    _ items: ArraySlice<Item>, _ make: (Item) -> Made
  ) -> [Made] {
    let made = Mutex<[Int: Made]>([:])
    nonisolated(unsafe) let make = make
    DispatchQueue.concurrentPerform(iterations: items.count) { index in
      let value = make(items[items.startIndex + index])
      made.withLock { $0[index] = value }
    }
    let found = made.withLock { $0 }
    return (0..<items.count).compactMap { found[$0] }
  }

  /// Writes that name no object and stand in no log that was made so far, oldest first.
  func nameless() -> [ActDetail] {
    let placed = state.withLock { $0.placed }
    return snapshot.namelessWrites().filter { !placed.contains($0) }.map(detail)
  }

  // MARK: Acts

  private typealias Texts = [ActID: Result<ActText, any Error>]

  private func texts(of ids: [ActID], keepsColumns: Bool) -> Texts {
    let wanted = Array(Set(ids))
    let read = (try? snapshot.texts(of: wanted, keepsColumns: keepsColumns)) ?? []
    return Dictionary(uniqueKeysWithValues: zip(wanted, read))
  }

  private func details(of plan: Plan, in texts: Texts) -> [ActID: ActDetail] {
    var found: [ActID: ActDetail] = [:]
    var rest: [(id: ActID, text: ActText)] = []
    for id in plan.ids {
      if let known = state.withLock({ $0.shared[id] }) {
        found[id] = known
        continue
      }
      switch texts[id] {
      case .success(let text)?: rest.append((id, text))
      case .failure(let error)?: found[id] = detail(id, .failure(error))
      case nil: continue
      }
    }
    let read = snapshot.evidence(in: rest.map(\.text), keepsRecords: keepsRecords)
    for ((id, _), read) in zip(rest, read) { found[id] = detail(id, .success(read)) }
    return found
  }

  func detail(_ id: ActID) -> ActDetail {
    if let known = state.withLock({ $0.shared[id] }) { return known }
    return detail(id, Result { try snapshot.evidence(id) })
  }

  private func detail(_ id: ActID, _ result: Result<ActDetail, any Error>) -> ActDetail {
    let detail: ActDetail
    switch result {
    case .success(let read): detail = read
    case .failure(let error):
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

extension ArraySlice<ObjectLogs.Plan> {
  /// The first plans, whose acts have so many bytes of text at most; the first one in any case.
  fileprivate func prefix(ofSize size: Int) -> Self {
    var left = size
    let end = firstIndex { plan in
      left -= plan.size
      return left < 0
    }
    return self[startIndex..<(end.map { Swift.max($0, startIndex + 1) } ?? endIndex)]
  }
}
