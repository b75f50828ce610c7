import AuditModel

extension Exporter {
  static let jsonLines = Exporter(
    name: "jsonl", summary: "One JSON object a line", encoder: { _ in JSONLinesEncoder() })
}

private struct JSONLinesEncoder: RowEncoder {
  func row(_ row: JSONValue) -> [UInt8] {
    var bytes: [UInt8] = []
    row.write(to: &bytes)
    bytes.append(UInt8(ascii: "\n"))
    return bytes
  }
}
