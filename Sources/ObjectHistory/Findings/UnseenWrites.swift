import AuditModel

/// The acts on one object that may have written it and whose result is not known: bodies cut away or never logged, or
/// no end of the request in the log.
struct UnseenWrites {
  private let steps: [Step]
  /// Indices of those, ascending.
  private let indices: [Int]
  /// Whether a later version has an earlier time. Where acts without a version stand is then anybody's guess.
  private let isClockStepped: Bool

  /// - Parameter isClockStepped: where it is known; else the versions of this object tell.
  init(_ steps: [Step], isClockStepped: Bool) {
    self.steps = steps
    indices = steps.indices.filter { steps[$0].isUnseenWrite }
    var latest: Timestamp?
    var isStepped = isClockStepped
    for step in steps where step.version != nil && step.isEffective {
      if let latest, step.end < latest.adding(seconds: -2) { isStepped = true }
      latest = max(latest ?? step.act.time, step.act.time)
    }
    self.isClockStepped = isStepped
  }

  /// Those that may have come between two steps: by place, or by time, since requests run at the same time.
  func between(_ start: Int, _ end: Int, uid: String?) -> ArraySlice<Step> {
    if indices.isEmpty { return [] }
    let fitting = candidates(start, end).map { steps[$0] }
    return fitting.filter { $0.uid == nil || uid == nil || $0.uid == uid }[...]
  }

  /// Whether one of them, wherever it stands, may have left an entry of managedFields: its own time tells that best, and
  /// its name where clocks do not agree.
  func mayHave(_ entry: FieldManager, by uid: String?) -> Bool {
    indices.contains { index in
      let step = steps[index]
      return (step.uid == nil || uid == nil || step.uid == uid)
        && (entry.isWithin(step) || (isClockStepped && step.fieldManager == entry.manager))
    }
  }

  private func candidates(_ start: Int, _ end: Int) -> [Int] {
    if isClockStepped { return indices.filter { $0 != start && $0 != end } }
    let since = steps[start].act.time.adding(seconds: -1)
    let until = steps[end].end.adding(seconds: 1)
    func fits(_ index: Int) -> Bool {
      index > start && index < end || (steps[index].act.time <= until && steps[index].end >= since)
    }
    var low = 0
    var high = indices.count
    while low < high {
      let middle = (low + high) / 2
      if indices[middle] <= start { low = middle + 1 } else { high = middle }
    }
    var first = low
    while first > 0, fits(indices[first - 1]) { first -= 1 }
    var past = low
    while past < indices.count, fits(indices[past]) { past += 1 }
    return indices[first..<past].filter { $0 != start && $0 != end }
  }
}

extension Step {
  fileprivate var isUnseenWrite: Bool {
    if act.outcome == .unknown { return act.isWrite }
    // A deletecollection can only have ended the object.
    guard isEffective, !isCollection else { return false }
    return answer.map(\.isPartial) ?? true
  }
}
