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

  @Test func `a sweep that says what it met takes nothing else`() throws {
    let store = try EventStore.inMemory()
    let web = event(uuid(1), at: 1, content: 1)
    try store.add([web, deletion(2, at: 9, of: ["old"], uri: "/x")], to: try store.source("a"))
    #expect(try store.snapshot().objects().map(\.isDeleted) == [true, false])
    try store.add([deletion(3, at: 10, of: [], uri: "/x")], to: try store.source("b"))
    #expect(try store.snapshot().objects().map(\.isDeleted) == [true, true])
  }

  @Test func `what Calico stores goes with its collection in the storage`() throws {
    let store = try EventStore.inMemory()
    func of(_ group: String, _ name: String?, _ made: AuditEvent) -> AuditEvent {
      var event = made
      event.object = ObjectReference(
        group: group, version: "v3", resource: "networkpolicies", namespace: "shop", name: name)
      return event
    }
    let person = event(uuid(1), at: 1, content: 1, uid: "01234567-89ab-4def-8123-456789abcdef")
    let stored = event(uuid(2), at: 50, content: 2, uid: "80c4a2e6-91d5-4df7-81c4-a2e691d5b3f7")
    try store.add(
      [of("projectcalico.org", "web", person), of("crd.projectcalico.org", "default.web", stored)],
      to: try store.source("a"))
    #expect(try store.snapshot().objects().map(\.isDeleted) == [false])
    try store.add(
      [of("crd.projectcalico.org", nil, deletion(3, at: 90, of: ["default.web"], uri: "/x"))], to: try store.source("b")
    )
    let objects = try store.snapshot().objects()
    #expect(objects.map(\.key.group) == ["projectcalico.org"] && objects.map(\.isDeleted) == [true])
    #expect(objects.map(\.lastActor) == ["bob"])
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
