import AuditModel

/// Reads what was logged of Calico's storage as acts on the public API would have it, so that one object that is known
/// under two names has one history.
struct CalicoStorage {
  let key: ObjectKey
  private let aliases: Set<ObjectKey>
  /// uids of the public objects by those of the stored ones, where acts show both.
  private var uids: [String: String] = [:]

  /// - Parameter aliases: the keys of the object in the storage.
  init(_ key: ObjectKey, aliases: [ObjectKey], acts: [ActDetail]) {
    self.key = key
    self.aliases = Set(aliases)
    for detail in acts {
      guard let stored = detail.stored?["metadata", "uid"]?.string,
        let uid = detail.response?["metadata", "uid"]?.string ?? detail.act.uid, detail.act.key == key
      else { continue }
      uids[stored] = uid
    }
  }

  func isAbout(_ other: ObjectKey?) -> Bool { other == key || other.map(aliases.contains) ?? false }

  /// The keys of the object that are in a collection: of the public API, or of the storage.
  func keys(in collection: ObjectReference) -> [ObjectKey] {
    ([key] + aliases.sorted()).filter { $0.group == collection.group && $0.resource == collection.resource }
  }

  /// The act with bodies as the public API has them, and whether any was made out of what is stored.
  func read(_ detail: ActDetail) -> (detail: ActDetail, isConverted: Bool) {
    if let other = detail.act.key, aliases.contains(other) {
      var converted = detail
      converted.request = detail.request.map { $0["metadata"] == nil || $0.array != nil ? $0 : publicForm($0) }
      converted.response = detail.response.map(publicForm)
      return (converted, true)
    }
    guard detail.response?["metadata", "name"] == nil, let stored = detail.stored, detail.act.key == key else {
      return (detail, false)
    }
    var converted = detail
    converted.response = publicForm(stored)
    return (converted, true)
  }

  /// What was applied, labels and the like stand in an annotation of the stored object, and its uid is another one.
  func publicForm(_ stored: JSONValue) -> JSONValue {
    guard let metadata = stored["metadata"], metadata.members != nil, stored["kind"]?.string != "Status" else {
      return stored
    }
    let annotation = "projectcalico.org/metadata"
    let noted = metadata["annotations", annotation]?.string.flatMap { try? JSONValue(parsing: $0) }
    var object = stored
    func set(_ name: String, _ value: JSONValue?) { object = object.setting(["metadata", name], to: value) }
    func merged(_ name: String, without dropped: String? = nil) -> JSONValue? {
      var members = metadata[name]?.members ?? JSONMembers()
      if let dropped { members[dropped] = nil }
      for member in noted?[name]?.members?.unique ?? [] { members[member.key] = member.value }
      return members.isEmpty ? nil : .object(members)
    }
    object = object.setting(["apiVersion"], to: .string(key.group + "/v3"))
    set("name", .string(key.name))
    set("uid", metadata["uid"]?.string.flatMap { uid(of: $0, noted: noted) }.map { .string($0) })
    set("labels", merged("labels"))
    set("annotations", merged("annotations", without: annotation))
    for name in ["generation", "managedFields"] { set(name, noted?[name]) }
    for name in ["creationTimestamp", "ownerReferences"] { if let value = noted?[name] { set(name, value) } }
    return object
  }

  private func uid(of stored: String, noted: JSONValue?) -> String? {
    uids[stored] ?? noted?["uid"]?.string ?? CalicoLineage.mapped(uid: stored)
  }
}
