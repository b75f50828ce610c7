import ArgumentParser
import AuditModel
import EventQueries

/// `whodiff macros`: the filters that have names.
struct MacrosCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "macros", abstract: "List the shipped macros of the filter language and what they stand for.")

  @OptionGroup var format: RowFormatOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    try Listing(
      ["NAME", "MEANING", "STANDS FOR"], format, styling,
      rows: FilterMacro.all.map { macro in
        [
          ("name", .string("@" + macro.name)), ("summary", .string(macro.summary)),
          ("definition", .string(macro.definition)),
        ]
      }
    ).write(schema: "whodiff.macro/1")
  }
}
