import AuditModel
import GRDB
import Synchronization

/// Many small segments become one: a log that is followed adds one every moment.
extension EventStore {
  /// Puts the draft in the place of segments of its source. Acts stay what they are; their old ids still lead to them.
  ///
  /// Whoever still reads the old segments finds them until the next merge.
  /// - Returns: the number of the segment; nil when the draft lacks a record of theirs: nothing was done then.
  public func merge(
    _ numbers: [UInt32], into draft: SegmentDraft, source: Int64
  ) throws(StoreError) -> UInt32? {
    do {
      return try writer.withLock { writer in
        while true {
          try refresh()
          guard let merge = try Merge(numbers, into: draft, source: source, of: current) else { return nil }
          if let number = try attempt(merge, &writer) { return number }
        }
      }
    } catch {
      throw storeError(error)
    }
  }

  /// - Returns: nil when the file is no longer as `current` has it; nothing was written then.
  private func attempt(_ merge: Merge, _ writer: inout WriterState) throws -> UInt32? {
    let known = current
    var info = merge.info
    let version = known.version + 1
    writer.operations.catchUp(with: known.segments.last?.info.number ?? 0)
    let links = try known.removing(Set(merge.numbers)).links(of: merge.draft, info, merge.joins, writer.operations)
    let rows: StoreRows? = try database.write { db in
      guard try Int.fetchOne(db, sql: "SELECT version FROM state") == known.version else { return nil }
      try sweep(db)
      info.number = try insert(info, db)
      try write(merge.draft, info, db)
      try write(links.numbered(info.number), version: version, db)
      for row in merge.noops {
        try db.execute(sql: "INSERT OR REPLACE INTO noop VALUES(?, ?, ?)", arguments: [info.number, row, version])
      }
      for (row, outcome) in merge.verdicts {
        try write(Verdict(act: ActID(segment: info.number, row: row), outcome: outcome), version: version, db)
      }
      try move(claims: merge.numbers, to: info.number, row: merge.row, db)
      try retire(merge.numbers, db)
      try db.execute(sql: "UPDATE state SET version = ?", arguments: [version])
      return try StoreRows.fetchAll(db)
    }
    guard let rows else { return nil }
    let moved = merge.moved(to: info.number, before: known.moved)
    // The ledger goes on with the old ids as long as these lead to the new ones.
    if writer.ledgerSegment == known.segments.last?.info.number, moved.isComplete {
      writer.ledgerSegment = info.number
    } else {
      writer.ledger = nil
    }
    writer.operations.add(merge.draft, segment: info.number, replacing: merge.numbers)
    publish(try advance(known, by: rows, moved: moved.rows))
    return info.number
  }

  /// Forgets segments: their stretches of the source count as not read.
  public func discard(_ numbers: [UInt32]) throws(StoreError) {
    guard !numbers.isEmpty else { return }
    do {
      try writer.withLock { writer in
        writer.ledger = nil
        try database.write { db in
          try sweep(db)
          try retire(numbers, db)
          try db.execute(sql: "UPDATE state SET version = version + 1")
        }
      }
      try refresh()
    } catch {
      throw storeError(error)
    }
  }

  /// Segments that are short and follow each other in the source, where there are many of them: read again, their
  /// text makes a few long ones.
  public func fragments(of source: Int64) -> [UInt32] {
    let short = 1 << 20
    let many = 8
    var found: [UInt32] = []
    var run: [SegmentInfo] = []
    func end() {
      if run.count >= many { found += run.map(\.number) }
      run = []
    }
    for info in current.segments(of: source).sorted(by: { $0.start < $1.start }) {
      if let last = run.last, last.end != info.start { end() }
      if info.byteCount < short { run.append(info) } else { end() }
    }
    end()
    return found
  }

  /// The numbers of all segments of a source.
  public func segments(of source: Int64) -> [UInt32] {
    current.segments(of: source).map(\.number)
  }

  /// The numbers of all segments.
  public var segmentNumbers: [UInt32] { current.segments.map(\.info.number) }

  /// Takes segments out of what is read from now on.
  private func retire(_ numbers: [UInt32], _ db: Database) throws {
    for number in numbers {
      try db.execute(sql: "UPDATE segment SET isReplaced = 1 WHERE id = ?", arguments: [number])
      try db.execute(sql: "DELETE FROM reject WHERE segment = ?", arguments: [number])
      try db.execute(sql: "DELETE FROM actLink WHERE segment = ? OR headSegment = ?", arguments: [number, number])
      for table in ["noop", "verdict", "claim"] {
        try db.execute(sql: "DELETE FROM \(table) WHERE segment = ?", arguments: [number])
      }
    }
  }

  /// Removes what was retired before: who read it then has had time to end.
  private func sweep(_ db: Database) throws {
    for number in try Int64.fetchAll(db, sql: "SELECT id FROM segment WHERE isReplaced") {
      let first = number * Int64(StoredColumn.limit)
      try db.execute(
        sql: "DELETE FROM chunk WHERE id >= ? AND id < ?", arguments: [first, first + Int64(StoredColumn.limit)])
      try db.execute(sql: "DELETE FROM block WHERE segment = ?", arguments: [number])
      try db.execute(sql: "DELETE FROM segment WHERE id = ?", arguments: [number])
    }
  }
}

/// What becomes of the rows of segments that are merged.
private struct Merge {
  let numbers: [UInt32]
  let draft: SegmentDraft
  let info: SegmentInfo
  let joins: DraftJoins
  /// Rows of the draft whose act is known to have altered nothing.
  let noops: Set<UInt32>
  /// What histories found of acts, by the draft's row.
  let verdicts: [UInt32: Outcome]
  /// For each segment the draft's row of each of its rows.
  private let rows: [UInt32: [UInt32]]

  private struct Place: Hashable {
    var offset: Int64
    var contentID: ContentID
  }

  /// Nil when the draft lacks a record that one of the segments has.
  init?(_ numbers: [UInt32], into draft: SegmentDraft, source: Int64, of known: StoreState) throws {
    var draft = draft
    joins = try known.removing(Set(numbers)).joins(of: &draft, source: source)
    var places: [Place: UInt32] = [:]
    for (row, group) in draft.groups.enumerated() {
      for record in group.all {
        places[Place(offset: draft.records.offsets[record], contentID: draft.records.contentIDs[record])] = UInt32(row)
      }
    }
    var rows: [UInt32: [UInt32]] = [:]
    var noops: Set<UInt32> = []
    var verdicts: [UInt32: Outcome] = [:]
    for number in numbers {
      guard let index = known.place(ofSegment: number) else { return nil }
      let segment = known.segments[index]
      var moved: [UInt32] = []
      for row in 0..<segment.rowCount {
        let place = Place(
          offset: try segment.numbers(.offset).integer(row), contentID: try segment.identifiers(.contentID)[row])
        guard let now = places[place] else { return nil }
        moved.append(now)
        let id = ActID(segment: number, row: UInt32(row))
        if known.noops.contains(id) { noops.insert(now) }
        if let verdict = known.verdicts[id] { verdicts[now] = verdict }
      }
      rows[number] = moved
    }
    self.numbers = numbers
    self.draft = draft
    self.rows = rows
    self.noops = noops
    self.verdicts = verdicts
    info = draft.info(source: source)
  }

  /// The draft's row of a row of one of the segments.
  func row(_ id: ActID) -> UInt32? { rows[id.segment].flatMap { Int(id.row) < $0.count ? $0[Int(id.row)] : nil } }

  /// So many merged segments are remembered; an id of an older one leads nowhere.
  private static let rememberedAtMost = 2048

  /// - Returns: where all rows are that ever were moved; complete unless some were forgotten.
  func moved(to number: UInt32, before: [UInt32: [ActID]]) -> (rows: [UInt32: [ActID]], isComplete: Bool) {
    func now(_ id: ActID) -> ActID {
      rows[id.segment].map { ActID(segment: number, row: $0[Int(id.row)]) } ?? id
    }
    var moved = before.mapValues { ids in
      ids.first.map { rows[$0.segment] == nil } ?? true ? ids : ids.map(now)
    }
    for (old, rows) in rows { moved[old] = rows.map { ActID(segment: number, row: $0) } }
    guard moved.count > Self.rememberedAtMost else { return (moved, true) }
    for old in moved.keys.sorted().prefix(moved.count - Self.rememberedAtMost) { moved[old] = nil }
    return (moved, false)
  }
}

extension StoreState {
  /// The state without some segments; acts that they had a part in are shown by what is left.
  /// - Parameter links: in addition to those between what is left.
  func removing(
    _ numbers: Set<UInt32>, version: Int? = nil, sources: SourceTable? = nil,
    links more: [(row: ActID, head: ActID)] = []
  ) throws -> StoreState {
    func isKept(_ id: ActID) -> Bool { !numbers.contains(id.segment) }
    let kept = segments.filter { !numbers.contains($0.info.number) }
    let rows = StoreRows(
      version: version ?? self.version, segments: kept.map(\.info),
      links: links.heads.filter { isKept($0.key) && isKept($0.value) }.map { ($0.key, $0.value) } + more,
      noops: noops.filter(isKept),
      verdicts: verdicts.filter { isKept($0.key) }.map { Verdict(act: $0.key, outcome: $0.value) },
      sources: sources ?? self.sources)
    let bare = StoreState(
      version: 0, segments: [], patches: [], sources: SourceTable(), links: ActLinks(), noops: [], moved: moved)
    return try bare.adding(rows, segments: kept)
  }
}
