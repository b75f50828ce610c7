import ArgumentParser
import AuditModel
import EventQueries
import TrailCheck

/// `whodiff check`: what the logs cannot tell.
struct CheckCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "check",
    abstract: "Tell what the logs cannot: holes, levels, truncation, clocks, changes off the record.",
    usage: "\(Whodiff.calledName) check [FILE]... [OPTIONS]",
    discussion: "Exit codes: 0 nothing found, 1 findings, 3 a file could not be read.")

  @Argument(help: ArgumentHelp("Files to read; without any the store.", valueName: "file"))
  var files: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("text or json.", valueName: "format"))
  var output = "text"
  @Flag(help: "The same as -o json.")
  var json = false
  @Flag(help: "List every piece of evidence, not the first few of each finding.")
  var all = false
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func validate() throws {
    guard ["text", "table", "wide", "json"].contains(output) else {
      throw ValidationError("-o \(quoted(output)) is not known: it takes text or json.")
    }
  }

  func run() throws {
    let zone = try source.zone()
    let log = try OpenedLog(files: source.clusters.files(files), source: source, saysRejects: false)
    let report = try log.snapshot.trailReport().including(SourceFailures(log.failures, in: log.store))
    let writesJSON = json || output == "json"
    let out = CommandOutput(styling, isText: !writesJSON)
    try out.run {
      if writesJSON {
        var bytes: [UInt8] = []
        CheckRow.json(report).write(to: &bytes, indent: 2)
        bytes.append(UInt8(ascii: "\n"))
        try out.output.write(Configuration.outputIsTerminal ? SafeText.jsonForTerminal(bytes) : bytes)
      } else {
        try CheckText(report, zone: zone, evidenceAtMost: all ? .max : 8, to: out).write()
      }
    }
    try log.finish()
    // Of a file that is all rejects nothing was read.
    if report.sources.contains(where: { $0.actCount == 0 && !$0.rejects.isEmpty }) { throw ExitStatus(3) }
    if report.hasFindings { throw ExitStatus(1) }
  }
}

/// The page: what there is, then what is wrong with it, what weighs most first.
private struct CheckText {
  private let report: TrailReport
  private let zone: Zone
  private let evidenceAtMost: Int
  private let output: Output
  private let style: TextStyle

  init(_ report: TrailReport, zone: Zone, evidenceAtMost: Int, to out: CommandOutput) {
    self.report = report
    self.zone = zone
    self.evidenceAtMost = evidenceAtMost
    output = out.output
    style = out.style
  }

  func write() throws {
    let namesClusters = Set(report.sources.flatMap(\.clusters)).count > 1
    var table = TextTable(
      ["FILE", "FORMAT", "ACTS", "FIRST (\(zone.name))", "LAST", "LEVELS", "REJECTS"]
        + (namesClusters ? ["CLUSTER"] : []), widest: 100, to: output, style: style)
    func cluster(_ source: SourceTally) -> [TextTable.Cell] {
      let names = source.clusters.compactMap(\.self).sorted().joined(separator: ", ")
      return namesClusters ? [TextTable.Cell(names.nonEmpty ?? "-")] : []
    }
    for source in report.sources {
      // A line for each kind of log: they seldom reach equally far.
      for (index, data) in DataKind.allCases.filter({ source.times[$0] != nil }).enumerated() {
        guard let reach = source.reach(of: data) else { continue }
        try table.add(
          [
            TextTable.Cell(index == 0 ? source.file : ""), TextTable.Cell(index == 0 ? source.format : data.name),
            TextTable.Cell(String(source.times[data]?.count ?? 0)),
            TextTable.Cell(Words.time(reach.lowerBound, zone)), TextTable.Cell(Words.time(reach.upperBound, zone)),
            TextTable.Cell(data == .audit ? levels(source) : "-"),
            TextTable.Cell(
              source.rejects.isEmpty ? "-" : String(source.rejects.count), source.rejects.isEmpty ? .none : .failed),
          ] + cluster(source))
      }
      if source.times.isEmpty {
        try table.add(
          [
            TextTable.Cell(source.file), TextTable.Cell("unknown"), TextTable.Cell("0"), TextTable.Cell("-"),
            TextTable.Cell("-"), TextTable.Cell("-"), TextTable.Cell(String(source.rejects.count), .failed),
          ] + cluster(source))
      }
    }
    try table.finish()
    if report.findings.isEmpty, !report.sources.isEmpty {
      try output.write("\nNothing was found that these logs should tell and do not.\n")
    }
    for finding in report.findings { try write(finding) }
  }

  private func levels(_ source: SourceTally) -> String {
    let seen = Level.allCases.filter { source.levels[$0] != nil }
    return seen.map { seen.count == 1 ? $0.name : "\($0.name) \(source.levels[$0] ?? 0)" }.joined(separator: ", ")
  }

  private func write(_ finding: TrailFinding) throws {
    let mark =
      switch finding.weight {
      case .alarm: "!!"
      case .gap: "! "
      case .note: "- "
      }
    try output.write(
      "\n" + style.text("\(mark) \(finding.title)", finding.weight == .alarm ? .failed : .heading) + "\n")
    for item in finding.items.prefix(evidenceAtMost) {
      try output.write("     " + style.text(item.words.text(in: zone)) + "\n")
    }
    if finding.items.count > evidenceAtMost {
      try output.write("     ... and \(finding.items.count - evidenceAtMost) more (--all)\n")
    }
    for line in Words.wrapped(finding.meaning.text(in: zone), width: 100) {
      try output.write("   " + style.text(line, .faint) + "\n")
    }
    for advice in finding.advice {
      let lines =
        advice.contains("\n") ? advice.split(separator: "\n").map(String.init) : Words.wrapped(advice, width: 97)
      if advice.contains("\n") { try output.write("   -> add to the audit policy:\n") }
      for (index, line) in lines.enumerated() {
        let lead = advice.contains("\n") ? "        " : index == 0 ? "   -> " : "      "
        try output.write(lead + style.text(line) + "\n")
      }
    }
  }
}
