import AuditModel

/// Puts the acts on one object in the order in which they happened.
///
/// resourceVersions decide where answers carry them: lines stand in the log in the order in which requests ended, and
/// clocks are stepped. Acts that only have a time are merged in between.
func inOrder(_ steps: [Step]) -> [Step] {
  let sorted = steps.sorted { ($0.end, $0.act.time, $0.act.id) < ($1.end, $1.act.time, $1.act.id) }
  let loose = sorted.filter { $0.uid == nil }
  var byUID: [String: [Step]] = [:]
  var uids: [String] = []
  for step in sorted {
    guard let uid = step.uid else { continue }
    if byUID[uid] == nil { uids.append(uid) }
    byUID[uid, default: []].append(step)
  }
  let lives = inOrder(lives: uids.map { life(byUID[$0] ?? []) })
  return merged(lives.flatMap { $0 }, with: loose)
}

/// The acts on one uid: versions, what answered with a version just after it, and the end last.
private func life(_ steps: [Step]) -> [Step] {
  var versions = steps.filter { $0.version != nil }
  versions.sort { left, right in
    guard left.version == right.version else { return (left.version ?? 0) < (right.version ?? 0) }
    // The write that made a version comes before those that found it.
    if left.isEffective != right.isEffective { return left.isEffective }
    return (left.end, left.act.id) < (right.end, right.act.id)
  }
  let others = steps.filter { $0.version == nil && !$0.isEnd }
  return merged(versions, with: others) + steps.filter { $0.version == nil && $0.isEnd }
}

/// One life after the other: by resourceVersion, else by time.
private func inOrder(lives: [[Step]]) -> [[Step]] {
  func first(_ life: [Step]) -> UInt64? { life.lazy.compactMap(\.version).min() }
  func start(_ life: [Step]) -> Timestamp { life.map(\.end).min() ?? Timestamp(microseconds: 0) }
  var ordered = lives.filter { first($0) != nil }.sorted { (first($0) ?? 0, start($0)) < (first($1) ?? 0, start($1)) }
  for life in lives where first(life) == nil {
    ordered.insert(life, at: ordered.firstIndex { start($0) > start(life) } ?? ordered.endIndex)
  }
  return ordered
}

/// Two sequences as one; each keeps its own order, and time decides between them.
private func merged(_ steps: [Step], with others: [Step]) -> [Step] {
  var result: [Step] = []
  var rest = others[...]
  for step in steps {
    while let next = rest.first, next.end < step.end {
      result.append(next)
      rest.removeFirst()
    }
    result.append(step)
  }
  return result + rest
}

extension Step {
  var isEnd: Bool { if case .end = effect { true } else { false } }
}
