import AuditModel

/// A part of a document: the fields that a request sets, or that no comparison should look at.
struct FieldExtent {
  /// Whether all below belongs to it.
  private(set) var isWhole = false
  private var members: [String: FieldExtent] = [:]

  static let everything = FieldExtent(isWhole: true)

  private init(isWhole: Bool) { self.isWhole = isWhole }
  init(_ paths: [[String]] = []) { for path in paths { add(path[...]) } }

  mutating func add(_ path: ArraySlice<String>) {
    guard !isWhole else { return }
    guard let step = path.first else {
      isWhole = true
      members = [:]
      return
    }
    members[step, default: FieldExtent()].add(path.dropFirst())
  }

  func union(_ other: FieldExtent) -> FieldExtent {
    if isWhole || other.isWhole { return .everything }
    var result = self
    result.members.merge(other.members) { $0.union($1) }
    return result
  }

  /// What lies below a member; nil where nothing there belongs to it.
  subscript(key: String) -> FieldExtent? { isWhole ? .everything : members[key] }
}

extension FieldExtent {
  /// What a request may have given new values; nil where it holds the whole object or cannot be read.
  ///
  /// Lists count whole, since items are told apart by rules of their types.
  init?(ofPatch patch: JSONValue, on key: ObjectKey) {
    self.init()
    switch patch {
    case .array(let operations):
      for operation in operations {
        for name in ["path", "from"] {
          guard let text = operation[name]?.string else { continue }
          guard let steps = JSONPatch.pointer(text) else { return nil }
          add(FieldExtent.cut(steps)[...])
        }
      }
    case .object: addMembers(of: patch, at: [])
    default: return nil
    }
    // The API server fills in much of a built-in type's spec on its own; that of a policy it leaves as it is.
    if !FieldExtent.keepsSpec(key), members["spec"] != nil { add(["spec"]) }
  }

  private mutating func addMembers(of value: JSONValue, at path: [String]) {
    guard case .object(let members) = value, !members.isEmpty else { return add(path[...]) }
    for member in members.list {
      if let slash = member.key.utf8.firstIndex(of: UInt8(ascii: "/")), member.key.hasPrefix("$") {
        add((path + [String(member.key[member.key.utf8.index(after: slash)...])])[...])
      } else if member.key.hasPrefix("$") {
        add(path[...])
      } else {
        addMembers(of: member.value, at: path + [member.key])
      }
    }
  }

  /// A path up to the list that it goes into.
  private static func cut(_ steps: [String]) -> [String] {
    let item = steps.firstIndex { $0 == "-" || ($0.utf8.first.map { (48...57).contains($0) } == true && Int($0) != nil) }
    return item.map { Array(steps[..<$0]) } ?? steps
  }

  private static func keepsSpec(_ key: ObjectKey) -> Bool {
    key.resource == "networkpolicies" || !PatchKind.isBuiltIn(key)
  }
}

/// Paths of the fields that differ between two documents.
struct FieldDifferences {
  /// In the order of the documents.
  private(set) var paths: [String] = []
  /// Whether members that only the old document has count.
  private let countsRemovals: Bool

  /// - Parameter ignored: is not compared. `null` counts as absent, and so do empty lists and objects in `metadata`;
  ///   in a spec they differ, since an empty selector means everything.
  init(from old: JSONValue, to new: JSONValue, ignoring ignored: FieldExtent, countsRemovals: Bool = true) {
    self.countsRemovals = countsRemovals
    compare(old, new, ignored, at: "")
  }

  private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, _ ignored: FieldExtent?, at path: String) {
    if ignored?.isWhole == true { return }
    switch (old, new) {
    case (.object(let left)?, .object(let right)?): compareMembers(left.unique, right.unique, ignored, at: path)
    case (.object(let left)?, nil) where ignored != nil: compareMembers(left.unique, [], ignored, at: path)
    case (nil, .object(let right)?) where ignored != nil: compareMembers([], right.unique, ignored, at: path)
    case (.array(let left)?, .array(let right)?) where left.count == right.count:
      for (index, pair) in zip(left, right).enumerated() { compare(pair.0, pair.1, nil, at: path + "[\(index)]") }
    default:
      let mayBeEmpty = path.hasPrefix("metadata")
      let isGone = isVoid(new, mayBeEmpty)
      if isGone, isVoid(old, mayBeEmpty) || !countsRemovals { return }
      if let old, let new, old == new { return }
      paths.append(path)
    }
  }

  private mutating func compareMembers(
    _ left: [JSONMembers.Member], _ right: [JSONMembers.Member], _ ignored: FieldExtent?, at path: String
  ) {
    // Mostly both have the same keys in the same order.
    let isAligned = left.count == right.count && zip(left, right).allSatisfy { $0.key.utf8.elementsEqual($1.key.utf8) }
    if isAligned {
      for (old, new) in zip(left, right) {
        compare(old.value, new.value, ignored?[old.key], at: FieldDifferences.path(path, old.key))
      }
      return
    }
    let old = JSONMembers(left)
    let new = JSONMembers(right)
    for member in left { compare(member.value, new[member.key], ignored?[member.key], at: FieldDifferences.path(path, member.key)) }
    for member in right where old[member.key] == nil {
      compare(nil, member.value, ignored?[member.key], at: FieldDifferences.path(path, member.key))
    }
  }

  private func isVoid(_ value: JSONValue?, _ mayBeEmpty: Bool) -> Bool {
    switch value {
    case nil, .null?: true
    case .array(let items)?: mayBeEmpty && items.isEmpty
    case .object(let members)?: mayBeEmpty && members.isEmpty
    default: false
    }
  }

  /// `spec.ingress`, `metadata.labels["a.b/c"]`.
  private static func path(_ path: String, _ key: String) -> String {
    let isBare = !key.isEmpty && key.utf8.allSatisfy { byte in
      (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
        || byte == 47 || byte == 36
    }
    if isBare { return path.isEmpty ? key : path + "." + key }
    let quoted = key.split(separator: "\\", omittingEmptySubsequences: false).joined(separator: "\\\\")
      .split(separator: "\"", omittingEmptySubsequences: false).joined(separator: "\\\"")
    return path + "[\"" + quoted + "\"]"
  }
}
