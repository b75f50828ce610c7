import AuditModel
import ObjectHistory

extension TrailRule {
  /// Changes that no act accounts for.
  static let outside = TrailRule(name: "outside") { evidence in
    finding(
      evidence, .outside, one: "change that no line of the log shows", many: "changes that no line of the log shows",
      meaning: "Somebody changed these objects between two versions that were logged: through a server or a door that "
        + "does not audit, through a request that was not logged, or while lines were lost.",
      advice: ["Look for the logs of every API server of that time, and ask whoever managedFields names."])
  }

  /// Writes past the API that audits.
  static let bypass = TrailRule(name: "bypass") { evidence in
    finding(
      evidence, .bypass, one: "object written past the projectcalico.org API",
      many: "objects written past the projectcalico.org API",
      meaning: "The writes went straight into Calico's storage group, as calicoctl and `kubectl edit` of its CRDs do: "
        + "past the checks of the Calico API server, past the rights on tiers, and past its audit log.",
      advice: [
        "Give the right to write crd.projectcalico.org to Calico's own service accounts alone, and let people use the "
          + "projectcalico.org API."
      ])
  }

  /// auditIDs on two requests.
  static let reused = TrailRule(name: "reused") { evidence in
    finding(
      evidence, .reused, one: "auditID on two requests", many: "auditIDs on two requests",
      meaning: "A client may choose its auditID. One that is used twice can make two requests look like one in tools "
        + "that join by it; whodiff keeps them apart.",
      advice: [])
  }

  private static func finding(
    _ evidence: TrailEvidence, _ kind: Finding.Kind, one: String, many: String, meaning: String, advice: [String]
  ) -> [TrailFinding] {
    // Many changes of one object are one thing to know.
    var order: [ObjectKey] = []
    var byObject: [ObjectKey: [Finding]] = [:]
    var count = 0
    for finding in evidence.history where finding.kind == kind {
      count += 1
      if byObject[finding.object] == nil { order.append(finding.object) }
      byObject[finding.object, default: []].append(finding)
    }
    let shownAtMost = kind == .bypass ? 1 : 3
    let items = order.flatMap { key -> [TrailItem] in
      let findings = byObject[key] ?? []
      return findings.prefix(shownAtMost).enumerated().map { index, finding in
        let isLast = index == shownAtMost - 1 && findings.count > shownAtMost
        let more = isLast ? " (and \(Phrases.grouped(findings.count - shownAtMost)) more)" : ""
        return TrailItem(
          "\(finding.objectKind) \(key.pathInCluster)\(group(key)), \(finding.place): \(finding.shortEvidence)\(more)",
          target: .object(key))
      }
    }
    guard !items.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .alarm, title: Phrases.count(kind == .bypass ? order.count : count, one, many), items: items,
        meaning: TrailText(meaning), advice: advice)
    ]
  }

  private static func group(_ key: ObjectKey) -> String {
    // Three groups have network policies.
    key.resource == "networkpolicies" && key.group != "networking.k8s.io" ? " (\(key.group))" : ""
  }
}

extension Finding {
  /// The first sign, and who the others name.
  fileprivate var shortEvidence: String {
    let mark = "managedFields: "
    let signs = evidence.filter { !$0.hasPrefix(mark) }
    let managers = evidence.filter { $0.hasPrefix(mark) }.compactMap { sign in
      sign.split(separator: " by ", maxSplits: 1).last?.split(separator: " at ").first.map(String.init)
    }
    var words = signs.first.map { $0.replacing(", past the projectcalico.org API", with: "") } ?? ""
    if signs.count > 1 { words += "; " + signs[1] }
    if !managers.isEmpty {
      var seen: Set<String> = []
      let names = managers.filter { seen.insert($0).inserted }.joined(separator: ", ")
      words += (words.isEmpty ? "" : "; ") + "written by \(names) (managedFields)"
    }
    return words
  }

  /// Between which versions and when.
  fileprivate var place: TrailText {
    let versions: String? =
      switch (after, before) {
      case (let after?, let before?) where after != before: "between r\(after) and r\(before)"
      case (let after?, nil): "after r\(after)"
      case (_, let before?): "before r\(before)"
      case (nil, nil): nil
      }
    guard let since, let until else { return TrailText(versions ?? "at an unknown time") }
    return versions.map { "\($0), \(from: since, to: until)" } ?? "\(from: since, to: until)"
  }
}
