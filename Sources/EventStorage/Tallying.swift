import AuditModel
public import EventQueries

extension StoreSnapshot {
  /// Counts what the logs hold, source by source; reads columns and no bodies.
  /// - Throws: `CancellationError` once `isCancelled` says so, `StoreError` when the store is damaged.
  public func tally(isCancelled: () -> Bool = { false }) throws -> TrailTally {
    let rejectsOf = store.noting([:]) { try rejectsBySource() }
    var sources: [SourceTally] = []
    for source in state.sources.all.filter({ !$0.isArchive }) {
      var tally = SourceTally(file: source.path, id: source.id)
      tally.rejects = rejectsOf[source.id] ?? []
      let places = state.places(of: source.id).sorted {
        state.segments[$0].info.start < state.segments[$1].info.start
      }
      for place in places {
        if isCancelled() { throw CancellationError() }
        try SegmentTally(state: state, place: place).add(to: &tally)
      }
      for data in tally.times.keys { tally.times[data]?.sort() }
      sources.append(tally)
    }
    return TrailTally(sources: sources, objects: objectKeys(), unsettledCount: unsettledCount)
  }
}

/// Counts one segment.
private struct SegmentTally {
  let state: StoreState
  let place: Int
  let segment: Segment

  init(state: StoreState, place: Int) {
    self.state = state
    self.place = place
    segment = state.segments[place]
  }

  func add(to tally: inout SourceTally) throws {
    tally.byteCount += segment.info.byteCount
    tally.duplicateCount += Int(try segment.numbers(.duplicates)[safe: 0] ?? 0)
    guard segment.rowCount > 0 else { return }
    let data = try segment.numbers(.data)
    let times = try segment.numbers(.time)
    let hidden = state.patches[place].hidden
    for row in 0..<segment.rowCount where !hidden.contains(row) {
      let kind = DataKind(rawValue: data.byte(row)) ?? .audit
      tally.times[kind, default: []].append(Timestamp(microseconds: times.integer(row)))
      tally.actCount += 1
    }
    tally.clusters.formUnion(try segment.clusters())
    try addLines(to: &tally)
    try addAudit(to: &tally)
    try addMetPolicies(to: &tally)
    try addUsers(to: &tally)
    try addOtherLogs(to: &tally)
  }

  private func isAudit(_ row: Int) throws -> Bool {
    try segment.numbers(.data).byte(row) == DataKind.audit.rawValue
  }

  private func line(_ row: Int) throws -> WrittenLine {
    let took = try segment.numbers(.took)[row] ?? 0
    return WrittenLine(
      time: Timestamp(microseconds: try segment.numbers(.time).integer(row) &+ took),
      line: state.linesBefore(segment) + Int(try segment.numbers(.line).integer(row)),
      offset: try segment.numbers(.offset).integer(row))
  }

  // MARK: Audit acts

  /// The segment's rows stand in order of time; the text has them in the order of writing.
  private func addLines(to tally: inout SourceTally) throws {
    var lines: [WrittenLine] = []
    lines.reserveCapacity(segment.rowCount)
    for row in 0..<segment.rowCount where try isAudit(row) { lines.append(try line(row)) }
    lines.sort { $0.offset < $1.offset }
    tally.lines += lines
  }

  /// What is the same of many acts is looked at once.
  private struct Alike: Hashable {
    var group: Int
    var resource: Int
    var subresource: Int
    var verb: Int
    var level: UInt8
    var flags: UInt8
  }

  private func addAudit(to tally: inout SourceTally) throws {
    let group = try segment.text(.apiGroup)
    let resource = try segment.text(.resource)
    let subresource = try segment.text(.subresource)
    let verb = try segment.text(.verb)
    let level = try segment.numbers(.level)
    let flags = try segment.numbers(.flags)
    let stages = try segment.numbers(.stages)
    let took = try segment.numbers(.took)
    let hidden = state.patches[place].hidden
    var counts: [Alike: Int] = [:]
    var stageCounts = [Int](repeating: 0, count: 256)
    for row in 0..<segment.rowCount where try isAudit(row) {
      stageCounts[Int(stages.byte(row))] += 1
      if let took = took[row], took < 0 {
        tally.inversions.add(try line(row))
        tally.worstInversion = min(tally.worstInversion, took)
      }
      guard !hidden.contains(row) else { continue }
      counts[
        Alike(
          group: group.code(row), resource: resource.code(row), subresource: subresource.code(row),
          verb: verb.code(row), level: level.byte(row), flags: flags.byte(row)), default: 0] += 1
      let rowFlags = RowFlags(rawValue: flags.byte(row))
      if rowFlags.contains(.truncated) { tally.truncated.add(try line(row)) }
      guard rowFlags.contains(.isWrite) else { continue }
      try addWrite(row, to: &tally)
    }
    for (stages, count) in stageCounts.enumerated() where count > 0 {
      for stage in StageSet(rawValue: UInt8(stages)).stages { tally.stages[stage, default: 0] += count }
    }
    func text(_ column: TextColumn, _ code: Int) -> String? { code == 0 ? nil : column.dictionary[code - 1] }
    for (alike, count) in counts {
      guard let level = Level(rawValue: alike.level) else { continue }
      tally.levels[level, default: 0] += count
      guard let name = text(resource, alike.resource), !name.isEmpty else { continue }
      let key = SourceTally.Coverage(
        group: text(group, alike.group) ?? "", resource: name, subresource: text(subresource, alike.subresource),
        verb: text(verb, alike.verb) ?? "", level: level,
        isWrite: RowFlags(rawValue: alike.flags).contains(.isWrite))
      tally.coverage[key, default: 0] += count
    }
  }

  private func addWrite(_ row: Int, to tally: inout SourceTally) throws {
    let outcome = try state.outcome(place, row)
    if outcome == .unknown { tally.unfinished.add(try line(row)) }
    let isAccepted = outcome == .changed || outcome == .noop
    if isAccepted, let version = try segment.text(.resourceVersion)[row].flatMap({ UInt64($0) }) {
      tally.versions.append(SourceTally.VersionTime(version: version, time: try line(row).time))
    }
    if isAccepted { try addPolicyWrite(row, to: &tally) }
    let resource = try segment.text(.resource)[row]
    let group = try segment.text(.apiGroup)[row] ?? ""
    let time = Timestamp(microseconds: try segment.time(row))
    if outcome == .changed, resource == "namespaces", group.isEmpty, try segment.text(.verb)[row] == "delete",
      let name = try segment.text(.name)[row]
    {
      tally.namespaceDeletions.append(SourceTally.NamedTime(name: name, time: time))
    }
    if isAccepted, group == "crd.projectcalico.org",
      try segment.text(.agent)[row]?.hasPrefix("Go-http-client/") == true,
      let user = try segment.text(.asUser)[row] ?? segment.text(.by)[row]
    {
      tally.libraryWrites[user, default: SourceTally.Sightings()].add(try line(row))
    }
    if group == "projectcalico.org", let auditID = try segment.auditID(row)?.text {
      tally.calicoRequests[auditID] = time
    }
  }

  private func addPolicyWrite(_ row: Int, to tally: inout SourceTally) throws {
    guard let object = try segment.object(row), try segment.text(.subresource)[row] == nil,
      [.policy, .stagedPolicy].contains(ResourceKind.of(group: object.group, resource: object.resource).role)
    else { return }
    let cluster = try segment.text(.cluster)[row]
    let verb = try segment.text(.verb)[row]
    var write = SourceTally.PolicyWrite(.altered, at: try line(row).time)
    if verb?.hasPrefix("delete") == true {
      let level = try segment.numbers(.level).byte(row)
      write.mayBeDryRun = try level == Level.metadata.rawValue || segment.flags(row).contains(.truncated)
    }
    if verb == "deletecollection" {
      let uri = try segment.text(.requestURI)[row] ?? ""
      guard !uri.contains("labelSelector="), !uri.contains("fieldSelector=") else { return }
      write.effect = .swept
      let collection = SourceTally.Collection(
        group: object.group, resource: object.resource, namespace: object.namespace, cluster: cluster)
      return tally.policySweeps[collection, default: []].append(write)
    }
    guard let key = object.key(in: cluster) else { return }
    if try segment.flags(row).contains(.endsObject) {
      write.effect = .ended
    } else if verb == "delete" {
      // What waits for finalizers answers with the object, or with 202 Accepted.
      let isThrough = try segment.text(.resourceVersion)[row] == nil && segment.numbers(.code)[row] != 202
      if isThrough { write.effect = .ended }
    } else if try verb == "create" || segment.numbers(.code)[row] == 201 {
      write.effect = .made
    }
    tally.policyWrites[key, default: []].append(write)
  }

  /// Policies that a deletecollection met, as its answer lists them: each is one that ended.
  private func addMetPolicies(to tally: inout SourceTally) throws {
    let hidden = state.patches[place].hidden
    for (key, row) in try segment.metObjects()
    where key.kind.role == .policy || key.kind.role == .stagedPolicy {
      guard !hidden.contains(row), try state.outcome(place, row) == .changed else { continue }
      tally.policyWrites[key, default: []].append(SourceTally.PolicyWrite(.ended, at: try line(row).time))
    }
  }

  private func addUsers(to tally: inout SourceTally) throws {
    let users = try segment.text(.by)
    var counts = [Int](repeating: 0, count: users.dictionary.count + 1)
    for row in 0..<segment.rowCount { counts[users.code(row)] += 1 }
    for (code, count) in counts.enumerated() where code > 0 && count > 0 {
      tally.users[users.dictionary[code - 1], default: 0] += count
    }
    // It looks after the built-in roles once, when it starts.
    guard let server = users.dictionary.firstIndex(of: "system:apiserver") else { return }
    let groups = try segment.text(.apiGroup)
    for row in 0..<segment.rowCount
    where users.code(row) == server + 1 && groups[row] == "rbac.authorization.k8s.io" {
      let time = Timestamp(microseconds: try segment.time(row))
      // One for a minute says enough.
      if let last = tally.serverStarts.last, last <= time, time < last.adding(seconds: 60) { continue }
      tally.serverStarts.append(time)
    }
  }

  // MARK: Other logs

  private func addOtherLogs(to tally: inout SourceTally) throws {
    let policies = try segment.lists(.policies)
    let actions = try segment.text(.action)
    guard !policies.dictionary.isEmpty || !actions.dictionary.isEmpty else { return }
    let times = try segment.numbers(.time)
    let clusters = try segment.text(.cluster)
    var seen: [SIMD2<Int>: Int64] = [:]
    let ends = try segment.numbers(.end)
    let started = try segment.numbers(.flowsStarted)
    var use: [SIMD2<Int>: [SourceTally.PolicyUse]] = [:]
    for row in 0..<segment.rowCount {
      let code = policies.code(row)
      if code > 0 {
        let key = SIMD2(code, clusters.code(row))
        seen[key] = min(seen[key] ?? .max, times.integer(row))
        if let count = started[safe: row], count > 0 {
          let begin = Timestamp(microseconds: times.integer(row))
          let end = Timestamp(microseconds: max(times.integer(row), ends[safe: row] ?? 0))
          use[key, default: []].append(interval: begin...end)
        }
      }
      if try segment.numbers(.data).byte(row) == DataKind.dns.rawValue, actions[row] == "unlogged" {
        tally.unlogged.add(try line(row))
      }
    }
    for (codes, time) in seen {
      let cluster = codes.y == 0 ? nil : clusters.dictionary[codes.y - 1]
      for text in policies.dictionary[codes.x - 1] {
        guard var hit = PolicyHit(text: text) else { continue }
        // Which rule of it decided, and where it stood, does not matter here.
        let isPending = hit.scope == .pending
        (hit.scope, hit.index, hit.action, hit.rule) = (.enforced, 0, "", nil)
        let policy = SourceTally.FlowPolicy(hit, in: cluster)
        let known = tally.flowPolicies[policy]?.time.microseconds ?? .max
        tally.flowPolicies[policy] = SourceTally.NamedTime(
          name: hit.path, time: Timestamp(microseconds: min(known, time)))
        // What would be done now says nothing about when the connection began.
        if !isPending, let use = use[codes] { tally.policyUse[policy, default: []].append(contentsOf: use) }
      }
    }
  }
}

extension [SourceTally.PolicyUse] {
  /// - Parameter interval: begins no earlier than those before.
  fileprivate mutating func append(interval: ClosedRange<Timestamp>) {
    if isEmpty || !self[count - 1].extend(by: interval) { append(SourceTally.PolicyUse(interval)) }
  }
}

extension PackedNumbers {
  /// Nil beyond the end as well.
  fileprivate subscript(safe row: Int) -> Int64? { row < count ? self[row] : nil }
}
