/// The focused row of a list and the first row that is seen; keeps the focus inside the window.
public struct ListCursor: Hashable, Sendable {
  public private(set) var index = 0
  public private(set) var top = 0

  public init(index: Int = 0, top: Int = 0) {
    self.index = max(0, index)
    self.top = max(0, top)
  }

  /// Moves the focus; the window follows only as far as it must.
  public mutating func move(by step: Int, count: Int, height: Int) {
    place(at: index + step, count: count, height: height)
  }

  /// Focuses a row, clamped to the list.
  public mutating func place(at row: Int, count: Int, height: Int) {
    index = min(max(0, row), max(0, count - 1))
    scroll(count: count, height: height)
  }

  /// Focuses a row and keeps it so many rows below the top of the window, as far as the list allows.
  public mutating func place(at row: Int, distanceFromTop: Int, count: Int, height: Int) {
    index = min(max(0, row), max(0, count - 1))
    top = index - min(max(0, distanceFromTop), max(0, height - 1))
    scroll(count: count, height: height)
  }

  /// `4/1,280`: the focused row among so many.
  func words(of count: Int) -> String {
    count > 0 ? "\(PaneWords.grouped(index + 1))/\(PaneWords.grouped(count))" : "0/0"
  }

  private mutating func scroll(count: Int, height: Int) {
    let height = max(1, height)
    if index < top { top = index }
    if index >= top + height { top = index - height + 1 }
    top = min(max(0, top), max(0, count - height))
  }
}
