import AuditModel
import ObjectHistory
import Testing

private let annotation = "kubectl.kubernetes.io/last-applied-configuration"
private let created = #""creationTimestamp":"1970-01-01T00:00:05Z""#

private func initial(_ acts: [ActDetail]) -> Revision? {
  History.of(web, acts: acts).revisions.first { $0.operation == .initial }
}

@Test func `the first act tells since when an object is there, and who wrote it before`() throws {
  let managed =
    #""managedFields":[{"manager":"helm","operation":"Update","time":"1970-01-01T00:00:07Z"},"#
    + #"{"manager":"kubectl","operation":"Update","time":"1970-01-01T00:01:40Z"}]"#
  let history = History.of(
    web,
    acts: [
      try act("patch", at: 90, code: 403, outcome: .denied),
      try act("update", at: 100, response: policy("u1", 7, metadata: created + "," + managed)),
    ])
  #expect(rows(history) == ["1 - initial M -", "1 - (denied) - -", "1 r1 update F 7 manifest"])
  let first = history.revisions[0]
  #expect(
    first.sources == [
      "creationTimestamp 1970-01-01T00:00:05Z", "managedFields: Update by helm at 1970-01-01T00:00:07Z",
    ])
  #expect(first.time == Timestamp(seconds: 7))
  #expect(first.uid == "u1")
  #expect(first.act == nil)
  #expect(first.row(changed: [], includesManifest: false)["source"]?.array?.count == 2)
  #expect(first.row(changed: [], includesManifest: false)["outcome"]?.isNull == true)
}

@Test func `an object that the log saw being made has no state before`() throws {
  let body = policy("u1", 7, metadata: created)
  #expect(
    initial([try act("create", at: 10, code: 201, response: body), try act("update", at: 20, response: body)]) == nil)
  #expect(
    initial([try act("create", at: 10, code: 201, truncated: true), try act("update", at: 20, response: body)]) == nil)
  #expect(initial([try act("update", at: 10, level: .metadata)]) == nil)
}

@Test func `what a no-op or a deletion met is the state before`() throws {
  let body = policy("u1", 7, #""spec":{"podSelector":{}}"#, metadata: created)
  let met = try #require(initial([try act("patch", at: 10, outcome: .noop, request: "{}", response: body)]))
  #expect(met.fidelity == .full)
  #expect(met.manifest?.json == body)
  #expect(met.resourceVersion == "7")
  let held = policy("u1", 8, metadata: created + #","deletionTimestamp":"1970-01-01T00:00:10Z","finalizers":["a"]"#)
  let deleted = try #require(initial([try act("delete", at: 10, response: held)]))
  #expect(deleted.fidelity == .rebuilt)
  #expect(deleted.manifest?["metadata", "deletionTimestamp"] == nil)
  #expect(deleted.manifest?["spec"] != nil)
}

@Test func `what a deletion of the collection met is the state before as it was stored`() throws {
  let item = policy("u1", 7, #""spec":{"podSelector":{}}"#, metadata: created)
  let list = #"{"kind":"NetworkPolicyList","apiVersion":"networking.k8s.io/v1","items":[\#(item)]}"#
  let met = try #require(initial([try act("deletecollection", at: 10, named: false, response: list)]))
  #expect(met.fidelity == .full)
  #expect(met.resourceVersion == "7")
  #expect(met.manifest?["spec"]?.json == #"{"podSelector":{}}"#)
}

@Test func `what was applied last stands for the content unless the act touched it`() throws {
  let applied =
    #"{\"kind\":\"NetworkPolicy\",\"metadata\":{\"annotations\":{},\"name\":\"web\"},\"spec\":{\"podSelector\":{}}}"#
  let body = policy(
    "u1", 7, #""spec":{"podSelector":{},"ingress":[{}]}"#, metadata: #""annotations":{"\#(annotation)":"\#(applied)"}"#)
  let edited = try #require(initial([try act("patch", at: 10, request: #"{"spec":{"ingress":[{}]}}"#, response: body)]))
  #expect(edited.sources == ["annotation \(annotation)"])
  #expect(edited.fidelity == .rebuilt)
  #expect(edited.manifest?["spec"]?.json == #"{"podSelector":{},"policyTypes":["Ingress"]}"#)
  #expect(edited.manifest?["metadata", "uid"]?.string == "u1")
  let patch = #"{"metadata":{"annotations":{"\#(annotation)":"x"}}}"#
  #expect(initial([try act("patch", at: 10, request: patch, response: body)]) == nil)
  #expect(initial([try act("update", at: 10, request: body, response: body)]) == nil)
}

@Test func `an update that was only requested says what its client had read before`() throws {
  let sent = policy("u1", 7, metadata: created)
  let first = try #require(initial([try act("update", at: 10, level: .request, request: sent)]))
  #expect(first.sources == ["creationTimestamp 1970-01-01T00:00:05Z"])
  #expect(first.fidelity == .metadata)
}
