/// Numbers and durations as people write them.
enum Quantity {
  /// `10`, `-3`, `1.5`, with a factor `k M G T` (thousands) or `Ki Mi Gi Ti` (1,024), exact to the last digit; nil for
  /// anything else.
  static func number(_ text: some StringProtocol) -> ExactNumber? {
    let unit = String(text.reversed().prefix { $0.isLetter }.reversed())
    guard text.first != "+", let value = ExactNumber(text.dropLast(unit.count)) else { return nil }
    if unit.isEmpty { return value }
    return factors.first { $0.name == unit }.map { value.multiplied(by: $0.factor) }
  }

  /// A whole number.
  static func integer(_ text: some StringProtocol) -> Int64? { Int64(text) ?? number(text)?.integer }

  /// Microseconds of `50ms`, `1.5s`, `1h30m`, `7d`; a number without unit counts seconds. At most 1,000 years.
  static func duration(_ text: some StringProtocol) -> Int64? {
    var rest = text[...]
    let isNegative = rest.first == "-"
    if isNegative || rest.first == "+" { rest.removeFirst() }
    guard let first = rest.first, first.isASCII, first.isNumber else { return nil }
    var total = 0.0
    while !rest.isEmpty {
      let digits = rest.prefix { $0.isASCII && ($0.isNumber || $0 == ".") }
      rest = rest.dropFirst(digits.count)
      let unit = rest.prefix { $0.isLetter }
      rest = rest.dropFirst(unit.count)
      guard let value = Double(digits), let factor = seconds(unit.isEmpty ? "s" : String(unit)) else { return nil }
      total += value * factor
    }
    guard total.isFinite, total <= 1000 * 366 * 86_400 else { return nil }
    return Int64((total * 1_000_000).rounded()) * (isNegative ? -1 : 1)
  }

  /// Whether the text is a duration with a unit, rather than a bare number.
  static func isDuration(_ text: some StringProtocol) -> Bool {
    text.last?.isLetter == true && duration(text) != nil
  }

  private static func seconds(_ unit: String) -> Double? { units.first { $0.names.contains(unit) }?.seconds }

  private static let units: [(names: [String], seconds: Double)] = [
    (["us", "µs", "μs"], 0.000_001), (["ms"], 0.001), (["s", "sec", "second", "seconds"], 1),
    (["m", "min", "minute", "minutes"], 60), (["h", "hour", "hours"], 3600), (["d", "day", "days"], 86_400),
    (["w", "week", "weeks"], 604_800),
  ]

  private static let factors: [(name: String, factor: UInt64)] = [
    ("k", 1000), ("K", 1000), ("M", 1_000_000), ("G", 1_000_000_000), ("T", 1_000_000_000_000),
    ("Ki", 1024), ("Mi", 1_048_576), ("Gi", 1_073_741_824), ("Ti", 1_099_511_627_776),
  ]
}
