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

/// The lines of a list with a heading above each day and marks between the acts: which line is what.
struct DayLines: Sendable {
  var days: [DayCount]
  var total: Int
  /// For each mark how many acts stand above it; ascending. A mark stands above the heading at its place.
  var marks: [Int] = []

  enum Line: Hashable, Sendable {
    case heading(day: Int)
    case act(position: Int)
    case mark(Int)
    case none
  }

  var count: Int { total + days.count + marks.count }

  /// The day that holds the act; nil when the days are not known.
  func day(of position: Int) -> Int? {
    let after = firstIndex(days.count) { days[$0].firstPosition > position }
    return after > 0 ? after - 1 : nil
  }

  func line(of position: Int) -> Int {
    position + (day(of: position).map { $0 + 1 } ?? 0) + firstIndex(marks.count) { marks[$0] > position }
  }

  func line(ofMark index: Int) -> Int { start(of: marks[index]) + index - firstMark(at: marks[index]) }

  /// Where the marks, the heading and the act of a position begin.
  private func start(of position: Int) -> Int {
    position + firstIndex(days.count) { days[$0].firstPosition >= position } + firstMark(at: position)
  }

  private func firstMark(at position: Int) -> Int { firstIndex(marks.count) { marks[$0] >= position } }

  func item(at line: Int) -> Line {
    guard line >= 0, line < count else { return .none }
    let position = firstIndex(total + 1) { start(of: $0) > line } - 1
    var offset = line - start(of: position)
    let mark = firstMark(at: position) + offset
    if marks.indices.contains(mark), marks[mark] == position { return .mark(mark) }
    offset -= firstIndex(marks.count) { marks[$0] > position } - firstMark(at: position)
    if offset == 0, let day = day(of: position), days[day].firstPosition == position { return .heading(day: day) }
    return position < total ? .act(position: position) : .none
  }

  // MARK: What can be focused

  /// Acts and marks, in their order.
  var stopCount: Int { total + marks.count }
  func stop(of position: Int) -> Int { position + firstIndex(marks.count) { marks[$0] > position } }
  func stop(ofMark index: Int) -> Int { marks[index] + index }

  func item(atStop stop: Int) -> Line {
    let mark = firstIndex(marks.count) { self.stop(ofMark: $0) >= stop }
    if marks.indices.contains(mark), self.stop(ofMark: mark) == stop { return .mark(mark) }
    return .act(position: stop - mark)
  }

  private func firstIndex(_ count: Int, where holds: (Int) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(middle) { high = middle } else { low = middle + 1 }
    }
    return low
  }
}
