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
    var changes: [JSONMembers.Member] = []
    for change in patch.unique {
      if change.key == "$patch" || change.key == "$retainKeys" { continue }
      if let field = directive("$deleteFromPrimitiveList/", change.key) {
        let gone = Set(change.value.array ?? [])
        if let list = result[field]?.array { result[field] = .array(list.filter { !gone.contains($0) }) }
      } else if let field = directive("$setElementOrder/", change.key) {
        orders.append((field, change.value.array ?? []))
      } else {
        changes.append(change)
      }
    }
    result.merge(changes) { key, change, known in value(known, change, at: path + [key]) }
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
        let there = Set(known)
        return .array(known + items.filter { !there.contains($0) })
      case .byKey(let name): return .array(list(old?.array ?? [], items, by: name, at: path))
      }
    default: return new
    }
  }

  private func list(_ old: [JSONValue], _ changes: [JSONValue], by name: String, at path: [String]) -> [JSONValue] {
    let isReplaced = changes.contains { $0.members?.list.count == 1 && $0["$patch"]?.string == "replace" }
    /// Nil for items that are gone, so that the others keep their places.
    var result: [JSONValue?] = isReplaced ? [] : old
    var places = StrategicMergePatch.places(of: result.map { $0?[name] })
    for change in changes {
      guard let members = change.members, let key = members[name] else {
        if change.members == nil { result.append(change) }
        continue
      }
      let base = places[key].flatMap { result[$0]?.members } ?? JSONMembers()
      let item = merged(base, members, at: path).map(JSONValue.object)
      if let place = places[key] {
        result[place] = item
        if item == nil { places[key] = nil }
      } else if let item {
        places[key] = result.count
        result.append(item)
      }
    }
    return result.compactMap(\.self)
  }

  /// The first place of each value.
  private static func places(of values: [JSONValue?]) -> [JSONValue: Int] {
    let found = values.enumerated().compactMap { index, value in value.map { ($0, index) } }
    return Dictionary(found, uniquingKeysWith: { first, _ in first })
  }

  /// The list in the order that the patch asks for; items that it does not name keep their place relative to those that
  /// were there before.
  private func ordered(_ list: [JSONValue], _ order: [JSONValue], original: [JSONValue], at path: [String])
    -> [JSONValue]
  {
    let name: String? = if case .byKey(let name) = keys.strategy(at: path) { name } else { nil }
    func identity(_ item: JSONValue) -> JSONValue? { name.map { item[$0] } ?? item }
    let wanted = StrategicMergePatch.places(of: order.map { identity($0) ?? $0 })
    let places = StrategicMergePatch.places(of: original.map(identity))
    func place(_ item: JSONValue) -> Int? { identity(item).flatMap { places[$0] } }
    var named: [(rank: Int, item: JSONValue)] = []
    var others: [JSONValue] = []
    for item in list {
      if let rank = identity(item).flatMap({ wanted[$0] }) {
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
