import AuditModel
import GRDB

/// What the tables say that a state does not know yet.
struct StoreRows: Sendable {
  var version: Int
  var segments: [SegmentInfo]
  var links: [(row: ActID, head: ActID)]
  var noops: [ActID]
  /// All of them.
  var sources: [Int64: StoredSource]
  /// These are all rows there are: segments of the known state are gone.
  var isWhole = false

  /// Nil when nothing changed since the state was read.
  static func fetch(_ db: Database, after known: StoreState) throws -> StoreRows? {
    let version = try Int.fetchOne(db, sql: "SELECT version FROM state") ?? 0
    guard version != known.version else { return nil }
    var known = known
    var isWhole = false
    let last = Int64(known.segments.last?.info.number ?? 0)
    let left = try Int.fetchOne(
      db, sql: "SELECT count(*) FROM segment WHERE id <= ? AND NOT isReplaced", arguments: [last])
    if left != known.segments.count {
      known = .empty
      isWhole = true
    }
    return try fetch(db, version: version, after: known, isWhole: isWhole)
  }

  /// All rows there are.
  static func fetchAll(_ db: Database) throws -> StoreRows {
    let version = try Int.fetchOne(db, sql: "SELECT version FROM state") ?? 0
    return try fetch(db, version: version, after: .empty, isWhole: true)
  }

  private static func fetch(
    _ db: Database, version: Int, after known: StoreState, isWhole: Bool
  ) throws -> StoreRows {
    let last = Int64(known.segments.last?.info.number ?? 0)
    return StoreRows(
      version: version,
      segments: try Row.fetchAll(
        db, sql: "SELECT * FROM segment WHERE id > ? AND NOT isReplaced ORDER BY id", arguments: [last]
      ).map {
        SegmentInfo(
          number: UInt32(truncatingIfNeeded: $0["id"] as Int64), source: $0["source"], start: $0["start"],
          byteCount: $0["byteCount"], lineCount: $0["lineCount"], rowCount: $0["rowCount"], timeMin: $0["timeMin"],
          timeMax: $0["timeMax"], hasBlocks: $0["hasBlocks"])
      },
      links: try Row.fetchAll(db, sql: "SELECT * FROM actLink WHERE version > ?", arguments: [known.version]).map {
        (id($0, "segment", "row"), id($0, "headSegment", "headRow"))
      },
      noops: try Row.fetchAll(db, sql: "SELECT * FROM noop WHERE version > ?", arguments: [known.version]).map {
        id($0, "segment", "row")
      },
      sources: try StoredSource.fetchAll(db), isWhole: isWhole)
  }

  private static func id(_ row: Row, _ segment: String, _ place: String) -> ActID {
    ActID(
      segment: UInt32(truncatingIfNeeded: row[segment] as Int64), row: UInt32(truncatingIfNeeded: row[place] as Int64))
  }
}

extension StoreState {
  /// The state with what the tables gained.
  func adding(_ rows: StoreRows, segments new: [Segment]) throws -> StoreState {
    var links = links
    var noops = noops
    /// Rows whose act must be summed up again.
    var touched = Set(rows.noops)
    for (row, head) in rows.links {
      links.link(row, to: head)
      touched.insert(row)
      touched.insert(head)
    }
    noops.formUnion(rows.noops)
    let bare = StoreState(
      version: rows.version, segments: segments + new,
      patches: patches + Array(repeating: SegmentPatch(), count: new.count), sources: rows.sources, links: links,
      noops: noops, moved: moved)
    guard !touched.isEmpty else { return bare }
    var patches = bare.patches
    for id in touched {
      guard let (place, row) = bare.locate(id) else { continue }
      if links.heads[id] != nil {
        patches[place].hidden.insert(row)
        patches[place].summaries[row] = nil
      }
      let head = links.head(of: id)
      guard let (headPlace, headRow) = bare.locate(head) else { continue }
      patches[headPlace].summaries[headRow] = try bare.summary(ofAct: head)
    }
    return StoreState(
      version: rows.version, segments: bare.segments, patches: patches, sources: rows.sources, links: links,
      noops: noops, moved: moved)
  }

  /// Summed up over all records of the act, wherever they are.
  private func summary(ofAct head: ActID) throws -> ActSummary {
    guard let (place, row) = locate(head) else { throw StoreError.corrupt(reason: "a link to a missing act") }
    let segment = segments[place]
    var sum = try segment.summary(row)
    let members = (links.members[head] ?? []).sorted()
    if !members.isEmpty {
      var dryRun = try segment.flags(row).contains(.dryRun)
      let group = try segment.text(.apiGroup)[row]
      for member in members {
        guard let (memberPlace, memberRow) = locate(member) else { continue }
        // What a request to Calico's API came to in its storage says nothing about the request itself.
        guard try segments[memberPlace].text(.apiGroup)[memberRow] == group else { continue }
        let part = try segments[memberPlace].summary(memberRow)
        sum.stages.formUnion(part.stages)
        sum.code = sum.code ?? part.code
        dryRun = try dryRun || segments[memberPlace].flags(memberRow).contains(.dryRun)
      }
      sum.outcome = Outcome.classify(
        verb: try segment.text(.verb)[row] ?? "", object: try segment.kindOfObject(row), code: sum.code.map(Int.init),
        stages: sum.stages, dryRun: dryRun)
    }
    if sum.outcome == .changed, ([head] + members).contains(where: noops.contains) { sum.outcome = .noop }
    return sum
  }
}
