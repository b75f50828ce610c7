/// A grid of cells that panes paint and a terminal shows. Text written to it is made visible, never sent as it is.
public struct Screen: Sendable {
  public private(set) var size: Size
  /// Row by row.
  public private(set) var cells: [Cell]
  /// Draw with ASCII alone: no UTF-8 on the terminal.
  public var asciiOnly: Bool
  /// Where the terminal's own cursor stands, for prompts; nil hides it.
  public var cursor: (x: Int, y: Int)?

  public init(size: Size, asciiOnly: Bool = false) {
    self.size = Size(columns: max(0, size.columns), rows: max(0, size.rows))
    self.asciiOnly = asciiOnly
    cells = Array(repeating: .blank, count: self.size.columns * self.size.rows)
  }

  public var bounds: Rect { Rect(x: 0, y: 0, width: size.columns, height: size.rows) }

  public subscript(x: Int, y: Int) -> Cell {
    guard x >= 0, y >= 0, x < size.columns, y < size.rows else { return .blank }
    return cells[y * size.columns + x]
  }

  /// Which end of a text gives way when it does not fit; `~` marks the place.
  public enum Cut: CaseIterable, Hashable, Sendable {
    case end, start, middle
  }

  /// Writes text from a cell to the right, at most `width` columns, and stops at the right border.
  /// - Returns: the columns that were filled.
  @discardableResult
  public mutating func write(
    _ text: String, x: Int, y: Int, style: Style = .plain, width: Int? = nil, cut: Cut = .end
  ) -> Int {
    guard y >= 0, y < size.rows, x < size.columns else { return 0 }
    let room = min(width ?? Int.max, size.columns - x)
    guard room > 0 else { return 0 }
    var column = x
    for glyph in Screen.fitted(VisibleText.glyphs(of: text, asciiOnly: asciiOnly), to: room, cut: cut) {
      guard column + glyph.width <= x + room else { break }
      if column >= 0 { put(glyph, x: column, y: y, style: style) }
      column += glyph.width
    }
    return column - x
  }

  /// Fills an area with blanks of a style.
  public mutating func fill(_ area: Rect, style: Style = .plain, glyph: String = " ") {
    for y in area.rows where y >= 0 && y < size.rows {
      for x in max(0, area.x)..<max(0, area.x, min(size.columns, area.x + area.width)) {
        clearHalf(x: x, y: y)
        cells[y * size.columns + x] = Cell(glyph, style: style)
      }
    }
  }

  /// A horizontal rule: `-` in ASCII, a line otherwise.
  public mutating func rule(y: Int, x: Int = 0, width: Int? = nil, style: Style = .frame) {
    let end = min(size.columns, x + (width ?? size.columns))
    guard end > x else { return }
    write(String(repeating: asciiOnly ? "-" : "─", count: end - x), x: x, y: y, style: style)
  }

  /// Changes the style of cells and leaves their text.
  public mutating func restyle(_ area: Rect, _ change: (Style) -> Style) {
    for y in area.rows where y >= 0 && y < size.rows {
      for x in max(0, area.x)..<max(0, area.x, min(size.columns, area.x + area.width)) {
        cells[y * size.columns + x].style = change(cells[y * size.columns + x].style)
      }
    }
  }

  /// A run of cells of one row that a terminal has to write.
  public struct Change: Sendable {
    public var x: Int
    public var y: Int
    public var cells: [Cell]
  }

  /// What a terminal that shows `old` must write to show this screen; everything when the sizes differ.
  public func changes(from old: Screen?) -> [Change] {
    var changes: [Change] = []
    let old = old.flatMap { $0.size == size ? $0 : nil }
    for y in 0..<size.rows {
      var x = 0
      while x < size.columns {
        let index = y * size.columns + x
        guard old?.cells[index] != cells[index] else {
          x += 1
          continue
        }
        var start = x
        while start > 0, cells[y * size.columns + start].isContinuation { start -= 1 }
        var end = x + 1
        while end < size.columns,
          cells[y * size.columns + end].isContinuation
            || old?.cells[y * size.columns + end] != cells[y * size.columns + end]
        {
          end += 1
        }
        changes.append(
          Change(x: start, y: y, cells: Array(cells[(y * size.columns + start)..<(y * size.columns + end)])))
        x = end
      }
    }
    return changes
  }

  /// The rows as text, blanks at the right kept.
  public var textRows: [String] {
    (0..<size.rows).map { y in (0..<size.columns).map { self[$0, y].glyph }.joined() }
  }
  /// The rows as style letters.
  public var styleRows: [String] {
    (0..<size.rows).map { y in String((0..<size.columns).map { self[$0, y].style.letter }) }
  }

  private mutating func put(_ glyph: VisibleText.Glyph, x: Int, y: Int, style: Style) {
    for offset in 0..<glyph.width where x + offset < size.columns { clearHalf(x: x + offset, y: y) }
    cells[y * size.columns + x] = Cell(glyph.text, style: style)
    if glyph.width == 2, x + 1 < size.columns { cells[y * size.columns + x + 1] = Cell("", style: style) }
  }

  /// Before a cell is overwritten: blanks the other half of a wide character that it is part of.
  private mutating func clearHalf(x: Int, y: Int) {
    let index = y * size.columns + x
    if cells[index].isContinuation, x > 0 {
      cells[index - 1] = Cell(" ", style: cells[index - 1].style)
    }
    if x + 1 < size.columns, cells[index + 1].isContinuation {
      cells[index + 1] = Cell(" ", style: cells[index + 1].style)
    }
  }

  /// A text in so many columns, with `~` where it was cut.
  public static func cut(_ text: String, width: Int, _ cut: Cut, asciiOnly: Bool) -> String {
    guard TextWidth.of(text, asciiOnly: asciiOnly) > width else { return text }
    // Characters, not what is shown of them: escapes are made when the text is written.
    let characters = text.map { ($0, TextWidth.of(String($0), asciiOnly: asciiOnly)) }
    func head(_ columns: Int) -> String {
      var used = 0
      return String(
        characters.prefix {
          used += $0.1; return used <= columns
        }.map(\.0))
    }
    func tail(_ columns: Int) -> String {
      var used = 0
      return String(
        characters.reversed().prefix {
          used += $0.1; return used <= columns
        }.reversed().map(\.0))
    }
    let room = max(0, width - 1)
    return switch cut {
    case .end: head(room) + "~"
    case .start: "~" + tail(room)
    case .middle: head(room / 2) + "~" + tail(room - room / 2)
    }
  }

  private static func fitted(_ glyphs: [VisibleText.Glyph], to room: Int, cut: Cut) -> [VisibleText.Glyph] {
    let total = glyphs.reduce(0) { $0 + $1.width }
    guard total > room else { return glyphs }
    let mark = VisibleText.Glyph(text: "~", width: 1, isEscape: true)
    // An escape is shown whole or not at all.
    func head(_ columns: Int) -> [VisibleText.Glyph] {
      var used = 0
      var count = glyphs.prefix {
        used += $0.width; return used <= columns
      }.count
      while count > 0, count < glyphs.count, glyphs[count].continuesEscape { count -= 1 }
      return Array(glyphs.prefix(count))
    }
    func tail(_ columns: Int) -> [VisibleText.Glyph] {
      var used = 0
      let count = glyphs.reversed().prefix {
        used += $0.width; return used <= columns
      }.count
      return Array(glyphs.suffix(count).drop(while: \.continuesEscape))
    }
    switch cut {
    case .end: return head(room - 1) + [mark]
    case .start: return [mark] + tail(room - 1)
    case .middle: return head((room - 1) / 2) + [mark] + tail(room - 1 - (room - 1) / 2)
    }
  }
}
