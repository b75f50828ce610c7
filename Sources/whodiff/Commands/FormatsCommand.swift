import ArgumentParser
import AuditModel
import LogDecoding

/// `whodiff formats`: the logs that can be read.
struct FormatsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "formats", abstract: "List the log formats that can be read.")

  @OptionGroup var format: RowFormatOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    try Listing(
      ["NAME", "WHAT IT IS"], format, styling,
      rows: LogFormat.all.map { [("name", .string($0.name)), ("summary", .string($0.summary))] }
    ).write(schema: "whodiff.format/1")
  }

  /// The page `Docs/LogFormats.md`.
  static var markdown: String {
    let rows = LogFormat.all.map { "| `\($0.name)` | \($0.summary) |" }.joined(separator: "\n")
    let packings = Compression.allCases.filter { $0 != .none }.map(\.rawValue).joined(separator: ", ")
    let exports = Exporter.all.map { "| `\($0.name)` | \($0.summary) |" }.joined(separator: "\n")
    return """
      # Log formats

      What is read. Each record is recognised on its own, so a file may hold several kinds; what none of them takes is
      counted, told with its line and reason, and passed over.

      | format | what it is |
      |---|---|
      \(rows)

      Records may stand one a line, glued together, pretty-printed, in a JSON array or in an `EventList`. Compressed
      files are seen through (\(packings)): what a file is named does not matter.

      What is written, by `whodiff export --format` and `-o`:

      | format | what it is |
      |---|---|
      \(exports)

      """
  }
}
