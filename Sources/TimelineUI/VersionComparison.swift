import Dispatch
import EventQueries
import ManifestDiff
import ObjectHistory
import Synchronization

/// Each version of an object held against the one before it: when that is first asked for, or ahead of it, and once.
public final class VersionComparison: Sendable {
  private let revisions: [Revision]
  /// For each revision the last version before it, in the same lifetime, whose content is known.
  private let previous: [Int?]
  /// What was found out so far, for each revision.
  private let known: Mutex<[ChangeLog.Change?]>

  /// So many revisions are compared by one thread, so that short logs cost no threads.
  private static let stretch = 64

  /// Compares nothing yet.
  init(_ revisions: [Revision]) {
    self.revisions = revisions
    previous = Self.previous(revisions)
    known = Mutex(Array(repeating: nil, count: revisions.count))
  }

  /// What the revision at an index changed. Takes as long as one comparison where it was not made before.
  public subscript(index: Int) -> ChangeLog.Change {
    if let change = known.withLock({ $0[index] }) { return change }
    var ready: Ready?
    let change = entry(index, &ready, tellsValues: false).change
    known.withLock { $0[index] = change }
    return change
  }

  /// The same as far as it was found out before: compares nothing.
  func known(_ index: Int) -> ChangeLog.Change? { known.withLock { $0[index] } }

  /// Whether nothing is left to find out.
  var isComplete: Bool { known.withLock { known in known.allSatisfy { $0 != nil } } }

  /// Index of the version that the revision is compared with.
  func previous(of index: Int) -> Int? { previous[index] }

  /// Compares those revisions on all cores.
  func compare(_ range: Range<Int>) { _ = compare(range, tellsValues: false) }

  /// Compares all that is left, the newest first, for as long as anybody holds the comparison.
  func compareAllInBackground() {
    Self.compareInBackground(upTo: revisions.count, of: Weak(comparison: self))
  }

  private struct Weak: Sendable { weak let comparison: VersionComparison? }

  private static func compareInBackground(upTo end: Int, of held: Weak) {
    guard end > 0 else { return }
    DispatchQueue.global(qos: .utility).async {
      let start = max(0, end - stretch)
      guard let comparison = held.comparison else { return }
      comparison.compareStretch(start..<end)
      compareInBackground(upTo: start, of: held)
    }
  }

  private func compareStretch(_ range: Range<Int>) {
    guard known.withLock({ known in range.contains { known[$0] == nil } }) else { return }
    keep(compared(range, tellsValues: false), from: range.lowerBound)
  }

  /// Compares all on all cores.
  /// - Returns: for each revision the values that came and went; nil where they are not known.
  func values() -> [ChangedValues?] { compare(revisions.indices, tellsValues: true).map(\.values) }

  private func compare(_ range: Range<Int>, tellsValues: Bool) -> [Entry] {
    let starts = Array(stride(from: range.lowerBound, to: range.upperBound, by: Self.stretch))
    let found = Mutex<[Int: [Entry]]>([:])
    DispatchQueue.concurrentPerform(iterations: starts.count) { index in
      let end = min(range.upperBound, starts[index] + Self.stretch)
      let entries = compared(starts[index]..<end, tellsValues: tellsValues)
      found.withLock { $0[index] = entries }
    }
    let entries = found.withLock { found in starts.indices.flatMap { found[$0] ?? [] } }
    keep(entries, from: range.lowerBound)
    return entries
  }

  private func keep(_ entries: [Entry], from start: Int) {
    known.withLock { known in
      for (offset, entry) in entries.enumerated() { known[start + offset] = entry.change }
    }
  }

  // MARK: One comparison

  private struct Entry: Sendable {
    var change: ChangeLog.Change
    var values: ChangedValues?
  }

  /// The version that was made ready last: mostly the next one's left side.
  private struct Ready {
    var index: Int
    var manifest: ComparableManifest
  }

  private static func previous(_ revisions: [Revision]) -> [Int?] {
    var last: Int?
    return revisions.indices.map { index in
      if let known = last, revisions[known].lifetime != revisions[index].lifetime { last = nil }
      defer { if isKnown(revisions[index]) { last = index } }
      return last
    }
  }

  private static func isKnown(_ revision: Revision) -> Bool { revision.number != nil && revision.manifest != nil }

  private func compared(_ range: Range<Int>, tellsValues: Bool) -> [Entry] {
    var ready: Ready?
    return range.map { entry($0, &ready, tellsValues: tellsValues) }
  }

  private func entry(_ index: Int, _ ready: inout Ready?, tellsValues: Bool) -> Entry {
    func comparable(_ index: Int) -> ComparableManifest? {
      if let ready, ready.index == index { return ready.manifest }
      return revisions[index].manifest.map { ComparableManifest($0, like: ready?.manifest) }
    }
    let revision = revisions[index]
    var change = ChangeLog.Change(changed: [], summary: "", previous: previous[index])
    if Self.isKnown(revision), let manifest = comparable(index) {
      let old = previous[index].flatMap(comparable)
      let diff = VersionDiff(from: old, to: manifest, writesLines: false)
      if old != nil { change.changed = Self.paths(diff.fields) }
      change.summary = diff.summary(limit: 40)
      change.shortSummary = diff.summary(limit: 20)
      ready = Ready(index: index, manifest: manifest)
      let isTold = tellsValues && (old != nil || revision.operation == .create)
      return Entry(change: change, values: isTold ? ChangedValues(diff.fields) : nil)
    }
    var values: ChangedValues?
    if tellsValues, revision.operation == .delete,
      let old = (previous[index] ?? initial(of: revision)).flatMap(comparable)
    {
      values = ChangedValues(VersionDiff(from: old, to: nil, writesLines: false).fields)
    }
    return Entry(change: change, values: values)
  }

  /// What was there before the log, in front of all else: no version, but what a deletion takes away.
  private func initial(of revision: Revision) -> Int? {
    guard let first = revisions.first, first.operation == .initial else { return nil }
    return first.lifetime == revision.lifetime ? 0 : nil
  }

  /// Each path once, in the order of the fields; a move counts where the item is now.
  static func paths(_ fields: [FieldChange]) -> [String] {
    var seen: Set<String> = []
    return fields.map(\.path).filter { seen.insert($0).inserted }
  }
}
