import AuditModel
import EventQueries
import Testing

@testable import TrailCheck

/// Policies in flows at times at which, by the audit log, they were not there.
@Suite struct FlowTimeTests {
  private let policy = SourceTally.FlowPolicy(
    PolicyHit(scope: .enforced, index: 0, tier: "default", kind: "np", namespace: "shop", name: "web", action: ""))
  private let web = ObjectKey(
    group: "projectcalico.org", resource: "networkpolicies", namespace: "shop", name: "default.web")

  private func minute(_ number: Double) -> Timestamp { at(number * 60) }

  private typealias Write = SourceTally.PolicyWrite

  /// What is told where the audit log, a day long, writes the policy at some minutes, and connections under it began
  /// in the five-minute intervals from others on.
  private func told(_ writes: [(Double, Write.Effect)], flows minutes: [Double]) -> [String] {
    report(writes.map { Write($0.1, at: minute($0.0)) }, flows: minutes).finding("policy-times")?.items.map(\.text)
      ?? []
  }

  private func report(
    _ writes: [Write] = [], sweeps: [Write] = [], of swept: String = "shop", flows minutes: [Double],
    writtenAt seconds: [Double] = steady(from: 0, to: 86_400, every: 60), others: [SourceTally] = []
  ) -> TrailReport {
    var audit = source(writtenAt: seconds)
    audit.policyWrites[web] = writes
    audit.policySweeps[
      SourceTally.Collection(group: "projectcalico.org", resource: "networkpolicies", namespace: swept)] = sweeps
    var flows = source("flows.log", writtenAt: minutes.map { $0 * 60 }, data: .flow)
    var use: [SourceTally.PolicyUse] = []
    for start in minutes {
      let interval = minute(start)...minute(start + 5)
      if use.isEmpty || !use[use.count - 1].extend(by: interval) { use.append(SourceTally.PolicyUse(interval)) }
    }
    flows.policyUse[policy] = use
    return trailReport(TrailTally(sources: [audit, flows] + others, objects: [web]))
  }

  @Test func `traffic while the policy is there is nothing to tell of`() {
    #expect(told([(60, .made), (120, .altered), (300, .ended)], flows: [55, 60, 65, 200, 295, 300]) == [])
    // Made before the log begins: it is not known since when.
    #expect(told([(60, .altered), (300, .ended)], flows: [0, 5, 10, 290]) == [])
  }

  @Test func `traffic before the create and after the delete is told, with both times`() {
    #expect(
      told([(60, .made)], flows: [40, 45]) == [
        "default/shop/web, in flows from 2023-11-14 22:53:20Z on; made at 2023-11-14 23:13:20Z"
      ])
    #expect(
      told([(60, .made), (120, .ended), (300, .made)], flows: [100, 200]) == [
        "default/shop/web, in flows from 2023-11-15 01:33:20Z on; deleted at 2023-11-15 00:13:20Z, made again at "
          + "2023-11-15 03:13:20Z"
      ])
    #expect(told([(60, .made), (120, .ended)], flows: [140]).count == 1)
  }

  @Test func `intervals without a pause show a policy through the time of its absence`() {
    let minutes = Array(stride(from: 60.0, through: 400, by: 5))
    #expect(told([(50, .made), (120, .ended), (300, .made)], flows: minutes).count == 1)
    #expect(told([(50, .made), (120, .ended), (125, .made)], flows: minutes) == [])
  }

  @Test func `the interval of the change, and five minutes for clocks, are no sign`() {
    #expect(told([(60, .made)], flows: [50, 55]) == [])
    #expect(told([(60, .made), (120, .ended)], flows: [115, 120, 125]) == [])
  }

  @Test func `what was altered after its deletion was made again without a line`() {
    #expect(told([(60, .made), (120, .ended), (300, .altered)], flows: [200, 350]) == [])
  }

  @Test func `a deletecollection ends the policies of its namespace`() {
    func words(_ sweeps: [Double], of namespace: String = "shop", more: [Write] = [], flows: [Double]) -> [String] {
      let writes = [Write(.made, at: minute(50))] + more
      let found = report(writes, sweeps: sweeps.map { Write(.swept, at: minute($0)) }, of: namespace, flows: flows)
      return found.finding("policy-times")?.items.map(\.text) ?? []
    }
    #expect(
      words([120], flows: [200]) == [
        "default/shop/web, in flows from 2023-11-15 01:33:20Z on; deleted at 2023-11-15 00:13:20Z"
      ])
    #expect(words([120], of: "other", flows: [200]) == [])
    #expect(words([120], flows: [100]) == [])
    #expect(words([120], more: [Write(.made, at: minute(150))], flows: [200]) == [])
    // What is deleted afterwards was not met; what was deleted before was gone.
    #expect(words([120], more: [Write(.ended, at: minute(300))], flows: [200]) == [])
    #expect(words([300], more: [Write(.ended, at: minute(120))], flows: [200]).count == 1)
  }

  @Test func `a deletion that may have been a dry run is told with that doubt`() throws {
    let trial = Write(.ended, at: minute(120), mayBeDryRun: true)
    let made = Write(.made, at: minute(50))
    let doubt = try #require(report([made, trial], flows: [200]).finding("policy-times"))
    #expect(doubt.weight == .gap)
    #expect(doubt.title == "1 policy decides on traffic after a deletion that may have been a dry run")
    #expect(
      doubt.items.map(\.text) == [
        "default/shop/web, in flows from 2023-11-15 01:33:20Z on; deleted at 2023-11-15 00:13:20Z unless that was a dry "
          + "run"
      ])
    // What could be made again was gone.
    let again = report([made, trial, Write(.made, at: minute(300))], flows: [200])
    #expect(again.finding("policy-times")?.weight == .alarm)
  }

  @Test func `where a clock was set it is said that times were not held against each other`() throws {
    let stepped = steady(from: 0, to: 3600, every: 10) + steady(from: 600, to: 3000, every: 10)
    let writes = [Write(.made, at: minute(50)), Write(.ended, at: minute(55))]
    let note = try #require(report(writes, flows: [200], writtenAt: stepped).finding("policy-times"))
    #expect(note.weight == .note)
    #expect(note.title == "1 policy in flows is not held against the times of its changes")
    #expect(note.items.map(\.text) == ["default/shop/web: changes of it are in audit.log"])
    let sweep = report(
      [], sweeps: [Write(.swept, at: minute(50))], flows: [200], writtenAt: stepped,
      others: [made(at: 40, "other.log")])
    #expect(sweep.finding("policy-times")?.items.map(\.text) == note.items.map(\.text))
    #expect(report([], flows: [200], writtenAt: stepped).finding("policy-times") == nil)
  }

  @Test func `a clock that was set in another server's log stands in nobody's way`() {
    var other = source(
      "other.log", writtenAt: steady(from: 0, to: 3600, every: 10) + steady(from: 600, to: 3000, every: 10))
    other.policyWrites[ObjectKey(group: web.group, resource: web.resource, namespace: "shop", name: "default.api")] = [
      Write(.made, at: minute(1))
    ]
    let found = report([Write(.made, at: minute(50)), Write(.ended, at: minute(120))], flows: [200], others: [other])
    #expect(found.finding("policy-times")?.weight == .alarm)
  }

  /// A log of a day that makes the policy at a minute.
  private func made(at number: Double, _ file: String) -> SourceTally {
    var audit = source(file, writtenAt: steady(from: 0, to: 86_400, every: 60))
    audit.policyWrites[web] = [Write(.made, at: minute(number))]
    return audit
  }

  @Test func `times are told in the zone of the reader`() {
    let text: TrailText = "from \(time: at(0)) on, \(from: at(0), to: at(10))"
    #expect(text.text(in: .utc) == "from 2023-11-14 22:13:20Z on, 2023-11-14 22:13:20 to 22:13:30Z")
    let zone = Zone(name: "X", transitions: [.init(from: Timestamp(seconds: 0), offsetSeconds: 5400)])
    #expect(
      text.text(in: zone) == "from 2023-11-14 23:43:20+01:30 on, 2023-11-14 23:43:20 to 23:43:30+01:30")
  }

  @Test func `objects whose histories were not asked are noted`() {
    let audit = source(writtenAt: steady(from: 0, to: 100))
    #expect(
      trailReport(TrailTally(sources: [audit], unsettledCount: 2)).titles == [
        "unsettled: Not every no-op is told from a change"
      ])
  }
}
