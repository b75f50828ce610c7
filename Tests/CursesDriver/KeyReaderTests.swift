import TerminalScreen
import Testing

@testable import CursesDriver

struct KeyReaderTests {
  /// The keys of what has arrived: text as its characters, codes of curses in between.
  private func keys(_ inputs: [KeyInput]) -> [Key] {
    var reader = KeyReader()
    var rest = inputs[...]
    var keys: [Key] = []
    while let key = reader.key(from: { rest.popFirst() }) { keys.append(key) }
    return keys
  }

  private func keys(_ text: String) -> [Key] { keys(text.unicodeScalars.map { .character($0.value) }) }

  @Test func `letters, spaces and letters of other scripts are characters`() {
    #expect(keys("aZ ä日") == ["a", "Z", " ", "ä", "日"])
  }

  @Test func `control and letter is a control key, but for those that have a key of their own`() {
    #expect(keys("\u{3}\u{c}\u{1a}") == [.control("c"), .control("l"), .control("z")])
    #expect(keys("\t\r\n\u{8}\u{7f}") == [.tab, .enter, .enter, .backspace, .backspace])
  }

  @Test func `control characters that no key sends are dropped`() {
    #expect(keys("a\u{0}\u{1c}\u{9b}b") == ["a", "b"])
  }

  @Test func `a lone escape is the Esc key`() {
    #expect(keys("\u{1b}") == [.escape])
    #expect(keys("\u{1b}\u{1b}") == [.escape, .escape])
  }

  @Test func `Esc and a letter typed ahead are two keys`() {
    #expect(keys("\u{1b}q") == [.escape, "q"])
    #expect(keys("\u{1b}[") == [.escape, "["])
    #expect(keys("\u{1b}O") == [.escape, "O"])
  }

  @Test(arguments: [
    "\u{1b}[99;3u", "\u{1b}[200~", "\u{1b}[<0;10;20M", "\u{1b}OP", "\u{1b}]52;c;AAAA\u{7}", "\u{1b}P1$r0m\u{1b}\\",
  ])
  func `sequences that terminfo does not know type nothing`(sequence: String) {
    #expect(keys("a" + sequence + "b") == ["a", "b"])
  }

  @Test func `keys that terminfo knows arrive as codes, before and after text`() {
    #expect(
      keys([.code(0o402), .character(0x61), .code(0o403), .code(0o411), .code(0o527), .code(0o407), .code(0o523)])
        == [.down, "a", .up, .function(1), .enter, .backspace, .pageUp])
  }

  @Test func `a resize is no key`() {
    #expect(keys([.code(0o632), .character(0x61)]) == ["a"])
  }

  @Test func `an escape before a code is the Esc key`() {
    #expect(keys([.character(0x1B), .code(0o402)]) == [.escape, .down])
  }

  @Test(arguments: 0..<200) func `whatever arrives, every key comes out and reading ends`(seed: UInt64) {
    var random = seed &* 0x9E37_79B9_7F4A_7C15 | 1
    func next(_ bound: UInt64) -> UInt64 {
      random ^= random << 13
      random ^= random >> 7
      random ^= random << 17
      return random % bound
    }
    let alphabet: [UInt32] = [0x1B, 0x5B, 0x4F, 0x50, 0x5D, 0x07, 0x5C, 0x31, 0x3B, 0x7E, 0x6A, 0x71]
    let inputs = (0..<next(60)).map { _ in KeyInput.character(alphabet[Int(next(UInt64(alphabet.count)))]) }
    #expect(keys(inputs).count <= inputs.count)
    // What is no part of a sequence is never lost.
    #expect(keys([.character(0x6A)] + inputs).first == "j")
  }
}
