import AuditModel

/// The record that a row of a table spells, as JSON; nil where the text that begins with `head` is no table, or one
/// whose rows hold their records as text.
public func tableRecord(_ row: [UInt8], head: [UInt8]) -> [UInt8]? {
  let header = head.withUnsafeBytes { bytes -> TableHeader? in
    let start = bytes.trimmed(0..<bytes.count).lowerBound
    let end = bytes.first(Ascii.newline, from: start) ?? bytes.count
    return TableHeader(bytes.part(bytes.trimmed(start..<end)))
  }
  guard let header, header.textColumn == nil else { return nil }
  let cells = row.withUnsafeBytes { TableText.cells($0, separator: header.separator) }
  return Array(header.document(cells).json.utf8)
}

/// Tables: the first row names the columns, each other row is a record or holds one.
extension RecordDecoder {
  func decodeTable(_ call: inout DecodingCall, isLast: Bool) -> Int {
    let bytes = call.bytes
    var at = 0
    while at < bytes.count {
      let newline = TableText.endOfRow(bytes, from: at, separator: table?.separator ?? Ascii.comma)
      if newline == nil, !isLast {
        guard bytes.count - at > longestRecord else { return at }
        call.reject(at..<bytes.count, tooLong)
        return bytes.count
      }
      let end = newline ?? bytes.count
      let range = bytes.trimmed(at..<end)
      if !range.isEmpty {
        decodeRow(&call, range, isCut: newline == nil)
        if newline == nil { leaveUnfinished(call, from: range.lowerBound) }
      }
      at = newline.map { $0 + 1 } ?? end
    }
    return at
  }

  private func decodeRow(_ call: inout DecodingCall, _ range: Range<Int>, isCut: Bool) {
    let row = call.bytes.part(range)
    if let header = TableHeader(row) {
      // Exports that were put together repeat it.
      table = header
      passes?(range)
      return
    }
    guard let table else { return decode(&call, in: call.bytes, range, origin: Origin(), isCut: isCut) }
    let cells = TableText.cells(row, separator: table.separator)
    var origin = Origin()
    origin.place = range
    origin.depth = 1
    for (column, cell) in zip(table.columns, cells) {
      switch column {
      case "TimeGenerated [UTC]": origin.transport.time = utcTime(String(decoding: cell, as: UTF8.self))
      case "@timestamp", "TimeGenerated", "TimeGenerated [Local Time]", "_time":
        origin.transport.time = cell.withUnsafeBytes { times.read($0) ?? rfc3339($0) }
      case "_ResourceId", "ResourceId":
        origin.transport.cluster = azureCluster(String(decoding: cell, as: UTF8.self))
      default: break
      }
    }
    traces?("table")
    if let column = table.textColumn {
      guard column < cells.count else { return call.reject(range, "a row without the column \(table.columns[column])") }
      return decode(&call, payload: cells[column], origin: origin)
    }
    origin.own = Array(row)
    decode(&call, payload: Array(table.document(cells).json.utf8), origin: origin)
  }

  /// The cells of a row that are records, where its table's head is not at hand.
  func cellsWithRecords(_ row: UnsafeRawBufferPointer) -> [[UInt8]] {
    guard row.contains("\""), row.contains("{") else { return [] }
    for separator in TableText.separators {
      let cells = TableText.cells(row, separator: separator).filter(beginsRecord)
      if !cells.isEmpty { return cells }
    }
    return []
  }

  /// An object, a list of some, or a line of what collected it before it came into the table.
  private func beginsRecord(_ cell: [UInt8]) -> Bool {
    guard cell.contains(Ascii.openBrace) else { return false }
    return cell.withUnsafeBytes { bytes in
      let text = bytes.part(bytes.trimmed(0..<bytes.count))
      return text.first == Ascii.openBrace || text.first == Ascii.openBracket || LinePrefix.match(text) != nil
    }
  }
}
