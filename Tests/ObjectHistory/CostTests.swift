import AuditModel
import ObjectHistory
import Testing

// Histories whose cost would grow with the square of their length: each takes a second or two, and would take minutes.

/// Fails where the work takes longer than anything that grows with its input may, on a slow machine too.
private func expectQuick<Result>(_ work: () throws -> Result) rethrows -> Result {
  let clock = ContinuousClock()
  let start = clock.now
  let result = try work()
  #expect(clock.now - start < .seconds(60))
  return result
}

@Test func `thousands of deletecollections that may have met an object are walked once`() throws {
  let uri = "/apis?labelSelector=app%3Da"
  var acts = [try act("create", at: 1, code: 201, level: .metadata)]
  for second in 2..<20_000 {
    acts.append(try act("deletecollection", at: Int64(second), level: .metadata, named: false, uri: uri))
  }
  let history = expectQuick { History.of(web, acts: acts) }
  #expect(history.revisions.count == acts.count)
}

@Test func `thousands of writes that nobody saw are counted once where a clock was set back`() throws {
  var acts: [ActDetail] = []
  for second in 1..<10_000 {
    acts.append(
      try act("update", at: Int64(20_000 - second), request: "{}", response: policy("u1", second, metadata: "")))
    acts.append(try act("patch", at: Int64(20_000 + second), truncated: true))
  }
  let history = expectQuick { History.of(web, acts: acts) }
  #expect(history.findings.isEmpty)
}

private func wide(_ count: Int, from first: Int = 0, version: Int = 1) -> String {
  let members = (first..<(first + count)).map { #""k\#($0)":"\#($0)""# }.joined(separator: ",")
  return policy("u1", version, #""data":{\#(members)}"#)
}

@Test func `an object of thousands of members is compared key by key`() throws {
  let acts = [
    try act("create", at: 1, code: 201, response: wide(20_000)),
    try act(
      "patch", at: 2, request: #"{"data":{"k20000":"20000"}}"#, response: wide(20_000, from: 1, version: 2)),
  ]
  let history = expectQuick { History.of(web, acts: acts) }
  #expect(history.findings.first?.paths == ["data.k0"])
}

@Test(arguments: ["merge", "strategic", "json", "apply"])
func `a patch of thousands of members is laid over as many`(kind: String) throws {
  let changes = (2_000..<8_000).map { #""k\#($0)":"x""# }.joined(separator: ",")
  let operations = (0..<2_000).map { #"{"op":"replace","path":"/data/k\#($0)","value":"x"}"# }
  let patch =
    switch kind {
    case "merge": #"{"data":{\#(changes)}}"#
    case "strategic": #"{"$retainKeys":["data","metadata"],"data":{\#(changes)}}"#
    case "json": "[" + operations.joined(separator: ",") + "]"
    default: #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","data":{\#(changes)}}"#
    }
  let acts = [
    try act("create", at: 1, code: 201, level: .request, agent: "a", request: wide(4_000)),
    try act("patch", at: 2, level: .request, agent: "b", request: patch, uri: "/apis?fieldManager=b"),
    try act(
      "patch", at: 3, level: .request, agent: "b",
      request: #"{"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy"}"#, uri: "/apis?fieldManager=b"),
  ]
  let last = expectQuick { History.of(web, acts: acts) }.revisions.last { $0.number != nil }?.manifest
  let count = last?["data"]?.members?.list.count
  #expect(count == (kind == "json" ? 4_000 : kind == "apply" ? 2_000 : 8_000))
}
