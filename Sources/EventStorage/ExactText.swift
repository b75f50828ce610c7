#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// A text that equals another only byte for byte: Swift takes `e` with an accent for `é`, the API server does not, and
/// two names that look alike must stay two.
struct ExactText: Hashable, Sendable {
  let text: String
  init(_ text: String) { self.text = text }

  static func == (left: ExactText, right: ExactText) -> Bool { isSame(left.text, right.text) }

  func hash(into hasher: inout Hasher) {
    var copy = text
    copy.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
  }
}

func isSame(_ left: String, _ right: String) -> Bool {
  guard left.utf8.count == right.utf8.count else { return false }
  let answer = left.utf8.withContiguousStorageIfAvailable { left in
    right.utf8.withContiguousStorageIfAvailable { right in
      guard let start = left.baseAddress, let other = right.baseAddress else { return left.count == right.count }
      return memcmp(start, other, left.count) == 0
    }
  }
  if case .some(.some(let same)) = answer { return same }
  return left.utf8.elementsEqual(right.utf8)
}

func isSame(_ left: String?, _ right: String?) -> Bool {
  guard let left, let right else { return left == nil && right == nil }
  return isSame(left, right)
}

/// A value of a column, as it is told from others: byte for byte.
protocol CodedValue: Sendable {
  func isSame(as other: Self) -> Bool
  /// Whoever does not know the seed cannot make many values that meet.
  func tableHash(_ seed: UInt64) -> UInt64
}

extension String: CodedValue {
  func isSame(as other: String) -> Bool { EventStorage.isSame(self, other) }

  func tableHash(_ seed: UInt64) -> UInt64 {
    var copy = self
    return copy.withUTF8 { text in
      let bytes = UnsafeRawBufferPointer(text)
      var hash = seed ^ UInt64(bytes.count)
      var at = 0
      while at + 8 <= bytes.count {
        hash = mixed(hash ^ bytes.loadUnaligned(fromByteOffset: at, as: UInt64.self), seed | 1)
        at += 8
      }
      var rest: UInt64 = 0
      while at < bytes.count {
        rest = rest << 8 | UInt64(bytes[at])
        at += 1
      }
      return mixed(hash ^ rest, 0x9E37_79B9_7F4A_7C15 ^ seed)
    }
  }
}

extension [String]: CodedValue {
  func isSame(as other: [String]) -> Bool {
    count == other.count && indices.allSatisfy { self[$0].isSame(as: other[$0]) }
  }
  func tableHash(_ seed: UInt64) -> UInt64 {
    reduce(seed ^ UInt64(count)) { mixed($0 ^ $1.tableHash(seed), seed | 1) }
  }
}

/// Chosen anew in each run: the texts are written by others.
let hashSeed = UInt64.random(in: .min ... .max)

/// All bits of the product of both, folded into one word.
@inline(__always)
private func mixed(_ value: UInt64, _ factor: UInt64) -> UInt64 {
  let product = value.multipliedFullWidth(by: factor)
  return product.high ^ product.low
}
