import AuditModel
import ObjectHistory
import Testing

private let person = ObjectKey(
  group: "projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "allow-web")
private let stored = ObjectKey(
  group: "crd.projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "default.allow-web")
private let server = "system:serviceaccount:calico-system:calico-apiserver"

private func answer(_ uid: String, annotation: String = "") -> String {
  #"{"metadata":{"name":"x","uid":"\#(uid)"\#(annotation)}}"#
}

@Test func `a uid is mapped bit by bit, and back`() throws {
  // 01 -> 80, 23 -> c4, ...; bytes 6 and 8 stay.
  let uid = "01234567-89ab-4def-8123-456789abcdef"
  let mapped = try #require(CalicoLineage.mapped(uid: uid))
  #expect(mapped == "80c4a2e6-91d5-4df7-81c4-a2e691d5b3f7")
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
) throws {
  let one = try act(verb, at: 10, key: person, by: "alice")
  let two = try act(other, at: second, key: stored, by: by)
  #expect(CalicoLineage.joins(one, two) == isJoined)
}

@Test func `a uid that fits joins whoever wrote, and equal names alone do not`() throws {
  let uid = "01234567-89ab-4def-8123-456789abcdef"
  let one = try act("update", at: 10, key: person, response: answer(uid))
  let fitting = try act(
    "update", at: 11, key: stored, by: "alice", response: answer("80c4a2e6-91d5-4df7-81c4-a2e691d5b3f7"))
  #expect(CalicoLineage.joins(one, fitting))
  let noted = #","annotations":{"projectcalico.org/metadata":"{\"uid\":\"\#(uid)\"}"}"#
  #expect(
    CalicoLineage.joins(
      one, try act("update", at: 11, key: stored, by: "alice", response: answer("u2", annotation: noted))))
  #expect(!CalicoLineage.joins(one, try act("update", at: 11, key: stored, by: "alice", response: answer("u2"))))
  let refused = try act("update", at: 11, code: 403, outcome: .denied, key: stored, by: server)
  #expect(!CalicoLineage.joins(one, refused))
}

@Test func `an apply that creates is stored by a create`() throws {
  let one = try act("patch", at: 10, code: 201, key: person)
  #expect(CalicoLineage.joins(one, try act("create", at: 11, code: 201, key: stored, by: server)))
  #expect(!CalicoLineage.joins(one, try act("update", at: 11, key: stored, by: server)))
}

@Test func `each act is joined once, with the nearest`() throws {
  let people = [try act("update", at: 10, key: person), try act("update", at: 12, key: person)]
  let writes = [try act("update", at: 11, key: stored, by: server), try act("update", at: 13, key: stored, by: server)]
  let pairs = CalicoLineage.pairs(public: people, storage: writes)
  #expect(pairs == [writes[0].act.id: people[0].act.id, writes[1].act.id: people[1].act.id])
  #expect(CalicoLineage.pairs(public: [people[1]], storage: writes).count == 1)
}
