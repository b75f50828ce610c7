/// When the requests of a segment ended, and whether its lines stand in that order: what tells that a clock was set
/// back while they were written.
struct LineEnds: Sendable {
  /// Microseconds since 1970.
  var least: Int64
  var most: Int64
  /// Some line ended long before one that stands above it.
  var isStepped: Bool

  /// Half a minute, in microseconds: batches and forwarders shift lines by seconds.
  static let tolerance: Int64 = 30_000_000

  /// - Parameters:
  ///   - rowCount: rows of the segment; without any there is nothing to tell.
  ///   - line: of a row, counted from the segment's first.
  ///   - end: of a row, microseconds since 1970.
  init?(rowCount: Int, lineCount: Int, line: (Int) -> Int, end: (Int) -> Int64) {
    let none = Int64.min
    var byLine = [Int64](repeating: none, count: lineCount + 2)
    for row in 0..<rowCount {
      let line = line(row)
      if byLine.indices.contains(line) { byLine[line] = end(row) }
    }
    least = .max
    most = none
    isStepped = false
    for end in byLine where end != none {
      if most != none, end < most &- Self.tolerance { isStepped = true }
      most = max(most, end)
      least = min(least, end)
    }
    if least > most { return nil }
  }

  /// The values of column `lineEnds`.
  var values: [Int64] { [least, most, isStepped ? 1 : 0] }

  /// Nil where the column is not there.
  init?(_ values: PackedNumbers) {
    guard values.count == 3 else { return nil }
    least = values.integer(0)
    most = values.integer(1)
    isStepped = values.integer(2) != 0
  }
}

extension Segment {
  /// Read where the segment has it, else made from other columns; nil where there are no lines.
  func lineEnds() throws -> LineEnds? {
    if let known = LineEnds(try numbers(.lineEnds)) { return known }
    let times = try numbers(.time)
    let took = try numbers(.took)
    let lines = try numbers(.line)
    return LineEnds(
      rowCount: rowCount, lineCount: info.lineCount, line: { Int(lines.integer($0)) },
      end: { times.integer($0) &+ took.integer($0) })
  }
}
