/// A number as its digits say it, however many: 9007199254740993 is greater than 9007199254740992, and the version
/// 18446744073709551617 than 18446744073709551616.
struct ExactNumber: Hashable, Comparable, Sendable {
  private var isNegative = false
  /// From 0 to 9, without zeros at either end; none of zero.
  private var digits: [UInt8] = []
  /// How many digits stand in front of the point: the value is 0.DIGITS times ten to the power of it.
  private var exponent = 0

  /// So many zeros nobody means: what goes beyond counts as this.
  private static let mostExponent = 1 << 40

  /// As JSON writes numbers: `10`, `-3`, `1.50`, `2e6`; also with zeros or a plus in front. Nil for anything else.
  init?(_ text: some StringProtocol) {
    var rest = Substring(text)[...]
    if let sign = rest.first, sign == "-" || sign == "+" {
      isNegative = sign == "-"
      rest.removeFirst()
    }
    let whole = Self.takeDigits(&rest)
    var fraction: [UInt8] = []
    if rest.first == "." {
      rest.removeFirst()
      fraction = Self.takeDigits(&rest)
    }
    guard !whole.isEmpty || !fraction.isEmpty else { return nil }
    exponent = whole.count
    if rest.first == "e" || rest.first == "E" {
      rest.removeFirst()
      let isShrinking = rest.first == "-"
      if isShrinking || rest.first == "+" { rest.removeFirst() }
      let power = Self.takeDigits(&rest)
      guard !power.isEmpty else { return nil }
      let shift = power.reduce(0) { min(Self.mostExponent, $0 * 10 + Int($1)) }
      exponent += isShrinking ? -shift : shift
    }
    guard rest.isEmpty else { return nil }
    digits = whole + fraction
    trim()
  }

  /// So many millionths.
  init(microseconds: Int64) {
    isNegative = microseconds < 0
    digits = String(microseconds.magnitude).utf8.map { $0 - UInt8(ascii: "0") }
    exponent = digits.count - 6
    trim()
  }

  /// Nil where it has a fraction or does not fit.
  var integer: Int64? {
    guard exponent <= 19, digits.count <= max(0, exponent) else { return nil }
    let zeros = Array(repeating: UInt8(0), count: max(0, exponent) - digits.count)
    let text = (digits + zeros).map(String.init).joined()
    return text.isEmpty ? 0 : Int64((isNegative ? "-" : "") + text)
  }

  /// - Parameter factor: below 2^60.
  func multiplied(by factor: UInt64) -> ExactNumber {
    var product = self
    var carry: UInt64 = 0
    for index in digits.indices.reversed() {
      carry += UInt64(digits[index]) * factor
      product.digits[index] = UInt8(carry % 10)
      carry /= 10
    }
    while carry > 0 {
      product.digits.insert(UInt8(carry % 10), at: 0)
      product.exponent += 1
      carry /= 10
    }
    product.trim()
    return product
  }

  static func < (left: ExactNumber, right: ExactNumber) -> Bool {
    guard left.isNegative == right.isNegative else { return left.isNegative }
    return left.isNegative ? right.isCloserToZero(than: left) : left.isCloserToZero(than: right)
  }

  private func isCloserToZero(than other: ExactNumber) -> Bool {
    guard !digits.isEmpty, !other.digits.isEmpty else { return digits.isEmpty && !other.digits.isEmpty }
    if exponent != other.exponent { return exponent < other.exponent }
    return digits.lexicographicallyPrecedes(other.digits)
  }

  private mutating func trim() {
    let leading = digits.prefix { $0 == 0 }.count
    digits.removeFirst(leading)
    exponent -= leading
    while digits.last == 0 { digits.removeLast() }
    if digits.isEmpty { (isNegative, exponent) = (false, 0) }
  }

  private static func takeDigits(_ rest: inout Substring) -> [UInt8] {
    let text = rest.utf8.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
    let digits = text.map { $0 - UInt8(ascii: "0") }
    rest = rest[text.endIndex...]
    return digits
  }
}

/// The numbers between two bounds; without one, all on that side.
struct NumberRange: Hashable, Sendable {
  struct Bound: Hashable, Sendable {
    var number: ExactNumber
    var isIncluded = true
  }
  var lower: Bound?
  var upper: Bound?

  func contains(_ number: ExactNumber) -> Bool {
    if let lower, number < lower.number || number == lower.number && !lower.isIncluded { return false }
    if let upper, upper.number < number || number == upper.number && !upper.isIncluded { return false }
    return true
  }
}
