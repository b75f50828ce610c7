import AuditModel

/// Turns `.path op item` into a test of the logged documents.
struct PathCompiler {
  var context: FilterContext

  func test(
    _ path: FilterPath, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> FilterTest {
    .path(PathTest(path: path, condition: try condition(comparator, item)))
  }

  private func condition(
    _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> PathTest.Condition {
    switch item {
    case .pattern("*") where !comparator.isOrder: return .present
    case .pattern where comparator.isOrder: throw ItemProblem(message: "a number or a time is expected here")
    case .pattern(let pattern): return .text(.glob(Glob(pattern: pattern)), number: nil)
    case .regex(let regex): return .text(.regex(regex), number: nil)
    case .literal(let text):
      if comparator.isOrder { return try ordered(comparator, text) }
      let number = ExactNumber(text)
      let isExact = comparator == .equal || comparator == .unequal
      return .text(isExact ? .exactly([text]) : .oneOf([text.lowercased()]), number: number)
    case .range(let lower, let upper):
      let conditions = [
        try lower.map { (text) throws(ItemProblem) in try bound(text) },
        try upper.map { (text) throws(ItemProblem) in try bound(text) },
      ]
      switch (conditions[0], conditions[1]) {
      case (.number(let from), .number(let to)) where from <= to:
        return .number(NumberRange(lower: .init(number: from), upper: .init(number: to)))
      case (.number(let from), nil): return .number(NumberRange(lower: .init(number: from)))
      case (nil, .number(let to)): return .number(NumberRange(upper: .init(number: to)))
      case (.time(let from), .time(let to)) where from.start <= to.end:
        return .time(from.start.microseconds...to.end.microseconds)
      case (.time(let from), nil): return .time(from.start.microseconds...Int64.max)
      case (nil, .time(let to)): return .time(Int64.min...to.end.microseconds)
      default: throw ItemProblem(message: "a range goes from a number or a time to a greater one")
      }
    }
  }

  private enum Bound {
    case number(ExactNumber)
    case time(Moment)
  }

  private func bound(_ text: String) throws(ItemProblem) -> Bound {
    if let number = Quantity.number(text) { return .number(number) }
    do throws(TimeProblem) {
      return .time(try TimeReader(context: context, reference: context.now, span: nil, prefersPast: true).moment(text))
    } catch {
      throw ItemProblem(message: "neither a number nor a time: \(FilterQuoting.alwaysQuoted(text))")
    }
  }

  private func ordered(_ comparator: FilterComparator, _ text: String) throws(ItemProblem) -> PathTest.Condition {
    switch try bound(text) {
    case .number(let number):
      let bound = NumberRange.Bound(number: number, isIncluded: comparator == .atMost || comparator == .atLeast)
      let isUpper = comparator == .less || comparator == .atMost
      return .number(isUpper ? NumberRange(upper: bound) : NumberRange(lower: bound))
    case .time(let moment):
      return .time(try FilterCompiler.interval(comparator, moment.start.microseconds...moment.end.microseconds))
    }
  }
}
