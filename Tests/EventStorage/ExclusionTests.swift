import AuditModel
import EventQueries
import Testing

@testable import EventStorage

@Suite struct ExclusionTests {
  private let web = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")
  private let query = EventQuery(filter: .everything, level: .everything)

  private func store() throws -> (store: EventStore, a: Int64, b: Int64) {
    let store = try EventStore.inMemory()
    let a = try store.source("a.log")
    let b = try store.source("b.log")
    try store.add(
      [event(uuid(1), at: 1, content: 1), event(uuid(2), .requestReceived, at: 2, code: nil, content: 2)], to: a)
    try store.add(
      [event(uuid(2), at: 2, content: 3), event(uuid(3), at: 3, name: "db", content: 4)], to: b,
      rejects: [
        Reject(line: 1, offset: 0, length: 3, reason: "not JSON: x"),
        Reject(line: 2, offset: 4, length: 3, reason: "YAML"),
      ])
    return (store, a, b)
  }

  @Test func `the acts of a source that is left out are in no answer, and come back as they were`() throws {
    let (store, _, b) = try store()
    let before = store.snapshot()
    #expect(try before.all().map(\.outcome) == [.changed, .changed, .changed])
    store.exclude([b])
    let without = store.snapshot()
    #expect(without.version > before.version)
    // What b alone knew of the second request is gone with it.
    #expect(try without.all().map(\.outcome) == [.changed, .unknown])
    #expect(without.actCount == 2)
    #expect(without.objectKeys() == [web])
    #expect(without.sources.map(\.path) == ["a.log"])
    #expect(without.rejects.isEmpty)
    #expect(try without.tally().sources.map(\.file) == ["a.log"])
    #expect(try without.page(PageRequest(query: query)).storeTotal == 2)
    store.exclude([])
    let after = store.snapshot()
    #expect(after.version > without.version)
    #expect(try after.all() == before.all())
    #expect(after.objectKeys() == before.objectKeys())
  }

  @Test func `a snapshot that was taken before stays as it was`() throws {
    let (store, a, _) = try store()
    let before = store.snapshot()
    store.exclude([a])
    #expect(try before.all().count == 3)
    #expect(try store.snapshot().all().count == 2)
  }

  @Test func `what is added later is left out too where its source is`() throws {
    let (store, a, b) = try store()
    store.exclude([b])
    let version = store.version
    try store.add([event(uuid(9), at: 9, content: 9)], to: b, at: 5000)
    #expect(store.version > version)
    #expect(try store.snapshot().all().count == 2)
    try store.add([event(uuid(10), at: 10, content: 10)], to: a, at: 5000)
    #expect(try store.snapshot().all().count == 3)
    store.exclude([])
    #expect(try store.snapshot().all().count == 5)
  }

  @Test func `of three parts of one act the latest that is left shows it`() throws {
    let store = try EventStore.inMemory()
    let sources = try ["a", "b", "c"].map(store.source)
    try store.add([event(uuid(1), .requestReceived, code: nil, content: 1)], to: sources[0])
    try store.add([event(uuid(1), .responseStarted, code: 200, content: 2)], to: sources[1])
    try store.add([event(uuid(1), content: 3)], to: sources[2])
    #expect(try store.snapshot().all().count == 1)
    store.exclude([sources[2]])
    let act = try #require(store.snapshot().all().first)
    #expect(try store.snapshot().all().count == 1)
    #expect(act.stages == [StageSet(.requestReceived), StageSet(.responseStarted)])
  }

  @Test func `the list of sources has those that are left out, with what was found in each`() throws {
    let (store, a, b) = try store()
    store.exclude([b])
    let page = try store.snapshot().sources(SourcesRequest(), foreignReasons: ["YAML"])
    #expect(page.total == 2)
    #expect(page.rows.map(\.id) == [a, b])
    #expect(page.actCount == 3)
    let row = page.rows[1]
    #expect((row.malformedCount, row.foreignCount, row.firstProblemLine) == (1, 1, 1))
    #expect(row.stages == [.responseComplete: 2])
    #expect(row.actCount == 2)
    let second = try store.snapshot().sources(SourcesRequest(first: 1, count: 5))
    #expect(second.rows.map(\.id) == [b])
    #expect(try store.snapshot().sources(SourcesRequest(first: 9, count: 5)).rows.isEmpty)
  }

  @Test func `problems come in windows, in the order of the text`() throws {
    let (store, _, b) = try store()
    let all = try store.snapshot().problems(ProblemsRequest(source: b))
    #expect(all.rows.map(\.reason) == ["not JSON: x", "YAML"])
    #expect(all.total == 2)
    #expect(
      try store.snapshot().problems(ProblemsRequest(source: b, first: 1, count: 1)).rows.map(\.reason) == ["YAML"])
    #expect(try store.snapshot().problems(ProblemsRequest(source: 99)).source == nil)
  }
}
