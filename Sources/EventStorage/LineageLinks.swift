public import AuditModel

/// The links that a segment brings about, while its number is not known: the database gives it.
struct NewLinks {
  /// Between stages of one request.
  var stages: [(row: ActID, head: ActID)]
  /// Others, each of which makes one act less: across Calico's aggregation layer, and between the two records of a long
  /// request on GKE.
  var lineage: [(row: ActID, head: ActID)]

  /// All of them.
  func numbered(_ segment: UInt32) -> [(row: ActID, head: ActID)] {
    func known(_ id: ActID) -> ActID { id.segment == .max ? ActID(segment: segment, row: id.row) : id }
    return (stages + lineage).map { (row: known($0.row), head: known($0.head)) }
  }
}

extension StoreState {
  /// Reads columns of other segments, so it must not run inside a transaction.
  func links(
    of draft: SegmentDraft, _ info: SegmentInfo, _ joins: DraftJoins, _ operations: OperationIndex
  ) throws -> NewLinks {
    var info = info
    info.number = .max
    let stages = joins.links(segment: info.number)
    let lineage = try calicoLinks(of: draft, info, joined: stages) + operationLinks(of: draft, info, operations)
    return NewLinks(stages: stages, lineage: lineage)
  }

  /// The links across Calico's aggregation layer that a draft brings about once it is a segment.
  /// - Parameters:
  ///   - info: with the number that the segment has in the links.
  ///   - joined: the links to acts of other segments that stages make.
  private func calicoLinks(
    of draft: SegmentDraft, _ info: SegmentInfo, joined: [(row: ActID, head: ActID)]
  ) throws -> [(row: ActID, head: ActID)] {
    guard draft.records.holdsCalico else { return [] }
    let chunks = Dictionary(draft.chunks.map { ($0.column, $0.data) }, uniquingKeysWith: { first, _ in first })
    let segment = Segment(
      info: info, textRedaction: { $0 },
      load: { columns, take in
        for column in columns {
          let chunk = chunks[column]
          try chunk.map { try $0.withUnsafeBytes { try take(column, $0) } } ?? take(column, nil)
        }
      })
    let rows = StoreRows(version: version, segments: [info], links: joined, noops: [], sources: sources)
    return try adding(rows, segments: [segment]).calicoLinks(ofSegmentAt: segments.count)
  }

  /// Rows that are parts of other acts across Calico's aggregation layer, found for the acts of one segment: what
  /// kube-apiserver logged of a request that it passed on, and the write to Calico's storage that a request came to.
  ///
  /// Looks only at rows of the two groups, and in other segments only near the new rows in time, at those with their
  /// auditIDs or names; a segment without such rows costs a look at its dictionary of groups.
  func calicoLinks(ofSegmentAt place: Int) throws -> [(row: ActID, head: ActID)] {
    guard try holdsCalico(place), segments[place].rowCount > 0 else { return [] }
    let reach = Int64(CalicoLineage.seconds * 1_000_000)
    let info = segments[place].info
    let span = (info.timeMin &- reach)...(info.timeMax &+ reach)
    let own = try calicoRows(place, within: span)
    let related = try CalicoRelatives(own, of: segments[place])
    var rows = own.map { (place: place, row: $0) }
    var namesakes: [(place: Int, row: Int)] = []
    for near in segments.indices where near != place {
      let other = segments[near].info
      guard other.rowCount > 0, other.timeMin <= span.upperBound, other.timeMax >= span.lowerBound,
        try holdsCalico(near)
      else { continue }
      for row in try calicoRows(near, within: span) {
        switch try related.relation(of: row, in: segments[near]) {
        case .auditID: rows.append((near, row))
        case .name: namesakes.append((near, row))
        case nil: break
        }
      }
    }
    // A write to the storage and a request make a pair: among requests alone names join nothing.
    let groups = try Set((rows + namesakes).map { try segments[$0.place].text(.apiGroup)[$0.row] })
    if groups.count > 1 { rows += namesakes }
    guard rows.count > 1 else { return [] }
    let acts = try rows.map { try act($0.place, $0.row, tellsAliases: false, tellsLine: false) }
    let passedOn = passedOn(acts)
    var links = passedOn
    let parts = Set(passedOn.map(\.row))
    let pairs = CalicoLineage.pairs(
      public: acts.filter { $0.object?.group == CalicoAccounts.publicGroup && !parts.contains($0.id) },
      storage: acts.filter { $0.object?.group == CalicoAccounts.storageGroup })
    links += pairs.sorted { $0.key < $1.key }.map { (row: $0.key, head: $0.value) }
    return links
  }

  private func holdsCalico(_ place: Int) throws -> Bool {
    try segments[place].text(.apiGroup).dictionary.contains(where: isCalicoGroup)
  }

  /// The rows of both groups that stand for acts: those on the public API, and writes to the storage.
  private func calicoRows(_ place: Int, within span: ClosedRange<Int64>) throws -> [Int] {
    let segment = segments[place]
    let groups = try segment.text(.apiGroup)
    let times = try segment.numbers(.time)
    let first = firstIndex(in: 0..<segment.rowCount) { times.integer($0) >= span.lowerBound }
    let end = firstIndex(in: first..<segment.rowCount) { times.integer($0) > span.upperBound }
    return try (first..<end).filter { row in
      guard !patches[place].hidden.contains(row) else { return false }
      switch groups[row] {
      case CalicoAccounts.publicGroup: return true
      case CalicoAccounts.storageGroup:
        return try segment.flags(row).contains(.isWrite) && unsettledOutcome(place, row) == .changed
      default: return false
      }
    }
  }

  /// Of two records of one request the one that tells less becomes a part of the other.
  private func passedOn(_ acts: [Act]) -> [(row: ActID, head: ActID)] {
    var byID: [String: [Act]] = [:]
    for act in acts where act.object?.group == CalicoAccounts.publicGroup {
      if let auditID = act.auditID { byID[auditID, default: []].append(act) }
    }
    var links: [(row: ActID, head: ActID)] = []
    for group in byID.values where group.count > 1 {
      // Fullest first; then the one that has a final stage.
      let sorted = group.sorted {
        ($0.level?.rawValue ?? 0, $0.stages.rawValue, $1.id) > ($1.level?.rawValue ?? 0, $1.stages.rawValue, $0.id)
      }
      var taken: Set<ActID> = []
      for (index, head) in sorted.enumerated() where !taken.contains(head.id) {
        guard
          let part = sorted[(index + 1)...].first(where: {
            !taken.contains($0.id) && CalicoLineage.isPassedOn($0, head)
          })
        else { continue }
        taken.insert(part.id)
        links.append((part.id, head.id))
      }
    }
    return links.sorted { ($0.row, $0.head) < ($1.row, $1.head) }
  }
}

/// What rows of Calico's groups have in common with others that may belong to the same acts: many small segments may be
/// near one another in time, as those of a folder of small files.
private struct CalicoRelatives {
  private var names: Set<String> = []
  private var auditIDs: Set<AuditIDValue> = []

  init(_ rows: [Int], of segment: Segment) throws {
    for row in rows {
      if let name = try segment.text(.name)[row] { names.formUnion(CalicoLineage.otherNames(of: name)) }
      if let auditID = try segment.auditID(row) { auditIDs.insert(auditID) }
    }
  }

  enum Relation { case auditID, name }

  /// What the row has in common with them; nil for nothing.
  func relation(of row: Int, in segment: Segment) throws -> Relation? {
    if let auditID = try segment.auditID(row), auditIDs.contains(auditID) { return .auditID }
    return try segment.text(.name)[row].map(names.contains) ?? false ? .name : nil
  }
}

extension RecordColumns {
  fileprivate var holdsCalico: Bool { apiGroup.values.contains(where: isCalicoGroup) }
}

func isCalicoGroup(_ group: String) -> Bool {
  group == CalicoAccounts.publicGroup || group == CalicoAccounts.storageGroup
}

extension StoreSnapshot {
  /// The object itself and the keys under which it is known in Calico's other group; the public one first. Only the
  /// object itself where nothing joins them: equal names prove nothing.
  public func lineage(of key: ObjectKey) -> [ObjectKey] {
    store.noting([key]) { try state.lineage(of: key) }
  }
}

extension StoreState {
  func lineage(of key: ObjectKey) throws -> [ObjectKey] {
    guard isCalicoGroup(key.group) else { return [key] }
    if let known = lineages.withLock({ $0[key] }) { return known }
    let made = try readLineage(of: key)
    lineages.withLock { $0[key] = made }
    return made
  }

  private func readLineage(of key: ObjectKey) throws -> [ObjectKey] {
    let others = CalicoLineage.otherKeys(of: key)
    guard !others.isEmpty else { return [key] }
    if key.group == CalicoAccounts.publicGroup {
      let rows = try rows(about: key)
      return [key] + (try others.filter { try isOne(rows, self.rows(about: $0)) })
    }
    let rows = try rows(about: key)
    guard !rows.isEmpty, let main = try others.first(where: { try isOne(self.rows(about: $0), rows) }) else {
      return [key]
    }
    return try readLineage(of: main)
  }

  private func rows(about key: ObjectKey) throws -> [(place: Int, row: Int)] {
    let object = StoredObject(key)
    let hash = ObjectHash(object)
    return try segments(naming: hash).flatMap { place in
      try segments[place].rows(about: object, hash).map { (place, $0) }
    }
  }

  /// Whether a stored write is a part of an act on the public object, or their uids say that they are one.
  private func isOne(_ people: [(place: Int, row: Int)], _ storage: [(place: Int, row: Int)]) throws -> Bool {
    guard !people.isEmpty, !storage.isEmpty else { return false }
    let ids = Set(people.map { links.head(of: id($0.place, $0.row)) })
    if storage.contains(where: { links.heads[id($0.place, $0.row)].map(ids.contains) ?? false }) {
      return true
    }
    var uids: Set<String> = []
    for (place, row) in people { if let uid = try segments[place].text(.uid)[row] { uids.insert(uid.lowercased()) } }
    guard !uids.isEmpty else { return false }
    return try storage.contains { place, row in
      try segments[place].text(.uid)[row].flatMap { CalicoLineage.mapped(uid: $0) }.map(uids.contains) ?? false
    }
  }
}
