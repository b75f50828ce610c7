import AuditModel
import Testing

private let person = ObjectKey(
  group: "projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "allow-web")
private let stored = ObjectKey(
  group: "crd.projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "default.allow-web")
private let server = "system:serviceaccount:calico-system:calico-apiserver"
private let uid = "01234567-89ab-4def-8123-456789abcdef"
private let mappedUID = "80c4a2e6-91d5-4df7-81c4-a2e691d5b3f7"

/// An accepted act at second `at`.
private func act(
  _ verb: String, at seconds: Int64, code: Int = 200, outcome: Outcome = .changed, level: Level = .requestResponse,
  key: ObjectKey, by: String = "alice", uid: String? = nil, auditID: String? = nil
) -> Act {
  Act(
    id: ActID(segment: key == person ? 1 : 2, row: UInt32(seconds)), time: Timestamp(seconds: seconds), verb: verb,
    code: code, outcome: outcome, level: level, by: by,
    object: ObjectReference(
      group: key.group, version: "v1", resource: key.resource, namespace: key.namespace, name: key.name),
    uid: uid, auditID: auditID)
}

@Test func `a uid is mapped bit by bit, and back`() throws {
  // 01 -> 80, 23 -> c4, ...; bytes 6 and 8 stay.
  let mapped = try #require(CalicoLineage.mapped(uid: uid))
  #expect(mapped == mappedUID)
  #expect(CalicoLineage.mapped(uid: mapped) == uid)
  #expect(CalicoLineage.mapped(uid: uid.uppercased()) == mapped)
  #expect(CalicoLineage.mapped(uid: "u1") == nil)
  #expect(CalicoLineage.mapped(uid: "01234567-89ab-4def-8123-456789abcdeg") == nil)
  #expect(CalicoLineage.mapped(uid: "01234567089ab-4def-8123-456789abcdef") == nil)
}

@Test func `stored policies may carry their tier in the name, other kinds do not`() {
  #expect(
    CalicoLineage.otherKeys(of: person).map(\.description) == [
      "globalnetworkpolicies.crd.projectcalico.org/allow-web",
      "globalnetworkpolicies.crd.projectcalico.org/default.allow-web",
    ])
  #expect(CalicoLineage.otherKeys(of: stored).map(\.name) == ["default.allow-web", "allow-web"])
  let tier = ObjectKey(group: "projectcalico.org", resource: "tiers", namespace: nil, name: "a")
  #expect(CalicoLineage.otherKeys(of: tier).map(\.name) == ["a"])
  let web = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")
  #expect(CalicoLineage.otherKeys(of: web).isEmpty)
}

@Test(arguments: [
  ("update", "update", server, Int64(11), true), ("patch", "update", server, 12, true),
  ("update", "delete", server, 11, false),
  // Too late; somebody else; an account of that name in a namespace that anybody may have.
  ("update", "update", server, 13, false), ("update", "update", "alice", 11, false),
  ("update", "update", "system:serviceaccount:shop:calico-apiserver", 11, false),
  // Calico's controllers write on their own account.
  ("update", "update", "system:serviceaccount:calico-system:calico-kube-controllers", 11, false),
])
func `without a uid only the API server's write of the same within two seconds is joined`(
  verb: String, other: String, by: String, second: Int64, isJoined: Bool
) {
  let one = act(verb, at: 10, key: person)
  let two = act(other, at: second, key: stored, by: by)
  #expect(CalicoLineage.joins(one, two) == isJoined)
}

@Test func `a uid that fits joins whoever wrote, and equal names alone do not`() throws {
  let one = act("update", at: 10, key: person, uid: uid)
  #expect(CalicoLineage.joins(one, act("update", at: 11, key: stored, uid: mappedUID)))
  let noted = try JSONValue(
    parsing: #"{"metadata":{"annotations":{"projectcalico.org/metadata":"{\"uid\":\"\#(uid)\"}"}}}"#)
  let other = act("update", at: 11, key: stored, uid: "u2")
  #expect(CalicoLineage.joins(one, other, stored: noted))
  #expect(!CalicoLineage.joins(one, other))
  #expect(!CalicoLineage.joins(one, act("update", at: 11, code: 403, outcome: .denied, key: stored, by: server)))
}

@Test func `an apply that creates is stored by a create`() {
  let one = act("patch", at: 10, code: 201, key: person)
  #expect(CalicoLineage.joins(one, act("create", at: 11, code: 201, key: stored, by: server)))
  #expect(!CalicoLineage.joins(one, act("update", at: 11, key: stored, by: server)))
}

@Test func `each act is joined once, with the nearest`() {
  let people = [act("update", at: 10, key: person), act("update", at: 12, key: person)]
  let writes = [act("update", at: 11, key: stored, by: server), act("update", at: 13, key: stored, by: server)]
  let pairs = CalicoLineage.pairs(public: people, storage: writes)
  #expect(pairs == [writes[0].id: people[0].id, writes[1].id: people[1].id])
  #expect(CalicoLineage.pairs(public: [people[1]], storage: writes).count == 1)
}

@Test func `what one API server passed on to the other is one request`() {
  let passed = act("update", at: 10, level: .metadata, key: person, auditID: "a")
  #expect(CalicoLineage.isPassedOn(passed, act("update", at: 11, key: person, auditID: "a")))
  #expect(!CalicoLineage.isPassedOn(passed, act("update", at: 11, key: person, auditID: "b")))
  #expect(!CalicoLineage.isPassedOn(passed, act("delete", at: 11, key: person, auditID: "a")))
  #expect(!CalicoLineage.isPassedOn(passed, act("update", at: 13, key: person, auditID: "a")))
  #expect(!CalicoLineage.isPassedOn(passed, act("update", at: 11, key: person, by: "bob", auditID: "a")))
  // Two requests with one auditID at one server; and an auditID on requests about the storage.
  #expect(!CalicoLineage.isPassedOn(passed, act("update", at: 11, level: .metadata, key: person, auditID: "a")))
  #expect(
    !CalicoLineage.isPassedOn(
      act("update", at: 10, level: .metadata, key: stored, auditID: "a"),
      act("update", at: 11, key: stored, auditID: "a")))
}
