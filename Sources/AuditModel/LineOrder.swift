/// Which way the lines of a file go in time: an API server writes the oldest first, and what answers a search often gives
/// the newest first.
public struct LineOrder: Hashable, Sendable {
  /// Lines that are younger, and older, than the one above.
  public private(set) var laterCount = 0
  public private(set) var earlierCount = 0

  /// - Parameter times: of lines, in their order; of whatever unit.
  public init(_ times: some Sequence<Int64>) {
    var last: Int64?
    for time in times {
      if let last {
        if time > last { laterCount += 1 }
        if time < last { earlierCount += 1 }
      }
      last = time
    }
  }

  public init(laterCount: Int, earlierCount: Int) {
    self.laterCount = laterCount
    self.earlierCount = earlierCount
  }

  public static func + (left: LineOrder, right: LineOrder) -> LineOrder {
    LineOrder(
      laterCount: left.laterCount + right.laterCount, earlierCount: left.earlierCount + right.earlierCount)
  }

  /// Three of four go back, so that neither a clock that was set nor what buffers put out of order is taken for it.
  public var isNewestFirst: Bool { earlierCount >= 3 && earlierCount > 3 * laterCount }
}
