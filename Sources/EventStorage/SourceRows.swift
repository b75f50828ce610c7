import AuditModel
public import EventQueries
import GRDB

extension StoreSnapshot {
  /// Some of the sources, those that are left out too; costs what reading a few columns of these costs.
  /// - Parameter foreignReasons: the reasons of rejects that are whole, and not of a log that is read.
  public func sources(
    _ request: SourcesRequest, foreignReasons: [String] = [], isCancelled: () -> Bool = { false }
  ) throws -> SourcesPage {
    let sources = whole.sources.all.filter { !$0.isArchive }
    let first = min(max(0, request.first), sources.count)
    let wanted = sources[first..<min(sources.count, first + max(0, request.count))]
    var page = SourcesPage(
      request: request, total: sources.count,
      rows: try rows(Array(wanted), foreignReasons: foreignReasons, isCancelled: isCancelled),
      actCount: whole.actCount, byteCount: 0, storeVersion: version)
    page.leftOutActCount = whole.actCount - state.actCount
    page.byteCount = whole.segments.reduce(0) { $0 + $1.info.byteCount }
    return page
  }

  /// What could not be read as records in one source.
  public func problems(
    _ request: ProblemsRequest, foreignReasons: [String] = [], isCancelled: () -> Bool = { false }
  ) throws -> ProblemsPage {
    var page = ProblemsPage(request: request, source: nil, total: 0, rows: [], storeVersion: version)
    guard let source = whole.sources[request.source] else { return page }
    page.source = try rows([source], foreignReasons: foreignReasons, isCancelled: isCancelled).first
    page.total = page.source?.problemCount ?? 0
    let found = try store.read { db in
      try Row.fetchAll(
        db, sql: "SELECT * FROM reject WHERE source = ? ORDER BY start, id LIMIT ? OFFSET ?",
        arguments: [source.id, max(0, request.count), max(0, request.first)]
      ).map { row in
        (
          segment: UInt32(truncatingIfNeeded: row["segment"] as Int64),
          reject: Reject(line: row["line"], offset: row["start"], length: row["length"], reason: row["reason"])
        )
      }
    }
    page.rows = found.map { segment, reject in
      var reject = reject
      if let place = whole.place(ofSegment: segment) { reject.line += whole.linesBefore(whole.segments[place]) }
      return reject
    }
    return page
  }

  /// A source by its id, also one that is left out.
  public func source(_ id: Int64) -> StoredSource? { whole.sources[id] }

  private func rows(
    _ sources: [StoredSource], foreignReasons: [String], isCancelled: () -> Bool
  ) throws -> [SourceRow] {
    let wanted = Set(sources.map(\.id))
    var places: [Int64: [Int]] = [:]
    for (place, segment) in whole.segments.enumerated() where wanted.contains(segment.info.source) {
      places[segment.info.source, default: []].append(place)
    }
    let rejects = try rejectCounts(wanted, foreignReasons: foreignReasons)
    return try sources.map { source in
      if isCancelled() { throw CancellationError() }
      var row = SourceRow(id: source.id, path: source.path, compression: source.compression)
      row.bytesTotal = source.isPlain && source.size > 0 || source.isComplete ? source.size : nil
      row.isComplete = source.isComplete
      row.fingerprint = source.head
      try count(places[source.id] ?? [], into: &row)
      if let found = rejects[source.id] {
        row.foreignCount = found.foreign
        row.malformedCount = found.count - found.foreign
        row.firstProblemLine = found.line
      }
      return row
    }
  }

  private func count(_ places: [Int], into row: inout SourceRow) throws {
    var least = Int64.max
    var most = Int64.min
    var clusters: Set<String?> = []
    for place in places {
      let segment = whole.segments[place]
      row.bytesRead += segment.info.byteCount
      row.duplicateCount += try segment.numbers(.duplicates).count > 0 ? Int(segment.numbers(.duplicates)[0] ?? 0) : 0
      guard segment.rowCount > 0 else { continue }
      least = min(least, segment.info.timeMin)
      most = max(most, segment.info.timeMax)
      clusters.formUnion(try segment.clusters())
      try countRows(of: place, into: &row)
    }
    if least <= most { row.timeSpan = Timestamp(microseconds: least)...Timestamp(microseconds: most) }
    row.clusters = clusters.compactMap(\.self).sorted()
  }

  private func countRows(of place: Int, into row: inout SourceRow) throws {
    let segment = whole.segments[place]
    let hidden = whole.patches[place].hidden
    let data = try segment.numbers(.data)
    let levels = try segment.numbers(.level)
    let stages = try segment.numbers(.stages)
    let flags = try segment.numbers(.flags)
    var dataCounts = [Int](repeating: 0, count: 256)
    var levelCounts = dataCounts
    var stageCounts = dataCounts
    for index in 0..<segment.rowCount {
      let isAudit = data.byte(index) == DataKind.audit.rawValue
      if isAudit { stageCounts[Int(stages.byte(index))] += 1 }
      guard hidden.isEmpty || !hidden.contains(index) else { continue }
      dataCounts[Int(data.byte(index))] += 1
      guard isAudit else { continue }
      levelCounts[Int(levels.byte(index))] += 1
      if RowFlags(rawValue: flags.byte(index)).contains(.truncated) { row.truncatedCount += 1 }
    }
    row.actCount += segment.rowCount - hidden.count
    for kind in DataKind.allCases where dataCounts[Int(kind.rawValue)] > 0 {
      row.data[kind, default: 0] += dataCounts[Int(kind.rawValue)]
    }
    for level in Level.allCases where levelCounts[Int(level.rawValue)] > 0 {
      row.levels[level, default: 0] += levelCounts[Int(level.rawValue)]
    }
    for (bits, count) in stageCounts.enumerated() where count > 0 {
      for stage in StageSet(rawValue: UInt8(bits)).stages { row.stages[stage, default: 0] += count }
    }
  }

  private func rejectCounts(
    _ sources: Set<Int64>, foreignReasons: [String]
  ) throws -> [Int64: (count: Int, foreign: Int, line: Int)] {
    guard !sources.isEmpty else { return [:] }
    func marks(_ count: Int) -> String { Array(repeating: "?", count: count).joined(separator: ", ") }
    // Beside min(), SQLite takes bare columns from the row that has it.
    let sql = """
      SELECT source, segment, line, min(start), count(*) AS n, total(reason IN (\(marks(foreignReasons.count)))) AS foreigners
      FROM reject WHERE source IN (\(marks(sources.count))) GROUP BY source
      """
    let found = try store.read { db in
      try Row.fetchAll(
        db, sql: sql, arguments: StatementArguments(foreignReasons) + StatementArguments(Array(sources))
      ).map { row in
        (
          source: row["source"] as Int64, segment: UInt32(truncatingIfNeeded: row["segment"] as Int64),
          line: row["line"] as Int, count: row["n"] as Int, foreign: Int(row["foreigners"] as Double)
        )
      }
    }
    var counts: [Int64: (count: Int, foreign: Int, line: Int)] = [:]
    for one in found {
      let before = whole.place(ofSegment: one.segment).map { whole.linesBefore(whole.segments[$0]) } ?? 0
      counts[one.source] = (one.count, one.foreign, one.line + before)
    }
    return counts
  }
}
