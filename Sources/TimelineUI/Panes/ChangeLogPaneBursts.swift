import AuditModel
import ObjectHistory

/// Patches of one apply, folded into one row of the Change Log, in words.
struct BurstWords {
  private let log: ChangeLog
  private let index: Int
  private var revisions: ArraySlice<Revision> { log.history.revisions[log.history.bursts[index]] }

  /// - Parameter index: in the history's bursts.
  init(_ index: Int, in log: ChangeLog) {
    self.index = index
    self.log = log
  }

  /// The version that it led to.
  var last: Revision { log.history.revisions[log.lastVersion(ofBurst: index)] }

  /// `5-7`, or `7` where it made one version, or where both do not fit.
  func number(width: Int) -> String {
    let numbers = revisions.compactMap(\.number)
    guard let first = numbers.first, let last = numbers.last else { return "" }
    let both = "\(first)-\(last)"
    return first == last || both.count > width ? "\(last)" : both
  }

  /// `apply+2`: an apply and two more patches. Of a longer number the word gives way.
  func verb(width: Int) -> String {
    let more = "+\(revisions.count - 1)"
    return String("apply".prefix(max(0, width - more.count))) + more
  }

  /// What changed over all of it.
  func change(short: Bool) -> String {
    guard last.manifest != nil else { return short ? "content not logged" : RevisionWords.missing(last) }
    let change = log.burstChanges[index]
    let summary = short ? change.shortSummary : change.summary
    return summary.isEmpty ? "machine fields only" : summary
  }

  /// `4 patches of one apply in 43 ms: 3 changed, 1 no-op`
  var count: String {
    let acts = revisions.compactMap(\.act)
    let times = acts.map(\.time)
    let span = (times.max()?.microseconds ?? 0) - (times.min()?.microseconds ?? 0)
    let outcomes = Outcome.allCases.compactMap { outcome in
      let count = acts.count { $0.outcome == outcome }
      return count == 0 ? nil : "\(count) \(outcome == .changed ? "changed" : RevisionWords.folded(outcome))"
    }
    return "\(acts.count) patches of one apply in \((span + 999) / 1000) ms: " + outcomes.joined(separator: ", ")
  }

  /// The paths that differ over all of it, or why none are told.
  var paths: String {
    let changed = log.burstChanges[index].changed
    return changed.isEmpty ? change(short: false) : changed.joined(separator: ", ")
  }
}
