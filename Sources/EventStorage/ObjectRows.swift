import AuditModel

/// The objects that a segment's acts are about, in order of their keys, and the acts of each: makes the acts on one
/// object a binary search instead of a scan. Acts without a name stand under a name of their own, absent.
struct ObjectRows {
  /// Codes of group, resource, namespace and name, four for each object.
  private(set) var codes: [Int64] = []
  /// Where the rows of each object begin in `rows`; one more at the end.
  private(set) var starts: [Int64] = []
  /// Ascending within an object.
  private(set) var rows: [Int64] = []

  private(set) var objects: [StoredObject] = []

  var count: Int { objects.count }
  func object(_ place: Int) -> StoredObject { objects[place] }
  func rows(at place: Int) -> some Sequence<Int> {
    rows[Int(starts[place])..<Int(starts[place + 1])].lazy.map { Int($0) }
  }

  private struct Codes: Hashable {
    var group: Int
    var resource: Int
    var namespace: Int
    var name: Int
  }

  init(group: TextColumn, resource: TextColumn, namespace: TextColumn, name: TextColumn) {
    var rowsOf: [Codes: [Int64]] = [:]
    for row in 0..<resource.codes.count {
      var key = Codes(
        group: group.code(row), resource: resource.code(row), namespace: namespace.code(row), name: name.code(row))
      guard key.resource > 0 else { continue }
      // As `ObjectKey` has it: a Namespace is in none, and an empty one is none.
      if key.namespace > 0 {
        let isNamespace = resource[row] == "namespaces" && (group[row] ?? "").isEmpty && key.name > 0
        if isNamespace || namespace[row]?.isEmpty == true { key.namespace = 0 }
      }
      rowsOf[key, default: []].append(Int64(row))
    }
    func text(_ column: TextColumn, _ code: Int) -> String { code == 0 ? "" : column.dictionary[code - 1] }
    let sorted = rowsOf.keys.sorted {
      if $0.group != $1.group { return text(group, $0.group) < text(group, $1.group) }
      if $0.resource != $1.resource { return text(resource, $0.resource) < text(resource, $1.resource) }
      if $0.namespace != $1.namespace { return text(namespace, $0.namespace) < text(namespace, $1.namespace) }
      return text(name, $0.name) < text(name, $1.name)
    }
    for key in sorted {
      objects.append(
        StoredObject(
          group: text(group, key.group), resource: text(resource, key.resource),
          namespace: key.namespace == 0 ? nil : text(namespace, key.namespace),
          name: key.name == 0 ? nil : text(name, key.name)))
      codes += [key.group, key.resource, key.namespace, key.name].map(Int64.init)
      starts.append(Int64(rows.count))
      rows += rowsOf[key] ?? []
    }
    starts.append(Int64(rows.count))
  }
}
