import AuditModel
import EventQueries
import Testing

/// The fields of flow and DNS logs over rows of those logs.
@Suite struct FlowFieldTests {
  @Test(arguments: [
    "data:flow", "src:shop/web-*", "src:shop/web-7c9d8-*", "src:\"shop/web-7c9d8-*\"", "src:web-*", "src:10.1.2.3",
    "src:10.0.0.0/8", "-src:payments/*", "dst:payments/db-0", "dst:db-0", "dst:payments/*", "src.ns:shop",
    "source_namespace:shop", "source_name_aggr:web-*", "dest_name_aggr:db-*", "dest_name=\"db-0\"", "src.ip:10.0.0.0/8",
    "source_ip:pvt", "dst.ip:10.4.0.9", "dest_ip:10.4.0.1..10.4.0.20", "-dst.ip:pub", "src.label:app=web",
    "dst.label:app=*", "\"source_labels.labels\" IN {\"app=web\"}", "dst.port:5432", "dest_port = 5432",
    "dst.port:5000..6000", "-src.port:*", "dst.domain:*.test", "service:payments/db*", "proto:TCP", "proto=TCP",
    "action:deny", "action = \"deny\" AND dest_namespace = \"payments\"", "action:DENY", "reporter:dst",
    "-reporter:src,fwd", "policy:app/payments/db-in", "policy:app/*", "policy:*/staged:*", "policy:db-in",
    "policy:secops.baseline", "policy:staged:db-in-v2", "policy~db-in", "policy.action:pass", "bytes>10M", "bytes:12M",
    "bytes<=12M", "bytes_in>=12000000", "packets:9", "flows:3", "num_flows>2", "process:curl", "process:/usr/bin/*",
    "node:worker-1", "host:worker-*", "ns:payments", "ns:shop", "obj:payments/db-0", "obj:shop/*", "-obj:other/*",
    "time:2026-11-20", "at:16:12+-30m", "-actor:*", "-verb:*", "-code:*", "-result:denied",
  ])
  func `takes the flow`(_ text: String) throws { #expect(try takes(text, row(.flow(flow)))) }

  @Test(arguments: [
    "data:dns", "@writes", "@reads", "@human", "@machine", "src:payments/*", "src:web", "src:/web-7c9d8-*",
    "src:11.0.0.0/8", "dst:shop/*", "dst:*/web-*",
    "src.ip:pub", "dst.ip:pub", "src.label:app", "dst.port:5433", "proto:udp", "action:allow", "reporter:src",
    "policy:db", "policy:payments/db-in", "policy:nothing/*", "bytes>12M", "process:url", "ns:kube-system",
    "obj:payments/web-*", "qname:*", "rcode:*", "client:*", "latency:*", "server:*", "answer:*", "actor:*", "kind:pod",
  ])
  func `leaves the flow`(_ text: String) throws { #expect(try !takes(text, row(.flow(flow)))) }

  @Test(arguments: [
    "data:dns", "client:shop/web-*", "client_name_aggr:web-*", "client.ns:shop", "client_namespace:shop",
    "client.label:tier=front", "qname:api.partner.test", "qname:*.TEST", "qname NOTIN {\"*.corp\"}",
    "qname IN {\"*.test\", \"x\"}", "qtype:a", "qtype=a", "rcode:nxdomain", "rcode=NXDOMAIN", "-rcode:noerror",
    "answer:203.0.113.0/24", "answer:203.0.113.7", "answer:pub", "answer:*.cdn.test", "answer:203.0.113.1..203.0.113.9",
    "server:kube-system/coredns-1", "server:kube-system/*", "server:coredns-1", "server:10.96.0.10",
    "server:10.0.0.0/8",
    "-server:other/*", "latency>200ms", "latency:200ms..1s", "latency<=250ms", "latency<251ms", "latency_mean>80000000",
    "lookups>100", "count > 100 AND client_name=\"web-7c9d8-*\"", "ns:shop", "obj:shop/web-*", "-ip:*", "qclass:in",
  ])
  func `takes the lookup`(_ text: String) throws { #expect(try takes(text, row(.dns(lookup)))) }

  @Test(arguments: [
    "data:flow,audit", "client:payments/*", "qname NOTIN {\"*.test\"}", "rcode:noerror", "answer:198.51.100.0/24",
    "answer:cdn.test", "-server:kube-system/*", "server:*/x", "latency>250ms", "latency<250ms", "lookups:100", "src:*",
    "action:*", "policy:*", "bytes:*", "ns:payments",
  ])
  func `leaves the lookup`(_ text: String) throws { #expect(try !takes(text, row(.dns(lookup)))) }

  @Test func `policy and policy action next to each other speak of one hit`() throws {
    // The staged policy would allow; another one denies.
    let row = row(.flow(flow))
    #expect(try takes("policy:*/staged:* policy.action:allow", row))
    #expect(try !takes("policy:*/staged:* policy.action:deny", row))
    #expect(try takes("policy:app/* policy.action:deny", row))
    #expect(try !takes("policy:app/* policy:secops/* policy.action:deny", row))
    #expect(try takes("policy:*/staged:* (policy.action:deny or bytes:0)", row))
    #expect(try !takes("policy:*/staged:* (policy.action:deny)", row))
    // A negated term speaks for itself: some policy denies.
    #expect(try !takes("policy:*/staged:* -policy.action:deny", row))
    let text = "policy:*/staged:* policy.action:deny"
    #expect(try parse(text).description == text)
    #expect(try parse(text).echo(zone: .utc) == "policy like */staged:* AND policy.action is deny (of that policy)")
  }

  @Test func `what is not known of an endpoint is matched by its negation`() throws {
    let bare = row(
      .flow(FlowFacts(action: "allow", source: Endpoint(ip: "10.0.0.1"), destination: Endpoint(name: "pub"))))
    for text in [
      "-src:shop/*", "-src.ns:*", "src:10.0.0.1", "dst:pub", "dst.ip:pub", "-dst.ip:pvt", "-policy:*", "-bytes:*",
    ] {
      #expect(try takes(text, bare), "\(text)")
    }
    #expect(try !takes("src:10.0.0.2", bare))
  }

  /// A name of a pod is no sort of address.
  @Test func `pub and pvt stand for aggregated addresses only`() throws {
    let pod = row(.flow(FlowFacts(action: "allow", destination: Endpoint(type: "wep", namespace: "x", name: "pub"))))
    #expect(try !takes("dst.ip:pub", pod))
    #expect(try takes("dst:pub", pod))
  }

  @Test(arguments: [
    "data:flow action:deny dst:payments/* dst.port:5432 at:\"2026-11-20 16:12\"+-30m",
    "data:flow policy:*/staged:* policy.action:deny", "data:flow src:payments/* dst.ip:pub bytes>10M",
    "data:dns answer:203.0.113.0/24", "data:dns latency>200ms -server:kube-system/*",
    "count > 100 AND client_name=mypod", "code:403", "dest_service_name = \"db\"", "tcp_lost_packets > 0",
  ])
  func `examples of runbooks parse and print`(_ text: String) throws {
    let filter = try parse(text)
    #expect(try parse(filter.description) == filter)
  }

  @Test func `examples mean what they say`() throws {
    let row = row(.flow(flow))
    #expect(try takes("data:flow action:deny dst:payments/* dst.port:5432 at:\"2026-11-20 16:12\"+-30m", row))
    #expect(try !takes("data:flow action:deny dst:payments/* dst.port:5432 at:\"2026-11-20 15:00\"+-30m", row))
    let staged = self.row(
      .flow(
        FlowFacts(
          action: "allow",
          policies: [
            PolicyHit(scope: .enforced, index: 0, tier: "app", kind: "np", namespace: "x", name: "a", action: "allow"),
            PolicyHit(scope: .pending, index: 0, tier: "app", kind: "snp", namespace: "x", name: "b", action: "deny"),
          ])))
    #expect(try takes("data:flow policy:*/staged:* policy.action:deny", staged))
    let out = self.row(
      .flow(
        FlowFacts(
          action: "allow", source: Endpoint(namespace: "payments", name: "db-*"), destination: Endpoint(name: "pub"),
          bytesIn: 10, bytesOut: 10_000_000)))
    #expect(try takes("data:flow src:payments/* dst.ip:pub bytes>10M", out))
    #expect(try takes("data:dns answer:203.0.113.0/24", self.row(.dns(lookup))))
    #expect(try !takes("data:dns latency>200ms -server:kube-system/*", self.row(.dns(lookup))))
    var strange = lookup
    strange.servers = [Endpoint(name: "pub", ip: "198.51.100.53")]
    #expect(try takes("data:dns latency>200ms -server:kube-system/*", self.row(.dns(strange))))
  }

  @Test func `stages behind a bar count and rank`() throws {
    let top = try FilterPipeline(parsing: "data:dns rcode:NXDomain client.ns:payments | top 20 qname", context: context)
    #expect(top.stage == .top(20, field: "qname"))
    #expect(top.filter.description == "data:dns rcode:NXDomain client.ns:payments")
    let count = try FilterPipeline(parsing: "code:403 | count by user, kind every 1h", context: context)
    #expect(count.stage == .count(by: ["actor", "kind"], everySeconds: 3600))
    #expect(try FilterPipeline(parsing: "| top 3 action", context: context).filter.isEverything)
    #expect(try FilterPipeline(parsing: "a OR (b c)", context: context).stage == nil)
    for text in [
      "a | sort x", "a | top qname", "a | top 3 nothing", "a | count by", "a |", "a | top 3 qname x",
      "(a | top 3 qname)",
    ] {
      #expect(throws: FilterError.self, "\(text)") { try FilterPipeline(parsing: text, context: context) }
    }
    #expect(error("a | top 3 qname")?.column == 3)
  }

  @Test func `values of a row are what filters on it take`() throws {
    for facts in [LogFacts.flow(flow), .dns(lookup)] {
      let row = row(facts)
      for field in FilterField.all {
        let values = field.values(of: row)
        #expect(Set(values).count == values.count, "\(field.name)")
        for value in values {
          let filter = Filter.everything.adding(field: field.name, value: value)
          #expect(!filter.isEverything && filter.plan.matches(row) { nil }, "\(field.name):\(value)")
        }
      }
    }
    #expect(FilterField.named("policy.action")?.values(of: row(.flow(flow))) == ["pass", "deny", "allow"])
    #expect(FilterField.named("server")?.values(of: row(.dns(lookup))) == ["kube-system/coredns-1"])
    #expect(FilterField.named("ns")?.values(of: row(.flow(flow))) == ["shop", "payments"])
    #expect(FilterField.named("outcome")?.values(of: row(.flow(flow))) == [])
    #expect(FilterField.named("result")?.values(of: row(.flow(flow))) == [])
  }

  @Test func `a filter that names what only other logs have is about them`() throws {
    for text in ["data:flow", "action:deny", "-rcode:noerror", "ns:x (qname:a or verb:get)"] {
      #expect(try parse(text).isAboutOtherLogs, "\(text)")
    }
    for text in ["", "ns:x", "@writes", "payments"] { #expect(try !parse(text).isAboutOtherLogs, "\(text)") }
    #expect(DataChoice.automatic.shown(.everything, totals: [.audit: 1, .flow: 2]) == .audit)
    #expect(DataChoice.automatic.shown(.everything, totals: [.flow: 2]) == nil)
    #expect(DataChoice.automatic.shown(try parse("action:deny"), totals: [.audit: 1, .flow: 2]) == nil)
  }

  // MARK: Material

  private let flow = FlowFacts(
    end: moment("2026-11-20T16:15:00Z"), action: "deny", reporter: "dst",
    source: Endpoint(type: "wep", namespace: "shop", name: "web-7c9d8-*", ip: "10.1.2.3", labels: ["app=web"]),
    destination: Endpoint(
      type: "wep", namespace: "payments", name: "db-0", ip: "10.4.0.9", port: 5432, labels: ["app=db", "x=a=b"]),
    proto: "tcp", service: "payments/db:5432", domains: ["db.test"],
    policies: [
      PolicyHit(scope: .enforced, index: 0, tier: "secops", kind: "gnp", name: "baseline", action: "pass", rule: 2),
      PolicyHit(
        scope: .enforced, index: 1, tier: "app", kind: "np", namespace: "payments", name: "db-in", action: "deny",
        rule: -1),
      PolicyHit(
        scope: .pending, index: 1, tier: "app", kind: "snp", namespace: "payments", name: "db-in-v2", action: "allow",
        rule: 0),
    ], bytesIn: 12_000_000, bytesOut: 0, packetsIn: 5, packetsOut: 4, flows: 3, flowsStarted: 1, flowsCompleted: 1,
    process: "/usr/bin/curl", host: "worker-1")

  private let lookup = DNSFacts(
    end: moment("2026-11-20T16:15:00Z"),
    client: Endpoint(namespace: "shop", name: "web-7c9d8-*", labels: ["tier=front"]), qname: "api.partner.test",
    qtype: "A", qclass: "IN", rcode: "NXDomain", answers: ["edge.cdn.test", "203.0.113.7"],
    servers: [Endpoint(namespace: "kube-system", name: "coredns-1", ip: "10.96.0.10")], lookups: 140,
    latencyMean: 81_000_000, latencyMax: 250_000_000, host: "worker-1")

  private func row(_ facts: LogFacts) -> Act { factRow(facts) }
}

/// A row of another log at 16:10.
func factRow(_ facts: LogFacts) -> Act {
  Act(
    data: facts.data, time: moment("2026-11-20T16:10:00Z"), verb: "", outcome: .observed, level: nil, stages: [],
    source: SourcePosition(file: "flows.log", line: 1, offset: 0, length: 1), facts: facts)
}
