import AuditModel
import EventQueries
import Testing

@testable import EventStorage

/// Objects that are older than the log and known from the answer alone that a deletion of their collection had.
@Suite struct MetObjectTests {
  private func key(_ name: String) -> ObjectKey {
    ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: name)
  }

  private func deletion(
    _ number: Int, at second: Int64, of names: [String], uri: String = "/x?labelSelector=old", code: Int = 200
  ) -> AuditEvent {
    var event = EventStorageTests.event(
      uuid(number), verb: "deletecollection", uri: uri, user: "bob", at: second, code: code, name: nil,
      content: UInt64(number))
    event.met = names.map { MetObject(namespace: "shop", name: $0) }
    return event
  }

  @Test func `what a deletion met is an object of the log`() throws {
    let store = try EventStore.inMemory()
    try store.add(
      [event(uuid(1), at: 1, content: 1), deletion(2, at: 9, of: ["old", "web"])], to: try store.source("a"))
    try store.add([event(uuid(3), at: 20, name: "new", content: 3)], to: try store.source("b"))
    let snapshot = store.snapshot()
    #expect(snapshot.objectKeys() == [key("new"), key("old"), key("web")])
    #expect(snapshot.objectKeys(named: "old") == [key("old")])
    #expect(snapshot.objectKeys(named: "older") == [])
    #expect(snapshot.historyActs(about: [key("old")]).map { snapshot.act($0).verb } == ["deletecollection"])
    let objects = try snapshot.objects()
    #expect(objects.map(\.isDeleted) == [false, true, true])
    #expect(objects.map(\.versionCount) == [1, 0, 1])
    #expect(objects[1].lastActor == "bob")
  }

  @Test func `a deletion that was refused or only tried met nothing that is gone`() throws {
    let store = try EventStore.inMemory()
    var trial = deletion(2, at: 9, of: ["old"])
    trial.dryRun = true
    try store.add([trial, deletion(3, at: 10, of: [], code: 403)], to: try store.source("a"))
    #expect(try store.snapshot().objects().map(\.isDeleted) == [false])
  }

  @Test func `what was met stays after segments are merged and read again`() throws {
    let store = try EventStore.inMemory()
    let source = try store.source("a")
    for number in 1...40 {
      try store.add([deletion(number, at: Int64(number), of: ["old\(number)"])], to: source, at: Int64(number) * 100)
    }
    #expect(store.snapshot().objectKeys().count == 40)
    #expect(store.snapshot().objectKeys(named: "old17") == [key("old17")])
  }
}
