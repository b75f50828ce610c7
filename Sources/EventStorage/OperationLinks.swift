import AuditModel

extension StoreState {
  /// The links that make one act of the two records of a long request on GKE (`AuditEvent.isHalfOfOperation`): what
  /// tells that it began becomes a part of what tells how it ended, in whichever order they were read.
  ///
  /// Their times differ, so stages are not joined by them. The ID is the server's own, so a row with the same one,
  /// verb, URI and user is of the same request. A draft without such records costs nothing; else the audit IDs of those
  /// segments within a day of them are looked through that the process did not add itself.
  /// - Parameters:
  ///   - info: with the number that the draft's segment has in the links.
  ///   - index: up to date.
  func operationLinks(
    of draft: SegmentDraft, _ info: SegmentInfo, _ index: OperationIndex
  ) throws -> [(row: ActID, head: ActID)] {
    var halves: [OperationKey: [OperationHalf]] = [:]
    for (row, group) in draft.groups.enumerated() where draft.records.operationHalves.contains(group.head) {
      guard let key = draft.records.operation(group.head) else { continue }
      let id = ActID(segment: info.number, row: UInt32(row))
      halves[key, default: []].append(
        OperationHalf(id: id, time: draft.records.times[group.head], stage: draft.records.stages[group.head]))
    }
    guard !halves.isEmpty, let span = draft.timeSpan else { return [] }
    let day: Int64 = 86_400_000_000
    func isNear(_ segment: Segment) -> Bool {
      segment.rowCount > 0 && segment.info.timeMin <= span.upperBound &+ day
        && segment.info.timeMax >= span.lowerBound &- day
    }
    func take(_ place: Int, _ row: Int, _ auditID: AuditIDValue) throws {
      let segment = segments[place]
      guard links.heads[id(place, row)] == nil, let key = try segment.operation(row, auditID), halves[key] != nil
      else { return }
      halves[key]?.append(
        OperationHalf(id: id(place, row), time: try segment.time(row), stage: try segment.headStage(row)))
    }
    let auditIDs = Set(halves.keys.map(\.auditID))
    for place in segments.indices where segments[place].info.number <= index.first && isNear(segments[place]) {
      for (row, auditID) in try segments[place].rows(of: auditIDs) { try take(place, row, auditID) }
    }
    for auditID in auditIDs {
      for id in index[auditID] {
        if let (place, row) = locate(id), isNear(segments[place]) { try take(place, row, auditID) }
      }
    }
    return halves.values.flatMap(pairs).sorted { ($0.row, $0.head) < ($1.row, $1.head) }
  }

  private func pairs(_ halves: [OperationHalf]) -> [(row: ActID, head: ActID)] {
    let ends = halves.filter { $0.stage > .responseStarted }
    guard let end = ends.min(by: { ($0.time, $0.id) < ($1.time, $1.id) }) else { return [] }
    return halves.filter { $0.stage <= .responseStarted && $0.time <= end.time }.map { (row: $0.id, head: end.id) }
  }
}

/// The halves that a process has added to a store, so that a folder of many small files costs a look-up for each half.
struct OperationIndex: Sendable {
  /// Halves in segments up to this one are not in it.
  private(set) var first = UInt32.max
  private var last: UInt32?
  private var halves: [AuditIDValue: [ActID]] = [:]

  subscript(auditID: AuditIDValue) -> [ActID] { halves[auditID] ?? [] }

  /// Starts anew where another process has added segments.
  /// - Parameter last: of the store's segments.
  mutating func catchUp(with last: UInt32) {
    if self.last != last { self = OperationIndex(first: last, last: last) }
  }

  /// Takes in a segment of the process; one that takes the place of others forgets them.
  mutating func add(_ draft: SegmentDraft, segment: UInt32, replacing old: [UInt32] = []) {
    if !old.isEmpty {
      let old = Set(old)
      halves = halves.mapValues { $0.filter { !old.contains($0.segment) } }.filter { !$0.value.isEmpty }
    }
    last = segment
    let records = draft.records
    guard !records.operationHalves.isEmpty else { return }
    for (row, group) in draft.groups.enumerated() where records.operationHalves.contains(group.head) {
      guard let auditID = records.auditIDs[group.head] else { continue }
      halves[auditID, default: []].append(ActID(segment: segment, row: UInt32(row)))
    }
  }
}

/// What tells one operation from another.
private struct OperationKey: Hashable {
  var auditID: AuditIDValue
  var verb: String?
  var uri: String?
  var user: String?
  var cluster: String?
}

private struct OperationHalf {
  var id: ActID
  var time: Int64
  var stage: Stage
}

extension RecordColumns {
  fileprivate func operation(_ record: Int) -> OperationKey? {
    auditIDs[record].map {
      OperationKey(
        auditID: $0, verb: verb[record], uri: keptURI(record), user: by[record], cluster: cluster[record])
    }
  }
}

extension Segment {
  /// The rows with one of the audit IDs.
  fileprivate func rows(of auditIDs: Set<AuditIDValue>) throws -> [(row: Int, auditID: AuditIDValue)] {
    let identifiers = try identifiers(.auditID)
    let texts = try text(.auditText)
    return (0..<rowCount).compactMap { row in
      let bits = identifiers[row]
      let auditID: AuditIDValue? =
        if bits != .zero { .uuid(bits) } else {
          texts.dictionary.isEmpty ? nil : texts[row].map { .text(ExactText($0)) }
        }
      return auditID.flatMap { auditIDs.contains($0) ? (row, $0) : nil }
    }
  }

  fileprivate func operation(_ row: Int, _ auditID: AuditIDValue) throws -> OperationKey? {
    OperationKey(
      auditID: auditID, verb: try text(.verb)[row], uri: try text(.requestURI)[row], user: try text(.by)[row],
      cluster: try text(.cluster)[row])
  }
}
