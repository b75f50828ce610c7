import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TimelineUI

/// A change log as text that can be pasted into a ticket.
struct ChangeLogText {
  private let zone: Zone
  private let showsPatch: Bool
  private let showsManifests: Bool
  /// Whether the patches of one apply are told as one.
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
    let versions = Words.count(history.versionCount, "version")
    let lifetimes = Words.count(max(1, history.lifetimeCount), "lifetime")
    try output.write(
      style.text("\(history.kind) \(history.object.pathInCluster)", .heading)
        + style.text("   \(history.object.group.isEmpty ? "core" : history.object.group)   \(versions), \(lifetimes)")
        + "\n")
    let lines = folds ? history.folded(rows) : rows.map(FoldedLine.line)
    if showsPatch || showsManifests {
      for line in lines { try writeEntry(log, line) }
    } else {
      try writeTable(log, lines)
    }
    try output.write("\n")
  }

  private func writeTable(_ log: ChangeLog, _ lines: [FoldedLine]) throws {
    var table = TextTable(
      ["  REV", "TIME (\(zone.name))", "WHAT", "CODE", "BY", "CHANGE", "FID"], to: output, style: style)
    for line in lines {
      switch line {
      case .line(.revision(let index)): try table.add(cells(log, index))
      case .burst(let index): try table.add(cells(log, burst: index))
      case .line(.finding(let index)):
        for words in FindingText.lines(log.history.findings[index], zone) { try table.add(note: "   !! " + words) }
      case .rest(let index, let count): try table.add(note: "   ... " + rest(log, index, count))
      }
    }
    try table.finish()
  }

  private func writeEntry(_ log: ChangeLog, _ line: FoldedLine) throws {
    switch line {
    case .line(.revision(let index)): try writeEntry(log, index)
    case .burst(let index): try writeEntry(log, burst: index)
    case .line(.finding(let index)):
      try output.write("\n")
      for words in FindingText.lines(log.history.findings[index], zone) {
        try output.write(style.text("!! " + words, .failed) + "\n")
      }
    case .rest(let index, let count): try output.write("\n  ... " + style.text(rest(log, index, count)) + "\n")
    }
  }

  /// What is said where a filter or a limit leaves out a part of what one apply made.
  private func rest(_ log: ChangeLog, _ burst: Int, _ count: Int) -> String {
    let versions = log.history.revisions[log.history.bursts[burst]].compactMap(\.number)
    let left = count == 1 ? "1 version is" : "\(count) versions are"
    return "part of one apply, \(numbers(versions)), of which \(left) not listed"
  }

  /// `3`, or `3-5`.
  private func numbers(_ versions: [Int]) -> String {
    Set(versions.prefix(1) + versions.suffix(1)).sorted().map(String.init).joined(separator: "-")
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
    return cells(
      log.history.revisions[last], number: numbers(versions), what: what(log, burst: index),
      change: summary.isEmpty ? change(log, last) : summary)
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
    try writeHead(
      revision, number: revision.number.map { "r\($0)" } ?? "--", what: what(revision), change: change(log, index))
    if showsPatch, revision.number != nil || revision.operation == .delete {
      try writePatch(from: log.previousVersion(before: index), to: revision)
    }
    if showsManifests, let manifest = revision.manifest {
      for line in ManifestText(manifest).lines { try output.write("  " + style.text(line.text) + "\n") }
    }
  }

  /// The patches of one apply: from the version before them to the last one that they made.
  private func writeEntry(_ log: ChangeLog, burst index: Int) throws {
    let rows = log.history.bursts[index]
    let versions = rows.filter { log.history.revisions[$0].number != nil }
    let last = log.lastVersion(ofBurst: index)
    let summary = log.burstChanges[index].summary
    try writeHead(
      log.history.revisions[last], number: "r" + numbers(versions.compactMap { log.history.revisions[$0].number }),
      what: what(log, burst: index), change: summary.isEmpty ? change(log, last) : summary)
    try writePatch(
      from: log.previousVersion(before: versions.first ?? rows.lowerBound), to: log.history.revisions[last])
  }

  private func writeHead(_ revision: Revision, number: String, what: String, change: String) throws {
    let words = [
      number, Words.time(revision.time, zone), what, "by", revision.act.map(\.actorText) ?? "-",
      "(\(revision.fidelity?.word ?? revision.act?.outcome.name ?? "-"))",
    ]
    try output.write("\n" + style.text(words.joined(separator: " "), .heading) + "\n")
    try output.write("  " + style.text(change) + "\n")
  }

  private func writePatch(from previous: Revision?, to revision: Revision) throws {
    let old = previous?.manifest
    let isComparable = (previous == nil || old != nil) && (revision.manifest != nil || revision.operation == .delete)
    guard isComparable, old != nil || revision.manifest != nil else {
      return try output.write(
        "  content not known: \(revision.fidelity == .truncated ? "truncated" : "not logged")\n")
    }
    let diff = VersionDiff(from: old, to: revision.manifest)
    let unified = diff.unifiedText(
      leftName: previous?.number.map { "r\($0)" } ?? "/dev/null",
      rightName: revision.number.map { "r\($0)" } ?? "/dev/null")
    try output.write(style.unifiedDiff(unified, indentation: "  "))
  }

  private func what(_ log: ChangeLog, burst index: Int) -> String {
    "apply (\(log.history.bursts[index].count) patches)"
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
    return revision.isInferred ? (revision.operation == nil ? "may have been deleted" : "inferred") : "-"
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
