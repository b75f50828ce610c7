import AuditModel
import EventQueries
import Testing

struct FilterPropertyTests {
  @Test(arguments: 0..<200)
  func `printing then parsing a filter gives it back`(seed: Int) throws {
    var random = Seeded(seed)
    let text = Self.filterText(&random, depth: 3)
    let filter = try #require(try? parse(text), "\(text)")
    let printed = filter.description
    #expect((try? parse(printed)) == filter, "\(text) -> \(printed)")
    #expect(try parse(printed).description == printed)
    #expect(try parse(filter.pinned.description) == filter.pinned, "\(text)")
    for (index, term) in filter.terms.enumerated() {
      #expect(try parse(term.description) == term, "\(text)")
      _ = filter.removing(term: index).echo(zone: .utc)
    }
  }

  /// What was never meant to be a filter is refused, or is one that prints and parses back.
  @Test(arguments: 0..<200)
  func `a soup of tokens is an error or a filter that prints`(seed: Int) throws {
    var random = Seeded(seed + 10_000)
    for _ in 0..<15 {
      let text = (0...(random.next() % 12)).map { _ in random.pick(Self.soup) }.joined()
      _ = FilterCompletion.at(cursor: Int(random.next() % 30), in: text)
      guard let filter = try? parse(text) else {
        let column = try #require(error(text)).column
        #expect((1...(text.count + 1)).contains(column), "\(text)")
        continue
      }
      let printed = filter.description
      #expect((try? parse(printed)) == filter, "\(text) -> \(printed)")
    }
  }

  @Test(arguments: 0..<200)
  func `the plan takes an act where a plain reading of the filter does`(seed: Int) throws {
    var random = Seeded(seed + 20_000)
    let tree = Reading.random(&random, depth: 3)
    let plan = try parse(tree.text).plan
    for _ in 0..<20 {
      let act = Self.randomAct(&random)
      #expect(plan.matches(act) { nil } == tree.takes(act), "\(tree.text) over \(act)")
    }
  }

  // MARK: Random material

  static let soup = [
    "a", "verb", "code", "name", "since", "at", "kind", ".x", "[]", "[0]", ":", "=", "!=", "~", "!~", "<", ">=", " ",
    " ",
    "(", ")", "{", "}", "[", "]", ",", "..", "\"", "\"", "/", "/i", "-", "+-", "*", "?", "#", "@", "@policy", "|",
    "and", "or",
    " or ", "not ", " in ", " notin ", " TO ", "403", "24h", "2026-11-20", "\\", "\u{301}", "\u{1b}", "é", "\n", "!",
    "10.0.0.0/8",
    "true", "\\/", "sa:a/b", "in", "ip", "text", "\u{202e}", "user.username", "obj", "/", "^", "$", "(?:",
  ]

  static func filterText(_ random: inout Seeded, depth: Int) -> String {
    if depth > 0, random.chance(50) {
      let parts = (0..<(2 + Int(random.next() % 3))).map { _ in filterText(&random, depth: depth - 1) }
      let joined = parts.joined(separator: random.pick([" ", " AND ", " or ", " OR ", "  "]))
      return random.pick(["(\(joined))", "-(\(joined))", "not (\(joined))", "( \(joined) )"])
    }
    let negation = random.pick(["", "", "", "-", "NOT "])
    return negation + random.pick([value(&random), macro(&random), comparison(&random), comparison(&random)])
  }

  private static func macro(_ random: inout Seeded) -> String { "@" + random.pick(FilterMacro.all).name }

  private static let texts = [
    "web", "allow-web", "a*b", "*", "x?", "\"a b\"", "\"*\"", "/x+/", "/a b/i", "\"\\u{1b}\"", "é", "sa:ci/*", "a:b",
    "a=b",
    "system:node:n1", "\"\"", "..", "a..b", "/a/b", "\"/a/\"", "b.", ".b", "\"or\"", "IN", "10%", "a/b",
  ]

  private static func value(_ random: inout Seeded) -> String {
    random.pick([
      "web", "\"a: b\"", "/we+b/i", "al*ce", "\"not\"", "\"=x\"", "x@y.z", "10.0.0.1", "\"\\\"\"", "*a*b*", "é",
    ])
  }

  private static func comparison(_ random: inout Seeded) -> String {
    let field = random.pick(FilterField.all)
    let name = random.pick([field.name] + field.aliases)
    func set(_ values: [String]) -> String {
      let items = (0...Int(random.next() % 3)).map { _ in random.pick(values) }
      switch random.next() % 5 {
      case 0: return "\(name) IN {\(items.joined(separator: ", "))}"
      case 1: return "\(name) notin (\(items.joined(separator: ",")))"
      case 2: return "\(name):{ \(items.joined(separator: " , ")) }"
      default: return "\(name):\(items.joined(separator: ","))"
      }
    }
    switch field.type {
    case .time(.span):
      return random.pick([
        "time:2026-11-20", "time>=yesterday", "time:09:00..10:30", "time:-2h..", "time:24h", "time<1700000000",
        "time!=2026-11-20", "time:[\"2026-11-20 10:00\" TO *]",
      ])
    case .time(.since):
      return "since:" + random.pick(["24h", "yesterday", "\"20 nov\"", "\"2026-11-20 16:12\"", "-2h"])
    case .time(.until): return "until:" + random.pick(["2h", "2026-11-20", "2026-11-20T10:00+02:00"])
    case .time(.around): return "at:" + random.pick(["16:12+-5m", "\"2026-11-20 16:12\"+-30m", "2026-11-20"])
    case .number:
      return random.pick(
        [":403", ">=500", ":4xx", ":1..5", "!=2", " > 100"].map { name + $0 } + [set(["1", "2..3", "5xx"])])
    case .duration: return random.pick(["took>2s", "took:1ms..50ms", "took<=1.5", set(["1s", "..5s"])])
    case .address: return set(["10.0.0.0/8", "pub", "2001:db8::/32", "10.0.0.1..10.0.0.9", "10.*", "::1"])
    case .flag: return "\(name):" + random.pick(["true", "false"])
    case .choice(let choices): return set(choices.map(\.name))
    case .object, .endpoint:
      return set(
        field.name == "obj"
          ? ["a/b", "*/x", "\"a b/c\"", "x", "/x"] : ["a/b", "*/x", "x-*", "/x", "10.0.0.0/8", "::1"])
    case .policy(.path): return set(["t/n/p", "*/staged:*", "p", "\"t/p q\"", "default.p", "staged:p"])
    case .policy(.action): return set(["allow", "DENY", "p*"])
    case .word:
      return random.chance(50)
        ? set(["tcp", "NXDomain", "*error", "\"a b\""]) : name + "=" + random.pick(["UDP", "\"x y\""])
    case .answer: return set(["203.0.113.0/24", "api.test", "*.test", "pub", "10.0.0.1..10.0.0.9", "\"a b\""])
    case .latency: return random.pick(["latency>200ms", "latency:1ms..50ms", "latency<=1.5", set(["1s", "..5s"])])
    case .everything: return set(["web", "\"a b\"", "/x/", "a*b"])
    default:
      return random.chance(50)
        ? set(texts.filter { $0 != (takesSlashes(field) ? "/a b/i" : "/a/b") })
        : name + random.pick(["=", "!=", "~", "!~"]) + random.pick(["web", "\"a b\"", "/a b/i", "a.b", "\"x[y]\""])
    }
  }

  private static func takesSlashes(_ field: FilterField) -> Bool {
    if case .file = field.type { true } else { false }
  }

  /// Of any log.
  static func randomAct(_ random: inout Seeded) -> Act {
    switch random.next() % 4 {
    case 0: return factRow(.flow(randomFlow(&random)))
    case 1: return factRow(.dns(randomLookup(&random)))
    default: return randomAuditAct(&random)
    }
  }

  private static func randomEndpoint(_ random: inout Seeded) -> Endpoint {
    Endpoint(
      type: random.pick(["wep", "net", nil]), namespace: random.pick(Reading.names),
      name: random.pick(["web-1", "web-*", "pub", nil]), ip: random.pick(["10.1.2.3", "203.0.113.9", nil]),
      port: random.pick([53, 443, nil]))
  }

  private static func randomFlow(_ random: inout Seeded) -> FlowFacts {
    let kinds = ["np", "snp"]
    return FlowFacts(
      action: random.pick(["allow", "deny"]), reporter: random.pick(["src", "dst", nil]),
      source: randomEndpoint(&random), destination: randomEndpoint(&random), proto: random.pick(["tcp", nil]),
      policies: (0..<Int(random.next() % 4)).map { index in
        PolicyHit(
          scope: .all, index: index, tier: "app", kind: random.pick(kinds), namespace: random.pick(["shop", nil]),
          name: random.pick(["a", "b"]), action: random.pick(["allow", "deny", "pass"]))
      }, bytesIn: random.pick([nil, 5, 20_000_000]))
  }

  private static func randomLookup(_ random: inout Seeded) -> DNSFacts {
    DNSFacts(
      client: randomEndpoint(&random), qname: random.pick(["api.test", "x.corp"]),
      rcode: random.pick(["NoError", "NXDomain", nil]), answers: random.pick([[], ["10.9.9.9"], ["c.test"]]),
      servers: random.pick([[], [Endpoint(namespace: "kube-system", name: "dns")], [Endpoint(ip: "10.0.0.1")]]),
      latencyMean: random.pick([nil, 300_000_000]), latencyMax: random.pick([nil, 100_000_000]))
  }

  private static func randomAuditAct(_ random: inout Seeded) -> Act {
    act {
      $0.verb = random.pick(Reading.verbs)
      $0.code = random.pick([nil, 200, 403, 404, 500])
      $0.by = random.pick([nil, "alice", "Alice", "system:serviceaccount:ci:bot", "bob"])
      $0.asUser = random.pick([nil, nil, "alice", "system:admin"])
      $0.ips = random.pick([[], ["10.1.2.3"], ["192.168.0.1", "10.9.9.9"], ["2001:db8::1"]])
      $0.object = random.pick([
        nil,
        ObjectReference(
          group: "", version: "v1", resource: random.pick(["pods", "secrets"]), namespace: random.pick(Reading.names),
          name: random.pick(Reading.names)),
      ])
      $0.kind = nil
    }
  }
}

/// A filter with an evaluation of its own, written without the program's.
private indirect enum Reading {
  case all([Reading])
  case any([Reading])
  case not(Reading)
  case verb([String])
  case namespace(String)
  case name(prefix: String)
  case code(String, Int)
  case actor(String)
  case impersonated
  case privateTen
  case pods
  case data(DataKind)
  case source(namespace: String)
  case denied
  case big
  /// A staged policy that does this.
  case staged(String)
  case lookup(suffix: String)
  case nameError
  case slow
  case strangeServer

  static let verbs = ["get", "list", "create", "delete"]
  static let names = [nil, "shop", "Shop", "web-1", "web-2", "db"]

  static func random(_ random: inout Seeded, depth: Int) -> Reading {
    if depth > 0, random.chance(60) {
      let parts = (0..<(2 + Int(random.next() % 2))).map { _ in Reading.random(&random, depth: depth - 1) }
      return random.pick([.all(parts), .any(parts), .not(parts[0])])
    }
    return random.pick([
      .verb([random.pick(verbs), random.pick(verbs)]), .namespace(random.pick(["shop", "db"])),
      .name(prefix: random.pick(["web", "s"])),
      .code(random.pick(["=", "!=", "<", "<=", ">", ">="]), random.pick([200, 403, 450])),
      .actor(random.pick(["alice", "bob"])),
      .impersonated, .privateTen, .pods, .data(random.pick([.audit, .flow, .dns])),
      .source(namespace: random.pick(["shop", "db"])), .denied, .big, .staged(random.pick(["allow", "deny"])),
      .lookup(suffix: "test"), .nameError, .slow, .strangeServer,
    ])
  }

  var text: String {
    switch self {
    case .all(let parts): "(" + parts.map(\.text).joined(separator: " ") + ")"
    case .any(let parts): "(" + parts.map(\.text).joined(separator: " or ") + ")"
    case .not(let part): "-" + part.text
    case .verb(let verbs): "verb:" + verbs.joined(separator: ",")
    case .namespace(let name): "ns:" + name
    case .name(let prefix): "name:\(prefix)*"
    case .code(let sign, let number): "code\(sign)\(number)"
    case .actor(let name): "actor:" + name
    case .impersonated: "as:*"
    case .privateTen: "ip:10.0.0.0/8"
    case .pods: "kind:po"
    case .data(let data): "data:\(data.name)"
    case .source(let namespace): "src:\(namespace)/*"
    case .denied: "action:deny"
    case .big: "bytes>10M"
    case .staged(let action): "(policy:*/staged:* policy.action:\(action))"
    case .lookup(let suffix): "qname IN {\"*.\(suffix)\"}"
    case .nameError: "rcode:nxdomain"
    case .slow: "latency>200ms"
    case .strangeServer: "-server:kube-system/*"
    }
  }

  func takes(_ act: Act) -> Bool {
    switch self {
    case .all(let parts): return parts.filter { !$0.takes(act) }.isEmpty
    case .any(let parts): return !parts.filter { $0.takes(act) }.isEmpty
    case .not(let part): return !part.takes(act)
    case .verb(let verbs): return verbs.contains(act.verb)
    case .namespace(let name):
      let facts = act.facts
      return [
        act.object?.namespace, facts?.flow?.source.namespace, facts?.flow?.destination.namespace,
        facts?.dns?.client.namespace,
      ].contains { $0?.lowercased() == name }
    case .name(let prefix): return act.object?.name?.lowercased().hasPrefix(prefix) == true
    case .code(let sign, let number):
      guard let code = act.code else { return sign == "!=" }
      switch sign {
      case "=": return code == number
      case "!=": return code != number
      case "<": return code < number
      case "<=": return code <= number
      case ">": return code > number
      default: return code >= number
      }
    case .actor(let name): return [act.by, act.asUser].contains { $0?.lowercased() == name }
    case .impersonated: return act.asUser != nil
    case .privateTen: return act.ips.contains { $0.hasPrefix("10.") }
    case .pods: return act.object?.resource == "pods"
    case .data(let data): return act.data == data
    case .source(let namespace):
      guard let source = act.facts?.flow?.source, source.name != nil else { return false }
      return source.namespace?.lowercased() == namespace
    case .denied: return act.facts?.flow?.action == "deny"
    case .big: return (act.facts?.flow?.bytesIn ?? 0) > 10_000_000
    case .staged(let action):
      return act.facts?.flow?.policies.contains { $0.kind == "snp" && $0.action == action } == true
    case .lookup(let suffix): return act.facts?.dns?.qname.hasSuffix("." + suffix) == true
    case .nameError: return act.facts?.dns?.rcode == "NXDomain"
    case .slow:
      guard let dns = act.facts?.dns, let latency = dns.latencyMax ?? dns.latencyMean else { return false }
      return latency > 200_000_000
    case .strangeServer: return act.facts?.dns?.servers.contains { $0.namespace == "kube-system" } != true
    }
  }
}
