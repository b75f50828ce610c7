import Glibc

extension UnsafeRawBufferPointer {
  func elementsEqualFast(_ other: UnsafeRawBufferPointer) -> Bool {
    guard count == other.count else { return false }
    guard count > 0, let left = baseAddress, let right = other.baseAddress else { return true }
    return memcmp(left, right, count) == 0
  }

  static func == (left: UnsafeRawBufferPointer, right: StaticString) -> Bool {
    left.elementsEqualFast(UnsafeRawBufferPointer(start: right.utf8Start, count: right.utf8CodeUnitCount))
  }

  func starts(with prefix: StaticString) -> Bool {
    count >= prefix.utf8CodeUnitCount && part(0..<prefix.utf8CodeUnitCount) == prefix
  }

  func starts(with prefix: [UInt8]) -> Bool { count >= prefix.count && zip(self, prefix).allSatisfy(==) }

  /// The bytes of a range, counted from 0 as in the whole.
  func part(_ range: Range<Int>) -> UnsafeRawBufferPointer { UnsafeRawBufferPointer(rebasing: self[range]) }

  /// The first place of a byte at or behind `start`.
  func first(_ byte: UInt8, from start: Int) -> Int? {
    guard start < count, let base = baseAddress, let hit = memchr(base + start, Int32(byte), count - start) else {
      return nil
    }
    return UnsafeRawPointer(hit) - base
  }

  /// The first place of a byte in a range.
  func first(_ byte: UInt8, in range: Range<Int>) -> Int? {
    guard !range.isEmpty, let base = baseAddress,
      let hit = memchr(base + range.lowerBound, Int32(byte), range.count)
    else { return nil }
    return UnsafeRawPointer(hit) - base
  }

  /// Whether a text, which is not empty, stands somewhere in the bytes.
  func contains(_ text: StaticString) -> Bool {
    var at = 0
    while at + text.utf8CodeUnitCount <= count, let hit = first(text.utf8Start.pointee, from: at) {
      if part(hit..<count).starts(with: text) { return true }
      at = hit + 1
    }
    return false
  }

  /// How often a byte occurs.
  func occurrences(of byte: UInt8, in range: Range<Int>) -> Int {
    var found = 0
    var at = range.lowerBound
    while let hit = first(byte, in: at..<range.upperBound) {
      found += 1
      at = hit + 1
    }
    return found
  }

  /// The range without white space, NUL and byte order marks at either end.
  func trimmed(_ range: Range<Int>) -> Range<Int> {
    var start = range.lowerBound
    var end = range.upperBound
    while start < end {
      if Ascii.isFiller(self[start]) {
        start += 1
      } else if self[start] == 0xEF, end - start >= 3, self[start + 1] == 0xBB, self[start + 2] == 0xBF {
        start += 3
      } else {
        break
      }
    }
    while end > start, Ascii.isFiller(self[end - 1]) { end -= 1 }
    return start..<end
  }
}

/// Bytes that have a meaning between records.
enum Ascii {
  static let newline = UInt8(ascii: "\n")
  static let quote = UInt8(ascii: "\"")
  static let backslash = UInt8(ascii: "\\")
  static let comma = UInt8(ascii: ",")
  static let colon = UInt8(ascii: ":")
  static let openBrace = UInt8(ascii: "{")
  static let closeBrace = UInt8(ascii: "}")
  static let openBracket = UInt8(ascii: "[")
  static let closeBracket = UInt8(ascii: "]")

  /// White space; NUL: a log that was cut while its writer held it open starts with a run of them; and what RFC 7464
  /// puts in front of each record (`journalctl -o json-seq`).
  static func isFiller(_ byte: UInt8) -> Bool {
    byte == 0x20 || (0x09...0x0D).contains(byte) || byte == 0 || byte == 0x1E
  }
}
