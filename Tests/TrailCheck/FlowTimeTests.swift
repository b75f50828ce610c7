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

  /// What is told where the audit log, a day long, writes the policy at some minutes, and connections under it began
  /// in the five-minute intervals from others on.
  private func told(
    _ writes: [(Double, SourceTally.PolicyWrite.Effect)], flows minutes: [Double]
  ) -> [String] {
    var audit = source(writtenAt: steady(from: 0, to: 86_400, every: 60))
    audit.policyWrites[web] = writes.map { SourceTally.PolicyWrite($0.1, at: minute($0.0)) }
    var flows = source("flows.log", writtenAt: minutes.map { $0 * 60 }, data: .flow)
    var use: [SourceTally.PolicyUse] = []
    for start in minutes {
      let interval = minute(start)...minute(start + 5)
      if use.isEmpty || !use[use.count - 1].extend(by: interval) { use.append(SourceTally.PolicyUse(interval)) }
    }
    flows.policyUse[policy] = use
    let report = trailReport(TrailTally(sources: [audit, flows], objects: [web]))
    return report.finding("policy-times")?.items.map(\.text) ?? []
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
