import AuditModel

/// What records looked like last, by the objects that they are about. For one thread at a time.
final class RecordMemories {
  private var slots: [RecordMemory?] = Array(repeating: nil, count: 256)
  /// Bytes of text at most, but for the records at hand.
  private static let sizeLimit = 4 << 20

  /// The memories of records of acts on one object.
  struct Kind {
    fileprivate let memories: RecordMemories
    fileprivate var hasher = Hasher()

    /// - Parameter isStorageWrite: whether the record is about the object as Calico stores it.
    subscript(stage: Stage, isStorageWrite isStorageWrite: Bool) -> RecordMemory {
      var hasher = hasher
      hasher.combine(stage)
      hasher.combine(isStorageWrite)
      return memories.memory(at: hasher.finalize() & 255)
    }
  }

  func kind(of act: Act) -> Kind {
    if slots.reduce(0, { $0 + ($1?.size ?? 0) }) > Self.sizeLimit {
      slots = Array(repeating: nil, count: slots.count)
    }
    var kind = Kind(memories: self)
    kind.hasher.combine(act.object?.resource)
    kind.hasher.combine(act.object?.namespace)
    kind.hasher.combine(act.object?.name)
    return kind
  }

  private func memory(at slot: Int) -> RecordMemory {
    if let known = slots[slot] { return known }
    let memory = RecordMemory()
    slots[slot] = memory
    return memory
  }
}
