import ArgumentParser
import AuditModel
import EventQueries

/// `whodiff fields`: the fields of the filter language.
struct FieldsCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "fields", abstract: "List the fields of the filter language.")

  @OptionGroup var format: RowFormatOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    try Listing(
      ["NAME", "GROUP", "OTHER NAMES", "MEANING", "EXAMPLE"], format, styling,
      rows: FilterField.all.map { field in
        [
          ("name", .string(field.name)), ("group", .string(field.group.rawValue)), ("aliases", .strings(field.aliases)),
          ("summary", .string(field.summary)), ("examples", .strings(field.examples)),
        ]
      }
    ).write(schema: "whodiff.field/1")
  }
}

/// A table of the program itself: aligned for people, rows for scripts.
struct Listing {
  private let headings: [String]
  private let rows: [[(name: String, value: JSONValue)]]
  private let format: RowFormatOptions
  private let styling: StyleOptions

  init(
    _ headings: [String], _ format: RowFormatOptions, _ styling: StyleOptions,
    rows: [[(name: String, value: JSONValue)]]
  ) {
    self.headings = headings
    self.rows = rows
    self.format = format
    self.styling = styling
  }

  func write(schema: String) throws {
    let out = CommandOutput(styling, isText: format.exporter == nil)
    try out.run {
      if let exporter = format.exporter {
        let columns = ["schema"] + (rows.first?.map(\.name) ?? [])
        var writer = try RowWriter(exporter, columns: columns, to: out.output)
        for row in rows {
          let members = row.map { JSONMembers.Member(key: $0.name, value: $0.value) }
          try writer.write(.object(JSONMembers([JSONMembers.Member(key: "schema", value: .string(schema))] + members)))
        }
        try writer.finish()
      } else {
        var table = TextTable(headings, to: out.output, style: out.style)
        for row in rows { try table.add(row.map { TextTable.Cell(Self.text($0.value)) }) }
        try table.finish()
      }
    }
  }

  private static func text(_ value: JSONValue) -> String {
    if let items = value.array { return items.compactMap(\.string).joined(separator: ", ") }
    return value.string ?? value.json
  }
}
