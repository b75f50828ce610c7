/// The rows of a long list that are here: those that are seen, and some before and behind them.
struct RowWindow<Row: Sendable>: Sendable {
  /// Rows in all.
  private(set) var total = 0
  private var first = 0
  private var rows: [Row] = []

  /// So many rows are asked for at once.
  static var length: Int { 300 }

  func row(at index: Int) -> Row? {
    index >= first && index - first < rows.count ? rows[index - first] : nil
  }

  /// The rows that are here, with their places.
  var known: [(index: Int, row: Row)] { rows.enumerated().map { (first + $0.offset, $0.element) } }
  var isWhole: Bool { rows.count == total }

  mutating func take(_ rows: [Row], first: Int, total: Int) {
    self.rows = rows
    self.first = first
    self.total = total
  }

  /// Where a window has to begin that has the seen rows in its middle.
  func start(top: Int) -> Int { max(0, top - Self.length / 3) }

  /// Whether all rows are here that are seen.
  func holds(top: Int, height: Int) -> Bool {
    let end = min(total, top + height)
    return top >= end || first <= top && end <= first + rows.count
  }
}
