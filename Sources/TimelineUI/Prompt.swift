import TerminalScreen

/// A line that asks for a text on the last row: a search or the name of a command.
struct Prompt: Sendable {
  enum Purpose: Sendable {
    case search, command
  }
  enum Result: Sendable {
    case open, cancelled
    case entered(String)
  }
  var purpose: Purpose
  var editor = LineEditor()

  init(_ purpose: Purpose) { self.purpose = purpose }

  var mark: String {
    switch purpose {
    case .search: "/"
    case .command: ":"
    }
  }

  mutating func type(_ key: Key) -> Result {
    switch key {
    case .escape, .control("c"), .control("g"): return .cancelled
    case .enter: return .entered(editor.text)
    case .backspace where editor.characters.isEmpty: return .cancelled
    default:
      _ = editor.type(key)
      return .open
    }
  }
}

/// Words that were meant by a word that is none.
enum Suggestions {
  /// At most three of the candidates, nearest first: those that begin so, then those that few edits lead to.
  static func nearest(to word: String, among candidates: [String]) -> [String] {
    let scored = Set(candidates).compactMap { candidate -> (String, Int)? in
      if candidate.hasPrefix(word) { return (candidate, 0) }
      let distance = distance(Array(word), Array(candidate))
      return distance <= max(1, word.count / 3) ? (candidate, distance) : nil
    }
    return scored.sorted { ($0.1, $0.0) < ($1.1, $1.0) }.prefix(3).map(\.0)
  }

  /// Insertions, deletions and replacements that turn one word into the other.
  private static func distance(_ left: [Character], _ right: [Character]) -> Int {
    var previous = Array(0...right.count)
    for (row, character) in left.enumerated() {
      var current = [row + 1]
      for (column, other) in right.enumerated() {
        current.append(
          min(previous[column + 1] + 1, current[column] + 1, previous[column] + (character == other ? 0 : 1)))
      }
      previous = current
    }
    return previous[right.count]
  }
}
