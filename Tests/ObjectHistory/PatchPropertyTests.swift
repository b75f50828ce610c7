import AuditModel
import ObjectHistory
import Testing

/// The examples of RFC 6902, appendix A; a result of nil where the patch must fail.
@Test(arguments: [
  (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux"}]"#, #"{"baz":"qux","foo":"bar"}"#),
  (#"{"foo":["bar","baz"]}"#, #"[{"op":"add","path":"/foo/1","value":"qux"}]"#, #"{"foo":["bar","qux","baz"]}"#),
  (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"remove","path":"/baz"}]"#, #"{"foo":"bar"}"#),
  (#"{"foo":["bar","qux","baz"]}"#, #"[{"op":"remove","path":"/foo/1"}]"#, #"{"foo":["bar","baz"]}"#),
  (#"{"baz":"qux","foo":"bar"}"#, #"[{"op":"replace","path":"/baz","value":"boo"}]"#, #"{"baz":"boo","foo":"bar"}"#),
  (
    #"{"foo":{"bar":"baz","waldo":"fred"},"qux":{"corge":"grault"}}"#,
    #"[{"op":"move","from":"/foo/waldo","path":"/qux/thud"}]"#,
    #"{"foo":{"bar":"baz"},"qux":{"corge":"grault","thud":"fred"}}"#
  ),
  (
    #"{"foo":["all","grass","cows","eat"]}"#, #"[{"op":"move","from":"/foo/1","path":"/foo/3"}]"#,
    #"{"foo":["all","cows","eat","grass"]}"#
  ),
  (
    #"{"baz":"qux","foo":["a",2,"c"]}"#,
    #"[{"op":"test","path":"/baz","value":"qux"},{"op":"test","path":"/foo/1","value":2}]"#,
    #"{"baz":"qux","foo":["a",2,"c"]}"#
  ),
  (#"{"baz":"qux"}"#, #"[{"op":"test","path":"/baz","value":"bar"}]"#, nil),
  (
    #"{"foo":"bar"}"#, #"[{"op":"add","path":"/child","value":{"grandchild":{}}}]"#,
    #"{"foo":"bar","child":{"grandchild":{}}}"#
  ),
  (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","xyz":123}]"#, #"{"foo":"bar","baz":"qux"}"#),
  (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz/bat","value":"qux"}]"#, nil),
  // A member that stands twice: the last counts, and there is no such place to remove.
  (#"{"foo":"bar"}"#, #"[{"op":"add","path":"/baz","value":"qux","op":"remove"}]"#, nil),
  (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":10}]"#, #"{"/":9,"~1":10}"#),
  (#"{"/":9,"~1":10}"#, #"[{"op":"test","path":"/~01","value":"10"}]"#, nil),
  (#"{"foo":["bar"]}"#, #"[{"op":"add","path":"/foo/-","value":["abc","def"]}]"#, #"{"foo":["bar",["abc","def"]]}"#),
])
func `a JSON patch does what the examples of RFC 6902 show`(document: String, patch: String, result: String?) throws {
  let found = try? JSONPatch.apply(try json(patch), to: try json(document))
  #expect(found == (try result.map(json)))
}

@Test(arguments: 0..<300)
func `a JSON patch between two random documents makes the second of the first`(seed: Int) throws {
  var random = SeededGenerator(seed: UInt64(seed))
  let old = document(depth: 3, &random)
  let new = seed % 2 == 0 ? document(depth: 3, &random) : edited(old, &random)
  var operations: [JSONValue] = []
  addDifference(from: old, to: new, at: "", into: &operations)
  #expect(try JSONPatch.apply(.array(operations), to: old) == new)
}

@Test(arguments: 0..<300)
func `a merge patch between two random documents makes the second of the first`(seed: Int) throws {
  var random = SeededGenerator(seed: UInt64(seed) &+ 1_000_000)
  let old = withoutNulls(document(depth: 3, &random))
  let new = withoutNulls(seed % 2 == 0 ? document(depth: 3, &random) : edited(old, &random))
  #expect(MergePatch.apply(mergePatch(from: old, to: new), to: old) == new)
}

/// What a merge patch says of custom resources, level Request shows: applied to the version before, it gives the next.
@Test(arguments: 0..<100)
func `versions rebuilt from random patches are what the server made of them`(seed: Int) throws {
  var random = SeededGenerator(seed: UInt64(seed) &+ 2_000_000)
  let key = ObjectKey(group: "example.com", resource: "things", namespace: "shop", name: "web")
  func object(_ spec: JSONValue) -> JSONValue {
    .object([
      "kind": .string("Thing"), "metadata": .object(["name": .string("web"), "namespace": .string("shop")]),
      "spec": spec,
    ])
  }
  var spec = withoutNulls(document(depth: 3, &random))
  var acts = [try act("create", at: 1, code: 201, level: .request, key: key, request: object(spec).json)]
  for second in 2..<12 {
    let next = withoutNulls(edited(spec, &random))
    let patch: JSONValue
    if Bool.random(using: &random) {
      var operations: [JSONValue] = []
      addDifference(from: spec, to: next, at: "/spec", into: &operations)
      patch = .array(operations)
    } else {
      patch = .object(["spec": mergePatch(from: spec, to: next)])
    }
    acts.append(try act("patch", at: Int64(second), level: .request, key: key, request: patch.json))
    spec = next
  }
  let last = History.of(key, acts: acts).versions.last
  #expect(last?.fidelity == .rebuilt)
  #expect(last?.manifest?["spec"] == spec)
}

// MARK: Random documents and the plainest of diffs

/// SplitMix64: the same documents from the same seed on every machine.
struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}

private let keys = ["a", "b/c", "d~e", "", "0", "-", "é", "e\u{301}"]

private func document(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
  let count = Int.random(in: 0...4, using: &random)
  return .object(
    JSONMembers(
      keys.shuffled(using: &random).prefix(count).map {
        JSONMembers.Member(key: $0, value: value(depth: depth, &random))
      }))
}

private func value(depth: Int, _ random: inout SeededGenerator) -> JSONValue {
  switch Int.random(in: 0...(depth > 0 ? 8 : 5), using: &random) {
  case 0: .null
  case 1: .bool(Bool.random(using: &random))
  case 2: .integer(Int.random(in: -3...3, using: &random))
  case 3: .number("9007199254740993")
  case 4, 5: .string(["x", "y/", "~1", ""].randomElement(using: &random) ?? "")
  case 6: .array((0..<Int.random(in: 0...3, using: &random)).map { _ in value(depth: depth - 1, &random) })
  default: document(depth: depth - 1, &random)
  }
}

/// The document with a member or two altered, taken away or added.
private func edited(_ old: JSONValue, _ random: inout SeededGenerator) -> JSONValue {
  guard case .object(var members) = old else { return value(depth: 1, &random) }
  for _ in 0..<Int.random(in: 1...2, using: &random) {
    guard let key = keys.randomElement(using: &random) else { continue }
    if let known = members[key], Bool.random(using: &random) {
      members[key] = edited(known, &random)
    } else {
      members[key] = Bool.random(using: &random) ? value(depth: 2, &random) : nil
    }
  }
  return .object(members)
}

private func withoutNulls(_ value: JSONValue) -> JSONValue {
  guard case .object(let members) = value else { return value }
  return .object(
    JSONMembers(members.list.filter { !$0.value.isNull }.map { .init(key: $0.key, value: withoutNulls($0.value)) }))
}

private func addDifference(from old: JSONValue, to new: JSONValue, at path: String, into operations: inout [JSONValue])
{
  func add(_ name: String, _ path: String, _ value: JSONValue?) {
    var members: [JSONMembers.Member] = [
      .init(key: "op", value: .string(name)), .init(key: "path", value: .string(path)),
    ]
    if let value { members.append(.init(key: "value", value: value)) }
    operations.append(.object(JSONMembers(members)))
  }
  if old == new { return }
  switch (old, new) {
  case (.object(let left), .object(let right)):
    for member in left.unique where right[member.key] == nil { add("remove", path + "/" + step(member.key), nil) }
    for member in right.unique {
      let place = path + "/" + step(member.key)
      if let known = left[member.key] {
        addDifference(from: known, to: member.value, at: place, into: &operations)
      } else {
        add("add", place, member.value)
      }
    }
  case (.array(let left), .array(let right)):
    for (index, pair) in zip(left, right).enumerated() {
      addDifference(from: pair.0, to: pair.1, at: path + "/\(index)", into: &operations)
    }
    for index in (min(left.count, right.count)..<left.count).reversed() { add("remove", path + "/\(index)", nil) }
    for item in right.dropFirst(left.count) { add("add", path + "/-", item) }
  default: add("replace", path, new)
  }
}

private func step(_ key: String) -> String {
  key.replacing("~", with: "~0").replacing("/", with: "~1")
}

private func mergePatch(from old: JSONValue, to new: JSONValue) -> JSONValue {
  guard case .object(let left) = old, case .object(let right) = new else { return new }
  var patch = JSONMembers()
  for member in left.unique where right[member.key] == nil { patch.list.append(.init(key: member.key, value: .null)) }
  for member in right.unique where left[member.key] != member.value {
    patch.list.append(
      .init(key: member.key, value: left[member.key].map { mergePatch(from: $0, to: member.value) } ?? member.value))
  }
  return .object(patch)
}
