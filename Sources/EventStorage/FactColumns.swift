import AuditModel
import EventQueries

/// What records of other logs say, by column, before they are encoded. Only columns that some record fills exist.
struct FactColumns: Sendable {
  private enum Values: Sendable {
    case texts(Coder<String>)
    case lists(Coder<[String]>)
    case numbers([Int64?])

    var count: Int {
      switch self {
      case .texts(let coder): coder.codes.count
      case .lists(let coder): coder.codes.count
      case .numbers(let numbers): numbers.count
      }
    }

    /// Adds a value at the place; places that were passed over say nothing.
    mutating func append(_ value: ColumnValue, at place: Int) {
      let passed = place - count
      switch (self, value) {
      case (.texts(var coder), .text(let text)):
        // One reference only, or each value would copy the column.
        self = .numbers([])
        for _ in 0..<passed { coder.append(nil) }
        coder.append(text)
        self = .texts(coder)
      case (.lists(var coder), .list(let list)):
        self = .numbers([])
        for _ in 0..<passed { coder.append(nil) }
        coder.append(list)
        self = .lists(coder)
      case (.numbers(var numbers), .number(let number)):
        self = .numbers([])
        for _ in 0..<passed { numbers.append(nil) }
        numbers.append(number)
        self = .numbers(numbers)
      default: preconditionFailure("a column's values have its shape")
      }
    }
  }

  /// The records that say something, ascending.
  private var records: [Int] = []
  /// By the stored columns' numbers, from the first one of facts on.
  private var columns = [Values?](repeating: nil, count: StoredColumn.limit - Int(StoredColumn.end.rawValue))
  /// For each data kind its columns and where they stand in `columns`.
  private static let layout: [[(column: EventColumn, place: Int)]] = DataKind.allCases.map { data in
    LogFacts.columns(of: data).compactMap { column in
      StoredColumn.facts[column].map { (column, Int($0.rawValue - StoredColumn.end.rawValue)) }
    }
  }

  private static func layout(of facts: LogFacts) -> [(column: EventColumn, place: Int)] {
    // A plain row may be of any log.
    layout[Int((facts.plain == nil ? facts.data : .alert).rawValue)]
  }

  /// - Parameter record: higher than any before.
  mutating func append(_ facts: LogFacts, record: Int) {
    let place = records.count
    records.append(record)
    for (column, index) in Self.layout(of: facts) {
      let value = facts.value(of: column)
      guard value != column.absent else { continue }
      if columns[index] == nil {
        columns[index] =
          switch column.shape {
          case .text: .texts(Coder())
          case .list: .lists(Coder())
          case .number: .numbers([])
          }
      }
      columns[index]?.append(value, at: place)
    }
  }

  /// Hands over each column that has a value, encoded, for the chosen records in their order.
  func encode(_ chosen: [Int], _ add: (StoredColumn, (inout ByteWriter) -> Void) -> Void) {
    guard !records.isEmpty else { return }
    var placeOfRecord: [Int: Int] = [:]
    for (place, record) in records.enumerated() { placeOfRecord[record] = place }
    let places = chosen.map { placeOfRecord[$0] }
    for (index, values) in columns.enumerated() {
      guard let values, let column = StoredColumn(rawValue: Int64(index) + StoredColumn.end.rawValue) else { continue }
      let count = values.count
      // Places behind the last one with a value say nothing.
      let known = places.map { place in place.flatMap { $0 < count ? $0 : nil } }
      add(column) { out in
        switch values {
        case .texts(let coder): coder.column(known).write(to: &out)
        case .lists(let coder): coder.column(known).write(to: &out)
        case .numbers(let numbers): PackedNumbers(known.map { $0.flatMap { numbers[$0] } }).write(to: &out)
        }
      }
    }
  }
}
