import AuditModel
import EventQueries

extension TrailRule {
  /// Policies that decide on traffic and that no act names.
  static let flowPolicies = TrailRule(name: "unknown-policies") { evidence in
    guard let reach = evidence.sources.compactMap({ $0.reach(of: .audit)?.lowerBound }).min() else { return [] }
    let known = Set(evidence.tally.objects.map { KnownPolicy($0) })
    var unknown: [String: Timestamp] = [:]
    for source in evidence.sources {
      for (policy, seen) in source.flowPolicies {
        guard let names = KnownPolicy.names(of: policy), names.allSatisfy({ !known.contains($0) }) else { continue }
        unknown[seen.name] = min(unknown[seen.name] ?? seen.time, seen.time)
      }
    }
    guard !unknown.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .note,
        title: Phrases.count(
          unknown.count, "policy decides on traffic and is in no audit line",
          "policies decide on traffic and are in no audit line"),
        items: unknown.sorted { $0.key < $1.key }.map { name, time in
          TrailItem("\(name), in flows from \(time: time) on", target: .filter("data:flow policy:\"\(name)\""))
        },
        meaning: "They were made before \(time: reach), where the audit log begins, or by changes that it does "
          + "not show.")
    ]
  }
}

/// A policy as far as flows name it: the resource, and the name with or without its tier.
struct KnownPolicy: Hashable {
  /// Three groups have `networkpolicies`; Calico's two are one.
  var isCalico: Bool
  var resource: String
  var namespace: String?
  var name: String
  var cluster: String?

  init(_ key: ObjectKey) {
    self.init(
      isCalico: key.group.hasSuffix("projectcalico.org"), resource: key.resource, namespace: key.namespace,
      name: key.name, cluster: key.cluster)
  }
  private init(isCalico: Bool, resource: String, namespace: String?, name: String, cluster: String?) {
    self.isCalico = isCalico
    self.resource = resource
    self.namespace = namespace
    self.name = name
    self.cluster = cluster
  }

  /// Whether a deletion of all of a collection meets it.
  func isIn(_ collection: SourceTally.Collection) -> Bool {
    isCalico == collection.group.hasSuffix("projectcalico.org") && resource == collection.resource
      && namespace == collection.namespace && cluster == collection.cluster
  }

  /// Every name that the object may have in an audit log; nil for what is no object, such as the end of a tier.
  static func names(of policy: SourceTally.FlowPolicy) -> [KnownPolicy]? {
    let hit = policy.hit
    guard let resource = resources[hit.kind] else { return nil }
    let isCalico = !(hit.kind == "knp" || hit.kind == "anp" || hit.kind == "banp" || hit.kind == "kcnp")
    let names = isCalico ? [hit.name, hit.tier + "." + hit.name] : [hit.name]
    return names.map {
      KnownPolicy(
        isCalico: isCalico, resource: resource, namespace: hit.namespace, name: $0, cluster: policy.cluster)
    }
  }

  private static let resources = [
    "np": "networkpolicies", "gnp": "globalnetworkpolicies", "snp": "stagednetworkpolicies",
    "sgnp": "stagedglobalnetworkpolicies", "sknp": "stagedkubernetesnetworkpolicies", "knp": "networkpolicies",
    "anp": "adminnetworkpolicies", "banp": "baselineadminnetworkpolicies", "kcnp": "clusternetworkpolicies",
  ]
}
