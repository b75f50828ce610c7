import TerminalScreen

/// Rows in columns. The first rows decide on the widths, so that a long list starts at once; a cell that is wider
/// later pushes its row to the right and nothing is cut.
struct TextTable {
  struct Cell {
    var text: String
    var emphasis: Emphasis
    init(_ text: String, _ emphasis: Emphasis = .none) {
      self.text = text
      self.emphasis = emphasis
    }
  }
  private let output: Output
  private let style: TextStyle
  private let headings: [String]
  private var widths: [Int]
  /// A row of one cell is a note: it has the whole line and no say in the widths.
  private var waiting: [[Cell]] = []
  private var hasStarted = false
  private let sampleSize = 400
  /// Beyond it a column is as wide as its own cell.
  private let widest: Int

  /// - Parameter widest: of a column, in columns of the terminal.
  init(_ headings: [String], widest: Int = 60, to output: Output, style: TextStyle) {
    self.widest = widest
    self.headings = headings
    self.output = output
    self.style = style
    widths = headings.map(\.count)
  }

  mutating func add(_ cells: [Cell]) throws {
    let safe = cells.map { Cell(SafeText.line($0.text, asciiOnly: style.asciiOnly), $0.emphasis) }
    guard !hasStarted else { return try write(safe) }
    waiting.append(safe)
    if waiting.count >= sampleSize { try start() }
  }

  /// A line between the rows.
  mutating func add(note: String) throws { try add([Cell(note, .failed)]) }

  /// Writes what waits; an empty table stays silent.
  mutating func finish() throws {
    if !hasStarted, !waiting.isEmpty { try start() }
  }

  private mutating func start() throws {
    hasStarted = true
    for row in waiting where row.count > 1 {
      for (index, cell) in row.enumerated() { widths[index] = max(widths[index], min(widest, TextWidth.of(cell.text))) }
    }
    try write(headings.map { Cell($0, .heading) })
    for row in waiting { try write(row) }
    waiting = []
  }

  private func write(_ cells: [Cell]) throws {
    var line = ""
    for (index, cell) in cells.enumerated() {
      line += style.paint(cell.text, cell.emphasis)
      guard index < cells.count - 1 else { break }
      line += String(repeating: " ", count: max(0, widths[index] - TextWidth.of(cell.text)) + 2)
    }
    try output.write(line + "\n")
  }
}
