import AuditModel
import ObjectHistory
import Testing

/// The examples of RFC 7386, appendix A.
@Test(arguments: [
  (#"{"a":"b"}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"b"}"#, #"{"b":"c"}"#, #"{"a":"b","b":"c"}"#),
  (#"{"a":"b"}"#, #"{"a":null}"#, #"{}"#), (#"{"a":"b","b":"c"}"#, #"{"a":null}"#, #"{"b":"c"}"#),
  (#"{"a":["b"]}"#, #"{"a":"c"}"#, #"{"a":"c"}"#), (#"{"a":"c"}"#, #"{"a":["b"]}"#, #"{"a":["b"]}"#),
  (#"{"a":{"b":"c"}}"#, #"{"a":{"b":"d","c":null}}"#, #"{"a":{"b":"d"}}"#),
  (#"{"a":[{"b":"c"}]}"#, #"{"a":[1]}"#, #"{"a":[1]}"#),
  (#"["a","b"]"#, #"["c","d"]"#, #"["c","d"]"#), (#"{"a":"b"}"#, #"["c"]"#, #"["c"]"#),
  (#"{"a":"foo"}"#, "null", "null"),
  (#"{"e":null}"#, #"{"a":1}"#, #"{"e":null,"a":1}"#), (#"[1,2]"#, #"{"a":"b","c":null}"#, #"{"a":"b"}"#),
  (#"{}"#, #"{"a":{"bb":{"ccc":null}}}"#, #"{"a":{"bb":{}}}"#),
])
func `a merge patch does what RFC 7386 says`(target: String, patch: String, result: String) throws {
  #expect(MergePatch.apply(try json(patch), to: try json(target)).json == result)
}

@Test(arguments: [
  (#"{"a":1}"#, #"[{"op":"add","path":"/b","value":2}]"#, #"{"a":1,"b":2}"#),
  (#"{"a":[1,3]}"#, #"[{"op":"add","path":"/a/1","value":2}]"#, #"{"a":[1,2,3]}"#),
  (#"{"a":[1]}"#, #"[{"op":"add","path":"/a/-","value":2}]"#, #"{"a":[1,2]}"#),
  (#"{"a":[1,2]}"#, #"[{"op":"remove","path":"/a/0"}]"#, #"{"a":[2]}"#),
  (#"{"a":1}"#, #"[{"op":"replace","path":"/a","value":null}]"#, #"{"a":null}"#),
  (#"{"a":{"x":1},"b":{}}"#, #"[{"op":"move","from":"/a/x","path":"/b/y"}]"#, #"{"a":{},"b":{"y":1}}"#),
  (#"{"a":1}"#, #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"a":1,"b":1}"#),
  (#"{"a/b":1,"c~d":2}"#, #"[{"op":"remove","path":"/a~1b"},{"op":"test","path":"/c~0d","value":2.0}]"#, #"{"c~d":2}"#),
  (#"{"a":1}"#, #"[{"op":"add","path":"","value":[]}]"#, "[]"),
])
func `a JSON patch does what RFC 6902 says`(document: String, patch: String, result: String) throws {
  #expect(try JSONPatch.apply(try json(patch), to: try json(document)).json == result)
}

@Test(arguments: [
  (#"[{"op":"remove","path":"/b"}]"#, JSONPatchError.noSuchPlace(index: 0, path: "/b")),
  (#"[{"op":"replace","path":"/b","value":1}]"#, .noSuchPlace(index: 0, path: "/b")),
  (#"[{"op":"add","path":"/l/3","value":1}]"#, .noSuchPlace(index: 0, path: "/l/3")),
  (#"[{"op":"add","path":"/l/01","value":1}]"#, .noSuchPlace(index: 0, path: "/l/01")),
  (#"[{"op":"test","path":"/a","value":2}]"#, .testFailed(index: 0, path: "/a")),
  (#"[{"op":"move","from":"/o","path":"/o/x"}]"#, .noSuchPlace(index: 0, path: "/o/x")),
  (#"[{"op":"test","path":"/a","value":1},{"op":"spin","path":"/a"}]"#, .notAPatch(index: 1)),
  (#"[{"op":"add","path":"a","value":1}]"#, .notAPatch(index: 0)), (#"{"a":1}"#, .notAPatch(index: nil)),
])
func `a JSON patch that does not fit says where`(patch: String, error: JSONPatchError) throws {
  let document = try json(#"{"a":1,"l":[1,2],"o":{}}"#)
  #expect(throws: error) { try JSONPatch.apply(try json(patch), to: document) }
}

private let created = #"{"kind":"NetworkPolicy","metadata":{"name":"web","labels":{"a":"1"}},"spec":{"ingress":[{}]}}"#

/// The last manifest after a create and the patch, both logged at level Request.
private func rebuilt(_ patch: String, key: ObjectKey = web, code: Int = 200) throws -> (
  fidelity: Fidelity?, json: String?
) {
  let last = History.of(
    key,
    acts: [
      try act("create", at: 1, code: 201, level: .request, key: key, request: created),
      try act("patch", at: 2, code: code, level: .request, key: key, request: patch),
    ]
  ).revisions.last
  return (last?.fidelity, last?.manifest?.json)
}

@Test func `a body as requested gets the namespace of its URL`() throws {
  let made = History.of(web, acts: [try act("create", at: 1, code: 201, level: .request, request: created)])
  #expect(made.revisions[0].fidelity == .rebuilt)
  #expect(made.revisions[0].manifest?["metadata", "namespace"]?.string == "shop")
}

@Test func `merge and JSON patches are applied to what was requested before`() throws {
  let merged = try rebuilt(#"{"metadata":{"labels":{"a":null,"b":"2"}},"spec":{"ingress":[]}}"#)
  #expect(merged.fidelity == .rebuilt)
  #expect(
    merged.json == #"{"kind":"NetworkPolicy","metadata":{"name":"web","labels":{"b":"2"},"namespace":"shop"},"#
      + #""spec":{"policyTypes":["Ingress"],"podSelector":{}}}"#)
  // The server took the patch, so its tests held; and what the rebuilt object lacks cannot be tested.
  let edited = try rebuilt(
    #"[{"op":"test","path":"/metadata/resourceVersion","value":"7"},{"op":"remove","path":"/spec/ingress/0"}]"#)
  #expect(
    edited.json == #"{"kind":"NetworkPolicy","metadata":{"name":"web","labels":{"a":"1"},"namespace":"shop"},"#
      + #""spec":{"policyTypes":["Ingress"],"podSelector":{}}}"#)
}

@Test(arguments: [#"{"metadata":{"finalizers":["a"]}}"#, #"[{"op":"remove","path":"/none"}]"#, "7"])
func `a patch whose result cannot be told leaves metadata only`(patch: String) throws {
  let held = created.replacing(#""labels""#, with: #""finalizers":["b"],"labels""#)
  let last = History.of(
    web,
    acts: [
      try act("create", at: 1, code: 201, level: .request, request: held),
      try act("patch", at: 2, level: .request, request: patch),
    ]
  ).revisions.last
  #expect(last?.fidelity == .metadata)
  #expect(last?.manifest == nil)
}

@Test func `an apply that creates holds the whole object`() throws {
  let made = History.of(
    web,
    acts: [
      try act(
        "patch", at: 1, code: 201, level: .request, request: #"{"apiVersion":"v1","kind":"NetworkPolicy","spec":{}}"#)
    ])
  #expect(rows(made) == ["1 r1 create R - manifest"])
  #expect(made.revisions[0].manifest?["metadata", "name"]?.string == "web")
}
