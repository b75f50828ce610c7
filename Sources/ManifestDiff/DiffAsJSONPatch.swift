public import AuditModel

extension VersionDiff {
  /// RFC 6902 operations that make the new manifest of the old one, machine fields left as they are unless they are
  /// shown. An array; empty when nothing differs.
  public var jsonPatch: JSONValue {
    switch (old, new) {
    case (nil, nil): return .array([])
    case (nil, let new?): return .array([operation("add", "", new)])
    // An object cannot remove itself.
    case (_?, nil): return .array([operation("replace", "", .null)])
    case (let old?, let new?):
      let target = showsMachineFields ? new : MachineFields.grafted(from: old, onto: new)
      var operations: [JSONValue] = []
      patch(ManifestNode(old), ManifestNode(target), at: "", name: nil, into: &operations)
      return .array(operations)
    }
  }

  private func patch(
    _ old: ManifestNode, _ new: ManifestNode, at pointer: String, name: String?, into operations: inout [JSONValue]
  ) {
    if old.meaning == new.meaning { return }
    switch (old.value, new.value) {
    case (.object, .object):
      let left = old.members ?? []
      let right = new.members ?? []
      let targets = Dictionary(right.map { ($0.key, $0.node) }, uniquingKeysWith: { first, _ in first })
      for member in left {
        let path = pointer + "/" + escaped(member.key.text)
        if let target = targets[member.key] {
          patch(member.node, target, at: path, name: member.key.text, into: &operations)
        } else {
          operations.append(operation("remove", path, nil))
        }
      }
      let known = Set(left.map(\.key))
      for member in right where !known.contains(member.key) {
        operations.append(operation("add", pointer + "/" + escaped(member.key.text), member.node.value))
      }
    case (.array, .array): patchItems(old, new, at: pointer, name: name, into: &operations)
    default: operations.append(operation("replace", pointer, new.value))
    }
  }

  /// First what goes, from the back; then what moves, in its new order; then what comes; then what differs inside.
  private func patchItems(
    _ old: ManifestNode, _ new: ManifestNode, at pointer: String, name: String?, into operations: inout [JSONValue]
  ) {
    let left = old.items ?? []
    let right = new.items ?? []
    let steps = alignment(left, right, name: name)
    var moves: [(from: Int, to: Int)] = []
    var pairs: [(Int, Int)] = []
    var removed: [Int] = []
    var added: [Int] = []
    for step in steps {
      switch step {
      case .pair(let i, let j): pairs.append((i, j))
      case .remove(let i): removed.append(i)
      case .add(let j): added.append(j)
      case .moveOut: break
      case .moveIn(let i, let j):
        moves.append((i, j))
        pairs.append((i, j))
      }
    }
    // Each move searches the list anew; a list of thousands that was shuffled is shorter said whole.
    if moves.count * left.count > 1_000_000 {
      return operations.append(operation("replace", pointer, new.value))
    }
    for i in removed.reversed() { operations.append(operation("remove", pointer + "/\(i)", nil)) }
    if !moves.isEmpty {
      let places = Dictionary(pairs.map { ($0.0, $0.1) }, uniquingKeysWith: { first, _ in first })
      // The list as it stands, each item by its place in the new one.
      var current = left.indices.compactMap { places[$0] }
      var isSettled = Set(current).subtracting(moves.map(\.to))
      for move in moves.sorted(by: { $0.to < $1.to }) {
        guard let from = current.firstIndex(of: move.to) else { continue }
        current.remove(at: from)
        let before = current.lastIndex { isSettled.contains($0) && $0 < move.to }
        let to = before.map { $0 + 1 } ?? 0
        current.insert(move.to, at: to)
        isSettled.insert(move.to)
        guard from != to else { continue }
        operations.append(
          .object([
            "op": .string("move"), "from": .string(pointer + "/\(from)"), "path": .string(pointer + "/\(to)"),
          ]))
      }
    }
    for j in added { operations.append(operation("add", pointer + "/\(j)", right[j].value)) }
    for (i, j) in pairs.sorted(by: { $0.1 < $1.1 }) {
      patch(left[i], right[j], at: pointer + "/\(j)", name: nil, into: &operations)
    }
  }

  private func operation(_ name: String, _ path: String, _ value: JSONValue?) -> JSONValue {
    var members: [JSONMembers.Member] = [
      .init(key: "op", value: .string(name)), .init(key: "path", value: .string(path)),
    ]
    if let value { members.append(.init(key: "value", value: value)) }
    return .object(JSONMembers(members))
  }

  /// A step of a JSON Pointer, RFC 6901.
  private func escaped(_ key: String) -> String {
    key.replacing("~", with: "~0").replacing("/", with: "~1")
  }
}
