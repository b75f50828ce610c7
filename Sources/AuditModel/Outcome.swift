/// What came of an act; the first that holds, in the order in which `classify` asks.
public enum Outcome: UInt8, CaseIterable, Hashable, Sendable {
  /// A write that altered the object.
  case changed
  /// Accepted, altered nothing.
  case noop
  case dryrun
  /// 409.
  case conflict
  /// 401 or 403, at any stage.
  case denied
  /// Any other 4xx or 5xx.
  case failed
  /// No final stage was logged, or no answer with it, or the server panicked.
  case unknown
  /// status, scale, binding, token, ... accepted.
  case subresource
  /// exec, attach, port-forward, proxy.
  case connect
  case read
  /// A row of another log: nothing was asked of the API server.
  case observed

  public var name: String { String(describing: self) }
  public init?(name: String) {
    guard let outcome = Outcome.allCases.first(where: { $0.name == name }) else { return nil }
    self = outcome
  }

  public static func isRead(verb: String) -> Bool {
    switch verb {
    case "get", "list", "watch", "head", "options": true
    default: false
    }
  }
  /// create, update, patch, delete, deletecollection and whatever else is neither a read nor a connect.
  public static func isWrite(verb: String) -> Bool { !isRead(verb: verb) && verb != "connect" && verb != "proxy" }

  /// The outcome as far as one act alone tells. `changed` may yet prove to be a `noop`: that takes the object's
  /// other acts (`VersionLedger`). A write that alters nothing whatever the answer is needs none.
  /// - Parameter code: nil where the answer is not known.
  public static func classify(
    verb: String, object: ObjectReference?, code: Int?, stages: StageSet, dryRun: Bool, requestURI: String = ""
  ) -> Outcome {
    if code == 401 || code == 403 { return .denied }
    if code == 409 { return .conflict }
    if let code, code >= 400 { return .failed }
    // A websocket exec is logged with verb `get`; it is no read for that.
    let connects = isConnect(verb: verb, object: object)
    if !connects, isRead(verb: verb) || object?.resource.hasSuffix("reviews") == true { return .read }
    if stages.contains(StageSet(.panic)) { return .unknown }
    if !stages.contains(StageSet(.responseComplete)), !(connects && stages.contains(StageSet(.responseStarted))) {
      return .unknown
    }
    if dryRun { return .dryrun }
    // A connection that began was accepted.
    if connects { return code != nil || stages.contains(StageSet(.responseStarted)) ? .connect : .unknown }
    // A non-resource URL has no object that could have been altered.
    if object == nil { return .noop }
    guard let code, code < 300 else { return .unknown }
    if let subresource = object?.subresource, !subresource.isEmpty {
      return subresource == "eviction" ? .changed : .subresource
    }
    return .changed
  }

  /// exec, attach, port-forward or proxy, whatever the verb: kubectl's websockets are logged as `get`.
  public static func isConnect(verb: String, object: ObjectReference?) -> Bool {
    verb == "connect" || verb == "proxy" || connectSubresources.contains(object?.subresource ?? "")
  }

  private static let connectSubresources: Set<String> = ["exec", "attach", "portforward", "proxy"]

  /// The first view level that lists an act with this outcome.
  /// - Parameter isWrite: whether the act asked for a change or a connection, rather than to read.
  public func viewLevel(isWrite: Bool) -> ViewLevel {
    switch self {
    case .changed, .connect, .unknown, .observed: .effective
    case .denied: isWrite ? .effective : .writes
    case .failed: isWrite ? .effective : .everything
    case .noop, .dryrun, .conflict, .subresource: .writes
    case .read: .everything
    }
  }
}

/// How much the Timeline lists (`v`, `--level`); each level holds the one before.
public enum ViewLevel: Int, CaseIterable, Comparable, Hashable, Sendable {
  /// What altered something, or tried to: `changed`, `connect`, `unknown`, refused and failed writes.
  case effective = 1
  /// Also no-ops, dry runs, conflicts, subresources and refused reads.
  case writes = 2
  case everything = 3

  public static func < (left: ViewLevel, right: ViewLevel) -> Bool { left.rawValue < right.rawValue }
  public var title: String {
    switch self {
    case .effective: "effective writes"
    case .writes: "all writes"
    case .everything: "everything"
    }
  }
}
