import AuditModel

/// What one server-side apply came to: the patches that one client sent for one manager within a second.
///
/// An apply to what was applied client-side before is up to four patches: the apply, kubectl's note of what was applied
/// last, a JSON patch that hands over who owns which field, and the apply again. Controllers apply twice when the first
/// answer was not to their liking. No-ops, dry runs and conflicts on the way belong to it; what was refused, what has no
/// answer, and what begins or ends a life stands by itself.
/// - Returns: ranges of `revisions`, in order, each of at least two rows, one of them a version. Nothing of anybody else
///   and no finding stands inside.
func applyBursts(
  _ steps: [Step], rows: [Int?], revisions: [Revision], findings: [Finding]
) -> [Range<Int>] {
  var parts: [BurstPart?] = Array(repeating: nil, count: revisions.count)
  for (step, row) in zip(steps, rows) {
    if let row { parts[row] = BurstPart(step, revisions[row]) }
  }
  let splits = Set(findings.map(\.position))
  var found: [Range<Int>] = []
  var start = 0
  while start < parts.count {
    guard var burst = parts[start] else {
      start += 1
      continue
    }
    var end = start + 1
    while end < parts.count, !splits.contains(end), let next = parts[end], let longer = burst.joined(next) {
      burst = longer
      end += 1
    }
    if end - start > 1, burst.isApply, revisions[start..<end].contains(where: { $0.number != nil }) {
      found.append(start..<end)
    }
    start = end
  }
  return found
}

/// A patch that may be part of an apply, or several of them that belong together.
private struct BurstPart {
  private struct Sender: Hashable {
    var by: String?
    var asUser: String?
    var agent: String?
    /// Of the object.
    var lifetime: Int
  }
  private let sender: Sender
  /// Nil for kubectl's note of what was applied last, which goes with any manager's apply.
  private var manager: String?
  private var times: ClosedRange<Timestamp>
  /// Whether it is, or holds, an apply as such.
  private(set) var isApply: Bool

  private static let noteManager = "kubectl-last-applied"

  init?(_ step: Step, _ revision: Revision) {
    let act = step.act
    guard act.verb == "patch", act.object?.subresource ?? "" == "", revision.operation ?? .update == .update,
      [.changed, .noop, .dryrun, .conflict].contains(revision.act?.outcome)
    else { return nil }
    if let patch = step.detail.request, !patch.isNull {
      isApply = step.isApply
      guard isApply || patch.movesOnlyOwners else { return nil }
    } else {
      // Without a body its parameters tell: only an apply may say whether it is forced.
      isApply = step.detail.queryValue("force") != nil
      guard isApply || step.detail.queryValue("fieldManager") != nil else { return nil }
    }
    sender = Sender(by: act.by, asUser: act.asUser, agent: act.agent, lifetime: revision.lifetime)
    manager = step.fieldManager == Self.noteManager ? nil : step.fieldManager
    times = act.time...act.time
  }

  /// Both as one; nil where they do not belong together.
  func joined(_ next: BurstPart) -> BurstPart? {
    let first = min(times.lowerBound, next.times.lowerBound)
    let last = max(times.upperBound, next.times.upperBound)
    guard sender == next.sender, manager == nil || next.manager == nil || manager == next.manager,
      last <= first.adding(seconds: 1)
    else { return nil }
    var both = self
    both.manager = manager ?? next.manager
    both.times = first...last
    both.isApply = isApply || next.isApply
    return both
  }
}
