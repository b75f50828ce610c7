import AuditModel
import ObjectHistory
import Testing

/// Findings in one line each: kind, numbers around it, evidence, paths.
func findings(_ acts: [ActDetail], of key: ObjectKey = web, context: HistoryContext = HistoryContext()) -> [String] {
  History.of(key, acts: acts, context: context).findings.map { finding in
    let numbers = [finding.after, finding.before].map { $0.map { "r\($0)" } ?? "-" }.joined(separator: "..")
    return
      ([finding.kind.rawValue, numbers] + [finding.evidence.joined(separator: "; ")]
      + (finding.paths.isEmpty ? [] : ["[\(finding.paths.joined(separator: ", "))]"])).joined(separator: " ")
  }
}

/// A stored policy with a generation, one label and the port that it allows.
private func stored(
  _ version: Int, generation: Int? = nil, label: String = "a", port: Int = 80, more: String = "", uid: String = "u1"
) -> String {
  let counted = generation.map { #""generation":\#($0),"# } ?? ""
  return policy(
    uid, version, #""spec":{"podSelector":{},"ports":[\#(port)]}"#,
    metadata: #"\#(counted)"labels":{"app":"\#(label)"}"# + (more.isEmpty ? "" : "," + more))
}

private func managed(_ entries: (manager: String, second: Int, part: String)...) -> String {
  let list = entries.map { entry in
    let part = entry.part.isEmpty ? "" : #","subresource":"\#(entry.part)""#
    let second = entry.second < 10 ? "0\(entry.second)" : "\(entry.second)"
    return #"{"manager":"\#(entry.manager)","operation":"Update","time":"1970-01-01T00:00:\#(second)Z"\#(part)}"#
  }
  return #""managedFields":[\#(list.joined(separator: ","))]"#
}

private func create(_ answer: String) throws -> ActDetail { try act("create", at: 1, code: 201, response: answer) }

// MARK: What raises one

@Test func `a generation that skips a number shows a write that no act shows`() throws {
  let acts = [
    try create(stored(10, generation: 1)),
    try act("update", at: 20, request: "{}", response: stored(30, generation: 3, port: 81)),
  ]
  #expect(findings(acts) == ["outside r1..r2 generation 1 -> 3 [spec.ports[0]]"])
  let finding = try #require(History.of(web, acts: acts).findings.first)
  #expect(finding.since == Timestamp(seconds: 1))
  #expect(finding.until == Timestamp(seconds: 20))
  #expect(finding.position == 1)
}

@Test func `a field that a patch does not touch cannot have changed by it`() throws {
  let patch = #"{"metadata":{"labels":{"app":"b"}}}"#
  let acts = [
    try create(stored(10)), try act("patch", at: 20, request: patch, response: stored(30, label: "b", port: 81)),
  ]
  #expect(
    findings(acts) == [
      "outside r1..r2 spec.ports[0] had changed before this patch, which does not touch it [spec.ports[0]]"
    ])
}

@Test func `an update that was sent with another version than the last logged one shows a write between`() throws {
  let request = #"{"metadata":{"resourceVersion":"15"}}"#
  let acts = [try create(stored(10)), try act("update", at: 20, request: request, response: stored(30))]
  #expect(findings(acts) == ["outside r1..r2 written on version 15, the last one in the log is 10"])
  let tested = #"[{"op":"test","path":"/metadata/resourceVersion","value":"15"}]"#
  #expect(
    findings([try create(stored(10)), try act("patch", at: 20, request: tested, response: stored(30))]) == [
      "outside r1..r2 written on version 15, the last one in the log is 10"
    ])
}

@Test func `the version in objectRef is the one that the client believed to be the last`() throws {
  let reference = ObjectReference(
    group: web.group, version: "v1", resource: web.resource, namespace: web.namespace, name: web.name,
    resourceVersion: "15")
  let update = try act("update", at: 20, object: reference, request: "{}", response: stored(30))
  #expect(
    findings([try create(stored(10)), update]) == [
      "outside r1..r2 written on version 15, the last one in the log is 10"
    ])
  #expect(findings([try create(stored(15)), update]) == [])
}

@Test func `a uid that was replaced without a deletion shows one`() throws {
  let other = stored(30, more: #""creationTimestamp":"1970-01-01T00:00:09Z""#, uid: "u2")
  #expect(
    findings([try create(stored(10)), try act("update", at: 20, request: "{}", response: other)]) == [
      "outside r1..r2 uid u1 -> u2, and no act deleted the first; the second was created at 1970-01-01T00:00:09Z"
    ])
  #expect(
    findings([try create(stored(10)), try act("create", at: 20, code: 201, response: stored(30, uid: "u2"))]) == [
      "outside r1..r2 uid u1 -> u2, and no act deleted the first"
    ])
}

@Test(arguments: [(1, 2), (2, 1), (1, 1)])
func `a uid that was replaced shows whichever way the lines of a file go`(first: Int, second: Int) throws {
  let status = #"{"kind":"Status","status":"Success","details":{"name":"web","uid":"u2"}}"#
  var acts = [try create(stored(10)), try act("delete", at: 20, response: status)]
  for (index, line) in [first, second].enumerated() {
    acts[index].act.source = SourcePosition(file: "a.json", line: line, offset: Int64(line), length: 1)
  }
  #expect(findings(acts) == ["outside r1..- uid u1 -> u2, and no act deleted the first"])
}

@Test func `a field manager whose write no act shows is named with its time`() throws {
  let before = stored(10, more: managed(("kubectl-create", 1, "")))
  let after = stored(30, more: managed(("kubectl-create", 1, ""), ("calicoctl", 9, ""), ("kubectl-label", 20, "")))
  let acts = [
    try create(before),
    try act(
      "update", at: 20, agent: "kubectl/v1", request: "{}", response: after, uri: "/apis?fieldManager=kubectl-label"),
  ]
  #expect(
    findings(acts) == [
      "outside r1..r2 managedFields: Update by calicoctl at 1970-01-01T00:00:09Z, which no act shows"
    ])
}

@Test func `a stranger in the very second of a logged write is told from its writer`() throws {
  let after = stored(30, more: managed(("calicoctl", 20, ""), ("kubectl-label", 20, "")))
  let acts = [
    try create(stored(10)),
    try act("update", at: 20, agent: "kubectl-label/v1", request: "{}", response: after),
  ]
  #expect(
    findings(acts) == [
      "outside r1..r2 managedFields: Update by calicoctl at 1970-01-01T00:00:20Z, which no act shows"
    ])
}

@Test func `a no-op that met another object than the last act left shows a change too`() throws {
  let met = try act(
    "patch", at: 20, outcome: .noop, request: #"{"metadata":{"labels":{"app":"z"}}}"#, response: stored(15, label: "z"))
  #expect(
    findings([try create(stored(10)), met]) == [
      "outside r1..- metadata.labels.app had changed before this patch, which does not touch it [metadata.labels.app]"
    ])
}

@Test func `what a deletecollection met may differ from what was logged last`() throws {
  let item = stored(15, port: 81).replacing(#""kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1","#, with: "")
  let list = #"{"kind":"NetworkPolicyList","items":[\#(item)]}"#
  #expect(
    findings([try create(stored(10)), try act("deletecollection", at: 20, named: false, response: list)]) == [
      "outside r1..- spec.ports[0] had changed before this deletecollection, which does not touch it [spec.ports[0]]"
    ])
}

// MARK: What raises none

@Test(arguments: [Outcome.unknown, .changed])
func `an act whose result is not known may account for anything`(outcome: Outcome) throws {
  let acts = [
    try create(stored(10, generation: 1)), try act("patch", at: 10, outcome: outcome, truncated: outcome == .changed),
    try act(
      "patch", at: 20, request: #"{"metadata":{"resourceVersion":"15"},"spec":{"x":1}}"#,
      response: stored(30, generation: 3, port: 81, more: managed(("kubectl", 10, "")))),
  ]
  #expect(findings(acts).isEmpty)
}

@Test func `a deletecollection that the object outlived accounts for nothing`() throws {
  let acts = [
    try create(stored(10, generation: 1)), try act("deletecollection", at: 10, level: .metadata, named: false),
    try act("update", at: 20, request: "{}", response: stored(30, generation: 3)),
    try act("update", at: 40, request: "{}", response: stored(50, generation: 1, uid: "u2")),
  ]
  #expect(
    findings(acts) == ["outside r1..r2 generation 1 -> 3", "outside r2..r3 uid u1 -> u2, and no act deleted the first"])
}

@Test func `a deletecollection may have begun to delete what finalizers hold`() throws {
  let held = #""finalizers":["a/b"]"#
  let deleted = held + #","deletionTimestamp":"1970-01-01T00:00:10Z""#
  let request = #"{"metadata":{"resourceVersion":"15"}}"#
  let acts = [
    try create(stored(10, generation: 1, more: held)),
    try act("deletecollection", at: 10, level: .metadata, named: false),
    try act("update", at: 20, request: request, response: stored(30, generation: 3, port: 81, more: deleted)),
  ]
  #expect(findings(acts) == [])
}

@Test func `a refused write accounts for nothing`() throws {
  let acts = [
    try create(stored(10, generation: 1)), try act("patch", at: 10, code: 403, outcome: .denied),
    try act("update", at: 20, request: "{}", response: stored(30, generation: 3)),
  ]
  #expect(findings(acts) == ["outside r1..r2 generation 1 -> 3"])
}

@Test func `writes at the same time are put in order by version before they are compared`() throws {
  let acts = [
    try create(stored(10, generation: 1, port: 1)),
    try act("update", at: 22, request: "{}", response: stored(20, generation: 2, port: 2)),
    try act("patch", at: 21, request: #"{"spec":{"ports":[3]}}"#, response: stored(30, generation: 3, port: 3)),
    try act(
      "update", at: 20, request: #"{"metadata":{"resourceVersion":"30"}}"#, response: stored(40, generation: 4, port: 4)
    ),
  ]
  #expect(findings(acts).isEmpty)
}

@Test func `an object older than the log, and a clock that was set back, raise nothing`() throws {
  let old = stored(10, generation: 7, more: managed(("kubectl", 3, "")))
  let acts = [
    try act("update", at: 50, request: #"{"metadata":{"resourceVersion":"9"}}"#, response: old),
    try act(
      "patch", at: 20, request: #"{"spec":{}}"#, response: stored(20, generation: 8, more: managed(("kubectl", 3, "")))),
  ]
  #expect(findings(acts).isEmpty)
}

@Test func `status writes may go unlogged`() throws {
  let before = stored(10, generation: 1)
  let after = stored(30, generation: 1, more: managed(("kubelet", 9, "status")))
    .replacing(#""spec""#, with: #""status":{"phase":"Running"},"spec""#)
  #expect(
    findings([
      try create(before), try act("patch", at: 20, request: #"{"metadata":{"resourceVersion":"25"}}"#, response: after),
    ]).isEmpty)
}

@Test func `dry runs and no-ops that met the known version raise nothing`() throws {
  let acts = [
    try create(stored(10, generation: 1)),
    try act("patch", at: 10, outcome: .dryrun, response: stored(10, generation: 2, port: 99)),
    try act("patch", at: 11, outcome: .noop, request: "{}", response: stored(10, generation: 1)),
    try act("patch", at: 20, request: #"{"spec":{"ports":[81]}}"#, response: stored(30, generation: 2, port: 81)),
  ]
  #expect(findings(acts).isEmpty)
}

@Test func `an apply may take away what it names no more, and the server keeps last-applied`() throws {
  let note = "kubectl.kubernetes.io/last-applied-configuration"
  let before = stored(10, more: #""annotations":{"\#(note)":"1","x":"y"}"#)
  let after = stored(30, more: #""annotations":{"\#(note)":"2"}"#)
  let apply = #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"web"}}"#
  let applied = try act("patch", at: 20, request: apply, response: after, uri: "/apis?fieldManager=flux")
  #expect(findings([try create(before), applied]).isEmpty)
  let merge = try act("patch", at: 20, request: #"{"metadata":{"labels":{"app":"a"}}}"#, response: after)
  #expect(findings([try create(before), merge]).count == 1)
}

@Test(arguments: ["/apis", "/apis?fieldManager=argo"])
func `a whole manifest that is no apply takes nothing away and leaves an entry of its own`(uri: String) throws {
  let sent =
    #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"web","labels":{"app":"a"}}}"#
  let before = stored(10, more: #""annotations":{"x":"y"}"#)
  func patched(_ answer: String) throws -> [String] {
    let patch = try act("patch", at: 20, agent: "argo/v1", request: sent, response: answer, uri: uri)
    return findings([try create(before), patch])
  }
  let less = stored(30, more: managed(("argo", 20, "")))
  #expect(
    try patched(less) == [
      "outside r1..r2 metadata.annotations.x had changed before this patch, which does not touch it "
        + "[metadata.annotations.x]"
    ])
  // By the clock of another server.
  #expect(try patched(stored(30, more: #""annotations":{"x":"y"},"# + managed(("argo", 50, "")))) == [])
}

@Test func `what keepers of a status note in annotations is upkeep, and labels are not`() throws {
  func keeper(_ part: String, _ fields: String) -> String {
    #""managedFields":[{"manager":"multus","operation":"Update","time":"1970-01-01T00:00:09Z"\#(part),"#
      + #""fieldsV1":\#(fields)}]"#
  }
  func patched(_ managers: String, _ note: String, label: String = "a") throws -> Int {
    let patch = #"{"metadata":{"annotations":{"mine":"1"}}}"#
    let after = stored(30, label: label, more: #""annotations":{"mine":"1"\#(note)},"# + managers)
    return findings([try create(stored(10)), try act("patch", at: 20, request: patch, response: after)]).count
  }
  let note = #","net/status":"{}""#
  let owned = #"{"f:metadata":{"f:annotations":{"f:net/status":{}},"f:labels":{"f:app":{}}}}"#
  let part = #","subresource":"status""#
  #expect(try patched(keeper(part, owned), note) == 0)
  #expect(try patched(keeper(part, owned), note + #","other":"1""#) == 1)
  #expect(try patched(keeper(part, owned), "", label: "b") == 1)
  // API servers before 1.22 name no subresource: what owns nothing but the status kept it.
  #expect(try patched(keeper("", #"{"f:status":{"f:phase":{}}}"#), "") == 0)
  #expect(try patched(keeper("", #"{"f:status":{"f:phase":{}},"f:spec":{}}"#), "") == 1)
}

@Test func `managedFields that kubectl moves by hand, or that the server makes up, have no writer`() throws {
  let move =
    #"[{"op":"replace","path":"/metadata/managedFields","value":[{"manager":"kubectl","operation":"Update","time":"1970-01-01T00:00:05Z"}]}]"#
  let after = stored(30, more: managed(("kubectl", 5, ""), ("before-first-apply", 6, ""), ("ancient-changes", 7, "")))
  #expect(findings([try create(stored(10)), try act("patch", at: 20, request: move, response: after)]).isEmpty)
}

@Test func `entries of managedFields that a JSON patch alters one by one have no writer`() throws {
  let before = stored(10, more: managed(("kubectl-create", 1, ""), ("helm", 1, "")))
  let after = stored(30, more: managed(("kubectl-create", 1, ""), ("flux", 7, "")))
  func patched(_ operations: String, from before: String = before) throws -> [String] {
    findings([try create(before), try act("patch", at: 20, request: operations, response: after)])
  }
  let one =
    #"[{"op":"replace","path":"/metadata/managedFields/1/manager","value":"flux"},"#
    + #"{"op":"replace","path":"/metadata/managedFields/1/time","value":"1970-01-01T00:00:07Z"}]"#
  let added =
    #"[{"op":"remove","path":"/metadata/managedFields/1"},{"op":"add","path":"/metadata/managedFields/-","#
    + #""value":{"manager":"flux","operation":"Update","time":"1970-01-01T00:00:07Z"}}]"#
  #expect(try patched(one) == [])
  #expect(try patched(added) == [])
  // Without the entries before, what a patch makes of them is anybody's guess.
  #expect(try patched(one, from: stored(10)) == [])
  let other = #"[{"op":"replace","path":"/metadata/managedFields/0/manager","value":"kubectl-create"}]"#
  #expect(
    try patched(other) == ["outside r1..- managedFields: Update by flux at 1970-01-01T00:00:07Z, which no act shows"])
}

@Test func `where a webhook altered the request its content shows nothing`() throws {
  let acts = [
    try create(stored(10)),
    try act(
      "patch", at: 20, request: #"{"metadata":{"labels":{"app":"b"}}}"#, response: stored(30, label: "b", port: 81),
      annotations: [("patch.webhook.admission.k8s.io/round_0_index_0", "{}")]),
  ]
  #expect(findings(acts).isEmpty)
}

@Test func `two lives that only times put in order are not told apart once a clock was set back`() throws {
  func update(_ uid: String, at second: Int64, took: Double) throws -> ActDetail {
    let reference = ObjectReference(
      group: web.group, version: "v1", resource: web.resource, namespace: "shop", name: "web", uid: uid)
    return try act("update", at: second, level: .metadata, object: reference, took: took)
  }
  #expect(findings([try update("u1", at: 10, took: 0), try update("u2", at: 20, took: 0)]).count == 1)
  #expect(
    findings(
      [try update("u1", at: 10, took: 0), try update("u2", at: 20, took: 0)],
      context: HistoryContext(hasClockSteps: true)
    ).isEmpty)
  #expect(
    findings([try update("u1", at: 10, took: 0), try update("u2", at: 8, took: 0), try update("u1", at: 7, took: 0)])
      .isEmpty)
}

@Test func `a replacement of which both halves were cut away raises nothing`() throws {
  let acts = [
    try create(stored(10)), try act("delete", at: 5, truncated: true),
    try act("create", at: 6, code: 201, truncated: true),
    try act("update", at: 20, request: "{}", response: stored(30, uid: "u2")),
  ]
  #expect(findings(acts).isEmpty)
}

@Test func `after a step of the clock an act without a version may stand anywhere`() throws {
  // By the clock it came before the object; its entry in managedFields tells that it came after.
  let cut = try act("patch", at: 2, truncated: true)
  let first = try act("create", at: 50, code: 201, response: stored(10, generation: 1))
  let after = stored(30, generation: 1, more: managed(("kubectl", 2, "")))
  #expect(findings([cut, first, try act("patch", at: 55, request: "{}", response: after)]).isEmpty)
  let jump = try act("update", at: 55, request: "{}", response: stored(30, generation: 3))
  #expect(findings([cut, first, jump]).count == 1)
  #expect(findings([cut, first, jump], context: HistoryContext(hasClockSteps: true)).isEmpty)
}

@Test func `a recreation after a logged deletion, or that of the namespace, raises nothing`() throws {
  let again = try act("create", at: 20, code: 201, response: stored(30, uid: "u2"))
  let gone = #"{"kind":"Status","details":{"name":"web","uid":"u1"}}"#
  #expect(findings([try create(stored(10)), try act("delete", at: 5, response: gone), again]).isEmpty)
  #expect(findings([try create(stored(10)), try act("delete", at: 5, truncated: true), again]).isEmpty)
  #expect(
    findings([try create(stored(10)), try act("deletecollection", at: 5, level: .metadata, named: false), again])
      .isEmpty)
  let context = HistoryContext(namespaceDeletions: [Timestamp(seconds: 6)])
  #expect(findings([try create(stored(10)), again], context: context).isEmpty)
}

// MARK: Past the Calico API

private let stored1 = ObjectKey(
  group: "crd.projectcalico.org", resource: "globalnetworksets", namespace: nil, name: "web")

@Test(arguments: [
  ("alice", nil, true), ("system:serviceaccount:calico-system:calico-apiserver", nil, false),
  ("system:serviceaccount:shop:calico-node", nil, true),
  ("alice", "system:serviceaccount:kube-system:calico-node", true),
])
func `a write to Calico's storage is past the API unless Calico made it`(by: String, asUser: String?, isFound: Bool)
  throws
{
  let write = try act("update", at: 3, key: stored1, by: by, asUser: asUser, agent: "kubectl/v1.34", request: "{}")
  let refused = try act("update", at: 4, code: 403, outcome: .denied, key: stored1, by: "mallory")
  let context = HistoryContext(showsCalicoAPI: true)
  let found = findings([write, refused], of: stored1, context: context)
  #expect(found.count == (isFound ? 1 : 0))
  if isFound, asUser == nil, by == "alice" {
    #expect(
      found == [
        "bypass -..r1 update of crd.projectcalico.org by alice with kubectl/v1.34, past the projectcalico.org API"
      ])
  }
  #expect(findings([write, refused], of: stored1).isEmpty)
}

@Test func `what Kubernetes clears up after a deletion is no way past the API`() throws {
  let cleaner = "system:serviceaccount:kube-system:namespace-controller"
  let context = HistoryContext(showsCalicoAPI: true)
  #expect(findings([try act("delete", at: 3, key: stored1, by: cleaner)], of: stored1, context: context).isEmpty)
  #expect(findings([try act("update", at: 3, key: stored1, by: cleaner)], of: stored1, context: context).count == 1)
  // Without accounts of their own, controllers tell who they are in their user agent.
  func shared(_ verb: String, _ name: String) throws -> Int {
    let agent = "kube-controller-manager/v1.30.1 (linux/amd64) kubernetes/6911225" + name
    let delete = try act(verb, at: 3, key: stored1, by: "system:kube-controller-manager", agent: agent)
    return findings([delete], of: stored1, context: context).count
  }
  #expect(try shared("delete", "/generic-garbage-collector") == 0)
  #expect(try shared("delete", "") == 1)
  #expect(try shared("update", "/generic-garbage-collector") == 1)
}

// MARK: Borrowed auditIDs

@Test func `one auditID on two requests is told, on the two records of one it is not`() throws {
  let first = try act("update", at: 3, by: "alice", auditID: "x", request: "{}")
  #expect(
    findings([first, try act("patch", at: 9, by: "bob", auditID: "x", request: "{}")]) == [
      "reused r1..- auditID x of the update by alice at 1970-01-01T00:00:03.000000Z again"
    ])
  #expect(findings([first, try act("update", at: 4, by: "alice", auditID: "x", request: "{}")]).isEmpty)
  #expect(
    findings([first], context: HistoryContext(reusedAuditIDs: ["x"])) == [
      "reused -..r1 auditID x stands on a request about something else too"
    ])
}

@Test func `a finding's row has all that cli promises`() throws {
  let acts = [
    try create(stored(10, generation: 1)),
    try act("update", at: 20, request: "{}", response: stored(30, generation: 3, port: 81)),
  ]
  #expect(
    History.of(web, acts: acts).findings.first?.row.json
      == #"{"schema":"whodiff.finding/1","finding":"outside","object":{"#
      + #""group":"networking.k8s.io","kind":"NetworkPolicy","resource":"networkpolicies","namespace":"shop","name":"web"},"#
      + #""after":1,"before":2,"paths":["spec.ports[0]"],"evidence":["generation 1 -> 3"],"#
      + #""since":"1970-01-01T00:00:01.000000Z","until":"1970-01-01T00:00:20.000000Z"}"#)
}
