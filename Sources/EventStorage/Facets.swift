public import EventQueries
import AuditModel

extension StoreSnapshot {
  /// The values that listed acts have in a field, most frequent first, equal counts by value.
  ///
  /// Acts with the same codes in all columns of the field have the same values, so each combination is looked at once.
  public func facets(_ request: FacetRequest, isCancelled: () -> Bool = { false }) throws -> FacetAnswer {
    guard let field = FilterField.named(request.field) else {
      return FacetAnswer(request: request, values: [], distinct: 0)
    }
    let selection = try selection(request.query, isCancelled: isCancelled)
    var counts: [String?: Int] = [:]
    for (place, segment) in state.segments.enumerated() where segment.rowCount > 0 {
      if isCancelled() { throw CancellationError() }
      let columns = try field.columns.map { try state.keys(of: place, $0) }
      var rows: [RowKey: (row: Int, count: Int)] = [:]
      selection.bits[place].forEach { row in
        let first = columns.first.map { $0(row) } ?? 0
        let second = columns.count > 1 ? columns[1](row) : 0
        let more = columns.dropFirst(2).map { $0(row) }
        rows[RowKey(first: first, second: second, more: more), default: (row, 0)].count += 1
      }
      for (row, count) in rows.values {
        let values = field.values(of: try state.act(place, row))
        if values.isEmpty { counts[nil, default: 0] += count }
        for value in Set(values) { counts[value, default: 0] += count }
      }
    }
    let prefix = request.prefix.lowercased()
    let fitting = counts.filter { prefix.isEmpty || $0.key?.lowercased().hasPrefix(prefix) == true }
    let sorted = fitting.sorted { ($1.value, $0.key ?? "") < ($0.value, $1.key ?? "") }
    return FacetAnswer(
      request: request, values: sorted.prefix(max(0, request.limit)).map { FacetValue(value: $0.key, count: $0.value) },
      distinct: fitting.count)
  }
}

/// What the values of a row in the columns of a field are told by; hardly a field has more than two.
private struct RowKey: Hashable {
  var first: Int64
  var second: Int64
  var more: [Int64]
}

extension StoreState {
  /// Keys that mean something in audit acts alone: one and the same for rows of other logs.
  private func ofAudit(_ segment: Segment, _ key: @escaping (Int) -> Int64) throws -> (Int) -> Int64 {
    let data = try segment.numbers(.data)
    return { data.byte($0) == DataKind.audit.rawValue ? key($0) : -1 }
  }

  /// A number for each row that is equal where the column's values are.
  func keys(of place: Int, _ column: EventColumn) throws -> (Int) -> Int64 {
    let segment = segments[place]
    let patch = patches[place].summaries
    func numbers(_ column: StoredColumn) throws -> (Int) -> Int64 {
      let values = try segment.numbers(column)
      return { Int64(bitPattern: values.stored($0)) }
    }
    if let stored = column.storedText {
      let codes = try segment.text(stored).codes
      return { codes.integer($0) }
    }
    switch column {
    case .sourceFile: return { _ in 0 }
    case .data: return try numbers(.data)
    case .time: return try numbers(.time)
    case .took: return try numbers(.took)
    case .level: return try ofAudit(segment, try numbers(.level))
    case .generation: return try numbers(.generation)
    case .truncated:
      let flags = try segment.numbers(.flags)
      return { Int64(flags.byte($0) & RowFlags.truncated.rawValue) }
    case .dryRun:
      let flags = try segment.numbers(.flags)
      return { row in
        flags.byte(row) & RowFlags.dryRun.rawValue != 0 || patch[row]?.outcome == .dryrun ? 1 : 0
      }
    case .outcome:
      let values = try segment.numbers(.outcome)
      return { Int64(patch[$0]?.outcome.rawValue ?? values.byte($0)) }
    case .stages:
      let values = try segment.numbers(.stages)
      return try ofAudit(segment) { Int64(patch[$0]?.stages.rawValue ?? values.byte($0)) }
    case .code:
      let values = try segment.numbers(.code)
      return { row in (patch[row].map(\.code) ?? values[row]) ?? -1 }
    case .groups, .ips:
      let codes = try segment.lists(column == .groups ? .groups : .ips).codes
      return { codes.integer($0) }
    // Hardly any two acts share one.
    case .auditID, .contentID: return { Int64($0) }
    default:
      guard let stored = StoredColumn.facts[column] else { return { Int64($0) } }
      switch column.shape {
      case .text:
        let codes = try segment.text(stored).codes
        return { codes.integer($0) }
      case .list:
        let codes = try segment.lists(stored).codes
        return { codes.integer($0) }
      case .number: return try numbers(stored)
      }
    }
  }
}
