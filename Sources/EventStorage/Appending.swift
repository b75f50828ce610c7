import AuditModel
import Foundation
import GRDB
import Synchronization

/// What only writing needs.
struct WriterState: Sendable {
  /// Made when the first segment is added: it has to see all writes that the store holds.
  var ledger: VersionLedger?
  /// The last segment whose writes it has seen.
  var ledgerSegment: UInt32 = 0
  var operations = OperationIndex()
}

/// What became of a draft.
public struct AppendResult: Sendable {
  /// Acts that were not there before.
  public var addedActs: Int
  public var records: Int
  /// Records that the store had already, or the draft twice.
  public var duplicates: Int
  /// Pieces of text that are no record.
  public var rejects: Int
  /// The number of the segment that was added, and its source.
  public var segment: UInt32
  public var source: Int64
  /// The segments that have the duplicates which the store had.
  public var holders: Set<UInt32>
}

extension EventStore {
  // MARK: Sources

  public var knownSources: [StoredSource] { Array(current.sources.all) }

  /// The row of an archive whose logs were all read.
  public func knownArchive(_ path: String) -> StoredSource? { current.sources.archive(at: path) }

  /// The sources with a larger id than this one, ascending.
  public func sources(after id: Int64) -> [StoredSource] { current.sources.after(id) }

  /// The source as it is now.
  public func source(_ id: Int64) -> StoredSource? { current.sources[id] }

  /// The stretches of the source's text that are in the store, ascending, joined where they touch.
  public func coverage(of source: Int64) -> [Range<Int64>] {
    var ranges: [Range<Int64>] = []
    let stretches = current.segments(of: source).filter { $0.byteCount > 0 }
    for info in stretches.sorted(by: { $0.start < $1.start }) {
      if let last = ranges.last, info.start <= last.upperBound {
        ranges[ranges.count - 1] = last.lowerBound..<max(last.upperBound, info.end)
      } else {
        ranges.append(info.start..<info.end)
      }
    }
    return ranges
  }

  /// Adds a source, or rewrites what is known of it.
  /// - Returns: its id.
  public func save(_ source: StoredSource) throws(StoreError) -> Int64 {
    do {
      let (saved, isNext) = try writer.withLock { _ in
        let known = current
        let (saved, version) = try database.write { db in
          var saved = source
          saved.id = try source.save(db)
          try db.execute(sql: "UPDATE state SET version = version + 1")
          return (saved, try Int.fetchOne(db, sql: "SELECT version FROM state") ?? 0)
        }
        // Reading all sources for each that is saved would cost their number squared.
        let isNext = version == known.version + 1
        if isNext { publish(known.setting(saved, version: version)) }
        return (saved, isNext)
      }
      // Another process wrote in between.
      if !isNext { try refresh() }
      return saved.id
    } catch {
      throw storeError(error)
    }
  }

  /// Forgets what was made of the unfinished end of the source, acts and rejects: it grew, and its end is read again.
  public func dropProvisional(of source: Int64) throws(StoreError) {
    try discard(current.segments(of: source).filter { $0.byteCount == 0 }.map(\.number))
    try writing { db in
      try db.execute(
        sql: "DELETE FROM reject INDEXED BY provisionalReject WHERE source = ? AND isProvisional", arguments: [source])
    }
  }

  func writing<Value: Sendable>(_ body: (Database) throws -> Value) throws(StoreError) -> Value {
    do {
      let value = try writer.withLock { _ in try database.write(body) }
      try refresh()
      return value
    } catch {
      throw storeError(error)
    }
  }

  // MARK: Segments

  /// Adds a segment with all that follows from it in one transaction: links to acts of other segments, writes that
  /// prove to be no-ops, rejects, text.
  ///
  /// Records that are there already are left out and counted. Safe to call from several threads and processes.
  /// - Parameter source: the id that `save` gave.
  public func append(_ draft: SegmentDraft, source: Int64) throws(StoreError) -> AppendResult {
    do {
      return try writer.withLock { writer in
        // Another process may add a segment between looking and writing; then look again.
        while true {
          try refresh()
          if let result = try attempt(draft, source: source, writer: &writer) { return result }
        }
      }
    } catch {
      throw storeError(error)
    }
  }

  /// - Returns: nil when the file is no longer as `current` has it; nothing was written then.
  private func attempt(_ draft: SegmentDraft, source: Int64, writer: inout WriterState) throws -> AppendResult? {
    let known = current
    var draft = draft
    let joins = try known.joins(of: &draft, source: source)
    var info = draft.info(source: source)
    let last = known.segments.last?.info.number ?? 0
    // Another process may have added writes that the ledger has not seen.
    let seen = writer.ledgerSegment == last ? writer.ledger : nil
    var ledger = try seen ?? known.ledger()
    // One reference only, or each write would copy the whole ledger.
    writer.ledger = nil
    let version = known.version + 1
    writer.operations.catchUp(with: last)
    let newLinks = try known.links(of: draft, info, joins, writer.operations)
    let rows: StoreRows? = try database.write { db in
      guard try Int.fetchOne(db, sql: "SELECT version FROM state") == known.version else { return nil }
      try db.execute(sql: "UPDATE state SET version = ?", arguments: [version])
      info.number = try insert(info, db)
      try write(draft, info, db)
      let links = newLinks.numbered(info.number)
      try write(links, version: version, db)
      let fed = draft.feed(&ledger, info, skipping: joins.alreadyFed, inherited: joins.inheritedNoops)
      let noops = Set(fed.noops.map(known.current))
      for noop in noops {
        try db.execute(
          sql: "INSERT OR REPLACE INTO noop VALUES(?, ?, ?)", arguments: [noop.segment, noop.row, version])
      }
      try write(claims: draft.claims(inDoubt: fed.inDoubt), of: info.number, isOpen: true, db)
      return StoreRows(
        version: version, segments: [info], links: links, noops: Array(noops), sources: known.sources)
    }
    guard let rows else { return nil }
    writer.ledger = ledger
    writer.ledgerSegment = info.number
    writer.operations.add(draft, segment: info.number)
    publish(try known.adding(rows, segments: [segment(info)]))
    return AppendResult(
      addedActs: draft.actCount - joins.groups.count - newLinks.lineage.count, records: draft.recordCount,
      duplicates: draft.duplicates, rejects: draft.rejects.count, segment: info.number, source: source,
      holders: joins.holders)
  }

  /// - Returns: the new segment's number.
  func insert(_ info: SegmentInfo, _ db: Database) throws -> UInt32 {
    try db.execute(
      sql: "INSERT INTO segment VALUES(NULL, ?, ?, ?, ?, ?, ?, ?, ?, 0)",
      arguments: [
        info.source, info.start, info.byteCount, info.lineCount, info.rowCount, info.timeMin, info.timeMax,
        info.hasBlocks,
      ])
    return UInt32(truncatingIfNeeded: db.lastInsertedRowID)
  }

  func write(_ links: [(row: ActID, head: ActID)], version: Int, _ db: Database) throws {
    for link in links {
      try db.execute(
        sql: "INSERT OR REPLACE INTO actLink VALUES(?, ?, ?, ?, ?)",
        arguments: [link.row.segment, link.row.row, link.head.segment, link.head.row, version])
    }
  }

  func write(_ draft: SegmentDraft, _ info: SegmentInfo, _ db: Database) throws {
    let chunk = try db.cachedStatement(sql: "INSERT INTO chunk VALUES(?, ?)")
    for (column, data) in draft.chunks {
      try chunk.execute(arguments: [column.key(segment: info.number), Data(data)])
    }
    let block = try db.cachedStatement(sql: "INSERT INTO block VALUES(NULL, ?, ?, ?, ?, ?)")
    for stored in draft.blocks {
      try block.execute(
        arguments: [info.number, stored.start, stored.length, stored.isPacked, Data(stored.data)])
    }
    let reject = try db.cachedStatement(sql: "INSERT INTO reject VALUES(NULL, ?, ?, ?, ?, ?, ?, ?)")
    for known in draft.rejects {
      try reject.execute(
        arguments: [
          info.number, info.source, known.offset, known.length, known.line, known.reason, known.offset >= info.end,
        ])
    }
  }
}
