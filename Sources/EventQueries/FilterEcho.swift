import AuditModel

/// Filters in plain words, with times written out.
extension FilterExpression {
  func words(zone: Zone) -> String {
    switch self {
    case .and(let parts):
      parts.map { part in
        if case .or = part { return "(" + part.words(zone: zone) + ")" }
        // Joined to the policies beside it.
        let isOfPolicy = part.isPolicyAction && FilterExpression.ofOnePolicy(parts).count < parts.count
        return part.words(zone: zone) + (isOfPolicy ? " (of that policy)" : "")
      }.joined(separator: " AND ")
    case .or(let parts):
      parts.map { part in if case .and = part { "(" + part.words(zone: zone) + ")" } else { part.words(zone: zone) } }
        .joined(separator: " OR ")
    case .not(.comparison(let comparison)): comparison.words(zone: zone, isNegated: true)
    case .not(.macro(let name, _)): "not " + name
    case .not(let part): "not (" + part.words(zone: zone) + ")"
    case .macro(let name, _): name
    case .comparison(let comparison): comparison.words(zone: zone, isNegated: false)
    case .text(.phrase(let text)): "text " + FilterQuoting.alwaysQuoted(text)
    case .text(.pattern(let pattern, _)): "text like " + FilterQuoting.alwaysQuoted(pattern)
    case .text(.regex(let regex)): "text matching " + regex.printed
    }
  }
}

extension FilterComparison {
  func words(zone: Zone, isNegated: Bool) -> String {
    let negates = isNegated != comparator.isNegated
    if let interval = timeInterval { return timeWords(interval, zone: zone, negates: negates) }
    var name: String
    switch subject {
    case .path(let path): name = path.printed
    case .field(let field):
      name = field
      if case .flag(let flag) = FilterField.named(field)?.type, items.count == 1 {
        return (test.isPositive != isNegated ? "" : "not ") + flag.words
      }
    }
    if items == [.pattern("*")] { return (negates ? "no " : "any ") + name }
    if comparator.isOrder { return (isNegated ? "not " : "") + "\(name) \(comparator.rawValue) \(items[0].words)" }
    let isExact = comparator == .equal || comparator == .unequal
    if items.count > 1 {
      return name + (negates ? " not in (" : " in (") + items.map(\.words).joined(separator: ", ") + ")"
        + (isExact ? " exactly" : "")
    }
    let negation = negates ? "not " : ""
    switch items[0] {
    case .literal: name += " is \(negation)" + (isExact ? "exactly " : "")
    case .pattern: name += " \(negation)like "
    case .regex: name += " \(negation)matching "
    case .range: name += " \(negation)in "
    }
    return name + items[0].words
  }

  private func timeWords(_ interval: ClosedRange<Int64>, zone: Zone, negates: Bool) -> String {
    let negation = negates ? "not " : ""
    func clock(_ bound: Int64) -> String {
      let civil = zone.civil(Timestamp(microseconds: bound))
      var clock = civil.clockText
      if civil.microsecond != 0 {
        clock += "." + String(String(1_000_000 + civil.microsecond).dropFirst())
      } else if civil.second == 0 {
        clock = String(clock.prefix(5))
      }
      return civil.dateText + " " + clock
    }
    // The last microsecond of a day reads as the midnight that follows it.
    let end = interval.upperBound % 1_000_000 == 999_999 ? interval.upperBound + 1 : interval.upperBound
    switch (interval.lowerBound == .min, interval.upperBound == .max) {
    case (true, true): return negation + "any time"
    case (false, true): return "\(negation)since \(clock(interval.lowerBound)) \(zone.name)"
    case (true, false): return "\(negation)until \(clock(end)) \(zone.name)"
    case (false, false) where interval.lowerBound == interval.upperBound:
      return "\(negation)at \(clock(end)) \(zone.name)"
    case (false, false): return "\(negation)from \(clock(interval.lowerBound)) to \(clock(end)) \(zone.name)"
    }
  }
}

extension FilterItem {
  /// As written, without what only the parser needs.
  fileprivate var words: String { printed }
}

extension FilterTest {
  fileprivate var isPositive: Bool { if case .not = self { false } else { true } }
}
