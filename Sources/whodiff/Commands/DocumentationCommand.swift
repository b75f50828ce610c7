import ArgumentParser
import EventQueries
import TimelineUI

/// `whodiff documentation`: the pages of `Docs/` that are printed from tables.
struct DocumentationCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "documentation",
    abstract: "Print a page of the manual: keys, filter-language, log-formats or sources.",
    shouldDisplay: false)

  @Argument(help: "keys, filter-language, log-formats or sources.")
  var topic: String

  func run() throws {
    let pages = [
      "keys": KeyDocumentation.markdown, "filter-language": FilterLanguage.markdown,
      "log-formats": FormatsCommand.markdown, "sources": SourceMember.markdown,
    ]
    guard let page = pages[topic] else {
      throw ValidationError("\(quoted(topic)) is not known: it is \(pages.keys.sorted().joined(separator: ", ")).")
    }
    let output = Output()
    try output.write(page.hasSuffix("\n") ? page : page + "\n")
    try output.flush()
  }
}
