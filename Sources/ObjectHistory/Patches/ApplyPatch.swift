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
  private let key: ObjectKey
  private let layout: FieldLayout

  /// - Parameter object: as it was answered: the owners are those of its `metadata.managedFields`.
  init(of object: JSONValue? = nil, _ key: ObjectKey) {
    self.key = key
    layout = FieldLayout(key)
    for entry in object?.owners ?? [] {
      guard let fields = entry["fieldsV1"] else { continue }
      let owner = Owner(manager: entry["manager"]?.string ?? "", applies: entry["operation"]?.string == "Apply")
      sets[owner, default: FieldSet()].formUnion(FieldSet(fieldsV1: fields, as: layout))
    }
  }

  /// Someone wrote the object without applying: what is new or has another value is theirs from now on.
  mutating func update(by manager: String, from old: JSONValue?, to new: JSONValue) {
    pending.append((manager, old, new))
  }

  private mutating func settle() {
    var last: (document: JSONValue, values: [[String]: JSONValue])?
    for (manager, old, new) in pending {
      // Mostly each write is on top of the one before.
      let before = old.map { old in
        last.flatMap { $0.document.isOne(with: old) ? $0.values : nil } ?? FieldSet.values(of: old, as: layout)
      }
      let after = FieldSet.values(of: new, as: layout)
      take(manager, from: before ?? [:], to: after)
      last = (new, after)
    }
    pending = []
  }

  private mutating func take(_ manager: String, from old: [[String]: JSONValue], to new: [[String]: JSONValue]) {
    let altered = Set(new.lazy.filter { old[$0.key] != $0.value }.map(\.key))
    release(altered.union(old.keys.lazy.filter { new[$0] == nil }))
    sets[Owner(manager: manager, applies: false), default: FieldSet()].formUnion(FieldSet(altered))
  }

  /// Server-side apply: the object with what the manager wants, and without what it wanted before, wants no more, and
  /// nobody else set. Nil where that cannot be told: items of a list that somebody else has a hand in may be merged.
  mutating func apply(_ wanted: JSONValue, by manager: String, to object: JSONValue) -> JSONValue? {
    settle()
    let owner = Owner(manager: manager, applies: true)
    let fields = FieldSet(of: wanted, as: layout)
    let previous = sets.updateValue(fields, forKey: owner)
    var taken: Set<[String]> = []
    var isOpen = false
    /// The value at a path once what is wanted there is laid over it.
    func laid(_ wanted: JSONValue, over known: JSONValue?, at path: [String]) -> JSONValue? {
      if FieldSet.isIdentity(path) { return known }
      if let items = wanted.array, layout.setLists.contains(path) {
        guard let there = (known ?? .array([])).array else { return known }
        let others = Set(there)
        return .array(there + items.filter { !others.contains($0) })
      }
      if let members = wanted.members, !layout.isAtomic(path) {
        // An empty map wants nothing but to be there.
        if members.isEmpty { return known ?? wanted }
        guard var result = known == nil ? JSONMembers() : known?.members else { return known }
        result.merge(members.unique) { laid($1, over: $2, at: path + [$0]) }
        return known == nil && result.isEmpty ? nil : .object(result)
      }
      guard !wanted.isNull else { return known }
      guard known != wanted else { return wanted }
      if wanted.array != nil, known?.array != nil, MergeKeys(key).mayMergeApplied(at: path),
        sets.contains(where: { $0.key != owner && $0.value.cover.holds(path) })
      {
        isOpen = true
      }
      taken.insert(path)
      return wanted
    }
    let result = laid(wanted, over: object, at: [])
    release(taken, but: owner)
    guard let result, !isOpen else { return nil }
    return previous.map { without($0.paths.subtracting(fields.paths), result) } ?? result
  }

  /// The object without those of some fields that nobody owns.
  private func without(_ fields: Set<[String]>, _ object: JSONValue) -> JSONValue {
    guard !fields.isEmpty else { return object }
    let covers = sets.values.map(\.cover)
    let gone = fields.filter { path in !covers.contains { $0.holds(path) } }
    return Dictionary(grouping: gone) { Array($0.dropLast()) }.reduce(object) { object, fields in
      let names = Set(fields.value.compactMap(\.last))
      guard layout.setLists.contains(fields.key) else { return object.removing(names, at: fields.key[...]) }
      let items = object[fields.key]?.array ?? []
      return object.setting(fields.key, to: .array(items.filter { !names.contains(FieldSet.step(to: $0)) }))
    }
  }

  /// A patch that rewrites managedFields itself, as kubectl does when it moves from client-side to server-side apply:
  /// the field sets are then what it says.
  mutating func rewrite(by patch: JSONValue) {
    if patch["metadata", "managedFields"]?.array != nil { self = FieldOwners(of: patch, key) }
    for operation in patch.array ?? [] where operation["path"]?.string == "/metadata/managedFields" {
      if let entries = operation["value"], entries.array != nil, operation["op"]?.string != "test" {
        self = FieldOwners(of: .object(["metadata": .object(["managedFields": entries])]), key)
      }
    }
  }

  private mutating func release(_ paths: Set<[String]>, but owner: Owner? = nil) {
    guard !paths.isEmpty else { return }
    for key in sets.keys where key != owner { sets[key]?.subtract(FieldSet(paths)) }
  }
}

extension JSONValue {
  /// Without some members of the object at a path, and without objects that they leave empty.
  fileprivate func removing(_ names: Set<String>, at path: ArraySlice<String>) -> JSONValue {
    guard case .object(var members) = self else { return self }
    guard let step = path.first else {
      members.list.removeAll { names.contains($0.key) }
      return .object(members)
    }
    guard let child = members[step] else { return self }
    let rest = child.removing(names, at: path.dropFirst())
    members[step] = rest.members?.isEmpty == true ? nil : rest
    return .object(members)
  }
}
