import AuditModel
import GRDB

/// What the tables say that a state does not know yet.
struct StoreRows: Sendable {
  var version: Int
  var segments: [SegmentInfo]
  var links: [(row: ActID, head: ActID)]
  var noops: [ActID]
  /// What histories found acts to have done, see `EventStore.settle`.
  var verdicts: [Verdict] = []
  /// All of them.
  var sources: SourceTable
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
      verdicts: try Row.fetchAll(db, sql: "SELECT * FROM verdict WHERE version > ?", arguments: [known.version])
        .compactMap { row in
          Outcome(rawValue: row["outcome"]).map { Verdict(act: id(row, "segment", "row"), outcome: $0) }
        },
      sources: try StoredSource.fetchAll(db), isWhole: isWhole)
  }

  private static func id(_ row: Row, _ segment: String, _ place: String) -> ActID {
    ActID(
      segment: UInt32(truncatingIfNeeded: row[segment] as Int64), row: UInt32(truncatingIfNeeded: row[place] as Int64))
  }
}

extension StoreState {
  /// The state with one source more, or with other facts of one.
  func setting(_ source: StoredSource, version: Int) -> StoreState {
    var sources = sources
    sources.set(source)
    return StoreState(
      version: version, segments: segments, patches: patches, sources: sources, links: links, noops: noops,
      verdicts: verdicts, moved: moved)
  }

  /// The state with what the tables gained.
  func adding(_ rows: StoreRows, segments new: [Segment]) throws -> StoreState {
    var links = links
    var noops = noops
    var verdicts = verdicts
    /// Rows whose act must be summed up again.
    var touched = Set(rows.noops)
    for verdict in rows.verdicts {
      verdicts[verdict.act] = verdict.outcome
      touched.insert(verdict.act)
    }
    for (row, head) in rows.links {
      links.link(row, to: head)
      touched.insert(row)
      touched.insert(head)
    }
    noops.formUnion(rows.noops)
    let bare = StoreState(
      version: rows.version, segments: segments + new,
      patches: patches + Array(repeating: SegmentPatch(), count: new.count), sources: rows.sources, links: links,
      noops: noops, verdicts: verdicts, moved: moved)
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
      patches[headPlace].version = rows.version
    }
    return StoreState(
      version: rows.version, segments: bare.segments, patches: patches, sources: rows.sources, links: links,
      noops: noops, verdicts: verdicts, moved: moved)
  }

  /// What came of the act as its records and the versions of its object alone tell: without what the object's history
  /// found.
  func unsettledOutcome(_ place: Int, _ row: Int) throws -> Outcome {
    let head = id(place, row)
    guard !verdicts.isEmpty, ([head] + (links.members[head] ?? [])).contains(where: { verdicts[$0] != nil }) else {
      return try outcome(place, row)
    }
    return try summary(ofAct: head, isSettled: false).outcome
  }

  /// Summed up over all records of the act, wherever they are.
  private func summary(ofAct head: ActID, isSettled: Bool = true) throws -> ActSummary {
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
    let parts = [head] + members
    if sum.outcome == .changed, parts.contains(where: noops.contains) { sum.outcome = .noop }
    if isSettled, sum.outcome == .changed || sum.outcome == .noop,
      let verdict = parts.lazy.compactMap({ self.verdicts[$0] }).first
    {
      sum.outcome = verdict
    }
    return sum
  }
}
