import AuditModel
import EventQueries
import TerminalScreen

/// What flow and DNS logs say, in words: figures with their units, verdicts with what decided them.
public enum FactWords {
  /// `300 B`, `12.4 kB`, `1.2 MB`; thousands, as filters have them.
  public static func bytes(_ count: Int64) -> String {
    scaled(count, [(1, "B"), (1_000, "kB"), (1_000_000, "MB"), (1_000_000_000, "GB")])
  }

  /// `810 us`, `1.9 ms`, `2.1 s`
  public static func nanoseconds(_ count: Int64) -> String {
    scaled(count, [(1, "ns"), (1_000, "us"), (1_000_000, "ms"), (1_000_000_000, "s")])
  }

  /// In the largest unit that it reaches, with a digit behind the point where there is one to see.
  private static func scaled(_ count: Int64, _ units: [(size: Int64, name: String)]) -> String {
    let unit = units.last { count.magnitude >= $0.size.magnitude } ?? units[0]
    guard unit.size > 1 else { return "\(PaneWords.grouped(count)) \(unit.name)" }
    let tenths = count / (unit.size / 10)
    return PaneWords.grouped(tenths / 10) + (tenths % 10 == 0 || tenths >= 1000 ? "" : ".\((tenths % 10).magnitude)")
      + " " + unit.name
  }

  /// `16:10 - 16:15`, `16:10:15 - 16:10:30`; the beginning alone where the end is not known.
  static func interval(_ act: Act, _ zone: Zone) -> String {
    let times = [act.time, act.facts?.end].compactMap { $0.map(zone.civil) }
    let hasSeconds = times.contains { $0.second != 0 } || times.count == 1
    return times.map { hasSeconds ? $0.clockText : String($0.clockText.prefix(5)) }.joined(separator: " - ")
  }

  /// `5 min`, `15 s`
  static func length(_ seconds: Int64) -> String {
    seconds % 60 == 0 && seconds > 0 ? "\(seconds / 60) min" : "\(seconds) s"
  }

  /// What the summary line says of a row of another log: who and whom where there is room, else what the row itself
  /// has no room for.
  static func sentence(_ act: Act, _ zone: Zone, width: Int) -> String {
    guard let facts = act.facts else { return act.summary }
    let figures = figures(facts)
    let whole = ([interval(act, zone), facts.summary] + figures).joined(separator: "  ")
    guard whole.count > width, let short = verdict(facts) else { return whole }
    if case .dns(let dns) = facts { return sentence(dns, short, width: width) }
    // The row has the beginning.
    let end = facts.end.map { "to " + zone.civil($0).clockText } ?? interval(act, zone)
    return ([end, short] + figures).joined(separator: "  ")
  }

  /// `catalog.pay~luster.local A by payments/checkout-5d~: 10.96.40.11  5 lookups, max 1.2 ms`: the names give way.
  private static func sentence(_ dns: DNSFacts, _ answer: String, width: Int) -> String {
    let type = dns.qtype.map { " " + $0 } ?? ""
    let client = dns.client.path ?? "-"
    let figures = figures(.dns(dns)).joined(separator: ", ")
    let tail = "  " + figures
    // What was answered keeps a third at most.
    let shown = Screen.cut(answer, width: max(8, width / 3), .end, asciiOnly: true)
    let room = max(8, width - type.count - " by : ".count - shown.count - tail.count)
    let nameRoom = dns.qname.count <= room / 2 ? dns.qname.count : max(room - client.count, room - room / 2)
    let name = Screen.cut(dns.qname, width: nameRoom, .middle, asciiOnly: true)
    let doer = Screen.cut(client, width: room - min(nameRoom, dns.qname.count), .end, asciiOnly: true)
    return "\(name)\(type) by \(doer): \(shown)" + (figures.isEmpty ? "" : tail)
  }

  /// `denied by the default action of tier app`, `NXDomain`, the first answers.
  private static func verdict(_ facts: LogFacts) -> String? {
    switch facts {
    case .flow(let flow): flow.verdict
    case .dns(let dns): dns.firstAnswers ?? dns.rcode
    case .plain: nil
    }
  }

  private static func figures(_ facts: LogFacts) -> [String] {
    switch facts {
    case .flow(let flow):
      [flow.bytes.map(bytes), flow.reporter.map { "seen by " + $0 }].compactMap { $0 }
    case .dns(let dns):
      [
        dns.answers.isEmpty || !dns.isFailure ? nil : dns.rcode,
        dns.lookups.flatMap { $0 == 1 ? nil : "\(PaneWords.grouped($0)) lookups" }, latency(dns),
      ].compactMap { $0 }
    case .plain: []
    }
  }

  /// `max 1.2 ms`, `mean 810 us`
  private static func latency(_ dns: DNSFacts) -> String? {
    dns.latencyMax.map { "max " + nanoseconds($0) } ?? dns.latencyMean.map { "mean " + nanoseconds($0) }
  }

  static func reporter(_ reporter: String) -> String {
    switch reporter {
    case "src": "src: as the source's node saw it"
    case "dst": "dst: as the destination's node saw it"
    case "fwd": "fwd: as the host that forwards saw it"
    default: reporter
    }
  }

  static let doubleCounting =
    "A connection between two pods is in the log twice, as src and as dst report it: for volumes take one reporter."

  static func endpointType(_ type: String) -> String {
    switch type {
    case "wep": "pod"
    case "hep": "host endpoint"
    case "ns": "network set"
    case "net": "no endpoint that the cluster knows"
    default: type
    }
  }

  /// `denied  by tier app's default action ...`; a tier's default action is never put down to a policy.
  static func hit(_ hit: PolicyHit, isSimulated: Bool) -> String {
    let verb = isSimulated ? "would \(hit.action)" : hit.action
    let padded = verb + String(repeating: " ", count: max(1, (isSimulated ? 12 : 6) - verb.count))
    guard hit.isDefaultAction, hit.kind != "pro" else { return padded + hit.words }
    let named =
      hit.kind == "eot" ? "" : " (\(hit.path) is one of those that select the endpoint; no rule of it matched)"
    return padded + hit.words + named
  }
}
