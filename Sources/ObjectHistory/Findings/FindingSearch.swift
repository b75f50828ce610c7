import AuditModel

/// Walks through the acts on one object, in order, and finds what they do not account for.
///
/// Each place where the object was seen is held against the last one. What may have happened between, as far as the
/// log shows it, always counts in favour of the log: an act without a body may have changed anything.
struct FindingSearch {
  let key: ObjectKey
  let context: HistoryContext
  private let steps: [Step]
  /// Index of the row that a step left; nil for one that left none.
  private let rows: [Int?]
  private let revisions: [Revision]
  /// For each step the index of its row, else of the next one; for each row the number of the last version before it, and
  /// of the first one from it on. Both with one more row, after all.
  private let nextRows: [Int]
  private let numbersBefore: [Int?]
  private let numbersFrom: [Int?]
  private let unseen: UnseenWrites
  /// Those of them that may have ended it.
  private let unseenEnds: UnseenWrites
  private var findings: [Finding] = []

  /// The object where it was seen last in its present life.
  private struct Sighting {
    var index: Int
    var object: JSONValue
    var version: String?
    var managers: Set<FieldManager>
    /// The act shows what it found, and altered it.
    var isBeforeWrite: Bool
  }
  private var last: Sighting?
  /// The uid of the present life, and the step that told it last.
  private var life: (uid: String, index: Int)?
  private var isEndShown = false
  /// For each step the first version that was seen in its life, so that lives can be told in their order.
  private let versions: [UInt64?]

  /// - Parameter rows: for each step the index of its row in `revisions`.
  static func findings(
    of key: ObjectKey, _ steps: [Step], rows: [Int?], revisions: [Revision], context: HistoryContext
  ) -> [Finding] {
    var search = FindingSearch(key: key, context: context, steps: steps, rows: rows, revisions: revisions)
    for index in steps.indices { search.take(index) }
    search.addReused()
    return search.findings
  }

  private init(key: ObjectKey, context: HistoryContext, steps: [Step], rows: [Int?], revisions: [Revision]) {
    self.key = key
    self.context = context
    self.steps = steps
    self.rows = rows
    self.revisions = revisions
    unseen = UnseenWrites(steps, isClockStepped: context.hasClockSteps)
    unseenEnds = UnseenWrites(steps, isClockStepped: context.hasClockSteps, where: \.mayBeEnd)
    var row = revisions.count
    nextRows = rows.reversed().map { own -> Int in
      row = own ?? row
      return row
    }.reversed()
    numbersBefore = revisions.reduce(into: [nil]) { $0.append($1.number ?? $0[$0.count - 1]) }
    numbersFrom = revisions.reversed().reduce(into: [nil]) { $0.append($1.number ?? $0[$0.count - 1]) }.reversed()
    var known: [String: UInt64] = [:]
    for step in steps {
      if let uid = step.uid, let version = step.version { known[uid] = min(known[uid] ?? version, version) }
    }
    versions = steps.map { $0.uid.flatMap { known[$0] } }
    upkeep = FindingSearch.upkeep(of: key)
  }

  private mutating func take(_ index: Int) {
    let step = steps[index]
    if let uid = step.uid {
      if let life, life.uid != uid {
        if !isEndShown, isOrderKnown(life.index, index), !mayHaveEnded(from: life.index, to: index) {
          addReplaced(life, by: uid, at: index)
        }
        last = nil
        isEndShown = false
      }
      life = (uid, index)
    }
    if let answer = step.answer, step.uid != nil, !answer.isPartial {
      see(answer, at: index)
      if !answer.isDeleted { isEndShown = false }
    }
    if step.isEnd || step.isCollection { isEndShown = true }
    if case .write(.terminating, _) = step.effect { isEndShown = true }
    if isBypass(step) { addBypass(index) }
  }

  // MARK: Between two sightings

  private mutating func see(_ answer: StoredObject, at index: Int) {
    let step = steps[index]
    if isTrial(answer) || isOutdated(answer) { return }
    let managers = answer.managers
    defer {
      last = Sighting(
        index: index, object: answer.object, version: answer.resourceVersion, managers: Set(managers),
        isBeforeWrite: step.act.verb == "deletecollection" && !step.isEnd)
    }
    guard let last else { return }
    let between = unseenCount(since: last, answer, at: index)
    let request = Touched(step, key)
    var evidence: [String] = []

    let generations = (last.object.generation, answer.object.generation)
    let writeCount = between + (request.isWrite ? 1 : 0)
    if let old = generations.0, let new = generations.1, FindingSearch.skips(old, new, writeCount) {
      evidence.append("generation \(old) -> \(new)")
    }
    if between == 0, let base = step.baseVersion, let known = last.version, isLater(base, than: known),
      last.object["status"] == nil, answer.object["status"] == nil
    {
      evidence.append("written on version \(base), the last one in the log is \(known)")
    }
    var paths: [String]?
    if between == 0, isSameVersion(last.object, answer.object) {
      let kept = upkeep.union(.ofStatusKeepers(last.object, answer.object))
      paths = request.untouched(from: last.object, to: answer.object, besides: kept)
      if let paths, !paths.isEmpty { evidence.append(contentWords(paths, step)) }
    }
    evidence += strangers(managers, last, step).map(\.words)
    guard !evidence.isEmpty else { return }
    let differing =
      paths.flatMap { $0.isEmpty ? nil : $0 }
      ?? FieldDifferences(from: last.object, to: answer.object, ignoring: upkeep).paths
    add(.outside, from: last.index, at: index, paths: differing, evidence: evidence)
  }

  /// Whether a number counted up further than writes account for: any two integers, since the log may hold any.
  private static func skips(_ old: Int64, _ new: Int64, _ writeCount: Int) -> Bool {
    new > old && UInt64(bitPattern: new &- old) > UInt64(writeCount)
  }

  /// How many writes of which the log does not show what they left may have come between two sightings.
  private func unseenCount(since last: Sighting, _ answer: StoredObject, at index: Int) -> Int {
    // A deletecollection that does not name what it met may have begun to delete what finalizers hold.
    let mayHaveBegun =
      answer.isDeleted && !last.object.isDeleted && steps[last.index..<index].contains(where: \.isCollection)
    return unseen.count(between: last.index, and: index, uid: steps[index].uid)
      + (last.isBeforeWrite || mayHaveBegun ? 1 : 0)
  }

  /// Whether the answer is older than what was seen before: a deletecollection lists objects before it deletes them, and
  /// one may be written in between.
  private func isOutdated(_ answer: StoredObject) -> Bool {
    guard let version = answer.resourceVersion.flatMap({ UInt64($0) }),
      let known = last?.version.flatMap({ UInt64($0) })
    else { return false }
    return version < known
  }

  /// Whether the answer is what would have become of the object: one version cannot have two contents. So it is after a
  /// dry run whose record leaves out that it was one.
  private func isTrial(_ answer: StoredObject) -> Bool {
    guard let last, let version = answer.resourceVersion, version == last.version,
      isSameVersion(last.object, answer.object)
    else { return false }
    let generations = (last.object.generation, answer.object.generation)
    if let old = generations.0, let new = generations.1, new > old { return true }
    return !FieldDifferences(from: last.object, to: answer.object, ignoring: upkeep).paths.isEmpty
  }

  private func contentWords(_ paths: [String], _ step: Step) -> String {
    let more = paths.count > 1 ? " and \(paths.count - 1) more" : ""
    return "\(paths[0])\(more) had changed before this \(step.act.verb), which does not touch it"
  }

  /// Entries of managedFields that are new and that no act accounts for.
  private func strangers(
    _ managers: [FieldManager], _ last: Sighting, _ step: Step
  ) -> [FieldManager] {
    // Left out by the one server's audit policy and logged by another's, they need not be new but for their time.
    let since = last.object["metadata", "managedFields"] == nil ? steps[last.index].end : nil
    let news = managers.filter { entry in
      !last.managers.contains(entry) && !entry.isMadeUp && !entry.isUpkeep && since.map { entry.time > $0 } ?? true
    }
    guard !news.isEmpty else { return [] }
    guard let patched = step.patchedManagers(of: last.object) else { return [] }
    let sent = Set(FieldManager.all(of: step.detail.request) + patched)
    let isOwnThere =
      step.fieldManager.map { name in news.contains { $0.manager == name && $0.isWithin(step) } } ?? false
    return news.filter { entry in
      if sent.contains(entry) { return false }
      if isOwn(entry, of: step) { return false }
      let isByStep = step.isEffective && entry.isWithin(step) && (!isOwnThere || step.fieldManager == entry.manager)
      return !isByStep && !unseen.mayHave(entry, by: step.uid)
    }
  }

  /// Whether the write itself must have left the entry: each manager has but one for its updates and one for what it
  /// applies, and a write brings its own up to date. Whatever the clocks of two API servers say.
  private func isOwn(_ entry: FieldManager, of step: Step) -> Bool {
    guard case .write(let operation, _) = step.effect, operation != .terminating, entry.subresource.isEmpty,
      step.fieldManager == entry.manager
    else { return false }
    return step.isApply == (entry.operation == "Apply")
  }

  /// What the API server, Calico's, and the components that run a pod keep up on their own. The server itself brings
  /// last-applied up to date when somebody applies on its side.
  private let upkeep: FieldExtent

  static func upkeep(of key: ObjectKey) -> FieldExtent {
    var extent = ServerFields.extent
    for annotation in ["deployment.kubernetes.io/revision", InitialState.annotation, "projectcalico.org/metadata"] {
      extent.add(["metadata", "annotations", annotation])
    }
    extent.add(["metadata", "labels", "projectcalico.org/tier"])
    if key.isPod {
      extent.add(["spec", "nodeName"])
      for name in ["containerID", "podIP", "podIPs"] {
        extent.add(["metadata", "annotations", "cni.projectcalico.org/" + name])
      }
    }
    return extent
  }

  private func isSameVersion(_ old: JSONValue, _ new: JSONValue) -> Bool {
    guard let left = old["apiVersion"]?.string, let right = new["apiVersion"]?.string else { return true }
    return left == right
  }

  /// resourceVersions are compared as numbers where they are some; others can only differ.
  private func isLater(_ version: String, than known: String) -> Bool {
    if let left = UInt64(version), let right = UInt64(known) { return left > right }
    return version != known
  }

  // MARK: Lives

  /// Which of two lives came first: versions tell, also one that the store had reached when the second was there; so do
  /// lines of one file, and times as long as no clock was set back.
  private func isOrderKnown(_ old: Int, _ new: Int) -> Bool {
    if let first = versions[old], versions[new] != nil || steps[new].floor.map({ first < $0 }) ?? false { return true }
    // Lines of one file stand in the order in which requests ended, whatever the clock said. Where they seem not to, as
    // in the answer to a search, newest first and all on one line, times tell, of requests that did not run at once.
    let places = (steps[old].act.source, steps[new].act.source)
    let isOneFile = !places.0.file.isEmpty && places.0.file == places.1.file
    if isOneFile, places.0.line < places.1.line { return true }
    if context.hasClockSteps { return false }
    return isOneFile ? steps[old].end <= steps[new].act.time : steps[old].act.time <= steps[new].end
  }

  private func mayHaveEnded(from start: Int, to end: Int) -> Bool {
    let since = steps[start].act.time
    let until = steps[end].end
    if context.namespaceDeletions.contains(where: { since.adding(seconds: -1) <= $0 && $0 <= until.adding(seconds: 1) })
    {
      return true
    }
    return unseenEnds.count(between: start, and: end, uid: steps[start].uid) > 0
  }

  private mutating func addReplaced(_ old: (uid: String, index: Int), by uid: String, at index: Int) {
    if goesWithService(steps[index]) { return }
    var words = "uid \(old.uid) -> \(uid), and no act deleted the first"
    let object = steps[index].answer?.object
    if !steps[index].isCreation, let created = object?["metadata", "creationTimestamp"]?.string {
      words += "; the second was created at \(created)"
    }
    var paths: [String] = []
    if let last, let object { paths = FieldDifferences(from: last.object, to: object, ignoring: upkeep).paths }
    add(.outside, from: old.index, at: index, paths: paths, evidence: [words])
  }

  /// Endpoints end with their service, inside the API server and without a line, and their controller makes the next.
  private func goesWithService(_ step: Step) -> Bool {
    key.group.isEmpty && key.resource == "endpoints" && step.isCreation
      && step.act.isOf(controller: "endpoint-controller")
  }

  // MARK: Past the API

  private func isBypass(_ step: Step) -> Bool {
    guard context.showsCalicoAPI, step.act.object?.group == CalicoAccounts.storageGroup, step.isEffective else {
      return false
    }
    return !CalicoAccounts.mayWriteStorage(step.act)
  }

  private mutating func addBypass(_ index: Int) {
    let act = steps[index].act
    let agent = act.agent.map { " with \($0)" } ?? ""
    add(
      .bypass, from: last?.index == index ? nil : last?.index, at: index, paths: [],
      evidence: [
        "\(act.verb) of \(CalicoAccounts.storageGroup) by \(act.actorText)\(agent), past the projectcalico.org API"
      ])
  }

  // MARK: Borrowed names

  private mutating func addReused() {
    for (first, again) in reusedAuditIDs(steps) {
      let acts = (steps[first].act, steps[again].act)
      add(
        .reused, from: first, at: again, paths: [],
        evidence: [
          "auditID \(acts.1.auditID ?? "") of the \(acts.0.verb) by \(acts.0.actorText) at \(acts.0.time.rfc3339) again"
        ])
    }
    for (index, step) in steps.enumerated() {
      guard let auditID = step.act.auditID, context.reusedAuditIDs.contains(auditID) else { continue }
      add(
        .reused, from: index, at: index, paths: [],
        evidence: ["auditID \(auditID) stands on a request about something else too"])
    }
    findings = findings.enumerated().sorted { ($0.element.position, $0.offset) < ($1.element.position, $1.offset) }.map(
      \.element)
  }

  private mutating func add(_ kind: Finding.Kind, from start: Int?, at index: Int, paths: [String], evidence: [String])
  {
    // A read has no row: what it shows stands before the next one.
    let row = nextRows[index]
    let step = steps[index]
    guard !revisions.isEmpty, rows[index] != nil || step.isSighting else { return }
    findings.append(
      Finding(
        kind: kind, object: key, objectKind: revisions[0].kind,
        after: numbersBefore[row], before: numbersFrom[row], position: row, paths: paths, evidence: evidence,
        since: kind == .bypass ? step.act.time : start.map { steps[$0].act.time }, until: step.end))
  }
}
