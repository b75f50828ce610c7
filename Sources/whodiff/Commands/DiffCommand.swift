import ArgumentParser
import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TimelineUI

/// `whodiff diff`: two versions compared.
struct DiffCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "diff", abstract: "Compare two versions of an object, or of two objects.",
    usage: "\(Whodiff.calledName) diff OBJECT[@A] [OBJECT[@B]] [FILE]... [OPTIONS]",
    discussion: """
      @N is version N, @TIME the version in force then, @before:AUDITID and @after:AUDITID the sides of one act.
      Without @ the last two versions are compared; with one @ that version and the last. Exit code 1 says that they
      differ.
      """)

  static let formats = ["text", "json", "jsonl", "yaml", "patch", "jsonpatch"]

  @Argument(help: ArgumentHelp("One or two objects, and files to read.", valueName: "object|file"))
  var arguments: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp(Self.formats.joined(separator: ", ") + ".", valueName: "format"))
  var output = "text"
  @Flag(help: "The same as -o jsonl.")
  var json = false
  @Flag(name: .customLong("machine-fields"), help: "Also fields that servers and clients keep for themselves.")
  var machineFields = false
  @Option(name: .shortAndLong, help: "The namespace of OBJECT.")
  var namespace: String?
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func validate() throws {
    guard Self.formats.contains(output) || output == "table" else {
      throw ValidationError("-o \(quoted(output)) is not known: it takes \(Self.formats.joined(separator: ", ")).")
    }
  }

  func run() throws {
    let rule = try ArgumentRule(arguments, subjectName: "OBJECT", subjectCount: 2, clusters: source.clusters)
    guard let first = rule.subjects.first else { throw ValidationError("No OBJECT was named.") }
    let zone = try source.zone()
    let context = FilterContext(now: Configuration.now(), zone: zone)
    let log = try OpenedLog(files: rule.files, source: source)
    let named = log.snapshot.objectKeys(named:)
    let logs = ObjectLogs(log.snapshot)
    func argument(_ text: String) throws -> ObjectArgument {
      try ObjectArgument(
        text, namespace: namespace, named: named, context: context, lineage: log.snapshot.lineage)
    }
    let sides = try Sides(
      left: argument(first), right: rule.subjects.dropFirst().first.map(argument), named: named, logs: logs)
    let isDifferent = try write(sides, zone: zone)
    let hasProblem = logs.sayProblems()
    try log.finish()
    if hasProblem || sides.hasUnknownContent { throw ExitStatus(3) }
    if isDifferent { throw ExitStatus(1) }
  }

  private func write(_ sides: Sides, zone: Zone) throws -> Bool {
    let diff =
      sides.hasUnknownContent
      ? VersionDiff()
      : VersionDiff(
        from: sides.left.manifest, to: sides.right.manifest,
        options: VersionDiff.Options(showsMachineFields: machineFields))
    let form = json ? "jsonl" : output
    let isText = form == "text" || form == "table" || form == "patch"
    let out = CommandOutput(styling, isText: isText && form != "patch")
    try out.run {
      switch form {
      case "json", "jsonl", "yaml":
        let row = DiffRow.json(left: sides.left.row, right: sides.right.row, diff: diff)
        if form == "json" {
          try out.output.write(machine(Array((row.prettyJSON + "\n").utf8)))
        } else if let exporter = Exporter.named(form) {
          var writer = try RowWriter(exporter, columns: [], to: out.output)
          try writer.write(row)
          try writer.finish()
        }
      case "jsonpatch":
        try out.output.write(machine(Array((diff.jsonPatch.prettyJSON + "\n").utf8)))
      case "patch":
        let text = diff.unifiedText(leftName: sides.left.fileName, rightName: sides.right.fileName)
        try out.output.write(Configuration.outputIsTerminal ? SafeText.lines(text) : text)
      default:
        try writeText(diff, sides, zone, to: out)
      }
    }
    for side in [sides.left, sides.right] where side.isUnknown {
      ErrorOutput.say("\(side.title): content not known: \(side.reason)")
    }
    return !diff.fields.isEmpty || diff.lines.contains { $0.operation != .same }
  }

  private func machine(_ bytes: [UInt8]) -> [UInt8] {
    Configuration.outputIsTerminal ? SafeText.jsonForTerminal(bytes) : bytes
  }

  private func writeText(_ diff: VersionDiff, _ sides: Sides, _ zone: Zone, to out: CommandOutput) throws {
    let style = out.style
    try out.output.write(style.text("--- " + sides.left.heading(zone), .removed) + "\n")
    try out.output.write(style.text("+++ " + sides.right.heading(zone), .added) + "\n")
    let unified = diff.unifiedText(leftName: "a", rightName: "b")
    // The headings above say more than the file names of the unified diff.
    let hunks = unified.split(separator: "\n", omittingEmptySubsequences: false).drop { !$0.hasPrefix("@@") }
    if !hunks.isEmpty { try out.output.write(style.unifiedDiff(hunks.joined(separator: "\n"))) }
    if diff.hiddenMachineFields > 0 {
      try out.output.write(
        style.text("machine fields that differ: \(diff.hiddenMachineFields) (--machine-fields shows them)", .faint)
          + "\n")
    }
  }
}

/// The two versions that are compared.
private struct Sides {
  var left: VersionSide
  var right: VersionSide
  var hasUnknownContent: Bool { left.isUnknown || right.isUnknown }

  init(
    left first: ObjectArgument, right second: ObjectArgument?, named: (String) -> [ObjectKey], logs: ObjectLogs
  ) throws {
    let log = logs.changeLog(of: try first.onlyObject(named: named)).log
    if let second {
      let other = try second.onlyObject(named: named)
      let otherLog = other == log.object ? log : logs.changeLog(of: other).log
      left = try VersionSide(log, first.side)
      right = try VersionSide(otherLog, second.side)
      return
    }
    switch first.side {
    case nil:
      let numbered = log.history.revisions.indices.filter { log.history.revisions[$0].number != nil }
      guard let last = numbered.last else { throw CommandError("\(log.object): the logs show no version of it") }
      left = VersionSide(log, index: numbered.dropLast().last)
      right = VersionSide(log, index: last)
    case .aroundAct(let act):
      left = try VersionSide(log, .before(act: act))
      right = try VersionSide(log, .after(act: act))
    case .some(let side):
      left = try VersionSide(log, side)
      right = try VersionSide(log, nil)
    }
  }
}

/// One side of a comparison: a version, or nothing where there was no object.
private struct VersionSide {
  let log: ChangeLog
  /// Into the revisions; nil for no object.
  let index: Int?

  init(_ log: ChangeLog, index: Int?) {
    self.log = log
    self.index = index
  }

  /// - Parameter side: nil for the last version.
  init(_ log: ChangeLog, _ side: ObjectArgument.Side?) throws {
    self.log = log
    let revisions = log.history.revisions
    func state(_ range: Range<Int>) -> Int? {
      guard let last = range.last(where: { revisions[$0].number != nil || revisions[$0].operation == .delete })
      else { return nil }
      return revisions[last].operation == .delete ? nil : last
    }
    switch side {
    case nil:
      index = revisions.indices.last { revisions[$0].number != nil }
    case .number(let number):
      guard let found = revisions.firstIndex(where: { $0.number == number }) else {
        throw CommandError(
          "\(log.object) has no version \(number); it has \(Words.count(log.history.versionCount, "version"))")
      }
      index = found
    case .time(let time):
      index = state(revisions.startIndex..<(revisions.lastIndex { $0.time <= time }.map { $0 + 1 } ?? 0))
    case .before(let act):
      let found = try Self.find(act, log)
      // What a creation follows is nothing, though the end of the object before may have left no line.
      index = revisions[found].operation == .create ? nil : state(0..<found)
    case .after(let act): index = state(0..<(try Self.find(act, log) + 1))
    case .aroundAct(let act):
      throw CommandError("@{before,after}:\(act) is both sides: name no second OBJECT")
    }
  }

  private static func find(_ act: String, _ log: ChangeLog) throws -> Int {
    let found = log.history.revisions.firstIndex { revision in
      guard let own = revision.act else { return false }
      return own.auditID == act || (act.count >= 8 && own.contentID.description.hasPrefix(act.lowercased()))
    }
    guard let found else { throw CommandError("\(log.object) has no act \(quoted(act))") }
    return found
  }

  private var revision: Revision? { index.map { log.history.revisions[$0] } }
  var manifest: JSONValue? { revision?.manifest }
  /// There was an object, and the log does not show it.
  var isUnknown: Bool { revision != nil && manifest == nil }
  var row: JSONValue { index.map { log.row($0, showsManifest: true) } ?? .null }
  var title: String { "\(log.object)" + (revision?.number.map { "@\($0)" } ?? "") }
  var reason: String { revision?.fidelity == .truncated ? "truncated in the log" : "its body was not logged" }

  func heading(_ zone: Zone) -> String {
    guard let revision else { return "\(log.history.kind) \(log.object.pathInCluster)  nothing: it did not exist" }
    let number = revision.number.map { "r\($0)" } ?? "-"
    let act = revision.act
    return [
      "\(log.history.kind) \(log.object.pathInCluster)", number, Words.time(revision.time, zone) + " " + zone.name,
      revision.operation?.rawValue ?? act?.verb ?? "", act.map(\.actorText) ?? "", revision.fidelity?.rawValue ?? "",
    ].joined(separator: "  ")
  }

  /// A name that is safe wherever a patch is applied: letters, digits, dots, dashes.
  var fileName: String {
    guard let revision else { return "/dev/null" }
    let cluster = log.object.cluster.map { $0 + "_" } ?? ""
    let text = "\(cluster)\(log.history.kind)_\(log.object.path)_r\(revision.number ?? 0).yaml"
    return String(text.map { $0.isASCII && ($0.isLetter || $0.isNumber || "._-".contains($0)) ? $0 : "_" })
  }
}
