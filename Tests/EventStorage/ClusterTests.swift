import AuditModel
import EventQueries
import Testing

@testable import EventStorage

/// Two clusters may have objects of equal names, uids and versions that have nothing to do with each other.
@Suite struct ClusterTests {
  private func key(_ cluster: String?) -> ObjectKey {
    ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web", cluster: cluster)
  }

  private func event(_ number: Int, in cluster: String?, at second: Int64, version: String = "7") -> AuditEvent {
    var event = EventStorageTests.event(
      uuid(number), at: second, content: UInt64(number), uid: "u", version: version)
    event.cluster = cluster
    return event
  }

  @Test func `acts on objects of equal names stand apart, in one segment and in several`() throws {
    let store = try EventStore.inMemory()
    try store.add(
      [
        event(1, in: "prod", at: 1), event(2, in: "dev", at: 2, version: "8"), event(3, in: nil, at: 3, version: "9"),
      ], to: try store.source("a.log"))
    try store.add([event(4, in: "prod", at: 4, version: "10")], to: try store.source("b.log"))
    let snapshot = store.snapshot()
    #expect(snapshot.objectKeys() == [key(nil), key("dev"), key("prod")])
    #expect(snapshot.acts(about: key("prod")).count == 2)
    #expect(snapshot.acts(about: key("dev")).count == 1)
    #expect(snapshot.acts(about: key(nil)).count == 1)
    #expect(snapshot.acts(about: key("test")).isEmpty)
    #expect(try snapshot.objects().map(\.versionCount) == [1, 1, 2])
  }

  @Test func `a version of one cluster makes no no-op of the same version in another`() throws {
    let store = try EventStore.inMemory()
    try store.add(
      [event(1, in: "prod", at: 1), event(2, in: "dev", at: 2), event(3, in: "dev", at: 3)],
      to: try store.source("a.log"))
    #expect(try store.snapshot().all().map(\.outcome) == [.changed, .changed, .noop])
  }

  @Test func `one request is one act where a copy of the log does not name the cluster, and two in two clusters`()
    throws
  {
    let store = try EventStore.inMemory()
    try store.add([event(1, in: "prod", at: 1)], to: try store.source("a.log"))
    try store.add([event(1, in: nil, at: 1)], to: try store.source("b.log"))
    #expect(try store.snapshot().all().count == 1)
    try store.add([event(1, in: "dev", at: 1)], to: try store.source("c.log"))
    #expect(try store.snapshot().all().count == 2)
  }

  @Test func `what deletes a collection meets the objects of its own cluster`() throws {
    let store = try EventStore.inMemory()
    var deletion = EventStorageTests.event(uuid(9), verb: "deletecollection", at: 9, name: nil, content: 9)
    deletion.cluster = "dev"
    try store.add([event(1, in: "prod", at: 1), event(2, in: "dev", at: 2), deletion], to: try store.source("a.log"))
    #expect(try store.snapshot().objects().map(\.isDeleted) == [true, false])
  }

  @Test func `a page tells of clusters only where there are several`() throws {
    let store = try EventStore.inMemory()
    let request = PageRequest(query: EventQuery(filter: .everything))
    try store.add([event(1, in: "prod", at: 1)], to: try store.source("a.log"))
    #expect(try store.snapshot().page(request).clusters == [])
    try store.add([event(2, in: nil, at: 2)], to: try store.source("b.log"))
    #expect(try store.snapshot().page(request).clusters == ["", "prod"])
  }
}
