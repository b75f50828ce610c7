import ArgumentParser
import AuditModel
import EventQueries
import Ingestion
import LogDecoding
import TimelineUI

/// `whodiff sources`: what was read, file by file.
struct SourcesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "sources", abstract: "List the files with what was found in each.",
    usage: "\(Whodiff.calledName) sources [FILE]... [OPTIONS]")

  @Argument(help: ArgumentHelp("Files to read; without any the store.", valueName: "file"))
  var files: [String] = []
  @OptionGroup var format: RowFormatOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func run() throws {
    let zone = try source.zone()
    let log = try OpenedLog(files: source.clusters.files(files), source: source, saysRejects: false)
    let report = try log.snapshot.trailReport(withHistories: false)
    let filled = report.sources.filter { $0.actCount > 0 }
    let formats = Dictionary(filled.map { ($0.id, $0.format) }, uniquingKeysWith: { first, _ in first })
    let failures = SourceFailures(log.failures, empty: log.empty, in: log.store)
    let out = CommandOutput(styling, isText: format.exporter == nil)
    try out.run {
      if let exporter = format.exporter {
        let columns = ["schema"] + SourceMember.all.map(\.name)
        var writer = try RowWriter(exporter, columns: columns, to: out.output)
        try forEach(log, failures) {
          let subject = SourceMember.Subject(row: $0, report: report, format: formats[$0.id])
          try writer.write(SourceMember.json(subject))
        }
        try writer.finish()
      } else {
        try writeTable(log, failures, formats, zone, to: out)
      }
    }
    sayOthers(log.others)
    try log.finish()
  }

  private func forEach(_ log: OpenedLog, _ failures: SourceFailures, _ body: (SourceRow) throws -> Void) throws {
    for row in failures.rows { try body(row) }
    let step = 500
    var first = 0
    while true {
      let request = SourcesRequest(first: first, count: step)
      let page = try log.snapshot.sources(request, foreignReasons: foreignReasons)
      for var row in page.rows {
        row.lookAtFile(of: log.snapshot)
        row.failure = failures.reasons[row.path]
        try body(row)
      }
      first += page.rows.count
      if page.rows.isEmpty || first >= page.total { return }
    }
  }

  /// Tells of files that were looked into and are in no row.
  private func sayOthers(_ files: [String]) {
    guard !files.isEmpty else { return }
    let shown = 3
    let names = files.sorted().prefix(shown).joined(separator: ", ") + (files.count > shown ? ", ..." : "")
    ErrorOutput.say(
      files.count == 1
        ? "1 file holds no log that is known: \(names)" : "\(files.count) files hold no log that is known: \(names)")
  }

  private func writeTable(
    _ log: OpenedLog, _ failures: SourceFailures, _ formats: [Int64: String], _ zone: Zone, to out: CommandOutput
  ) throws {
    let headings = [
      "FILE", "SIZE", "FIRST (\(zone.name))", "LAST", "ACTS", "KINDS", "FORMAT", "BAD", "OTHER", "STATE", "CLUSTER",
    ]
    let hasFailures = !failures.unread.isEmpty || !failures.reasons.isEmpty
    var table = TextTable(
      headings + (hasFailures ? ["FAILURE"] : []), widest: 100, to: out.output, style: out.style)
    try forEach(log, failures) { row in
      func time(_ time: Timestamp?) -> String { time.map { Words.time($0, zone) } ?? "-" }
      let kinds = DataKind.allCases.filter { row.data[$0] != nil }.map(\.name).joined(separator: " ")
      let failure = hasFailures ? [TextTable.Cell(row.failure ?? "-", row.failure == nil ? .none : .failed)] : []
      let cells = [
        TextTable.Cell(row.path), TextTable.Cell(FactWords.bytes(row.bytesTotal ?? row.bytesRead)),
        TextTable.Cell(time(row.timeSpan?.lowerBound)), TextTable.Cell(time(row.timeSpan?.upperBound)),
        TextTable.Cell(String(row.actCount)), TextTable.Cell(kinds.nonEmpty ?? "-"),
        TextTable.Cell(formats[row.id] ?? "-"),
        TextTable.Cell(
          row.malformedCount > 0 ? String(row.malformedCount) : "-", row.malformedCount > 0 ? .failed : .none),
        TextTable.Cell(row.foreignCount > 0 ? String(row.foreignCount) : "-"),
        TextTable.Cell(row.stateName ?? "-"),
        TextTable.Cell(row.clusters.joined(separator: " ").nonEmpty ?? "-"),
      ]
      try table.add(cells + failure)
    }
    try table.finish()
  }
}
