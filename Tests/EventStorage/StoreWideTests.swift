import AuditModel
import EventQueries
import Testing

@testable import EventStorage

@Suite struct StoreWideTests {
  private let web = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")

  @Test func `auditIDs that stand on requests about other objects are found in any segment`() throws {
    let store = try EventStore.inMemory()
    try store.add(
      [
        event(uuid(1), at: 1, content: 1), event(uuid(2), at: 2, content: 2), event("mine", at: 3, content: 3),
        event(uuid(4), at: 4, content: 4), event(nil, at: 5, content: 5),
      ], to: try store.source("a.log"))
    var read = event(uuid(4), verb: "get", at: 9, content: 8)
    read.level = .metadata
    try store.add(
      [
        event(uuid(2), at: 9, name: "db", content: 6), event("mine", at: 9, name: "db", content: 7),
        // About the same object, though not among its acts: told by its history, not here.
        read, event(nil, at: 9, name: "db", content: 9),
      ], to: try store.source("b.log"))
    let snapshot = store.snapshot()
    let acts = snapshot.historyActs(about: [web])
    #expect(acts.count == 5)
    #expect(snapshot.auditIDs(of: acts, alsoOutside: [web]) == [uuid(2), "mine"])
    #expect(snapshot.auditIDs(of: [], alsoOutside: [web]).isEmpty)
  }

  @Test func `the stages of one act are no second request`() throws {
    let store = try EventStore.inMemory()
    try store.add([event(uuid(1), .requestReceived, code: nil, content: 1)], to: try store.source("a.log"))
    try store.add([event(uuid(1), content: 2)], to: try store.source("b.log"))
    let snapshot = store.snapshot()
    #expect(snapshot.auditIDs(of: snapshot.historyActs(about: [web]), alsoOutside: [web]).isEmpty)
  }

  /// One line for each time, in this order, in segments of two.
  private func isStepped(_ times: [Int64], took: Double = 0.01) throws -> Bool {
    let store = try EventStore.inMemory()
    let source = try store.source("a.log")
    for start in stride(from: 0, to: times.count, by: 2) {
      let events = times[start..<min(times.count, start + 2)].enumerated().map { index, time in
        var event = event(uuid(start + index), at: time, took: took, content: UInt64(start + index))
        event.position.line = index + 1
        return event
      }
      try store.add(events, to: source, at: Int64(start) * 1000)
    }
    return store.snapshot().hasClockSteps
  }

  @Test func `a clock that was set back is told by the order of lines`() throws {
    #expect(try !isStepped([10, 11, 12, 500, 501]))
    // Lines of a batch are not in order to the second.
    #expect(try !isStepped([100, 95, 101, 90]))
    #expect(try isStepped([1000, 100]))
    #expect(try isStepped([1000, 1001, 100, 101]))
    #expect(try isStepped([1000, 1001, 1002, 100, 101]))
  }

  @Test func `a file whose newest lines stand first has no clock set back`() throws {
    let times = stride(from: Int64(2000), to: 0, by: -100).map { $0 }
    #expect(try !isStepped(times))
    #expect(try isStepped(Array(times[..<8]) + [5000, 4900, 4800] + times[8...]))
  }

  @Test func `a long request stands where it ended`() throws {
    let store = try EventStore.inMemory()
    var long = event(uuid(2), verb: "watch", at: 100, took: 900, content: 2)
    long.position.line = 2
    var first = event(uuid(1), at: 990, content: 1)
    first.position.line = 1
    try store.add([first, long], to: try store.source("a.log"))
    #expect(!store.snapshot().hasClockSteps)
  }

  @Test func `a history gets the reads whose answers were logged, of lists the first and the last`() throws {
    let store = try EventStore.inMemory()
    var events: [AuditEvent] = []
    for index in 0..<100 {
      events.append(event(uuid(index), verb: "list", at: Int64(index), name: nil, content: UInt64(index)))
    }
    events.append(event(uuid(200), verb: "get", at: 200, content: 200))
    var bare = event(uuid(201), verb: "get", at: 201, content: 201)
    bare.level = .metadata
    events += [
      bare, event(uuid(202), verb: "get", at: 202, code: 404, content: 202), event(uuid(203), at: 203, content: 203),
    ]
    try store.add(events, to: try store.source("a.log"))
    let snapshot = store.snapshot()
    let acts = snapshot.historyActs(about: [web]).map { snapshot.act($0) }
    #expect(
      acts.filter { $0.verb == "list" }.map(\.time.microseconds)
        == (Array(0..<32) + Array(68..<100)).map { $0 * 1_000_000 })
    #expect(acts.filter { $0.verb == "get" }.map(\.time) == [Timestamp(seconds: 200)])
    #expect(acts.count == 66)
  }
}
