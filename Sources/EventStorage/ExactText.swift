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

/// A value of a column, as it is told from others.
protocol CodedValue: Sendable {
  associatedtype Key: Hashable & Sendable
  var key: Key { get }
}

extension String: CodedValue {
  var key: ExactText { ExactText(self) }
}

extension [String]: CodedValue {
  var key: [ExactText] { map(ExactText.init) }
}
