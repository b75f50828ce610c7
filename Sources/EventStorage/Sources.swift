public import AuditModel
import GRDB

extension StoreSnapshot {
  /// The log files, in the order in which they were first read.
  public var sources: [SourceSummary] { store.noting([]) { try readSources() } }

  private func readSources() throws -> [SourceSummary] {
    let rejects = try rejectCounts()
    return state.sources.all.filter { !$0.isArchive }.map { source in
      let segments = state.places(of: source.id)
      var summary = SourceSummary(
        source: source, actCount: 0, rejectCount: rejects[source.id] ?? 0, lineCount: 0, bytesRead: 0, timeSpan: nil,
        keepsText: !segments.isEmpty)
      var least = Int64.max
      var most = Int64.min
      for place in segments {
        let info = state.segments[place].info
        summary.actCount += info.rowCount - state.patches[place].hidden.count
        summary.lineCount += info.lineCount
        summary.bytesRead += info.byteCount
        summary.keepsText = summary.keepsText && (info.hasBlocks || info.byteCount == 0)
        guard info.rowCount > 0 else { continue }
        least = min(least, info.timeMin)
        most = max(most, info.timeMax)
      }
      if least <= most { summary.timeSpan = Timestamp(microseconds: least)...Timestamp(microseconds: most) }
      return summary
    }
  }

  private func rejectCounts() throws -> [Int64: Int] {
    try store.read { db in
      var counts: [Int64: Int] = [:]
      for row in try Row.fetchAll(db, sql: "SELECT source, count(*) AS n FROM reject GROUP BY source") {
        counts[row["source"]] = row["n"]
      }
      return counts
    }
  }

  /// All input that is no record, by file and place, with lines counted in the whole file.
  public var rejects: [(file: String, reject: Reject)] {
    store.noting([]) { try readRejects().map { (state.sources[$0.source]?.path ?? "", $0.reject) } }
  }

  /// The same by source.
  func rejectsBySource() throws -> [Int64: [Reject]] {
    try readRejects().reduce(into: [:]) { $0[$1.source, default: []].append($1.reject) }
  }

  private func readRejects() throws -> [(source: Int64, reject: Reject)] {
    let rows = try store.read { db in
      try Row.fetchAll(db, sql: "SELECT * FROM reject ORDER BY source, start").map {
        (
          segment: UInt32(truncatingIfNeeded: $0["segment"] as Int64), source: $0["source"] as Int64,
          reject: Reject(line: $0["line"], offset: $0["start"], length: $0["length"], reason: $0["reason"])
        )
      }
    }
    return rows.compactMap { row in
      // One that was added since this snapshot was taken.
      guard let place = state.place(ofSegment: row.segment) else { return nil }
      var reject = row.reject
      reject.line += state.linesBefore(state.segments[place])
      return (row.source, reject)
    }
  }
}
