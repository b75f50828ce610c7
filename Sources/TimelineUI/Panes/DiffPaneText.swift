import AuditModel
import ManifestDiff
import TerminalScreen

/// A comparison in rows for one width: unified, or side by side. Made when the comparison or the width changes, so
/// that painting touches no more than the rows that are seen.
struct DiffText: Sendable {
  struct Layout: Hashable, Sendable {
    var splits: Bool
    var wraps: Bool
    var width: Int
    var asciiOnly: Bool
  }

  enum Side: Hashable, Sendable {
    case old, new, both
  }

  enum Row: Hashable, Sendable {
    /// Before a hunk of the unified form; hunks count from 0.
    case heading(hunk: Int)
    /// Equal lines that are not shown.
    case fold(Range<Int>)
    /// A line of the comparison, and which of its wrapped pieces; `side` says which text of a changed line.
    case line(Int, side: Side, piece: Int)
  }

  let diff: VersionDiff
  let hunks: [DiffHunk]
  let removedCount: Int
  let addedCount: Int
  let changedCount: Int
  private(set) var layout: Layout
  private(set) var rows: [Row] = []
  /// The first changed row of each hunk.
  private(set) var hunkRows: [Int] = []
  /// First lines of the folds that were opened.
  private var opened: Set<Int> = []
  /// Behind the first line of an item that only changed its place: where it went or came from; by line.
  private let moveNotes: [Int: String]
  private let numberWidth: Int

  init(_ diff: VersionDiff, layout: Layout) {
    self.diff = diff
    self.layout = layout
    hunks = diff.hunks()
    (removedCount, addedCount, changedCount) = diff.counts
    let highest = diff.lines.reduce(0) { max($0, $1.left ?? 0, $1.right ?? 0) }
    numberWidth = max(2, String(highest).count)
    moveNotes = DiffText.moveNotes(diff)
    arrange()
  }

  var isEmpty: Bool { hunks.isEmpty }

  mutating func arrange(_ layout: Layout) {
    guard layout != self.layout else { return }
    self.layout = layout
    arrange()
  }

  /// Shows the lines of a fold.
  mutating func open(_ fold: Range<Int>) {
    opened.insert(fold.lowerBound)
    arrange()
  }

  /// The line of the comparison that a row stands for: of a heading or a fold the first one below.
  func line(at row: Int) -> Int? {
    guard rows.indices.contains(row) else { return nil }
    return switch rows[row] {
    case .heading(let hunk): hunks[hunk].rows.lowerBound
    case .fold(let lines): lines.lowerBound
    case .line(let line, _, _): line
    }
  }

  /// The first row that shows a line, or the fold that holds it.
  func row(of line: Int) -> Int? {
    rows.firstIndex {
      switch $0 {
      case .heading: false
      case .fold(let lines): lines.contains(line)
      case .line(let index, _, _): index == line
      }
    }
  }

  /// The hunk that a row belongs to or follows, from 0.
  func hunk(at row: Int) -> Int? { hunkRows.lastIndex { $0 <= row } ?? (hunkRows.isEmpty ? nil : 0) }

  func path(at row: Int) -> String? {
    line(at: row).flatMap { diff.lines.indices.contains($0) ? diff.lines[$0].path : nil }
  }

  /// The text of a row without numbers and marks: for searching and copying.
  func plainText(at row: Int) -> String {
    guard rows.indices.contains(row) else { return "" }
    switch rows[row] {
    case .heading, .fold: return ""
    case .line(_, _, let piece) where piece > 0: return ""
    case .line(let index, let side, _):
      let line = diff.lines[index]
      let old = line.old?.text ?? ""
      let new = line.new?.text ?? ""
      switch side {
      case .old: return old
      case .new: return new
      case .both: return line.operation == .change ? old + "\n" + new : line.new?.text ?? old
      }
    }
  }

  /// What a search looks through: of a fold all lines in it.
  func searchText(at row: Int) -> String {
    guard rows.indices.contains(row), case .fold(let lines) = rows[row] else { return plainText(at: row) }
    return diff.lines[lines].map { $0.new?.text ?? $0.old?.text ?? "" }.joined(separator: "\n")
  }

  /// The first row about a field.
  func row(ofPath path: String) -> Int? {
    rows.indices.first { row in if case .line = rows[row] { self.path(at: row) == path } else { false } }
  }

  /// Columns by which the longest line that is shown is longer than there is room.
  var hiddenColumns: Int {
    let longest = rows.reduce(0) { longest, row in
      guard case .line(let index, let side, _) = row else { return longest }
      let sides: [Side] = side == .both ? [.old, .new] : [side]
      return sides.reduce(longest) { max($0, width(of: runs(index, $1))) }
    }
    return max(0, longest - textWidth)
  }

  private func width(of runs: [Run]) -> Int {
    runs.reduce(0) { $0 + TextWidth.of($1.text, asciiOnly: layout.asciiOnly) }
  }

  private static func moveNotes(_ diff: VersionDiff) -> [Int: String] {
    let moves = diff.fields.filter { $0.operation == .move }
    guard !moves.isEmpty else { return [:] }
    let origins = Dictionary(moves.compactMap { move in move.from.map { (move.path, $0) } }, uniquingKeysWith: { $1 })
    var notes: [Int: String] = [:]
    var last = ""
    for (index, line) in diff.lines.enumerated() {
      guard line.isMoved else {
        last = ""
        continue
      }
      // The line's path is that of its innermost field, on the new side: the item is one of the paths above it.
      var item: String? = line.path
      while let path = item, origins[path] == nil { item = parent(of: path) }
      guard let item, let origin = origins[item] else { continue }
      let note = line.operation == .remove ? "moved to \(item)" : "moved from \(origin)"
      if note != last { notes[index] = note }
      last = note
    }
    return notes
  }

  private static func parent(of path: String) -> String? {
    path.lastIndex { $0 == "." || $0 == "[" }.flatMap { $0 == path.startIndex ? nil : String(path[..<$0]) }
  }

  // MARK: Arranging

  private mutating func arrange() {
    rows = []
    hunkRows = []
    var next = 0
    for (index, hunk) in hunks.enumerated() {
      appendEqual(next..<hunk.rows.lowerBound)
      if !layout.splits { rows.append(.heading(hunk: index)) }
      for line in hunk.rows {
        if line == hunk.changed.lowerBound { hunkRows.append(rows.count) }
        append(line)
      }
      next = hunk.rows.upperBound
    }
    appendEqual(next..<diff.lines.count)
  }

  private mutating func appendEqual(_ lines: Range<Int>) {
    guard lines.count > 1, !opened.contains(lines.lowerBound) else {
      for line in lines { append(line) }
      return
    }
    rows.append(.fold(lines))
  }

  private mutating func append(_ index: Int) {
    let line = diff.lines[index]
    if layout.splits {
      let count = max(pieceCount(index, .old), pieceCount(index, .new))
      for piece in 0..<count { rows.append(.line(index, side: .both, piece: piece)) }
    } else if line.operation == .change {
      for side in [Side.old, .new] {
        for piece in 0..<pieceCount(index, side) { rows.append(.line(index, side: side, piece: piece)) }
      }
    } else {
      let side: Side = line.operation == .remove ? .old : line.operation == .add ? .new : .both
      for piece in 0..<pieceCount(index, side) { rows.append(.line(index, side: side, piece: piece)) }
    }
  }

  private func pieceCount(_ index: Int, _ side: Side) -> Int {
    guard layout.wraps else { return 1 }
    let line = diff.lines[index]
    guard let text = side == .old ? line.old : line.new ?? line.old else { return 1 }
    // Most lines fit: bytes are never fewer than columns, but for escapes, which only other than ASCII text needs.
    let bytes = text.pieces.reduce(12) { $0 + $1.text.utf8.count + ($1.isMarked ? 2 : 0) }
    if bytes <= textWidth, !line.isMoved,
      text.pieces.allSatisfy({ $0.text.utf8.allSatisfy { (0x20..<0x7F).contains($0) } })
    {
      return 1
    }
    return wrapped(runs(index, side)).count
  }

  /// Columns for the text of one side.
  private var textWidth: Int {
    max(8, layout.splits ? halfWidth - numberWidth - 2 : layout.width - 2 * unifiedNumberWidth - 6)
  }
  private var unifiedNumberWidth: Int { max(3, numberWidth) }
  private var halfWidth: Int { max(8, (layout.width - 3) / 2) }

  // MARK: Texts

  private struct Run {
    var text: String
    var style: Style
  }

  /// A side's text in runs of one style, differing words in brackets, so that they are told without colour too.
  private func runs(_ index: Int, _ side: Side) -> [Run] {
    let line = diff.lines[index]
    let isOld = side == .old
    guard let text = isOld ? line.old : line.new ?? (side == .both ? line.old : nil) else { return [] }
    let role: Style.Role = line.operation == .same ? .plain : line.isMoved ? .moved : isOld ? .removed : .added
    var runs = text.pieces.map { piece in
      piece.isMarked
        ? Run(text: isOld ? "[\(piece.text)]" : "{\(piece.text)}", style: Style(role, bold: true))
        : Run(text: piece.text, style: Style(role))
    }
    if let note = moveNotes[index] { runs.append(Run(text: "  # " + note, style: .hint)) }
    return runs
  }

  /// The runs in pieces of the text's width; pieces after the first are indented under the text.
  private func wrapped(_ runs: [Run]) -> [[Run]] {
    let width = textWidth
    let indent = runs.first.map { $0.text.prefix { $0 == " " }.count } ?? 0
    let hanging = indent + 3 <= width / 2 ? indent + 2 : 2
    var pieces: [[(character: Character, style: Style)]] = [[]]
    var used = 0
    var blank: Int?
    for run in runs {
      for character in run.text {
        let columns = TextWidth.of(String(character), asciiOnly: layout.asciiOnly)
        let room = pieces.count == 1 ? width : width - hanging
        if used + columns > room, !pieces[pieces.count - 1].isEmpty {
          var tail: [(character: Character, style: Style)] = []
          if let at = blank, at > (pieces.count == 1 ? indent : 0) {
            tail = Array(pieces[pieces.count - 1][(at + 1)...])
            pieces[pieces.count - 1].removeLast(tail.count + 1)
          }
          pieces.append(tail)
          used = tail.reduce(0) { $0 + TextWidth.of(String($1.character), asciiOnly: layout.asciiOnly) }
          blank = nil
          if tail.isEmpty, character == " " { continue }
        }
        if character == " " { blank = pieces[pieces.count - 1].count }
        pieces[pieces.count - 1].append((character, run.style))
        used += columns
      }
    }
    return pieces.enumerated().map { index, characters in
      var runs: [Run] = index == 0 ? [] : [Run(text: "\\" + String(repeating: " ", count: hanging - 1), style: .hint)]
      for (character, style) in characters {
        if runs.last?.style == style {
          runs[runs.count - 1].text.append(character)
        } else {
          runs.append(Run(text: String(character), style: style))
        }
      }
      return runs
    }
  }

  // MARK: Painting

  /// Paints one row at a place; `shift` columns of long lines lie left of it.
  func paint(row: Int, into screen: inout Screen, x: Int, y: Int, shift: Int) {
    guard rows.indices.contains(row) else { return }
    switch rows[row] {
    case .heading(let hunk):
      screen.heading(hunks[hunk].title, note: "hunk \(hunk + 1)/\(hunks.count)", y: y, x: x, width: layout.width)
    case .fold(let lines):
      screen.write(
        "... \(PaneWords.count(lines.count, "equal line")) (Enter=show)", x: x + numberWidth * 2 + 4, y: y,
        style: .hint,
        width: max(0, layout.width - numberWidth * 2 - 4))
    case .line(let index, let side, let piece) where layout.splits:
      paintSplit(index, piece, into: &screen, x: x, y: y, shift: shift)
      _ = side
    case .line(let index, let side, let piece):
      paintUnified(index, side, piece, into: &screen, x: x, y: y, shift: shift)
    }
  }

  private func paintSplit(_ index: Int, _ piece: Int, into screen: inout Screen, x: Int, y: Int, shift: Int) {
    let line = diff.lines[index]
    let right = x + halfWidth + 3
    if line.old != nil { paintHalf(index, .old, line.left, piece, into: &screen, x: x, y: y, shift: shift) }
    if line.new != nil { paintHalf(index, .new, line.right, piece, into: &screen, x: right, y: y, shift: shift) }
    let gutter: (String, Style) =
      switch line.operation {
      case .same: (" ", .plain)
      case .remove: ("<", Style(line.isMoved ? .moved : .removed, bold: true))
      case .add: (">", Style(line.isMoved ? .moved : .added, bold: true))
      case .change: ("~", Style(.edited, bold: true))
      }
    screen.write(gutter.0, x: x + halfWidth + 1, y: y, style: gutter.1)
  }

  private func paintHalf(
    _ index: Int, _ side: Side, _ number: Int?, _ piece: Int, into screen: inout Screen, x: Int, y: Int, shift: Int
  ) {
    if piece == 0, let number { screen.write(aligned(number, numberWidth), x: x + 1, y: y, style: .hint) }
    paintText(index, side, piece, into: &screen, x: x + numberWidth + 2, y: y, shift: shift)
  }

  private func paintUnified(
    _ index: Int, _ side: Side, _ piece: Int, into screen: inout Screen, x: Int, y: Int, shift: Int
  ) {
    let line = diff.lines[index]
    let width = unifiedNumberWidth
    if piece == 0 {
      if side != .new, let left = line.left { screen.write(aligned(left, width), x: x + 1, y: y, style: .hint) }
      if side != .old, let right = line.right {
        screen.write(aligned(right, width), x: x + width + 2, y: y, style: .hint)
      }
      if line.operation != .same {
        let role: Style.Role = line.isMoved ? .moved : side == .old ? .removed : .added
        screen.write(side == .old ? "-" : "+", x: x + 2 * width + 3, y: y, style: Style(role, bold: true))
      }
    }
    paintText(index, side, piece, into: &screen, x: x + 2 * width + 5, y: y, shift: shift)
  }

  private func paintText(
    _ index: Int, _ side: Side, _ piece: Int, into screen: inout Screen, x: Int, y: Int, shift: Int
  ) {
    let all = runs(index, side)
    let pieces = layout.wraps ? wrapped(all) : [all]
    guard pieces.indices.contains(piece) else { return }
    var shown = pieces[piece]
    if !layout.wraps, shift > 0 {
      var left = shift
      for at in shown.indices {
        let dropped = min(left, shown[at].text.count)
        shown[at].text.removeFirst(dropped)
        left -= dropped
      }
    }
    var column = x
    let end = x + textWidth
    let total = shown.reduce(0) { $0 + TextWidth.of($1.text, asciiOnly: screen.asciiOnly) }
    for run in shown where column < end {
      column += screen.write(run.text, x: column, y: y, style: run.style, width: end - column)
    }
    if !layout.wraps, total > textWidth { screen.write("~", x: end - 1, y: y, style: .hint) }
  }

  private func aligned(_ number: Int, _ width: Int) -> String {
    let text = String(number)
    return String(repeating: " ", count: max(0, width - text.count)) + text
  }
}
