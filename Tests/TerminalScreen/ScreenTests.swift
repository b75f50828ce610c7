import TerminalScreen
import Testing

@Suite struct Screens {
  private func screen(_ columns: Int, _ rows: Int = 1, ascii: Bool = false) -> Screen {
    Screen(size: Size(columns: columns, rows: rows), asciiOnly: ascii)
  }

  @Test(arguments: [
    (Screen.Cut.end, "default.~"), (.start, "~solation"), (.middle, "defa~tion"),
  ])
  func `what does not fit is cut with a mark`(cut: Screen.Cut, shown: String) {
    var screen = screen(9)
    let used = screen.write("default.environment-isolation", x: 0, y: 0, cut: cut)
    #expect(screen.textRows == [shown])
    #expect(used == 9)
  }

  @Test(arguments: Screen.Cut.allCases, 1..<40)
  func `an escape is shown whole or not at all`(cut: Screen.Cut, width: Int) {
    var screen = Screen(size: Size(columns: 40, rows: 1))
    let hostile = "shop/\u{1b}[31mred\u{1b}]0;pwn\n\u{202e}"
    screen.write(hostile, x: 0, y: 0, width: width, cut: cut)
    var shown = screen.textRows[0]
    for escape in ["\\u{1b}", "\\u{202e}", "\\n"] { shown = shown.replacing(escape, with: "") }
    #expect(!shown.contains("\\"))
    #expect(!shown.contains("{"))
    #expect(!shown.contains("}"))
  }

  @Test func `a wide character is never cut in half`() {
    var screen = screen(4)
    let used = screen.write("漢字漢", x: 0, y: 0)
    #expect(screen.textRows == ["漢~ "])
    #expect(used == 3)
  }

  @Test func `half of a wide character that is written over becomes blank`() {
    var screen = screen(4)
    screen.write("漢字", x: 0, y: 0)
    screen.write("x", x: 1, y: 0)
    #expect(screen.textRows == [" x字"])
    screen.write("y", x: 2, y: 0)
    #expect(screen.textRows == [" xy "])
  }

  @Test func `nothing is written outside`() {
    var screen = screen(3, 2)
    #expect(screen.write("abc", x: 3, y: 0) == 0)
    #expect(screen.write("abc", x: 0, y: 2) == 0)
    #expect(screen.write("abc", x: 0, y: -1) == 0)
    screen.write("abc", x: -1, y: 1)
    #expect(screen.textRows == ["   ", "bc "])
    screen.fill(Rect(x: -5, y: -5, width: 20, height: 20), glyph: "#")
    #expect(screen.textRows == ["###", "###"])
  }

  @Test func `a screen of no size takes everything`() {
    var screen = screen(0, 0)
    screen.write("abc", x: 0, y: 0)
    screen.fill(screen.bounds)
    screen.rule(y: 0)
    #expect(screen.cells.isEmpty)
    #expect(screen.changes(from: nil).isEmpty)
  }

  @Test func `an escape never reaches a cell`() {
    var screen = screen(12)
    screen.write("\u{1B}[2J", x: 0, y: 0)
    #expect(screen.textRows == ["\\u{1b}[2J   "])
  }

  @Test func `only cells that differ are changes`() {
    var old = screen(10, 2)
    old.write("0123456789", x: 0, y: 0)
    var new = old
    new.write("x", x: 3, y: 0)
    new.write("yz", x: 8, y: 1)
    let changes = new.changes(from: old)
    #expect(changes.map(\.x) == [3, 8])
    #expect(changes.map(\.y) == [0, 1])
    #expect(changes.map { $0.cells.map(\.glyph).joined() } == ["x", "yz"])
    #expect(new.changes(from: new).isEmpty)
  }

  @Test func `a style alone is a change`() {
    var old = screen(3)
    old.write("abc", x: 0, y: 0)
    var new = old
    new.restyle(Rect(x: 1, y: 0, width: 1, height: 1)) { $0.reversed }
    #expect(new.changes(from: old).map(\.x) == [1])
  }

  @Test func `a wide character is a change as a whole`() {
    var old = screen(4)
    old.write("漢字", x: 0, y: 0)
    var new = screen(4)
    new.write("漢語", x: 0, y: 0)
    let changes = new.changes(from: old)
    #expect(changes.map(\.x) == [2])
    #expect(changes.first?.cells.map(\.glyph) == ["語", ""])
  }

  @Test func `another size is all new`() {
    let changes = screen(3, 2).changes(from: screen(2, 3))
    #expect(changes.map(\.cells.count) == [3, 3])
  }

  @Test(arguments: 0..<200)
  func `applying the changes gives the new screen`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let size = Size(columns: Int.random(in: 1...20, using: &random), rows: Int.random(in: 1...5, using: &random))
    var old = Screen(size: size)
    scribble(on: &old, &random)
    var new = old
    scribble(on: &new, &random)
    var shown = old.cells
    for change in new.changes(from: old) {
      for (offset, cell) in change.cells.enumerated() { shown[change.y * size.columns + change.x + offset] = cell }
    }
    #expect(shown == new.cells)
    for y in 0..<size.rows {
      let width = (0..<size.columns).reduce(0) { $0 + TextWidth.of(new[$1, y].glyph) }
      #expect(width == size.columns, "every row fills the width exactly")
    }
  }

  private func scribble(on screen: inout Screen, _ random: inout SeededRandom) {
    let texts = ["abc", "漢字漢字", "e\u{301}e\u{301}", "\u{1B}[0m", "x", ""]
    for _ in 0..<Int.random(in: 0...6, using: &random) {
      let style = Style(Style.Role.allCases[Int.random(in: 0..<Style.Role.allCases.count, using: &random)])
      screen.write(
        texts[Int.random(in: 0..<texts.count, using: &random)], x: Int.random(in: -3...22, using: &random),
        y: Int.random(in: -1...6, using: &random), style: style)
    }
  }

  @Test func `areas split without overlapping`() {
    let area = Rect(x: 1, y: 2, width: 10, height: 6)
    #expect(area.split(top: 2).top == Rect(x: 1, y: 2, width: 10, height: 2))
    #expect(area.split(top: 2).rest == Rect(x: 1, y: 4, width: 10, height: 4))
    #expect(area.split(bottom: 1).bottom == Rect(x: 1, y: 7, width: 10, height: 1))
    #expect(area.split(bottom: 1).rest == Rect(x: 1, y: 2, width: 10, height: 5))
    #expect(area.split(top: 99).rest.isEmpty)
    #expect(area.split(left: 4).rest == Rect(x: 5, y: 2, width: 6, height: 6))
    #expect(area.inset(top: 9).isEmpty)
  }

  @Test func `each key has a name to be documented by`() {
    #expect(Key.character(" ").name == "Space")
    #expect(Key.control("d").name == "^D")
    #expect(Key.function(1).name == "F1")
  }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
