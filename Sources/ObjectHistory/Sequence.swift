import AuditModel

/// Puts the acts on one object in the order in which they happened.
///
/// resourceVersions decide where answers carry them: lines stand in the log in the order in which requests ended, and
/// clocks are stepped. Acts that only have a time are merged in between.
func inOrder(_ steps: [Step]) -> [Step] {
  let sorted = steps.indices.map { Slot(steps[$0], index: $0) }.sorted {
    ($0.end, $0.time, $0.id) < ($1.end, $1.time, $1.id)
  }
  let loose = sorted.filter { $0.uid == nil }
  var byUID: [String: [Slot]] = [:]
  var uids: [String] = []
  for slot in sorted {
    guard let uid = slot.uid else { continue }
    if byUID[uid] == nil { uids.append(uid) }
    byUID[uid, default: []].append(slot)
  }
  let lives = inOrder(lives: uids.map { life(byUID[$0] ?? []) })
  return merged(lives.flatMap { $0 }, with: loose).map { steps[$0.index] }
}

/// What decides where a step stands: little to move about, where a step holds whole bodies.
private struct Slot {
  var index: Int
  var end: Timestamp
  var time: Timestamp
  var id: ActID
  var uid: String?
  var version: UInt64?
  var floor: UInt64?
  var isEffective: Bool
  var isEnd: Bool

  init(_ step: Step, index: Int) {
    self.index = index
    end = step.end
    time = step.act.time
    id = step.act.id
    uid = step.uid
    version = step.version
    floor = step.floor
    isEffective = step.isEffective
    isEnd = step.isEnd && step.isSureEnd
  }
}

/// The acts on one uid: versions, what answered with a version just after it, and the end last.
private func life(_ slots: [Slot]) -> [Slot] {
  var versions = slots.filter { $0.version != nil }
  versions.sort { left, right in
    guard left.version == right.version else { return (left.version ?? 0) < (right.version ?? 0) }
    // The write that made a version comes before those that found it.
    if left.isEffective != right.isEffective { return left.isEffective }
    return (left.end, left.id) < (right.end, right.id)
  }
  let others = slots.filter { $0.version == nil && !$0.isEnd }
  return merged(versions, with: others) + slots.filter { $0.version == nil && $0.isEnd }
}

/// One life after the other: by resourceVersion, else by time. What was there when the store had come past the first
/// version of another life came after it.
private func inOrder(lives: [[Slot]]) -> [[Slot]] {
  let known = lives.map { life in
    (
      slots: life, first: life.lazy.compactMap(\.version).min(),
      start: life.lazy.map(\.end).min() ?? Timestamp(microseconds: 0)
    )
  }
  var ordered = known.filter { $0.first != nil }.sorted { ($0.first ?? 0, $0.start) < ($1.first ?? 0, $1.start) }
  for life in known where life.first == nil {
    let byTime = ordered.firstIndex { $0.start > life.start } ?? ordered.endIndex
    let floor = life.slots.lazy.compactMap(\.floor).max() ?? 0
    let after = ordered.lastIndex { $0.first.map { $0 < floor } ?? false }.map { $0 + 1 } ?? 0
    ordered.insert(life, at: max(byTime, after))
  }
  return ordered.map(\.slots)
}

/// Two sequences as one; each keeps its own order, and time decides between them.
private func merged(_ slots: [Slot], with others: [Slot]) -> [Slot] {
  if others.isEmpty { return slots }
  var result: [Slot] = []
  var rest = others[...]
  for slot in slots {
    while let next = rest.first, next.end < slot.end {
      result.append(next)
      rest.removeFirst()
    }
    result.append(slot)
  }
  return result + rest
}

extension Step {
  var isEnd: Bool { if case .end = effect { true } else { false } }
}
