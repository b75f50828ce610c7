import AuditModel
import EventStorage
import LogDecoding
import ObjectHistory
import Synchronization
import TrailCheck

extension StoreSnapshot {
  /// Judges what the logs cannot tell: counts columns, then reads the histories of all objects on all cores.
  /// - Throws: `CancellationError` once `isCancelled` says so, `StoreError` when the store is damaged.
  func trailReport(
    withHistories: Bool = true, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> TrailReport {
    var tally = try tally(isCancelled: isCancelled)
    for index in tally.sources.indices {
      guard let source = source(tally.sources[index].id) else { continue }
      tally.sources[index].provenance = Self.provenances.of(source) { head(of: source) }
    }
    guard withHistories else { return TrailCheck.trailReport(tally) }
    for index in tally.sources.indices {
      guard let source = source(tally.sources[index].id) else { continue }
      tally.sources[index].head = String(decoding: head(of: source).prefix(4096), as: UTF8.self)
    }
    let history = try unaccounted(tally.objects, isCancelled: isCancelled)
    return TrailCheck.trailReport(tally, history: history)
  }

  /// What the histories of the objects do not account for, in the order of the objects.
  func unaccounted(
    _ objects: [ObjectKey], isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Finding] {
    let logs = ObjectLogs(self)
    prepareForHistories()
    // Of an object that is known under two names the history is told once.
    let objects = objects.filter { lineage(of: $0)[0] == $0 }
    var findings: [Finding] = []
    try logs.forEachHistory(objects, isCancelled: isCancelled) { history in
      findings += history.findings
      return true
    }
    return findings
  }

  private static let provenances = Provenances()
}

/// The formats of texts by how they begin: while files are followed, it is asked again and again.
private final class Provenances: Sendable {
  private struct Beginning: Hashable {
    var fingerprint: [UInt8]
    var length: Int
  }
  private let known = Mutex<[Beginning: String]>([:])

  func of(_ source: StoredSource, head: () -> [UInt8]) -> String? {
    let beginning = Beginning(fingerprint: source.head, length: source.headLength)
    if let found = known.withLock({ $0[beginning] }) { return found }
    guard let found = provenance(ofText: head()) else { return nil }
    known.withLock { $0[beginning] = found }
    return found
  }
}
