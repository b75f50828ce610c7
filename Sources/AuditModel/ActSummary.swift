extension Act {
  /// The act as one sentence without a full stop: `NetworkPolicy shop/allow-web updated by alice@example.com`.
  ///
  /// What did not come about is told as such: `... would be updated by bob (dry run)`,
  /// `... update by bob denied (403)`.
  public var summary: String { summary(of: subjectText, by: actorText) }

  /// The same with other words for what was acted on and for who acted: shorter ones.
  public func summary(of thing: String, by doer: String) -> String {
    switch outcome {
    case .changed:
      return subresourceName == "eviction" ? "\(thing) evicted by \(doer)" : "\(thing) \(participle) by \(doer)"
    case .noop: return "\(thing) \(participle) by \(doer), no change"
    case .dryrun: return "\(thing) would be \(participle) by \(doer) (dry run)"
    case .subresource:
      let part = subresourceName ?? "subresource"
      return isWrite && verb == "create"
        ? "\(part) of \(thing) requested by \(doer)" : "\(part) of \(thing) \(participle) by \(doer)"
    case .connect: return "\(connectWords) \(thing) by \(doer)"
    case .read: return "\(thing) \(participle) by \(doer)"
    case .conflict: return "\(thing): \(attempt) by \(doer) met a conflict (\(codeText))"
    case .denied: return "\(thing): \(attempt) by \(doer) denied (\(codeText))"
    case .failed: return "\(thing): \(attempt) by \(doer) failed with \(codeText)"
    case .unknown:
      return stages.contains(StageSet(.panic))
        ? "\(thing): \(attempt) by \(doer), the server panicked" : "\(thing): \(attempt) by \(doer), answer not logged"
    case .observed: return facts?.summary ?? data.name
    }
  }

  /// `bob as system:admin`, `sa:ci/deployer`; `(nobody)` where authentication failed. Of another log who it began with.
  public var actorText: String {
    if let facts { return facts.subject ?? "-" }
    let person = by.map(UserName.short)
    guard let mask = asUser.map(UserName.short) else { return person ?? "(nobody)" }
    guard let person, person != mask else { return mask }
    return person + " as " + mask
  }

  /// What the act did in one word, as lists show it: the verb, or the subresource of a connect.
  public var what: String { facts?.what ?? (isConnect ? subresourceName ?? verb : verb) }

  private var subresourceName: String? { object?.subresource.flatMap { $0.isEmpty ? nil : $0 } }
  private var codeText: String { code.map(String.init) ?? "no code" }

  /// `NetworkPolicy shop/allow-web`; `networkpolicies in shop` where the act names no object.
  public var subjectText: String {
    guard let object else { return "non-resource URL" }
    let kind = kind ?? key?.kind.kind ?? object.resource
    if verb != "deletecollection", let key { return "\(kind) \(key.path)" }
    let place = object.namespace.flatMap { $0.isEmpty ? nil : " in " + $0 } ?? ""
    return verb == "create" ? kind + place : object.resource + place
  }

  private var attempt: String { isConnect ? subresourceName ?? verb : verb }

  private var participle: String {
    switch verb {
    case "create": "created"
    case "update": "updated"
    case "patch": "patched"
    case "delete", "deletecollection": "deleted"
    case "get", "head", "options": "read"
    case "list": "listed"
    case "watch": "watched"
    case "post": "posted to"
    case "put": "put to"
    default: verb.hasSuffix("e") ? verb + "d" : verb + "ed"
    }
  }

  private var connectWords: String {
    switch subresourceName {
    case "exec": "exec into"
    case "attach": "attach to"
    case "portforward": "port-forward to"
    default: "proxy to"
    }
  }
}

/// Names of users as people read them.
public enum UserName {
  /// `sa:ci/deployer` for `system:serviceaccount:ci:deployer`; any other name unchanged.
  public static func short(_ name: String) -> String {
    let prefix = "system:serviceaccount:"
    guard name.hasPrefix(prefix) else { return name }
    let parts = name.dropFirst(prefix.count).split(separator: ":", omittingEmptySubsequences: false)
    return parts.count == 2 ? "sa:\(parts[0])/\(parts[1])" : name
  }
}
