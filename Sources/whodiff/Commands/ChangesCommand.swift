import ArgumentParser
import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TimelineUI

/// `whodiff changes`: the versions of one object, or of every object.
struct ChangesCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "changes", abstract: "Print the change log of an object, or of all objects, oldest first.",
    usage: "\(Whodiff.calledName) changes [OBJECT] [FILE]... [OPTIONS]",
    discussion: """
      Without OBJECT the change logs of all objects follow one another, in the order of API group, resource, namespace \
      and name: a version stands next to the one that it is compared with. Within an object, oldest first. For all \
      changes in the order of time there is `\(Whodiff.calledName) log`.
      """)

  @Argument(help: ArgumentHelp("KIND/NAME or KIND/NAMESPACE/NAME, and files to read.", valueName: "object|file"))
  var arguments: [String] = []
  @Flag(name: [.customShort("p"), .customLong("patch")], help: "Add the difference to the version before.")
  var patch = false
  @Flag(
    help: """
      Also acts that changed nothing: no-ops, dry runs, refused and failed writes, connections; and each patch of one \
      apply on a line of its own.
      """)
  var all = false
  @Flag(help: "Also the whole object of each version.")
  var manifests = false
  @Option(help: ArgumentHelp("At most so many rows.", valueName: "count"))
  var limit: Int?
  @Flag(help: "Newest first within each object.")
  var reverse = false
  @OptionGroup var filter: FilterOptions
  @OptionGroup var format: RowFormatOptions
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func validate() throws {
    if let limit, limit < 0 { throw ValidationError("--limit takes a number from 0 on.") }
  }

  func run() throws {
    let rule = try ArgumentRule(arguments, subjectName: "OBJECT", clusters: source.clusters)
    let zone = try source.zone()
    let restriction = try filter.parsed(zone: zone, takesNamespace: false)
    let plan = restriction.isEverything ? nil : restriction.plan
    let log = try OpenedLog(files: rule.files, source: source)
    let objects = try objects(in: log, subject: rule.subjects.first, zone: zone)

    let logs = ObjectLogs(log.snapshot, tellsActChanges: plan?.changeTests.isEmpty == false, keepsRecords: plan != nil)
    let out = CommandOutput(styling, isText: format.exporter == nil)
    var left = limit ?? .max
    var isEmpty = true
    var shownObjects = 0
    try out.run {
      let columns = ChangeLog.rowColumns + (manifests ? ["manifest"] : [])
      var writer = try format.exporter.map { try RowWriter($0, columns: columns, to: out.output) }
      let text = ChangeLogText(zone: zone, showsPatch: patch, showsManifests: manifests, folds: !all, to: out)
      try logs.forEach(objects) { entry in
        let revisions = entry.log.history.revisions
        let shown = Set(revisions.indices.filter { isShown(revisions[$0], plan: plan, entry) })
        // What a filter of acts leaves over says nothing about the time between them; what stands right before an act
        // that it takes does.
        var rows = entry.log.history.lines.filter { line in
          switch line {
          case .revision(let index): shown.contains(index)
          case .finding(let index): plan == nil || shown.contains(entry.log.history.findings[index].position)
          }
        }
        if reverse { rows.reverse() }
        rows = Array(rows.prefix(left))
        guard !rows.isEmpty else { return left > 0 }
        left -= rows.count
        isEmpty = false
        shownObjects += 1
        if writer != nil {
          for row in rows { try writer?.write(entry.log.row(row, showsManifest: manifests)) }
        } else {
          try text.write(entry.log, rows: rows)
        }
        return left > 0
      }
      if all, rule.subjects.isEmpty, left > 0 {
        let nameless = logs.nameless().filter { isShown($0, plan: plan) }
        let rows = (reverse ? nameless.reversed() : nameless).prefix(left)
        if !rows.isEmpty { isEmpty = false }
        if writer != nil {
          for act in rows { try writer?.write(NamelessRow.json(act, showsManifest: manifests)) }
        } else {
          try text.write(nameless: Array(rows))
        }
      }
      try writer?.finish()
    }
    if let subject = rule.subjects.first, shownObjects > 1, !source.quiet {
      ErrorOutput.say("\(quoted(subject)) means \(shownObjects) objects; all are shown")
    }
    let hasProblem = logs.sayProblems()
    try log.finish()
    if hasProblem { throw ExitStatus(3) }
    if isEmpty, filter.exitCode { throw ExitStatus(1) }
  }

  private func objects(in log: OpenedLog, subject: String?, zone: Zone) throws -> [ObjectKey] {
    let namespace = filter.allNamespaces ? nil : filter.namespace
    guard let subject else {
      let known = log.snapshot.objectKeys()
      // What Calico stores of an object of its API has no change log of its own.
      return known.filter { namespace == nil || $0.namespace == namespace }.filter {
        log.snapshot.lineage(of: $0)[0] == $0
      }.sorted()
    }
    let context = FilterContext(now: Configuration.now(), zone: zone)
    let named = log.snapshot.objectKeys(named:)
    let argument = try ObjectArgument(
      subject, namespace: namespace, named: named, context: context, lineage: log.snapshot.lineage)
    guard argument.side == nil else {
      throw CommandError("`changes` prints all versions; @ is for `whodiff diff` (or use --since and --until)")
    }
    if argument.objects.isEmpty {
      let error = argument.notFound(named: named)
      ErrorOutput.say(error.message)
      for line in error.details { ErrorOutput.line("  " + line) }
    }
    return argument.objects
  }

  private func isShown(_ detail: ActDetail, plan: FilterPlan?) -> Bool {
    let namespace = filter.allNamespaces ? nil : filter.namespace
    guard namespace == nil || detail.act.object?.namespace == namespace else { return false }
    return plan?.matches(detail.act, detail: { detail }) ?? true
  }

  /// Reads never are; without `--all` only what changed the object.
  private func isShown(_ revision: Revision, plan: FilterPlan?, _ entry: ObjectLogs.Entry) -> Bool {
    guard let act = revision.act, revision.operation != .initial else { return plan == nil }
    guard all ? act.outcome != .read : act.outcome == .changed else { return false }
    return plan?.matches(act, change: entry.log.actChanges[act.id], detail: { entry.details[act.id] }) ?? true
  }
}

/// A change log as text that can be pasted into a ticket.
private struct ChangeLogText {
  private let zone: Zone
  private let showsPatch: Bool
  private let showsManifests: Bool
  /// Whether the patches of one apply make one line of the table.
  private let folds: Bool
  private let output: Output
  private let style: TextStyle

  init(zone: Zone, showsPatch: Bool, showsManifests: Bool, folds: Bool, to out: CommandOutput) {
    self.zone = zone
    self.showsPatch = showsPatch
    self.showsManifests = showsManifests
    self.folds = folds
    output = out.output
    style = out.style
  }

  func write(_ log: ChangeLog, rows: [ChangeLogLine]) throws {
    let history = log.history
    let versions = Words.count(history.versions.count, "version")
    let lifetimes = Words.count(max(1, history.lifetimeCount), "lifetime")
    try output.write(
      style.text("\(history.kind) \(history.object.pathInCluster)", .heading)
        + style.text("   \(history.object.group.isEmpty ? "core" : history.object.group)   \(versions), \(lifetimes)")
        + "\n")
    if showsPatch || showsManifests {
      for row in rows {
        switch row {
        case .revision(let index): try writeEntry(log, index)
        case .finding(let index):
          try output.write("\n")
          for line in FindingText.lines(log.history.findings[index], zone) {
            try output.write(style.text("!! " + line, .failed) + "\n")
          }
        }
      }
    } else {
      var table = TextTable(
        ["  REV", "TIME (\(zone.name))", "WHAT", "CODE", "BY", "CHANGE", "FID"], to: output, style: style)
      for row in folds ? history.folded(rows) : rows.map(FoldedLine.line) {
        switch row {
        case .line(.revision(let index)): try table.add(cells(log, index))
        case .burst(let index): try table.add(cells(log, burst: index))
        case .line(.finding(let index)):
          for line in FindingText.lines(log.history.findings[index], zone) { try table.add(note: "   !! " + line) }
        }
      }
      try table.finish()
    }
    try output.write("\n")
  }

  /// Acts that are in no object's log: nobody knows the name of what they were about.
  func write(nameless acts: [ActDetail]) throws {
    guard !acts.isEmpty else { return }
    try output.write(style.text("Writes that name no object", .heading) + "\n")
    var table = TextTable(
      ["  REV", "TIME (\(zone.name))", "WHAT", "CODE", "BY", "KIND", "WHERE"], to: output, style: style)
    for act in acts.map(\.act) {
      try table.add(
        [
          "    -", Words.time(act.time, zone), "\(act.verb) (\(act.outcome.name))", act.code.map(String.init) ?? "-",
          act.actorText, Words.kind(act), Words.object(act),
        ].map { TextTable.Cell($0) })
    }
    try table.finish()
    try output.write("\n")
  }

  private func cells(_ log: ChangeLog, _ index: Int) -> [TextTable.Cell] {
    let revision = log.history.revisions[index]
    return cells(
      revision, number: revision.number.map(String.init) ?? "-", what: what(revision), change: change(log, index))
  }

  /// The last version that an apply led to, as what all its patches did.
  private func cells(_ log: ChangeLog, burst index: Int) -> [TextTable.Cell] {
    let last = log.lastVersion(ofBurst: index)
    let versions = log.history.revisions[log.history.bursts[index]].compactMap(\.number)
    let summary = log.burstChanges[index].summary
    let number = Set(versions.prefix(1) + versions.suffix(1)).sorted().map(String.init).joined(separator: "-")
    return cells(
      log.history.revisions[last], number: number,
      what: "apply (\(log.history.bursts[index].count) patches)", change: summary.isEmpty ? change(log, last) : summary)
  }

  private func cells(_ revision: Revision, number: String, what: String, change: String) -> [TextTable.Cell] {
    [
      TextTable.Cell(String(repeating: " ", count: max(0, 5 - number.count)) + number),
      TextTable.Cell(Words.time(revision.time, zone)), TextTable.Cell(what),
      TextTable.Cell(revision.act?.code.map(String.init) ?? "-"), TextTable.Cell(revision.act.map(\.actorText) ?? "-"),
      TextTable.Cell(change, revision.act.map { Words.emphasis($0.outcome) } ?? .none),
      TextTable.Cell(revision.fidelity?.rawValue ?? "-"),
    ]
  }

  private func writeEntry(_ log: ChangeLog, _ index: Int) throws {
    let revision = log.history.revisions[index]
    let words = [
      revision.number.map { "r\($0)" } ?? "--", Words.time(revision.time, zone), what(revision), "by",
      revision.act.map(\.actorText) ?? "-", "(\(revision.fidelity?.word ?? revision.act?.outcome.name ?? "-"))",
    ]
    try output.write("\n" + style.text(words.joined(separator: " "), .heading) + "\n")
    try output.write("  " + style.text(change(log, index)) + "\n")
    if showsPatch, revision.number != nil || revision.operation == .delete {
      let previous = log.previousVersion(before: index)
      let old = previous?.manifest
      let isComparable = (previous == nil || old != nil) && (revision.manifest != nil || revision.operation == .delete)
      if isComparable, old != nil || revision.manifest != nil {
        let diff = VersionDiff(from: old, to: revision.manifest)
        let unified = diff.unifiedText(
          leftName: previous?.number.map { "r\($0)" } ?? "/dev/null",
          rightName: revision.number.map { "r\($0)" } ?? "/dev/null")
        try output.write(style.unifiedDiff(unified, indentation: "  "))
      } else {
        try output.write("  content not known: \(revision.fidelity == .truncated ? "truncated" : "not logged")\n")
      }
    }
    if showsManifests, let manifest = revision.manifest {
      for line in ManifestText(manifest).lines { try output.write("  " + style.text(line.text) + "\n") }
    }
  }

  /// The operation where there was one, else what came of the act.
  private func what(_ revision: Revision) -> String {
    guard let act = revision.act else { return revision.operation?.rawValue ?? "-" }
    guard act.outcome == .changed else { return act.verb + " (" + act.outcome.name + ")" }
    let operation = revision.operation?.rawValue ?? act.verb
    return operation == act.verb ? operation : "\(operation) (\(act.verb))"
  }

  private func change(_ log: ChangeLog, _ index: Int) -> String {
    let summary = log.changes[index].summary
    if !summary.isEmpty { return summary }
    let revision = log.history.revisions[index]
    let certainty = revision.isInferred ? " (inferred)" : ""
    if revision.operation == .delete { return "end of lifetime \(revision.lifetime)" + certainty }
    return revision.isInferred ? "may have been deleted" : "-"
  }
}

extension ChangeLog {
  /// The version that was in force before a revision; nil where the object did not exist.
  func previousVersion(before index: Int) -> Revision? {
    if let previous = changes[index].previous { return history.revisions[previous] }
    let revision = history.revisions[index]
    guard revision.operation != .create else { return nil }
    return history.revisions[..<index].last { $0.number != nil && $0.lifetime == revision.lifetime }
  }
}
