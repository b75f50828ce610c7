import AuditModel
import ManifestDiff
import Testing

private func pair(_ seed: Int) -> (old: JSONValue, new: JSONValue) {
  var random = RandomManifests(seed: seed)
  let old = random.object(depth: 4)
  return (old, random.mutated(old))
}

private let everything = VersionDiff.Options(showsMachineFields: true)

@Test(arguments: 0..<200)
func `the left texts are the old manifest, the right texts the new one`(seed: Int) throws {
  let (old, new) = pair(seed)
  let diff = VersionDiff(from: old, to: new, options: everything)
  #expect(diff.lines.compactMap { $0.old?.text } == ManifestText(old).lines.map(\.text))
  // The new side follows the old one's order of keys, so its lines are the same in another order.
  let right = diff.lines.compactMap { $0.new?.text }
  #expect(right.count == ManifestText(new).lines.count)
  #expect(
    VersionDiff(from: nil, to: new, options: everything).lines.map { $0.new?.text }
      == ManifestText(new).lines.map(\.text))
  #expect(diff.lines.compactMap(\.left) == Array(1..<(ManifestText(old).lines.count + 1)))
  #expect(diff.lines.compactMap(\.right) == Array(1..<(right.count + 1)))
  for line in diff.lines {
    switch line.operation {
    case .same, .change: #expect(line.left != nil && line.right != nil)
    case .remove: #expect(line.left != nil && line.right == nil)
    case .add: #expect(line.left == nil && line.right != nil)
    }
    if line.operation == .change {
      #expect(
        line.old?.pieces.contains(where: \.isMarked) == true || line.new?.pieces.contains(where: \.isMarked) == true)
    }
  }
}

@Test(arguments: 0..<200)
func `a comparison without lines finds the same fields`(seed: Int) {
  let (old, new) = pair(seed)
  for showsMachineFields in [true, false] {
    var options = VersionDiff.Options(showsMachineFields: showsMachineFields)
    let whole = VersionDiff(from: old, to: new, options: options)
    options.writesLines = false
    let bare = VersionDiff(from: old, to: new, options: options)
    #expect(bare.fields == whole.fields && bare.lines.isEmpty)
    for limit in [20, 40] { #expect(bare.summary(limit: limit) == whole.summary(limit: limit)) }
    #expect(
      VersionDiff(from: nil, to: new, options: options).summary(limit: 40)
        == VersionDiff(from: nil, to: new).summary(limit: 40) || showsMachineFields)
  }
}

@Test(arguments: 0..<300)
func `the JSON patch makes the new manifest of the old one`(seed: Int) throws {
  let (old, new) = pair(seed)
  let diff = VersionDiff(from: old, to: new, options: everything)
  let made = try #require(applying(diff.jsonPatch, to: old))
  #expect(isSame(made, new))
}

@Test(arguments: 0..<200)
func `the fields name what stands in the two manifests`(seed: Int) throws {
  let (old, new) = pair(seed)
  let diff = VersionDiff(from: old, to: new, options: everything)
  for field in diff.fields {
    switch field.operation {
    case .add: #expect(field.new != nil && field.old == nil)
    case .remove: #expect(field.old != nil && field.new == nil)
    case .replace, .move: #expect(field.old != nil && field.new != nil)
    }
    #expect((field.from != nil) == (field.operation == .move))
  }
  #expect(diff.fields.isEmpty == isSame(old, new))
  #expect(diff.jsonPatch.array?.isEmpty == isSame(old, new))
  #expect(diff.lines.allSatisfy { $0.operation == .same } == isSame(old, new))
}

@Test(arguments: 0..<100)
func `a manifest does not differ from itself`(seed: Int) {
  var random = RandomManifests(seed: seed)
  let manifest = random.object(depth: 4)
  let diff = VersionDiff(from: manifest, to: manifest, options: everything)
  #expect(diff.fields.isEmpty)
  #expect(diff.lines.map { $0.new?.text } == ManifestText(manifest).lines.map(\.text))
  #expect(diff.hunks().isEmpty)
  #expect(diff.unifiedText(leftName: "a", rightName: "b").isEmpty)
}

@Test(arguments: 0..<200)
func `the other way round what came went`(seed: Int) {
  // Without lists, whose items may be paired in more than one way.
  var random = RandomManifests(seed: seed)
  func flat(_ value: JSONValue) -> JSONValue {
    switch value {
    case .array: .number("1")
    case .object(let members): .object(JSONMembers(members.list.map { .init(key: $0.key, value: flat($0.value)) }))
    default: value
    }
  }
  let old = flat(random.object(depth: 4))
  let new = flat(random.mutated(old))
  let there = VersionDiff(from: old, to: new, options: everything).fields
  let back = VersionDiff(from: new, to: old, options: everything).fields
  func mirrored(_ field: FieldChange) -> String {
    let operation: FieldChange.Operation =
      switch field.operation {
      case .add: .remove
      case .remove: .add
      case .replace, .move: field.operation
      }
    return "\(operation) \(field.path) \(field.new?.json ?? "") \(field.old?.json ?? "")"
  }
  let expected = there.map(mirrored).sorted()
  let found = back.map { "\($0.operation) \($0.path) \($0.old?.json ?? "") \($0.new?.json ?? "")" }.sorted()
  // Canonically equal strings sort alike, so texts are compared byte by byte.
  #expect(
    expected.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) }
      == found.map { Array($0.utf8) }.sorted { $0.lexicographicallyPrecedes($1) })
}

@Test(arguments: 0..<100)
func `hunks hold every changed line once`(seed: Int) {
  let (old, new) = pair(seed)
  let diff = VersionDiff(from: old, to: new, options: everything)
  let hunks = diff.hunks()
  let covered = hunks.flatMap { Array($0.changed) }
  #expect(Set(covered).isSuperset(of: diff.lines.indices.filter { diff.lines[$0].operation != .same }))
  #expect(zip(hunks, hunks.dropFirst()).allSatisfy { $0.rows.upperBound <= $1.rows.lowerBound })
  #expect(hunks.allSatisfy { $0.rows.contains($0.changed.lowerBound) && $0.changed.upperBound <= $0.rows.upperBound })
}

@Test func `long lists that share little are compared all the same`() {
  let old: JSONValue = .object(["nets": .array((0..<4000).map { .string("10.\($0 / 256).\($0 % 256).0/24") })])
  let new: JSONValue = .object([
    "nets": .array((0..<4000).map { .string("10.\(($0 * 3) / 256).\(($0 * 3) % 256).0/24") })
  ])
  let diff = VersionDiff(from: old, to: new)
  #expect(diff.lines.compactMap { $0.old?.text } == ManifestText(old).lines.map(\.text))
  #expect(diff.lines.compactMap { $0.new?.text } == ManifestText(new).lines.map(\.text))
}
