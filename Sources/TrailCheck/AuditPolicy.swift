import AuditModel
import EventQueries

/// The writes that a review of network policies has to see with their bodies.
struct ReviewedResources: Hashable, Sendable {
  var group: String
  /// Empty for all of the group.
  var resources: [String]

  static let verbs = ["create", "update", "patch", "delete", "deletecollection"]

  /// In the order of the recommended policy.
  static let all: [ReviewedResources] = [
    ReviewedResources(group: "networking.k8s.io", resources: ["networkpolicies"]),
    ReviewedResources(group: "extensions", resources: ["networkpolicies"]),
    ReviewedResources(group: "policy.networking.k8s.io", resources: []),
    ReviewedResources(group: "projectcalico.org", resources: []),
    ReviewedResources(group: "crd.projectcalico.org", resources: []),
    ReviewedResources(group: "", resources: ["pods", "namespaces", "serviceaccounts", "endpoints"]),
    ReviewedResources(group: "rbac.authorization.k8s.io", resources: []),
  ]

  /// What Calico keeps books with: no policy, and too many writes to log them whole.
  static let bookkeeping = ["blockaffinities", "ipamblocks", "ipamconfigs", "ipamhandles"]

  func contains(_ coverage: SourceTally.Coverage) -> Bool {
    guard coverage.group == group, coverage.subresource == nil else { return false }
    if resources.isEmpty { return !Self.bookkeeping.contains(coverage.resource) }
    return resources.contains(coverage.resource)
  }

  fileprivate var lines: [String] {
    let name = group.isEmpty ? "\"\"" : group
    return resources.isEmpty
      ? ["  - group: \(name)"] : ["  - group: \(name)", "    resources: \(quotedList(resources))"]
  }
}

/// Where what was logged falls short of what a review needs.
public struct PolicyGaps: Hashable, Sendable {
  /// Writes of one resource that were logged without bodies, or with half of them.
  struct LowLevel: Hashable, Sendable {
    var group: String
    var resource: String
    /// Most telling verbs first, as `ReviewedResources.verbs` has them.
    var verbs: [String]
    /// The level that most of them have.
    var level: Level
    var count: Int
    /// Those that were logged whole all the same.
    var wholeCount: Int
  }
  /// In the order of `ReviewedResources.all`, then of names.
  var lowLevels: [LowLevel] = []
  /// Deletions of namespaces that took their objects along, and no line of it.
  var namespaceDeletions: [SourceTally.NamedTime] = []
  var hasCollections = false
  /// Of these nothing was seen: whether they are logged cannot be told.
  var unseen: [ReviewedResources] = []

  /// Whether the logs show that something is left out.
  public var isEmpty: Bool { lowLevels.isEmpty && !lacksCollections }
  /// An absence that tells: whoever deletes a namespace deletes collections.
  var lacksCollections: Bool { !hasCollections && !namespaceDeletions.isEmpty }

  init() {}

  init(_ tally: TrailTally) {
    var counts: [SourceTally.Coverage: Int] = [:]
    for source in tally.sources { counts.merge(source.coverage, uniquingKeysWith: +) }
    let writes = counts.filter { $0.key.isWrite && ReviewedResources.verbs.contains($0.key.verb) }
    for row in ReviewedResources.all {
      let mine = writes.filter { row.contains($0.key) }
      if mine.isEmpty { unseen.append(row) }
      for resource in Set(mine.keys.map(\.resource)).sorted() {
        add(row.group, resource, mine.filter { $0.key.resource == resource })
      }
    }
    hasCollections = counts.keys.contains { $0.verb == "deletecollection" }
    namespaceDeletions = tally.sources.flatMap(\.namespaceDeletions)
  }

  private mutating func add(_ group: String, _ resource: String, _ counts: [SourceTally.Coverage: Int]) {
    let low = counts.filter { $0.key.level != .requestResponse }
    guard !low.isEmpty else { return }
    let whole = counts.filter { $0.key.level == .requestResponse }
    var verbs = Set(low.keys.map(\.verb))
    // kube-apiserver passes requests to Calico's own server on and never sees a body; that server's log has it.
    if group == "projectcalico.org" { verbs.subtract(whole.keys.map(\.verb)) }
    guard !verbs.isEmpty else { return }
    let shown = low.filter { verbs.contains($0.key.verb) }
    let byLevel = Dictionary(grouping: shown, by: \.key.level).mapValues { $0.reduce(0) { $0 + $1.value } }
    lowLevels.append(
      LowLevel(
        group: group, resource: resource, verbs: ReviewedResources.verbs.filter(verbs.contains),
        level: byLevel.max { ($0.value, $1.key.rawValue) < ($1.value, $0.key.rawValue) }?.key ?? .metadata,
        count: shown.values.reduce(0, +), wholeCount: whole.values.reduce(0, +)))
  }

  /// For each rule that the audit policy lacks its lines, to stand before the rules that it has.
  public var rules: [[String]] {
    var rules: [[String]] = []
    let low = lowRows
    if !low.isEmpty {
      let parts = low.map { row, found in
        ReviewedResources(
          group: row.group, resources: row.resources.filter { name in found.contains { $0.resource == name } })
      }
      rules.append(Self.head(ReviewedResources.verbs) + parts.flatMap(\.lines))
    }
    // A rule for all verbs holds this one.
    if lacksCollections, low.count < ReviewedResources.all.count {
      rules.append(Self.head(["deletecollection"]) + ReviewedResources.all.flatMap(\.lines))
    }
    return rules
  }

  /// What falls short, by the rows of the recommended policy.
  fileprivate var lowRows: [(row: ReviewedResources, found: [LowLevel])] {
    ReviewedResources.all.compactMap { row in
      let found = lowLevels.filter { low in
        low.group == row.group && (row.resources.isEmpty || row.resources.contains(low.resource))
      }
      return found.isEmpty ? nil : (row, found)
    }
  }

  private static func head(_ verbs: [String]) -> [String] {
    ["- level: RequestResponse", "  verbs: " + quotedList(verbs), "  resources:"]
  }
}

private func quotedList(_ words: [String]) -> String {
  "[" + words.map { "\"\($0)\"" }.joined(separator: ", ") + "]"
}

/// Audit policies as kube-apiserver reads them with `--audit-policy-file`.
public enum AuditPolicyText {
  /// What reviewing network policies needs, and not much more.
  public static var recommended: String {
    """
    # For kube-apiserver --audit-policy-file: every change of a network policy, and of what it applies to, with bodies.
    # The first rule that fits a request decides. Reads are left out, but for those of secrets.
    apiVersion: audit.k8s.io/v1
    kind: Policy
    # RequestReceived is kept for writes: where a server dies, or cannot encode a request, it is all that shows it.
    # managedFields are kept (no omitManagedFields): they name who wrote a field, also where no line of the log does.
    rules:
    # Never the bodies of secrets and tokens.
    - level: Metadata
      omitStages: ["RequestReceived"]
      resources:
      - group: ""
        resources: ["secrets", "configmaps", "serviceaccounts/token"]
      - group: authentication.k8s.io
    # Many, and of no use here.
    - level: None
      resources:
      - group: ""
        resources: ["events"]
      - group: events.k8s.io
      - group: coordination.k8s.io
    # Calico's bookkeeping of addresses: who and when will do.
    - level: Metadata
      omitStages: ["RequestReceived"]
      verbs: \(quotedList(ReviewedResources.verbs))
      resources:
      - group: crd.projectcalico.org
        resources: \(quotedList(ReviewedResources.bookkeeping))
    # What a review is about. deletecollection removes policies too: `kubectl delete --all`, and each namespace that goes.
    - level: RequestResponse
      verbs: \(quotedList(ReviewedResources.verbs))
      resources:
    \(ReviewedResources.all.flatMap(\.lines).joined(separator: "\n"))
    # Ways into a pod, and into its end.
    - level: RequestResponse
      resources:
      - group: ""
        resources: ["pods/eviction", "pods/ephemeralcontainers", "namespaces/finalize"]
    - level: Metadata
      resources:
      - group: ""
        resources: ["pods/exec", "pods/attach", "pods/portforward", "pods/proxy"]
    # Everything else that is written.
    - level: Metadata
      verbs: \(quotedList(ReviewedResources.verbs))
    # Reads.
    - level: None

    """
  }

  /// Only what the logs show to be missing; says so where nothing is.
  public static func missing(_ gaps: PolicyGaps) -> String {
    var lines: [String] = []
    if gaps.isEmpty {
      lines += ["# These logs show nothing that the audit policy leaves out of what a review of policies needs."]
    } else {
      lines += [
        "# Rules that the audit policy behind these logs lacks. Put them before its own: the first that fits decides.",
        "apiVersion: audit.k8s.io/v1", "kind: Policy", "rules:",
      ]
      for (row, found) in gaps.lowRows {
        let levels = Level.allCases.filter { level in found.contains { $0.level == level } }.map(\.name)
        lines.append(
          "# \(Phrases.count(found.reduce(0) { $0 + $1.count }, "write")) of \(row.names): only at level "
            + "\(levels.joined(separator: ", ")).")
      }
      if gaps.lacksCollections {
        lines.append(
          "# \(Phrases.count(gaps.namespaceDeletions.count, "namespace")) deleted, and no deletecollection in the log.")
      }
      lines += gaps.rules.joined()
    }
    if !gaps.unseen.isEmpty {
      lines.append("# Nothing was written to these, so whether they are logged cannot be told:")
      for row in gaps.unseen {
        lines.append("#   " + row.names)
      }
    }
    return lines.joined(separator: "\n") + "\n"
  }
}

extension ReviewedResources {
  /// `networkpolicies.extensions`, or the group where all of it is meant.
  var names: String {
    resources.isEmpty ? group : resources.map { group.isEmpty ? $0 : $0 + "." + group }.joined(separator: ", ")
  }
}
