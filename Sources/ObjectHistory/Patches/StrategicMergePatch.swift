import AuditModel

/// Strategic merge patch: a merge patch that knows how lists of the built-in types merge, with the directives `$patch`,
/// `$retainKeys`, `$setElementOrder/LIST` and `$deleteFromPrimitiveList/LIST`.
///
/// Source: "Update API Objects in Place Using kubectl patch" and the notes on directives in the Kubernetes documentation.
struct StrategicMergePatch {
  private let keys: MergeKeys

  /// The object after the patch; nil for a body that is no such patch.
  static func apply(_ patch: JSONValue, to object: JSONValue, of key: ObjectKey) -> JSONValue? {
    guard let changes = patch.members, let members = object.members else { return nil }
    return StrategicMergePatch(keys: MergeKeys(key)).merged(members, changes, at: []).map(JSONValue.object)
  }

  /// Nil where the patch deletes the object itself.
  private func merged(_ original: JSONMembers, _ patch: JSONMembers, at path: [String]) -> JSONMembers? {
    switch patch["$patch"]?.string {
    case "delete": return nil
    case "replace": return merged(JSONMembers(), without("$patch", patch), at: path)
    default: break
    }
    var result = original
    if let kept = patch["$retainKeys"]?.array {
      let names = Set(kept.compactMap(\.string))
      result.list.removeAll { !names.contains($0.key) }
    }
    var orders: [(field: String, order: [JSONValue])] = []
    for change in patch.unique {
      if change.key == "$patch" || change.key == "$retainKeys" { continue }
      if let field = directive("$deleteFromPrimitiveList/", change.key) {
        let gone = change.value.array ?? []
        if let list = result[field]?.array { result[field] = .array(list.filter { !gone.contains($0) }) }
      } else if let field = directive("$setElementOrder/", change.key) {
        orders.append((field, change.value.array ?? []))
      } else {
        result[change.key] = value(result[change.key], change.value, at: path + [change.key])
      }
    }
    for (field, order) in orders {
      guard let list = result[field]?.array else { continue }
      result[field] = .array(ordered(list, order, original: original[field]?.array ?? [], at: path + [field]))
    }
    return result
  }

  /// Nil where the patch takes the member away.
  private func value(_ old: JSONValue?, _ new: JSONValue, at path: [String]) -> JSONValue? {
    switch new {
    case .null: return nil
    case .object(let changes): return merged(old?.members ?? JSONMembers(), changes, at: path).map(JSONValue.object)
    case .array(let items):
      switch keys.strategy(at: path) {
      case .replace: return .array(items)
      case .union:
        let known = old?.array ?? []
        return .array(known + items.filter { !known.contains($0) })
      case .byKey(let name): return .array(list(old?.array ?? [], items, by: name, at: path))
      }
    default: return new
    }
  }

  private func list(_ old: [JSONValue], _ changes: [JSONValue], by name: String, at path: [String]) -> [JSONValue] {
    let isReplaced = changes.contains { $0.members?.list.count == 1 && $0["$patch"]?.string == "replace" }
    var result = isReplaced ? [] : old
    for change in changes {
      guard let members = change.members, let key = members[name] else {
        if change.members == nil { result.append(change) }
        continue
      }
      let place = result.firstIndex { $0[name] == key }
      let base = place.flatMap { result[$0].members } ?? JSONMembers()
      switch (merged(base, members, at: path), place) {
      case (let item?, let place?): result[place] = .object(item)
      case (let item?, nil): result.append(.object(item))
      case (nil, let place?): result.remove(at: place)
      case (nil, nil): break
      }
    }
    return result
  }

  /// The list in the order that the patch asks for; items that it does not name keep their place relative to those that
  /// were there before.
  private func ordered(_ list: [JSONValue], _ order: [JSONValue], original: [JSONValue], at path: [String])
    -> [JSONValue]
  {
    let name: String? = if case .byKey(let name) = keys.strategy(at: path) { name } else { nil }
    func identity(_ item: JSONValue) -> JSONValue? { name.map { item[$0] } ?? item }
    let wanted = order.map { identity($0) ?? $0 }
    let places = original.map(identity)
    func place(_ item: JSONValue) -> Int? { places.firstIndex(of: identity(item)) }
    var named: [(rank: Int, item: JSONValue)] = []
    var others: [JSONValue] = []
    for item in list {
      if let rank = identity(item).flatMap({ wanted.firstIndex(of: $0) }) {
        named.append((rank, item))
      } else {
        others.append(item)
      }
    }
    var left = named.sorted { $0.rank < $1.rank }.map(\.item)[...]
    var right = others[...]
    var result: [JSONValue] = []
    while let next = left.first, let other = right.first {
      if let here = place(next), let there = place(other), here < there {
        result.append(left.removeFirst())
      } else {
        result.append(right.removeFirst())
      }
    }
    return result + left + right
  }

  private func directive(_ prefix: String, _ key: String) -> String? {
    key.hasPrefix(prefix) ? String(key.dropFirst(prefix.count)) : nil
  }

  private func without(_ key: String, _ members: JSONMembers) -> JSONMembers {
    JSONMembers(members.list.filter { $0.key != key })
  }
}
