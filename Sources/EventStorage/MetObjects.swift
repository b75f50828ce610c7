import AuditModel

extension StoredColumn {
  static let ofMetObjects: [StoredColumn] = [.metRow, .metName]
}

extension Segment {
  /// The objects that deletions of collections met, as their answers list them, in order of rows: some are named nowhere
  /// else, being older than the log. Most segments have none.
  func metObjects() throws -> [(key: ObjectKey, row: Int)] {
    let rows = try numbers(.metRow)
    guard rows.count > 0 else { return [] }
    let names = try text(.metName)
    let (groups, resources) = (try text(.apiGroup), try text(.resource))
    let (namespaces, clusters) = (try text(.namespace), try text(.cluster))
    return (0..<rows.count).compactMap { index in
      let row = Int(rows.integer(index))
      guard row < rowCount, let resource = resources[row], let name = names[index], let slash = name.firstIndex(of: "/")
      else { return nil }
      let namespace = name[..<slash].isEmpty ? namespaces[row] : String(name[..<slash])
      let key = ObjectKey(
        group: groups[row] ?? "", resource: resource, namespace: namespace,
        name: String(name[name.index(after: slash)...]), cluster: clusters[row])
      return (key, row)
    }
  }
}
