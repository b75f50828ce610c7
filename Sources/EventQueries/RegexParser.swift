/// A regular expression as a tree.
indirect enum RegexTree: Sendable {
  case empty
  case set(RegexSet)
  case assertion(RegexAssertion)
  case sequence([RegexTree])
  case choice([RegexTree])
  case repeated(RegexTree, minimum: Int, maximum: Int?)
}

struct RegexParser {
  private let scalars: [Unicode.Scalar]
  private var index = 0
  private var ignoresCase: Bool
  private var depth = 0

  init(_ pattern: String, ignoresCase: Bool) {
    scalars = Array(pattern.unicodeScalars)
    self.ignoresCase = ignoresCase
  }

  mutating func whole() throws(FilterRegex.Problem) -> RegexTree {
    guard scalars.count <= FilterRegex.longestPattern else {
      throw problem("a regular expression may have \(FilterRegex.longestPattern) characters at most", at: 0)
    }
    if scalars.starts(with: "(?i)".unicodeScalars) {
      ignoresCase = true
      index = 4
    }
    let tree = try choice()
    if peek != nil { throw problem("this ) closes nothing", at: index) }
    return tree
  }

  private var peek: Unicode.Scalar? { index < scalars.count ? scalars[index] : nil }

  private mutating func take(_ wanted: Unicode.Scalar) -> Bool {
    guard peek == wanted else { return false }
    index += 1
    return true
  }

  private func problem(_ message: String, at offset: Int) -> FilterRegex.Problem {
    FilterRegex.Problem(message: message, offset: min(offset, scalars.count))
  }

  private mutating func choice() throws(FilterRegex.Problem) -> RegexTree {
    var ways = [try sequence()]
    while take("|") { ways.append(try sequence()) }
    return ways.count == 1 ? ways[0] : .choice(ways)
  }

  private mutating func sequence() throws(FilterRegex.Problem) -> RegexTree {
    var parts: [RegexTree] = []
    while let next = peek, next != "|", next != ")" { parts.append(try repeated()) }
    return parts.isEmpty ? .empty : parts.count == 1 ? parts[0] : .sequence(parts)
  }

  private mutating func repeated() throws(FilterRegex.Problem) -> RegexTree {
    let start = index
    var tree = try atom()
    while let next = peek {
      let bounds: (minimum: Int, maximum: Int?)
      switch next {
      case "*": bounds = (0, nil)
      case "+": bounds = (1, nil)
      case "?": bounds = (0, 1)
      case "{":
        guard let counted = try count() else { return tree }
        bounds = counted
      default: return tree
      }
      if next != "{" { index += 1 }
      if case .assertion = tree { throw problem("nothing to repeat", at: start) }
      // Which way is tried first makes no difference to whether there is one.
      if !take("?"), peek == "+" { throw problem("possessive repetition is not supported", at: index) }
      tree = .repeated(tree, minimum: bounds.minimum, maximum: bounds.maximum)
    }
    return tree
  }

  /// `{2}`, `{2,}`, `{2,5}`; nil, with nothing taken, for a brace that is only a character.
  private mutating func count() throws(FilterRegex.Problem) -> (minimum: Int, maximum: Int?)? {
    var at = index + 1
    func number() -> Int? {
      var value: Int?
      while at < scalars.count, ("0"..."9").contains(scalars[at]), (value ?? 0) < 10_000 {
        value = (value ?? 0) * 10 + Int(scalars[at].value - 48)
        at += 1
      }
      return value
    }
    guard let minimum = number() else { return nil }
    var maximum: Int? = minimum
    if at < scalars.count, scalars[at] == "," {
      at += 1
      maximum = number()
    }
    guard at < scalars.count, scalars[at] == "}" else { return nil }
    guard minimum <= 200, (maximum ?? 0) <= 200 else { throw problem("more than 200 repetitions", at: index) }
    guard maximum.map({ $0 >= minimum }) ?? true else { throw problem("repetitions the wrong way round", at: index) }
    index = at + 1
    return (minimum, maximum)
  }

  private mutating func atom() throws(FilterRegex.Problem) -> RegexTree {
    let start = index
    guard let scalar = peek else { return .empty }
    index += 1
    switch scalar {
    case "(":
      depth += 1
      guard depth <= 50 else { throw problem("nested too deeply", at: start) }
      if take("?") {
        guard take(":") else { throw problem("only (?:...) and a leading (?i) are supported", at: start) }
      }
      let inner = try choice()
      guard take(")") else { throw problem("this ( is never closed", at: start) }
      depth -= 1
      return inner
    case "*", "+", "?": throw problem("nothing to repeat", at: start)
    case ".": return .set(.anyButNewline)
    case "^": return .assertion(.start)
    case "$": return .assertion(.end)
    case "[": return .set(try bracket(from: start))
    case "\\":
      if take("b") { return .assertion(.boundary) }
      if take("B") { return .assertion(.noBoundary) }
      return .set(folded(try escape(from: start)))
    default: return .set(folded(RegexSet([scalar.value...scalar.value])))
    }
  }

  private func folded(_ set: RegexSet) -> RegexSet { ignoresCase ? set.caseFolded : set }

  /// What stands after a backslash.
  private mutating func escape(from start: Int) throws(FilterRegex.Problem) -> RegexSet {
    guard let scalar = peek else { throw problem("nothing after the \\", at: start) }
    index += 1
    switch scalar {
    case "d": return .digit
    case "D": return RegexSet.digit.inverted
    case "w": return .word
    case "W": return RegexSet.word.inverted
    case "s": return .space
    case "S": return RegexSet.space.inverted
    case "t": return RegexSet([9...9])
    case "n": return RegexSet([10...10])
    case "r": return RegexSet([13...13])
    case "x", "u":
      let braced = take("{")
      let wanted = braced ? 1...6 : scalar == "x" ? 2...2 : 4...4
      var digits = ""
      while digits.count < wanted.upperBound, let next = peek, next.properties.isASCIIHexDigit {
        digits.unicodeScalars.append(next)
        index += 1
      }
      guard wanted.contains(digits.count), let value = UInt32(digits, radix: 16), value <= 0x10FFFF,
        !braced || take("}")
      else { throw problem("hexadecimal digits expected", at: start) }
      return RegexSet([value...value])
    case "0"..."9": throw problem("backreferences are not supported", at: start)
    case "a"..."z", "A"..."Z": throw problem("\\\(scalar) is not supported", at: start)
    default: return RegexSet([scalar.value...scalar.value])
    }
  }

  private mutating func bracket(from start: Int) throws(FilterRegex.Problem) -> RegexSet {
    let isInverted = take("^")
    var set = RegexSet()
    var isFirst = true
    while true {
      guard let scalar = peek else { throw problem("this [ is never closed", at: start) }
      let at = index
      index += 1
      if scalar == "]", !isFirst { break }
      isFirst = false
      if scalar == "[", peek == ":" { throw problem("[:name:] classes are not supported", at: at) }
      var lower: UInt32 = scalar.value
      if scalar == "\\" {
        let escaped = try escape(from: at)
        guard let single = escaped.only else {
          set.formUnion(escaped)
          continue
        }
        lower = single
      }
      guard peek == "-", index + 1 < scalars.count, scalars[index + 1] != "]" else {
        set.insert(lower...lower)
        continue
      }
      index += 2
      var upper = scalars[index - 1].value
      if upper == 0x5C {
        guard let single = try escape(from: index - 1).only else {
          throw problem("a range needs two characters", at: at)
        }
        upper = single
      }
      guard lower <= upper else { throw problem("a range the wrong way round", at: at) }
      set.insert(lower...upper)
    }
    let chosen = folded(set)
    return isInverted ? chosen.inverted : chosen
  }
}

struct RegexCompiler {
  private(set) var steps: [RegexStep] = []
  private static let mostSteps = 4000

  mutating func emit(_ tree: RegexTree) throws(FilterRegex.Problem) {
    guard steps.count < Self.mostSteps else {
      throw FilterRegex.Problem(message: "the regular expression is too large", offset: 0)
    }
    switch tree {
    case .empty: break
    case .set(let set): steps.append(.scalar(set))
    case .assertion(let assertion): steps.append(.assertion(assertion))
    case .sequence(let parts): for part in parts { try emit(part) }
    case .choice(let ways):
      var jumps: [Int] = []
      for way in ways.dropLast() {
        let split = steps.count
        steps.append(.match)
        try emit(way)
        jumps.append(steps.count)
        steps.append(.match)
        steps[split] = .split(split + 1, steps.count)
      }
      if let last = ways.last { try emit(last) }
      for jump in jumps { steps[jump] = .jump(steps.count) }
    case .repeated(let part, let minimum, let maximum):
      for _ in 0..<minimum {
        let before = steps.count
        try emit(part)
        // Repeating what takes nothing adds nothing, and would cost time without adding steps.
        if steps.count == before { break }
      }
      if let maximum {
        var splits: [Int] = []
        for _ in minimum..<maximum {
          splits.append(steps.count)
          steps.append(.match)
          try emit(part)
        }
        for split in splits { steps[split] = .split(split + 1, steps.count) }
      } else {
        let split = steps.count
        steps.append(.match)
        try emit(part)
        steps.append(.jump(split))
        steps[split] = .split(split + 1, steps.count)
      }
    }
  }
}
