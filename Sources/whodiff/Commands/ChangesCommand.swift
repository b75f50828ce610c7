import ArgumentParser
import AuditModel
import EventQueries
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
  @Flag(
    name: [.customShort("p"), .customLong("patch")],
    help: "Add the difference to the version before; of the patches of one apply, what all of them came to.")
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
      let text = ChangeLogText(
        zone: zone, showsPatch: patch, showsManifests: manifests, folds: !all && !manifests, to: out)
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
