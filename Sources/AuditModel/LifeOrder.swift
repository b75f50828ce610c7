/// What decides where an act stands among the acts on its object: little to move about, where an act holds bodies.
public struct LifePlace: Sendable {
  /// When the request ended.
  public var end: Timestamp
  /// When it came in.
  public var time: Timestamp
  public var id: ActID
  /// Of the object as the server told it; nil where nobody vouches for it.
  public var uid: String?
  /// The resourceVersion that the answer shows.
  public var version: UInt64?
  /// A version that the store had reached when the request came in; nil where that is not known.
  public var floor: UInt64?
  /// Whether it made the version that it shows.
  public var isEffective: Bool
  /// Whether it surely is the end of the object.
  public var isEnd: Bool

  public init(
    end: Timestamp, time: Timestamp, id: ActID, uid: String?, version: UInt64?, floor: UInt64? = nil,
    isEffective: Bool, isEnd: Bool
  ) {
    self.end = end
    self.time = time
    self.id = id
    self.uid = uid
    self.version = version
    self.floor = floor
    self.isEffective = isEffective
    self.isEnd = isEnd
  }
}

/// The indices of acts on one object, given in any order, in the order in which they happened.
///
/// resourceVersions decide where answers carry them: lines stand in the log in the order in which requests ended, and
/// clocks are stepped. Acts that only have a time are merged in between.
public func lifeOrder(_ places: [LifePlace]) -> [Int] {
  let sorted = places.indices.map { Slot(place: places[$0], index: $0) }.sorted {
    ($0.place.end, $0.place.time, $0.place.id) < ($1.place.end, $1.place.time, $1.place.id)
  }
  let loose = sorted.filter { $0.place.uid == nil }
  var byUID: [String: [Slot]] = [:]
  var uids: [String] = []
  for slot in sorted {
    guard let uid = slot.place.uid else { continue }
    if byUID[uid] == nil { uids.append(uid) }
    byUID[uid, default: []].append(slot)
  }
  let lives = inOrder(lives: uids.map { life(byUID[$0] ?? []) })
  return merged(lives.flatMap { $0 }, with: loose).map(\.index)
}

private struct Slot {
  var place: LifePlace
  var index: Int
}

/// The acts on one uid: versions, what answered with a version just after it, and the end last.
private func life(_ slots: [Slot]) -> [Slot] {
  var versions = slots.filter { $0.place.version != nil }
  versions.sort { left, right in
    let (older, newer) = (left.place.version ?? 0, right.place.version ?? 0)
    guard older == newer else { return older < newer }
    // The write that made a version comes before those that found it.
    if left.place.isEffective != right.place.isEffective { return left.place.isEffective }
    return (left.place.end, left.place.id) < (right.place.end, right.place.id)
  }
  let others = slots.filter { $0.place.version == nil && !$0.place.isEnd }
  return merged(versions, with: others) + slots.filter { $0.place.version == nil && $0.place.isEnd }
}

/// One life after the other: by resourceVersion, else by time. What was there when the store had come past the first
/// version of another life came after it.
private func inOrder(lives: [[Slot]]) -> [[Slot]] {
  let known = lives.map { life in
    (
      slots: life, first: life.lazy.compactMap(\.place.version).min(),
      start: life.lazy.map(\.place.end).min() ?? Timestamp(microseconds: 0)
    )
  }
  var ordered = known.filter { $0.first != nil }.sorted { ($0.first ?? 0, $0.start) < ($1.first ?? 0, $1.start) }
  for life in known where life.first == nil {
    let byTime = ordered.firstIndex { $0.start > life.start } ?? ordered.endIndex
    let floor = life.slots.lazy.compactMap(\.place.floor).max() ?? 0
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
    while let next = rest.first, next.place.end < slot.place.end {
      result.append(next)
      rest.removeFirst()
    }
    result.append(slot)
  }
  return result + rest
}
