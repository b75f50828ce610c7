/// A text with wild characters, compared without regard to case: `*` stands for any run, `?` for one character.
struct Glob: Hashable, Sendable {
  /// Folded bytes of the pattern; `any` and `one` stand for the wild characters. They are bytes that UTF-8 never has.
  private var bytes: [UInt8]
  private static let any: UInt8 = 0xFE
  private static let one: UInt8 = 0xFF

  init(pattern: String) {
    bytes = []
    append(pattern: pattern)
  }
  init(literal: String) { bytes = Array(literal.lowercased().utf8) }

  mutating func append(pattern: String) {
    for byte in pattern.lowercased().utf8 {
      switch byte {
      case UInt8(ascii: "*"): if bytes.last != Self.any { bytes.append(Self.any) }
      case UInt8(ascii: "?"): bytes.append(Self.one)
      default: bytes.append(byte)
      }
    }
  }

  mutating func append(literal: String) { bytes.append(contentsOf: literal.lowercased().utf8) }

  /// The pattern as a folded text, where nothing in it is wild.
  var literal: String? {
    bytes.contains { $0 >= Self.any } ? nil : String(decoding: bytes, as: UTF8.self)
  }

  /// Whether the whole text fits.
  func matches(_ text: String) -> Bool { Self.matches(bytes[...], text) }
  /// Whether a part of the text fits.
  func occurs(in text: String) -> Bool {
    var padded = [Self.any] + bytes
    if padded.last != Self.any { padded.append(Self.any) }
    return Self.matches(padded[...], text)
  }

  /// Goes back only to the last `*`, so the cost is at most the product of the two lengths.
  private static func matches(_ pattern: ArraySlice<UInt8>, _ text: String) -> Bool {
    var folded = text.lowercased()
    return folded.withUTF8 { text in
      var p = pattern.startIndex
      var t = 0
      var star: (pattern: Int, text: Int)?
      while t < text.count {
        if p < pattern.endIndex, pattern[p] == any {
          star = (p + 1, t)
          p += 1
        } else if p < pattern.endIndex, pattern[p] == one {
          p += 1
          t = endOfScalar(t, in: text)
        } else if p < pattern.endIndex, pattern[p] == text[t] {
          p += 1
          t += 1
        } else if let last = star {
          p = last.pattern
          t = endOfScalar(last.text, in: text)
          star = (p, t)
        } else {
          return false
        }
      }
      while p < pattern.endIndex, pattern[p] == any { p += 1 }
      return p == pattern.endIndex
    }
  }

  private static func endOfScalar(_ index: Int, in text: UnsafeBufferPointer<UInt8>) -> Int {
    var next = index + 1
    while next < text.count, text[next] & 0xC0 == 0x80 { next += 1 }
    return next
  }
}
