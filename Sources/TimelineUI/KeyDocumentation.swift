import TerminalScreen

/// Docs/Keys.md.
public enum KeyDocumentation {
  /// Markdown, one table for all screens and one for each, in the order of help.
  public static var markdown: String {
    var text = "# Keys\n\nPrinted from the key tables; `?` in the program shows the same.\n"
    text += table("Everywhere", CommonCommands.all.map(\.entry))
    for row in Panes.all { text += table(row.title, row.entries) }
    text += table("In the histogram (after `i`)", HistogramKeys.entries)
    text += table("In the filter bar (after `f`)", FilterBar.entries)
    text += table("In the help (after `?`)", HelpPane.entries)
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
