import AuditModel

/// When the requests of a segment ended, and whether its lines stand in that order: what tells that a clock was set
/// back while they were written.
struct LineEnds: Sendable {
  /// Microseconds since 1970.
  var least: Int64
  var most: Int64
  /// Some line ended long before one that stands above it.
  var isStepped: Bool
  /// Some line ended long before one that stands below it, which counts where the newest stand first.
  var isSteppedUpwards: Bool
  var order: LineOrder

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
    byLine.removeAll { $0 == none }
    guard let least = byLine.min(), let most = byLine.max() else { return nil }
    self.least = least
    self.most = most
    order = LineOrder(byLine)
    isStepped = Self.isStepped(byLine.lazy.map { ($0, $0) })
    isSteppedUpwards = Self.isStepped(byLine.reversed().lazy.map { ($0, $0) })
  }

  /// Whether a clock was set back, as far as the lines of one file tell.
  /// - Parameter segments: its segments, in the order in which they stand there.
  static func isStepped(in segments: [LineEnds]) -> Bool {
    let order = segments.map(\.order).reduce(LineOrder(laterCount: 0, earlierCount: 0), +)
    guard order.isNewestFirst else {
      return segments.contains(where: \.isStepped) || isStepped(segments.lazy.map { ($0.least, $0.most) })
    }
    return segments.contains(where: \.isSteppedUpwards)
      || isStepped(segments.reversed().lazy.map { ($0.least, $0.most) })
  }

  private static func isStepped(_ stretches: some Sequence<(least: Int64, most: Int64)>) -> Bool {
    var latest: Int64?
    for stretch in stretches {
      if let latest, stretch.least < latest &- tolerance { return true }
      latest = max(latest ?? stretch.most, stretch.most)
    }
    return false
  }

  /// The values of column `lineEnds`.
  var values: [Int64] {
    [least, most, isStepped ? 1 : 0, isSteppedUpwards ? 1 : 0, Int64(order.laterCount), Int64(order.earlierCount)]
  }

  /// Nil where the column is not there, or was written before the order of lines was told in it.
  init?(_ values: PackedNumbers) {
    guard values.count == 6 else { return nil }
    least = values.integer(0)
    most = values.integer(1)
    isStepped = values.integer(2) != 0
    isSteppedUpwards = values.integer(3) != 0
    order = LineOrder(laterCount: Int(values.integer(4)), earlierCount: Int(values.integer(5)))
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
