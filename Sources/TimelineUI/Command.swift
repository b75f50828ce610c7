public import TerminalScreen

/// One row of a pane's key table: key handling, help, hints and Docs/Keys.md all print from it.
public struct Command<Owner: Sendable>: Sendable {
  public var keys: [Key]
  /// Its name on the `:` prompt: lower case, words joined by `-`.
  public var name: String
  public var group: CommandGroup
  /// For help, in the imperative: `Open the event`.
  public var summary: String
  /// A word or two for the hint line; nil keeps it off that line.
  public var hint: String?
  public var run: @Sendable (inout Owner, inout Session) -> [Effect]

  public init(
    _ keys: Key..., name: String, group: CommandGroup, _ summary: String, hint: String? = nil,
    run: @escaping @Sendable (inout Owner, inout Session) -> [Effect]
  ) {
    self.keys = keys
    self.name = name
    self.group = group
    self.summary = summary
    self.hint = hint
    self.run = run
  }
}

/// In the order of the help page.
public enum CommandGroup: String, CaseIterable, Sendable {
  case move, find, open, judge, out
}

/// A command without what it does: what help pages list.
public struct CommandEntry: Hashable, Sendable {
  public var keys: [Key]
  public var name: String
  public var group: CommandGroup
  public var summary: String
  public var hint: String?
}

extension Command {
  public var entry: CommandEntry {
    CommandEntry(keys: keys, name: name, group: group, summary: summary, hint: hint)
  }
}

extension [CommandEntry] {
  /// Only these hints, in this order, for a situation in which the usual ones would do nothing.
  /// - Parameter hints: a name of a command, and the word or two that stand for it.
  func hinting(_ hints: [(name: String, hint: String)]) -> [CommandEntry] {
    let known = self + CommonCommands.all.map(\.entry)
    return hints.compactMap { name, hint in
      guard var entry = known.first(where: { $0.name == name }) else { return nil }
      entry.hint = hint
      return entry
    }
  }
}
