import AuditModel
import EventQueries
import Testing

@testable import TrailCheck

@Suite struct PolicyTests {
  private func log(
    file: String = "audit.log", _ coverage: [(SourceTally.Coverage, Int)]
  ) -> SourceTally {
    var log = source(file, writtenAt: steady(from: 0, to: 100))
    log.coverage = Dictionary(coverage, uniquingKeysWith: +)
    return log
  }
  private func act(
    _ verb: String, _ resource: String, _ group: String, _ level: Level = .requestResponse, isWrite: Bool = true
  ) -> SourceTally.Coverage {
    SourceTally.Coverage(group: group, resource: resource, verb: verb, level: level, isWrite: isWrite)
  }

  @Test func `writes without bodies are told with the rule that logs them`() throws {
    let report = TrailReport([
      log([
        (act("patch", "networkpolicies", "networking.k8s.io", .metadata), 3), (act("create", "pods", "", .metadata), 1),
      ])
    ])
    let finding = try #require(report.finding("levels"))
    #expect(finding.title == "Writes are logged without bodies (level Metadata)")
    #expect(
      finding.items.map(\.text) == ["networkpolicies.networking.k8s.io: 3 writes (patch)", "pods: 1 write (create)"])
    #expect(
      report.advice == [
        """
        - level: RequestResponse
          verbs: ["create", "update", "patch", "delete", "deletecollection"]
          resources:
          - group: networking.k8s.io
            resources: ["networkpolicies"]
          - group: ""
            resources: ["pods"]
        """
      ])
  }

  @Test func `reads, secrets and bookkeeping at Metadata are as they should be`() {
    let report = TrailReport([
      log([
        (act("list", "networkpolicies", "networking.k8s.io", .metadata, isWrite: false), 9),
        (act("create", "secrets", "", .metadata), 1),
        (act("update", "ipamblocks", "crd.projectcalico.org", .metadata), 50),
        (act("update", "leases", "coordination.k8s.io", .metadata), 50),
        (
          SourceTally.Coverage(
            group: "", resource: "serviceaccounts", subresource: "token", verb: "create", level: .metadata), 5
        ),
      ])
    ])
    #expect(report.titles == [])
  }

  @Test func `what kube-apiserver passes on may lack its bodies where the other server logs them`() {
    let passedOn = act("patch", "globalnetworkpolicies", "projectcalico.org", .metadata)
    let served = act("patch", "globalnetworkpolicies", "projectcalico.org")
    let kube = log(file: "kube.log", [(passedOn, 3)])
    #expect(TrailReport([kube, log(file: "tsee.log", [(served, 3)])]).finding("levels") == nil)
    #expect(TrailReport([kube]).finding("levels") != nil)
  }

  @Test func `a namespace that goes without a deletecollection tells that the verb is not logged`() throws {
    var log = self.log([(act("delete", "namespaces", ""), 1)])
    log.namespaceDeletions = [.init(name: "legacy", time: at(50))]
    let finding = try #require(TrailReport([log]).finding("no-deletecollection"))
    #expect(finding.title == "deletecollection is not logged")
    #expect(finding.advice.first?.contains("verbs: [\"deletecollection\"]") == true)

    log.coverage[act("deletecollection", "pods", "")] = 1
    #expect(TrailReport([log]).titles == [])
  }

  @Test func `no namespace deleted, no deletecollection missed`() {
    #expect(TrailReport([log([(act("delete", "pods", ""), 1)])]).titles == [])
  }

  @Test func `the Calico API server's own log cannot show what goes with a namespace`() {
    let calico = log(file: "tsee-audit.log", [(act("delete", "networkpolicies", "projectcalico.org"), 100)])
    #expect(
      TrailReport([calico]).titles == ["no-deletecollection: The Calico API server's log has no deletecollection"])
    let collection = act("deletecollection", "networkpolicies", "projectcalico.org", .metadata)
    let kube = log(file: "kube-audit.log", [(collection, 1)])
    #expect(TrailReport([calico, kube]).finding("no-deletecollection") == nil)
  }

  @Test func `only what is missing is printed for logs`() {
    var log = self.log([(act("patch", "networkpolicies", "networking.k8s.io", .request), 2)])
    log.namespaceDeletions = [.init(name: "legacy", time: at(50))]
    let text = AuditPolicyText.missing(TrailReport([log]).policyGaps)
    #expect(text.contains("# 2 writes of networkpolicies.networking.k8s.io: only at level Request."))
    #expect(text.contains("# 1 namespace deleted, and no deletecollection in the log."))
    #expect(text.contains("#   networkpolicies.extensions"))
    #expect(AuditPolicyText.missing(PolicyGaps(TrailTally())).hasPrefix("# These logs show nothing"))
  }
}
