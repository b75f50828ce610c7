import ManifestDiff
import ObjectHistory
import Synchronization

/// Each burst of an object's history held against the version before it: when that is first asked for, and once.
public final class BurstComparison: Sendable {
  private let history: History
  private let changes: VersionComparison
  private let known: Mutex<[Int: ChangeLog.Change]>

  /// Compares nothing yet.
  init(_ history: History, _ changes: VersionComparison) {
    self.history = history
    self.changes = changes
    known = Mutex([:])
  }

  /// What changed over all of a burst, by its index in `history.bursts`.
  public subscript(index: Int) -> ChangeLog.Change {
    if let change = known(index) { return change }
    let change = change(over: history.bursts[index])
    known.withLock { $0[index] = change }
    return change
  }

  /// The same as far as it was asked for before: compares nothing.
  func known(_ index: Int) -> ChangeLog.Change? { known.withLock { $0[index] } }

  /// Index of the version before a burst.
  func previous(of index: Int) -> Int? {
    let burst = history.bursts[index]
    return changes.previous(of: burst.first { history.revisions[$0].number != nil } ?? burst.lowerBound)
  }

  /// From the version before a burst to the last one in it.
  private func change(over burst: Range<Int>) -> ChangeLog.Change {
    let versions = burst.filter { history.revisions[$0].number != nil }
    guard let first = versions.first, let last = versions.last, first != last else {
      return changes[versions.first ?? burst.lowerBound]
    }
    let previous = changes.previous(of: first)
    guard let manifest = history.revisions[last].manifest else {
      return ChangeLog.Change(changed: [], summary: "", previous: previous)
    }
    let diff = VersionDiff(
      from: previous.flatMap { history.revisions[$0].manifest }, to: manifest,
      options: VersionDiff.Options(writesLines: false))
    let paths = VersionComparison.paths(diff.fields)
    if paths.isEmpty, previous != nil {
      // What stood in between was in force, if only for a moment.
      let between = Set(versions.flatMap { changes[$0].changed }).sorted()
      if !between.isEmpty {
        return ChangeLog.Change(
          changed: [], summary: "there and back: " + between.joined(separator: ", "), shortSummary: "there and back",
          previous: previous)
      }
    }
    return ChangeLog.Change(
      changed: previous == nil ? [] : paths, summary: diff.summary(limit: 40),
      shortSummary: diff.summary(limit: 20), previous: previous)
  }
}
