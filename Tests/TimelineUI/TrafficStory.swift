import AuditModel

/// Flows and lookups around the story of `Story`.
enum TrafficStory {
  /// Acts, flows and lookups.
  static let acts = Story.acts + traffic
  static let traffic = flows + lookups

  static let flows: [Act] = [
    row(
      300, "2026-11-20T16:10:00Z",
      .flow(
        FlowFacts(
          end: time("2026-11-20T16:15:00Z"), action: "deny", reporter: "dst",
          source: Endpoint(
            type: "wep", namespace: "storefront", name: "web-7c9d8-x2x7k", ip: "10.1.2.3",
            labels: ["app=web", "fw-zone=dmz"]),
          destination: Endpoint(
            type: "wep", namespace: "payments", name: "db-0", ip: "10.4.0.9", port: 5432, labels: ["app=db"]),
          proto: "tcp", service: "payments/db:5432",
          policies: [
            hit(.enforced, 0, "secops", "gnp", nil, "baseline", "pass", 2),
            hit(.enforced, 1, "app", "np", "payments", "db-in", "deny", -1),
            hit(.pending, 0, "secops", "gnp", nil, "baseline", "pass", 2),
            hit(.pending, 1, "app", "snp", "payments", "db-in-v2", "allow", 0),
          ], bytesIn: 300, bytesOut: 0, packetsIn: 5, packetsOut: 0, flows: 1, flowsStarted: 1, flowsCompleted: 1,
          host: "worker-2"))),
    row(
      299, "2026-11-20T16:10:00Z",
      .flow(
        FlowFacts(
          end: time("2026-11-20T16:15:00Z"), action: "allow", reporter: "src",
          source: Endpoint(
            type: "wep", namespace: "storefront", name: "web-7c9d8-*", labels: ["app=web"]),
          destination: Endpoint(type: "wep", namespace: "payments", name: "db-*", port: 5432), proto: "tcp",
          policies: [hit(.enforced, 0, "__PROFILE__", "pro", nil, "kns.storefront", "allow", 0)], bytesIn: 1_204_113,
          bytesOut: 80_120, packetsIn: 3025, packetsOut: 118, flows: 41))),
    row(
      298, "2026-11-20T16:00:00Z",
      .flow(
        FlowFacts(
          end: time("2026-11-20T16:05:00Z"), action: "allow", reporter: "src",
          source: Endpoint(type: "wep", namespace: "payments", name: "db-*"),
          destination: Endpoint(type: "net", name: "pub", port: 443), proto: "tcp", domains: ["backup.example.net"],
          policies: [hit(.enforced, 0, "default", "gnp", nil, "restrict-egress", "allow", 3)], bytesIn: 9_120,
          bytesOut: 48_000_000_000, packetsIn: 40, packetsOut: 90_000, flows: 5))),
    row(
      297, "2026-11-20T15:30:00Z",
      .flow(
        FlowFacts(
          end: time("2026-11-20T15:35:00Z"), action: "deny", reporter: "src",
          source: Endpoint(type: "wep", namespace: "legacy", name: "batch-0", ip: "10.9.0.7"),
          destination: Endpoint(type: "net", name: "pvt", ip: "10.99.0.1"), proto: "icmp",
          policies: [hit(.enforced, 0, "security", "gnp", nil, "quarantine", "deny", 1)], bytesIn: 0, bytesOut: 84,
          packetsIn: 0, packetsOut: 1, flows: 1))),
  ]

  static let lookups: [Act] = [
    row(
      290, "2026-11-20T16:10:00Z",
      .dns(
        DNSFacts(
          end: time("2026-11-20T16:15:00Z"), client: Endpoint(namespace: "storefront", name: "web-7c9d8-*"),
          qname: "db.payments.svc.cluster.local", qtype: "A", qclass: "IN", rcode: "NoError", answers: ["10.96.40.11"],
          servers: [Endpoint(namespace: "kube-system", name: "coredns-668d6bf9bc-jx5wr", ip: "10.2.0.10")], lookups: 41,
          latencyMean: 810_000, latencyMax: 1_900_000))),
    row(
      289, "2026-11-20T16:10:00Z",
      .dns(
        DNSFacts(
          end: time("2026-11-20T16:15:00Z"), client: Endpoint(namespace: "legacy", name: "batch-0"),
          qname: "xk3f9.exfil.example", qtype: "TXT", qclass: "IN", rcode: "NXDomain", lookups: 140,
          latencyMean: 33_000_000, latencyMax: 240_000_000))),
    row(
      288, "2026-11-20T16:00:00Z",
      .dns(
        DNSFacts(
          end: time("2026-11-20T16:05:00Z"), client: Endpoint(namespace: "payments", name: "db-*"),
          qname: "backup.example.net", qtype: "AAAA", rcode: "ServFail", lookups: 2, latencyMean: 2_000_000_000))),
    row(
      287, "2026-11-20T16:00:00Z",
      .plain(
        PlainFacts(
          data: .dns, end: time("2026-11-20T16:05:00Z"), action: "unlogged",
          message: "12 DNS answers were not logged: more than the node's limit"))),
  ]

  /// The denied flow with its record.
  static let deniedFlow = detail(
    flows[0],
    #"{"start_time":1795191000,"end_time":1795191300,"source_ip":"10.1.2.3","source_name":"web-7c9d8-x2x7k","source_name_aggr":"web-7c9d8-*","source_namespace":"storefront","source_port":null,"source_type":"wep","source_labels":{"labels":["app=web","fw-zone=dmz"]},"dest_ip":"10.4.0.9","dest_name":"db-0","dest_name_aggr":"db-*","dest_namespace":"payments","dest_port":5432,"dest_type":"wep","dest_labels":{"labels":["app=db"]},"dest_service_namespace":"payments","dest_service_name":"db","dest_service_port":"pg","dest_service_port_num":5432,"dest_domains":null,"proto":"tcp","action":"deny","reporter":"dst","policies":{},"bytes_in":300,"bytes_out":0,"num_flows":1,"num_flows_started":1,"num_flows_completed":1,"packets_in":5,"packets_out":0,"http_requests_allowed_in":0,"http_requests_denied_in":0,"process_name":"-","num_process_names":0,"process_id":"-","tcp_mean_send_congestion_window":10,"tcp_mean_smooth_rtt":1412,"tcp_max_smooth_rtt":98000,"tcp_mean_mss":1398,"tcp_lost_packets":3,"nat_outgoing_ports":null,"host":"worker-2","@timestamp":1795191300000,"custom_tag":"edge"}"#
  )

  static let failedLookup = detail(
    lookups[1],
    #"{"start_time":"2026-11-20T16:10:00Z","end_time":"2026-11-20T16:15:00Z","type":"log","count":140,"client_name":"batch-0","client_name_aggr":"batch-*","client_namespace":"legacy","client_ip":null,"client_labels":{"app":"batch"},"servers":[],"qname":"xk3f9.exfil.example","qclass":"IN","qtype":"TXT","rcode":"NXDomain","rrsets":[{"name":"exfil.example","class":"IN","type":"SOA","rdata":["ns1.exfil.example"]}],"latency_count":140,"latency_mean":33000000,"latency_max":240000000,"host":"worker-1"}"#
  )

  private static func detail(_ act: Act, _ record: String) -> ActDetail {
    ActDetail(
      act: act, requestURI: "", request: nil, response: nil,
      records: [RawRecord(stage: .responseComplete, source: act.source, bytes: Array(record.utf8))])
  }

  private static func row(_ number: UInt32, _ start: String, _ facts: LogFacts) -> Act {
    Act(
      id: ActID(segment: 1, row: number), contentID: ContentID(high: 0x5e1f, low: UInt64(number)), data: facts.data,
      time: time(start), verb: "", outcome: .observed, level: nil, stages: [],
      source: SourcePosition(
        file: facts.data == .flow ? "flows.log" : "dns.log", line: Int(number), offset: Int64(number) * 900, length: 900
      ),
      facts: facts)
  }

  private static func hit(
    _ scope: PolicyHit.Scope, _ index: Int, _ tier: String, _ kind: String, _ namespace: String?, _ name: String,
    _ action: String, _ rule: Int
  ) -> PolicyHit {
    PolicyHit(
      scope: scope, index: index, tier: tier, kind: kind, namespace: namespace, name: name, action: action, rule: rule)
  }

  private static func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }
}
