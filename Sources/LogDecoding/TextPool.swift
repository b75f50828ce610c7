/// Keeps values made from bytes that recur, so that most records bring no new strings. Bounded: a slot that is
/// taken is given to the newcomer.
final class SlicePool<Value> {
  private struct Slot {
    var hash: UInt64 = 0
    var bytes: [UInt8] = []
    var value: Value?
  }
  // A plain stretch of memory: a look-up that hits copies nothing but the value.
  private let slots: UnsafeMutableBufferPointer<Slot>
  /// Longer ones are made anew each time.
  private let longest: Int

  init(capacity: Int = 4096, longest: Int = 1024) {
    precondition(capacity & (capacity - 1) == 0, "a power of two")
    slots = .allocate(capacity: capacity)
    slots.initialize(repeating: Slot())
    self.longest = longest
  }

  deinit {
    slots.deinitialize()
    slots.deallocate()
  }

  func value(of bytes: UnsafeRawBufferPointer, make: () -> Value) -> Value {
    guard bytes.count <= longest else { return make() }
    let hash = SlicePool.hash(bytes)
    let index = Int(truncatingIfNeeded: hash >> 16) & (slots.count - 1)
    // The bytes decide: a hash can be met on purpose, and a name must not turn into another one.
    if slots[index].hash == hash, slots[index].bytes.withUnsafeBytes({ $0.elementsEqualFast(bytes) }),
      let value = slots[index].value
    {
      return value
    }
    let value = make()
    slots[index] = Slot(hash: hash, bytes: Array(bytes), value: value)
    return value
  }

  /// Eight bytes at a time; good enough for a cache, where a clash costs only a new string.
  private static func hash(_ bytes: UnsafeRawBufferPointer) -> UInt64 {
    let factor: UInt64 = 0x9E37_79B9_7F4A_7C15
    var hash = UInt64(bytes.count) &* factor
    var at = 0
    func mix(_ word: UInt64) {
      hash = (hash ^ word) &* factor
      hash ^= hash >> 29
    }
    while at + 8 <= bytes.count {
      mix(bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self))
      at += 8
    }
    var rest: UInt64 = 0
    while at < bytes.count {
      rest = rest << 8 | UInt64(bytes[at])
      at += 1
    }
    mix(rest)
    return hash
  }
}

/// The strings and lists of strings that recur in the records that one decoder reads.
final class TextPool {
  private let texts = SlicePool<String>()
  private let lists = SlicePool<[String]>(capacity: 1024, longest: 4096)

  func text(_ bytes: UnsafeRawBufferPointer) -> String {
    // Up to fifteen bytes a String needs no memory of its own.
    bytes.count <= 15
      ? String(decoding: bytes, as: UTF8.self)
      : texts.value(of: bytes) { String(decoding: bytes, as: UTF8.self) }
  }

  /// - Parameter run: bytes that are equal only for equal lists.
  func list(_ run: UnsafeRawBufferPointer, make: () -> [String]) -> [String] { lists.value(of: run, make: make) }
}
