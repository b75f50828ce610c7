import AuditModel

/// Which objects a segment has under a name, by hash: tells in some nanoseconds that it has none of that name, so that
/// the acts on one object are found among many segments without reading their columns.
///
/// Objects without a name, collections, are there by group and resource where an act on them may belong to the history
/// of what is in them: a deletion of the collection, or a list that was answered.
struct ObjectNames: Sendable {
  /// Ascending; see `entry`.
  private let entries: PackedNumbers

  init(_ entries: PackedNumbers) { self.entries = entries }

  /// The places of the objects that may have the name.
  func places(of hash: ObjectHash) -> [(place: Int, isWritten: Bool)] {
    let low = Int64(hash.bits << Self.hashShift)
    var index = firstIndex(in: 0..<entries.count) { entries.integer($0) >= low }
    var found: [(place: Int, isWritten: Bool)] = []
    while index < entries.count, entries.integer(index) >> Self.hashShift == Int64(hash.bits) {
      let entry = Int(entries.integer(index))
      found.append((entry >> 1 & Self.placeMask, entry & 1 == 1))
      index += 1
    }
    return found
  }

  /// Of each entry the hash, and whether a history has acts on the object in the segment.
  func forEachHash(_ body: (_ bits: UInt64, _ isWritten: Bool) -> Void) {
    for index in 0..<entries.count {
      let entry = entries.integer(index)
      body(UInt64(entry >> Self.hashShift), entry & 1 == 1)
    }
  }

  private static let hashShift = 24
  private static let placeMask = 1 << 23 - 1

  /// The values of column `objectNames`: 39 bits of the hash, the object's place, and whether a history reads acts on
  /// it: writes, and reads that were answered with the object.
  /// - Parameters:
  ///   - object: at a place.
  ///   - isWritten: of the object at a place.
  static func entries(
    _ count: Int, object: (Int) throws -> StoredObject, isWritten: (Int) throws -> Bool
  ) rethrows -> [Int64] {
    var entries: [Int64] = []
    for place in 0..<min(count, placeMask) {
      let object = try object(place)
      let isWritten = try isWritten(place)
      guard object.name != nil || isWritten else { continue }
      entries.append(Int64(ObjectHash(object).bits << hashShift) | Int64(place << 1) | (isWritten ? 1 : 0))
    }
    return entries.sorted()
  }
}

/// What an object is looked up by: its name, or the group and resource of a collection. Kept in stores, so the same in
/// every run.
struct ObjectHash: Hashable, Sendable {
  /// 39 bits, so that an entry is a positive number.
  let bits: UInt64

  init(_ object: StoredObject) {
    if let name = object.name {
      self.init(name: name)
    } else {
      self.init(name: "/\(object.group)/\(object.resource)")
    }
  }

  init(name: String) { bits = Self.hash(name) }

  /// FNV-1a.
  private static func hash(_ text: String) -> UInt64 {
    var value: UInt64 = 0xcbf2_9ce4_8422_2325
    for byte in text.utf8 { value = (value ^ UInt64(byte)) &* 0x0000_0100_0000_01b3 }
    return (value ^ value >> 32) & (1 << 39 - 1)
  }
}

extension Segment {
  /// Read where the segment has it; made from other columns for one that was written before there was such a column.
  func objectNames() throws -> ObjectNames {
    if try numbers(.objectNames).count > 0 || rowCount == 0 { return ObjectNames(try numbers(.objectNames)) }
    guard try objectCount() > 0 else { return ObjectNames(PackedNumbers([] as [Int64])) }
    return try madeNames {
      let verbs = try text(.verb)
      let levels = try numbers(.level)
      let outcomes = try numbers(.outcome)
      let entries = try ObjectNames.entries(
        objectCount(), object: object(at:),
        isWritten: { place in
          try rows(ofObjectAt: place).contains { row in
            try historyReads(
              isWrite: flags(row).contains(.isWrite), verb: verbs[row], level: levels.byte(row),
              outcome: outcomes.byte(row))
          }
        })
      return ObjectNames(PackedNumbers(entries))
    }
  }
}

/// Whether an act may belong to the history of an object that it is about.
func historyReads(isWrite: Bool, verb: String?, level: UInt8, outcome: UInt8) -> Bool {
  isWrite || verb == "deletecollection"
    || isAnsweredRead(level: level, outcome: outcome) && (verb == "get" || verb == "list")
}

/// A read that was accepted, with its answer in the log.
func isAnsweredRead(level: UInt8, outcome: UInt8) -> Bool {
  level == Level.requestResponse.rawValue && outcome == Outcome.read.rawValue
}
