import AuditModel

/// What values of the fields of flow and DNS logs mean.
extension FilterCompiler {
  /// Any case, after `=` too: nobody knows the case of `NXDomain` by heart.
  func word(_ comparator: FilterComparator, _ item: FilterItem) throws(ItemProblem) -> TextTest {
    switch item {
    case .literal(let text): return .oneOf([text.lowercased()])
    case .pattern(let pattern): return Self.whole(Glob(pattern: pattern))
    case .regex(let regex): return .regex(regex)
    case .range: throw ItemProblem(message: "a plain value is expected here")
    }
  }

  /// - Parameter columns: of the endpoint's namespace, name and address, or the list of servers.
  func endpoint(
    _ columns: [EventColumn], _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> FilterTest {
    let isList = columns.count == 1
    func column(_ part: Endpoint.Part, _ test: TextTest) -> FilterTest {
      if isList { return .column(columns[0], .text(.endpoint(part, test))) }
      let index = part == .namespace ? 0 : part == .name ? 1 : 2
      return .column(columns[index], .text(test))
    }
    if case .literal(let text) = item, let range = AddressRange(network: text) { return column(.ip, .address(range)) }
    let path = try path(comparator, item)
    switch path.place {
    case .anywhere:
      // A pattern or an expression may mean addresses too.
      if case .literal = item { return column(.name, path.name) }
      return .joining([column(.name, path.name), column(.ip, path.name)])
    case _ where !isList: return path.test(namespace: columns[0], name: columns[1])
    case .nowhere:
      return .column(columns[0], .text(.all([.endpoint(.namespace, .exactly([""])), .endpoint(.name, path.name)])))
    case .within(let namespace):
      return .column(columns[0], .text(.all([.endpoint(.namespace, namespace), .endpoint(.name, path.name)])))
    }
  }

  /// A test of the text of a `PolicyHit`.
  func policy(
    _ field: FilterField, _ part: FieldType.PolicyPart, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> TextTest {
    if part == .action { return .hit(.action, try choice(field, FilterField.policyActions, item)) }
    let test: TextTest
    var isPath = false
    switch item {
    case .literal(let text):
      test = comparator == .equal || comparator == .unequal ? .exactly([text]) : .oneOf([text.lowercased()])
      isPath = text.contains("/")
    case .pattern(let pattern):
      test = Self.whole(Glob(pattern: pattern))
      isPath = pattern.contains("/")
    case .regex(let regex):
      test = .regex(regex)
      isPath = true
    case .range: throw ItemProblem(message: "a plain value is expected here")
    }
    return .hit(isPath ? .path : .name, test)
  }

  /// A name or an address that a name resolved to.
  func answer(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> TextTest {
    switch item {
    case .range: return try addressText(field, comparator, item)
    case .literal(let text) where AddressRange(network: text) != nil || ["pub", "pvt"].contains(text.lowercased()):
      return try addressText(field, comparator, item)
    case .literal(let text):
      if comparator.isOrder { return try addressText(field, comparator, item) }
      return comparator == .equal || comparator == .unequal ? .exactly([text]) : .oneOf([text.lowercased()])
    case .pattern(let pattern): return Self.whole(Glob(pattern: pattern))
    case .regex(let regex): return .regex(regex)
    }
  }

  /// The first column that has a value decides.
  func latency(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> FilterTest {
    let microseconds = try number(field, comparator, item)
    func nanoseconds(_ bound: Int64, _ rest: Int64) -> Int64 {
      let (product, overflow) = bound.multipliedReportingOverflow(by: 1000)
      return overflow ? (bound < 0 ? .min : .max) : product + rest
    }
    // `number` counts whole microseconds: what is greater than one is greater than its first nanosecond, what is equal
    // to one may be any of its thousand.
    let lower =
      comparator == .greater
      ? nanoseconds(microseconds.lowerBound - 1, 1) : nanoseconds(microseconds.lowerBound, 0)
    let upper = nanoseconds(microseconds.upperBound, comparator == .atMost ? 0 : 999)
    let test = ValueTest.interval(lower...max(lower, upper))
    return .any([
      .column(field.columns[0], test),
      .all([.not(.column(field.columns[0], .present)), .column(field.columns[1], test)]),
    ])
  }
}

extension Endpoint {
  enum Part: Hashable, Sendable {
    case namespace, name, ip
  }
}

/// What of a policy's hit a test looks at.
enum PolicyHitPart: Hashable, Sendable {
  /// `tier/namespace/name`
  case path
  /// The name, with and without its tier before it, as records of other logs write it; staged ones with their marker
  /// too.
  case name
  case action

  func texts(of hit: PolicyHit) -> [String] {
    switch self {
    case .path: return [hit.path]
    case .action: return [hit.action]
    case .name:
      let names = [hit.name, hit.tier + "." + hit.name]
      return hit.isStaged ? names + names.map { "staged:" + $0 } : names
    }
  }
}

extension FilterExpression {
  /// The parts of a conjunction, where what is said of a policy's action is said of the very policy that a term
  /// beside it names: `policy:*/staged:* policy.action:deny` is one staged policy that denies. Negated terms speak for
  /// themselves.
  static func ofOnePolicy(_ parts: [FilterExpression]) -> [FilterExpression] {
    let actions = parts.compactMap { $0.policyTest(of: "policy.action") }
    guard !actions.isEmpty, parts.contains(where: { $0.policyTest(of: "policy") != nil }) else { return parts }
    return parts.compactMap { part in
      if part.policyTest(of: "policy.action") != nil { return nil }
      guard let policy = part.policyTest(of: "policy"), case .comparison(var comparison) = part else { return part }
      comparison.test = .column(.policies, .text(.all([policy] + actions)))
      return .comparison(comparison)
    }
  }

  /// Whether it says what a policy did, and not that none did.
  var isPolicyAction: Bool { policyTest(of: "policy.action") != nil }

  private func policyTest(of field: String) -> TextTest? {
    guard case .comparison(let comparison) = self, comparison.subject == .field(field),
      case .column(.policies, .text(let test)) = comparison.test
    else { return nil }
    return test
  }
}
