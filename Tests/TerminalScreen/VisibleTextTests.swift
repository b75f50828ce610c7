import TerminalScreen
import Testing

@Suite struct VisibleTexts {
  @Test(arguments: [
    ("plain ~ text", "plain ~ text"), ("\u{1B}[2J", "\\u{1b}[2J"), ("a\u{07}b", "a\\u{7}b"),
    ("a\nb\tc\r", "a\\nb\\tc\\r"),
    ("\u{7F}", "\\u{7f}"), ("\u{9B}31m", "\\u{9b}31m"), ("\u{202E}txt.exe", "\\u{202e}txt.exe"),
    ("zero\u{200B}width", "zero\\u{200b}width"), ("\u{FEFF}", "\\u{feff}"), ("soft\u{AD}hyphen", "soft\\u{ad}hyphen"),
    ("no\u{A0}break", "no\\u{a0}break"), ("\u{E000}", "\\u{e000}"),
    ("caf\u{E9} \u{1F600} 漢字", "caf\u{E9} \u{1F600} 漢字"),
    ("\u{2028}", "\\u{2028}"), ("\u{E0041}", "\\u{e0041}"), ("", ""),
  ])
  func `what a terminal acts on becomes visible`(text: String, shown: String) {
    #expect(VisibleText.escaped(text) == shown)
  }

  @Test func `no scalar gets through that a terminal acts on`() {
    // All of the first plane and of the tags, and a sample of the rest.
    let values = [
      Array(UInt32(0)...0xFFFF), Array(0xE0000...0xE01FF), Array(stride(from: 0x10000, through: 0x10_FFFF, by: 61)),
    ]
    for value in values.joined() {
      guard let scalar = Unicode.Scalar(value) else { continue }
      let shown = VisibleText.escaped("x" + String(scalar))
      for out in shown.unicodeScalars {
        switch out.properties.generalCategory {
        case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator:
          Issue.record("U+\(String(value, radix: 16)) gets through")
        default: break
        }
      }
    }
  }

  @Test func `a pile of combining marks is cut at three`() {
    let shown = VisibleText.escaped("a" + String(repeating: "\u{301}", count: 5))
    #expect(shown == "a\u{301}\u{301}\u{301}\\u{301}\\u{301}")
  }

  @Test func `a mark with nothing to stand on is escaped`() {
    #expect(VisibleText.escaped("\u{301}a") == "\\u{301}a")
  }

  @Test func `with ASCII alone everything else is escaped`() {
    let shown = VisibleText.escaped("caf\u{E9} 漢", asciiOnly: true)
    #expect(shown == "caf\\u{e9} \\u{6f22}")
  }

  @Test func `line breaks stay only where lines are asked for`() {
    #expect(VisibleText.escapedLines("a\nb\u{1B}") == "a\nb\\u{1b}")
  }

  @Test(arguments: [("abc", 3), ("漢字", 4), ("e\u{301}", 1), ("\u{1B}", 6), ("\u{1F600}", 2)])
  func `width is counted as shown`(text: String, width: Int) {
    #expect(TextWidth.of(text) == width)
  }
}
