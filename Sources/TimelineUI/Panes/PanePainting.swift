import TerminalScreen

extension Screen {
  /// `-- title --------------------- note --`: a ruler that says what is below it.
  mutating func heading(_ title: String, note: String = "", y: Int, x: Int, width: Int, style: Style = .heading) {
    rule(y: y, x: x, width: width)
    guard width > 6 else { return }
    let noteWidth = min(TextWidth.of(note, asciiOnly: asciiOnly), max(0, width - 12))
    let room = width - 4 - (note.isEmpty ? 0 : noteWidth + 4)
    let shown = min(room, TextWidth.of(title, asciiOnly: asciiOnly) + 1)
    if shown > 1 {
      write(" ", x: x + 2, y: y, style: style)
      let used = write(title, x: x + 3, y: y, style: style, width: shown - 1)
      write(" ", x: x + 3 + used, y: y, style: style)
    }
    if !note.isEmpty {
      write(" ", x: x + width - noteWidth - 4, y: y, style: .hint)
      write(note, x: x + width - noteWidth - 3, y: y, style: .hint, width: noteWidth)
      write(" ", x: x + width - 3, y: y, style: .hint)
    }
  }

  /// Text at the left and at the right of one row; the right one gives way.
  mutating func ends(
    _ left: String, _ right: String, y: Int, x: Int, width: Int, style: Style = .plain, rightStyle: Style = .hint
  ) {
    let used = write(left, x: x + 1, y: y, style: style, width: width - 2)
    let wanted = TextWidth.of(right, asciiOnly: asciiOnly)
    guard wanted > 0, used + wanted + 4 <= width else { return }
    write(right, x: x + width - 1 - wanted, y: y, style: rightStyle)
  }

  /// Marks every place on a row where the text stands, without regard to case.
  mutating func mark(_ text: String, y: Int, x: Int, width: Int) {
    let needle = VisibleText.glyphs(of: text, asciiOnly: asciiOnly).map { $0.text.lowercased() }
    guard !needle.isEmpty, width >= needle.count else { return }
    // Wide characters leave an empty cell behind them: the needle's glyphs are looked for among the others.
    var columns: [Int] = []
    var glyphs: [String] = []
    for column in x..<min(x + width, size.columns) where !self[column, y].isContinuation {
      columns.append(column)
      glyphs.append(self[column, y].glyph.lowercased())
    }
    guard glyphs.count >= needle.count else { return }
    var start = 0
    while start + needle.count <= glyphs.count {
      guard glyphs[start..<(start + needle.count)].elementsEqual(needle) else {
        start += 1
        continue
      }
      let end = start + needle.count < columns.count ? columns[start + needle.count] : x + width
      restyle(Rect(x: columns[start], y: y, width: end - columns[start], height: 1)) {
        Style(.match, bold: true, reverse: $0.isReverse, underlined: true)
      }
      start += needle.count
    }
  }

  /// The selected row: reverse, and `>` in its first column.
  mutating func select(y: Int, x: Int, width: Int) {
    write(">", x: x, y: y)
    restyle(Rect(x: x, y: y, width: width, height: 1)) { $0.reversed }
  }

  /// The rows of a list that are seen, from the first one on.
  /// - Parameters:
  ///   - matches: a text to mark in them; empty for none.
  ///   - selects: whether the focused row is shown as such.
  ///   - paint: paints the row of an index.
  mutating func rows(
    of cursor: ListCursor, count: Int, area: Rect, matches: String, selects: Bool = true,
    paint: (_ index: Int, inout Screen, _ y: Int) -> Void
  ) {
    var place = cursor
    place.move(by: 0, count: count, height: area.height)
    for (index, y) in zip(place.top..<max(place.top, count), area.rows) {
      paint(index, &self, y)
      if !matches.isEmpty { mark(matches, y: y, x: area.x + 2, width: area.width - 2) }
      if selects, index == place.index { select(y: y, x: area.x, width: area.width) }
    }
  }

  static func blankRowsAboveSentences(in area: Rect) -> Int { min(2, max(0, area.height - 1)) }
  static func sentenceWidth(in area: Rect) -> Int { max(10, area.width - 4) }

  /// What a pane says when it has nothing to list.
  mutating func sentences(_ lines: [String], area: Rect, style: Style = .plain) {
    var y = area.y + Self.blankRowsAboveSentences(in: area)
    for line in lines {
      for piece in Wrapping.words(line, width: Self.sentenceWidth(in: area), asciiOnly: asciiOnly) {
        guard y < area.y + area.height else { return }
        write(piece, x: area.x + 2, y: y, style: style)
        y += 1
      }
    }
  }
}

/// Cuts texts into pieces that fit a width, measured as the screen shows them.
enum Wrapping {
  /// Breaks at blanks where there are any.
  static func words(_ text: String, width: Int, asciiOnly: Bool) -> [String] {
    pieces(text, first: width, rest: width, atBlanks: true, asciiOnly: asciiOnly)
  }

  /// - Parameters:
  ///   - first: columns of the first piece.
  ///   - rest: columns of each piece after it.
  static func pieces(_ text: String, first: Int, rest: Int, atBlanks: Bool, asciiOnly: Bool) -> [String] {
    if TextWidth.of(text, asciiOnly: asciiOnly) <= first { return [text] }
    var out: [String] = []
    var piece = ""
    var used = 0
    var room = max(1, first)
    var blank: String.Index?
    for character in text {
      let width = TextWidth.of(String(character), asciiOnly: asciiOnly)
      if used + width > room, !piece.isEmpty {
        if atBlanks, let at = blank, at > piece.startIndex {
          let tail = String(piece[piece.index(after: at)...])
          out.append(String(piece[..<at]))
          piece = tail
        } else {
          out.append(piece)
          piece = ""
        }
        used = TextWidth.of(piece, asciiOnly: asciiOnly)
        room = max(1, rest)
        blank = nil
        if atBlanks, piece.isEmpty, character == " " { continue }
      }
      if character == " " { blank = piece.endIndex }
      piece.append(character)
      used += width
    }
    if !piece.isEmpty { out.append(piece) }
    return out
  }
}

/// A search in the lines of a pane: matched without regard to case, going round at the ends.
struct LineSearch: Sendable {
  private(set) var text = ""
  var isActive: Bool { !text.isEmpty }

  mutating func set(_ text: String) { self.text = text.lowercased() }
  mutating func end() { text = "" }

  /// - Returns: the line to go to, and `3/17` for the user, with a word when the search went round; nil for the line
  ///   when nothing matches.
  func step(in lines: some RandomAccessCollection<String>, from: Int, forward: Bool) -> (line: Int?, notice: String) {
    step(in: lines.count, from: from, forward: forward) { offset in
      lines[lines.index(lines.startIndex, offsetBy: offset)].lowercased().contains(text)
    }
  }

  /// The same of so many lines.
  /// - Parameter isHit: whether the text stands in a line.
  func step(in count: Int, from: Int, forward: Bool, where isHit: (Int) -> Bool) -> (line: Int?, notice: String) {
    guard isActive else { return (nil, "no search text: / starts a search") }
    let hits = (0..<count).filter(isHit)
    guard let first = hits.first, let last = hits.last else { return (nil, "not found: \(text)") }
    let next = forward ? hits.first { $0 > from } : hits.last { $0 < from }
    let hit = next ?? (forward ? first : last)
    let rank = (hits.firstIndex(of: hit) ?? 0) + 1
    let word = next == nil && hits.count > 1 ? (forward ? "  (from the top)" : "  (from the end)") : ""
    return (hit, "\(rank)/\(hits.count) \(text)\(word)")
  }
}
