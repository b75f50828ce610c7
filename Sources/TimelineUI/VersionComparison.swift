import Dispatch
import EventQueries
import ManifestDiff
import ObjectHistory
import Synchronization

/// Each version of an object held against the one before it.
struct VersionComparison {
  /// One for each revision.
  private(set) var changes: [ChangeLog.Change]
  /// One for each revision: values that came and went; nil where they are not known or not wanted.
  private(set) var values: [ChangedValues?]

  /// So many revisions are compared by one thread, so that short logs cost no threads.
  private static let stretch = 64

  /// - Parameter tellsValues: whether `values` is wanted.
  init(_ revisions: [Revision], tellsValues: Bool) {
    let previous = Self.previous(revisions)
    let starts = Array(stride(from: 0, to: revisions.count, by: Self.stretch))
    let found = Mutex<[Int: [Entry]]>([:])
    DispatchQueue.concurrentPerform(iterations: starts.count) { index in
      let end = min(revisions.count, starts[index] + Self.stretch)
      let entries = Self.entries(starts[index]..<end, revisions, previous, tellsValues: tellsValues)
      found.withLock { $0[index] = entries }
    }
    let entries = found.withLock { found in starts.indices.flatMap { found[$0] ?? [] } }
    changes = entries.map(\.change)
    values = entries.map(\.values)
  }

  private struct Entry: Sendable {
    var change: ChangeLog.Change
    var values: ChangedValues?
  }

  /// For each revision the last version before it, in the same lifetime, whose content is known.
  private static func previous(_ revisions: [Revision]) -> [Int?] {
    var last: Int?
    return revisions.indices.map { index in
      if let known = last, revisions[known].lifetime != revisions[index].lifetime { last = nil }
      defer { if isKnown(revisions[index]) { last = index } }
      return last
    }
  }

  private static func isKnown(_ revision: Revision) -> Bool { revision.number != nil && revision.manifest != nil }

  private static func entries(
    _ range: Range<Int>, _ revisions: [Revision], _ previous: [Int?], tellsValues: Bool
  ) -> [Entry] {
    /// What was there before the log, in front of all else: no version, but what a deletion takes away.
    func initial(_ revision: Revision) -> Int? {
      guard let first = revisions.first, first.operation == .initial else { return nil }
      return first.lifetime == revision.lifetime ? 0 : nil
    }
    var ready: (index: Int, manifest: ComparableManifest)?
    func comparable(_ index: Int) -> ComparableManifest? {
      if let ready, ready.index == index { return ready.manifest }
      return revisions[index].manifest.map { ComparableManifest($0) }
    }
    return range.map { index in
      let revision = revisions[index]
      var change = ChangeLog.Change(changed: [], summary: "", previous: previous[index])
      if isKnown(revision), let manifest = comparable(index) {
        let old = previous[index].flatMap(comparable)
        let diff = VersionDiff(from: old, to: manifest, writesLines: false)
        if old != nil { change.changed = paths(diff.fields) }
        change.summary = diff.summary(limit: 40)
        change.shortSummary = diff.summary(limit: 20)
        ready = (index, manifest)
        let isTold = tellsValues && (old != nil || revision.operation == .create)
        return Entry(change: change, values: isTold ? ChangedValues(diff.fields) : nil)
      }
      var values: ChangedValues?
      if tellsValues, revision.operation == .delete,
        let old = (previous[index] ?? initial(revision)).flatMap(comparable)
      {
        values = ChangedValues(VersionDiff(from: old, to: nil, writesLines: false).fields)
      }
      return Entry(change: change, values: values)
    }
  }

  /// Each path once, in the order of the fields; a move counts where the item is now.
  static func paths(_ fields: [FieldChange]) -> [String] {
    var seen: Set<String> = []
    return fields.map(\.path).filter { seen.insert($0).inserted }
  }
}
