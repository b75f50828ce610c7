import AuditModel

extension Exporter {
  static let jsonDocument = Exporter(
    name: "json", summary: "One JSON document: an array of all rows", encoder: { _ in JSONDocumentEncoder() })
}

private struct JSONDocumentEncoder: RowEncoder {
  private var isFirst = true

  func begin() -> [UInt8] { Array("[".utf8) }
  mutating func row(_ row: JSONValue) -> [UInt8] {
    var bytes = Array((isFirst ? "\n  " : ",\n  ").utf8)
    isFirst = false
    row.write(to: &bytes, indent: 2, depth: 1)
    return bytes
  }
  func end() -> [UInt8] { Array((isFirst ? "]\n" : "\n]\n").utf8) }
}
