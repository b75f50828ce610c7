import AuditModel
import EventQueries
import Testing

@testable import EventStorage

@Suite struct TallyTests {
  @Test(arguments: 0..<20) func `counts over columns agree with the acts one by one`(seed: Int) throws {
    var dice = Dice(seed)
    let store = try EventStore.inMemory()
    let files = [try store.source("one.log"), try store.source("two.log")]
    for (index, file) in (files + files).enumerated() {
      try store.add(randomEvents(40, &dice), to: file, at: Int64(index / 2) * 100_000)
    }
    let snapshot = store.snapshot()
    let acts = try snapshot.all()
    let tally = try snapshot.tally()
    #expect(tally.sources.map(\.file) == ["one.log", "two.log"])
    for source in tally.sources {
      let own = acts.filter { $0.source.file == source.file }
      #expect(source.actCount == own.count)
      #expect(source.times[.audit] == own.map(\.time))
      #expect(source.levels == Dictionary(grouping: own.compactMap(\.level)) { $0 }.mapValues(\.count))
      #expect(source.truncated.count == own.filter(\.truncated).count)
      let writes = own.filter { $0.isWrite || $0.isConnect }
      #expect(source.unfinished.count == writes.filter { $0.outcome == .unknown }.count)
      #expect(source.coverage.values.reduce(0, +) == own.filter { $0.object?.resource.isEmpty == false }.count)
      #expect(source.users == Dictionary(grouping: own.compactMap(\.by)) { $0 }.mapValues(\.count))
      #expect(source.inversions.count == own.filter { ($0.took ?? 0) < 0 }.count)
    }
  }

  @Test func `lines stand in the order of the text, with the clock of their stage`() throws {
    let store = try EventStore.inMemory()
    let file = try store.source("audit.log")
    // The later request stands first.
    try store.add(
      [event("a", at: 200, took: 1, content: 1), event("b", at: 100, took: 2, content: 2)], to: file)
    let source = try #require(try store.snapshot().tally().sources.first)
    #expect(source.lines.map(\.offset) == [10, 20])
    #expect(source.lines.map(\.time) == [Timestamp(seconds: 201), Timestamp(seconds: 102)])
    #expect(source.times[.audit] == [Timestamp(seconds: 100), Timestamp(seconds: 200)])
  }

  @Test func `stages of one act in two files are counted where they stand`() throws {
    let store = try EventStore.inMemory()
    let (one, two) = (try store.source("audit.log.1"), try store.source("audit.log"))
    try store.add([event("a", .requestReceived, code: nil, content: 1)], to: one)
    try store.add([event("a", .responseComplete, content: 2)], to: two)
    let tally = try store.snapshot().tally()
    #expect(tally.sources.map(\.stages) == [[.requestReceived: 1], [.responseComplete: 1]])
    #expect(tally.sources.map(\.actCount) == [0, 1])
    #expect(tally.sources.map(\.unfinished.count) == [0, 0])
  }

  @Test func `records that were there before are counted for the file that brings them again`() throws {
    let store = try EventStore.inMemory()
    let events = [event("a", content: 1), event("b", at: 101, content: 2)]
    try store.add(events, to: try store.source("one.log"))
    try store.add(events + [event("c", at: 102, content: 3)], to: try store.source("two.log"))
    try store.add(events, to: try store.source("three.log"))
    #expect(try store.snapshot().tally().sources.map(\.duplicateCount) == [0, 2, 2])
  }

  @Test func `places of marks are those of the first act after them`() throws {
    let store = try EventStore.inMemory()
    let events = (0..<6).map { event("id-\($0)", at: Int64(100 + $0 * 10), content: UInt64($0)) }
    try store.add(events, to: try store.source("audit.log"))
    let marks = [90, 110, 125, 150, 160].map { Timestamp(seconds: $0) }
    let query = EventQuery(filter: .everything, level: .everything)
    let newest = try store.snapshot().page(PageRequest(query: query, order: .newestFirst, marks: marks))
    #expect(newest.markPositions == [6, 5, 3, 1, 0])
    let oldest = try store.snapshot().page(PageRequest(query: query, order: .oldestFirst, marks: marks))
    #expect(oldest.markPositions == [0, 1, 3, 5, 6])
  }

  @Test func `writes of policies are told by what they did, deletions of many too`() throws {
    let store = try EventStore.inMemory()
    func deletion(_ number: Int, _ verb: String, _ name: String?, uri: String = "/x", level: Level = .requestResponse)
      -> AuditEvent
    {
      var made = event(uuid(number), verb: verb, uri: uri, at: Int64(number), name: name, content: UInt64(number))
      made.level = level
      return made
    }
    var met = deletion(3, "deletecollection", nil, uri: "/x?labelSelector=a")
    met.met = [MetObject(namespace: "shop", name: "db")]
    try store.add(
      [
        event(uuid(1), verb: "create", at: 1, code: 201, content: 1), deletion(2, "delete", "web", level: .metadata),
        met, deletion(4, "deletecollection", nil), deletion(5, "deletecollection", nil, uri: "/x?labelSelector=b"),
      ], to: try store.source("audit.log"))
    let tally = try #require(try store.snapshot().tally().sources.first)
    func effects(_ name: String) -> [SourceTally.PolicyWrite.Effect]? {
      tally.policyWrites[
        ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: name)]?.map(
          \.effect)
    }
    #expect(effects("web") == [.made, .ended])
    #expect(effects("db") == [.ended])
    #expect(tally.policyWrites.values.joined().filter(\.mayBeDryRun).count == 1)
    let sweeps = tally.policySweeps
    #expect(sweeps.keys.map(\.namespace) == ["shop"])
    #expect(sweeps.values.map { $0.map(\.effect) } == [[.swept]])
  }
}
