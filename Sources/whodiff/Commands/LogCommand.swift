import ArgumentParser
import AuditModel
import EventQueries
import EventStorage

/// `whodiff log`: acts, one a line.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "List acts, one a line, oldest first.",
    usage: "\(Whodiff.calledName) log [FILTER] [FILE]... [OPTIONS]")

  @Argument(help: ArgumentHelp("A filter, and files to read.", valueName: "filter|file"))
  var arguments: [String] = []
  @OptionGroup var filter: FilterOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var format: RowFormatOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    let rule = try ArgumentRule(arguments, subjectName: "FILTER")
    let zone = try source.zone()
    let query = EventQuery(
      filter: try filter.parsed(positional: rule.subjects.first, zone: zone, takesNamespace: true), level: list.level)
    let log = try OpenedLog(files: rule.files, source: source)
    let ids = try log.select(query, list)

    let out = CommandOutput(styling, isText: format.exporter == nil)
    try out.run {
      if let exporter = format.exporter {
        var writer = try RowWriter(exporter, columns: ActRow.columns, to: out.output)
        for id in ids { try writer.write(ActRow.json(log.snapshot.act(id))) }
        try writer.finish()
      } else {
        var table = ActTable(isWide: format.isWide, zone: zone, to: out)
        for id in ids { try table.add(log.snapshot.act(id)) }
        try table.finish()
      }
    }
    try log.sayFolded(query, isQuiet: source.quiet)
    try log.finish()
    if ids.isEmpty, filter.exitCode { throw ExitStatus(1) }
  }
}

extension OpenedLog {
  /// The acts that a list shows, in its order.
  func select(_ query: EventQuery, _ list: ListOptions) throws -> ArraySlice<ActID> {
    let ids = try snapshot.select(query, order: list.reverse ? .newestFirst : .oldestFirst, isCancelled: { false })
    return ids.prefix(list.limit ?? ids.count)
  }

  /// Tells a person how many acts the level left out.
  func sayFolded(_ query: EventQuery, isQuiet: Bool) throws {
    guard ErrorOutput.isTerminal, !isQuiet, query.level < .everything else { return }
    let folded = try snapshot.folded(query, isCancelled: { false })
    let parts = Outcome.allCases.compactMap { outcome in
      folded[outcome].flatMap { $0 > 0 ? ProgressLine.grouped($0) + " " + outcome.name : nil }
    }
    guard !parts.isEmpty else { return }
    ErrorOutput.say(
      "level \(query.level.rawValue) leaves out " + parts.joined(separator: ", ") + " (--level 3 lists all)")
  }
}

/// The table that `log` prints for people.
private struct ActTable {
  private var table: TextTable
  private let isWide: Bool
  private let zone: Zone

  init(isWide: Bool, zone: Zone, to out: CommandOutput) {
    self.isWide = isWide
    self.zone = zone
    let headings = ["TIME (\(zone.name))", "VERB", "CODE", "KIND", "OBJECT", "ACTOR", "OUTCOME"]
    let more = isWide ? ["LEVEL", "TOOK", "FROM", "AUDIT ID", "AGENT"] : []
    table = TextTable(headings + more, to: out.output, style: out.style)
  }

  mutating func add(_ act: Act) throws {
    var cells = [
      Words.time(act.time, zone), act.verb, act.code.map(String.init) ?? "-", Words.kind(act), Words.object(act),
      act.actorText,
    ].map { TextTable.Cell($0) }
    cells.append(TextTable.Cell(act.outcome.name, Words.emphasis(act.outcome)))
    if isWide {
      cells += [
        act.level?.name ?? "-", act.took.map { "\(Int(($0 * 1000).rounded())) ms" } ?? "-",
        act.ips.isEmpty ? "-" : act.ips.joined(separator: ","), act.auditID ?? "-", act.agent ?? "-",
      ].map { TextTable.Cell($0) }
    }
    try table.add(cells)
  }

  mutating func finish() throws { try table.finish() }
}
