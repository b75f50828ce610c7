import AuditModel
import ObjectHistory
import Testing

/// An entry of managedFields by a manager at a second of the first minute, who owns the labels named.
private func entry(_ manager: String, at second: Int, _ labels: [String], operation: String = "Update") -> String {
  let fields = labels.map { #""f:\#($0)":{}"# }.joined(separator: ",")
  let time = "1970-01-01T00:00:\(second < 10 ? "0" : "")\(second)Z"
  return #"{"manager":"\#(manager)","operation":"\#(operation)","time":"\#(time)","#
    + #""fieldsV1":{"f:metadata":{"f:labels":{\#(fields)}}}}"#
}

private func policy(_ version: Int, labels: [String: String], _ entries: [String], node: String? = nil) -> String {
  let pairs = labels.sorted { $0.key < $1.key }.map { #""\#($0.key)":"\#($0.value)""# }.joined(separator: ",")
  let managed = entries.isEmpty ? "" : #","managedFields":[\#(entries.joined(separator: ","))]"#
  return policy(
    "u1", version, #""spec":{\#(node.map { #""node":"\#($0)""# } ?? "")}"#, metadata: #""labels":{\#(pairs)}"# + managed
  )
}

/// A creation at second 1, then a patch by kubectl at second 20 that answers with version 5.
private func patched(
  _ patch: String, from before: String?, to after: String, uri: String = "/apis?fieldManager=kubectl"
) throws -> History {
  let creation = try before.map { try act("create", at: 1, code: 201, response: $0) }
  return History.of(
    web, acts: (creation.map { [$0] } ?? []) + [try act("patch", at: 20, request: patch, response: after, uri: uri)])
}

private let wanted = #"{"metadata":{"labels":{"a":"1"}}}"#

@Test func `who alters a field owns it, so a patch whose fields are another's found what it asks for`() throws {
  let after = policy(5, labels: ["a": "1"], [entry("hidden", at: 12, ["a"])])
  let history = try patched(wanted, from: policy(1, labels: [:], [entry("argo", at: 1, [])]), to: after)
  #expect(rows(history) == ["1 r1 create F 1 manifest", "1 - (noop) F 5 manifest"])
  #expect(history.findings.map(\.kind) == [.outside])
  #expect(rows(try patched(wanted, from: nil, to: after)).last == "1 - (noop) F 5 manifest", "nothing known before")
  let own = policy(5, labels: ["a": "1"], [entry("hidden", at: 12, ["b"]), entry("kubectl", at: 20, ["a"])])
  #expect(rows(try patched(wanted, from: nil, to: own)).last == "1 r1 update F 5 manifest")
  let bare = policy(5, labels: ["a": "1"], [])
  #expect(rows(try patched(wanted, from: nil, to: bare)).last == "1 r1 update F 5 manifest", "nobody owns anything")
}

@Test func `what was as the patch asks before, with something else altered, was found`() throws {
  let owned = entry("kubectl", at: 1, ["a"])
  let before = policy(1, labels: ["a": "1"], [owned])
  #expect(
    rows(try patched(wanted, from: before, to: policy(5, labels: ["a": "1"], [owned], node: "n"))).last
      == "1 - (noop) F 5 manifest")
  #expect(
    rows(try patched(wanted, from: before, to: policy(5, labels: ["a": "1"], [owned]))).last
      == "1 r2 update F 5 manifest", "it may have put back what somebody else altered")
  let other = policy(1, labels: ["a": "0"], [owned])
  #expect(
    rows(try patched(wanted, from: other, to: policy(5, labels: ["a": "1"], [owned], node: "n"))).last
      == "1 r2 update F 5 manifest", "the time of an entry stays where its fields do")
}

@Test func `a list in another order is a change that leaves no owner`() throws {
  func nets(_ version: Int, _ items: String) -> String {
    let owned =
      #"{"manager":"argo","operation":"Update","time":"1970-01-01T00:00:01Z","fieldsV1":{"f:spec":{"f:nets":{}}}}"#
    return policy("u1", version, #""spec":{"nets":[\#(items)]}"#, metadata: #""managedFields":[\#(owned)]"#)
  }
  let history = try patched(
    #"{"spec":{"nets":["b","a"]}}"#, from: nets(1, #""a","b""#), to: nets(5, #""b","a""#))
  #expect(rows(history).last == "1 r2 update F 5 manifest")
}

@Test func `an empty list that the type does not keep is a change without a trace`() throws {
  let entries = [entry("argo", at: 1, [])]
  let history = try patched(
    #"{"spec":{"ingress":[]}}"#, from: policy(1, labels: [:], entries), to: policy(5, labels: [:], entries, node: "n"))
  #expect(rows(history).last == "1 r2 update F 5 manifest")
}

@Test func `a patch that takes away what was not there found it so`() throws {
  let none = [entry("argo", at: 1, [])]
  let gone = #"{"metadata":{"labels":{"a":null}}}"#
  let removal = #"[{"op":"remove","path":"/metadata/labels/a"}]"#
  let after = policy(5, labels: [:], none, node: "n")
  for patch in [gone, removal] {
    #expect(rows(try patched(patch, from: policy(1, labels: [:], none), to: after)).last == "1 - (noop) F 5 manifest")
    #expect(
      rows(try patched(patch, from: policy(1, labels: ["a": "1"], none), to: after)).last
        == "1 r2 update F 5 manifest")
    #expect(rows(try patched(patch, from: nil, to: after)).last == "1 r1 update F 5 manifest")
  }
}

@Test func `an apply that alters anything brings its own entry up to date`() throws {
  let apply = #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"labels":{"a":"1"}}}"#
  func last(at second: Int) throws -> String? {
    let entries = [entry("kubectl", at: second, ["a"], operation: "Apply"), entry("hidden", at: 19, ["b"])]
    return rows(try patched(apply, from: nil, to: policy(5, labels: ["a": "1", "b": "2"], entries))).last
  }
  #expect(try last(at: 2) == "1 - (noop) F 5 manifest")
  #expect(try last(at: 20) == "1 r1 update F 5 manifest")
}
