import ArgumentParser
import AuditModel
import EventQueries
import EventStorage

/// `whodiff count`: how many acts, by the values of fields.
struct CountCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "count", abstract: "Count acts by the values of fields, most first.",
    usage: "\(Whodiff.calledName) count --by FIELD[,FIELD] [--every 1h] [FILTER] [FILE]... [OPTIONS]")

  @Argument(help: ArgumentHelp("A filter, and files to read.", valueName: "filter|file"))
  var arguments: [String] = []
  @Option(help: ArgumentHelp("Fields of `whodiff fields`, separated by commas.", valueName: "field,..."))
  var by: String?
  @Option(help: ArgumentHelp("Count each span of time on its own: 10m, 1h, 1d.", valueName: "duration"))
  var every: String?
  @OptionGroup var filter: FilterOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var format: RowFormatOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    let fields = try fields()
    let step = try every.map { try stepSeconds($0) }
    if fields.isEmpty, step == nil { throw ValidationError("--by names no field.") }
    let rule = try ArgumentRule(arguments, subjectName: "FILTER")
    let zone = try source.zone()
    let query = EventQuery(
      filter: try filter.parsed(positional: rule.subjects.first, zone: zone, takesNamespace: true), level: list.level)
    let log = try OpenedLog(files: rule.files, source: source)
    let counts = try log.snapshot.counts(
      of: query, by: fields, span: step.map { step in { bucket($0, step, zone) } })
    let rows = sorted(counts)
    let shown = rows.prefix(list.limit ?? rows.count)

    let out = CommandOutput(styling, isText: format.exporter == nil)
    try out.run {
      if let exporter = format.exporter {
        var writer = try RowWriter(exporter, columns: CountRow.columns, to: out.output)
        for (group, count) in shown {
          try writer.write(
            CountRow.json(fields: fields.map(\.name), values: group.values, since: group.since, count: count))
        }
        try writer.finish()
      } else {
        let headings = (step == nil ? [] : ["SINCE (\(zone.name))"]) + ["COUNT"] + fields.map { $0.name.uppercased() }
        var table = TextTable(headings, to: out.output, style: out.style)
        for (group, count) in shown {
          let cells = [group.since.map { Words.time($0, zone) }].compactMap { $0 } + [String(count)]
          try table.add((cells + group.values.map { $0 ?? "-" }).map { TextTable.Cell($0) })
        }
        try table.finish()
      }
    }
    try log.sayFolded(query, isQuiet: source.quiet)
    try log.finish()
    if counts.isEmpty, filter.exitCode { throw ExitStatus(1) }
  }

  private func fields() throws -> [FilterField] {
    try (by ?? "").split(separator: ",").map { name in
      let word = name.trimmingSpaces
      guard let field = FilterField.named(word) else {
        throw CommandError("--by: no field \(quoted(word))", details: ["`whodiff fields` lists them"])
      }
      return field
    }
  }

  /// By time where it is counted in spans, then most first; equals in order of their values.
  private func sorted(_ counts: [ActGroup: Int]) -> [(key: ActGroup, value: Int)] {
    let rows = counts.sorted { left, right in
      if let a = left.key.since, let b = right.key.since, a != b { return a < b }
      if left.value != right.value { return left.value > right.value }
      return left.key.values.map { $0 ?? "" }.lexicographicallyPrecedes(right.key.values.map { $0 ?? "" })
    }
    return list.reverse ? rows.reversed() : rows
  }

  private func stepSeconds(_ text: String) throws -> Int {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let last = text.last, let unit = units[last], let number = Int(text.dropLast()), number > 0,
      number < 1_000_000
    else { throw ValidationError("--every \(quoted(text)) is no duration: it takes 30s, 10m, 1h, 1d, 1w.") }
    return number * unit
  }

  /// The start of the span that holds the moment, counted from midnight of 1 January 1970 in the zone.
  private func bucket(_ time: Timestamp, _ step: Int, _ zone: Zone) -> Timestamp {
    let offset = Int64(zone.offsetSeconds(at: time)) * 1_000_000
    let width = Int64(step) * 1_000_000
    let local = time.microseconds + offset
    let rest = local % width
    return Timestamp(microseconds: local - (rest < 0 ? rest + width : rest) - offset)
  }
}

extension Substring {
  var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
