import AuditModel

/// Rows of comma, tab or semicolon separated text, as RFC 4180 quotes them: a cell in quotes may hold separators,
/// newlines and doubled quotes.
enum TableText {
  static let separators: [UInt8] = [Ascii.comma, 0x09, UInt8(ascii: ";")]

  /// The place of the newline that ends the row at `start`; nil where there is none yet.
  static func endOfRow(_ text: UnsafeRawBufferPointer, from start: Int, separator: UInt8) -> Int? {
    var at = start
    var isAtCell = true
    while at < text.count {
      switch text[at] {
      case Ascii.quote where isAtCell:
        guard let close = closingQuote(text, from: at + 1) else { return nil }
        at = close
        isAtCell = false
      case Ascii.newline: return at
      case separator: isAtCell = true
      default: isAtCell = false
      }
      at += 1
    }
    return nil
  }

  /// The cells of one row, without their quotes.
  static func cells(_ row: UnsafeRawBufferPointer, separator: UInt8) -> [[UInt8]] {
    var cells: [[UInt8]] = []
    var at = 0
    while true {
      var cell: [UInt8] = []
      if at < row.count, row[at] == Ascii.quote {
        let close = closingQuote(row, from: at + 1) ?? row.count
        var isSecond = false
        for byte in row.part((at + 1)..<close) {
          isSecond = byte == Ascii.quote && !isSecond
          if !isSecond { cell.append(byte) }
        }
        at = min(row.count, close + 1)
      }
      let end = row.first(separator, from: at) ?? row.count
      cell += row.part(at..<end)
      cells.append(cell)
      guard end < row.count else { return cells }
      at = end + 1
    }
  }

  /// The quote that ends a cell: one that is not doubled.
  private static func closingQuote(_ text: UnsafeRawBufferPointer, from start: Int) -> Int? {
    var at = start
    while let quote = text.first(Ascii.quote, from: at) {
      guard quote + 1 < text.count, text[quote + 1] == Ascii.quote else { return quote }
      at = quote + 2
    }
    return nil
  }
}

/// The first row of a table whose columns are known.
struct TableHeader {
  var separator: UInt8
  var columns: [String]
  /// The column that holds a record as text; nil where the columns are the record's own members.
  var textColumn: Int?

  /// Nil where the line names no column that logs have.
  init?(_ line: UnsafeRawBufferPointer) {
    guard line.count < 65_536, !line.contains("{") else { return nil }
    for separator in TableText.separators {
      let cells = TableText.cells(line, separator: separator).map { String(decoding: $0, as: UTF8.self) }
      let text = Self.textColumns.lazy.compactMap { name in cells.firstIndex(of: name) }.first
      let isOfMembers = cells.contains(where: Self.memberColumns.contains)
      guard cells.count > 1 && (text != nil || isOfMembers) || cells.count == 1 && Self.loneColumns.contains(cells[0])
      else { continue }
      self.separator = separator
      columns = cells
      textColumn = isOfMembers ? nil : text
      return
    }
    return nil
  }

  /// Columns that hold a record: CloudWatch Insights, Splunk, Azure, old Kibana, Loki.
  private static let textColumns = [
    "@message", "_raw", "log_s", "_source", "message", "Line", "line", "MESSAGE", "_msg",
  ]
  private static let loneColumns: Set<String> = ["@message", "_raw", "log_s", "_source"]
  /// Columns that only records have themselves.
  private static let memberColumns: Set<String> = [
    "auditID", "AuditId", "source_name_aggr", "dest_name_aggr", "qname", "src_name_aggr",
  ]

  /// The record that a row of members spells, as JSON.
  func document(_ cells: [[UInt8]]) -> JSONValue {
    var members = JSONMembers()
    for (column, cell) in zip(columns, cells) {
      let text = String(decoding: cell, as: UTF8.self)
      guard !text.isEmpty, text != "-", !column.isEmpty else { continue }
      members.add(column, value(text, of: column))
    }
    return LogDecoding.document(of: members)
  }

  private func value(_ text: String, of column: String) -> JSONValue {
    if text.hasPrefix("{") || text.hasPrefix("["), let value = try? JSONValue(parsing: text) { return value }
    if isList(column) {
      return .array(text.split(separator: ",").map { .string(String($0.drop { $0 == " " })) })
    }
    if isNumber(column), let number = Int64(text.filter { $0 != "," }) { return .integer(number) }
    return .string(text)
  }

  private func isNumber(_ column: String) -> Bool {
    ["num_", "bytes_", "packets_", "tcp_", "http_", "latency", "duration_"].contains { column.hasPrefix($0) }
      || ["_time", "_port", "_num", ".code", "count"].contains { column.hasSuffix($0) }
  }
}
