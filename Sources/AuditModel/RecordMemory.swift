/// What the last record looked like, so that of the next one only what differs has to be read: the versions of an
/// object are alike. Values that stand at the same place in both, byte for byte, are taken over, and then are one value
/// in memory.
///
/// For one thread at a time, and for records of one kind: others are read as well and come in each other's way.
public final class RecordMemory {
  /// Of the record as it was logged.
  var redacted = RedactionOutline()
  /// Of its redacted text.
  var parsed = JSONOutline()

  public init() {}

  /// Bytes of text that are kept; what was made of them takes some times as much.
  public var size: Int { redacted.text.count + parsed.text.count }
}

extension UnsafeRawBufferPointer {
  /// Whether the bytes from `start` on begin with those others.
  @inline(__always)
  func holds(_ other: UnsafeRawBufferPointer, at start: Int) -> Bool {
    guard start >= 0, other.count <= count - start else { return false }
    guard let left = baseAddress, let right = other.baseAddress else { return other.isEmpty }
    var at = 0
    while at + 8 <= other.count {
      if (left + start + at).loadUnaligned(as: UInt64.self) != (right + at).loadUnaligned(as: UInt64.self) {
        return false
      }
      at += 8
    }
    while at < other.count {
      if self[start + at] != other[at] { return false }
      at += 1
    }
    return true
  }

  @inline(__always)
  func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }
}
