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
    case .dns(let dns): dns.qname + (dns.qtype.map { " " + $0 } ?? "")
    case .plain(let plain): plain.destination.path ?? plain.message ?? "-"
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
  /// `shop/db:5432`; the protocol where there is no port.
  var target: String {
    let path = destination.path ?? "-"
    if let port = destination.port { return path + ":\(port)" }
    return proto.map { path + " " + $0 } ?? path
  }

  /// The enforced policy with the last word; where the log does not tell staged from enforced, the last that is not
  /// staged. Nil where none was logged.
  public var decidedBy: PolicyHit? {
    policies.last { ($0.scope == .enforced || $0.scope == .all) && !$0.isStaged && $0.action == action }
  }

  var summary: String {
    let verdict =
      switch action {
      case "allow": "allowed"
      case "deny": "denied"
      default: action
      }
    return "\(source.path ?? "-") to \(target) \(verdict)" + (decidedBy.map { " by " + $0.words } ?? "")
  }
}

extension PolicyHit {
  /// `security/quarantine rule 2`, `the default action of tier app`, `profile kns.shop`.
  public var words: String {
    if isDefaultAction, kind != "pro" { return "the default action of tier \(tier)" }
    let subject = kind == "pro" ? "profile \(name)" : path
    guard let rule, rule >= 0 else { return subject }
    return subject + " rule \(rule)"
  }
}

extension DNSFacts {
  var summary: String {
    let answer = answers.isEmpty ? rcode ?? "no answer" : answers.prefix(3).joined(separator: ", ")
    let more = answers.count > 3 ? " and \(answers.count - 3) more" : ""
    return "\(client.path ?? "-") asked for \(qname)\(qtype.map { " " + $0 } ?? ""): \(answer)\(more)"
  }
}
