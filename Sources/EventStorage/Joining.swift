import AuditModel

/// How the acts of a draft belong together with acts that the store has.
struct DraftJoins {
  struct Join {
    /// The rows of the store that are parts of the same act, the one that shows it first.
    var known: [ActID]
    /// The draft's row shows the act from now on.
    var isHead: Bool
    /// Those of `known` that nothing says yet are parts of the act that the first shows.
    var unlinked: [ActID] = []
  }
  /// By the draft's row.
  var groups: [Int: Join] = [:]
  /// Rows whose act the version ledger has taken already.
  var alreadyFed: Set<Int> = []
  /// Rows that take over from an act known to have altered nothing.
  var inheritedNoops: Set<Int> = []
  /// The segments that have the records which were taken out of the draft.
  var holders: Set<UInt32> = []

  func links(segment: UInt32) -> [(row: ActID, head: ActID)] {
    groups.sorted { $0.key < $1.key }.flatMap { row, join -> [(row: ActID, head: ActID)] in
      let id = ActID(segment: segment, row: UInt32(row))
      return join.isHead ? join.known.map { ($0, id) } : ([id] + join.unlinked).map { ($0, join.known[0]) }
    }
  }
}

extension StoreState {
  /// Finds the draft's acts in the store, and takes records out of the draft that are there already.
  ///
  /// All stages of a request carry the time at which it arrived, and rows are sorted by it: so the few segments that
  /// span this time are searched by it, and what is found is compared on the real values.
  func joins(of draft: inout SegmentDraft, source: Int64) throws -> DraftJoins {
    guard let span = draft.timeSpan else { return DraftJoins() }
    let near = segments.indices.filter {
      let info = segments[$0].info
      return info.rowCount > 0 && info.timeMin <= span.upperBound && info.timeMax >= span.lowerBound
    }
    guard !near.isEmpty else { return DraftJoins() }
    let records = draft.records
    var duplicates: Set<Int> = []
    var holders: Set<UInt32> = []
    var matches: [[ActID]] = []
    for group in draft.groups {
      let found = try rows(like: group.head, of: records, in: near, source: source)
      guard !found.isEmpty else {
        matches.append([])
        continue
      }
      var known: [RecordIdentity: UInt32] = [:]
      for id in found {
        guard let (place, row) = locate(id) else { continue }
        for record in try segments[place].records(of: row) {
          known[RecordIdentity(contentID: record.contentID, stage: record.stage)] = segments[place].info.number
        }
      }
      let again = group.all.filter { record in
        guard let holder = known[records.identity(record)] else { return false }
        holders.insert(holder)
        return true
      }
      duplicates.formUnion(again)
      if again.count < 1 + group.others.count { matches.append(found) } else { matches.append([]) }
    }
    // Groups that vanish leave no gap: what is matched moves up.
    var survivors: [[ActID]] = []
    for (group, match) in zip(draft.groups, matches) where !group.all.allSatisfy(duplicates.contains) {
      survivors.append(match)
    }
    if !duplicates.isEmpty { draft.remove(duplicates, with: Compressor()) }
    var joins = try joins(of: draft, matches: survivors)
    joins.holders = holders
    return joins
  }

  private func joins(of draft: SegmentDraft, matches: [[ActID]]) throws -> DraftJoins {
    var joins = DraftJoins()
    for (row, match) in matches.enumerated() where !match.isEmpty {
      guard let head = try bestHead(match), let (place, headRow) = locate(head) else { continue }
      let parts = [head] + match.filter { $0 != head }
      let isHead = try segments[place].rank(headRow) < draft.records.rank(draft.groups[row].head)
      let unlinked = parts.filter { $0 != head && links.head(of: $0) != head }
      joins.groups[row] = DraftJoins.Join(known: parts, isHead: isHead, unlinked: unlinked)
      let outcome = try unsettledOutcome(place, headRow)
      if parts.contains(where: noops.contains) {
        joins.alreadyFed.insert(row)
        joins.inheritedNoops.insert(row)
      } else if outcome == .changed {
        joins.alreadyFed.insert(row)
      }
    }
    return joins
  }

  /// The row that shows an act best; of several that are not linked, since what linked them is gone, the latest stage.
  private func bestHead(_ rows: [ActID]) throws -> ActID? {
    let heads = Set(rows.map { links.head(of: $0) })
    guard heads.count > 1 else { return heads.first }
    let ranked = try heads.sorted().compactMap { id in
      try locate(id).map { (id: id, rank: try segments[$0.place].rank($0.row)) }
    }
    return ranked.max { $0.rank < $1.rank }?.id
  }

  /// Rows of the given segments that are about the same request as the record: of an act that several hold parts of,
  /// all of them.
  private func rows(like record: Int, of records: RecordColumns, in near: [Int], source: Int64) throws -> [ActID] {
    let time = records.times[record]
    let cluster = records.cluster[record]
    var found: [ActID] = []
    for place in near {
      let segment = segments[place]
      guard segment.info.timeMin <= time, time <= segment.info.timeMax else { continue }
      if let auditID = records.auditIDs[record] {
        let request = RequestKey(
          time: time, auditID: auditID, verb: records.verb[record], requestURI: records.keptURI(record),
          by: records.by[record])
        found += try segment.rows(at: time, of: request).filter { try segment.mayBe($0, in: cluster) }.map {
          id(place, $0)
        }
      } else {
        // Without an audit ID nothing joins; but a copy of the same line in another file is no second request, and no
        // more is the same line of this file, where two processes read it at once, nor the same document of a storage.
        let isSameSource = segment.info.source == source && records.documents[record] == nil
        let offset = records.offsets[record]
        guard !isSameSource || (segment.info.start <= offset && offset < segment.info.end) else { continue }
        let rows = try segment.rows(at: time, withoutAuditID: records.contentIDs[record]).filter {
          try segment.mayBe($0, in: cluster)
        }
        // One copy tells as much as all of them.
        let copy = isSameSource ? try rows.first { try segment.numbers(.offset).integer($0) == offset } : rows.first
        if let copy { found.append(id(place, copy)) }
      }
    }
    return found
  }

  // MARK: No-ops

  /// The ledger of all writes in the store.
  func ledger() throws -> VersionLedger {
    var ledger = VersionLedger()
    for (place, segment) in segments.enumerated() {
      let outcomes = try segment.numbers(.outcome)
      for row in 0..<segment.rowCount where !patches[place].hidden.contains(row) {
        var outcome = Outcome(rawValue: outcomes.byte(row))
        if patches[place].summaries[row] != nil { outcome = try unsettledOutcome(place, row) }
        guard outcome == .changed || outcome == .noop && isLedgerNoop(id(place, row)) else { continue }
        let took = try segment.numbers(.took)[row] ?? 0
        _ = ledger.take(
          VersionLedger.Write(
            id: id(place, row), time: Timestamp(microseconds: try segment.time(row) &+ took),
            code: try segment.numbers(.code)[row].map(Int.init), cluster: try segment.text(.cluster)[row],
            uid: try segment.text(.uid)[row],
            resourceVersion: try segment.text(.resourceVersion)[row],
            sentResourceVersion: try segment.text(.sentVersion)[row],
            endsObject: try segment.flags(row).contains(.endsObject), evidence: try segment.flags(row).evidence,
            place: .init(source: segment.info.source, offset: try segment.numbers(.offset).integer(row))))
      }
    }
    return ledger
  }

  private func isLedgerNoop(_ head: ActID) -> Bool {
    noops.contains(head) || links.members[head]?.contains(where: noops.contains) == true
  }
}

extension Segment {
  /// Whether nothing tells that the row is from another cluster: one copy of a log may name it and another not.
  fileprivate func mayBe(_ row: Int, in cluster: String?) throws -> Bool {
    guard let cluster, let own = try text(.cluster)[row] else { return true }
    return own == cluster
  }
}

extension SegmentDraft {
  /// Hands the ledger the draft's writes.
  /// - Returns: acts that it shows to be no-ops, of this segment or others; rows of the draft where it has only clocks
  ///   to go by.
  func feed(
    _ ledger: inout VersionLedger, _ info: SegmentInfo, skipping fed: Set<Int>, inherited: Set<Int>
  ) -> (noops: [ActID], inDoubt: [Int]) {
    var noops = inherited.map { ActID(segment: info.number, row: UInt32($0)) }
    var inDoubt: [Int] = []
    for (row, group) in groups.enumerated() where !fed.contains(row) {
      let sum = summary(of: group)
      guard sum.outcome == .changed else { continue }
      let head = group.head
      let decision = ledger.take(
        VersionLedger.Write(
          id: ActID(segment: info.number, row: UInt32(row)),
          time: Timestamp(microseconds: records.times[head] &+ (records.took[head] ?? 0)),
          code: sum.code.map(Int.init), cluster: records.cluster[head], uid: records.uid[head],
          resourceVersion: records.resourceVersion[head],
          sentResourceVersion: records.sentVersion[head], endsObject: records.flags[head].contains(.endsObject),
          evidence: records.flags[head].evidence,
          place: .init(source: info.source, offset: records.offsets[head])))
      if let noop = decision.noop { noops.append(noop) }
      if decision.isInDoubt { inDoubt.append(row) }
    }
    return (noops, inDoubt)
  }
}
