/// One cell of the grid: a base character with its combining marks, or the right half of a wide one.
public struct Cell: Hashable, Sendable {
  /// Printable text of at most two columns; empty in the right half of a wide character.
  public var glyph: String
  public var style: Style

  public init(_ glyph: String = " ", style: Style = .plain) {
    self.glyph = glyph
    self.style = style
  }
  public static let blank = Cell()
  /// The right half of the wide character before it.
  public var isContinuation: Bool { glyph.isEmpty }
}
