import ArgumentParser

/// `-o` of commands that write rows.
struct RowFormatOptions: ParsableArguments {
  @Option(
    name: .shortAndLong,
    help: ArgumentHelp("table, wide, \(Exporter.names.joined(separator: ", ")).", valueName: "format"))
  var output = "table"

  @Flag(help: "The same as -o jsonl.")
  var json = false

  func validate() throws {
    guard ["table", "wide", "text"].contains(output) || Exporter.named(output) != nil else {
      throw ValidationError(
        "-o \(quoted(output)) is not known: it takes table, wide, \(Exporter.names.joined(separator: ", ")).")
    }
  }

  /// Nil for text for people.
  var exporter: Exporter? { json ? .jsonLines : Exporter.named(output) }
  /// Whether the rows are parts of one document, which is none before its end.
  var isOneDocument: Bool { !json && output == "json" }
  var isWide: Bool { output == "wide" }
}
