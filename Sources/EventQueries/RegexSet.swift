/// A set of characters: a bit for each of ASCII, ranges for the rest.
struct RegexSet: Sendable {
  private(set) var low: UInt64 = 0
  private(set) var high: UInt64 = 0
  /// Beyond ASCII, ascending, apart from each other.
  private(set) var ranges: [ClosedRange<UInt32>] = []

  init() {}
  init(_ ranges: [ClosedRange<UInt32>]) { for range in ranges { insert(range) } }

  static let digit = RegexSet([48...57])
  static let word = RegexSet([48...57, 65...90, 95...95, 97...122])
  static let space = RegexSet([
    9...13, 32...32, 0x85...0x85, 0xA0...0xA0, 0x2000...0x200A, 0x2028...0x2029, 0x3000...0x3000,
  ])
  static let anyButNewline = RegexSet([10...10]).inverted

  mutating func insert(_ range: ClosedRange<UInt32>) {
    var scalar = range.lowerBound
    while scalar <= range.upperBound, scalar < 128 {
      if scalar < 64 { low |= 1 << UInt64(scalar) } else { high |= 1 << UInt64(scalar - 64) }
      scalar += 1
    }
    guard range.upperBound >= 128 else { return }
    var merged = max(range.lowerBound, 128)...range.upperBound
    var rest: [ClosedRange<UInt32>] = []
    for other in ranges {
      if other.overlaps(merged) || other.upperBound + 1 == merged.lowerBound
        || merged.upperBound + 1 == other.lowerBound
      {
        merged = min(other.lowerBound, merged.lowerBound)...max(other.upperBound, merged.upperBound)
      } else {
        rest.append(other)
      }
    }
    ranges = (rest + [merged]).sorted { $0.lowerBound < $1.lowerBound }
  }

  mutating func formUnion(_ other: RegexSet) {
    low |= other.low
    high |= other.high
    for range in other.ranges { insert(range) }
  }

  var inverted: RegexSet {
    var result = RegexSet()
    result.low = ~low
    result.high = ~high
    var next: UInt32 = 128
    for range in ranges {
      if range.lowerBound > next { result.ranges.append(next...(range.lowerBound - 1)) }
      next = range.upperBound + 1
    }
    if next <= 0x10FFFF { result.ranges.append(next...0x10FFFF) }
    return result
  }

  /// The only character of the set; nil for any other set.
  var only: UInt32? {
    guard low.nonzeroBitCount + high.nonzeroBitCount + ranges.count == 1 else { return nil }
    if low != 0 { return UInt32(low.trailingZeroBitCount) }
    if high != 0 { return 64 + UInt32(high.trailingZeroBitCount) }
    return ranges[0].count == 1 ? ranges[0].lowerBound : nil
  }

  /// With the other case of its letters; beyond ASCII only of small sets, letter by letter.
  var caseFolded: RegexSet {
    var result = self
    let upper = high & 0x07FF_FFFE
    let lower = high & 0x07FF_FFFE_0000_0000
    result.high |= upper << 32 | lower >> 32
    for range in ranges where range.count <= 512 {
      for value in range {
        guard let scalar = Unicode.Scalar(value) else { continue }
        for mapped in [scalar.properties.lowercaseMapping, scalar.properties.uppercaseMapping] {
          if let other = mapped.unicodeScalars.first, mapped.unicodeScalars.count == 1 {
            result.insert(other.value...other.value)
          }
        }
      }
    }
    return result
  }
}
