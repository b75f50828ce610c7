import EventQueries
import TerminalScreen

/// Where the parts of the Timeline stand, decided by the size of the terminal alone.
struct TimelineLayout: Hashable, Sendable {
  var bar: Rect
  var level: Rect
  /// Writes, failures, axis: as many of them as there are rows.
  var histogram: Rect
  var header: Rect
  var list: Rect
  /// Detail of the focused row; nil where there is no room.
  var preview: Rect?
  /// The preview stands right of the list, after a column of frame.
  var previewIsRight = false
  var rule: Rect
  var summary: Rect
  var status: Rect

  init(_ size: Size) {
    var rest = Frame.area(size)
    (bar, rest) = rest.split(top: 1)
    (level, rest) = rest.split(top: 1)
    let histogramRows = size.rows < 20 ? 0 : size.rows < 22 ? 1 : size.rows < 24 ? 2 : 3
    (histogram, rest) = rest.split(top: histogramRows)
    (rest, status) = rest.split(bottom: 1)
    (rest, summary) = rest.split(bottom: 1)
    (rest, rule) = rest.split(bottom: size.rows < 20 ? 0 : 1)
    switch Layout(size) {
    case .tooSmall, .compact:
      break
    case .normal where size.rows < 40:
      if rest.height >= 13 { (rest, preview) = rest.split(bottom: max(5, rest.height / 3)) }
    case .normal, .wide:
      let width = Layout(size) == .wide ? size.columns * 9 / 20 : size.columns * 2 / 5
      let parts = rest.split(left: size.columns - width)
      rest = parts.left
      preview = parts.rest
      previewIsRight = true
    }
    (header, list) = rest.split(top: 1)
  }

  /// Columns of the histogram's graph: what is left of its label and its peak number.
  var graph: Rect {
    histogram.inset(left: Self.labelWidth, right: Self.peakWidth)
  }
  static let labelWidth = 9
  static let peakWidth = 11
}

/// The lines of a list with a heading above each day: which of them are acts, and which acts those are.
struct DayLines: Sendable {
  var days: [DayCount]
  var total: Int

  enum Line: Hashable, Sendable {
    case heading(day: Int)
    case act(position: Int)
    case none
  }

  var count: Int { total + days.count }

  /// The day that holds the act; nil when the days are not known.
  func day(of position: Int) -> Int? {
    var low = 0
    var high = days.count
    while low < high {
      let middle = (low + high) / 2
      if days[middle].firstPosition <= position { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? low - 1 : nil
  }

  func line(of position: Int) -> Int { position + (day(of: position).map { $0 + 1 } ?? 0) }

  func item(at line: Int) -> Line {
    guard line >= 0, line < count else { return .none }
    var low = 0
    var high = days.count
    while low < high {
      let middle = (low + high) / 2
      if days[middle].firstPosition + middle <= line { low = middle + 1 } else { high = middle }
    }
    guard low > 0 else { return .act(position: line) }
    let day = low - 1
    return days[day].firstPosition + day == line ? .heading(day: day) : .act(position: line - low)
  }
}
