import AuditModel

/// Fields of an object, as server-side apply keeps them for each manager: leaves, lists and selectors whole,
/// but for lists that are sets.
struct FieldSet {
  private(set) var paths: Set<[String]> = []

  init() {}

  /// What a document says, but for what makes it that object.
  init(of document: JSONValue) {
    collect(document, at: [])
    paths = paths.filter { !$0.isEmpty && !FieldSet.isIdentity($0) }
  }

  /// `fieldsV1` of an entry of managedFields; items of lists count as the list.
  init(fieldsV1: JSONValue) {
    collect(fieldsV1: fieldsV1, at: [])
  }

  mutating func insert(_ more: Set<[String]>) { paths.formUnion(more) }
  func contains(_ path: [String]) -> Bool { paths.contains(path) }
  mutating func formUnion(_ other: FieldSet) { paths.formUnion(other.paths) }
  mutating func subtract(_ other: FieldSet) { paths.subtract(other.paths) }

  private mutating func collect(_ value: JSONValue, at path: [String]) {
    if FieldSet.setLists.contains(path), let items = value.array, !items.isEmpty {
      for item in items { paths.insert(path + [FieldSet.step(to: item)]) }
      return
    }
    guard case .object(let members) = value, !members.isEmpty, !FieldSet.isAtomic(path) else {
      paths.insert(path)
      return
    }
    for member in members.unique { collect(member.value, at: path + [member.key]) }
  }

  private mutating func collect(fieldsV1 value: JSONValue, at path: [String]) {
    let keys = value.members?.list ?? []
    if FieldSet.setLists.contains(path) {
      for item in keys where item.key.hasPrefix("v:") { paths.insert(path + [item.key]) }
      return
    }
    let fields = keys.filter { $0.key.hasPrefix("f:") }
    if fields.isEmpty {
      if !path.isEmpty { paths.insert(path) }
      return
    }
    for field in fields { collect(fieldsV1: field.value, at: path + [String(field.key.dropFirst(2))]) }
  }

  /// Lists whose items belong to managers one by one, as `listType: set` of the CRDs says.
  static let setLists: [[String]] = [["spec", "nets"], ["spec", "allowedEgressDomains"]]

  /// The last step of the path to an item of such a list, as `fieldsV1` writes it.
  static func step(to item: JSONValue) -> String { "v:" + item.json }

  /// Label selectors are replaced whole.
  static func isAtomic(_ path: [String]) -> Bool { path.last.map(selectors.contains) ?? false }
  private static let selectors: Set<String> = [
    "labelSelector", "namespaceSelector", "namespaces", "podSelector", "roleRef",
  ]

  private static func isIdentity(_ path: [String]) -> Bool {
    path == ["apiVersion"] || path == ["kind"] || path.first == "status"
      || (path.count > 1 && path[0] == "metadata" && machineMetadata.contains(path[1]))
  }
  private static let machineMetadata: Set<String> = [
    "creationTimestamp", "deletionGracePeriodSeconds", "deletionTimestamp", "generation", "managedFields", "name",
    "namespace", "resourceVersion", "selfLink", "uid",
  ]
}
