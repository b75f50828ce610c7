/// One request: all its audit stages joined by auditID, verb, URI, user and time; or a record of another log, whose
/// `facts` say what an audit act's fields do not. A row of the Timeline.
public struct Act: Hashable, Sendable, Identifiable {
  /// Where the store keeps it; valid while that store is open.
  public var id: ActID
  /// Content key of the record with the latest stage.
  public var contentID: ContentID
  public var data: DataKind
  /// When the request arrived.
  public var time: Timestamp
  /// Seconds from arrival to the latest stage; nil when only one time is known. May be negative after a clock step.
  public var took: Double?
  public var verb: String
  public var code: Int?
  public var outcome: Outcome
  /// Nil for data other than audit.
  public var level: Level?
  public var stages: StageSet
  /// The authenticated user; nil for a failed authentication.
  public var by: String?
  /// The impersonated user.
  public var asUser: String?
  public var groups: [String]
  public var ips: [String]
  public var agent: String?
  public var object: ObjectReference?
  /// Other keys under which the object is known: Calico keeps what it serves in another group. The public one first.
  public var aliases: [ObjectKey]
  /// The kind as the body or the resource table says; the resource where neither does.
  public var kind: String?
  /// uid of the object, from the response, else from `objectRef`.
  public var uid: String?
  /// Of the response object.
  public var resourceVersion: String?
  public var generation: Int64?
  public var tier: String?
  public var auditID: String?
  public var decision: String?
  public var reason: String?
  public var truncated: Bool
  /// Only tried, whatever came of it.
  public var dryRun: Bool
  public var cluster: String?
  public var source: SourcePosition
  /// What a row of another log says; nil for audit acts.
  public var facts: LogFacts?

  public init(
    id: ActID = ActID(segment: 0, row: 0), contentID: ContentID = .zero, data: DataKind = .audit, time: Timestamp,
    took: Double? = nil, verb: String, code: Int? = nil, outcome: Outcome = .changed,
    level: Level? = .requestResponse, stages: StageSet = StageSet(.responseComplete), by: String? = nil,
    asUser: String? = nil, groups: [String] = [], ips: [String] = [], agent: String? = nil,
    object: ObjectReference? = nil, aliases: [ObjectKey] = [], kind: String? = nil, uid: String? = nil,
    resourceVersion: String? = nil,
    generation: Int64? = nil, tier: String? = nil, auditID: String? = nil, decision: String? = nil,
    reason: String? = nil, truncated: Bool = false, dryRun: Bool = false, cluster: String? = nil,
    source: SourcePosition = SourcePosition(file: "", line: 1, offset: 0, length: 0), facts: LogFacts? = nil
  ) {
    self.id = id
    self.contentID = contentID
    self.data = data
    self.time = time
    self.took = took
    self.verb = verb
    self.code = code
    self.outcome = outcome
    self.level = level
    self.stages = stages
    self.by = by
    self.asUser = asUser
    self.groups = groups
    self.ips = ips
    self.agent = agent
    self.object = object
    self.aliases = aliases
    self.kind = kind
    self.uid = uid
    self.resourceVersion = resourceVersion
    self.generation = generation
    self.tier = tier
    self.auditID = auditID
    self.decision = decision
    self.reason = reason
    self.truncated = truncated
    self.dryRun = dryRun
    self.cluster = cluster
    self.source = source
    self.facts = facts
  }

  /// Whoever the API server acted for: the impersonated user where there is one.
  public var actor: String? { asUser ?? by }
  /// The identity of the object the act is about; nil without a name.
  public var key: ObjectKey? { object?.key(in: cluster) }
  /// Whether the verb asks for a change: neither a read nor a connect.
  public var isWrite: Bool { Outcome.isWrite(verb: verb) && !isConnect }
  /// exec, attach, port-forward or proxy.
  public var isConnect: Bool { Outcome.isConnect(verb: verb, object: object) }
  /// From which view level on the act is listed; `outcome` and verb decide.
  public var viewLevel: ViewLevel { outcome.viewLevel(isWrite: isWrite || isConnect) }
}

/// A row of the store: the segment and the place in it.
public struct ActID: Hashable, Comparable, Sendable {
  public var segment: UInt32
  public var row: UInt32
  public init(segment: UInt32, row: UInt32) {
    self.segment = segment
    self.row = row
  }
  public static func < (left: ActID, right: ActID) -> Bool { (left.segment, left.row) < (right.segment, right.row) }
}

/// Where to find a record again: `file` as the user named it.
public struct SourcePosition: Hashable, Sendable {
  public var file: String
  public var line: Int
  public var offset: Int64
  public var length: Int
  public init(file: String, line: Int, offset: Int64, length: Int) {
    self.file = file
    self.line = line
    self.offset = offset
    self.length = length
  }
}

/// An act with what its records hold: read from the source when asked for, never kept in columns.
public struct ActDetail: Sendable {
  public var act: Act
  public var requestURI: String
  /// `requestObject` and `responseObject` of the record that has them; nil where the level did not log them.
  public var request: JSONValue?
  public var response: JSONValue?
  /// The object as Calico's API server stored it, where the act was one on its API and that write was logged too.
  public var stored: JSONValue?
  /// `annotations` of the latest stage.
  public var annotations: [(name: String, value: String)]
  /// `responseStatus.message`.
  public var message: String?
  /// The records, latest stage first, those of a write to Calico's storage last; byte for byte but for what redaction
  /// replaced.
  public var records: [RawRecord]

  public init(
    act: Act, requestURI: String, request: JSONValue?, response: JSONValue?, stored: JSONValue? = nil,
    annotations: [(name: String, value: String)] = [], message: String? = nil, records: [RawRecord] = []
  ) {
    self.act = act
    self.requestURI = requestURI
    self.request = request
    self.response = response
    self.stored = stored
    self.annotations = annotations
    self.message = message
    self.records = records
  }
}

/// One record's bytes and where they stand.
public struct RawRecord: Sendable {
  public var stage: Stage
  public var source: SourcePosition
  public var bytes: [UInt8]
  /// The write of Calico's API server to its storage that the act came to; comes after the act's own records.
  public var isStorageWrite: Bool
  public init(stage: Stage, source: SourcePosition, bytes: [UInt8], isStorageWrite: Bool = false) {
    self.stage = stage
    self.source = source
    self.bytes = bytes
    self.isStorageWrite = isStorageWrite
  }
}
