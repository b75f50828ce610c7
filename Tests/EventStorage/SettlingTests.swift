import AuditModel
import EventQueries
import Synchronization
import Testing

@testable import EventStorage

/// What histories find of acts goes into every list and count.
@Suite struct SettlingTests {
  /// Stands for histories: of each object, which auditIDs altered nothing; counts what it is asked.
  private final class Histories: Sendable {
    let noops = Mutex<Set<String>>([])
    let asked = Mutex<[String]>([])

    var environment: StoreEnvironment {
      StoreEnvironment(outcomes: { [self] snapshot, key, _ in
        asked.withLock { $0.append(key.name) }
        var found: [ActID: Outcome] = [:]
        for id in snapshot.acts(about: key) {
          let outcome = try snapshot.outcomeOfActAlone(id)
          guard outcome == .changed || outcome == .noop else { continue }
          let isNoop = noops.withLock { $0.contains(snapshot.act(id).auditID ?? "") }
          found[id] = isNoop ? .noop : outcome
        }
        return found
      })
    }

    func takeAsked() -> [String] {
      asked.withLock { names in
        defer { names = [] }
        return names.sorted()
      }
    }
  }

  /// Of level Request: its answer was not logged.
  private func unanswered(_ number: Int, name: String, at second: Int64) -> AuditEvent {
    var event = event(uuid(number), at: second, name: name, content: UInt64(number))
    event.level = .request
    return event
  }

  private func outcomes(_ store: EventStore) throws -> [String: Outcome] {
    Dictionary(
      try store.snapshot().all().map { ($0.auditID ?? "", $0.outcome) }, uniquingKeysWith: { one, _ in one })
  }

  @Test func `objects with a patch whose answer was last written before it are asked`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    func patch(_ number: Int, name: String, managedAt: Int64?) -> AuditEvent {
      var patch = event(
        uuid(number), verb: "patch", at: Int64(100 + number), name: name, content: UInt64(number), uid: name,
        version: "\(number)")
      patch.response?.managedAt = managedAt.map { Timestamp(seconds: $0) }
      return patch
    }
    try store.add(
      [
        patch(1, name: "web", managedAt: 50), patch(2, name: "db", managedAt: 102),
        patch(3, name: "ci", managedAt: nil),
      ], to: try store.source("a.log"))
    #expect(try store.settle().objectCount == 1)
    #expect(histories.takeAsked() == ["web"])
  }

  @Test func `a deletion that answers with the object as it was is no no-op, one that finds it on its way is`() throws {
    let store = try EventStore.inMemory()
    func deletion(_ number: Int, _ name: String, version: String, begun: Bool) -> AuditEvent {
      var deletion = event(
        uuid(number), verb: "delete", at: Int64(100 + number), name: name, content: UInt64(number), uid: name,
        version: version)
      deletion.response?.hasDeletionTimestamp = begun
      deletion.response?.isHeld = begun
      return deletion
    }
    let creations = ["web", "db"].enumerated().map { number, name in
      event(
        uuid(number), verb: "create", at: 90, code: 201, name: name, content: UInt64(90 + number), uid: name,
        version: "7")
    }
    try store.add(
      creations + [
        deletion(11, "web", version: "7", begun: false), deletion(12, "db", version: "8", begun: true),
        deletion(13, "db", version: "8", begun: true),
      ], to: try store.source("a.log"))
    let outcomes = try outcomes(store)
    #expect(outcomes[uuid(11)] == .changed)
    #expect(outcomes[uuid(12)] == .changed)
    #expect(outcomes[uuid(13)] == .noop)
    #expect(try store.snapshot().objects().map(\.isDeleted) == [false, true], "db, web")
  }

  @Test func `objects with a patch of nothing but who owns which field are asked`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    func patch(_ number: Int, name: String, code: Int = 200, movesOwners: Bool = true) -> AuditEvent {
      var patch = event(
        uuid(number), verb: "patch", at: Int64(100 + number), code: code, name: name, content: UInt64(number),
        uid: name, version: "\(number)")
      patch.request = BodyFacts(movesOnlyOwners: movesOwners)
      return patch
    }
    try store.add(
      [patch(1, name: "web"), patch(2, name: "db", movesOwners: false), patch(3, name: "ci", code: 403)],
      to: try store.source("audit.log"))
    histories.noops.withLock { $0 = [uuid(1)] }
    #expect(try store.settle() == SettlingResult(objectCount: 1, verdictCount: 1, countedCount: 1))
    #expect(histories.takeAsked() == ["web"])
    #expect(try outcomes(store) == [uuid(1): .noop, uuid(2): .changed, uuid(3): .denied])
  }

  @Test func `objects of which a deletion of level Request tells no end are asked`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    func delete(_ number: Int, name: String, _ level: Level) -> AuditEvent {
      var delete = event(uuid(number), verb: "delete", at: Int64(100 + number), name: name, content: UInt64(number))
      delete.level = level
      return delete
    }
    try store.add(
      [delete(1, name: "web", .request), delete(2, name: "db", .metadata), delete(3, name: "ci", .requestResponse)],
      to: try store.source("audit.log"))
    try store.settle()
    #expect(histories.takeAsked() == ["web"])
  }

  @Test func `only objects with writes that nothing else tells of are asked, and only when something came`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    let source = try store.source("audit.log")
    try store.add(
      [
        unanswered(1, name: "web", at: 100), unanswered(2, name: "web", at: 110),
        event(uuid(3), at: 120, name: "db", content: 3, uid: "u", version: "7"),
      ], to: source)
    histories.noops.withLock { $0 = [uuid(2)] }
    #expect(try store.settle() == SettlingResult(objectCount: 1, verdictCount: 1, countedCount: 1))
    #expect(histories.takeAsked() == ["web"])
    #expect(try outcomes(store) == [uuid(1): .changed, uuid(2): .noop, uuid(3): .changed])
    let level = try store.snapshot().select(EventQuery(filter: .everything, level: .effective), order: .oldestFirst)
    #expect(level.count == 2)
    // Histories are made from what the acts alone tell.
    let snapshot = store.snapshot()
    #expect(try snapshot.all().map { try snapshot.outcomeOfActAlone($0.id) } == [.changed, .changed, .changed])
    #expect(try store.settle() == SettlingResult())
    try store.add([event(uuid(4), at: 130, name: "db", content: 4, uid: "u", version: "8")], to: source, at: 1000)
    try store.settle()
    #expect(histories.takeAsked() == [])
    // Any act on the object may alter what is known of it.
    histories.noops.withLock { $0 = [uuid(1)] }
    try store.add([event(uuid(5), at: 140, name: "web", content: 5, uid: "w", version: "9")], to: source, at: 2000)
    try store.settle()
    #expect(histories.takeAsked() == ["web"])
    #expect(try outcomes(store)[uuid(1)] == .noop)
    #expect(try outcomes(store)[uuid(2)] == .changed)
  }

  @Test func `a version that two files claim is asked about`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    let (one, two) = (try store.source("one.log"), try store.source("two.log"))
    try store.add([event(uuid(1), at: 100, content: 1, uid: "u", version: "7")], to: one)
    try store.settle()
    #expect(histories.takeAsked() == [])
    try store.add([event(uuid(2), at: 105, content: 2, uid: "u", version: "7")], to: two)
    try store.settle()
    #expect(histories.takeAsked() == ["web"])
    #expect(try outcomes(store)[uuid(2)] == .noop)
  }

  @Test func `an object with too many acts is left, and told of`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    let source = try store.source("audit.log")
    try store.add((0..<30).map { unanswered($0, name: "web", at: Int64($0)) }, to: source)
    #expect(try store.settle(actLimit: 100) == SettlingResult(leftCount: 1, countedCount: 1))
    // It is known to be too large.
    #expect(try store.settle(actLimit: 100) == SettlingResult(leftCount: 1))
    #expect(store.snapshot().unsettledCount == 1)
    #expect(histories.takeAsked() == [])
    #expect(try store.settle(actLimit: 300).leftCount == 0)
    #expect(store.snapshot().unsettledCount == 0)
  }

  @Test func `a run counts the acts of no more objects than it reads`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    let names = (0..<40).map { "web\($0)" }
    try store.add(
      names.enumerated().map { unanswered($0, name: $1, at: Int64($0)) }, to: try store.source("audit.log"))
    #expect(try store.settle(actLimit: 0) == SettlingResult(leftCount: 40))
    #expect(try store.settle(actLimit: 10) == SettlingResult(objectCount: 10, leftCount: 30, countedCount: 10))
    #expect(try store.settle(actLimit: 30) == SettlingResult(objectCount: 30, countedCount: 30))
    #expect(histories.takeAsked() == names.sorted())
  }

  @Test func `merged segments keep what was found`() throws {
    let histories = Histories()
    let store = try EventStore.inMemory(histories.environment)
    let source = try store.source("audit.log")
    let events = (0..<6).map { index in
      var event = unanswered(index, name: "web", at: Int64(100 + index))
      event.position = RecordPosition(line: index + 1, offset: Int64(index) * 10, length: 9)
      return event
    }
    let numbers = try events.indices.map { try store.add([events[$0]], to: source, at: Int64($0) * 1000).segment }
    histories.noops.withLock { $0 = [uuid(1), uuid(4)] }
    try store.settle()
    #expect(histories.takeAsked() == ["web"])
    let before = try outcomes(store)
    var builder = SegmentBuilder(keeping: .none)
    builder.add(
      EventBatch(records: events.map(LogRecord.audit), rejects: [], offset: 0, byteCount: 6000, lineCount: 6),
      bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    #expect(try store.merge(numbers, into: builder.finish(), source: source) != nil)
    #expect(try outcomes(store) == before)
    try store.settle()
    #expect(histories.takeAsked() == [])
    #expect(try outcomes(store).values.filter { $0 == .noop }.count == 2)
  }

  @Test func `what one process found another one sees`() throws {
    try withFolder { folder in
      let histories = Histories()
      let store = try EventStore.open(folder + "/s.sqlite", access: .readWrite, environment: histories.environment)
      let source = try store.source("audit.log")
      let other = try EventStore.open(folder + "/s.sqlite", access: .readOnly, environment: histories.environment)
      try store.add([unanswered(1, name: "web", at: 100)], to: source)
      histories.noops.withLock { $0 = [uuid(1)] }
      // Of a store that is only read what is found holds here.
      try other.settle()
      #expect(try outcomes(other) == [uuid(1): .noop])
      #expect(try outcomes(store) == [uuid(1): .changed])
      try store.settle()
      #expect(histories.takeAsked() == ["web", "web"])
      let third = try EventStore.open(folder + "/s.sqlite", access: .readOnly, environment: histories.environment)
      try third.settle()
      #expect(histories.takeAsked() == [])
      #expect(try outcomes(third) == [uuid(1): .noop])
    }
  }

  @Test func `the version that the store had reached stands before a deletion`() throws {
    let store = try EventStore.inMemory()
    let source = try store.source("audit.log")
    func placed(_ event: AuditEvent, line: Int) -> AuditEvent {
      var event = event
      event.position = RecordPosition(line: line, offset: Int64(line) * 10, length: 9)
      return event
    }
    // The clock was set back between lines 1 and 2.
    try store.add(
      [
        placed(event(uuid(1), at: 900, name: "other", content: 1, uid: "o", version: "40"), line: 1),
        placed(event(uuid(2), at: 100, name: "other", content: 2, uid: "o", version: "41"), line: 2),
        placed(event(uuid(3), verb: "delete", at: 110, content: 3, uid: "gone"), line: 3),
        placed(event(uuid(4), at: 120, name: "other", content: 4, uid: "o", version: "42"), line: 4),
      ], to: source)
    let snapshot = store.snapshot()
    let deletion = try #require(try snapshot.all().first { $0.verb == "delete" })
    let acts = try snapshot.all().map { ActDetail(act: $0, requestURI: "", request: nil, response: nil) }
    #expect(snapshot.versionsBefore(acts) == [deletion.id: 41])
  }
}

extension StoreSnapshot {
  fileprivate func outcomeOfActAlone(_ id: ActID) throws -> Outcome {
    let (place, row) = try #require(state.locate(id))
    return try state.unsettledOutcome(place, row)
  }
}
