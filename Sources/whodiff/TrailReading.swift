import AuditModel
import EventStorage
import LogDecoding
import ObjectHistory
import TrailCheck

extension StoreSnapshot {
  /// Judges what the logs cannot tell: counts columns, then reads the histories of all objects on all cores.
  /// - Throws: `CancellationError` once `isCancelled` says so, `StoreError` when the store is damaged.
  func trailReport(
    withHistories: Bool = true, isCancelled: @escaping @Sendable () -> Bool = { false }
  ) throws -> TrailReport {
    var tally = try tally(isCancelled: isCancelled)
    guard withHistories else { return TrailCheck.trailReport(tally) }
    for index in tally.sources.indices {
      let head = head(of: tally.sources[index].file)
      tally.sources[index].head = String(decoding: head.prefix(4096), as: UTF8.self)
      tally.sources[index].provenance = provenance(ofText: head)
    }
    let history = try unaccounted(tally.objects, isCancelled: isCancelled)
    return TrailCheck.trailReport(tally, history: history)
  }

  /// What the histories of the objects do not account for, in the order of the objects.
  func unaccounted(
    _ objects: [ObjectKey], isCancelled: @escaping @Sendable () -> Bool
  ) throws -> [Finding] {
    let logs = ObjectLogs(self)
    // Of an object that is known under two names the history is told once.
    let objects = objects.filter { lineage(of: $0)[0] == $0 }
    var findings: [Finding] = []
    try logs.forEachHistory(objects, isCancelled: isCancelled) { history in
      findings += history.findings
      return true
    }
    return findings
  }

  /// The first text of a file, for the marks that collectors leave and for its format; empty where it cannot be read.
  private func head(of file: String) -> [UInt8] {
    guard file != "-", let source = try? ByteSource.open(file) else { return [] }
    return (try? source.bytes(at: 0, count: 64 << 10)) ?? []
  }
}
