import EventStorage
import LogDecoding

/// The sources of a store by how their texts begin, so that a file is compared with those alone that it may be.
struct SourceIndex {
  private struct Head: Hashable {
    var length: Int
    var fingerprint: [UInt8]
  }
  /// Ids, ascending.
  private var ids: [Head: [Int64]] = [:]
  /// Lengths of the heads of sources whose files are no longer as they were: a longer text may go on from them.
  private var openLengths: Set<Int> = []
  private var last: Int64 = 0

  /// Takes in what the store has got since.
  /// - Parameter isStill: whether the file is where the store has it, as it was. A copy of such a file that has grown
  ///   counts as another: records that both hold are known as such.
  mutating func catchUp(with store: EventStore, isStill: (StoredSource) -> Bool) {
    for source in store.sources(after: last) {
      last = source.id
      guard source.headLength > 0 else { continue }
      ids[Head(length: source.headLength, fingerprint: source.head), default: []].append(source.id)
      if !isStill(source) { openLengths.insert(source.headLength) }
    }
  }

  /// The sources that a text with these first bytes may be, or may have been before it grew, the newest first.
  func sources(beginning head: [UInt8]) -> [Int64] {
    var found: [Int64] = []
    for length in lengths(to: head.count) {
      found += ids[Head(length: length, fingerprint: sha256(head.prefix(length)))] ?? []
    }
    return found.sorted(by: >)
  }

  /// The lengths of heads to look for: each costs making a fingerprint.
  func lengths(to count: Int) -> Set<Int> { openLengths.filter { $0 < count }.union([count]) }
}
