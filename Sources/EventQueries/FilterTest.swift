import AuditModel

/// What a comparison comes to, as a value: equal filters have equal tests.
indirect enum FilterTest: Hashable, Sendable {
  case always
  case column(EventColumn, ValueTest)
  case change(ChangeTest)
  case all([FilterTest])
  case any([FilterTest])
  case not(FilterTest)
  case path(PathTest)
  case rawText(RawTextTest)

  /// Joins alternatives; tests of the same column become one, so that the store goes over the column once.
  static func joining(_ tests: [FilterTest]) -> FilterTest {
    var texts: [(column: EventColumn, tests: [TextTest])] = []
    var others: [FilterTest] = []
    for test in tests.flatMap({ test in if case .any(let inner) = test { inner } else { [test] } }) {
      guard case .column(let column, .text(let text)) = test else {
        if !others.contains(test) { others.append(test) }
        continue
      }
      if let index = texts.firstIndex(where: { $0.column == column }) {
        texts[index].tests.append(text)
      } else {
        texts.append((column, [text]))
      }
    }
    let merged = texts.map { FilterTest.column($0.column, .text(TextTest.joining($0.tests))) } + others
    return merged.count == 1 ? merged[0] : .any(merged)
  }

  var plan: FilterPlan {
    switch self {
    case .always: .constant(true)
    case .column(let column, .interval(let interval)): .column(column, ColumnTest(interval: interval))
    case .column(let column, let test): .column(column, ColumnTest { test.matches($0, of: column) })
    case .change(let test): .change(test)
    case .all(let tests): .and(tests.map(\.plan))
    case .any(let tests): .or(tests.map(\.plan))
    case .not(let test): .not(test.plan)
    case .path(let test): .payload(test.payload)
    case .rawText(let test): .payload(test.payload)
    }
  }
}

extension FilterExpression {
  var plan: FilterPlan {
    switch self {
    case .and(let parts): .and(columnsFirst(Self.ofOnePolicy(parts).map(\.plan)))
    case .or(let parts): .or(columnsFirst(parts.map(\.plan)))
    case .not(let part): .not(part.plan)
    case .macro(_, let expansion): expansion?.plan ?? .constant(true)
    case .comparison(let comparison): comparison.test.plan
    case .text(let text): text.test.plan
    }
  }

  private func columnsFirst(_ plans: [FilterPlan]) -> [FilterPlan] {
    plans.filter { !$0.needsMore } + plans.filter(\.needsMore)
  }
}

/// A test of one value of a column.
enum ValueTest: Hashable, Sendable {
  /// There is a value. An empty text is none, but in `apiGroup`, where it is the core group.
  case present
  case text(TextTest)
  case interval(ClosedRange<Int64>)

  /// - Parameter column: nil for a value that no column holds.
  func matches(_ value: ColumnValue, of column: EventColumn? = nil) -> Bool {
    switch (self, value) {
    case (.present, .text(let text)): text.map { !$0.isEmpty || column == .apiGroup } ?? false
    case (.present, .list(let list)): !list.isEmpty
    case (.present, .number(let number)): number != nil
    case (.text(let test), .text(let text)): text.map(test.matches) ?? false
    case (.text(let test), .list(let list)): list.contains(where: test.matches)
    case (.interval(let interval), .number(let number)): number.map(interval.contains) ?? false
    case (.text, .number), (.interval, _): false
    }
  }
}

/// A test of one text.
indirect enum TextTest: Hashable, Sendable {
  /// The whole text, without regard to case; the set holds folded texts.
  case oneOf(Set<String>)
  /// The whole text, to the letter.
  case exactly(Set<String>)
  /// The whole text, without regard to case.
  case glob(Glob)
  /// A part of the text, without regard to case.
  case part(Glob)
  case regex(FilterRegex)
  /// The whole text, or what stands after its last `/`.
  case file(TextTest)
  /// A path at or below another one.
  case path(PathPattern)
  case address(AddressRange)
  case addressClass(isPrivate: Bool)
  case person
  /// A part of the text of a `PolicyHit`.
  case hit(PolicyHitPart, TextTest)
  /// A part of the text of an endpoint in a list; a part that is not known is empty.
  case endpoint(Endpoint.Part, TextTest)
  case any([TextTest])
  case all([TextTest])

  static func joining(_ tests: [TextTest]) -> TextTest {
    var folded: Set<String> = []
    var exact: Set<String> = []
    var others: [TextTest] = []
    for test in tests {
      switch test {
      case .oneOf(let set): folded.formUnion(set)
      case .exactly(let set): exact.formUnion(set)
      default: if !others.contains(test) { others.append(test) }
      }
    }
    if !exact.isEmpty { others.insert(.exactly(exact), at: 0) }
    if !folded.isEmpty { others.insert(.oneOf(folded), at: 0) }
    return others.count == 1 ? others[0] : .any(others)
  }

  func matches(_ text: String) -> Bool {
    switch self {
    case .oneOf(let set): set.contains(text.lowercased())
    case .exactly(let set): set.contains(text)
    case .glob(let glob): glob.matches(text)
    case .part(let glob): glob.occurs(in: text)
    case .regex(let regex): regex.matches(text)
    case .file(let test): test.matches(text) || test.matches(String(text.suffix(while: { $0 != "/" })))
    case .path(let pattern): pattern.covers(text)
    case .address(let range): IPAddress(text).map(range.contains) ?? false
    case .addressClass(let isPrivate): IPAddress(text).map { $0.isPrivate == isPrivate } ?? false
    case .person: Self.isPerson(text)
    case .hit(let part, let test):
      PolicyHit(text: text).map { part.texts(of: $0).contains(where: test.matches) } ?? false
    case .endpoint(let part, let test): Self.matches(test, part, of: Endpoint(columnText: text))
    case .any(let tests): tests.contains { $0.matches(text) }
    case .all(let tests): tests.allSatisfy { $0.matches(text) }
    }
  }

  private static func matches(_ test: TextTest, _ part: Endpoint.Part, of endpoint: Endpoint) -> Bool {
    let text =
      switch part {
      case .namespace: endpoint.namespace
      case .name: endpoint.name
      case .ip: endpoint.ip
      }
    return text.map(test.matches) ?? (test == .exactly([""]))
  }

  /// A name that the cluster did not give: neither `system:` anything (components, nodes, service accounts,
  /// anonymous) nor empty.
  private static func isPerson(_ name: String) -> Bool { !name.isEmpty && !name.hasPrefix("system:") }
}

extension StringProtocol {
  fileprivate func suffix(while predicate: (Character) -> Bool) -> SubSequence {
    guard let index = lastIndex(where: { !predicate($0) }) else { return self[...] }
    return self[self.index(after: index)...]
  }
}
