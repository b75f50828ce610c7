import AuditModel
import EventQueries

extension TrailRule {
  /// Writes whose bodies the audit policy leaves out.
  static let levels = TrailRule(name: "levels") { evidence in
    let gaps = evidence.policyGaps
    var rest = gaps
    rest.namespaceDeletions = []
    return [Level.metadata, .request].compactMap { level in
      let low = gaps.lowLevels.filter { $0.level == level }
      guard !low.isEmpty else { return nil }
      let items = low.map { low in
        let name = low.group.isEmpty ? low.resource : low.resource + "." + low.group
        let whole = low.wholeCount > 0 ? "; \(Phrases.grouped(low.wholeCount)) at RequestResponse" : ""
        return TrailItem(
          "\(name): \(Phrases.count(low.count, "write")) (\(low.verbs.joined(separator: ", ")))\(whole)",
          target: .filter("level:\(level.name) kind:\(name) verb:\(low.verbs.joined(separator: ","))"))
      }
      let isMetadata = level == .metadata
      rest.lowLevels = low
      return TrailFinding(
        weight: .gap,
        title: isMetadata
          ? "Writes are logged without bodies (level Metadata)"
          : "Writes are logged without their results (level Request)",
        items: items,
        meaning: isMetadata
          ? "Who and when is complete; what was changed cannot be shown, and changes off the record are hard to see."
          : "What was asked for is known, what the server made of it is not: defaults, webhooks, generated names, "
            + "versions, and with them most signs of changes off the record.",
        advice: advice(rest, evidence))
    }
  }

  /// No deletecollection, though there must have been some.
  static let collections = TrailRule(name: "no-deletecollection") { evidence in
    let gaps = evidence.policyGaps
    var found: [TrailFinding] = []
    if gaps.lacksCollections {
      var collections = PolicyGaps()
      collections.namespaceDeletions = gaps.namespaceDeletions
      found.append(
        TrailFinding(
          weight: .gap, title: "deletecollection is not logged",
          items: gaps.namespaceDeletions.map {
            TrailItem(
              "namespace \($0.name) deleted at \(time: $0.time), and no line of what went with it",
              target: .filter("ns:\($0.name)"))
          },
          meaning: "The namespace controller deletes what is in a namespace with that verb, and so does "
            + "`kubectl delete --all`: policies vanish without a line.",
          advice: advice(collections, evidence)))
    }
    // The Calico API server's own log: nothing else in it could show a namespace going.
    let calico = evidence.sources.filter { source in
      source.format == "calico-audit" && !source.coverage.keys.contains { $0.verb == "deletecollection" }
    }
    let isSeenElsewhere = evidence.sources.contains { source in
      source.coverage.keys.contains { $0.verb == "deletecollection" && $0.group == "projectcalico.org" }
    }
    if !calico.isEmpty, !isSeenElsewhere {
      found.append(
        TrailFinding(
          weight: .gap, title: "The Calico API server's log has no deletecollection",
          items: calico.map { TrailItem("\($0.file)") },
          meaning: "Its usual policy leaves the verb out, so policies that go with their namespace do not appear here.",
          advice: ["Read kube-apiserver's audit log beside it, with deletecollection of projectcalico.org logged."]))
    }
    return found
  }

  private static func advice(_ gaps: PolicyGaps, _ evidence: TrailEvidence) -> [String] {
    Platform.manageAll(of: evidence.sources) ? [Platform.advice] : gaps.rules.map { $0.joined(separator: "\n") }
  }

  /// Writes by Calico's client library, which names no program.
  static let calicoctl = TrailRule(name: "calicoctl") { evidence in
    var users: [String: Int] = [:]
    for source in evidence.sources {
      for (user, sightings) in source.libraryWrites where !isCalico(user) { users[user, default: 0] += sightings.count }
    }
    guard !users.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .alarm, title: "Calico objects were written with calicoctl, or something like it",
        items: users.sorted { ($1.value, $0.key) < ($0.value, $1.key) }.map { user, count in
          TrailItem(
            "\(user): \(Phrases.count(count, "write")) to crd.projectcalico.org with agent Go-http-client",
            target: .filter("api:crd.projectcalico.org agent:Go-http-client* by:\"\(user)\""))
        },
        meaning: "It writes to storage past the Calico API server, its rights on tiers and its audit log.")
    ]
  }

  private static func isCalico(_ user: String) -> Bool {
    guard user.hasPrefix("system:serviceaccount:") else { return false }
    let name = user.dropFirst("system:serviceaccount:".count)
    return name.hasPrefix("calico-") || name.hasPrefix("tigera-") || name.hasPrefix("kube-system:calico-")
  }
}
