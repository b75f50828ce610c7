import AuditModel
import ObjectHistory
import Testing

@Test func `answers become versions in the order of resourceVersion, not of the log`() throws {
  let acts = [
    try act("update", at: 30, response: policy("u1", 798)),
    try act("create", at: 10, code: 201, response: policy("u1", 700)),
    try act("patch", at: 20, response: policy("u1", 800)),
  ]
  #expect(
    history(acts) == [
      "1 r1 create F 700 manifest", "1 r2 update F 798 manifest", "1 r3 update F 800 manifest",
    ])
  #expect(history(acts.reversed()) == history(acts))
}

@Test func `the manifest is the answer as it was logged`() throws {
  let body = policy("u1", 7, #""spec":{"podSelector":{}}"#, metadata: #""generation":3,"managedFields":[]"#)
  let made = History.of(web, acts: [try act("create", at: 1, code: 201, response: body)])
  #expect(made.revisions[0].manifest?.json == body)
  #expect(made.revisions[0].generation == 3)
  #expect(made.revisions[0].uid == "u1")
  #expect(made.kind == "NetworkPolicy")
}

@Test func `a server-side apply that was answered with 201 creates`() throws {
  #expect(history([try act("patch", at: 1, code: 201, response: policy("u1", 7))]) == ["1 r1 create F 7 manifest"])
}

@Test func `a new uid after a deletion is the next lifetime`() throws {
  let gone = #"{"kind":"Status","details":{"name":"web","uid":"u1"}}"#
  let acts = [
    try act("create", at: 1, code: 201, response: policy("u1", 1)), try act("delete", at: 2, response: gone),
    try act("create", at: 3, code: 201, response: policy("u2", 5)),
  ]
  #expect(history(acts) == ["1 r1 create F 1 manifest", "1 - delete F -", "2 r2 create F 5 manifest"])
}

@Test func `a new uid without a deletion in the log is the next lifetime too`() throws {
  let acts = [try act("update", at: 1, response: policy("u1", 1)), try act("update", at: 2, response: policy("u2", 9))]
  #expect(history(acts) == ["1 r1 update F 1 manifest", "2 r2 update F 9 manifest"])
  #expect(History.of(web, acts: acts).lifetimeCount == 2)
}

@Test func `a clock that was set back does not put a deletion before its object`() throws {
  let gone = #"{"kind":"Status","details":{"name":"web","uid":"u1"}}"#
  let acts = [
    try act("create", at: 5000, code: 201, response: policy("u1", 1)), try act("delete", at: 10, response: gone),
    try act("create", at: 20, code: 201, response: policy("u2", 5)),
  ]
  #expect(history(acts) == ["1 r1 create F 1 manifest", "1 - delete F -", "2 r2 create F 5 manifest"])
}

@Test func `acts that made no version keep their place and have no number`() throws {
  let acts = [
    try act("create", at: 1, code: 201, response: policy("u1", 1)),
    try act("patch", at: 2, code: 403, outcome: .denied),
    try act("patch", at: 3, outcome: .dryrun, response: policy("u9", 1)),
    try act("update", at: 4, response: policy("u1", 5)),
    // It found version 1, so it came before version 5 whatever the clock said.
    try act("update", at: 9, outcome: .noop, response: policy("u1", 1)),
  ]
  #expect(
    history(acts) == [
      "1 r1 create F 1 manifest", "1 - (denied) - -", "1 - (dryrun) - -", "1 - (noop) - 1", "1 r2 update F 5 manifest",
    ])
}

@Test func `acts without a version stand where their last stage ended`() throws {
  let acts = [
    try act("create", at: 1, code: 201, level: .metadata),
    try act("patch", at: 10, level: .metadata, took: 20, auditID: "long"),
    try act("patch", at: 20, level: .metadata, took: 1, auditID: "short"),
  ]
  #expect(History.of(web, acts: acts).revisions.map(\.act?.auditID) == ["1", "short", "long"])
}

private let attempts: [(verb: String, code: Int?, outcome: Outcome, subresource: String?)] = [
  ("update", 409, .conflict, nil), ("patch", 403, .denied, nil), ("patch", 422, .failed, nil),
  ("update", nil, .unknown, nil), ("patch", 200, .dryrun, nil), ("patch", 200, .noop, nil),
  ("create", 101, .connect, "exec"),
]

@Test(arguments: attempts)
func `what altered nothing, or is not known to, is a row without a number`(
  verb: String, code: Int?, outcome: Outcome, subresource: String?
) throws {
  var attempt = try act(verb, at: 5, outcome: outcome, subresource: subresource, request: "{}")
  attempt.act.code = code
  let acts = [try act("create", at: 1, code: 201, response: policy("u1", 1)), attempt]
  #expect(history(acts) == ["1 r1 create F 1 manifest", "1 - (\(outcome.name)) - -"])
}

@Test func `a patch of nothing but who owns which field is a no-op that keeps its version`() throws {
  let managed = #""managedFields":[{"manager":"kubectl","operation":"Apply"}]"#
  func patch(_ operations: String, _ annotations: [(name: String, value: String)] = []) throws -> [ActDetail] {
    [
      try act("create", at: 1, code: 201, response: policy("u1", 1)),
      try act(
        "patch", at: 2, request: operations, response: policy("u1", 2, metadata: managed), annotations: annotations),
      try act("update", at: 3, response: policy("u1", 3, metadata: #""labels":{"a":"b"},"# + managed)),
    ]
  }
  let handover =
    #"[{"op":"replace","path":"/metadata/managedFields","value":[]},"#
    + #"{"op":"replace","path":"/metadata/resourceVersion","value":"1"}]"#
  let moved = ["1 r1 create F 1 manifest", "1 - (noop) F 2 manifest", "1 r2 update F 3 manifest"]
  #expect(history(try patch(handover)) == moved)
  #expect(findings(try patch(handover)) == [])
  let counted = ["1 r1 create F 1 manifest", "1 r2 update F 2 manifest", "1 r3 update F 3 manifest"]
  #expect(history(try patch(handover, [("patch.webhook.admission.k8s.io/round_0_index_0", "{}")])) == counted)
  for other in [
    #"[{"op":"move","from":"/spec","path":"/metadata/managedFields/0/x"}]"#, #"[{"op":"remove","path":"/metadata"}]"#,
    #"[{"op":"add","path":"/metadata/managedFields","path":"/spec/x","value":1}]"#, "[]",
  ] {
    #expect(history(try patch(other)) == counted, "\(other)")
  }
}

/// An apply of the port 80, answered with version 2, generation 1 and entries of managedFields.
private func applied(
  _ managers: String, port: Int = 80, generation: Int = 1, before: String? = nil, sent: String = "{}",
  verb: String = "patch"
) throws -> [String] {
  func stored(_ version: Int, _ port: Int, _ generation: Int, _ managers: String?) -> String {
    policy(
      "u1", version, #""spec":{"port":\#(port)}"#,
      metadata: #""generation":\#(generation)"# + (managers.map { #","managedFields":[\#($0)]"# } ?? ""))
  }
  let request =
    sent == "{}" ? #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","spec":{"port":80}}"# : sent
  return history([
    try act("create", at: 1, code: 201, response: stored(1, 80, 1, before)),
    try act(
      verb, at: 2, agent: "flux/v2", request: request,
      response: stored(2, port, generation, managers.isEmpty ? nil : managers), uri: "/apis?fieldManager=flux"),
  ])
}

private let helm = #"{"manager":"helm","operation":"Update","time":"1970-01-01T00:00:01Z","fieldsV1":{"f:spec":{}}}"#
private let flux = #"{"manager":"flux","operation":"Apply","time":"1970-01-01T00:00:02Z","fieldsV1":{"f:spec":{}}}"#
private let scaler = #"{"manager":"scaler","operation":"Update","time":"1970-01-01T00:00:02Z","subresource":"status"}"#

@Test func `a first apply that only makes its manager an owner is a no-op that keeps its version`() throws {
  let kept = ["1 r1 create F 1 manifest", "1 - (noop) F 2 manifest"]
  #expect(try applied(helm + "," + flux, before: helm) == kept)
  #expect(try applied(helm + "," + flux + "," + scaler, before: helm) == kept)
  // An audit policy may leave managedFields out.
  #expect(try applied("") == kept)
}

@Test func `a write that may have altered anything counts`() throws {
  let counted = ["1 r1 create F 1 manifest", "1 r2 update F 2 manifest"]
  #expect(try applied(helm + "," + flux, port: 81, before: helm) == counted)
  // The port was another one in between, and the write put it back.
  #expect(try applied(helm + "," + flux, generation: 3, before: helm) == counted)
  let moved = helm.replacing("00:00:01Z", with: "00:00:02Z")
  #expect(try applied(moved + "," + flux, before: helm) == counted)
  #expect(try applied(flux, before: helm) == counted)
  #expect(try applied(helm + "," + flux) == counted)
}

@Test func `a name that the server made up is that of its answer`() throws {
  // The reference of a create with generateName has no name; the reader takes it from the answer.
  let nameless = try act("create", at: 1, code: 201, level: .metadata, named: false)
  let named = try act(
    "create", at: 2, code: 201, request: #"{"metadata":{"generateName":"we"}}"#, response: policy("u1", 1))
  #expect(history([nameless, named]) == ["1 r1 create F 1 manifest"])
}

@Test func `reads and acts on other objects are left out`() throws {
  let other = ObjectKey(group: "projectcalico.org", resource: "networkpolicies", namespace: "shop", name: "web")
  #expect(history([try act("get", at: 1, outcome: .read), try act("delete", at: 2, key: other)]).isEmpty)
}

@Test func `an answer that is another object is no version`() throws {
  let key = ObjectKey(group: "apps", resource: "deployments", namespace: "shop", name: "web")
  let scale =
    #"{"kind":"Scale","metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"9"},"spec":{}}"#
  let rows = history(
    [try act("patch", at: 1, outcome: .subresource, key: key, subresource: "scale", response: scale)], of: key)
  #expect(rows == ["1 - update M -"])
}

@Test func `a status write shows the object but is not counted as a version`() throws {
  let rows = history([
    try act("create", at: 1, code: 201, response: policy("u1", 1)),
    try act("update", at: 2, outcome: .subresource, subresource: "status", response: policy("u1", 2)),
  ])
  #expect(rows == ["1 r1 create F 1 manifest", "1 - update F 2 manifest"])
}

@Test func `bodies that were cut away are truncated, those that were never logged are metadata`() throws {
  #expect(history([try act("update", at: 1, truncated: true)]) == ["1 r1 update T -"])
  #expect(history([try act("update", at: 1, level: .metadata)]) == ["1 r1 update M -"])
}

@Test func `a Namespace is found though its deletion names a namespace`() throws {
  let key = ObjectKey(group: "", resource: "namespaces", namespace: nil, name: "legacy")
  let answer = #"""
    {"kind":"Namespace","metadata":{"name":"legacy","uid":"u1","resourceVersion":"9",
    "deletionTimestamp":"2026-11-23T04:26:31Z"},"spec":{"finalizers":["kubernetes"]}}
    """#
  let reference = ObjectReference(group: "", version: "v1", resource: "namespaces", namespace: "legacy", name: "legacy")
  #expect(
    history([try act("delete", at: 1, object: reference, response: answer)], of: key) == [
      "1 - initial R - manifest", "1 r1 terminating F 9 manifest",
    ])
}

@Test func `a row has all that cli promises`() throws {
  let made = History.of(web, acts: [try act("create", at: 1, code: 201, response: policy("u1", 7))])
  let row = made.revisions[0].row(changed: ["spec"], effect: nil, includesManifest: false)
  #expect(
    row.json == #"{"schema":"whodiff.revision/1","object":{"group":"networking.k8s.io","kind":"NetworkPolicy","#
      + #""resource":"networkpolicies","namespace":"shop","name":"web"},"uid":"u1","lifetime":1,"revision":1,"#
      + #""time":"1970-01-01T00:00:01.000000Z","operation":"create","verb":"create","by":null,"as":null,"code":201,"#
      + #""auditID":"1","outcome":"changed","fidelity":"F","changed":["spec"],"effect":null,"generation":null,"#
      + #""resourceVersion":"7"}"#)
}
