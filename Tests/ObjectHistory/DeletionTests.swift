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

@Test func `a deletion of the collection in Calico's storage ends the object of the public API`() throws {
  let (key, stored) = (
    ObjectKey(group: "projectcalico.org", resource: "networkpolicies", namespace: "shop", name: "web"),
    ObjectKey(
      group: CalicoAccounts.storageGroup, resource: "networkpolicies", namespace: "shop", name: "default.web")
  )
  func told(_ answer: String?) throws -> [String] {
    rows(
      History.of(
        key,
        acts: [
          try act("create", at: 1, code: 201, key: key, response: policy("u1", 1)),
          try act("deletecollection", at: 9, key: stored, named: false, response: answer),
          try act(
            "deletecollection", at: 10, key: key, named: false, response: #"{"kind":"NetworkPolicyList","items":[]}"#),
        ], context: HistoryContext(aliases: [stored])))
  }
  let item = #"{"metadata":{"name":"default.web","namespace":"shop","uid":"s1","resourceVersion":"1"},"spec":{}}"#
  let other = #"{"metadata":{"name":"web","namespace":"shop","uid":"s2","resourceVersion":"1"},"spec":{}}"#
  #expect(try told(#"{"kind":"NetworkPolicyList","items":[\#(item)]}"#).last == "1 - delete F -")
  #expect(try told(#"{"kind":"NetworkPolicyList","items":[\#(other)]}"#).count == 1)
  #expect(try told(nil).last == "1 - delete R - inferred")
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

// MARK: Deletions that only begin

private let kubelet = "system:node:worker-1"

@Test func `a deletion that was accepted and is not done only begins`() throws {
  let create = try act("create", at: 1, code: 201, level: .metadata)
  let delete = try act("delete", at: 2, code: 202, level: .metadata)
  #expect(history([create, delete]) == ["1 r1 create M -", "1 r2 terminating M -"])
  let after = try act("patch", at: 9, level: .metadata)
  #expect(history([create, delete, after]) == ["1 r1 create M -", "1 r2 terminating M -", "1 r3 update M -"])
  // Whatever the answer was; the object is gone once another of its name is made.
  let told = try act("delete", at: 2, code: 202, response: #"{"kind":"Status","details":{"name":"web"}}"#)
  let again = try act("create", at: 20, code: 201, response: policy("u2", 9))
  #expect(history([told, again]) == ["1 r1 terminating M -", "2 r2 create F 9 manifest"])
}

@Test(arguments: [
  ("patch", Outcome.changed, "1 r3 update M -"), ("delete", .changed, "1 - delete M -"),
  ("update", .noop, "1 - (noop) - -"),
])
func `what is written or deleted again was still there`(verb: String, outcome: Outcome, last: String) throws {
  let rows = history([
    try act("create", at: 1, code: 201, level: .metadata), try act("delete", at: 2, level: .metadata),
    try act(verb, at: 3, outcome: outcome, level: .metadata),
  ])
  #expect(rows == ["1 r1 create M -", "1 r2 terminating M -", last])
}

@Test func `what was refused, made anew or begun before the deletion ended says nothing of it`() throws {
  let create = try act("create", at: 1, code: 201, level: .metadata)
  let delete = try act("delete", at: 2, level: .metadata, took: 3)
  for (next, row) in [
    (try act("patch", at: 9, code: 404, outcome: .failed, level: .metadata), "1 - (failed) - -"),
    (try act("create", at: 9, code: 201, level: .metadata), "2 r2 create M -"),
    (try act("patch", at: 4, level: .metadata, took: 2), "1 r2 update M -"),
  ] {
    #expect(history([create, delete, next]) == ["1 r1 create M -", "1 - delete M -", row])
  }
}

@Test func `an object that a read shows with its deletionTimestamp was still there`() throws {
  let held = policy("u1", 4, metadata: #""deletionTimestamp":"2026-11-20T00:00:00Z","finalizers":["a/b"]"#)
  let create = try act("create", at: 1, code: 201, response: policy("u1", 1))
  let delete = try act("delete", at: 2, level: .metadata)
  let got = try act("get", at: 3, outcome: .read, response: held)
  #expect(history([create, delete, got]) == ["1 r1 create F 1 manifest", "1 r2 terminating R - manifest"])
  // A cache may show what is gone as it was.
  let stale = try act("get", at: 3, outcome: .read, response: policy("u1", 1))
  #expect(history([create, delete, stale]) == ["1 r1 create F 1 manifest", "1 - delete M -"])
}

@Test func `an eviction begins what the kubelet ends`() throws {
  let terminating = podAnswer(542, grace: 30)
  let rows = history(
    [
      try act(
        "create", at: 1, code: 201, key: pod, subresource: "eviction",
        response: #"{"kind":"Status","status":"Success"}"#),
      try act(
        "patch", at: 2, outcome: .subresource, key: pod, subresource: "status", by: kubelet, response: terminating),
      try act("delete", at: 3, key: pod, by: kubelet, response: podAnswer(553, grace: 0)),
    ], of: pod)
  #expect(
    rows == ["1 r1 terminating M -", "1 - update F 542 manifest", "1 - delete F -"])
}

@Test func `a pod's two deletions of level Request begin and end it`() throws {
  let body = #"{"kind":"Pod","metadata":{"name":"cart","namespace":"shop"},"spec":{}}"#
  let acts = [
    try act("create", at: 1, code: 201, level: .request, key: pod, request: body),
    try act("delete", at: 2, level: .request, key: pod, request: #"{"kind":"DeleteOptions"}"#),
    try act(
      "patch", at: 3, level: .request, key: pod, request: #"{"metadata":{"labels":{"a":"b"}}}"#),
    try act(
      "delete", at: 4, level: .request, key: pod, by: kubelet,
      request: #"{"kind":"DeleteOptions","gracePeriodSeconds":0}"#),
  ]
  #expect(
    history(acts, of: pod) == [
      "1 r1 create R - manifest", "1 r2 terminating R - manifest", "1 r3 update R - manifest", "1 - delete R -",
    ])
}

@Test(arguments: [(5, "1 r3 terminating R - manifest"), (30, "1 - (noop) - -"), (60, "1 - (noop) - -")])
func `a second deletion may leave a pod less time`(seconds: Int, row: String) throws {
  let body = #"{"kind":"Pod","metadata":{"name":"cart","namespace":"shop"},"spec":{}}"#
  func delete(at second: Int64, _ options: String) throws -> ActDetail {
    try act("delete", at: second, level: .request, key: pod, request: #"{"kind":"DeleteOptions"\#(options)}"#)
  }
  let acts = [
    try act("create", at: 1, code: 201, level: .request, key: pod, request: body), try delete(at: 2, ""),
    try delete(at: 3, #","gracePeriodSeconds":\#(seconds)"#), try delete(at: 9, #","gracePeriodSeconds":0"#),
  ]
  #expect(
    history(acts, of: pod) == ["1 r1 create R - manifest", "1 r2 terminating R - manifest", row, "1 - delete R -"])
}

@Test func `who waits for dependents or leaves them begins a deletion, in the body or in the URI`() throws {
  let body = #"{"kind":"NetworkPolicy","metadata":{"name":"web","namespace":"shop"},"spec":{"podSelector":{}}}"#
  func acts(_ policy: String, _ rest: String) throws -> [ActDetail] {
    [
      try act("create", at: 1, code: 201, level: .request, request: body),
      try act(
        "delete", at: 2, level: .request, request: #"{"kind":"DeleteOptions","propagationPolicy":"\#(policy)"}"#),
      try act(
        "patch", at: 3, level: .request, by: "system:serviceaccount:kube-system:generic-garbage-collector",
        request: #"{"metadata":{"resourceVersion":"4","finalizers":\#(rest)}}"#),
    ]
  }
  let begun = ["1 r1 create R - manifest", "1 r2 terminating R - manifest"]
  for rest in ["[]", "null"] {
    for policy in ["Foreground", "Orphan"] {
      #expect(history(try acts(policy, rest)) == begun + ["1 - delete R -"], "\(policy) \(rest)")
    }
  }
  #expect(history(try acts("Orphan", #"["a/b"]"#)) == begun + ["1 r3 update R - manifest"])
  #expect(
    History.of(web, acts: try acts("Foreground", "[]")).revisions[1].manifest?["metadata", "finalizers"]?.json
      == #"["foregroundDeletion"]"#)
  let inURI = try act("delete", at: 2, level: .metadata, uri: "/apis?propagationPolicy=Foreground")
  #expect(history([inURI]) == ["1 r1 terminating M -"])
}

@Test func `a second deletion of level Request alters nothing`() throws {
  let body = #"{"kind":"NetworkPolicy","metadata":{"name":"web","namespace":"shop","finalizers":["a/b"]},"spec":{}}"#
  let options = #"{"kind":"DeleteOptions","propagationPolicy":"Background"}"#
  let acts = [
    try act("create", at: 1, code: 201, level: .request, request: body),
    try act("delete", at: 2, level: .request, request: options),
    try act("delete", at: 3, level: .request, request: options),
    try act(
      "patch", at: 4, level: .request, request: #"[{"op":"remove","path":"/metadata/finalizers"}]"#),
  ]
  #expect(
    history(acts) == [
      "1 r1 create R - manifest", "1 r2 terminating R - manifest", "1 - (noop) - -", "1 - delete R -",
    ])
  // Without the object nobody knows; it is no version all the same.
  #expect(history(Array(acts[1...2])) == ["1 r1 terminating M -", "1 - delete R -"])
  let unknown = [acts[1], acts[2], try act("patch", at: 9, level: .metadata)]
  #expect(history(unknown) == ["1 r1 terminating M -", "1 - terminating M -", "1 r2 update M -"])
}

@Test func `a namespace ends when its last finalizer is taken away`() throws {
  let key = ObjectKey(group: "", resource: "namespaces", namespace: nil, name: "legacy")
  func finalize(_ level: Level, _ request: String? = nil, _ response: String? = nil) throws -> ActDetail {
    try act(
      "update", at: 9, outcome: .subresource, level: level, key: key, subresource: "finalize", request: request,
      response: response)
  }
  let create = try act("create", at: 1, code: 201, level: .metadata, key: key)
  let delete = try act("delete", at: 2, level: .metadata, key: key)
  let begun = ["1 r1 create M -", "1 r2 terminating M -"]
  #expect(history([create, delete], of: key) == begun)
  #expect(history([create, delete, try finalize(.metadata)], of: key) == begun + ["1 - delete M -"])
  func namespace(_ finalizers: String) -> String {
    #"{"kind":"Namespace","metadata":{"name":"legacy","uid":"n1","resourceVersion":"7","#
      + #""deletionTimestamp":"2026-11-20T00:00:00Z"},"spec":{\#(finalizers)}}"#
  }
  let other = #""finalizers":["openshift.io/origin"]"#
  #expect(
    history([create, delete, try finalize(.request, namespace(""))], of: key) == begun + ["1 - delete R -"])
  #expect(
    history([create, delete, try finalize(.request, namespace(other))], of: key) == begun + ["1 - update M -"])
  #expect(
    history([delete, try finalize(.requestResponse, nil, namespace(""))], of: key).last == "1 - delete F -")
  // Finalizers of a namespace that nobody deletes may be set too.
  #expect(history([create, try finalize(.metadata)], of: key) == ["1 r1 create M -", "1 - update M -"])
}

@Test func `an object with finalizers outlives the deletecollection that met it`() throws {
  let held = #"""
    {"kind":"NetworkPolicyList","items":[{"metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"1",
    "finalizers":["a/b"]},"spec":{}}]}
    """#
  let rows = history([
    try act("create", at: 1, code: 201, response: policy("u1", 1, metadata: #""finalizers":["a/b"]"#)),
    try act("deletecollection", at: 2, named: false, response: held),
    try act("patch", at: 3, response: policy("u1", 4, metadata: #""deletionTimestamp":"2026-11-20T00:00:00Z""#)),
  ])
  #expect(rows == ["1 r1 create F 1 manifest", "1 r2 terminating R - manifest", "1 - delete F -"])
  let body = #"{"kind":"NetworkPolicy","metadata":{"name":"web","finalizers":["a/b"]}}"#
  let inferred = history([
    try act("create", at: 1, code: 201, level: .request, request: body),
    try act("deletecollection", at: 2, level: .request, named: false),
    try act("patch", at: 3, level: .request, request: #"{"metadata":{"finalizers":null}}"#),
  ])
  #expect(inferred == ["1 r1 create R - manifest", "1 r2 terminating R - inferred manifest", "1 - delete R -"])
}

@Test func `a deletecollection is the write that what it met shows next`() throws {
  func item(_ version: Int, _ more: String = "") -> String {
    #"{"metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"\#(version)","generation":1,"#
      + #""finalizers":["a/b"]\#(more)},"spec":{}}"#
  }
  func met(_ item: String, at second: Int64) throws -> ActDetail {
    try act("deletecollection", at: second, named: false, response: #"{"kind":"List","items":[\#(item)]}"#)
  }
  let held = #""finalizers":["a/b"],"deletionTimestamp":"2026-11-20T00:00:00Z""#
  let acts = [
    try act("create", at: 1, code: 201, response: policy("u1", 1, metadata: #""generation":1,"finalizers":["a/b"]"#)),
    try met(item(1), at: 2),
    // It was on its way already; the act did something to others.
    try met(item(4, #","deletionTimestamp":"2026-11-20T00:00:00Z""#), at: 3),
    try act(
      "update", at: 9, request: #"{"metadata":{"resourceVersion":"4"}}"#,
      response: policy("u1", 7, #""spec":{"podSelector":{}}"#, metadata: #""generation":3,\#(held)"#)),
  ]
  #expect(
    history(acts) == [
      "1 r1 create F 1 manifest", "1 r2 terminating R - manifest", "1 - terminating M -", "1 r3 update F 7 manifest",
    ])
  #expect(findings(acts) == [])
  let widget = ObjectKey(group: "example.com", resource: "widgets", namespace: "shop", name: "web")
  let made = #"{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"web","uid":"u1"},"spec":{}}"#
  let known = History.of(
    widget,
    acts: [
      try act("create", at: 1, code: 201, key: widget, response: made),
      try act(
        "deletecollection", at: 2, key: widget, named: false, response: #"{"kind":"List","items":[\#(item(1))]}"#),
    ])
  #expect(known.revisions.last?.manifest?["kind"]?.string == "Widget")
}

@Test func `pods of a deletecollection end when the kubelet is done`() throws {
  let list = #"{"kind":"PodList","items":[{"metadata":{"name":"cart","namespace":"shop","uid":"p1"},"spec":{}}]}"#
  let create = try act("create", at: 1, code: 201, level: .metadata, key: pod)
  let done = try act("delete", at: 9, level: .metadata, key: pod, by: kubelet)
  let met = try act("deletecollection", at: 2, key: pod, named: false, response: list)
  #expect(
    history([create, met, done], of: pod) == ["1 r1 create M -", "1 r2 terminating R - manifest", "1 - delete M -"])
  #expect(history([create, met], of: pod) == ["1 r1 create M -", "1 - delete F -"])
  let unnamed = try act("deletecollection", at: 2, level: .metadata, key: pod, named: false)
  #expect(
    history([create, unnamed, done], of: pod) == [
      "1 r1 create M -", "1 r2 terminating M - inferred", "1 - delete M -",
    ])
}

// MARK: When a deletion was

@Test func `a deletion whose answer was not logged has the time that the next answer shows`() throws {
  let held = #""finalizers":["a/b"]"#
  let acts = [
    try act("create", at: 1, code: 201, response: policy("u1", 1, metadata: held)),
    try act("delete", at: 2, level: .metadata, took: 0.9),
    try act("patch", at: 9, level: .request, request: #"{"metadata":{"labels":{"a":"1"}}}"#),
    try act(
      "patch", at: 20, request: #"{"metadata":{"labels":{"b":"1"}}}"#,
      response: policy(
        "u1", 4,
        metadata: held + #","deletionTimestamp":"1970-01-01T00:00:03Z","deletionGracePeriodSeconds":0"#
          + #","labels":{"a":"1","b":"1"}"#)),
  ]
  let revisions = History.of(web, acts: acts).revisions
  #expect(revisions.map { $0.operation?.rawValue } == ["create", "terminating", "update", "update"])
  for revision in revisions.dropFirst() {
    #expect(revision.manifest?["metadata", "deletionTimestamp"]?.string == "1970-01-01T00:00:03Z")
    #expect(revision.manifest?["metadata", "deletionGracePeriodSeconds"]?.integer == 0)
  }
  // Without one it is the second in which the deletion was answered.
  let unanswered = History.of(web, acts: Array(acts.dropLast())).revisions
  #expect(unanswered[1].manifest?["metadata", "deletionTimestamp"]?.string == "1970-01-01T00:00:02Z")
}

@Test func `a pod is to be gone when its time is over, and sooner once it is given less`() throws {
  func deletion(at second: Int64, seconds: String) throws -> ActDetail {
    try act("delete", at: second, level: .request, key: pod, request: #"{"gracePeriodSeconds":\#(seconds)}"#)
  }
  let made = #"{"kind":"Pod","metadata":{"name":"cart","uid":"p1"},"spec":{"terminationGracePeriodSeconds":60}}"#
  let label = #"{"metadata":{"labels":{"a":"1"}}}"#
  func times(_ seconds: [String]) throws -> [String?] {
    var acts = [try act("create", at: 1, code: 201, level: .request, key: pod, request: made)]
    for (index, text) in seconds.enumerated() { acts.append(try deletion(at: Int64(10 + index), seconds: text)) }
    acts.append(try act("patch", at: 20, level: .request, key: pod, request: label))
    return History.of(pod, acts: acts).revisions.filter { $0.operation == .terminating }.map {
      $0.manifest?["metadata", "deletionTimestamp"]?.string
    }
  }
  #expect(try times(["null", "5"]) == ["1970-01-01T00:01:10Z", "1970-01-01T00:00:15Z"])
  // Any number may stand in a log.
  #expect(try times(["9223372036854775807", "-9223372036854775808"]).count == 2)
}
