import AuditModel
import EventQueries
import Testing

struct FilterMeaningTests {
  @Test(arguments: [
    "verb:update", "verb:put", "verb:UPDATE", "verb:up*", "-verb:get", "verb!=get",
    "kind:netpol", "kind:NetworkPolicy", "kind:networkpolicies", "kind:netpol.networking.k8s.io", "kind=NetworkPolicy",
    "kind:network*", "kind~Policy$", "kind:gnp,netpol",
    "api:networking.k8s.io", "api:networking.k8s.io/v1", "api:*.k8s.io", "api:*/v1", "-api:core",
    "ns:shop", "ns:SHOP", "ns:sh??", "ns=shop", "name:allow-*", "obj:shop/allow-web", "obj:*/allow*", "obj:allow-web",
    "actor:alice*", "by:alice@example.com", "-as:*", "group:netsec", "group:system:*",
    "ip:10.0.0.0/8", "ip:203.0.113.7", "ip:pub", "ip:pvt", "ip:10.4.2.1..10.4.2.20", "ip:203.*",
    "agent:kubectl", "agent:kubectl*", "agent:LINUX", "agent~^kubectl/v1", "reason:netsec", "human:true",
    "code:200", "code:2xx", "code<300", "code:..200", "code:1..", "code!=403", "took<50ms", "took>=0.038", "took:38ms",
    "result:ok", "outcome:changed", "level:requestresponse", "stage:ResponseComplete", "-stage:Panic", "data:audit",
    "src_file:audit-1.log", "src_file:/var/log/kube/*", "src_file:audit-*", "uid:0a1b*", "auditid:3f2a-11",
    "-truncated:true", "noop:false", "-tier:*", "-code:4xx",
    "since:24h", "since:-1h", "until:2026-11-20", "time:2026-11-20", "at:16:12+-1m",
  ])
  func `takes the act`(_ text: String) throws { #expect(try takes(text, act())) }

  @Test(arguments: [
    "verb:updat", "kind:gnp", "kind:networkpolicies.crd.projectcalico.org", "kind=netpol", "kind=networkpolicy",
    "api:networking", "api:v1", "api:core", "ns:sho", "ns=SHOP", "name:allow", "obj:other/allow-web", "obj:/allow-web",
    "actor:alice", "as:alice*", "ip:10.5.0.0/16", "ip:2001:db8::/32", "agent~^linux", "human:false", "code:4xx",
    "code>200", "took>1s", "result:denied", "outcome:noop", "level:metadata", "stage:Panic", "data:flow",
    "src_file:audit-2.log", "tier:*", "truncated:true", "since:10m", "until:16:00", "time:2026-11-19", "at:16:30+-1m",
    "sub:*",
  ])
  func `leaves the act`(_ text: String) throws { #expect(try !takes(text, act())) }

  @Test(arguments: ["cnp", "CNP", "caliconetworkpolicy", "CalicoNetworkPolicies", "cnp,gnp"])
  func `a name of Calico's API alone means its policies alone`(_ word: String) throws {
    #expect(try !takes("kind:\(word)", act()))
    for group in ["projectcalico.org", "crd.projectcalico.org"] {
      #expect(try takes("kind:\(word)", act { $0.object?.group = group }))
    }
    #expect(try !takes("kind:\(word)", act { $0.object?.resource = "networksets" }))
    #expect(try takes("kind:cnp.crd.projectcalico.org", act { $0.object?.group = "crd.projectcalico.org" }))
    #expect(try !takes("kind:cnp.crd.projectcalico.org", act { $0.object?.group = "projectcalico.org" }))
  }

  @Test func `cnp is the ClusterNetworkPolicy of its own group too`() throws {
    let cluster = act {
      $0.object = ObjectReference(
        group: "policy.networking.k8s.io", version: "v1alpha2", resource: "clusternetworkpolicies", namespace: nil,
        name: "deny")
      $0.kind = "ClusterNetworkPolicy"
    }
    #expect(try takes("kind:cnp", cluster))
    #expect(try !takes("kind:caliconetworkpolicies", cluster))
    #expect(try takes("kind:netpol", act { $0.object?.group = "projectcalico.org" }))
    #expect(
      try takes(
        "kind:calicoglobalnetworkpolicies",
        act {
          $0.object?.group = "projectcalico.org"
          $0.object?.resource = "globalnetworkpolicies"
          $0.kind = nil
        }))
  }

  @Test func `an actor is who authenticated or who was impersonated`() throws {
    let masked = act { $0.asUser = "system:admin" }
    #expect(try takes("actor:alice@example.com", masked))
    #expect(try takes("actor:system:admin", masked))
    #expect(try takes("as:system:admin", masked))
    #expect(try !takes("by:system:admin", masked))
    #expect(try takes("@impersonated @human", masked))
  }

  @Test(
    arguments: [
      ("alice", nil, true), ("system:serviceaccount:ci:bot", nil, false), ("system:node:n1", nil, false),
      ("system:anonymous", nil, false), (nil, nil, false), ("system:serviceaccount:ui:proxy", "alice", true),
    ] as [(String?, String?, Bool)])
  func `a human is somebody whose name is not the cluster's`(_ by: String?, _ mask: String?, _ isHuman: Bool) throws {
    let act = act {
      $0.by = by
      $0.asUser = mask
    }
    #expect(try takes("human:true", act) == isHuman)
    #expect(try takes("@machine", act) == !isHuman)
  }

  @Test func `service accounts have a short form`() throws {
    let bot = act { $0.by = "system:serviceaccount:gitops:argo" }
    for text in [
      "actor:sa:gitops/argo", "actor:sa:gitops/*", "by:sa:argo", "by:SA:GitOps/ar*", "by:\"sa:gitops/argo\"",
    ] {
      #expect(try takes(text, bot), "\(text)")
    }
    #expect(try !takes("actor:sa:ci/*", bot))
    #expect(try !takes("by:\"sa:gitops/*\"", bot))
  }

  @Test func `absent values are left by a term and taken by its negation`() throws {
    let bare = act {
      $0.object = nil
      $0.kind = nil
      $0.by = nil
      $0.ips = []
      $0.code = nil
      $0.took = nil
    }
    for text in [
      "ns:x", "name:*", "by:*", "ip:10.0.0.0/8", "ip:*", "code:200", "took>0s", "kind:*", "api:core", "actor:*",
    ] {
      #expect(try !takes(text, bare), "\(text)")
      #expect(try takes("-" + text, bare), "\(text)")
    }
    #expect(try takes("code!=200 ns!=x by!~x", bare))
    let core = act { $0.object = ObjectReference(group: "", version: "v1", resource: "pods", subresource: "exec") }
    #expect(try takes("api:* api:core api:v1 api:core/v1 api:\"\" kind:pods/exec sub:exec @exec", core))
    #expect(
      try takes("obj:/n1", act { $0.object = ObjectReference(group: "", version: "v1", resource: "nodes", name: "n1") })
    )
  }

  @Test func `the macros for writes and reads agree with the act`() throws {
    for verb in ["get", "list", "watch", "create", "update", "patch", "delete", "deletecollection", "connect"] {
      for subresource in [nil, "exec", "status", "proxy"] {
        let some = act {
          $0.verb = verb
          $0.object?.subresource = subresource
        }
        #expect(try takes("@writes", some) == some.isWrite, "\(verb) \(subresource ?? "")")
        #expect(try takes("@reads", some) == (Outcome.isRead(verb: verb) && !some.isConnect), "\(verb)")
      }
    }
  }

  @Test func `policy kinds are all there`() throws {
    for kind in ResourceKind.all where kind.role != .related && kind.role != .other {
      let some = act {
        $0.object?.resource = kind.resource
        $0.kind = nil
      }
      #expect(try takes("@policy", some), "\(kind.kind)")
      #expect(try takes("@staged", some) == (kind.role == .stagedPolicy))
    }
    #expect(
      try !takes(
        "@policy",
        act {
          $0.object?.resource = "pods"; $0.kind = "Pod"
        }))
  }

  static let record = """
    {"level":"RequestResponse","requestURI":"/apis/x?fieldManager=kubectl","user":{"username":"alice","extra":{"scopes":["a","b"]}},\
    "requestObject":{"spec":{"order":500,"big":9007199254740993,"types":["Ingress","Egress"],"note":"a \\"b\\" \\u0063d","on":true}},\
    "responseObject":{"metadata":{"creationTimestamp":"2026-11-01T00:00:00Z"},"spec":{"rules":[{"ports":[{"port":80}]},{"ports":[{"port":443}]}],"s\\u0065cret":"x"}},\
    "annotations":{"authorization.k8s.io/decision":"allow"}}
    """

  @Test(arguments: [
    (".requestObject.spec.order>=500", true), (".requestObject.spec.order>500", false),
    (".requestObject.spec.order:500.0", true),
    (".requestObject.spec.order:100..500", true), ("requestObject.spec.order<1k", true),
    (".requestObject.spec.big:9007199254740993", true), (".requestObject.spec.big:9007199254740992", false),
    (".requestObject.spec.types:egress", true), (".requestObject.spec.types=egress", false),
    (".requestObject.spec.types[0]:egress", false),
    (".requestObject.spec.types[1]=Egress", true), (".requestObject.spec.on:true", true),
    (".responseObject.spec.rules[].ports[].port:443", true), (".responseObject.spec.rules[0].ports[].port:443", false),
    (".responseObject.spec.rules.ports:443", false), ("responseObject.spec.rules.ports.port:443", true),
    (".responseObject.spec:*", true),
    (".responseObject.nothing:*", false),
    ("-.responseObject.nothing:*", true), (".responseObject.spec.secret:x", true),
    (".responseObject.metadata.creationTimestamp<2026-11-02", true),
    (".responseObject.metadata.creationTimestamp>=2026-11-02", false),
    (".annotations.\"authorization.k8s.io/decision\":allow", true), (".user.extra.scopes:b", true),
    (".level:request*", true),
    (".requestURI~fieldManager", true), ("\"a \\\"b\\\" cd\"", true), ("cd", true), ("KUBECTL", true), ("al*ce", true),
    ("in*ess", true),
    ("order*types", false), ("\"nowhere at all\"", false), ("/spec.*order/", true), ("text:\"fieldManager=\"", true),
    ("-cd", false),
  ])
  func `looks into the record`(_ text: String, _ taken: Bool) throws {
    #expect(try takes(text, act(), record: Self.record) == taken)
    // What a scan may pass over must not hold what would have matched.
    for needles in Self.needles(try parse(text).plan) where taken && !text.hasPrefix("-") && !needles.isEmpty {
      #expect(needles.contains { Self.record.lowercased().contains(String(decoding: $0, as: UTF8.self).lowercased()) })
    }
  }

  private static func needles(_ plan: FilterPlan) -> [[[UInt8]]] {
    switch plan {
    case .payload(let test): [test.needles]
    case .and(let parts), .or(let parts): parts.flatMap(needles)
    case .not(let part): needles(part)
    case .constant, .column, .change: []
    }
  }

  @Test func `text is looked for in columns before records are read`() throws {
    let plan = try parse("allow-web").plan
    var reads = 0
    #expect(
      plan.matches(act()) {
        reads += 1; return nil
      })
    #expect(reads == 0)
    #expect(
      !(try parse("ns:other @policy somewhere").plan.matches(act()) {
        reads += 1; return nil
      }))
    #expect(reads == 0)
  }

  @Test func `sets over a column are one test, and spans of time one interval`() throws {
    guard case .or(let parts) = try parse("kind:gnp,netpol,tier,foo,b*").plan else {
      Issue.record("no alternatives"); return
    }
    #expect(parts.count == 2)
    guard case .column(.time, let test) = try parse("since:24h").plan else { Issue.record("no column"); return }
    #expect(test.interval?.lowerBound == afternoon.adding(seconds: -86_400).microseconds)
    guard case .column(.code, let code) = try parse("code>=500").plan else { Issue.record("no column"); return }
    #expect(code.interval == 500...Int64.max)
  }

  @Test func `values of an act are what filters on it take`() throws {
    let some = act {
      $0.asUser = "bob"; $0.tier = "security"; $0.object?.subresource = "status"
    }
    for field in FilterField.all {
      for value in field.values(of: some) {
        let filter = Filter.everything.adding(field: field.name, value: value)
        #expect(!filter.isEverything && filter.plan.matches(some) { nil }, "\(field.name):\(value)")
      }
    }
    #expect(FilterField.named("result")?.values(of: some) == ["ok"])
    #expect(FilterField.named("actor")?.values(of: some) == ["bob"])
    #expect(FilterField.named("obj")?.values(of: some) == ["shop/allow-web"])
    let namespace = act {
      $0.object = ObjectReference(group: "", version: "v1", resource: "namespaces", namespace: "shop", name: "shop")
    }
    #expect(FilterField.named("obj")?.values(of: namespace) == ["shop/shop"])
  }

  @Test func `a pinned filter means the same in any zone and at any time`() throws {
    let berlin = Zone(name: "Europe/Berlin", transitions: [.init(from: Timestamp(seconds: 0), offsetSeconds: 3600)])
    let here = FilterContext(now: afternoon, zone: berlin)
    let filter = try parse("since:\"2026-11-20 16:12\" -time:09:00..10:00 until:2026-11-20 ns:x", here)
    #expect(
      filter.pinned.description == "since:2026-11-20T15:12:00.000000Z "
        + "-time:2026-11-20T08:00:00.000000Z..2026-11-20T09:00:00.000000Z until:2026-11-20T22:59:59.999999Z ns:x")
    #expect(try parse(filter.pinned.description, FilterContext()) == filter.pinned)
    #expect(filter.echo(zone: berlin).hasPrefix("since 2026-11-20 16:12 Europe/Berlin"))
  }

}
