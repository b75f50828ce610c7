import AuditModel
import EventQueries
import Testing

@testable import EventStorage

@Suite struct `Objects are summed up in the order of their versions` {
  private func summary(_ events: [AuditEvent]) throws -> ObjectSummary {
    let store = try EventStore.inMemory()
    try store.add(events, to: try store.source("a.log"))
    return try #require(try store.snapshot().objects().first)
  }

  private func made(_ number: Int, at second: Int64, version: String) -> AuditEvent {
    event(uuid(number), at: second, content: UInt64(number), uid: "u", version: version)
  }

  @Test func `a deletion is the end although a clock that ran ahead has an update stand after it`() throws {
    let deletion = event(uuid(3), verb: "delete", user: "bob", at: 300, content: 3, uid: "u")
    let object = try summary([made(1, at: 100, version: "7"), made(2, at: 6000, version: "9"), deletion])
    #expect(object.isDeleted)
    #expect(object.versionCount == 2)
    #expect(object.lastActor == "bob" && object.lastChange == Timestamp(seconds: 300))
    #expect(object.firstSeen == Timestamp(seconds: 100))
  }

  @Test func `what was made anew after the deletion is there`() throws {
    let again = event(
      uuid(4), verb: "create", at: 50, code: 201, content: 4, uid: "v", version: "12")
    let deletion = event(uuid(3), verb: "delete", at: 300, content: 3, uid: "u")
    let object = try summary([made(1, at: 100, version: "7"), made(2, at: 200, version: "9"), deletion, again])
    #expect(!object.isDeleted)
    #expect(object.versionCount == 3 && object.lifetimeCount == 2)
  }

  @Test func `without versions time decides`() throws {
    let deletion = event(uuid(2), verb: "delete", user: "bob", at: 200, content: 2)
    let object = try summary([event(uuid(1), verb: "create", at: 300, code: 201, content: 1), deletion])
    #expect(!object.isDeleted)
  }
}
