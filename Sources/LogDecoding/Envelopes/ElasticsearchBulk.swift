import AuditModel

extension Envelope {
  /// The line before a document in the body of a `_bulk` request. It holds no record.
  static let bulkAction = Envelope(
    name: "elasticsearch-bulk", summary: "action line of an Elasticsearch _bulk body",
    mark: "index, create, update or delete with _index or _id, or empty",
    signature: { line in
      isAction(line["index"]) || isAction(line["create"]) || isAction(line["update"]) || isAction(line["delete"])
    },
    open: { _, _ in })

  /// The document of an `update` action.
  static let bulkUpdate = Envelope(
    name: "elasticsearch-update", summary: "document of an Elasticsearch _bulk update",
    mark: "doc is an object",
    signature: { $0["doc"].object != nil },
    open: { line, contents in contents.add(member: "doc", of: line["doc"]) })
}

private func isAction(_ element: JSONElement) -> Bool {
  guard let action = element.object else { return false }
  return action.isEmpty || action.has("_index") || action.has("_id")
}
