import AuditModel
import EventQueries
import ObjectHistory
import Testing

@testable import TrailCheck

@Suite struct OtherRuleTests {
  private let key = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")

  @Test func `logs that lack nothing have no findings`() {
    let report = TrailReport([source(writtenAt: steady(from: 0, to: 100))])
    #expect(report.titles == [])
    #expect(!report.hasFindings)
  }

  @Test func `changes off the record come first, with their objects`() throws {
    var log = source(writtenAt: steady(from: 0, to: 100))
    log.truncated.add(WrittenLine(time: at(3), line: 4, offset: 0))
    let outside = Finding(
      kind: .outside, object: key, after: 3, before: 4,
      evidence: [
        "generation 4 -> 6", "managedFields: Update by calicoctl at 2023-11-14T22:14:00Z, which no act shows",
      ],
      since: at(10), until: at(20))
    let report = trailReport(TrailTally(sources: [log]), history: [outside])
    #expect(
      report.titles == [
        "outside: 1 change that no line of the log shows", "truncation: 1 act without bodies: truncated",
      ])
    let item = try #require(report.findings.first?.items.first)
    #expect(
      item.text == "NetworkPolicy shop/web, between r3 and r4, 2023-11-14 22:13:30 to 22:13:40Z: generation 4 -> 6; "
        + "written by calicoctl (managedFields)")
    #expect(item.target == .object(key))
  }

  @Test func `many writes past the API to one object are one line`() {
    let bypass = (1...4).map {
      Finding(kind: .bypass, object: key, before: $0, evidence: ["patch by bob"], since: at(1), until: at(2))
    }
    let report = trailReport(TrailTally(), history: bypass)
    #expect(report.findings.map(\.items.count) == [1])
    #expect(report.findings.first?.items.first?.text.hasSuffix("patch by bob (and 3 more)") == true)
  }

  @Test func `an object that changed off the record again and again is told a few times`() {
    let outside = (1...7).map {
      Finding(kind: .outside, object: key, before: $0, evidence: ["uid"], since: at(1), until: at(2))
    }
    let report = trailReport(TrailTally(), history: outside)
    #expect(report.titles == ["outside: 7 changes that no line of the log shows"])
    #expect(report.findings.first?.items.count == 3)
    #expect(report.findings.first?.items.last?.text.hasSuffix("uid (and 4 more)") == true)
  }

  @Test(arguments: [
    ("AKS", "aksService", ""), ("EKS", "eks:node-manager", ""), ("EKS", "bob", "{\"logStream\":\"x\"}"),
    ("GKE", "me@p.iam.gserviceaccount.com", ""), ("GKE", "bob", "{\"protoPayload\":{}}"),
  ])
  func `managed services are told by accounts and wrappers`(name: String, user: String, head: String) {
    var log = source(writtenAt: steady(from: 0, to: 100))
    log.users = [user: 4, "system:admin": 2]
    log.head = head
    let report = TrailReport([log])
    #expect(report.titles == ["platform: Logs of \(name)"])
    #expect(!report.hasFindings)
  }

  @Test(arguments: [
    "system:node:ip-10-0-116-239.eu-west-1.compute.internal", "system:serviceaccount:kube-system:aws-node",
    "system:serviceaccount:kube-system:azure-cloud-provider",
  ])
  func `a cluster of one's own on somebody's machines is no managed service`(user: String) {
    var log = source(writtenAt: steady(from: 0, to: 100))
    log.users = [user: 4]
    log.head = #"{"annotations":{"iam.amazonaws.com/role":"arn:aws:iam::111122223333:role/web"}}"#
    #expect(TrailReport([log]).titles.isEmpty)
  }

  @Test func `where the audit policy cannot be changed no rule for it is advised`() {
    var log = source(writtenAt: steady(from: 0, to: 100))
    log.users = ["aksService": 4]
    log.coverage = [
      SourceTally.Coverage(group: "networking.k8s.io", resource: "networkpolicies", verb: "patch", level: .request): 2
    ]
    #expect(TrailReport([log]).advice.first?.hasPrefix("The audit policy of a managed service") == true)
    log.users = [:]
    #expect(TrailReport([log]).advice.first?.hasPrefix("- level: RequestResponse") == true)
  }

  @Test func `calicoctl is told by its agent, and Calico itself is not`() {
    var log = source(writtenAt: steady(from: 0, to: 100))
    var seen = SourceTally.Sightings()
    seen.add(WrittenLine(time: at(1), line: 2, offset: 0))
    log.libraryWrites = ["system:serviceaccount:calico-system:calico-kube-controllers": seen]
    #expect(TrailReport([log]).titles == [])
    log.libraryWrites["bob"] = seen
    #expect(
      TrailReport([log]).finding("calicoctl")?.items.map(\.text) == [
        "bob: 1 write to crd.projectcalico.org with agent Go-http-client"
      ])
  }

  @Test func `policies that only flows know are noted once there is an audit log`() {
    func hit(_ kind: String, _ tier: String, _ namespace: String?, _ name: String) -> PolicyHit {
      PolicyHit(scope: .enforced, index: 0, tier: tier, kind: kind, namespace: namespace, name: name, action: "")
    }
    var flows = source("flows.log", writtenAt: [1, 2, 3], data: .flow)
    for hit in [
      hit("gnp", "security", nil, "quarantine"), hit("knp", "default", "shop", "web"),
      hit("np", "default", "shop", "old"),
      hit("pro", "__PROFILE__", nil, "kns.shop"),
    ] { flows.flowPolicies[SourceTally.FlowPolicy(hit)] = SourceTally.NamedTime(name: hit.path, time: at(1)) }
    let objects = [
      key,
      ObjectKey(
        group: "crd.projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "security.quarantine"),
    ]
    let audit = source(writtenAt: steady(from: 0, to: 100))
    let report = trailReport(TrailTally(sources: [audit, flows], objects: objects))
    #expect(
      report.finding("unknown-policies")?.items.map(\.text) == [
        "default/shop/old, in flows from 2023-11-14 22:13:21Z on"
      ])
    #expect(trailReport(TrailTally(sources: [flows], objects: [])).titles == [])
  }

  @Test func `notices of unlogged DNS answers are told`() {
    var dns = source("dns.log", writtenAt: [1, 2, 3], data: .dns)
    dns.unlogged.add(WrittenLine(time: at(2), line: 2, offset: 0))
    #expect(TrailReport([dns]).titles == ["unlogged-dns: DNS answers went unlogged"])
  }
}
