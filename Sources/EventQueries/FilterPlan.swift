public import AuditModel

/// A filter made ready to be evaluated: tests of single columns, joined. The store runs it over column chunks, the
/// in-memory evaluation over one act; both call the same tests.
public indirect enum FilterPlan: Sendable {
  case constant(Bool)
  case and([FilterPlan])
  case or([FilterPlan])
  case not(FilterPlan)
  case column(EventColumn, ColumnTest)
  /// Needs the act's bodies or raw text; evaluated last, on the acts that all else lets through.
  case payload(PayloadTest)
  /// Needs the history of the act's object; asked only of acts that columns leave undecided.
  case change(ChangeTest)

  /// Whether any part of it needs the acts' bodies or raw text.
  public var needsPayload: Bool {
    switch self {
    case .constant, .column, .change: false
    case .payload: true
    case .not(let plan): plan.needsPayload
    case .and(let plans), .or(let plans): plans.contains(where: \.needsPayload)
    }
  }

  /// The tests of it that need histories.
  public var changeTests: Set<ChangeTest> {
    switch self {
    case .constant, .column, .payload: []
    case .change(let test): [test]
    case .not(let plan): plan.changeTests
    case .and(let plans), .or(let plans): plans.reduce(into: []) { $0.formUnion($1.changeTests) }
    }
  }

  /// Whether columns alone do not decide.
  var needsMore: Bool { needsPayload || !changeTests.isEmpty }

  /// Evaluates over one act.
  /// - Parameters:
  ///   - change: what the act did to its object; nil where its history is not known, and then no test of it holds.
  ///   - detail: asked at most once, and only where a payload test decides.
  public func matches(_ act: Act, change: ActChange? = nil, detail: () -> ActDetail?) -> Bool {
    var cached: ActDetail??
    return evaluate(act, change) {
      if let cached { return cached }
      let value = detail()
      cached = .some(value)
      return value
    }
  }

  private func evaluate(_ act: Act, _ change: ActChange?, detail: () -> ActDetail?) -> Bool {
    switch self {
    case .constant(let value): value
    case .column(let column, let test): test.matches(act.value(of: column))
    case .payload(let test): detail().map(test.matches) ?? false
    case .change(let test): change.map(test.matches) ?? false
    case .not(let plan): !plan.evaluate(act, change, detail: detail)
    case .and(let plans): plans.allSatisfy { $0.evaluate(act, change, detail: detail) }
    case .or(let plans): plans.contains { $0.evaluate(act, change, detail: detail) }
    }
  }
}

/// A test of one value of one column; pure, so the store asks it once for each distinct value.
public struct ColumnTest: Sendable {
  /// Where the test is only an interval of a number column, that interval (nil values fail): the fast path.
  public var interval: ClosedRange<Int64>?
  private let test: @Sendable (ColumnValue) -> Bool

  public init(interval: ClosedRange<Int64>) {
    self.interval = interval
    test = { if case .number(.some(let value)) = $0 { interval.contains(value) } else { false } }
  }
  public init(_ test: @escaping @Sendable (ColumnValue) -> Bool) {
    interval = nil
    self.test = test
  }
  public func matches(_ value: ColumnValue) -> Bool { test(value) }
}

/// A test that needs the bodies or the raw text of an act.
public struct PayloadTest: Sendable {
  /// Bytes of which at least one must occur in a record for it to match at all, ASCII letters in either case; empty
  /// when nothing is known. Lets a scan pass over records without parsing them.
  public var needles: [[UInt8]]
  /// The test looks at nothing of the detail but the bytes of `records`: the bodies need not be parsed for it.
  public var readsOnlyRecords: Bool
  private let test: @Sendable (ActDetail) -> Bool

  public init(
    needles: [[UInt8]] = [], readsOnlyRecords: Bool = false, _ test: @escaping @Sendable (ActDetail) -> Bool
  ) {
    self.needles = needles
    self.readsOnlyRecords = readsOnlyRecords
    self.test = test
  }
  public func matches(_ detail: ActDetail) -> Bool { test(detail) }
}
