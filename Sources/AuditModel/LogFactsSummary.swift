extension LogFacts {
  /// One sentence without a full stop: `shop/web-* to shop/db:5432 denied by tier app's default action`.
  public var summary: String {
    switch self {
    case .flow(let flow): flow.summary
    case .dns(let dns): dns.summary
    case .plain(let plain): plain.message ?? plain.data.name
    }
  }

  /// In one word what happened, as lists show it: the verdict, the answer's code.
  public var what: String {
    switch self {
    case .flow(let flow): flow.action
    case .dns(let dns): dns.rcode ?? "-"
    case .plain(let plain): plain.action ?? plain.data.name
    }
  }

  /// Who it began with: the source of a flow, the client of a lookup.
  public var subject: String? {
    switch self {
    case .flow(let flow): flow.source.path
    case .dns(let dns): dns.client.path
    case .plain(let plain): plain.source.path ?? plain.host
    }
  }

  /// What it was about: the destination with its port, the name that was asked for, the message.
  public var target: String {
    switch self {
    case .flow(let flow): flow.target
    case .dns(let dns): dns.target
    case .plain(let plain): plain.destination.path ?? plain.message ?? "-"
    }
  }

  /// Whether traffic was denied, or a name could not be looked up.
  public var isFailure: Bool {
    switch self {
    case .flow(let flow): flow.action == "deny"
    case .dns(let dns): dns.isFailure
    case .plain: false
    }
  }

  /// End of the interval.
  public var end: Timestamp? {
    switch self {
    case .flow(let flow): flow.end
    case .dns(let dns): dns.end
    case .plain(let plain): plain.end
    }
  }
}

extension FlowFacts {
  /// `shop/web-* -> shop/db:5432`
  public var pair: String { (source.path ?? "-") + " -> " + target }

  /// `shop/db:5432`; the protocol where there is no port.
  public var target: String {
    let path = destination.path ?? "-"
    if let port = destination.port { return path + ":\(port)" }
    return proto.map { path + " " + $0 } ?? path
  }

  /// The enforced policy with the last word; where the log does not tell staged from enforced, the last that is not
  /// staged. Nil where none was logged.
  public var decidedBy: PolicyHit? {
    policies.last { ($0.scope == .enforced || $0.scope == .all) && !$0.isStaged && $0.action == action }
  }

  /// `denied by the default action of tier app`
  public var verdict: String {
    let verdict =
      switch action {
      case "allow": "allowed"
      case "deny": "denied"
      default: action
      }
    return verdict + (decidedBy.map { " by " + $0.words } ?? "")
  }

  var summary: String { "\(source.path ?? "-") to \(target) \(verdict)" }
}

extension PolicyHit {
  /// `security/quarantine rule 2`, `the default action of tier app`, `profile kns.shop`.
  public var words: String {
    if isDefaultAction, kind != "pro" { return "the default action of tier \(tier)" }
    if kind == "pro" { return "profile \(name)" }
    guard let rule, rule >= 0 else { return path }
    return path + " rule \(rule)"
  }
}

extension DNSFacts {
  /// `api.partner.test A`
  public var target: String { qname + (qtype.map { " " + $0 } ?? "") }

  /// The first three answers and how many more there are; nil for none.
  public var firstAnswers: String? {
    guard !answers.isEmpty else { return nil }
    return answers.prefix(3).joined(separator: ", ") + (answers.count > 3 ? " and \(answers.count - 3) more" : "")
  }

  var summary: String { "\(client.path ?? "-") asked for \(target): \(firstAnswers ?? rcode ?? "no answer")" }
}
