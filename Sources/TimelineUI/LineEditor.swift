public import TerminalScreen

/// One line of text under a cursor, with the keys of readline. Owners look at the keys that it leaves alone.
public struct LineEditor: Hashable, Sendable {
  public private(set) var characters: [Character]
  /// From 0 to the length of the text.
  public private(set) var cursor: Int
  /// What ^W, ^U and ^K took last, for ^Y.
  private var killed: [Character] = []

  public init(_ text: String = "") {
    characters = Array(text)
    cursor = characters.count
  }

  public var text: String { String(characters) }
  public var beforeCursor: String { String(characters[..<cursor]) }

  public mutating func set(_ text: String) {
    characters = Array(text)
    cursor = characters.count
  }

  /// Replaces a range of characters and puts the cursor behind what came in.
  public mutating func replace(_ range: Range<Int>, with text: String) {
    let bounds = range.clamped(to: 0..<characters.count)
    characters.replaceSubrange(bounds, with: text)
    cursor = bounds.lowerBound + text.count
  }

  /// Takes an editing key; false for any other, which then means something else to the owner.
  public mutating func type(_ key: Key) -> Bool {
    switch key {
    case .character(let character):
      characters.insert(character, at: cursor)
      cursor += 1
    case .left: cursor = max(0, cursor - 1)
    case .right: cursor = min(characters.count, cursor + 1)
    case .home, .control("a"): cursor = 0
    case .end, .control("e"): cursor = characters.count
    case .backspace, .control("h"):
      if cursor > 0 {
        cursor -= 1
        characters.remove(at: cursor)
      }
    case .delete, .control("d"):
      if cursor < characters.count { characters.remove(at: cursor) }
    case .control("w"): kill(wordStart..<cursor)
    case .control("u"): kill(0..<cursor)
    case .control("k"): kill(cursor..<characters.count)
    case .control("y"):
      characters.insert(contentsOf: killed, at: cursor)
      cursor += killed.count
    default: return false
    }
    return true
  }

  private var wordStart: Int {
    var start = cursor
    while start > 0, characters[start - 1] == " " { start -= 1 }
    while start > 0, characters[start - 1] != " " { start -= 1 }
    return start
  }

  private mutating func kill(_ range: Range<Int>) {
    guard !range.isEmpty else { return }
    killed = Array(characters[range])
    characters.removeSubrange(range)
    cursor = range.lowerBound
  }

  /// Paints the text so that the cursor is in view, with `<` and `>` where more of it lies outside, and puts the
  /// screen's cursor there.
  /// - Returns: the screen columns of the characters that are seen, by their place in the text.
  @discardableResult
  public func render(
    into screen: inout Screen, x: Int, y: Int, width: Int, style: Style = .plain, isFocused: Bool = true
  ) -> [Int: Int] {
    var columns: [Int: Int] = [:]
    guard width > 2 else { return columns }
    // Wide characters and escapes take more columns than one, so the window is found by adding widths up.
    let widths = characters.map { TextWidth.of(String($0), asciiOnly: screen.asciiOnly) }
    let room = width - 1
    var start = 0
    var used = widths[..<cursor].reduce(0, +)
    while used > room - (start > 0 ? 1 : 0), start < cursor {
      used -= widths[start]
      start += 1
    }
    var column = x
    if start > 0 {
      screen.write("<", x: column, y: y, style: .hint)
      column += 1
    }
    var cursorColumn = column
    var end = start
    while end < characters.count, column + widths[end] <= x + room {
      if end == cursor { cursorColumn = column }
      columns[end] = column
      column += screen.write(String(characters[end]), x: column, y: y, style: style)
      end += 1
    }
    if end == cursor { cursorColumn = column }
    if end < characters.count { screen.write(">", x: x + room, y: y, style: .hint) }
    if isFocused { screen.cursor = (cursorColumn, y) }
    return columns
  }
}
