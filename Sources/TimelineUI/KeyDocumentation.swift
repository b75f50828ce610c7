import TerminalScreen

/// Help from the key tables: the pages of `?`.
enum HelpPage {
  static let groups: [CommandGroup: String] = [
    .move: "move", .find: "find", .open: "open", .judge: "judge", .out: "leave, copy, help",
  ]

  /// The screen that was left for help, group by group, then the keys of the others.
  static func lines(title: String, entries: [CommandEntry]) -> [HelpLine] {
    var lines: [HelpLine] = [
      .text("Keys on this screen (\(title)); every line is also a command at the : prompt."), .text(""),
    ]
    lines += grouped(entries + CommonCommands.all.map(\.entry))
    lines += [.text(""), .heading("in the histogram (after i)")]
    lines += HistogramKeys.entries.map(line)
    lines += [.text(""), .heading("in the filter bar (after f)")]
    lines += FilterBar.entries.map(line)
    for row in Panes.all where row.entries != entries {
      lines += [.text(""), .heading("on the screen \(row.title)")]
      lines += row.entries.map(line)
    }
    return lines
  }

  private static func grouped(_ entries: [CommandEntry]) -> [HelpLine] {
    // A pane's own key hides the common one.
    var seen: Set<Key> = []
    let valid = entries.compactMap { entry -> CommandEntry? in
      var entry = entry
      let named = !entry.keys.isEmpty
      entry.keys.removeAll { !seen.insert($0).inserted }
      return named && entry.keys.isEmpty ? nil : entry
    }
    return CommandGroup.allCases.flatMap { group -> [HelpLine] in
      let rows = valid.filter { $0.group == group }
      return rows.isEmpty ? [] : [.heading(groups[group] ?? group.rawValue)] + rows.map(line)
    }
  }

  static func line(_ entry: CommandEntry) -> HelpLine {
    .key(keys(entry), name: entry.name, summary: entry.summary)
  }

  static func keys(_ entry: CommandEntry) -> String { entry.keys.map(\.name).joined(separator: " ") }
}

/// Docs/Keys.md.
public enum KeyDocumentation {
  /// Markdown, one table for all screens and one for each, in the order of help.
  public static var markdown: String {
    var text = "# Keys\n\nPrinted from the key tables; `?` in the program shows the same.\n"
    text += table("Everywhere", CommonCommands.all.map(\.entry))
    for row in Panes.all { text += table(row.title, row.entries) }
    text += table("In the histogram (after `i`)", HistogramKeys.entries)
    text += table("In the filter bar (after `f`)", FilterBar.entries)
    return text
  }

  private static func table(_ title: String, _ entries: [CommandEntry]) -> String {
    var text = "\n## \(title)\n\n| key | command | what it does |\n|---|---|---|\n"
    for entry in entries {
      let keys = entry.keys.map { "`" + $0.name.replacing("|", with: "\\|") + "`" }.joined(separator: " ")
      text +=
        "| \(keys) | \(entry.name.isEmpty ? "" : "`:\(entry.name)`") | \(entry.summary.replacing("|", with: "\\|")) |\n"
    }
    return text
  }
}
