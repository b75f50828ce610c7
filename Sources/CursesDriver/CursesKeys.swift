import CNcurses
import TerminalScreen

/// What curses reads: a character, or one of its codes for a key.
enum KeyInput: Hashable, Sendable {
  case character(UInt32)
  case code(UInt32)
}

/// Turns what curses reads into keys. Escape sequences that terminfo does not know are swallowed whole, so that no tail
/// of one is ever typed into a prompt.
struct KeyReader {
  /// What comes after is part of the escape sequence as long as it has arrived already.
  private var pushedBack: [KeyInput] = []

  /// The next key, nil when nothing has arrived; `next` never waits.
  mutating func key(from next: () -> KeyInput?) -> Key? {
    while let input = take(from: next) {
      switch input {
      case .code(let code):
        if let key = Self.key(code: code) { return key }
      case .character(0x1B):
        if let key = escape(from: next) { return key }
      case .character(let value):
        if let key = Self.key(character: value) { return key }
      }
    }
    return nil
  }

  private mutating func take(from next: () -> KeyInput?) -> KeyInput? {
    pushedBack.isEmpty ? next() : pushedBack.removeFirst()
  }

  /// After an escape character: the Esc key, or an unknown sequence. Esc and a letter that arrive together are two keys,
  /// as typed ahead on a slow line; Alt with a letter sends the same.
  private mutating func escape(from next: () -> KeyInput?) -> Key? {
    guard let second = take(from: next) else { return .escape }
    guard case .character(let introducer) = second else {
      pushedBack.insert(second, at: 0)
      return .escape
    }
    switch introducer {
    case 0x5B:  // CSI: parameters, then one final byte
      return sequence(after: second, from: next) { (0x40...0x7E).contains($0) }
    case 0x4F:  // SS3: one byte
      return sequence(after: second, from: next) { _ in true }
    case 0x5D, 0x50, 0x58, 0x5E, 0x5F:  // OSC, DCS, SOS, PM, APC: text up to BEL or ST
      return sequence(after: second, from: next, limit: 4096) { $0 == 0x07 || $0 == 0x5C }
    default:
      pushedBack.insert(second, at: 0)
      return .escape
    }
  }

  /// Swallows a sequence; when it has no end in what has arrived, all but the Esc key is given back.
  private mutating func sequence(
    after introducer: KeyInput, from next: () -> KeyInput?, limit: Int = 64, isFinal: (UInt32) -> Bool
  ) -> Key? {
    var read = [introducer]
    while read.count < limit, let input = take(from: next) {
      read.append(input)
      if case .character(let value) = input {
        if isFinal(value) { return key(from: next) }
        if value == 0x1B, limit <= 64 { break }
      } else {
        break
      }
    }
    if read.count >= limit { return key(from: next) }
    pushedBack.insert(contentsOf: read, at: 0)
    return .escape
  }

  static func key(character value: UInt32) -> Key? {
    switch value {
    case 0x09: return .tab
    case 0x0A, 0x0D: return .enter
    case 0x08, 0x7F: return .backspace
    case 0x01...0x1A: return Unicode.Scalar(value + 0x60).map { .control(Character($0)) }
    case 0..<0x20, 0x80..<0xA0: return nil
    default: return Unicode.Scalar(value).map { .character(Character($0)) }
    }
  }

  /// Keys by the numbers of curses.h (octal 400 and on), which no release has ever changed.
  static func key(code: UInt32) -> Key? {
    switch Int32(bitPattern: code) {
    case KEY_UP: .up
    case KEY_DOWN: .down
    case KEY_LEFT: .left
    case KEY_RIGHT: .right
    case KEY_PPAGE, KEY_SR: .pageUp
    case KEY_NPAGE, KEY_SF: .pageDown
    case KEY_HOME, KEY_FIND, KEY_A1: .home
    case KEY_END, KEY_SELECT, KEY_C1: .end
    case KEY_BACKSPACE: .backspace
    case KEY_DC: .delete
    case KEY_ENTER: .enter
    case KEY_BTAB: .backTab
    case KEY_F0...(KEY_F0 + 63): .function(Int(Int32(bitPattern: code) - KEY_F0))
    // A resize arrives as a message of its own.
    default: nil
    }
  }
}
