import AuditModel
import ManifestDiff

extension Exporter {
  static let yaml = Exporter(
    name: "yaml", summary: "One YAML document a row, separated by ---", encoder: { _ in YAMLEncoder() })
}

private struct YAMLEncoder: RowEncoder {
  func row(_ row: JSONValue) -> [UInt8] { Array(("---\n" + ManifestText(row).text).utf8) }
  /// Control characters are escaped already, as YAML does; what a terminal would still act on is made visible.
  func forTerminal(_ bytes: [UInt8]) -> [UInt8] {
    Array(SafeText.lines(String(decoding: bytes, as: UTF8.self)).utf8)
  }
}
