import AuditModel

/// Which segments have an object of a name, in one list of all: for who asks about thousands of objects, where looking
/// into the names of each segment for each of them would take longer than reading their acts.
struct NameIndex: Sendable {
  /// 39 bits of the hash, the segment's place, and whether a history has acts there; ascending.
  private let entries: [UInt64]
  private static let hashShift: UInt64 = 24

  init(_ segments: [Segment]) throws {
    var entries: [UInt64] = []
    for (place, segment) in segments.enumerated() where segment.rowCount > 0 {
      try segment.objectNames().forEachHash { bits, isWritten in
        entries.append(bits << Self.hashShift | UInt64(place) << 1 | (isWritten ? 1 : 0))
      }
    }
    self.entries = entries.sorted()
  }

  /// Ascending.
  func segments(naming hash: ObjectHash, written: Bool) -> [Int] {
    let low = hash.bits << Self.hashShift
    var found: [Int] = []
    var index = firstIndex(in: 0..<entries.count) { entries[$0] >= low }
    while index < entries.count, entries[index] >> Self.hashShift == hash.bits {
      let place = Int(entries[index] & (1 << Self.hashShift - 1)) >> 1
      if found.last != place, !written || entries[index] & 1 == 1 { found.append(place) }
      index += 1
    }
    return found
  }
}

extension StoreState {
  /// The places of the segments that may have an object of the name, ascending.
  /// - Parameter written: whether only those count where a history has acts on it.
  func segments(naming hash: ObjectHash, written: Bool = false) throws -> [Int] {
    if let known = nameCache.withLock({ $0 }) { return known.segments(naming: hash, written: written) }
    return try segments.indices.filter { place in
      guard segments[place].rowCount > 0 else { return false }
      let found = try segments[place].objectNames().places(of: hash)
      return written ? found.contains(where: \.isWritten) : !found.isEmpty
    }
  }

  /// From now on one list tells.
  func indexNames() throws {
    guard nameCache.withLock({ $0 == nil }) else { return }
    let made = try NameIndex(segments)
    nameCache.withLock { $0 = made }
  }
}
