import AuditModel

/// Why a value does not go with a field.
struct ItemProblem: Error {
  var message: String
  var suggestions: [String] = []
}

/// Turns `field op item` into tests of columns. One item at a time; a set is any of them.
struct FilterCompiler {
  var context: FilterContext

  func test(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> FilterTest {
    if case .pattern("*") = item, !comparator.isOrder { return present(field) }
    if comparator.isOrder, !field.type.isOrdered {
      throw ItemProblem(message: "\(field.name) has no order: \(comparator.rawValue) needs a number or a time")
    }
    switch field.type {
    case .name, .user, .text, .file, .path, .verb, .lineage:
      let text = try text(field, comparator, item)
      if let change = field.change { return .change(ChangeTest(column: change, test: .text(text))) }
      return .joining(field.columns.map { .column($0, .text(text)) })
    case .everything: return try everything(item)
    case .kind: return try kind(comparator, item)
    case .api: return try api(comparator, item)
    case .object: return try object(field, comparator, item)
    case .word: return .column(field.columns[0], .text(try word(comparator, item)))
    case .endpoint: return try endpoint(field.columns, comparator, item)
    case .policy(let part): return .column(.policies, .text(try policy(field, part, comparator, item)))
    case .answer: return .column(field.columns[0], .text(try answer(field, comparator, item)))
    case .latency: return try latency(field, comparator, item)
    case .choice(let choices):
      let test = ValueTest.text(try choice(field, choices, item))
      return field.change.map { .change(ChangeTest(column: $0, test: test)) } ?? .column(field.columns[0], test)
    case .flag(let flag): return try self.flag(field, flag, item)
    case .address: return try address(field, comparator, item)
    case .time(let role):
      return .column(.time, .interval(try TimeCompiler(context: context).interval(field, role, comparator, item)))
    case .number, .duration: return .column(field.columns[0], .interval(try number(field, comparator, item)))
    }
  }

  /// `field:*`
  private func present(_ field: FilterField) -> FilterTest {
    switch field.type {
    case .time, .flag, .everything: .always
    case _ where field.change != nil:
      field.change.map { .change(ChangeTest(column: $0, test: .present)) } ?? .always
    case .kind: .any([.column(.resource, .present), .column(.kind, .present)])
    case .api: .column(.apiGroup, .present)
    case .object:
      .any([.name, .srcName, .srcIP, .dstName, .dstIP, .clientName, .clientIP].map { .column($0, .present) })
    case .endpoint where field.columns.count > 1: .any(field.columns.dropFirst().map { .column($0, .present) })
    case .address: .column(field.columns[0], .present)
    default:
      field.columns.count == 1
        ? .column(field.columns[0], .present) : .any(field.columns.map { .column($0, .present) })
    }
  }

  // MARK: Texts

  private func text(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> TextTest {
    if case .regex(let regex) = item { return .regex(regex) }
    if comparator == .equal || comparator == .unequal { return .exactly([try literal(item)]) }
    if case .path = field.type { return .path(try path(item)) }
    var glob = try glob(item)
    switch field.type {
    case .user: if let account = serviceAccount(item) { glob = account }
    case .verb: if let verb = glob.literal.flatMap({ Self.verbNames[$0] }) { glob = Glob(literal: verb) }
    case .text: return .part(glob)
    case .file, .lineage: return .file(Self.whole(glob))
    default: break
    }
    return Self.whole(glob)
  }

  private func path(_ item: FilterItem) throws(ItemProblem) -> PathPattern {
    switch item {
    case .literal(let text): return PathPattern(text, isPattern: false)
    case .pattern(let text): return PathPattern(text, isPattern: true)
    case .regex, .range: throw ItemProblem(message: "a plain value is expected here")
    }
  }

  static func whole(_ glob: Glob) -> TextTest { glob.literal.map { .oneOf([$0]) } ?? .glob(glob) }

  private func literal(_ item: FilterItem) throws(ItemProblem) -> String {
    guard case .literal(let text) = item else { throw ItemProblem(message: "a plain value is expected here") }
    return text
  }

  private func glob(_ item: FilterItem) throws(ItemProblem) -> Glob {
    switch item {
    case .literal(let text): return Glob(literal: text)
    case .pattern(let text): return Glob(pattern: text)
    case .regex, .range: throw ItemProblem(message: "a plain value is expected here")
    }
  }

  /// `sa:ns/name`, or `sa:name` in any namespace; nil for any other value.
  private func serviceAccount(_ item: FilterItem) -> Glob? {
    let text: String
    let isLiteral: Bool
    switch item {
    case .literal(let value): (text, isLiteral) = (value, true)
    case .pattern(let value): (text, isLiteral) = (value, false)
    case .regex, .range: return nil
    }
    guard text.lowercased().hasPrefix("sa:") else { return nil }
    let parts = text.dropFirst(3).split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    let (namespace, name) = parts.count == 2 ? (parts[0], parts[1]) : ("*", parts[0])
    var glob = Glob(literal: "system:serviceaccount:")
    if isLiteral, parts.count == 2 { glob.append(literal: namespace) } else { glob.append(pattern: namespace) }
    glob.append(literal: ":")
    if isLiteral { glob.append(literal: name) } else { glob.append(pattern: name) }
    return glob
  }

  /// What tools and HTTP call the API's verbs.
  static let verbNames = [
    "post": "create", "put": "update", "replace": "update", "delete-collection": "deletecollection",
    "deleteall": "deletecollection",
  ]

  private func everything(_ item: FilterItem) throws(ItemProblem) -> FilterTest {
    switch item {
    case .literal(""): throw ItemProblem(message: "nothing to search for")
    case .literal(let text): return FilterText.phrase(text).test
    case .pattern(let text):
      do throws(FilterRegex.Problem) { return try FilterText.pattern(text).test } catch {
        throw ItemProblem(message: error.message)
      }
    case .regex(let regex): return FilterText.regex(regex).test
    case .range: throw ItemProblem(message: "a plain value is expected here")
    }
  }

  // MARK: Kinds, groups, objects

  private func kind(_ comparator: FilterComparator, _ item: FilterItem) throws(ItemProblem) -> FilterTest {
    func both(_ resource: TextTest, _ kind: TextTest) -> FilterTest {
      .any([.column(.resource, .text(resource)), .column(.kind, .text(kind))])
    }
    if case .regex(let regex) = item { return both(.regex(regex), .regex(regex)) }
    if comparator == .equal || comparator == .unequal {
      let text = try literal(item)
      return both(.exactly([text]), .exactly([text]))
    }
    func known(_ word: some StringProtocol) -> FilterTest? {
      let kinds = ResourceKind.meant(by: String(word))
      guard !kinds.isEmpty else { return nil }
      func any(of kinds: [ResourceKind]) -> FilterTest {
        both(.oneOf(Set(kinds.map(\.resource))), .oneOf(Set(kinds.map(\.singular))))
      }
      let whole = kinds.filter { !$0.isOfSomeGroups }
      let tests =
        (whole.isEmpty ? [] : [any(of: whole)])
        + kinds.filter(\.isOfSomeGroups).map {
          .all([any(of: [$0]), .column(.apiGroup, .text(.oneOf(Set($0.groups))))])
        }
      return tests.count == 1 ? tests[0] : .any(tests)
    }
    let glob = try glob(item)
    guard let word = glob.literal else { return both(.glob(glob), .glob(glob)) }
    if let test = known(word) { return test }
    if let dot = word.firstIndex(of: "."), let test = known(word[..<dot]) {
      return .all([test, .column(.apiGroup, .text(.oneOf([String(word[word.index(after: dot)...])])))])
    }
    if let slash = word.firstIndex(of: "/"), let test = known(word[..<slash]) {
      return .all([test, .column(.subresource, .text(.oneOf([String(word[word.index(after: slash)...])])))])
    }
    return both(.oneOf([word]), .oneOf([word]))
  }

  private func api(_ comparator: FilterComparator, _ item: FilterItem) throws(ItemProblem) -> FilterTest {
    if case .regex(let regex) = item { return .column(.apiGroup, .text(.regex(regex))) }
    let isExact = comparator == .equal || comparator == .unequal
    func part(_ text: some StringProtocol, isPattern: Bool) -> TextTest {
      let text = text == "core" ? "" : String(text)
      if isExact { return .exactly([text]) }
      return Self.whole(isPattern ? Glob(pattern: text) : Glob(literal: text))
    }
    let (text, isPattern): (String, Bool)
    switch item {
    case .literal(let value): (text, isPattern) = (value, false)
    case .pattern(let value): (text, isPattern) = (value, true)
    case .regex, .range: throw ItemProblem(message: "a plain value is expected here")
    }
    let group: TextTest
    var version: TextTest?
    if let slash = text.lastIndex(of: "/") {
      group = part(text[..<slash], isPattern: isPattern)
      version = part(text[text.index(after: slash)...], isPattern: isPattern)
    } else if Self.isVersion(text) {
      group = .exactly([""])
      version = part(text, isPattern: isPattern)
    } else {
      group = part(text, isPattern: isPattern)
    }
    let test = FilterTest.column(.apiGroup, .text(group))
    return version.map { .all([test, .column(.apiVersion, .text($0))]) } ?? test
  }

  /// `v1`, `v2beta1`: a version without a group is one of the core group.
  private static func isVersion(_ text: String) -> Bool {
    text.first == "v" && text.dropFirst().first?.isNumber == true && !text.contains(".")
  }

  /// The object of an act, or an endpoint of a flow or a lookup.
  private func object(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> FilterTest {
    if case .regex = item {
      throw ItemProblem(message: "obj takes no regular expression", suggestions: ["name~", "ns~"])
    }
    let path = try path(comparator, item)
    var tests = [path.test(namespace: field.columns[0], name: field.columns[1])]
    for index in stride(from: 2, to: field.columns.count, by: 3) {
      tests.append(try endpoint(Array(field.columns[index..<(index + 3)]), comparator, item))
    }
    return .any(tests)
  }

  /// `namespace/name`, `/name` for what is in no namespace, or a name alone.
  struct PathTexts {
    enum Place {
      case anywhere
      case nowhere
      case within(TextTest)
    }
    var place: Place
    var name: TextTest

    func test(namespace column: EventColumn, name nameColumn: EventColumn) -> FilterTest {
      let name = FilterTest.column(nameColumn, .text(name))
      switch place {
      case .anywhere: return name
      case .nowhere: return .all([.not(.column(column, .present)), name])
      case .within(let namespace): return .all([.column(column, .text(namespace)), name])
      }
    }
  }

  func path(_ comparator: FilterComparator, _ item: FilterItem) throws(ItemProblem) -> PathTexts {
    let isExact = comparator == .equal || comparator == .unequal
    func part(_ text: some StringProtocol, isPattern: Bool) -> TextTest {
      if isExact { return .exactly([String(text)]) }
      return Self.whole(isPattern ? Glob(pattern: String(text)) : Glob(literal: String(text)))
    }
    let (text, isPattern): (String, Bool)
    switch item {
    case .literal(let value): (text, isPattern) = (value, false)
    case .pattern(let value): (text, isPattern) = (value, true)
    case .regex(let regex): return PathTexts(place: .anywhere, name: .regex(regex))
    case .range: throw ItemProblem(message: "a plain value is expected here")
    }
    guard let slash = text.firstIndex(of: "/") else {
      return PathTexts(place: .anywhere, name: part(text, isPattern: isPattern))
    }
    let name = part(text[text.index(after: slash)...], isPattern: isPattern)
    if slash == text.startIndex { return PathTexts(place: .nowhere, name: name) }
    return PathTexts(place: .within(part(text[..<slash], isPattern: isPattern)), name: name)
  }

  // MARK: Names out of a list

  func choice(
    _ field: FilterField, _ choices: [FieldType.Choice], _ item: FilterItem
  ) throws(ItemProblem) -> TextTest {
    let chosen: [FieldType.Choice]
    switch item {
    case .literal(let word):
      chosen = choices.filter { $0.name.lowercased() == word.lowercased() }
      guard !chosen.isEmpty else {
        let names = choices.map(\.name)
        let near = Suggestions.near(word, among: names)
        throw ItemProblem(
          message:
            "\(field.name) cannot be \(FilterQuoting.alwaysQuoted(word)); it is one of \(names.joined(separator: ", "))",
          suggestions: near)
      }
    case .pattern(let pattern):
      let glob = Glob(pattern: pattern)
      chosen = choices.filter { glob.matches($0.name) }
    case .regex(let regex): chosen = choices.filter { regex.matches($0.name) }
    case .range: throw ItemProblem(message: "a plain value is expected here")
    }
    return .exactly(chosen.reduce(into: []) { $0.formUnion($1.stored) })
  }

  private func flag(
    _ field: FilterField, _ flag: FieldType.Flag, _ item: FilterItem
  ) throws(ItemProblem) -> FilterTest {
    if case .literal(let word) = item {
      switch word.lowercased() {
      case "true", "yes", "1": return flag.test
      case "false", "no", "0": return .not(flag.test)
      default: break
      }
    }
    throw ItemProblem(message: "\(field.name) is true or false", suggestions: ["true", "false"])
  }

  // MARK: Addresses and numbers

  /// Where the address was aggregated away, the name `pub` or `pvt` tells of what sort it was.
  private func address(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> FilterTest {
    let test = try addressText(field, comparator, item)
    let address = FilterTest.column(field.columns[0], .text(test))
    guard case .addressClass(let isPrivate) = test, field.columns.count == 3 else { return address }
    return .any([
      address,
      .all([
        .column(field.columns[1], .text(.exactly([isPrivate ? "pvt" : "pub"]))),
        .not(.column(field.columns[2], .text(.oneOf(["wep", "hep", "ns"])))),
      ]),
    ])
  }

  func addressText(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> TextTest {
    func address(_ text: String) throws(ItemProblem) -> IPAddress {
      guard let address = IPAddress(text) else {
        throw ItemProblem(message: "no address: \(FilterQuoting.alwaysQuoted(text))")
      }
      return address
    }
    if comparator.isOrder {
      throw ItemProblem(message: "\(field.name) has no order here; write a range: \(field.name):10.0.0.1..10.0.0.9")
    }
    switch item {
    case .regex(let regex): return .regex(regex)
    case .pattern(let pattern): return .glob(Glob(pattern: pattern))
    case .literal(let text):
      switch text.lowercased() {
      case "pub": return .addressClass(isPrivate: false)
      case "pvt": return .addressClass(isPrivate: true)
      default: break
      }
      guard let range = AddressRange(network: text) else {
        throw ItemProblem(message: "neither an address nor a network: \(FilterQuoting.alwaysQuoted(text))")
      }
      return .address(range)
    case .range(.some(let lower), .some(let upper)):
      guard let range = AddressRange(try address(lower), try address(upper)) else {
        throw ItemProblem(message: "a range of addresses goes from the lower to the higher, of one family")
      }
      return .address(range)
    case .range: throw ItemProblem(message: "a range of addresses needs both ends")
    }
  }

  func number(
    _ field: FilterField, _ comparator: FilterComparator, _ item: FilterItem
  ) throws(ItemProblem) -> ClosedRange<Int64> {
    func value(_ text: String) throws(ItemProblem) -> Int64 {
      if field.type.isDuration {
        guard let duration = Quantity.duration(text) else {
          throw ItemProblem(message: "no duration: \(FilterQuoting.alwaysQuoted(text)); write 50ms, 2s, 1m30s")
        }
        return duration
      }
      guard let number = Quantity.integer(text) else {
        throw ItemProblem(message: "no whole number: \(FilterQuoting.alwaysQuoted(text))")
      }
      return number
    }
    switch item {
    case .literal(let text):
      if comparator == .has, case .number = field.type, let hundred = Self.hundred(text) { return hundred }
      let number = try value(text)
      return try Self.interval(comparator, number...number)
    case .range(let lower, let upper):
      guard comparator == .has else { throw ItemProblem(message: "a range stands after a colon") }
      let from = try lower.map(value) ?? .min
      let to = try upper.map(value) ?? .max
      guard from <= to else { throw ItemProblem(message: "the range ends before it begins") }
      return from...to
    case .pattern, .regex: throw ItemProblem(message: "\(field.name) takes a number; nothing in it is wild")
    }
  }

  /// `4xx`
  private static func hundred(_ text: String) -> ClosedRange<Int64>? {
    guard text.utf8.count == 3, text.lowercased().hasSuffix("xx"), let digit = text.first?.wholeNumberValue,
      (1...9).contains(digit)
    else { return nil }
    return Int64(digit) * 100...Int64(digit) * 100 + 99
  }

  /// The numbers that stand in the relation to a value, or to a stretch that counts as one.
  static func interval(
    _ comparator: FilterComparator, _ value: ClosedRange<Int64>
  ) throws(ItemProblem) -> ClosedRange<Int64> {
    switch comparator {
    case .has, .equal, .unequal: return value
    case .atLeast: return value.lowerBound...Int64.max
    case .atMost: return Int64.min...value.upperBound
    case .less where value.lowerBound > .min: return Int64.min...(value.lowerBound - 1)
    case .greater where value.upperBound < .max: return (value.upperBound + 1)...Int64.max
    default: throw ItemProblem(message: "nothing is beyond that")
    }
  }
}
