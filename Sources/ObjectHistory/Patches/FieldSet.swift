import AuditModel

/// Fields of an object, as server-side apply keeps them for each manager: leaves, lists and selectors whole,
/// but for lists that are sets.
struct FieldSet {
  private(set) var paths: Set<[String]> = []

  init() {}

  init(_ paths: Set<[String]>) { self.paths = paths }

  /// What a document says, but for what makes it that object.
  init(of document: JSONValue, as layout: FieldLayout) {
    paths = Set(FieldSet.values(of: document, as: layout).keys)
  }

  /// `fieldsV1` of an entry of managedFields; items of lists count as the list.
  init(fieldsV1: JSONValue, as layout: FieldLayout) { collect(fieldsV1: fieldsV1, at: [], layout) }

  mutating func formUnion(_ other: FieldSet) { paths.formUnion(other.paths) }
  mutating func subtract(_ other: FieldSet) { paths.subtract(other.paths) }

  /// The fields of a document with their values, but for what makes it that object.
  static func values(of document: JSONValue, as layout: FieldLayout) -> [[String]: JSONValue] {
    var values: [[String]: JSONValue] = [:]
    func collect(_ value: JSONValue, at path: [String]) {
      if isIdentity(path) { return }
      if layout.setLists.contains(path), let items = value.array, !items.isEmpty {
        for item in items { values[path + [step(to: item)]] = item }
      } else if case .object(let members) = value, !members.isEmpty, !layout.isAtomic(path) {
        for member in members.unique { collect(member.value, at: path + [member.key]) }
      } else if !path.isEmpty {
        values[path] = value
      }
    }
    collect(document, at: [])
    return values
  }

  private mutating func collect(fieldsV1 value: JSONValue, at path: [String], _ layout: FieldLayout) {
    let keys = value.members?.list ?? []
    if layout.setLists.contains(path) {
      for item in keys where item.key.hasPrefix("v:") { paths.insert(path + [item.key]) }
      return
    }
    let fields = keys.filter { $0.key.hasPrefix("f:") }
    if fields.isEmpty {
      if !path.isEmpty { paths.insert(path) }
      return
    }
    for field in fields { collect(fieldsV1: field.value, at: path + [String(field.key.dropFirst(2))], layout) }
  }

  /// The fields of this set and all that lie around them, for who asks about many.
  var cover: FieldCover { FieldCover(paths) }

  /// The last step of the path to an item of such a list, as `fieldsV1` writes it.
  static func step(to item: JSONValue) -> String { "v:" + item.json }

  /// Whether a field is what makes a document that object, or the server's own.
  static func isIdentity(_ path: [String]) -> Bool {
    path == ["apiVersion"] || path == ["kind"] || path.first == "status"
      || (path.count > 1 && path[0] == "metadata" && machineMetadata.contains(path[1]))
  }
  private static let machineMetadata = Set(ServerFields.ofMetadata + ["name", "namespace"])
}

/// Whether fields, or something below or around them, belong to a set.
struct FieldCover {
  private let paths: Set<[String]>
  /// All beginnings of the paths, themselves among them.
  private let beginnings: Set<[String]>

  fileprivate init(_ paths: Set<[String]>) {
    self.paths = paths
    var beginnings: Set<[String]> = []
    for path in paths {
      var beginning = path
      while beginnings.insert(beginning).inserted, !beginning.isEmpty { beginning.removeLast() }
    }
    self.beginnings = beginnings
  }

  /// Who owns no more than that there are labels owns none of them.
  func holds(_ path: [String]) -> Bool {
    beginnings.contains(path) || (path.first != "metadata" && isBelow(path))
  }

  /// The same, where to own that there are labels counts for all of them.
  func mayHold(_ path: [String]) -> Bool { beginnings.contains(path) || isBelow(path) }

  private func isBelow(_ path: [String]) -> Bool { path.indices.contains { paths.contains(Array(path[..<$0])) } }
}
