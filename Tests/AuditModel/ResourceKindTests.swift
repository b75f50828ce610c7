import AuditModel
import Testing

@Suite struct ResourceKindTests {
  @Test func `in six columns every kind of the table has a name of its own that a filter takes`() {
    var kinds: [String: [String]] = [:]
    for kind in ResourceKind.all { kinds[kind.abbreviation, default: []].append(kind.kind) }
    for (name, kinds) in kinds where name.count <= 6 {
      // The one short name of two groups' kinds, which the project behind them gave to both.
      if name != "cnp" { #expect(kinds.count == 1, "\(name) means \(kinds)") }
      for kind in kinds { #expect(ResourceKind.named(name).contains { $0.kind == kind }) }
    }
    let related = ResourceKind.all.filter { $0.role != .other }.map(\.abbreviation)
    #expect(related.allSatisfy { $0.count <= 6 }, "\(related.filter { $0.count > 6 })")
  }
}
