import AuditModel

/// The acts on one object that may have written it and whose result is not known: bodies cut away or never logged, or
/// no end of the request in the log.
struct UnseenWrites {
  private let steps: [Step]
  /// Whether a later version has an earlier time. Where acts without a version stand is then anybody's guess.
  private let isClockStepped: Bool
  private var all = Requests()
  /// By the uid that they tell, if any.
  private var byUID: [String?: Requests] = [:]

  /// - Parameters:
  ///   - isClockStepped: where it is known; else the versions of this object tell.
  ///   - isOne: which of them count.
  init(_ steps: [Step], isClockStepped: Bool, where isOne: (Step) -> Bool = { _ in true }) {
    self.steps = steps
    var latest: Timestamp?
    var isStepped = isClockStepped
    for step in steps where step.version != nil && step.isEffective {
      if let latest, step.end < latest.adding(seconds: -2) { isStepped = true }
      latest = max(latest ?? step.act.time, step.act.time)
    }
    self.isClockStepped = isStepped
    let indices = steps.indices.filter { steps[$0].isUnseenWrite && isOne(steps[$0]) }
    guard !indices.isEmpty else { return }
    all = Requests(steps, indices)
    byUID = Dictionary(grouping: indices) { steps[$0].uid }.mapValues { Requests(steps, $0) }
  }

  /// How many may have come between two steps: by place, or by time, since requests run at the same time.
  ///
  /// Costs what stands between the two.
  func count(between start: Int, and end: Int, uid: String?) -> Int {
    mayBe(uid).reduce(0) { sum, requests in
      sum + (isClockStepped ? requests.count(but: start, end) : requests.count(steps, between: start, and: end))
    }
  }

  /// Whether one of them, wherever it stands, may have left an entry of managedFields: its own time tells that best, and
  /// its name where clocks do not agree.
  func mayHave(_ entry: FieldManager, by uid: String?) -> Bool {
    mayBe(uid).contains { requests in
      requests.hasOne(writing: entry) || (isClockStepped && requests.managers.contains(entry.manager))
    }
  }

  /// Those that may be about one life; the uid is nil where that is not known.
  private func mayBe(_ uid: String?) -> [Requests] {
    guard let uid else { return [all] }
    return [byUID[nil], byUID[uid]].compactMap(\.self)
  }
}

/// Some of the steps, sorted by when they ran.
private struct Requests {
  /// Ascending.
  private var indices: [Int] = []
  /// When they began, ascending, and the latest end of each and those before it.
  private var starts: [Timestamp] = []
  private var latestEnds: [Timestamp] = []
  /// When they ended, ascending.
  private var ends: [Timestamp] = []
  private(set) var managers: Set<String> = []

  init() {}

  init(_ steps: [Step], _ indices: [Int]) {
    self.indices = indices
    let byStart = indices.sorted { steps[$0].act.time < steps[$1].act.time }
    starts = byStart.map { steps[$0].act.time }
    for index in byStart { latestEnds.append(max(latestEnds.last ?? steps[index].end, steps[index].end)) }
    ends = indices.map { steps[$0].lastTime }.sorted()
    managers = Set(indices.compactMap { steps[$0].fieldManager })
  }

  /// All but two, which need not be among them.
  func count(but start: Int, _ end: Int) -> Int {
    indices.count - [start, end].count { index in indices[safe: indices.place { $0 >= index }] == index }
  }

  /// Those that stand between two steps or ran at the time of what is there.
  func count(_ steps: [Step], between start: Int, and end: Int) -> Int {
    let bounds = [steps[start].act.time.adding(seconds: -1), steps[end].end.adding(seconds: 1)]
    // Clocks differ by a little: the first may come a moment after the second.
    let (since, until) = (min(bounds[0], bounds[1]), max(bounds[0], bounds[1]))
    func ran(_ index: Int) -> Bool { steps[index].act.time <= until && steps[index].lastTime >= since }
    let behind = indices.place { $0 > start }
    let between = indices[behind..<max(behind, indices.place { $0 >= end })]
    let atTheTime = starts.place { $0 > until } - ends.place { $0 >= since }
    let own = [start, end].count { index in indices[safe: indices.place { $0 >= index }] == index && ran(index) }
    return between.count + atTheTime - between.count(where: ran) - own
  }

  /// Whether one ran when the entry was written.
  func hasOne(writing entry: FieldManager) -> Bool {
    let begun = starts.place { !FieldManager.mayBegin($0, before: entry.time) }
    return latestEnds[safe: begun - 1].map { FieldManager.mayEnd($0, after: entry.time) } ?? false
  }
}

extension Array {
  /// The first index at which a condition holds that holds for all after it; the count where there is none.
  fileprivate func place(_ holds: (Element) -> Bool) -> Int {
    var low = 0
    var high = count
    while low < high {
      let middle = (low + high) / 2
      if holds(self[middle]) { high = middle } else { low = middle + 1 }
    }
    return low
  }

  fileprivate subscript(safe index: Int) -> Element? { indices.contains(index) ? self[index] : nil }
}

extension Step {
  fileprivate var isUnseenWrite: Bool {
    if act.outcome == .unknown { return act.isWrite }
    // A deletecollection can only have ended the object.
    guard isEffective, !isCollection else { return false }
    return answer.map(\.isPartial) ?? true
  }

  /// The end, but where a clock was set back while it ran.
  fileprivate var lastTime: Timestamp { max(act.time, end) }

  /// Whether it may have ended the object.
  var mayBeEnd: Bool {
    isEnd || isCollection || act.verb.hasPrefix("delete") || act.object?.subresource == "eviction"
  }
}
