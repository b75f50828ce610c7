import AuditModel

/// Who owns which fields of an object: what server-side apply needs to tell a field that its manager gave up from one
/// that somebody else set. Followed through the acts as far as they are known.
struct FieldOwners {
  private struct Owner: Hashable {
    var manager: String
    var applies: Bool
  }
  private var sets: [Owner: FieldSet] = [:]
  /// Writes that are not yet in the sets: most objects are never applied, and then nobody asks who owns what.
  private var pending: [(manager: String, old: JSONValue?, new: JSONValue)] = []

  init() {}

  /// From `metadata.managedFields` of an answer.
  init(managedFields entries: [JSONValue]) {
    for entry in entries where (entry["subresource"]?.string ?? "").isEmpty {
      guard let fields = entry["fieldsV1"] else { continue }
      let owner = Owner(manager: entry["manager"]?.string ?? "", applies: entry["operation"]?.string == "Apply")
      sets[owner, default: FieldSet()].formUnion(FieldSet(fieldsV1: fields))
    }
  }

  /// Someone wrote the object without applying: what is new or has another value is theirs from now on.
  mutating func update(by manager: String, from old: JSONValue?, to new: JSONValue) {
    pending.append((manager, old, new))
  }

  private mutating func settle() {
    var last: FieldSet?
    for (manager, old, new) in pending {
      // Each write is on top of the one before, unless what was there had got lost.
      let before = old.map { last ?? FieldSet(of: $0) } ?? FieldSet()
      let after = FieldSet(of: new)
      take(manager, from: old, before, to: new, after)
      last = after
    }
    pending = []
  }

  private mutating func take(
    _ manager: String, from old: JSONValue?, _ before: FieldSet, to new: JSONValue, _ after: FieldSet
  ) {
    let altered = after.paths.filter { !before.contains($0) || old?[$0] != new[$0] }
    release(altered.union(before.paths.subtracting(after.paths)))
    var mine = sets[Owner(manager: manager, applies: false)] ?? FieldSet()
    mine.formUnion(FieldSet(altered))
    sets[Owner(manager: manager, applies: false)] = mine
  }

  /// Server-side apply: the object with what the manager wants, and without what it wanted before, wants no more, and
  /// nobody else set. Nil where that cannot be told: items of a list that somebody else has a hand in may be merged.
  mutating func apply(
    _ wanted: JSONValue, by manager: String, to object: JSONValue, of key: ObjectKey
  ) -> JSONValue? {
    settle()
    let owner = Owner(manager: manager, applies: true)
    let fields = FieldSet(of: wanted)
    let previous = sets.updateValue(fields, forKey: owner)
    var result = object
    for path in fields.paths.sorted(by: { $0.lexicographicallyPrecedes($1) }) {
      guard let value = wanted[path], !value.isNull else { continue }
      // An empty map wants nothing but to be there.
      if value.members?.isEmpty == true, !FieldSet.isAtomic(path), object[path] != nil { continue }
      if object[path] != value {
        if value.array != nil, object[path]?.array != nil, MergeKeys(key).mayMergeApplied(at: path),
          sets.contains(where: { $0.key != owner && $0.value.covers(path) })
        {
          return nil
        }
        release([path], but: owner)
      }
      result = result.setting(path, to: value)
    }
    for list in FieldSet.setLists {
      guard let items = wanted[list]?.array, case .array(var known) = object[list] ?? .array([]) else { continue }
      known += items.filter { !known.contains($0) }
      result = result.setting(list, to: .array(known))
    }
    for path in previous?.paths.subtracting(fields.paths) ?? [] where !sets.values.contains(where: { $0.covers(path) })
    {
      if let list = FieldSet.setLists.first(where: { path.starts(with: $0) && path.count > $0.count }) {
        let rest = (result[list]?.array ?? []).filter { FieldSet.step(to: $0) != path.last }
        result = result.setting(list, to: .array(rest))
      } else {
        result = result.removing(path[...])
      }
    }
    return result
  }

  /// A patch that rewrites managedFields itself, as kubectl does when it moves from client-side to server-side apply:
  /// the field sets are then what it says.
  mutating func rewrite(by patch: JSONValue) {
    if let entries = patch["metadata", "managedFields"]?.array { self = FieldOwners(managedFields: entries) }
    for operation in patch.array ?? [] where operation["path"]?.string == "/metadata/managedFields" {
      if let entries = operation["value"]?.array, operation["op"]?.string != "test" {
        self = FieldOwners(managedFields: entries)
      }
    }
  }

  private mutating func release(_ paths: Set<[String]>, but owner: Owner? = nil) {
    guard !paths.isEmpty else { return }
    for key in sets.keys where key != owner { sets[key]?.subtract(FieldSet(paths)) }
  }
}

extension FieldSet {
  init(_ paths: Set<[String]>) {
    self.init()
    self.insert(paths)
  }

  /// Whether a field, or something below or around it, belongs to the set. Who owns no more than that there are labels
  /// owns none of them.
  func covers(_ path: [String]) -> Bool {
    paths.contains { $0.starts(with: path) || (path.starts(with: $0) && $0.first != "metadata") }
  }

  /// The same, where to own that there are labels counts for all of them.
  func mayCover(_ path: [String]) -> Bool {
    paths.contains { $0.starts(with: path) || path.starts(with: $0) }
  }
}

extension JSONValue {
  /// Without the member at a path, and without objects that it leaves empty.
  fileprivate func removing(_ path: ArraySlice<String>) -> JSONValue {
    guard let step = path.first, case .object(var members) = self, let child = members[step] else { return self }
    if path.count == 1 {
      members[step] = nil
    } else {
      let rest = child.removing(path.dropFirst())
      members[step] = rest.members?.isEmpty == true ? nil : rest
    }
    return .object(members)
  }
}
