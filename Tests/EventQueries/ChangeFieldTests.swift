import AuditModel
import EventQueries
import Testing

struct ChangeFieldTests {
  private static let change = ActChange(
    changed: [
      "spec.egress[0]", "spec.egress[0].to[0].ipBlock.cidr", "metadata.annotations[\"example.com/why\"]",
      "rules[12].verbs[1]",
    ],
    added: ["0.0.0.0/0", "*", "Allow", "8080"], removed: ["Deny"], fidelity: "F")

  private func takes(_ filter: String, _ change: ActChange?) throws -> Bool {
    try parse(filter).plan.matches(act(), change: change) { nil }
  }

  @Test(arguments: [
    "changed:spec", "changed:spec.egress", "changed:SPEC.Egress", "changed:spec.egress[0]", "changed:spec.egress[]",
    "changed:spec.egress[0].to", "changed:spec.egress.to.ipBlock", "changed:spec.egress.to[0].ipBlock.cidr",
    "changed:spec.*gress.to", "changed:.spec.egress", "changed:rules", "changed:rules.verbs", "changed:rules[12].verbs",
    "changed:metadata.annotations.example.com/why", #"changed:"metadata.annotations[\"example.com/why\"]""#,
    "changed:metadata.annotations", "changed=spec.egress[0]", "changed~cidr$", "changed:*",
    "changed:spec.order,spec.egress", "added:0.0.0.0/0", "added:\"*\"", "added:0.0.*", "added:allow", "added:8080",
    "added~^[0-9.]+/0$", "removed:Deny", "-removed:Allow", "fidelity:F", "fidelity:f,t", "-fidelity:M,T",
    "outside:false", "changed:spec.egress added:0.0.0.0/0", "changed:spec.egress added:nothing or kind:netpol",
  ])
  func `takes the act`(_ text: String) throws { #expect(try takes(text, Self.change)) }

  @Test(arguments: [
    "changed:spec.ingress", "changed:spec.egress[1]", "changed:spec.eg", "changed:egress",
    "changed:spec.egress[0].ports",
    "changed=spec.egress", "changed:rules[1]", "added:0.0.0.0", "added:\"0.0.*\"", "added:Deny", "added=allow",
    "removed:allow", "fidelity:R", "outside:true", "@outside", "-changed:*", "changed:spec.egress added:10.0.0.0/8",
  ])
  func `leaves the act`(_ text: String) throws { #expect(try !takes(text, Self.change)) }

  @Test func `nothing is said of an act whose history is not known`() throws {
    for text in ["changed:*", "added:*", "fidelity:F", "fidelity:*", "outside:true"] {
      #expect(try !takes(text, nil), "\(text)")
      #expect(try takes("-" + text, nil), "\(text)")
    }
  }

  @Test func `a refused dry run is one`() throws {
    let refused = act {
      $0.dryRun = true
      $0.code = 403
      $0.outcome = .denied
    }
    #expect(try parse("dryrun:true outcome:denied").plan.matches(refused) { nil })
    #expect(try !parse("dryrun:true").plan.matches(act()) { nil })
  }

  @Test func `values of a change are what filters on it take`() throws {
    for field in FilterField.all where field.change != nil {
      for value in field.values(of: act(), change: Self.change) {
        let filter = Filter.everything.adding(field: field.name, value: value)
        #expect(!filter.isEverything && filter.plan.matches(act(), change: Self.change) { nil }, "\(filter)")
      }
    }
  }

  @Test func `completion knows the fields and some of their values`() {
    let text = "changed:spec.e"
    #expect(FilterCompletion.at(cursor: text.count, in: text)?.candidates.map(\.text) == ["spec.egress"])
    #expect(FilterCompletion.at(cursor: 9, in: "fidelity:")?.candidates.map(\.text) == ["F", "R", "T", "M"])
    #expect(FilterCompletion.at(cursor: 2, in: "@o")?.candidates.map(\.text) == ["@outside"])
  }
}
