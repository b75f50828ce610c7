import AuditModel
import ObjectHistory

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
      : log.history.revisions[index...].first { $0.operation == .delete && $0.lifetime == neighbour.lifetime }
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
    let name = object.map { $0.path + " " } ?? ""
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
    revision.act?.verb ?? revision.operation?.rawValue ?? ""
  }

  static func by(_ revision: Revision) -> String {
    revision.act.map(\.actorText) ?? "(before the log)"
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
