import AuditModel
import ObjectHistory
import Testing

private func list(_ items: String...) -> String {
  #"{"kind":"NetworkPolicyList","apiVersion":"networking.k8s.io/v1","items":["# + items.joined(separator: ",") + "]}"
}
private let other =
  #"{"metadata":{"name":"db","namespace":"shop","uid":"u9","resourceVersion":"3"},"spec":{}}"#
private func labelled(_ version: Int, _ label: String, generation: Int = 1) -> String {
  policy("u1", version, metadata: #""generation":\#(generation),"labels":{"app":"\#(label)"}"#)
}

private func get(_ at: Int64, _ response: String) throws -> ActDetail {
  try act("get", at: at, outcome: .read, response: response)
}

@Test func `a read before the first write tells what was there`() throws {
  let history = History.of(
    web,
    acts: [
      try get(5, labelled(7, "a")), try act("delete", at: 10, response: #"{"kind":"Status","details":{"uid":"u1"}}"#),
    ])
  #expect(rows(history) == ["1 - initial F 7 manifest", "1 - delete F -"])
  #expect(history.revisions[0].sources.last == "answer to the get of 1970-01-01T00:00:05.000000Z")
  #expect(history.findings.isEmpty)
}

@Test func `the items of a list are sightings too, and other objects of it are not`() throws {
  let seen = try act("list", at: 5, outcome: .read, named: false, response: list(other, labelled(7, "a")))
  let deletion = try act("delete", at: 10)
  #expect(history([seen, deletion]) == ["1 - initial F 7 manifest", "1 - delete R -"])
  let unseen = try act("list", at: 5, outcome: .read, named: false, response: list(other))
  #expect(history([unseen, deletion]) == ["1 - delete R -"])
}

@Test func `what a read shows is the base of the next patch`() throws {
  let patch = try act("patch", at: 10, level: .request, request: #"{"metadata":{"labels":{"app":"b"}}}"#)
  let history = History.of(web, acts: [try get(5, labelled(7, "a")), patch])
  #expect(rows(history) == ["1 - initial F 7 manifest", "1 r1 update R - manifest"])
  #expect(history.revisions[1].manifest?["metadata", "labels", "app"]?.string == "b")
}

@Test func `a read that ran beside a write without an answer does not undo it`() throws {
  let create = try act("create", at: 4, code: 201, level: .request, request: labelled(7, "a"))
  let patch = try act("patch", at: 10, level: .request, took: 2, request: #"{"metadata":{"labels":{"app":"b"}}}"#)
  var beside = try get(11, labelled(7, "a"))
  beside.act.took = 3
  let again = try act("patch", at: 20, level: .request, request: #"{"metadata":{"labels":{"x":"y"}}}"#)
  let history = History.of(web, acts: [create, patch, beside, again])
  #expect(history.versions.last?.manifest?["metadata", "labels", "app"]?.string == "b")
}

@Test func `a read shows what no act does, once, before whatever comes next`() throws {
  let acts = [
    try act("create", at: 1, code: 201, response: labelled(5, "a")), try get(5, labelled(8, "changed", generation: 3)),
    try act(
      "patch", at: 10, request: #"{"metadata":{"labels":{"b":"c"}}}"#, response: labelled(9, "changed", generation: 3)),
  ]
  let whole = History.of(web, acts: acts)
  #expect(whole.findings.map(\.kind) == [.outside])
  #expect(whole.findings[0].position == 1)
  #expect(whole.findings[0].paths == ["metadata.labels.app"])
  #expect(whole.findings[0].evidence.first == "generation 1 -> 3")
  #expect((whole.findings[0].after, whole.findings[0].before) == (1, 2))
  // With nothing after it, it stands at the end.
  let cut = History.of(web, acts: Array(acts.prefix(2)))
  #expect(cut.findings.map(\.position) == [1])
  #expect(cut.findings[0].before == nil)
}

@Test func `reads that show what the acts made are no evidence of anything`() throws {
  let acts = [
    try get(0, labelled(5, "a")), try act("create", at: 1, code: 201, response: labelled(5, "a")),
    try get(2, labelled(5, "a")), try act("update", at: 3, response: labelled(6, "b", generation: 2)),
    // A server's cache lags behind.
    try get(4, labelled(5, "a")),
    try act("list", at: 5, outcome: .read, named: false, response: list(labelled(6, "b", generation: 2))),
    try act("get", at: 6, outcome: .read, response: #"{"kind":"Table","rows":[]}"#),
    try act(
      "get", at: 7, outcome: .read, subresource: "scale", response: #"{"kind":"Scale","metadata":{"name":"web"}}"#),
    try act("watch", at: 8, outcome: .read, named: false, response: labelled(7, "c")),
  ]
  let history = History.of(web, acts: acts)
  #expect(rows(history) == ["1 r1 create F 5 manifest", "1 r2 update F 6 manifest"])
  #expect(history.findings.isEmpty)
}

@Test func `a read of another life tells that the first one ended`() throws {
  let reborn = policy("u2", 9, metadata: #""creationTimestamp":"1970-01-01T00:00:04Z""#)
  let history = History.of(
    web, acts: [try act("create", at: 1, code: 201, response: policy("u1", 5)), try get(5, reborn)])
  #expect(history.findings.map(\.kind) == [.outside])
  #expect(rows(history) == ["1 r1 create F 5 manifest"])
}
