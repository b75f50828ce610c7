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
    guard case .object(let members) = value else { return add(path[...]) }
    if members.isEmpty {
      // No labels are as good as none; an empty selector is one.
      if path.count != 1, path.first ?? "metadata" == "metadata" { return }
      return add(path[...])
    }
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
  static func cut(_ steps: [String]) -> [String] {
    let item = steps.firstIndex {
      $0 == "-" || ($0.utf8.first.map { (48...57).contains($0) } == true && Int($0) != nil)
    }
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
  /// Where the comparison is: most of what is compared is equal, and its path is never written.
  private var place: [Step] = []
  private enum Step {
    case key(String)
    case item(Int)
  }

  /// - Parameter ignored: is not compared. `null` counts as absent, and so do empty lists and objects in `metadata`;
  ///   in a spec they differ, since an empty selector means everything.
  init(from old: JSONValue, to new: JSONValue, ignoring ignored: FieldExtent, countsRemovals: Bool = true) {
    self.countsRemovals = countsRemovals
    compare(old, new, ignored)
  }

  private mutating func compare(_ old: JSONValue?, _ new: JSONValue?, _ ignored: FieldExtent?) {
    if ignored?.isWhole == true { return }
    if let old, let new, old.isOne(with: new) { return }
    switch (old, new) {
    case (.object(let left)?, .object(let right)?): compareMembers(left.list, right.list, ignored)
    case (.object(let left)?, nil) where ignored != nil: compareMembers(left.list, [], ignored)
    case (nil, .object(let right)?) where ignored != nil: compareMembers([], right.list, ignored)
    case (.array(let left)?, .array(let right)?) where left.count == right.count:
      for index in left.indices {
        place.append(.item(index))
        compare(left[index], right[index], nil)
        place.removeLast()
      }
    default:
      if let old, let new, old == new { return }
      let isGone = isVoid(new)
      if isGone, isVoid(old) || !countsRemovals { return }
      paths.append(path)
    }
  }

  private mutating func compareMembers(
    _ left: [JSONMembers.Member], _ right: [JSONMembers.Member], _ ignored: FieldExtent?
  ) {
    // Mostly both have the same keys in the same order.
    if left.count == right.count, left.indices.allSatisfy({ left[$0].key.utf8.elementsEqual(right[$0].key.utf8) }) {
      for index in left.indices { compare(at: left[index].key, left[index].value, right[index].value, ignored) }
      return
    }
    let old = JSONMembers(left)
    let new = JSONMembers(right)
    let (oldPlaces, newPlaces) = (MemberPlaces(old), MemberPlaces(new))
    for member in old.unique { compare(at: member.key, member.value, newPlaces[member.key], ignored) }
    for member in new.unique where oldPlaces[member.key] == nil { compare(at: member.key, nil, member.value, ignored) }
  }

  private mutating func compare(at key: String, _ old: JSONValue?, _ new: JSONValue?, _ ignored: FieldExtent?) {
    let below = ignored?[key]
    if below?.isWhole == true { return }
    place.append(.key(key))
    compare(old, new, below)
    place.removeLast()
  }

  private func isVoid(_ value: JSONValue?) -> Bool {
    switch value {
    case nil, .null?: true
    case .array(let items)?: items.isEmpty && isMetadata
    case .object(let members)?: members.isEmpty && isMetadata
    default: false
    }
  }

  private var isMetadata: Bool { if case .key("metadata")? = place.first { true } else { false } }

  /// `spec.ingress[0]`, `metadata.labels["a.b/c"]`.
  private var path: String {
    var text = ""
    for step in place {
      switch step {
      case .item(let index): text += "[\(index)]"
      case .key(let key) where FieldDifferences.isBare(key): text += text.isEmpty ? key : "." + key
      case .key(let key):
        text += "[\"" + key.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"]"
      }
    }
    return text
  }

  private static func isBare(_ key: String) -> Bool {
    !key.isEmpty
      && key.utf8.allSatisfy { byte in
        (97...122).contains(byte) || (65...90).contains(byte) || (48...57).contains(byte) || byte == 45 || byte == 95
          || byte == 47 || byte == 36
      }
  }
}
