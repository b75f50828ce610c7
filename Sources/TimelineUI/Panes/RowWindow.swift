/// The rows of a long list that are here: those that are seen, and some before and behind them.
struct RowWindow<Row: Sendable>: Sendable {
  /// Stand in front of all that is asked for.
  var leading: [Row] = []
  /// Of those behind them, all there are.
  private var count = 0
  private var first = 0
  private var rows: [Row] = []

  /// So many rows are asked for at once.
  static var length: Int { 300 }

  /// Rows in all.
  var total: Int { leading.count + count }

  func row(at index: Int) -> Row? {
    if index < leading.count { return index >= 0 ? leading[index] : nil }
    let place = index - leading.count - first
    return rows.indices.contains(place) ? rows[place] : nil
  }

  /// The rows that are here, with their places.
  var known: [(index: Int, row: Row)] {
    leading.enumerated().map { ($0.offset, $0.element) }
      + rows.enumerated().map { (leading.count + first + $0.offset, $0.element) }
  }
  var isWhole: Bool { rows.count == count }

  mutating func take(_ rows: [Row], first: Int, total: Int) {
    self.rows = rows
    self.first = first
    count = total
  }

  /// Where a window has to begin that has the seen rows in its middle.
  func start(top: Int) -> Int { max(0, top - leading.count - Self.length / 3) }

  /// Whether all rows are here that are seen.
  func holds(top: Int, height: Int) -> Bool {
    let end = min(count, top + height - leading.count)
    let top = max(0, top - leading.count)
    return top >= end || first <= top && end <= first + rows.count
  }
}
