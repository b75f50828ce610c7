import AuditModel
import ObjectHistory
import TerminalScreen

/// A row of the Change Log.
enum ChangeLogRow: Hashable, Sendable {
  /// Index in the history.
  case revision(Int)
  /// Acts in a row that made no version: how many of each outcome, and the newest of them.
  case folded(counts: [Outcome: Int], newest: Int)
  /// Index in the history's bursts: the patches of one apply in one row.
  case burst(Int)
  /// Before the first row of an older lifetime whose end no act shows.
  case lifetime(Int)
  /// Index in the history's findings. Stands between the versions before and after it, and is never folded.
  case finding(Int)
  /// The second line of a finding: what shows it.
  case proof(Int)
  /// A row of a diff that is shown in place.
  case diff(Entry, row: Int)
  /// Why a diff cannot be shown, or what else is told of an entry in place.
  case note(Entry, String)

  /// What can be opened in place.
  enum Entry: Hashable, Sendable {
    case revision(Int)
    case burst(Int)
    case finding(Int)
  }

  var entry: Entry? {
    switch self {
    case .revision(let index): .revision(index)
    case .burst(let index): .burst(index)
    case .finding(let index), .proof(let index): .finding(index)
    case .diff(let entry, _), .note(let entry, _): entry
    case .folded, .lifetime: nil
    }
  }

  /// Index of the revision that the row is about.
  var revision: Int? { if case .revision(let index) = entry { index } else { nil } }
  /// Index of the finding that the row is about.
  var finding: Int? { if case .finding(let index) = entry { index } else { nil } }

  var isFocusable: Bool {
    switch self {
    case .lifetime, .proof: false
    default: true
    }
  }

  /// Newest first, each lifetime by itself.
  /// - Parameters:
  ///   - opened: indices of bursts that are listed row by row.
  ///   - showsProof: whether a finding takes a second line for what shows it.
  static func list(
    _ log: ChangeLog, showsAll: Bool, opened: Set<Int> = [], showsProof: Bool = true
  ) -> [ChangeLogRow] {
    var rows: [ChangeLogRow] = []
    var burstOf: [Int: Int] = [:]
    if !showsAll {
      for (burst, indices) in log.history.bursts.enumerated() { for index in indices { burstOf[index] = burst } }
    }
    let revisions = log.history.revisions
    let count = revisions.count
    let findings = Dictionary(grouping: log.history.findings.indices) {
      min(max(0, log.history.findings[$0].position), count)
    }
    func addFindings(before position: Int) {
      for index in (findings[position] ?? []).reversed() {
        flush()
        rows.append(.finding(index))
        if showsProof { rows.append(.proof(index)) }
      }
    }
    var counts: [Outcome: Int] = [:]
    var newest = 0
    func flush() {
      if !counts.isEmpty { rows.append(.folded(counts: counts, newest: newest)) }
      counts = [:]
    }
    var lifetime: Int?
    addFindings(before: count)
    // Revisions are large, and there may be thousands: they are looked at where they are.
    for index in revisions.indices.reversed() {
      if lifetime != revisions[index].lifetime {
        flush()
        if lifetime != nil, revisions[index].operation != .delete { rows.append(.lifetime(revisions[index].lifetime)) }
        lifetime = revisions[index].lifetime
      }
      let burst = burstOf[index]
      if let burst, !opened.contains(burst) {
        // One row for all of it, where the newest stands.
        flush()
        if rows.last != .burst(burst) { rows.append(.burst(burst)) }
      } else if showsAll || burst != nil || revisions[index].number != nil
        || [.delete, .terminating, .initial].contains(revisions[index].operation)
      {
        flush()
        rows.append(.revision(index))
      } else {
        if counts.isEmpty { newest = index }
        counts[revisions[index].act?.outcome ?? .unknown, default: 0] += 1
      }
      addFindings(before: index)
    }
    flush()
    return rows
  }

  /// Where the columns stand; the change takes what is left.
  struct Columns {
    var time = 9
    var verb: Int
    var by: Int
    var byWidth: Int
    var change: Int
    var changeWidth: Int
    var fidelity: Int
    var end: Int
    var longTimes: Bool

    init(width: Int, longTimes: Bool) {
      self.longTimes = longTimes
      verb = time + (longTimes ? 21 : 18)
      by = verb + 8
      fidelity = width - 3
      end = width
      let rest = max(0, fidelity - by)
      byWidth = min(longTimes ? 28 : 22, (rest - 1) / 2)
      change = by + byWidth + 1
      changeWidth = max(0, fidelity - change - 1)
    }

    func renderTitles(into screen: inout Screen, x: Int, y: Int) {
      for (title, column) in [
        ("rev", 4), ("time", time), ("verb", verb), ("by", by), ("change", change), ("fid", fidelity),
      ] {
        screen.write(title, x: x + column, y: y, style: .heading)
      }
    }
  }

  func render(
    _ log: ChangeLog, _ columns: Columns, into screen: inout Screen, x: Int, y: Int, session: Session
  ) {
    switch self {
    case .folded, .note:
      screen.write(words(log), x: x + columns.time, y: y, style: .hint, width: columns.fidelity - columns.time)
    case .lifetime(let number):
      screen.write(
        "-- end of lifetime \(number), not logged", x: x + columns.time, y: y, style: Style(.hole, bold: true))
    case .finding(let index):
      let finding = log.history.findings[index]
      let style = FindingWords.style(finding, bold: true)
      screen.write("!!", x: x + 2, y: y, style: style)
      let title = FindingWords.title(finding, in: log.history, session, longTimes: columns.longTimes)
      screen.write(title, x: x + columns.time, y: y, style: style, width: columns.end - columns.time)
    case .proof(let index):
      let finding = log.history.findings[index]
      screen.write(
        FindingWords.proof(finding), x: x + columns.time, y: y, style: FindingWords.style(finding),
        width: columns.end - columns.time)
    case .diff: break
    case .revision(let index):
      renderVersion(log.history.revisions[index], log, columns, into: &screen, x: x, y: y, session: session)
    case .burst(let index):
      renderVersion(BurstWords(index, in: log).last, log, columns, into: &screen, x: x, y: y, session: session)
    }
  }

  private func renderVersion(
    _ revision: Revision, _ log: ChangeLog, _ columns: Columns, into screen: inout Screen, x: Int, y: Int,
    session: Session
  ) {
    let side = revision.number.map { DiffSide(object: log.object, revision: $0) }
    let marks = (
      side != nil && side == session.leftSide ? "A" : "", side != nil && side == session.rightSide ? "B" : ""
    )
    screen.write(marks.0 + marks.1, x: x + (marks.0 + marks.1).count % 2, y: y, style: .heading)
    screen.write(number(revision, log, width: 4), x: x + 4, y: y, width: 5)
    let time =
      columns.longTimes
      ? String(PaneWords.longTime(revision.time, zone: session.zone).prefix(19))
      : PaneWords.shortTime(revision.time, zone: session.zone, now: session.now)
    screen.write(time, x: x + columns.time, y: y, width: columns.verb - columns.time - 1)
    let verbWidth = columns.by - columns.verb - 1
    screen.write(verb(revision, log, width: verbWidth), x: x + columns.verb, y: y, width: verbWidth)
    if revision.operation == .initial {
      // Nobody is known to have made it: the words take the place of both.
      screen.write(words(log), x: x + columns.by, y: y, style: .hint, width: columns.fidelity - columns.by - 1)
    } else {
      let by = revision.act.map { PaneWords.actor($0, width: columns.byWidth) } ?? RevisionWords.by(revision)
      screen.write(by, x: x + columns.by, y: y, width: columns.byWidth)
      let full = words(log)
      let change =
        TextWidth.of(full, asciiOnly: session.asciiOnly) > columns.changeWidth ? words(log, short: true) : full
      screen.write(change, x: x + columns.change, y: y, style: style(revision), width: columns.changeWidth)
    }
    let hasContent = revision.operation == .initial || (revision.number != nil && revision.operation != .delete)
    screen.write(hasContent ? revision.fidelity?.rawValue ?? "" : "", x: x + columns.fidelity, y: y)
  }

  private func number(_ revision: Revision, _ log: ChangeLog, width: Int) -> String {
    if case .burst(let index) = self { return BurstWords(index, in: log).number(width: width) }
    return revision.operation == .delete ? "" : revision.number.map(String.init) ?? ""
  }

  private func verb(_ revision: Revision, _ log: ChangeLog, width: Int) -> String {
    if case .burst(let index) = self { return BurstWords(index, in: log).verb(width: width) }
    return RevisionWords.verb(revision, width: width)
  }

  private func style(_ revision: Revision) -> Style {
    switch revision.act?.outcome {
    case .denied, .failed: .failed
    case .changed, nil: revision.operation == .delete ? Style(.removed, bold: true) : .plain
    default: .hint
    }
  }

  /// What the change column says.
  /// - Parameters:
  ///   - short: for 20 columns.
  ///   - comparesNow: whether versions that were not compared yet are; else `...` stands for what they changed.
  func words(_ log: ChangeLog, short: Bool = false, comparesNow: Bool = true) -> String {
    switch self {
    case .diff, .proof: return ""
    case .finding(let index): return FindingWords.what(log.history.findings[index], in: log.history)
    case .note(_, let text): return text
    case .lifetime(let number): return "-- end of lifetime \(number), not logged"
    case .folded(let counts, _):
      let words = Outcome.allCases.compactMap { outcome in
        counts[outcome].map { "\($0) \(RevisionWords.folded(outcome))" }
      }
      return "... \(words.joined(separator: ", ")) folded (v)"
    case .burst(let index):
      guard comparesNow || log.burstChanges.known(index) != nil else { return "..." }
      return BurstWords(index, in: log).change(short: short)
    case .revision(let index):
      let revision = log.history.revisions[index]
      if revision.operation == .delete { return "-- end of lifetime \(revision.lifetime)" }
      if revision.operation == .initial { return RevisionWords.initial(revision, short: true) }
      if let outcome = RevisionWords.outcome(revision), revision.number == nil { return outcome }
      if revision.manifest == nil { return short ? "content not logged" : RevisionWords.missing(revision) }
      guard let change = comparesNow ? log.changes[index] : log.changes.known(index) else { return "..." }
      let summary = short ? change.shortSummary : change.summary
      switch revision.operation {
      case .terminating: return "terminating" + (summary.isEmpty ? "" : "; " + summary)
      default: return summary.isEmpty ? "machine fields only" : summary
      }
    }
  }

  /// The row as text, for copying, and for searching, which compares no versions: there may be thousands.
  func plainText(_ log: ChangeLog, _ session: Session, comparesNow: Bool = true) -> String {
    if case .finding(let index) = self {
      let finding = log.history.findings[index]
      let title = FindingWords.title(finding, in: log.history, session, longTimes: true)
      return "!!  \(title)  \(FindingWords.proof(finding))"
    }
    let revision: Revision
    switch self {
    case .revision(let index): revision = log.history.revisions[index]
    case .burst(let index): revision = BurstWords(index, in: log).last
    default: return words(log, comparesNow: comparesNow)
    }
    let number = number(revision, log, width: .max)
    let cells = [
      number.isEmpty ? "-" : "r" + number, PaneWords.longTime(revision.time, zone: session.zone),
      verb(revision, log, width: .max), RevisionWords.by(revision), words(log, comparesNow: comparesNow),
      revision.fidelity?.rawValue ?? "",
    ]
    return cells.joined(separator: "  ")
  }

  /// A few lines about one revision, the most important first.
  static func preview(_ log: ChangeLog, _ index: Int) -> [String] {
    let revision = log.history.revisions[index]
    let change = log.changes[index]
    var lines: [String] = []
    if revision.operation == .initial, revision.number == nil {
      return [RevisionWords.initial(revision), "nobody is known to have written it: it was there when the log began"]
    }
    let name = revision.operation == .delete ? "deleted" : revision.number.map { "r\($0)" } ?? "no version"
    if revision.operation == .delete {
      let before = change.previous.flatMap { log.history.revisions[$0].number }
      let state = before.map { "; the state before is r\($0)" } ?? "; the state before was not logged"
      lines.append(
        "\(name) by \(RevisionWords.by(revision))\(revision.isInferred ? " (inferred: deletecollection)" : "")\(state)")
    } else {
      let paths =
        change.changed.isEmpty ? ChangeLogRow.revision(index).words(log) : change.changed.joined(separator: ", ")
      lines.append("\(name)  \(paths)")
    }
    guard revision.operation != .initial, let act = revision.act else {
      return lines + ["nobody is known to have written it: it was there when the log began"]
    }
    return lines + about(act)
  }

  /// The same about the patches of one apply.
  static func preview(_ log: ChangeLog, burst index: Int) -> [String] {
    let words = BurstWords(index, in: log)
    return ["\(words.count) (Enter lists them)  \(words.paths)"] + (words.last.act.map(about) ?? [])
  }

  /// Who made it, why it was allowed, and where it stands.
  private static func about(_ act: Act) -> [String] {
    var second = "by \(act.actorText)"
    if !act.groups.isEmpty { second += " (groups \(act.groups.joined(separator: ", ")))" }
    if !act.ips.isEmpty { second += "  from \(act.ips.joined(separator: ", "))" }
    if let agent = act.agent { second += "  \(agent)" }
    return [second] + [OutcomeWords.decision(act)].compactMap { $0 }
      + ["audit \(act.auditID ?? "without id")  source \(act.source.file):\(act.source.line)"]
  }
}

extension JSONValue {
  /// Whether the value holds more values than that, itself included; looks at no more of them.
  func has(moreThan limit: Int) -> Bool {
    var left = limit
    var waiting = [self]
    while let value = waiting.popLast() {
      left -= 1
      if left < 0 { return true }
      switch value {
      case .array(let items): waiting += items.prefix(left + 1)
      case .object(let members): waiting += members.list.prefix(left + 1).map(\.value)
      default: break
      }
    }
    return false
  }
}
