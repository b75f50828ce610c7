import AuditModel

/// Turns the value of a time field into an interval of microseconds.
struct TimeCompiler {
  var context: FilterContext

  func interval(
    _ field: FilterField, _ role: FieldType.TimeRole, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> ClosedRange<Int64> {
    guard comparator != .like, comparator != .unlike else {
      throw ItemProblem(message: "\(field.name) takes a time, not a regular expression")
    }
    let isSpan = if case .span = role { true } else { false }
    if comparator.isOrder, !isSpan {
      throw ItemProblem(
        message: "\(field.name) takes a colon; \(comparator.rawValue) goes with time", suggestions: ["time"])
    }
    switch item {
    case .literal(let text):
      let stretch = try self.stretch(text, isSpan: isSpan && !comparator.isOrder)
      switch role {
      case .since: return stretch.lowerBound...Int64.max
      case .until: return Int64.min...stretch.upperBound
      case .span, .around: return try FilterCompiler.interval(comparator, stretch)
      }
    case .range(let lower, let upper):
      guard isSpan || role.isAround, comparator == .has || comparator.isNegated else {
        throw ItemProblem(message: "a range goes with time:", suggestions: ["time"])
      }
      let from = try lower.map { (text) throws(ItemProblem) in try moment(text).start.microseconds } ?? .min
      let to = try upper.map { (text) throws(ItemProblem) in try moment(text).end.microseconds } ?? .max
      guard from <= to else { throw ItemProblem(message: "the range ends before it begins") }
      return from...to
    case .pattern, .regex: throw ItemProblem(message: "\(field.name) takes a time; nothing in it is wild")
    }
  }

  /// `X`, `X+-30m`; a bare duration after `time:` is all since then.
  private func stretch(_ text: String, isSpan: Bool) throws(ItemProblem) -> ClosedRange<Int64> {
    var body = text
    var around: Int64?
    for sign in ["+-", "±"] {
      guard let range = text.firstRange(of: sign) else { continue }
      body = String(text[..<range.lowerBound])
      let distance = text[range.upperBound...].filter { $0 != " " }
      guard let duration = Quantity.duration(distance), duration >= 0 else {
        throw ItemProblem(message: "a duration is expected after \(sign): 30m, 2h")
      }
      around = duration
      break
    }
    let moment = try moment(body)
    if let around {
      return moment.start.microseconds.subtractingClamped(around)...moment.end.microseconds.subtractingClamped(-around)
    }
    if isSpan, Quantity.isDuration(body), moment.start <= context.now {
      return moment.start.microseconds...context.now.microseconds
    }
    return moment.start.microseconds...moment.end.microseconds
  }

  private func moment(_ text: String) throws(ItemProblem) -> Moment {
    do throws(TimeProblem) {
      return try TimeReader(context: context, reference: context.now, span: nil, prefersPast: true).moment(text)
    } catch {
      throw ItemProblem(message: error.message)
    }
  }
}

extension FieldType.TimeRole {
  fileprivate var isAround: Bool { if case .around = self { true } else { false } }
}

extension Int64 {
  fileprivate func subtractingClamped(_ other: Int64) -> Int64 {
    let (result, overflow) = subtractingReportingOverflow(other)
    return overflow ? (other > 0 ? .min : .max) : result
  }
}
