import AuditModel
import ObjectHistory
import Testing

// What looks odd in a log and is not: no finding is raised.

private let server = "system:serviceaccount:calico-system:calico-apiserver"
private let allow = ObjectKey(
  group: "projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "open")
private let storedOpen = ObjectKey(
  group: CalicoAccounts.storageGroup, resource: "globalnetworkpolicies", namespace: nil, name: "default.open")
private let calico = HistoryContext(showsCalicoAPI: true, aliases: [storedOpen])

private func openPolicy(_ version: Int, order: Int) -> String {
  #"{"kind":"GlobalNetworkPolicy","metadata":{"name":"open","uid":"p1","resourceVersion":"\#(version)"},"#
    + #""spec":{"order":\#(order)}}"#
}
private func storedPolicy(_ version: Int, order: Int) -> String {
  #"{"kind":"GlobalNetworkPolicy","metadata":{"name":"default.open","uid":"s1","resourceVersion":"\#(version)"},"#
    + #""spec":{"order":\#(order)}}"#
}

@Test func `a policy change that the aggregator and Calico's API server both logged is no borrowed auditID`() throws {
  let acts = [
    try act("create", at: 1, code: 201, key: allow, by: "alice", auditID: "a", response: openPolicy(1, order: 1)),
    // The aggregator passes the body on unread; Calico's server logs it, under the same auditID.
    try act("update", at: 20, level: .metadata, key: allow, by: "bob", auditID: "b"),
    try act("update", at: 21, key: allow, by: "bob", auditID: "b", request: "{}", response: openPolicy(2, order: 7)),
  ]
  #expect(findings(acts, of: allow, context: calico) == [])
}

@Test func `a dry run whose record does not say that it was one`() throws {
  func open(_ version: Int, generation: Int, order: Int) -> String {
    #"{"kind":"GlobalNetworkPolicy","metadata":{"name":"open","uid":"p1","generation":\#(generation),"#
      + #""resourceVersion":"\#(version)"},"spec":{"order":\#(order)}}"#
  }
  let labels = #"{"metadata":{"labels":{"app":"b"}}}"#
  let acts = [
    try act("create", at: 1, code: 201, key: allow, response: open(1, generation: 1, order: 1)),
    // Answered with what would have been stored, under the version that is.
    try act("patch", at: 20, key: allow, request: #"{"spec":{"order":7}}"#, response: open(1, generation: 2, order: 7)),
    try act("patch", at: 30, key: allow, request: labels, response: open(2, generation: 1, order: 1)),
  ]
  #expect(findings(acts, of: allow) == [])
}

@Test func `a deletion of a collection that ended nothing shows what the object was then`() throws {
  func spec(_ version: Int, _ order: Int) -> String {
    policy("u1", version, #""spec":{"order":\#(order)}"#, metadata: #""generation":\#(version)"#)
  }
  let acts = [
    try act("create", at: 1, code: 201, response: spec(1, 1)),
    try act(
      "deletecollection", at: 10, named: false, response: #"{"kind":"NetworkPolicyList","items":[\#(spec(1, 1))]}"#),
    try act("update", at: 20, request: spec(1, 2), response: spec(2, 2)),
  ]
  #expect(findings(acts) == [])
}

@Test func `endpoints that their controller makes anew went with their service`() throws {
  let endpoints = ObjectKey(group: "", resource: "endpoints", namespace: "shop", name: "web")
  func made(_ uid: String, at second: Int64, by: String, _ name: String = "") throws -> ActDetail {
    try act(
      "create", at: second, code: 201, key: endpoints, by: by, agent: "kube-controller-manager/v1.30.1" + name,
      response: #"{"kind":"Endpoints","metadata":{"name":"web","uid":"\#(uid)","resourceVersion":"\#(second)"}}"#)
  }
  let controller = "system:serviceaccount:kube-system:endpoint-controller"
  let first = try made("e1", at: 1, by: controller)
  #expect(findings([first, try made("e2", at: 9, by: controller)], of: endpoints) == [])
  #expect(findings([first, try made("e2", at: 9, by: "mallory")], of: endpoints).count == 1)
  // Without accounts of their own, controllers tell who they are in their user agent.
  let shared = "system:kube-controller-manager"
  #expect(findings([first, try made("e2", at: 9, by: shared, "/endpoint-controller")], of: endpoints) == [])
  #expect(findings([first, try made("e2", at: 9, by: shared, "/leader-election")], of: endpoints).count == 1)
}

@Test func `what an apply gives up and the API server fills in anew`() throws {
  func spec(_ type: String) -> String { #""spec":{"podSelector":{},"policyTypes":["\#(type)"]}"# }
  let apply = #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","spec":{"podSelector":{}}}"#
  let acts = [
    try act("patch", at: 1, code: 201, request: apply, response: policy("u1", 1, spec("Egress"))),
    try act(
      "patch", at: 20, request: apply, response: policy("u1", 2, spec("Ingress")), uri: "/apis?fieldManager=flux"),
  ]
  #expect(findings(acts) == [])
}

@Test func `what Calico's API server stores of a change of its API is no way past it`() throws {
  let acts = [
    try act("create", at: 1, code: 201, key: allow, by: "alice", response: openPolicy(1, order: 1)),
    try act("create", at: 2, code: 201, key: storedOpen, by: server, response: storedPolicy(1, order: 1)),
    try act("update", at: 20, key: allow, by: "bob", request: "{}", response: openPolicy(2, order: 7)),
    try act("update", at: 21, key: storedOpen, by: server, request: "{}", response: storedPolicy(2, order: 7)),
  ]
  #expect(findings(acts, of: allow, context: calico) == [])
  #expect(findings(acts.map { $0.by("mallory") }, of: allow, context: calico).count == 2, "the storage writes")
}

@Test func `a clock that was set back an hour and a half`() throws {
  let acts = [
    try act("create", at: 6000, code: 201, response: policy("u1", 10, metadata: #""generation":1"#)),
    try act("update", at: 6010, request: "{}", response: policy("u1", 20, metadata: #""generation":2"#)),
    try act(
      "update", at: 620, request: #"{"metadata":{"resourceVersion":"20"}}"#,
      response: policy("u1", 30, metadata: #""generation":3"#)),
    try act("delete", at: 630, response: #"{"kind":"Status","details":{"uid":"u1"}}"#),
    try act("create", at: 640, code: 201, response: policy("u2", 40, metadata: #""generation":1"#)),
  ]
  #expect(findings(acts) == [])
  #expect(history(acts).map { $0.split(separator: " ")[2] } == ["create", "update", "update", "delete", "create"])
}

@Test func `six writers at the same time, whose lines stand in the order in which they ended`() throws {
  let writers = ["alice", "bob", "carol", "dave", "eve", "gitops"]
  var acts = [try act("create", at: 1, code: 201, response: policy("u1", 100))]
  for round in 0..<6 {
    for (place, writer) in writers.enumerated() {
      // Each round's writes end in the reverse of the order in which they were stored.
      let write = try act(
        "patch", at: Int64(20 + round * 10 - place), by: writer, auditID: "\(writer)-\(round)",
        request: #"{"metadata":{"annotations":{"\#(writer)":"\#(round)"}}}"#,
        response: policy("u1", 101 + round * 6 + place, metadata: annotations(writers, round: round, upTo: place)))
      acts.append(write)
    }
  }
  #expect(findings(acts) == [])
  let versions = History.of(web, acts: acts).versions
  #expect(versions.map(\.resourceVersion) == (100...136).map(String.init))
}

/// Everybody's last annotation, after the writer at a place has written in a round.
private func annotations(_ writers: [String], round: Int, upTo place: Int) -> String {
  let members = writers.enumerated().compactMap { index, writer in
    let last = index <= place ? round : round - 1
    return last < 0 ? nil : #""\#(writer)":"\#(last)""#
  }
  return #""annotations":{\#(members.joined(separator: ","))}"#
}

@Test func `a write to the status, and one that the log leaves out`() throws {
  func withStatus(_ version: Int, _ phase: String) -> String {
    policy("u1", version, #""spec":{},"status":{"phase":"\#(phase)"}"#, metadata: #""generation":1"#)
  }
  let acts = [
    try act("create", at: 1, code: 201, response: policy("u1", 10, metadata: #""generation":1"#)),
    try act("update", at: 5, outcome: .subresource, subresource: "status", response: withStatus(15, "Pending")),
    // Version 20 was one more write to the status, by a component whose writes are not logged.
    try act(
      "update", at: 30, request: #"{"metadata":{"resourceVersion":"20"}}"#, response: withStatus(30, "Ready")),
  ]
  #expect(findings(acts) == [])
}

@Test func `an object that is older than the log`() throws {
  let metadata =
    #""generation":41,"creationTimestamp":"1970-01-01T00:00:02Z","managedFields":["#
    + #"{"manager":"helm","operation":"Update","time":"1970-01-01T00:00:03Z"}]"#
  let acts = [
    try act("patch", at: 500, code: 403, outcome: .denied),
    try act(
      "update", at: 600, request: #"{"metadata":{"resourceVersion":"9"}}"#,
      response: policy("u1", 10, metadata: metadata)),
  ]
  #expect(findings(acts) == [])
}

extension ActDetail {
  /// The same by somebody else where Calico's API server made it.
  fileprivate func by(_ name: String) -> ActDetail {
    var copy = self
    if act.by == server { copy.act.by = name }
    return copy
  }
}

@Test func `a deletecollection that listed an object before its last write`() throws {
  let item =
    #"{"metadata":{"name":"web","namespace":"shop","uid":"u1","resourceVersion":"10","labels":{"a":"1"}},"spec":{}}"#
  let acts = [
    try act("create", at: 1, code: 201, response: policy("u1", 10, metadata: #""labels":{"a":"1"}"#)),
    try act("update", at: 5, request: "{}", response: policy("u1", 30, metadata: #""labels":{"a":"2"}"#)),
    try act("deletecollection", at: 4, named: false, took: 3, response: #"{"kind":"List","items":[\#(item)]}"#),
  ]
  #expect(findings(acts) == [])
  #expect(history(acts).last == "1 - delete F -")
}
