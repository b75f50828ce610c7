import AuditModel
import EventQueries
import Synchronization
import Testing

@testable import EventStorage

/// Stands in for histories, and notes whose were asked for.
private final class Asked: Sendable {
  let objects = Mutex<[String]>([])
  var environment: StoreEnvironment {
    StoreEnvironment(changes: { [self] snapshot, key, isCancelled in
      if isCancelled() { throw CancellationError() }
      objects.withLock { $0.append(key.path) }
      return Dictionary(
        snapshot.acts(about: key, includingReads: true).enumerated().map { index, id in
          (id, ActChange(changed: ["spec.n\(index)"], fidelity: "F", isOutside: index == 1))
        }, uniquingKeysWith: { first, _ in first })
    })
  }
  /// With records whose answer is a list of objects.
  func answeringDeletions(_ names: String...) -> StoreEnvironment {
    var environment = environment
    let items = names.map { #"{"metadata":{"name":"\#($0)","namespace":"shop"}}"# }.joined(separator: ",")
    let list = try? JSONValue(parsing: #"{"kind":"NetworkPolicyList","items":[\#(items)]}"#)
    environment.decodeContent = { _, _ in StoredContent(requestURI: "/x", request: nil, response: list) }
    return environment
  }
  func takeAll() -> [String] {
    objects.withLock { all in
      defer { all = [] }
      return all.sorted()
    }
  }
}

@Suite struct ChangeScanTests {
  private func filled(_ asked: Asked) throws -> EventStore {
    let store = try EventStore.inMemory(asked.environment)
    let source = try store.source("a.log")
    for part in 0..<3 {
      let events = (0..<4).map { index in
        event(
          uuid(part * 10 + index), verb: index == 3 ? "get" : "update", at: Int64(part * 100 + index),
          name: index % 2 == 0 ? "web" : "db", content: UInt64(part * 10 + index))
      }
      try store.add(events, to: source, at: Int64(part) * 1000)
    }
    return store
  }

  private func times(_ filter: String, _ store: EventStore, level: ViewLevel = .everything) throws -> [Int64] {
    let snapshot = store.snapshot()
    let query = EventQuery(filter: try Filter(parsing: filter), level: level)
    return try snapshot.select(query).map { snapshot.act($0).time.microseconds / 1_000_000 }
  }

  @Test func `histories are asked for once, of the objects that other tests leave open`() throws {
    let asked = Asked()
    let store = try filled(asked)
    #expect(try times("name:web outside:true", store) == [2])
    #expect(asked.takeAll() == ["shop/web"])
    #expect(try times("outside:true", store) == [2, 3])
    #expect(asked.takeAll() == ["shop/db"])
    #expect(try times("name:nothing outside:true", store).isEmpty)
    #expect(try times("verb:update or outside:true", store).count == 10)
    #expect(try times("-changed:spec.n0 name:web", store) == [2, 100, 102, 200, 202])
    #expect(asked.takeAll().isEmpty)
  }

  @Test func `what is added to the store is asked about anew`() throws {
    let asked = Asked()
    let store = try filled(asked)
    #expect(try times("changed:spec.n6", store).isEmpty)
    #expect(asked.takeAll() == ["shop/db", "shop/web"])
    try store.add([event(uuid(99), at: 500, content: 99)], to: try store.source("b.log"))
    #expect(try times("changed:spec.n6", store) == [500])
    #expect(asked.takeAll() == ["shop/db", "shop/web"])
  }

  @Test func `of a deletion of a collection each object that its answer lists is asked about`() throws {
    let asked = Asked()
    let store = try EventStore.inMemory(asked.answeringDeletions("web", "db"))
    try store.add(
      [
        event(uuid(1), at: 1, name: "web", content: 1), event(uuid(2), at: 2, name: "old", content: 2),
        event(uuid(3), verb: "deletecollection", at: 9, name: nil, content: 3),
        event(uuid(4), verb: "deletecollection", at: 10, code: 403, name: nil, content: 4),
      ], to: try store.source("a.log"), text: Array(repeating: 0, count: 1000))
    // It is the second act on `web`, and the first and only one on `db`, which nobody else wrote.
    #expect(try times("verb:deletecollection changed:spec.n1", store) == [9])
    #expect(asked.takeAll() == ["shop/db", "shop/web"])
    #expect(try times("changed:spec.n0", store) == [1, 2, 9])
    #expect(try times("verb:deletecollection -changed:*", store) == [10])
    let field = try #require(FilterField.named("fidelity"))
    #expect(try store.snapshot().counts(of: EventQuery(level: .everything), by: [field])[ActGroup(values: ["F"])] == 3)
  }

  @Test func `counts by what acts did`() throws {
    let store = try filled(Asked())
    let field = try #require(FilterField.named("changed"))
    let counts = try store.snapshot().counts(of: EventQuery(level: .everything), by: [field])
    #expect(counts[ActGroup(values: ["spec.n0"])] == 2)
    #expect(counts.values.reduce(0, +) == 12)
  }

  @Test func `stops when it is told to`() throws {
    let store = try filled(Asked())
    let query = EventQuery(filter: try Filter(parsing: "outside:true"), level: .everything)
    #expect(throws: CancellationError.self) { try store.snapshot().select(query, isCancelled: { true }) }
  }
}
