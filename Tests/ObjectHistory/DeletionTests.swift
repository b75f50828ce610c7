import AuditModel
import ObjectHistory
import Testing

private let pod = ObjectKey(group: "", resource: "pods", namespace: "shop", name: "cart")

private func podAnswer(_ version: Int, grace: Int) -> String {
  #"{"kind":"Pod","metadata":{"name":"cart","namespace":"shop","uid":"p1","resourceVersion":"\#(version)","#
    + #""deletionTimestamp":"2026-11-23T04:31:03Z","deletionGracePeriodSeconds":\#(grace)},"spec":{}}"#
}

@Test func `with finalizers a deletion only begins, and removing the last one ends it`() throws {
  let held = #""deletionTimestamp":"2026-11-20T00:00:00Z","finalizers":["a/b"]"#
  let free = #""deletionTimestamp":"2026-11-20T00:00:00Z""#
  let rows = history([
    try act("create", at: 1, code: 201, response: policy("u1", 1, metadata: #""finalizers":["a/b"]"#)),
    try act("delete", at: 2, response: policy("u1", 4, metadata: held)),
    // The last patch answers with the version before it.
    try act("patch", at: 3, response: policy("u1", 4, metadata: free)),
  ])
  #expect(rows == ["1 r1 create F 1 manifest", "1 r2 terminating F 4 manifest", "1 - delete F -"])
}

@Test func `the garbage collector ends an object with an answer that is only metadata`() throws {
  let partial = #"""
    {"kind":"PartialObjectMetadata","apiVersion":"meta.k8s.io/v1","metadata":{"name":"web","namespace":"shop","uid":"u1",
    "resourceVersion":"4","deletionTimestamp":"2026-11-20T00:00:00Z"}}
    """#
  let rows = history([try act("update", at: 1, response: policy("u1", 1)), try act("patch", at: 3, response: partial)])
  #expect(rows == ["1 r1 update F 1 manifest", "1 - delete F -"])
}

@Test func `a pod's graceful and forced deletion are two acts on one life`() throws {
  let rows = history(
    [
      try act("delete", at: 1, key: pod, response: podAnswer(517, grace: 30)),
      try act("patch", at: 2, key: pod, response: podAnswer(542, grace: 30)),
      try act("delete", at: 3, key: pod, response: podAnswer(553, grace: 0)),
    ], of: pod)
  #expect(
    rows == [
      "1 - initial R - manifest", "1 r1 terminating F 517 manifest", "1 r2 update F 542 manifest", "1 - delete F -",
    ])
}

@Test func `a foreground deletion begins with its answer and ends when the garbage collector is done`() throws {
  let held = #""deletionTimestamp":"2026-11-20T00:00:00Z","finalizers":["foregroundDeletion"]"#
  let collector = "system:serviceaccount:kube-system:generic-garbage-collector"
  let rows = history([
    try act("create", at: 1, code: 201, response: policy("u1", 1)),
    try act(
      "delete", at: 2, request: #"{"kind":"DeleteOptions","propagationPolicy":"Foreground"}"#,
      response: policy("u1", 4, metadata: held)),
    try act(
      "patch", at: 9, by: collector, request: #"{"metadata":{"finalizers":null}}"#,
      response: policy("u1", 4, metadata: #""deletionTimestamp":"2026-11-20T00:00:00Z""#)),
  ])
  #expect(rows == ["1 r1 create F 1 manifest", "1 r2 terminating F 4 manifest", "1 - delete F -"])
}

@Test func `kubectl replace --force deletes and creates`() throws {
  let acts = [
    try act("create", at: 1, code: 201, by: "alice", response: policy("u1", 1)),
    try act(
      "delete", at: 5, by: "bob", request: #"{"kind":"DeleteOptions","gracePeriodSeconds":0}"#,
      response: #"{"kind":"Status","details":{"name":"web","uid":"u1"}}"#),
    try act("create", at: 6, code: 201, by: "bob", response: policy("u2", 9)),
  ]
  #expect(history(acts) == ["1 r1 create F 1 manifest", "1 - delete F -", "2 r2 create F 9 manifest"])
  #expect(findings(acts) == [])
}

@Test func `the namespace controller deletes what its namespace held`() throws {
  let controller = "system:serviceaccount:kube-system:namespace-controller"
  let create = try act("create", at: 1, code: 201, response: policy("u1", 1))
  let sweep = try act("deletecollection", at: 5, level: .metadata, named: false, by: controller)
  let again = try act("create", at: 20, code: 201, response: policy("u2", 9))
  #expect(
    history([create, sweep, again]) == [
      "1 r1 create F 1 manifest", "1 - delete M - inferred", "2 r2 create F 9 manifest",
    ])
  #expect(findings([create, sweep, again]) == [])
  // An audit policy without deletecollection leaves no line of it; that of the namespace accounts for the end.
  #expect(findings([create, again], context: HistoryContext(namespaceDeletions: [Timestamp(seconds: 4)])) == [])
  #expect(findings([create, again]).count == 1)
}

@Test func `an accepted eviction is a deletion`() throws {
  let rows = history(
    [
      try act(
        "create", at: 1, code: 201, key: pod, subresource: "eviction",
        response: #"{"kind":"Status","status":"Success"}"#)
    ],
    of: pod)
  #expect(rows == ["1 - delete R -"])
}

@Test func `the answer of a deletecollection names what it deleted`() throws {
  let list = #"""
    {"kind":"NetworkPolicyList","items":[{"metadata":{"name":"other","namespace":"shop","uid":"u2","resourceVersion":"2"}},
    {"metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"1"},"spec":{}}]}
    """#
  let create = try act("create", at: 1, code: 201, response: policy("u1", 1))
  let met = try act("deletecollection", at: 2, named: false, response: list)
  #expect(history([create, met]) == ["1 r1 create F 1 manifest", "1 - delete F -"])
  #expect(
    history([create, met], of: ObjectKey(group: web.group, resource: web.resource, namespace: "shop", name: "third"))
      .isEmpty)
  let empty = try act("deletecollection", at: 2, named: false, response: #"{"kind":"NetworkPolicyList","items":[]}"#)
  #expect(history([create, empty]).count == 1)
}

@Test(arguments: [
  ("/apis", "1 - delete R - inferred"), ("/apis?labelSelector=app%3Dweb", "1 - delete R - inferred"),
  ("/apis?labelSelector=app+in+%28a%2Cweb%29%2C%21old", "1 - delete R - inferred"),
  ("/apis?labelSelector=app%3Dother", nil),
  ("/apis?labelSelector=app%21%3Dweb", nil), ("/apis?fieldSelector=metadata.name%3Dother", nil),
])
func `without an answer the selector tells what a deletecollection met`(uri: String, row: String?) throws {
  let body = #"{"kind":"NetworkPolicy","metadata":{"name":"web","labels":{"app":"web"}}}"#
  let rows = history([
    try act("create", at: 1, code: 201, level: .request, request: body),
    try act("deletecollection", at: 2, level: .request, named: false, uri: uri),
  ])
  #expect(rows == ["1 r1 create R - manifest"] + (row.map { [$0] } ?? []))
}

@Test func `at level Metadata what a deletecollection met is inferred from metadata`() throws {
  let create = try act("create", at: 1, code: 201, level: .metadata)
  func collection(_ uri: String) throws -> ActDetail {
    try act("deletecollection", at: 2, level: .metadata, named: false, uri: uri)
  }
  #expect(history([create, try collection("/apis")]) == ["1 r1 create M -", "1 - delete M - inferred"])
  // Labels were never logged: the object may have been met, and nothing says that it is gone.
  #expect(
    history([create, try collection("/apis?labelSelector=a")]) == ["1 r1 create M -", "1 - (changed) M - inferred"])
}

@Test func `an object that is written afterwards was not met by a deletecollection`() throws {
  let rows = history([
    try act("create", at: 1, code: 201, level: .metadata),
    try act("deletecollection", at: 2, level: .metadata, named: false),
    try act("patch", at: 3, level: .metadata),
  ])
  #expect(rows == ["1 r1 create M -", "1 r2 update M -"])
}

@Test func `a deletecollection says nothing about an object that was never seen or is gone`() throws {
  #expect(history([try act("deletecollection", at: 2, level: .metadata, named: false)]).isEmpty)
  let rows = history([
    try act("create", at: 1, code: 201, level: .metadata), try act("delete", at: 2, level: .metadata),
    try act("deletecollection", at: 3, level: .metadata, named: false),
    try act("create", at: 4, code: 201, level: .metadata),
  ])
  #expect(rows == ["1 r1 create M -", "1 - delete M -", "2 r2 create M -"])
}
