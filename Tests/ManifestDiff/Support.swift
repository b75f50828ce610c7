import AuditModel
import ManifestDiff

func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

/// SplitMix64: the same numbers for the same seed, everywhere.
struct SeededRandom: RandomNumberGenerator {
  var state: UInt64
  init(seed: Int) { state = UInt64(truncatingIfNeeded: seed) &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

/// Strings that YAML readers take for something else, and strings that mislead people.
let hostileStrings: [String] = [
  "", " ", "a ", " a", "~", "null", "Null", "true", "YES", "no", "Off", "y", "N", "on", "1", "-1", "+1", "0x1F", "0o17",
  "0b1",
  "017", "1e3", "1.5", ".5", "5.", "1_000", ".inf", "-.INF", ".nan", "1:30", "12:30:45", "2026-11-20",
  "2026-11-20T16:11:49Z",
  "10.0.0.1", "10.0.0.0/8", "2001:db8::/32", "::1", "2001:db8::", "-", "--", "---", "...", ".", "- a", "-a", "? a", "?",
  ":", "a: b",
  "a:", "a:b", "a #b", "#a", "a#b", "&a", "*a", "*", "!has(x)", "!!str", "|", ">", "'", "it's", "\"", "say \"no\"", "%",
  "@", "`",
  "[a]", "{a}", ",", "a, b", "<<", "=", "env == \"prod\"", "has(app) && app != 'x'", "line\nbreak", "tab\tbed",
  "\u{1B}[31mred",
  "\u{0}", "\u{7F}", "\u{85}", "\u{9B}31m", "\u{2028}", "\u{202E}gnp.exe", "zero\u{200B}width", "a\u{FEFF}bom",
  "e\u{301}", "é", "日本",
  "👩‍👩‍👧", "back\\slash", "\u{E000}", "\u{FFFD}", "key: - [", "a\u{A0}b", "\r\n", "0.", "+.5", "1e", "0x", "_1", "1__",
]

struct RandomManifests {
  var random: SeededRandom
  /// Whether keys may differ in their bytes alone; some YAML readers take such keys for the same.
  var hasLookAlikes: Bool
  init(seed: Int, hasLookAlikes: Bool = true) {
    random = SeededRandom(seed: seed)
    self.hasLookAlikes = hasLookAlikes
  }

  private mutating func pick<T>(_ values: [T]) -> T { values[Int.random(in: values.indices, using: &random)] }

  mutating func scalar() -> JSONValue {
    switch Int.random(in: 0..<6, using: &random) {
    case 0: .null
    case 1: .bool(Bool.random(using: &random))
    case 2: .number(pick(["0", "1", "100", "-7", "700", "9007199254740993", "0.5", "1.25"]))
    default: .string(pick(hostileStrings))
    }
  }

  mutating func value(depth: Int) -> JSONValue {
    if depth == 0 { return scalar() }
    switch Int.random(in: 0..<5, using: &random) {
    case 0, 1: return object(depth: depth - 1)
    case 2, 3:
      let isNamed = Bool.random(using: &random)
      return .array(
        (0..<Int.random(in: 0..<6, using: &random)).map { number in
          guard isNamed else { return value(depth: depth - 1) }
          return object(depth: depth - 1).setting(["name"], to: .string("n\(number)"))
        })
    default: return scalar()
    }
  }

  mutating func object(depth: Int) -> JSONValue {
    let keys = [
      "spec", "name", "ingress", "from", "ports", "labels", "a.b", "x/y", "nets", "q\"\\", "é",
      hasLookAlikes ? "e\u{301}" : "z", "~t", "1", "",
    ]
    var members = JSONMembers()
    var seen: [[UInt8]] = []
    for _ in 0..<Int.random(in: 0..<6, using: &random) {
      let key = pick(keys)
      if seen.contains(Array(key.utf8)) { continue }
      seen.append(Array(key.utf8))
      members.list.append(.init(key: key, value: value(depth: depth)))
    }
    return .object(members)
  }

  /// The value with some of it changed: replaced, removed, added, moved.
  mutating func mutated(_ value: JSONValue, depth: Int = 3) -> JSONValue {
    if Int.random(in: 0..<12, using: &random) == 0 { return self.value(depth: depth) }
    switch value {
    case .object(var members):
      for index in members.list.indices.reversed() {
        if Int.random(in: 0..<10, using: &random) == 0 {
          members.list.remove(at: index)
        } else {
          members.list[index].value = mutated(members.list[index].value, depth: max(0, depth - 1))
        }
      }
      if Int.random(in: 0..<4, using: &random) == 0 { members.list.shuffle(using: &random) }
      return .object(members)
    case .array(var items):
      items = items.map { mutated($0, depth: max(0, depth - 1)) }
      switch Int.random(in: 0..<6, using: &random) {
      case 0 where !items.isEmpty: items.remove(at: Int.random(in: items.indices, using: &random))
      case 1: items.insert(self.value(depth: max(0, depth - 1)), at: Int.random(in: 0...items.count, using: &random))
      case 2: items.shuffle(using: &random)
      default: break
      }
      return .array(items)
    default: return Int.random(in: 0..<5, using: &random) == 0 ? scalar() : value
    }
  }
}

/// The document after RFC 6902 operations, as a reader of the RFC would do them one by one; nil where one does not fit.
func applying(_ patch: JSONValue, to document: JSONValue) -> JSONValue? {
  var result: JSONValue? = document
  for operation in patch.array ?? [] {
    guard let current = result, let name = operation["op"]?.string, let path = operation["path"]?.string else {
      return nil
    }
    let steps = pointer(path)
    switch name {
    case "add", "replace": result = edit(current, steps[...], insert: name == "add", operation["value"])
    case "remove": result = edit(current, steps[...], insert: false, nil)
    case "move":
      let from = pointer(operation["from"]?.string ?? "")
      guard let value = look(current, from[...]) else { return nil }
      result = edit(current, from[...], insert: false, nil).flatMap { edit($0, steps[...], insert: true, value) }
    default: return nil
    }
  }
  return result
}

private func pointer(_ text: String) -> [String] {
  guard !text.isEmpty else { return [] }
  return text.dropFirst().split(separator: "/", omittingEmptySubsequences: false)
    .map { String($0).replacing("~1", with: "/").replacing("~0", with: "~") }
}

private func look(_ value: JSONValue, _ steps: ArraySlice<String>) -> JSONValue? {
  guard let step = steps.first else { return value }
  if let items = value.array {
    return Int(step).flatMap { items.indices.contains($0) ? look(items[$0], steps.dropFirst()) : nil }
  }
  return value.members?.list.first { $0.key.utf8.elementsEqual(step.utf8) }.flatMap {
    look($0.value, steps.dropFirst())
  }
}

private func edit(_ value: JSONValue, _ steps: ArraySlice<String>, insert: Bool, _ new: JSONValue?) -> JSONValue? {
  guard let step = steps.first else { return new }
  let isLast = steps.count == 1
  if var items = value.array {
    guard let index = Int(step), index >= 0, index < items.count + (insert && isLast ? 1 : 0) else { return nil }
    if isLast {
      if !insert { items.remove(at: index) }
      if let new { items.insert(new, at: index) }
    } else {
      guard let child = edit(items[index], steps.dropFirst(), insert: insert, new) else { return nil }
      items[index] = child
    }
    return .array(items)
  }
  guard var members = value.members else { return nil }
  let index = members.list.firstIndex { $0.key.utf8.elementsEqual(step.utf8) }
  if isLast {
    switch (index, new) {
    case (let index?, let new?): members.list[index].value = new
    case (let index?, nil): members.list.remove(at: index)
    case (nil, let new?) where insert: members.list.append(.init(key: step, value: new))
    default: return nil
    }
  } else {
    guard let index, let child = edit(members.list[index].value, steps.dropFirst(), insert: insert, new) else {
      return nil
    }
    members.list[index].value = child
  }
  return .object(members)
}

/// Equality as the text shows it: keys byte by byte, in any order.
func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
  switch (left, right) {
  case (.object(let a), .object(let b)):
    guard a.list.count == b.list.count else { return false }
    return a.list.allSatisfy { member in
      b.list.contains { $0.key.utf8.elementsEqual(member.key.utf8) && isSame($0.value, member.value) }
    }
  case (.array(let a), .array(let b)): return a.count == b.count && zip(a, b).allSatisfy { isSame($0, $1) }
  default: return left == right
  }
}

/// Rows as a reader sees them: `- old`, `+ new`, `~ old | new`, words that differ in brackets; `m` marks what moved.
func rows(_ diff: VersionDiff) -> [String] {
  func text(_ marked: MarkedText?, _ open: String, _ close: String) -> String {
    marked?.pieces.map { $0.isMarked ? open + $0.text + close : $0.text }.joined() ?? ""
  }
  return diff.lines.map { line in
    let moved = line.isMoved ? "m" : ""
    return switch line.operation {
    case .same: "  " + text(line.new, "{", "}")
    case .remove: "-\(moved) " + text(line.old, "[", "]")
    case .add: "+\(moved) " + text(line.new, "{", "}")
    case .change: "~ " + text(line.old, "[", "]") + " | " + text(line.new, "{", "}")
    }
  }
}

/// Fields in one line each: `replace spec.order 100 700`.
func words(_ fields: [FieldChange]) -> [String] {
  fields.map { field in
    ([field.operation.rawValue, field.path] + [field.from, field.old?.json, field.new?.json].compactMap { $0 })
      .joined(separator: " ")
  }
}
