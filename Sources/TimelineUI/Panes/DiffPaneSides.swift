import AuditModel
import ObjectHistory
import TerminalScreen

/// One side of a comparison with what is known of it.
struct DiffEnd: Sendable {
  var side: DiffSide
  /// The version; nil for nothing, and for a number that the history does not have.
  var revision: Revision?
  /// Where the side is nothing: the revision that says why.
  private var cause: Revision?
  private var object: ObjectKey?

  init(_ side: DiffSide, in log: ChangeLog, other: DiffSide, isLeft: Bool) {
    self.side = side
    object = side.object == other.object ? nil : side.object
    if let number = side.revision, let index = log.index(ofVersion: number) { revision = log.history.revisions[index] }
    guard side.revision == nil, let number = other.revision, other.object == side.object,
      let index = log.index(ofVersion: number)
    else { return }
    let neighbour = log.history.revisions[index]
    cause =
      isLeft
      ? neighbour
      : log.deletion(after: index).map { log.history.revisions[$0] }
  }

  var manifest: JSONValue? { revision?.manifest }

  /// Why the side cannot be compared; nil when it can.
  var reason: String? {
    guard let number = side.revision else { return nil }
    guard let revision else { return "There is no version r\(number) of \(side.object.path)." }
    guard revision.manifest == nil else { return nil }
    if revision.operation == .delete { return nil }
    return "r\(number) of \(side.object.path): \(RevisionWords.missing(revision))."
  }

  /// `r10 2026-11-20 16:04:02Z create alice@example.com  F`
  func words(_ session: Session, short: Bool) -> String {
    let name = object.map { $0.pathInCluster + " " } ?? ""
    guard let revision else {
      if side.revision != nil { return name + DiffEnd.label(side) + " (unknown)" }
      guard let cause else { return name + "(nothing)" }
      if cause.operation == .delete {
        return name + "(nothing: deleted \(time(cause, session, short)) by \(RevisionWords.by(cause)))"
      }
      return name + (cause.operation == .create ? "(nothing: created here)" : "(nothing known before)")
    }
    let head = "\(DiffEnd.label(side)) \(time(revision, session, short))"
    let fidelity = revision.fidelity?.rawValue ?? ""
    if short { return "\(name)\(head) \(RevisionWords.by(revision).prefix { $0 != "@" })  \(fidelity)" }
    return "\(name)\(head) \(RevisionWords.verb(revision)) \(RevisionWords.by(revision))  \(fidelity)"
  }

  private func time(_ revision: Revision, _ session: Session, _ short: Bool) -> String {
    short
      ? PaneWords.shortTime(revision.time, zone: session.zone, now: session.now)
      : PaneWords.longTime(revision.time, zone: session.zone)
  }

  /// `r10`, or `nothing`.
  static func label(_ side: DiffSide) -> String { side.revision.map { "r\($0)" } ?? "nothing" }

  /// What came of an act that made no version, for a sentence.
  static func outcome(_ revision: Revision) -> String {
    RevisionWords.outcome(revision) ?? "nothing of it was logged"
  }
}

/// Revisions in words.
enum RevisionWords {
  static func verb(_ revision: Revision) -> String {
    // State from before the log has no act of its own, whatever line tells of it.
    revision.operation == .initial ? "-" : revision.act?.verb ?? revision.operation?.rawValue ?? ""
  }

  /// In so many columns, for lists.
  static func verb(_ revision: Revision, width: Int) -> String {
    let word = verb(revision)
    return word == "deletecollection" && word.count > width ? "delcol" : word
  }

  static func by(_ revision: Revision) -> String {
    guard revision.operation != .initial, let act = revision.act else { return "(before the log)" }
    return act.actorText
  }

  /// `state before the first line, taken from annotation ...`; in short only where the content comes from, which the
  /// history names last.
  static func initial(_ revision: Revision, short: Bool = false) -> String {
    let sources = short ? revision.sources.suffix(1) : revision.sources[...]
    return "state before the first line" + (sources.isEmpty ? "" : ", taken from " + sources.joined(separator: "; "))
  }

  /// Why a version has no content.
  static func missing(_ revision: Revision) -> String {
    switch revision.fidelity {
    case .truncated: "content not logged (truncated)"
    case .metadata: revision.act?.level == .metadata ? "content not logged (level Metadata)" : "content not logged"
    default: "content not logged"
    }
  }

  /// Why an act made no version: `no-op`, `dry run`, `conflict 409`; nil for one that made one.
  static func outcome(_ revision: Revision) -> String? {
    guard let act = revision.act else { return nil }
    let code = act.code.map { " \($0)" } ?? ""
    return switch act.outcome {
    case .changed: revision.number == nil && revision.operation == nil ? "no version" : nil
    case .noop: "no-op"
    case .dryrun: "dry run"
    case .conflict: "conflict" + code
    case .denied: "denied" + code
    case .failed: "failed" + code
    case .unknown: revision.number == nil ? "no answer logged" : nil
    case .subresource: "subresource" + (act.object?.subresource.map { " " + $0 } ?? "")
    case .connect: "connect" + (act.object?.subresource.map { " " + $0 } ?? "")
    case .read: "read"
    case .observed: nil
    }
  }

  /// The same in plural-free words for counts: `4 no-op, 2 dry-run`.
  static func folded(_ outcome: Outcome) -> String {
    switch outcome {
    case .changed: "without a version"
    case .noop: "no-op"
    case .dryrun: "dry-run"
    default: outcome.name
    }
  }
}

/// What the header of a comparison says beyond its two sides.
enum DiffNotes {
  struct Note: Sendable {
    var text: String
    var style: Style
  }

  /// Findings between the sides first, then what a fidelity other than F means here, best known first.
  static func notes(_ left: DiffEnd, _ right: DiffEnd, in log: ChangeLog) -> [Note] {
    let findings = log.findings(between: left.side, right.side)
    let sides = left.side == right.side ? [right] : [left, right]
    return FindingWords.inBetween(findings).map { Note(text: $0.text, style: $0.style) }
      + Fidelity.allCases.compactMap { fidelity in
        meaning(fidelity, sides.compactMap(\.revision).filter { $0.fidelity == fidelity }).map {
          Note(text: $0, style: .notice)
        }
      }
  }

  /// Nil for none, and for F.
  private static func meaning(_ fidelity: Fidelity, _ versions: [Revision]) -> String? {
    guard let first = versions.first else { return nil }
    let names = versions.compactMap(\.number).map { "r\($0)" }.joined(separator: " and ")
    let isOne = versions.count == 1
    switch fidelity {
    case .full: return nil
    case .rebuilt where isOne && first.operation == .initial:
      return "R: \(names) is what the log tells of the time before its first line"
    case .rebuilt:
      return "R: \(names) \(isOne ? "is" : "are") rebuilt from requests; what the server filled in may be missing"
    case .truncated: return "T: the log cut the body of \(names) away: who and when are known, what is not"
    case .metadata: return "M: only metadata of \(names) was logged: who and when are known, what is not"
    }
  }
}

/// What a pane says while it waits.
enum ReadingWords {
  static func sentence(_ what: String, _ session: Session) -> String {
    guard let progress = session.progress, progress.state == .reading else { return what + " ..." }
    let percent = progress.bytesTotal.flatMap { $0 > 0 ? " \(progress.bytesRead * 100 / $0)%" : nil } ?? ""
    return "\(what) ...  (still reading \(progress.file)\(percent))"
  }
}

extension ChangeLog {
  /// The side with the number that its version has in this history, when an older state of it gave it another.
  func renumbered(_ side: DiffSide, from old: ChangeLog) -> DiffSide {
    guard side.object == object, let number = side.revision, let index = old.index(ofVersion: number),
      let act = old.history.revisions[index].act, let now = self.index(of: act.id)
    else { return side }
    return DiffSide(object: object, revision: history.revisions[now].number)
  }
}
