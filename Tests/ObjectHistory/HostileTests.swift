import AuditModel
import ObjectHistory
import Testing

// Lines that nobody's API server wrote, and that must not stop whoever reads them.

@Test func `a generation that jumps over all integers is a jump like another`() throws {
  func counted(_ version: Int, _ generation: Int64) -> String {
    policy("u1", version, metadata: #""generation":\#(generation)"#)
  }
  let acts = [
    try act("create", at: 1, code: 201, response: counted(10, .min)),
    try act("update", at: 20, request: "{}", response: counted(30, .max)),
    try act("update", at: 40, request: "{}", response: counted(50, .min)),
  ]
  #expect(findings(acts) == ["outside r1..r2 generation -9223372036854775808 -> 9223372036854775807"])
}

@Test func `a JSON pointer of a million steps leads nowhere`() throws {
  let path = String(repeating: "/a", count: 1_000_000)
  let patch = #"[{"op":"test","path":"\#(path)","value":1},{"op":"copy","from":"\#(path)","path":"/spec"}]"#
  let acts = [
    try act("create", at: 1, code: 201, response: policy("u1", 10)),
    try act("patch", at: 20, request: patch, response: policy("u1", 30, #""spec":{"x":1}"#)),
    try act("patch", at: 30, level: .request, request: patch),
    try act("patch", at: 40, outcome: .noop, request: patch, response: policy("u1", 30, #""spec":{"x":1}"#)),
  ]
  #expect(findings(acts) == [])
  #expect(throws: JSONPatchError.notAPatch(index: 0)) { try JSONPatch.apply(try json(patch), to: json("{}")) }
}

@Test func `copies that double the object are refused once they come to megabytes`() throws {
  let doubling = (0..<60).map { #"{"op":"copy","from":"","path":"/k\#($0)"}"# }.joined(separator: ",")
  let acts = [
    try act("create", at: 1, code: 201, level: .request, request: policy("u1", 10)),
    try act("patch", at: 20, level: .request, request: "[\(doubling)]"),
  ]
  #expect(history(acts) == ["1 r1 create R - manifest", "1 r2 update M -"])
  let text = String(repeating: "x", count: 1 << 20)
  let few = #"[{"op":"copy","from":"/a","path":"/b"},{"op":"copy","from":"/a","path":"/c"}]"#
  #expect(throws: JSONPatchError.tooLarge(index: nil)) {
    try JSONPatch.apply(try json(few), to: .object(["a": .string(text)]))
  }
  #expect(try JSONPatch.apply(try json(few), to: json(#"{"a":1}"#)).json == #"{"a":1,"b":1,"c":1}"#)
}

@Test(arguments: ["copy", "move"])
func `operations that put an object into itself again and again end at a depth that can be walked`(
  name: String
) throws {
  // Each takes the whole chain down to the end of another that is as long.
  var document = try json(#"{"a":{},"b":{}}"#)
  let longer = try json(
    #"[{"op":"\#(name)","from":"/a","path":"/b\#(String(repeating: "/b", count: 600))"},"#
      + #"{"op":"\#(name)","from":"/b","path":"/a"},{"op":"add","path":"/b","value":{}}]"#)
  let chain = String(repeating: #"{"b":"#, count: 599) + "{}" + String(repeating: "}", count: 599)
  document = document.setting(["b"], to: try json(chain))
  #expect(throws: JSONPatchError.self) {
    for _ in 0..<1_000 {
      document = try JSONPatch.apply(longer, to: document)
      document = document.setting(["b"], to: try json(chain))
    }
  }
}

@Test func `more operations than an API server takes are none that it took`() throws {
  let operation = try json(#"{"op":"add","path":"/a","value":1}"#)
  let many = [JSONValue](repeating: operation, count: 10_001)
  #expect(throws: JSONPatchError.tooLarge(index: nil)) { try JSONPatch.apply(.array(many), to: json("{}")) }
  #expect(try JSONPatch.apply(.array(Array(many.dropLast())), to: json("{}")).json == #"{"a":1}"#)
}
