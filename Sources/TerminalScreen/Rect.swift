/// Columns and rows of a terminal or an area.
public struct Size: Hashable, Sendable {
  public var columns: Int
  public var rows: Int
  public init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}

/// An area of the screen in cells, from the top left corner; never of negative size.
public struct Rect: Hashable, Sendable {
  public var x: Int
  public var y: Int
  public var width: Int
  public var height: Int
  public init(x: Int, y: Int, width: Int, height: Int) {
    self.x = x
    self.y = y
    self.width = max(0, width)
    self.height = max(0, height)
  }
  /// The screen rows of the area, top to bottom.
  public var rows: Range<Int> { y..<(y + height) }
  public var isEmpty: Bool { width == 0 || height == 0 }

  /// The area without so many rows and columns at its sides.
  public func inset(top: Int = 0, bottom: Int = 0, left: Int = 0, right: Int = 0) -> Rect {
    Rect(x: x + left, y: y + top, width: width - left - right, height: height - top - bottom)
  }
  /// The upper `rows` rows and what is left below.
  public func split(top rows: Int) -> (top: Rect, rest: Rect) {
    let count = min(max(0, rows), height)
    return (
      Rect(x: x, y: y, width: width, height: count), Rect(x: x, y: y + count, width: width, height: height - count)
    )
  }
  /// The lower `rows` rows and what is left above.
  public func split(bottom rows: Int) -> (rest: Rect, bottom: Rect) {
    let parts = split(top: height - min(max(0, rows), height))
    return (parts.top, parts.rest)
  }
  /// The left `columns` columns and what is left to their right.
  public func split(left columns: Int) -> (left: Rect, rest: Rect) {
    let count = min(max(0, columns), width)
    return (
      Rect(x: x, y: y, width: count, height: height), Rect(x: x + count, y: y, width: width - count, height: height)
    )
  }
}
