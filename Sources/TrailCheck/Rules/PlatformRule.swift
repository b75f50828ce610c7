import EventQueries

extension TrailRule {
  /// Where the log comes from, and what such a place does not give.
  static let platforms = TrailRule(name: "platform") { evidence in
    Platform.all.compactMap { platform in
      let signs = evidence.sources.compactMap { source in
        platform.sign(in: source).map { TrailItem("\(source.file): \($0)") }
      }
      guard !signs.isEmpty else { return nil }
      return TrailFinding(
        weight: .note, title: "Logs of \(platform.name)", items: signs, meaning: TrailText(platform.limits),
        advice: [])
    }
  }
}

/// A managed Kubernetes service, and how its logs are told.
struct Platform: Sendable {
  var name: String
  /// In the head of the file, where the wrapper of the service's log collection stands.
  var marks: [String]
  /// Accounts that only this service has; `*` at the end stands for anything.
  var users: [String]
  /// What its logs do not tell.
  var limits: String

  /// By name.
  static let all: [Platform] = [
    Platform(
      name: "AKS",
      marks: ["Microsoft.ContainerService", "MICROSOFT.CONTAINERSERVICE", "\"category\":\"kube-audit", "\"log_s\":"],
      users: ["aksService", "aks-service*", "masterclient"],
      limits: "The audit policy is Microsoft's and cannot be changed. Records are cut at 16 KiB, or carry "
        + "skipped-too-big-size-object in place of a body; kube-audit-admin has no get and list. Several API servers "
        + "write, told apart by pod."),
    Platform(
      name: "EKS",
      // Node names of compute.internal, roles in annotations and Amazon's network plugin are those of any cluster on EC2.
      marks: ["\"logStream", "\"logGroup\"", "kube-apiserver-audit-", "\"canonicalArn\":[", "aws-logs-write-test"],
      users: ["eks:*"],
      limits: "The audit policy is Amazon's and cannot be changed. CloudWatch cuts records at 256 KB. The user of an "
        + "assumed role is the role: who took it stands in user.extra (arn, sessionName). Streams of other components "
        + "share the group."),
    Platform(
      name: "GKE",
      marks: ["\"protoPayload\"", "cloudaudit.googleapis.com", "\"k8s_cluster\""],
      users: ["system:gke-*", "system:serviceaccount:gke-managed-system:*", "*.gserviceaccount.com"],
      limits: "The audit policy is Google's and cannot be changed. There are no stages and no groups of users; reads "
        + "are a log of their own that is off unless asked for; dry runs are told by a label alone, and codes are "
        + "those of google.rpc."),
  ]

  /// Whether all audit logs come from services whose audit policy is not for their users to change.
  static func manageAll(of sources: [SourceTally]) -> Bool {
    let audits = sources.filter { $0.times[.audit] != nil }
    return !audits.isEmpty && audits.allSatisfy { source in all.contains { $0.sign(in: source) != nil } }
  }
  /// What to do there where the audit policy leaves something out.
  static let advice =
    "The audit policy of a managed service cannot be changed: keep the objects themselves as well, in a repository or "
    + "by regular snapshots."

  /// What tells that the source is from here; nil where nothing does.
  func sign(in source: SourceTally) -> String? {
    if let mark = marks.first(where: source.head.contains) { return "its text has \(mark)" }
    let user = source.users.keys.filter(isOurs).min()
    return user.map { "user \($0)" }
  }

  private func isOurs(_ user: String) -> Bool {
    users.contains { pattern in
      let parts = pattern.split(separator: "*", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { return user == pattern }
      return user.count >= pattern.count - 1 && user.hasPrefix(parts[0]) && user.hasSuffix(parts[1])
    }
  }
}
