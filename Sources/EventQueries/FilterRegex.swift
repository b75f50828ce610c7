/// A regular expression whose cost grows only with the lengths of pattern and text.
///
/// Log text is written by strangers, so nothing here goes back and tries again: all ways through the pattern are
/// followed side by side. That is why there are neither backreferences nor lookaround. Letter case counts unless
/// the expression says otherwise; `^` and `$` are the ends of the whole text; `.` is any character but a newline.
struct FilterRegex: Hashable, Sendable {
  var pattern: String
  var ignoresCase: Bool
  private let program: RegexProgram

  struct Problem: Error, Hashable {
    var message: String
    /// In scalars, from 0.
    var offset: Int
  }

  /// Longest pattern, in scalars.
  static let longestPattern = 500

  init(_ pattern: String, ignoresCase: Bool = false) throws(Problem) {
    self.pattern = pattern
    self.ignoresCase = ignoresCase
    var parser = RegexParser(pattern, ignoresCase: ignoresCase)
    let tree = try parser.whole()
    var compiler = RegexCompiler()
    try compiler.emit(tree)
    program = RegexProgram(steps: compiler.steps + [.match])
  }

  static func == (left: FilterRegex, right: FilterRegex) -> Bool {
    left.pattern == right.pattern && left.ignoresCase == right.ignoresCase
  }
  func hash(into hasher: inout Hasher) {
    hasher.combine(pattern)
    hasher.combine(ignoresCase)
  }

  /// Whether a part of the text fits.
  func matches(_ text: String) -> Bool {
    var copy = text
    return copy.withUTF8 { program.matches($0) }
  }

  /// The same over UTF-8; bytes that are none count as U+FFFD.
  func matches(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool { program.matches(bytes) }

  /// `/pattern/`, with `i` where case does not count.
  var printed: String {
    var out = "/"
    var isEscaped = false
    for scalar in pattern.unicodeScalars {
      if scalar == "/", !isEscaped { out += "\\" }
      isEscaped = scalar == "\\" && !isEscaped
      out.unicodeScalars.append(scalar)
    }
    return out + "/" + (ignoresCase ? "i" : "")
  }
}

/// One instruction; all but jumps go on to the next.
enum RegexStep: Sendable {
  case scalar(RegexSet)
  case assertion(RegexAssertion)
  /// Both ways.
  case split(Int, Int)
  case jump(Int)
  case match
}

enum RegexAssertion: Sendable {
  case start, end, boundary, noBoundary
}

struct RegexProgram: Sendable {
  var steps: [RegexStep]

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    var current = RegexThreads(count: steps.count)
    var next = RegexThreads(count: steps.count)
    var index = 0
    var before: UInt32?
    while true {
      var end = index
      let scalar = index < text.count ? Self.scalar(at: &end, of: text) : nil
      if follow(0, into: &current, before: before, after: scalar) { return true }
      guard let scalar else { return current.hasMatch }
      if current.hasMatch { return true }
      var after = end
      let following = end < text.count ? Self.scalar(at: &after, of: text) : nil
      next.clear()
      for thread in 0..<current.count {
        let step = current.dense[thread]
        if case .scalar(let set) = steps[step], set.contains(scalar),
          follow(step + 1, into: &next, before: scalar, after: following)
        {
          return true
        }
      }
      swap(&current, &next)
      before = scalar
      index = end
    }
  }

  /// Adds the step and all that it leads to without taking a character.
  /// - Returns: whether the end of the pattern was reached.
  private func follow(_ start: Int, into threads: inout RegexThreads, before: UInt32?, after: UInt32?) -> Bool {
    threads.stack.append(start)
    while let step = threads.stack.popLast() {
      guard threads.insert(step) else { continue }
      switch steps[step] {
      case .match:
        threads.stack.removeAll(keepingCapacity: true)
        threads.hasMatch = true
        return true
      case .jump(let target): threads.stack.append(target)
      case .split(let one, let other):
        threads.stack.append(other)
        threads.stack.append(one)
      case .assertion(let assertion):
        let holds =
          switch assertion {
          case .start: before == nil
          case .end: after == nil
          case .boundary: Self.isWord(before) != Self.isWord(after)
          case .noBoundary: Self.isWord(before) == Self.isWord(after)
          }
        if holds { threads.stack.append(step + 1) }
      case .scalar: break
      }
    }
    return false
  }

  static func isWord(_ scalar: UInt32?) -> Bool { scalar.map(RegexSet.word.contains) ?? false }

  /// The character at the index, which is moved behind it.
  private static func scalar(at index: inout Int, of text: UnsafeBufferPointer<UInt8>) -> UInt32 {
    let first = text[index]
    index += 1
    guard first >= 0x80 else { return UInt32(first) }
    let length: Int
    switch first {
    case 0xC2...0xDF: length = 1
    case 0xE0...0xEF: length = 2
    case 0xF0...0xF4: length = 3
    default: return 0xFFFD
    }
    guard index + length <= text.count else { return 0xFFFD }
    var value = UInt32(first) & (0x3F >> UInt32(length))
    for offset in 0..<length {
      guard text[index + offset] & 0xC0 == 0x80 else { return 0xFFFD }
      value = value << 6 | UInt32(text[index + offset] & 0x3F)
    }
    index += length
    return value
  }
}

/// The steps that are being followed: a set that keeps its order and empties at once.
private struct RegexThreads {
  var dense: [Int]
  var sparse: [Int]
  var count = 0
  var hasMatch = false
  var stack: [Int] = []

  init(count: Int) {
    dense = Array(repeating: 0, count: count)
    sparse = Array(repeating: 0, count: count)
  }
  mutating func clear() {
    count = 0
    hasMatch = false
  }
  mutating func insert(_ step: Int) -> Bool {
    let place = sparse[step]
    if place < count, dense[place] == step { return false }
    sparse[step] = count
    dense[count] = step
    count += 1
    return true
  }
}

/// A set of characters: a bit for each of ASCII, ranges for the rest.
struct RegexSet: Sendable {
  private var low: UInt64 = 0
  private var high: UInt64 = 0
  /// Beyond ASCII, ascending, apart from each other.
  private var ranges: [ClosedRange<UInt32>] = []

  init() {}
  init(_ ranges: [ClosedRange<UInt32>]) { for range in ranges { insert(range) } }

  static let digit = RegexSet([48...57])
  static let word = RegexSet([48...57, 65...90, 95...95, 97...122])
  static let space = RegexSet([9...13, 32...32, 0x85...0x85, 0xA0...0xA0, 0x2000...0x200A, 0x2028...0x2029, 0x3000...0x3000])
  static let anyButNewline = RegexSet([10...10]).inverted

  @inline(__always) func contains(_ scalar: UInt32) -> Bool {
    if scalar < 64 { return low >> UInt64(scalar) & 1 == 1 }
    if scalar < 128 { return high >> UInt64(scalar - 64) & 1 == 1 }
    return ranges.contains { $0.contains(scalar) }
  }

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
      if other.overlaps(merged) || other.upperBound + 1 == merged.lowerBound || merged.upperBound + 1 == other.lowerBound {
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
