import AuditModel

/// Writes filters in their own language; `echo` writes them in words.
extension FilterExpression {
  var printed: String {
    switch self {
    case .and(let parts): parts.map { $0.isAlternative ? $0.grouped : $0.printed }.joined(separator: " ")
    case .or(let parts): parts.map(\.printed).joined(separator: " or ")
    case .not(let part): "-" + (part.isCompound ? part.grouped : part.printed)
    case .macro(let name, _): "@" + name
    case .comparison(let comparison): comparison.printed
    case .text(.phrase(let text)): FilterQuoting.term(text)
    case .text(.pattern(let pattern, _)): pattern
    case .text(.regex(let regex)): regex.printed
    }
  }

  private var grouped: String { "(" + printed + ")" }
  private var isAlternative: Bool { if case .or = self { true } else { false } }
  private var isCompound: Bool {
    switch self {
    case .and, .or: true
    default: false
    }
  }

  /// Times written out, for `Filter.pinned`.
  var pinned: FilterExpression {
    switch self {
    case .and(let parts): .joined(parts.map(\.pinned)) ?? self
    case .or(let parts): .alternatives(parts.map(\.pinned)) ?? self
    case .not(let part): .not(part.pinned)
    case .macro(_, .some(let expansion)) where expansion.mentionsTime: expansion.pinned
    case .macro: self
    case .comparison(let comparison): .comparison(comparison.pinned)
    case .text: self
    }
  }

  private var mentionsTime: Bool {
    switch self {
    case .and(let parts), .or(let parts): parts.contains(where: \.mentionsTime)
    case .not(let part): part.mentionsTime
    case .macro(_, let expansion): expansion?.mentionsTime ?? false
    case .comparison(let comparison): comparison.timeInterval != nil
    case .text: false
    }
  }
}

extension FilterComparison {
  var printed: String {
    let name =
      switch subject {
      case .field(let name): name
      case .path(let path): path.printed
      }
    return name + comparator.rawValue + items.map(\.printed).joined(separator: ",")
  }

  /// The stretch of a comparison of `time` with one value.
  var timeInterval: ClosedRange<Int64>? {
    switch test {
    case .column(.time, .interval(let interval)), .not(.column(.time, .interval(let interval))): interval
    default: nil
    }
  }

  fileprivate var pinned: FilterComparison {
    guard let interval = timeInterval, case .field(let name) = subject else { return self }
    func text(_ bound: Int64) -> String { Timestamp(microseconds: bound).rfc3339 }
    var copy = self
    switch name {
    case "since": copy.items = [.literal(text(interval.lowerBound))]
    case "until": copy.items = [.literal(text(interval.upperBound))]
    default:
      copy.subject = .field("time")
      if !comparator.isNegated { copy.comparator = .has }
      let lower = interval.lowerBound == .min ? nil : text(interval.lowerBound)
      let upper = interval.upperBound == .max ? nil : text(interval.upperBound)
      copy.items = [.range(lower, upper)]
    }
    return copy
  }
}

extension FilterItem {
  var printed: String {
    switch self {
    case .literal(let text): FilterQuoting.value(text)
    case .pattern(let text): text
    case .regex(let regex): regex.printed
    case .range(let lower, let upper):
      (lower.map(FilterQuoting.value) ?? "") + ".." + (upper.map(FilterQuoting.value) ?? "")
    }
  }
}
