import AuditModel
import ObjectHistory
import Testing

private let apply = #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"labels":{"n":"1"}}}"#
private let handover =
  #"[{"op":"replace","path":"/metadata/managedFields","value":[]},"#
  + #"{"op":"replace","path":"/metadata/resourceVersion","value":"1"}]"#

/// An answer to a patch; each apply gives the label another value.
private func answer(_ version: Int, _ body: String? = apply, uid: String = "u1", generation: Int? = nil) -> String {
  let label = #""labels":{"n":"\#(body == apply ? version : version - 1)"}"#
  return policy(uid, version, metadata: label + (generation.map { #","generation":\#($0)"# } ?? ""))
}

private func created() throws -> ActDetail { try act("create", at: 0, code: 201, response: policy("u1", 1)) }

/// One patch by alice's kubectl at a millisecond. Nil for a version: accepted, and it made none.
private func patch(
  _ at: Int64, _ version: Int?, _ body: String? = apply, manager: String = "kubectl", more: String = "&force=true",
  by: String = "alice", agent: String = "kubectl/v1.34", outcome: Outcome = .changed, generation: Int? = nil,
  subresource: String? = nil
) throws -> ActDetail {
  var detail = try act(
    "patch", at: at, outcome: outcome, level: body == nil ? .metadata : .requestResponse, subresource: subresource,
    by: by, agent: agent, request: body,
    response: body == nil ? nil : version.map { answer($0, body, generation: generation) },
    uri: "/apis?fieldManager=\(manager)\(more)")
  detail.act.time = Timestamp(microseconds: 10_000_000 + at * 1000)
  return detail
}

/// The versions and outcomes in each burst: `2 3 noop`.
private func bursts(_ acts: [ActDetail], context: HistoryContext = HistoryContext()) throws -> [String] {
  let history = History.of(web, acts: [try created()] + acts, context: context)
  return history.bursts.map { rows in
    history.revisions[rows].map { $0.number.map(String.init) ?? $0.act?.outcome.name ?? "-" }.joined(separator: " ")
  }
}

@Test func `the four patches of an apply over a client-side one are a burst`() throws {
  let acts = [
    try patch(0, 2), try patch(17, 3, manager: "kubectl-last-applied", more: ""),
    try patch(34, 4, handover, more: ""), try patch(43, 5),
  ]
  #expect(try bursts(acts) == ["2 3 noop 4"])
  #expect(try bursts(acts.reversed()) == ["2 3 noop 4"])
}

@Test func `what the same apply sends to other objects in between does not part them`() throws {
  let other = ObjectKey(group: web.group, resource: web.resource, namespace: "shop", name: "api")
  var between = try patch(8, 9)
  between.act.object?.name = other.name
  #expect(try bursts([try patch(0, 2), between, try patch(17, 3, manager: "kubectl-last-applied")]) == ["2 3"])
}

@Test func `a second is the most that lies between the first and the last`() throws {
  #expect(try bursts([try patch(0, 2), try patch(1000, 3)]) == ["2 3"])
  #expect(try bursts([try patch(0, 2), try patch(1001, 3)]) == [])
  let steady = try (0..<6).map { try patch(Int64($0) * 400, $0 + 2) }
  #expect(try bursts(steady) == ["2 3 4", "5 6 7"])
}

@Test func `who, with what program and for which manager must be the same`() throws {
  #expect(try bursts([try patch(0, 2), try patch(1, 3, by: "bob")]) == [])
  #expect(try bursts([try patch(0, 2), try patch(1, 3, agent: "helm")]) == [])
  #expect(try bursts([try patch(0, 2), try patch(1, 3, manager: "gitops")]) == [])
  var masked = try patch(1, 3)
  masked.act.asUser = "system:admin"
  #expect(try bursts([try patch(0, 2), masked]) == [])
}

@Test func `another's write in between parts them`() throws {
  #expect(try bursts([try patch(0, 2), try patch(1, 3, by: "bob"), try patch(2, 4)]) == [])
}

@Test func `dry runs, no-ops and conflicts on the way belong to it, what was refused does not`() throws {
  let acts = [
    try patch(0, nil, outcome: .dryrun), try patch(1, nil, outcome: .conflict), try patch(2, 2),
    try patch(3, 2, outcome: .noop),
  ]
  #expect(try bursts(acts) == ["dryrun conflict 2 noop"])
  #expect(try bursts([acts[2], try patch(3, nil, outcome: .denied), try patch(4, 3)]) == [])
  #expect(try bursts([acts[0], acts[1]]) == [], "no version came of it")
}

@Test func `only applies count, and patches that hand over fields`() throws {
  let merge = #"{"metadata":{"labels":{"a":"1"}}}"#
  let edit = #"[{"op":"replace","path":"/spec","value":{}}]"#
  #expect(try bursts([try patch(0, 2, merge), try patch(1, 3, merge)]) == [])
  #expect(try bursts([try patch(0, 2), try patch(1, 3, edit), try patch(2, 4)]) == [])
  #expect(try bursts([try patch(0, 2, handover), try patch(1, 3, handover)]) == [])
  #expect(
    try bursts([try patch(0, 2), try patch(1, 3, outcome: .subresource, subresource: "status"), try patch(2, 4)]) == [])
}

@Test func `without bodies the parameters of the request tell`() throws {
  let acts = [try patch(0, 2, nil), try patch(17, 3, nil, more: ""), try patch(43, 4, nil)]
  #expect(try bursts(acts) == ["2 3 4"])
  #expect(try bursts([acts[1], try patch(18, 3, nil, more: "")]) == [])
}

@Test func `what makes an object, or deletes it, stands by itself`() throws {
  var first = try act(
    "patch", at: 20, code: 201, by: "alice", agent: "kubectl/v1.34", request: apply, response: policy("u2", 7),
    uri: "/apis?fieldManager=kubectl")
  first.act.time = Timestamp(microseconds: 10_001_000)
  let gone = try act("delete", at: 9, response: #"{"kind":"Status","details":{"uid":"u1"}}"#)
  func again(_ at: Int64, _ version: Int) throws -> ActDetail {
    var detail = try patch(at, version)
    detail.response = try json(answer(version, uid: "u2"))
    return detail
  }
  #expect(try bursts([gone, first, try again(2, 8), try again(3, 9)]) == ["3 4"])
}

@Test func `a finding in between parts them, one before the first does not`() throws {
  let acts = [
    try patch(0, 2, generation: 1), try patch(1, 3, generation: 2), try patch(2, 6, generation: 5),
    try patch(3, 7, generation: 6),
  ]
  let history = History.of(web, acts: acts)
  #expect(history.findings.map(\.position) == [2])
  #expect(history.bursts == [0..<2, 2..<4])
}

@Test func `writes past the API are never folded`() throws {
  let key = ObjectKey(group: CalicoAccounts.storageGroup, resource: "globalnetworksets", namespace: nil, name: "web")
  let acts = try [Int64(1), 2].map { at in
    var detail = try act("patch", at: at, key: key, by: "alice", request: apply, uri: "/apis?fieldManager=kubectl")
    detail.act.time = Timestamp(microseconds: at * 1000)
    return detail
  }
  #expect(History.of(key, acts: acts).bursts == [0..<2])
  let history = History.of(key, acts: acts, context: HistoryContext(showsCalicoAPI: true))
  #expect(history.findings.map(\.kind) == [.bypass, .bypass])
  #expect(history.bursts == [])
}
