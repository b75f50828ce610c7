import AuditModel

extension Exporter {
  static let csv = Exporter(
    name: "csv", summary: "Comma-separated values with a heading (RFC 4180), safe to open in a spreadsheet",
    encoder: { CSVEncoder(columns: $0) })
}

/// Lists and objects inside a row are written as JSON, what is not known is empty.
private struct CSVEncoder: RowEncoder {
  let columns: [String]

  func begin() -> [UInt8] { line(columns) }

  func row(_ row: JSONValue) -> [UInt8] {
    line(
      columns.map { column in
        switch row[column] {
        case nil, .null: ""
        case .string(let text): Self.harmless(text)
        case .number(let digits): digits
        case .some(let value): Self.harmless(value.json)
        }
      })
  }

  /// A text that begins like a formula gets an apostrophe before it: spreadsheets then take it as text. Line breaks
  /// are legal inside quotes.
  private static func harmless(_ text: String) -> String {
    guard let first = text.unicodeScalars.first(where: { !" \u{A0}".unicodeScalars.contains($0) }) else { return text }
    return "=+-@\t\r\n|%＝＋－＠".unicodeScalars.contains(first) ? "'" + text : text
  }

  private func line(_ cells: [String]) -> [UInt8] {
    var bytes: [UInt8] = []
    for (index, cell) in cells.enumerated() {
      if index > 0 { bytes.append(UInt8(ascii: ",")) }
      if cell.utf8.contains(where: { $0 < 0x20 || $0 == UInt8(ascii: ",") || $0 == UInt8(ascii: "\"") }) {
        bytes.append(UInt8(ascii: "\""))
        for byte in cell.utf8 {
          if byte == UInt8(ascii: "\"") { bytes.append(byte) }
          bytes.append(byte)
        }
        bytes.append(UInt8(ascii: "\""))
      } else {
        bytes.append(contentsOf: cell.utf8)
      }
    }
    return bytes + Array("\r\n".utf8)
  }

  func forTerminal(_ bytes: [UInt8]) -> [UInt8] {
    Array(
      SafeText.lines(String(decoding: bytes.filter { $0 != UInt8(ascii: "\r") }, as: UTF8.self)).utf8)
  }
}
