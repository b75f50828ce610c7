import ArgumentParser
import EventQueries
import TimelineUI

/// `whodiff documentation`: the pages of `Docs/` that are printed from tables.
struct DocumentationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "documentation",
    abstract: "Print a page of the manual: \(pages.keys.sorted().joined(separator: ", ")).",
    shouldDisplay: false)

  private static let pages: [String: @Sendable () -> String] = [
    "keys": { KeyDocumentation.markdown }, "filter-language": { FilterLanguage.markdown },
    "log-formats": { FormatsCommand.markdown }, "rows": { RowSchema.markdown }, "sources": { SourceMember.markdown },
  ]

  @Argument(help: "The page.")
  var topic: String

  func run() throws {
    guard let page = Self.pages[topic]?() else {
      throw ValidationError("\(quoted(topic)) is not known: it is \(Self.pages.keys.sorted().joined(separator: ", ")).")
    }
    let output = Output()
    try output.write(page.hasSuffix("\n") ? page : page + "\n")
    try output.flush()
  }
}
