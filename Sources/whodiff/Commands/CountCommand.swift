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
    var fields = try fields()
    var step = try every.map { try stepSeconds($0) }
    let rule = try ArgumentRule(arguments, subjectName: "FILTER", clusters: source.clusters)
    let zone = try source.zone()
    let (filter, stage) = try filter.pipeline(positional: rule.subjects.first, zone: zone)
    var limit = list.limit
    if let stage {
      guard fields.isEmpty, step == nil else { throw ValidationError("Give either --by or a | in the filter.") }
      (fields, step, limit) = CountReport.parts(of: stage, limit: limit)
    }
    if fields.isEmpty, step == nil { throw ValidationError("--by names no field.") }
    let log = try OpenedLog(files: rule.files, source: source)
    let report = CountReport(
      query: EventQuery(filter: filter, level: list.level), fields: fields, stepSeconds: step, limit: limit,
      isReversed: list.reverse, zone: zone)
    let count = try report.write(of: log, format, styling)
    try report.sayDoubleCounting(in: log, isQuiet: source.quiet)
    try log.sayUnknownKinds(report.query, isQuiet: source.quiet)
    try log.sayFolded(report.query, isQuiet: source.quiet)
    try log.finish()
    if count == 0, self.filter.exitCode { throw ExitStatus(1) }
  }

  private func fields() throws -> [FilterField] {
    try (by ?? "").split(separator: ",").map { name in
      let word = name.trimmingSpaces
      guard let field = FilterField.named(word) else {
        throw CommandError("--by: no field \(quoted(word))", details: ["`whodiff fields` lists them"])
      }
      guard field.isCounted else {
        throw CommandError("--by \(field.name): times and texts are not counted; --every 1h counts spans of time")
      }
      return field
    }
  }

  private func stepSeconds(_ text: String) throws -> Int {
    let units: [Character: Int] = ["s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800]
    guard let last = text.last, let unit = units[last], let number = Int(text.dropLast()), number > 0,
      number < 1_000_000
    else { throw ValidationError("--every \(quoted(text)) is no duration: it takes 30s, 10m, 1h, 1d, 1w.") }
    return number * unit
  }
}

extension Substring {
  var trimmingSpaces: String {
    String(drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
  }
}
