import ArgumentParser
import AuditModel
import EventQueries
import EventStorage
import ManifestDiff
import TimelineUI

/// `whodiff show`: one act in full.
struct ShowCommand: ParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "show", abstract: "Show one act in full.",
    usage: "\(Whodiff.calledName) show EVENT [FILE]... [OPTIONS]",
    discussion: "EVENT is an auditID or the id of `whodiff log -o jsonl`; the first eight characters or more do.")

  @Argument(help: ArgumentHelp("An auditID or id, and files to read.", valueName: "event|file"))
  var arguments: [String] = []
  @Option(name: .shortAndLong, help: ArgumentHelp("text, json, jsonl, yaml.", valueName: "format"))
  var output = "text"
  @Flag(help: "The same as -o jsonl.")
  var json = false
  @OptionGroup var source: SourceOptions
  @OptionGroup var styling: StyleOptions

  func validate() throws {
    guard ["text", "table", "json", "jsonl", "yaml"].contains(output) else {
      throw ValidationError("-o \(quoted(output)) is not known: it takes text, json, jsonl, yaml.")
    }
  }

  func run() throws {
    let rule = try ArgumentRule(arguments, subjectName: "EVENT", clusters: source.clusters)
    guard let event = rule.subjects.first else { throw ValidationError("No EVENT was named.") }
    let zone = try source.zone()
    let log = try OpenedLog(files: rule.files, source: source)
    let found = try find(event, in: log.snapshot)
    let logs = ObjectLogs(log.snapshot)
    let details = found.map(logs.detail)

    let form = json ? "jsonl" : output
    let isText = form == "text" || form == "table"
    let out = CommandOutput(styling, isText: isText)
    try out.run {
      if isText {
        for detail in details {
          let changeLog = detail.act.key.map { logs.changeLog(of: $0).log }
          try EventText(detail: detail, changeLog: changeLog, zone: zone, style: out.style).write(to: out.output)
        }
      } else if form == "json", let detail = details.first, details.count == 1 {
        let bytes = Array((EventRow.json(detail).prettyJSON + "\n").utf8)
        try out.output.write(Configuration.outputIsTerminal ? SafeText.jsonForTerminal(bytes) : bytes)
      } else if let exporter = Exporter.named(form) {
        var writer = try RowWriter(exporter, columns: [], to: out.output)
        for detail in details { try writer.write(EventRow.json(detail)) }
        try writer.finish()
      }
    }
    let hasProblem = logs.sayProblems()
    try log.finish()
    if hasProblem { throw ExitStatus(3) }
  }

  /// All acts of the one auditID or id that the text means: a client may use an auditID twice, and the logs of two
  /// clusters may hold equal records.
  private func find(_ event: String, in snapshot: StoreSnapshot) throws -> [ActID] {
    let found = event.isEmpty ? [] : snapshot.find(eventID: event)
    guard !found.isEmpty else { throw CommandError("no act has the id \(quoted(event))") }
    let exact = found.filter { snapshot.act($0).auditID == event }
    if !exact.isEmpty { return exact }
    let acts = found.map(snapshot.act)
    let isOne = Set(acts.map(\.contentID)).count == 1 || acts[0].auditID != nil && Set(acts.map(\.auditID)).count == 1
    guard isOne else {
      throw CommandError(
        "\(quoted(event)) is the beginning of \(found.count) ids; say which",
        details: acts.prefix(10).map { act in
          let cluster = act.cluster.map { "  cluster \($0)" } ?? ""
          return "\(act.auditID ?? act.contentID.description)  \(act.summary)\(cluster)"
        })
    }
    return found
  }
}

/// An act as text: the lines of the Event screen, in its order.
private struct EventText {
  let detail: ActDetail
  let changeLog: ChangeLog?
  let zone: Zone
  let style: TextStyle

  func write(to output: Output) throws {
    let act = detail.act
    try output.write(style.text(act.summary, .heading) + "\n\n")
    if let sheet = FactSheet(detail, zone: zone) { return try write(sheet, to: output) }
    for (name, value) in facts(act) {
      let label = name + String(repeating: " ", count: max(1, 9 - name.count))
      try output.write(style.paint(label, .faint) + style.text(value) + "\n")
    }
    try writeChange(act, to: output)
    let bodies = [
      ("request body", detail.request), ("response body", detail.response),
      ("stored by Calico", detail.response == nil ? detail.stored : nil),
    ]
    for (title, body) in bodies {
      guard let body else { continue }
      try output.write("\n" + style.paint("-- \(title) --", .heading) + "\n")
      for line in ManifestText(body).lines { try output.write(style.text(line.text) + "\n") }
    }
    if bodies.allSatisfy({ $0.1 == nil }) {
      try output.write("\n" + style.text("-- no body: \(missing(act)) --", .heading) + "\n")
    }
  }

  /// A row of another log, section by section.
  private func write(_ sheet: FactSheet, to output: Output) throws {
    for section in sheet.sections {
      try output.write(style.paint("-- \(section.title) --", .heading) + "\n")
      let width = max(8, section.lines.map(\.label.count).max() ?? 0)
      for line in section.lines {
        let label = line.label + String(repeating: " ", count: width - line.label.count + 1)
        let note = line.note.isEmpty ? "" : style.text("   (\(line.note))", .faint)
        let text = style.text(line.text, line.isFailure ? .failed : .none)
        try output.write(style.text(label, .faint) + text + note + "\n")
      }
      try output.write("\n")
    }
    for record in detail.records {
      try output.write(style.paint("-- record as logged --", .heading) + "\n")
      try output.write(style.text(String(decoding: record.bytes, as: UTF8.self)) + "\n")
    }
  }

  private func facts(_ act: Act) -> [(String, String)] {
    var lines: [(String, String)] = []
    let took = act.took.map { "   done \($0 < 0 ? "" : "+")\(Int(($0 * 1000).rounded())) ms" } ?? ""
    lines.append(
      ("when", act.time.rfc3339 + took + (zone == .utc ? "" : "   \(Words.time(act.time, zone)) \(zone.name)")))
    let groups = act.groups.isEmpty ? "" : "   groups: " + act.groups.joined(separator: ", ")
    lines.append(("actor", (act.by ?? "- (not authenticated)") + groups))
    lines.append(("  as", act.asUser ?? "-   (no impersonation)"))
    lines.append(
      ("from", (act.ips.isEmpty ? "-" : act.ips.joined(separator: ", ")) + "   agent: " + (act.agent ?? "-")))
    lines.append(("request", act.verb + " " + detail.requestURI))
    let result = [
      act.code.map(String.init) ?? "no final answer logged", act.outcome.name, act.decision, act.reason?.nonEmpty,
    ]
    lines.append(("result", result.compactMap { $0 }.joined(separator: "   ")))
    if let message = detail.message?.nonEmpty { lines.append(("", message)) }
    if let cluster = act.cluster { lines.append(("cluster", cluster)) }
    lines.append(("audit", "id \(act.auditID ?? "-")   level \(act.level?.name ?? "-")"))
    lines.append(("id", act.contentID.description))
    for record in detail.records {
      let position = record.source
      lines.append(
        (
          "source",
          "\(position.file) line \(position.line) bytes \(position.offset)+\(position.length)   \(record.stage.name)"
            + (record.isStorageWrite ? "   what Calico's API server stored" : "")
        ))
    }
    for annotation in detail.annotations where !annotation.name.hasPrefix("authorization.k8s.io/") {
      lines.append(("note", annotation.name + " = " + annotation.value))
    }
    return lines
  }

  private func writeChange(_ act: Act, to output: Output) throws {
    guard let changeLog, let index = changeLog.history.revisions.firstIndex(where: { $0.act?.id == act.id }) else {
      return
    }
    let revision = changeLog.history.revisions[index]
    guard let number = revision.number else { return }
    try output.write(
      "\n" + style.paint("-- change (\(number) of \(changeLog.history.versionCount) versions) --", .heading) + "\n")
    let previous = changeLog.previousVersion(before: index)
    guard let new = revision.manifest, previous == nil || previous?.manifest != nil else {
      return try output.write("  not known: \(missing(act))\n")
    }
    if previous == nil, revision.operation != .create {
      return try output.write("  not known: the first that the log shows\n")
    }
    guard let old = previous?.manifest else { return try output.write("  created\n") }
    for change in VersionDiff(from: old, to: new).fields {
      switch change.operation {
      case .add: try output.write(style.text("+ \(change.path)  \(short(change.new))", .added) + "\n")
      case .remove: try output.write(style.text("- \(change.path)  \(short(change.old))", .removed) + "\n")
      case .replace:
        try output.write(style.text("  \(change.path)  \(short(change.old)) -> \(short(change.new))") + "\n")
      case .move: try output.write(style.text("  \(change.path)  moved from \(change.from ?? "?")") + "\n")
      }
    }
  }

  private func short(_ value: JSONValue?) -> String {
    let text = value.map { $0.string ?? $0.json } ?? ""
    return text.count > 100 ? text.prefix(97) + "..." : text
  }

  private func missing(_ act: Act) -> String {
    if act.truncated { return "the log cut it away (truncated)" }
    return act.level == .metadata ? "content not logged (level Metadata)" : "the log holds none"
  }
}
