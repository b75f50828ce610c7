import ArgumentParser
import AuditModel
import EventQueries
import EventStorage

/// `whodiff log`: acts and rows of other logs, one a line.
struct LogCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "log", abstract: "List acts, flows and lookups, one a line, oldest first.",
    usage: "\(Whodiff.calledName) log [FILTER] [FILE]... [OPTIONS]",
    discussion: """
      Rows of all logs are listed unless the filter says otherwise: data:audit, data:flow, data:dns. -o wide says more and \
      shortens no names. Behind a | the rows are counted: 'code:403 | count by actor, kind', 'rcode:NXDomain | top 20 qname'.
      """)

  @Argument(help: ArgumentHelp("A filter, and files to read.", valueName: "filter|file"))
  var arguments: [String] = []
  @Flag(
    name: [.customShort("F"), .long],
    help: "Go on with what is added to the files, through rotation, in the order in which it comes, until ^C.")
  var follow = false
  @OptionGroup var filter: FilterOptions
  @OptionGroup var list: ListOptions
  @OptionGroup var format: RowFormatOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func validate() throws {
    if follow, list.reverse { throw ValidationError("--follow lists in the order in which acts come; not --reverse.") }
    if follow, format.isOneDocument {
      throw ValidationError("--follow has no end, and -o json is one document: -o jsonl has a line for each act.")
    }
  }

  func run() throws {
    let rule = try ArgumentRule(arguments, subjectName: "FILTER", clusters: source.clusters)
    if follow { return try runFollowing(rule) }
    let zone = try source.zone()
    let (taken, stage) = try filter.pipeline(positional: rule.subjects.first, zone: zone)
    let query = EventQuery(filter: taken, level: list.level)
    let log = try OpenedLog(files: rule.files, source: source)
    if let stage {
      try count(query, stage, zone, log)
    } else {
      try write(query, zone, log)
    }
  }

  private func count(_ query: EventQuery, _ stage: FilterStage, _ zone: Zone, _ log: OpenedLog) throws {
    let (fields, step, limit) = CountReport.parts(of: stage, limit: list.limit)
    guard !fields.isEmpty || step != nil else { throw ValidationError("| count names no field: | count by actor") }
    let report = CountReport(
      query: query, fields: fields, stepSeconds: step, limit: limit, isReversed: list.reverse, zone: zone)
    let count = try report.write(of: log, format, styling)
    try report.sayDoubleCounting(in: log, isQuiet: source.quiet)
    try log.sayUnknownKinds(query, isQuiet: source.quiet)
    try log.sayFolded(query, isQuiet: source.quiet)
    try log.finish()
    if count == 0, filter.exitCode { throw ExitStatus(1) }
  }

  private func write(_ query: EventQuery, _ zone: Zone, _ log: OpenedLog) throws {
    let ids = try log.select(query, list)
    let data = Set(try log.snapshot.listedData(query).keys)

    let out = CommandOutput(styling, isText: format.exporter == nil)
    try out.run {
      if let exporter = format.exporter {
        var writer = try RowWriter(exporter, columns: ActRow.columns(of: data), to: out.output)
        for id in ids { try writer.write(ActRow.json(log.snapshot.act(id))) }
        try writer.finish()
      } else {
        var table = ActTable(
          of: data, namesClusters: !log.snapshot.clusters.isEmpty, isWide: format.isWide, zone: zone, to: out.output,
          style: out.style)
        for id in ids { try table.add(log.snapshot.act(id)) }
        try table.finish()
      }
    }
    try log.sayUnknownKinds(query, isQuiet: source.quiet)
    try log.sayFolded(query, isQuiet: source.quiet)
    try log.finish()
    if ids.isEmpty, filter.exitCode { throw ExitStatus(1) }
  }

  private func runFollowing(_ rule: ArgumentRule) throws {
    guard !rule.files.isEmpty else {
      throw ValidationError("--follow takes a FILE, a folder or - for standard input; a store does not grow by itself.")
    }
    let zone = try source.zone()
    let (taken, stage) = try filter.pipeline(positional: rule.subjects.first, zone: zone)
    if stage != nil { throw ValidationError("What is followed has no end to count at: --follow takes no | stage.") }
    let query = EventQuery(filter: taken, level: list.level)
    let log = try OpenedLog(files: rule.files, source: source, follows: true)
    if log.exitCode == 130 { throw ExitStatus(130) }
    // What is not there yet may be of any kind.
    let known = Set(try log.snapshot.listedData(query).keys)
    let data = known.isEmpty ? Set(DataKind.allCases) : known
    // A pager would wait for the end.
    let output = Output()
    if let exporter = format.exporter {
      var writer = try RowWriter(exporter, columns: ActRow.columns(of: data), to: output)
      let following = LogFollowing(
        log, query: query, limit: list.limit, output: output, print: { try writer.write(ActRow.json($0)) }, flush: {})
      try following.printKnown()
      try following.run(rule.files, options: source.ingestOptions)
      try writer.finish()
    } else {
      var table = ActTable(
        of: data, namesClusters: !log.snapshot.clusters.isEmpty, isWide: format.isWide, zone: zone, to: output,
        style: styling.style)
      let following = LogFollowing(
        log, query: query, limit: list.limit, output: output, print: { try table.add($0) },
        flush: { try table.finish() })
      try following.printKnown()
      try following.run(rule.files, options: source.ingestOptions)
    }
    try output.flush()
  }
}

extension OpenedLog {
  /// The acts that a list shows, in its order.
  func select(_ query: EventQuery, _ list: ListOptions) throws -> ArraySlice<ActID> {
    let ids = try snapshot.select(query, order: list.reverse ? .newestFirst : .oldestFirst, isCancelled: { false })
    return ids.prefix(list.limit ?? ids.count)
  }

  /// Tells of kinds that the filter names and that nothing in the logs has: mostly typing errors.
  func sayUnknownKinds(_ query: EventQuery, isQuiet: Bool) throws {
    guard !isQuiet else { return }
    for kind in try snapshot.unknownKinds(in: query.filter) {
      ErrorOutput.say("nothing in these logs has \(kind.words)")
    }
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
