public import AuditModel

/// Something about an object's history that its acts do not account for, with what shows it.
public struct Finding: Hashable, Sendable {
  public enum Kind: String, CaseIterable, Hashable, Sendable {
    /// The object changed and no act shows it.
    case outside
    /// A logged write straight into Calico's storage group, past the API that audits, by someone other than Calico.
    case bypass
    /// One auditID on two requests: a client may choose it.
    case reused
  }
  public var kind: Kind
  public var object: ObjectKey
  /// The kind of the object, for people: `NetworkPolicy`.
  public var objectKind: String
  /// Numbers of the last version before and of the first one after; nil where there is none.
  public var after: Int?
  public var before: Int?
  /// Index in `History.revisions` of the row that the finding stands before; their count where it stands after all.
  public var position: Int
  /// Fields that differ, as `changed` of a revision writes them. Where a whole object was written on top of what is not
  /// known, all that differs between the versions on both sides; empty where only versions or names tell.
  public var paths: [String]
  /// What shows it, at least one: `generation 4 -> 6`.
  public var evidence: [String]
  /// When it must have happened, by the clock of the log: after the act before it, before the end of the act that
  /// shows it. Clocks are stepped, so `since` may be later than `until`.
  public var since: Timestamp?
  public var until: Timestamp?

  public init(
    kind: Kind, object: ObjectKey, objectKind: String? = nil, after: Int? = nil, before: Int? = nil, position: Int = 0,
    paths: [String] = [], evidence: [String], since: Timestamp? = nil, until: Timestamp? = nil
  ) {
    self.kind = kind
    self.object = object
    self.objectKind = objectKind ?? object.kind.kind
    self.after = after
    self.before = before
    self.position = position
    self.paths = paths
    self.evidence = evidence
    self.since = since
    self.until = until
  }

  /// The row of `whodiff changes`, schema `whodiff.finding/1`; with a member `cluster` where the records name one.
  public var row: JSONValue {
    func number(_ value: Int?) -> JSONValue { value.map { .integer($0) } ?? .null }
    let row = JSONValue.object([
      "schema": .string("whodiff.finding/1"), "finding": .string(kind.rawValue),
      "object": .object([
        "group": .string(object.group), "kind": .string(objectKind), "resource": .string(object.resource),
        "namespace": .optional(object.namespace), "name": .string(object.name),
      ]),
      "after": number(after), "before": number(before), "paths": .array(paths.map { .string($0) }),
      "evidence": .array(evidence.map { .string($0) }), "since": .optional(since?.rfc3339),
      "until": .optional(until?.rfc3339),
    ])
    return object.cluster.map { row.setting(["cluster"], to: .string($0)) } ?? row
  }
}

/// What the acts on one object cannot tell, and its findings depend on. The default knows nothing.
public struct HistoryContext: Hashable, Sendable {
  /// Whether the logs also hold writes to the `projectcalico.org` API. Only then is a write to Calico's storage group a
  /// way past it.
  public var showsCalicoAPI: Bool
  /// When the object's namespace was deleted: that takes its objects along, often without a line of their own.
  public var namespaceDeletions: [Timestamp]
  /// auditIDs that also stand on requests about other objects. Two requests about this one are found without.
  public var reusedAuditIDs: Set<String>
  /// Whether a clock was stepped while the logs were written. The place of an act that is only known by its time is
  /// then open, and it may account for anything on the object. Steps that the object's own versions show need no word.
  public var hasClockSteps: Bool
  /// For acts that carry no version: one that the store had reached when they arrived, whatever their times say.
  public var versionsBefore: [ActID: UInt64]
  /// Other keys under which the object is known: Calico's storage of an object of its API. Acts on them are acts on it.
  public var aliases: [ObjectKey]

  public init(
    showsCalicoAPI: Bool = false, namespaceDeletions: [Timestamp] = [], reusedAuditIDs: Set<String> = [],
    hasClockSteps: Bool = false, versionsBefore: [ActID: UInt64] = [:], aliases: [ObjectKey] = []
  ) {
    self.showsCalicoAPI = showsCalicoAPI
    self.namespaceDeletions = namespaceDeletions
    self.reusedAuditIDs = reusedAuditIDs
    self.hasClockSteps = hasClockSteps
    self.versionsBefore = versionsBefore
    self.aliases = aliases
  }
}
