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

/// The instructions as plain numbers, so that following them touches no reference counts.
struct RegexProgram: Sendable {
  private struct Code {
    enum Kind: UInt8 {
      case scalar, start, end, boundary, noBoundary, split, jump, match
    }
    var kind: Kind
    /// Targets of a jump or split; for a scalar `one` is an index into `ranges`, or -1 for a set within ASCII.
    var one: Int32 = -1
    var other: Int32 = -1
    var low: UInt64 = 0
    var high: UInt64 = 0
  }
  private var codes: [Code] = []
  private var ranges: [[ClosedRange<UInt32>]] = []
  /// Bytes with which a match can begin; nil where it can begin with any, or be empty.
  private var firstBytes: [Bool]?

  init(steps: [RegexStep]) {
    for step in steps {
      switch step {
      case .scalar(let set):
        var code = Code(kind: .scalar, low: set.low, high: set.high)
        if !set.ranges.isEmpty {
          code.one = Int32(ranges.count)
          ranges.append(set.ranges)
        }
        codes.append(code)
      case .assertion(.start): codes.append(Code(kind: .start))
      case .assertion(.end): codes.append(Code(kind: .end))
      case .assertion(.boundary): codes.append(Code(kind: .boundary))
      case .assertion(.noBoundary): codes.append(Code(kind: .noBoundary))
      case .split(let one, let other): codes.append(Code(kind: .split, one: Int32(one), other: Int32(other)))
      case .jump(let target): codes.append(Code(kind: .jump, one: Int32(target)))
      case .match: codes.append(Code(kind: .match))
      }
    }
    firstBytes = possibleFirstBytes()
  }

  private func possibleFirstBytes() -> [Bool]? {
    var bytes = [Bool](repeating: false, count: 256)
    var seen = [Bool](repeating: false, count: codes.count)
    var open = [0]
    while let index = open.popLast() {
      guard !seen[index] else { continue }
      seen[index] = true
      let code = codes[index]
      switch code.kind {
      case .match: return nil
      case .jump: open.append(Int(code.one))
      case .split: open += [Int(code.one), Int(code.other)]
      case .start, .end, .boundary, .noBoundary: open.append(index + 1)
      case .scalar:
        for byte in 0..<64 where code.low >> UInt64(byte) & 1 == 1 { bytes[byte] = true }
        for byte in 0..<64 where code.high >> UInt64(byte) & 1 == 1 { bytes[64 + byte] = true }
        if code.one >= 0 { for byte in 128..<256 { bytes[byte] = true } }
      }
    }
    return bytes.contains(false) ? bytes : nil
  }

  func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
    codes.withUnsafeBufferPointer { codes in
      guard let firstBytes else { return run(text, codes, nil) }
      return firstBytes.withUnsafeBufferPointer { run(text, codes, $0) }
    }
  }

  private func run(
    _ text: UnsafeBufferPointer<UInt8>, _ codes: UnsafeBufferPointer<Code>, _ firstBytes: UnsafeBufferPointer<Bool>?
  ) -> Bool {
    var current = RegexThreads(count: codes.count)
    var next = RegexThreads(count: codes.count)
    var index = 0
    var before: UInt32?
    while true {
      if current.count == 0, let firstBytes {
        let start = index
        while index < text.count, !firstBytes[Int(text[index])] { index += 1 }
        if index == text.count { return false }
        // Assertions ask of a character only whether it is there and whether it is an ASCII letter or digit.
        if index > start { before = text[index - 1] < 0x80 ? UInt32(text[index - 1]) : 0xFFFD }
      }
      var end = index
      let scalar = index < text.count ? Self.scalar(at: &end, of: text) : nil
      let after = scalar
      if follow(0, codes, into: &current, before: before, after: after) { return true }
      guard let scalar else { return false }
      let following: UInt32? = end < text.count ? (text[end] < 0x80 ? UInt32(text[end]) : 0xFFFD) : nil
      next.clear()
      for thread in 0..<current.count {
        let step = Int(current.dense[thread])
        let code = codes[step]
        guard code.kind == .scalar else { continue }
        let fits: Bool
        if scalar < 64 {
          fits = code.low >> UInt64(scalar) & 1 == 1
        } else if scalar < 128 {
          fits = code.high >> UInt64(scalar - 64) & 1 == 1
        } else {
          fits = code.one >= 0 && ranges[Int(code.one)].contains { $0.contains(scalar) }
        }
        if fits, follow(step + 1, codes, into: &next, before: scalar, after: following) { return true }
      }
      swap(&current, &next)
      before = scalar
      index = end
    }
  }

  /// Adds the step and all that it leads to without taking a character.
  /// - Returns: whether the end of the pattern was reached.
  private func follow(
    _ start: Int, _ codes: UnsafeBufferPointer<Code>, into threads: inout RegexThreads, before: UInt32?, after: UInt32?
  ) -> Bool {
    threads.stack.append(Int32(start))
    while let step = threads.stack.popLast() {
      guard threads.insert(step) else { continue }
      let code = codes[Int(step)]
      let holds: Bool
      switch code.kind {
      case .match: return true
      case .scalar: continue
      case .jump:
        threads.stack.append(code.one)
        continue
      case .split:
        threads.stack.append(code.other)
        threads.stack.append(code.one)
        continue
      case .start: holds = before == nil
      case .end: holds = after == nil
      case .boundary: holds = Self.isWord(before) != Self.isWord(after)
      case .noBoundary: holds = Self.isWord(before) == Self.isWord(after)
      }
      if holds { threads.stack.append(step + 1) }
    }
    return false
  }

  private static func isWord(_ scalar: UInt32?) -> Bool {
    switch scalar {
    case .some(48...57), .some(65...90), .some(95), .some(97...122): true
    default: false
    }
  }

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
  var dense: [Int32]
  private var sparse: [Int32]
  private(set) var count = 0
  var stack: [Int32] = []

  init(count: Int) {
    dense = Array(repeating: 0, count: count)
    sparse = Array(repeating: 0, count: count)
  }
  mutating func clear() { count = 0 }
  mutating func insert(_ step: Int32) -> Bool {
    let place = Int(sparse[Int(step)])
    if place < count, dense[place] == step { return false }
    sparse[Int(step)] = Int32(count)
    dense[count] = step
    count += 1
    return true
  }
}
