import TerminalScreen

/// Help from the key tables: the keys that work on the screen that was left for it, then those of the others.
struct HelpPage: Sendable {
  struct Section: Sendable {
    var title: String
    var entries: [CommandEntry]
    /// Whether they work on the screen that was left.
    var isHere: Bool
  }
  enum Line: Hashable, Sendable {
    case heading(String)
    /// An entry, and the section that it stands in.
    case entry(CommandEntry, section: Int)

    var entry: CommandEntry? { if case .entry(let entry, _) = self { entry } else { nil } }
  }
  let sections: [Section]

  private static let groups: [CommandGroup: String] = [
    .move: "move", .find: "find", .open: "open", .judge: "judge", .out: "leave, copy, help",
  ]

  init(about pane: any Pane) {
    let entries = type(of: pane).entries
    let timeline = pane as? TimelinePane
    let isInHistogram = timeline?.strip.isFocused ?? false
    var sections: [Section] = []
    // What has the focus takes its keys from the list.
    if isInHistogram { sections.append(Section(title: "histogram", entries: HistogramKeys.entries, isHere: true)) }
    sections += Self.grouped(
      entries + CommonCommands.all.map(\.entry), without: Set(sections.flatMap(\.entries).flatMap(\.keys)))
    if timeline != nil {
      if !isInHistogram {
        sections.append(
          Section(title: "in the histogram (after i)", entries: HistogramKeys.entries, isHere: false))
      }
      sections.append(Section(title: "in the filter bar (after f)", entries: FilterBar.entries, isHere: false))
    }
    sections += Panes.all.filter { $0.entries != entries }.map {
      Section(title: "on the screen \($0.title)", entries: $0.entries, isHere: false)
    }
    self.sections = sections
  }

  /// - Parameter taken: keys that mean something else here. A pane's own key hides the common one likewise.
  private static func grouped(_ entries: [CommandEntry], without taken: Set<Key>) -> [Section] {
    var seen = taken
    let valid = entries.compactMap { entry -> CommandEntry? in
      var entry = entry
      let hadKeys = !entry.keys.isEmpty
      entry.keys.removeAll { !seen.insert($0).inserted }
      return hadKeys && entry.keys.isEmpty ? nil : entry
    }
    return CommandGroup.allCases.compactMap { group in
      let entries = valid.filter { $0.group == group }
      return entries.isEmpty ? nil : Section(title: groups[group] ?? group.rawValue, entries: entries, isHere: true)
    }
  }

  // MARK: Narrowing

  /// The entries that have all the words, under the headings of their sections; all of them for an empty text.
  func lines(having text: String) -> [Line] {
    let words = text.lowercased().split(separator: " ").map(String.init)
    return sections.enumerated().flatMap { index, section -> [Line] in
      let entries = section.entries.filter { entry in
        let searched = "\(Self.keys(entry)) \(entry.summary) :\(entry.name)".lowercased()
        return words.allSatisfy(searched.contains)
      }
      return entries.isEmpty
        ? [] : [.heading(section.title)] + entries.map { .entry($0, section: index) }
    }
  }

  /// The line that is meant by a text: that of the key, else of the command of this name, else of one that begins so,
  /// else the first entry. Nil where there is none.
  static func best(for text: String, among lines: [Line]) -> Int? {
    func first(where isMeant: (CommandEntry) -> Bool) -> Int? {
      lines.firstIndex { $0.entry.map(isMeant) ?? false }
    }
    let name = text.lowercased()
    guard !name.isEmpty else { return first { _ in true } }
    return first { $0.keys.contains { $0.name == text } } ?? first { $0.name == name }
      ?? first { $0.name.hasPrefix(name) } ?? first { _ in true }
  }

  static func keys(_ entry: CommandEntry) -> String { entry.keys.map(\.name).joined(separator: " ") }
}
