import ArgumentParser
import AuditModel
import EventQueries

/// `whodiff export`: acts as rows into a file or to standard output.
struct ExportCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write acts with their records, to a file or to standard output.",
    usage: "\(Whodiff.calledName) export [FILTER] [FILE]... --format FORMAT [--to PATH] [OPTIONS]",
    discussion: "Formats:\n" + Exporter.all.map { "  \($0.name): \($0.summary)" }.joined(separator: "\n"))

  @Argument(help: ArgumentHelp("A filter, and files to read.", valueName: "filter|file"))
  var arguments: [String] = []
  @Option(help: ArgumentHelp(Exporter.names.joined(separator: ", ") + ".", valueName: "format"))
  var format = "jsonl"
  @Option(help: ArgumentHelp("Write this file, readable for its owner alone.", valueName: "path"))
  var to: String?
  @Flag(help: "With --format jsonl: the audit records themselves, one a line, byte for byte (with --redact off).")
  var records = false
  @OptionGroup var filter: FilterOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var source: SourceOptions

  func validate() throws {
    guard Exporter.named(format) != nil else {
      throw ValidationError(
        "--format \(quoted(format)) is not known: it takes \(Exporter.names.joined(separator: ", ")).")
    }
    if records, format != "jsonl" { throw ValidationError("--records goes with --format jsonl only.") }
  }

  func run() throws {
    let rule = try ArgumentRule(arguments, subjectName: "FILTER", clusters: source.clusters)
    let query = EventQuery(
      filter: try filter.parsed(positional: rule.subjects.first, zone: try source.zone(), takesNamespace: true),
      level: list.level)
    let log = try OpenedLog(files: rule.files, source: source)
    let ids = try log.select(query, list)
    let file = try to.flatMap { $0 == "-" ? nil : try ExportFile(path: $0) }
    let output = Output(descriptor: file?.descriptor ?? 1)
    let isTerminal = file == nil && Configuration.outputIsTerminal

    if records {
      for id in ids { try write(try log.snapshot.detail(id), to: output, isTerminal: isTerminal) }
    } else if let exporter = Exporter.named(format) {
      var writer = try RowWriter(
        exporter, columns: ActRow.columns(of: Set(try log.snapshot.listedData(query).keys)), to: output,
        isTerminal: isTerminal)
      for id in ids { try write(id, of: log, to: &writer) }
      try writer.finish()
    }
    try output.flush()
    try file?.keep()
    if let to, file != nil, !source.quiet { ErrorOutput.say("\(Words.count(ids.count, "act")) written to \(to)") }
    try log.sayUnknownKinds(query, isQuiet: source.quiet)
    try log.sayFolded(query, isQuiet: source.quiet)
    try log.finish()
    if ids.isEmpty, filter.exitCode { throw ExitStatus(1) }
  }

  /// One row. But for CSV it holds the act's audit records, first stage first: as JSON lines in the very bytes of the
  /// log, so that what was exported can stand for it.
  private func write(_ id: ActID, of log: OpenedLog, to writer: inout RowWriter) throws {
    let row = ActRow.json(log.snapshot.act(id))
    guard format != "csv" else { return try writer.write(row) }
    let records = try log.snapshot.detail(id).records.reversed().map(\.bytes)
    guard format == "jsonl" else {
      return try writer.write(row.setting(["records"], to: .array(records.compactMap { try? JSONValue(parsing: $0) })))
    }
    // Without redaction not a byte is touched, not even one that is no UTF-8.
    let texts = source.redact == .off ? records : records.map { Array(String(decoding: $0, as: UTF8.self).utf8) }
    try writer.write(row, adding: "records", array: texts.map(Self.oneLine))
  }

  /// Line breaks in pretty-printed records stand between tokens only.
  private static func oneLine(_ bytes: [UInt8]) -> [UInt8] {
    bytes.map { $0 == 0x0A || $0 == 0x0D ? UInt8(ascii: " ") : $0 }
  }

  /// The records of one act and nothing else, first stage first.
  private func write(_ detail: ActDetail, to output: Output, isTerminal: Bool) throws {
    for record in detail.records.reversed() {
      let line = Self.oneLine(record.bytes) + [UInt8(ascii: "\n")]
      try output.write(isTerminal ? SafeText.jsonForTerminal(line) : line)
    }
  }
}
