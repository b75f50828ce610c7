/// One audit record as logged: one stage of one request. Names are those of `audit.k8s.io/v1`.
///
/// Bodies are not held; `request` and `response` say about them what lists, joins and histories need, and the
/// record's own bytes stay in the source, at `position`.
public struct AuditEvent: Hashable, Sendable {
  /// Nil where the record has none; such a record is never joined with another.
  public var auditID: String?
  public var stage: Stage
  public var level: Level
  public var verb: String
  public var requestURI: String
  /// `user.username`; nil for a failed authentication.
  public var user: String?
  public var groups: [String]
  /// `impersonatedUser.username`.
  public var impersonatedUser: String?
  /// Proxy chain first, peer last; only the last is trustworthy.
  public var sourceIPs: [String]
  public var userAgent: String?
  /// Where `objectRef` lacks a name (create with generateName), the name is the response's, else the request's.
  public var object: ObjectReference?
  /// `responseStatus.code`.
  public var code: Int?
  /// `requestReceivedTimestamp`; in records without it the stage's time or the legacy `timestamp`.
  public var receivedAt: Timestamp
  /// `stageTimestamp`; nil where the record has none.
  public var stageAt: Timestamp?
  /// Annotation `authorization.k8s.io/decision`.
  public var decision: String?
  /// Annotation `authorization.k8s.io/reason`.
  public var reason: String?
  /// Annotation `audit.k8s.io/truncated`: both bodies were cut away.
  public var truncated: Bool
  /// `dryRun` in the URI, or in the DeleteOptions of the request body.
  public var dryRun: Bool
  public var request: BodyFacts?
  public var response: BodyFacts?
  /// The objects that a `deletecollection` met, where its answer lists them.
  public var met: [MetObject]
  /// The cluster that the record or its wrapper names.
  public var cluster: String?
  /// One of the two records that GKE writes of a request that takes long, each with a time of its own: when it begins
  /// (`ResponseStarted`) and when it ends. `auditID` is the ID of the operation, which the server makes.
  public var isHalfOfOperation: Bool
  public var contentID: ContentID
  public var position: RecordPosition

  public init(
    auditID: String?, stage: Stage, level: Level, verb: String, requestURI: String = "", user: String? = nil,
    groups: [String] = [], impersonatedUser: String? = nil, sourceIPs: [String] = [], userAgent: String? = nil,
    object: ObjectReference? = nil, code: Int? = nil, receivedAt: Timestamp, stageAt: Timestamp? = nil,
    decision: String? = nil, reason: String? = nil, truncated: Bool = false, dryRun: Bool = false,
    request: BodyFacts? = nil, response: BodyFacts? = nil, met: [MetObject] = [], cluster: String? = nil,
    isHalfOfOperation: Bool = false, contentID: ContentID = .zero,
    position: RecordPosition = RecordPosition(line: 1, offset: 0, length: 0)
  ) {
    self.auditID = auditID
    self.stage = stage
    self.level = level
    self.verb = verb
    self.requestURI = requestURI
    self.user = user
    self.groups = groups
    self.impersonatedUser = impersonatedUser
    self.sourceIPs = sourceIPs
    self.userAgent = userAgent
    self.object = object
    self.code = code
    self.receivedAt = receivedAt
    self.stageAt = stageAt
    self.decision = decision
    self.reason = reason
    self.truncated = truncated
    self.dryRun = dryRun
    self.request = request
    self.response = response
    self.met = met
    self.cluster = cluster
    self.isHalfOfOperation = isHalfOfOperation
    self.contentID = contentID
    self.position = position
  }
}

/// One of the objects in a collection: of the collection's group and resource.
public struct MetObject: Hashable, Sendable {
  /// Nil for objects of the whole cluster.
  public var namespace: String?
  public var name: String

  public init(namespace: String?, name: String) {
    self.namespace = namespace
    self.name = name
  }
}

/// What a list needs to know of a body without reading it again.
public struct BodyFacts: Hashable, Sendable {
  /// The body's own `kind` and `apiVersion`; items of a `deletecollection` answer carry none.
  public var kind: String?
  public var apiVersion: String?
  public var name: String?
  public var namespace: String?
  public var uid: String?
  /// Opaque; a trailing `/` of old Calico versions is stripped.
  public var resourceVersion: String?
  public var generation: Int64?
  public var hasDeletionTimestamp: Bool
  /// Something is left to do before the object can go: finalizers, those of a namespace in its `spec`, or a pod's time
  /// to end in good order. Says something only beside a `deletionTimestamp`.
  public var isHeld: Bool
  /// `spec.tier` of Calico kinds.
  public var tier: String?
  /// When the server last took note of who owns which field: the latest time in `metadata.managedFields`, in whole
  /// seconds of its own clock. Read of the answers to updates and patches only.
  public var managedAt: Timestamp?
  /// Several managers own fields of the object, its subresources left out. Read of the answers to applies only.
  public var isShared: Bool
  /// An entry of `metadata.managedFields` has no time, as the server leaves that of a manager whose first apply altered
  /// nothing else. Read of the answers to applies only.
  public var hasUntimedOwner: Bool
  /// The body has no member, or is an array without items; of the answer to a deletecollection, that it met nothing.
  public var isEmpty: Bool
  /// The body is a patch of nothing but `metadata.managedFields`: who owns which field.
  public var movesOnlyOwners: Bool

  public init(
    kind: String? = nil, apiVersion: String? = nil, name: String? = nil, namespace: String? = nil, uid: String? = nil,
    resourceVersion: String? = nil, generation: Int64? = nil, hasDeletionTimestamp: Bool = false,
    isHeld: Bool = false, tier: String? = nil, managedAt: Timestamp? = nil, isShared: Bool = false,
    hasUntimedOwner: Bool = false, isEmpty: Bool = false, movesOnlyOwners: Bool = false
  ) {
    self.kind = kind
    self.apiVersion = apiVersion
    self.name = name
    self.namespace = namespace
    self.uid = uid
    self.resourceVersion = resourceVersion
    self.generation = generation
    self.hasDeletionTimestamp = hasDeletionTimestamp
    self.isHeld = isHeld
    self.tier = tier
    self.managedAt = managedAt
    self.isShared = isShared
    self.hasUntimedOwner = hasUntimedOwner
    self.isEmpty = isEmpty
    self.movesOnlyOwners = movesOnlyOwners
  }
}

extension AuditEvent {
  /// Whether it is a patch that may have found the version that it answers with, made by a write that no line shows: the
  /// answer says when fields got their owners, and that was not while it ran. Only the object's history tells.
  public var mayHaveFound: Bool { verb == "patch" && evidence == .none && response?.managedAt != nil }

  /// What the record alone tells of whether its write altered the object.
  public var evidence: VersionLedger.Evidence {
    if verb == "patch", request?.isEmpty == true { return .asksNothing }
    if verb == "deletecollection", response?.isEmpty == true { return .asksNothing }
    guard let managedAt = response?.managedAt, let stageAt else { return .none }
    return managedAt.isStamp(from: receivedAt, to: stageAt) ? .stamped : .none
  }
}

extension Timestamp {
  /// Whether a time that was cut to the whole second was noted between two others, by the same clock.
  public func isStamp(from start: Timestamp, to end: Timestamp) -> Bool {
    start.microseconds - start.microseconds % 1_000_000 <= microseconds && self <= end
  }
}

extension AuditEvent {
  /// Whether the answer shows that the object is gone: a write took the last finalizer of what was being deleted, or a
  /// deletion answers with an object that it did not mark, as it does for services and service accounts. Its version is
  /// the one before, which it did not make.
  public var endsObject: Bool {
    guard let response else { return false }
    switch verb {
    case "patch", "update": return response.hasDeletionTimestamp && !response.isHeld
    case "delete": return !response.hasDeletionTimestamp && response.resourceVersion != nil && response.kind != "Status"
    default: return false
    }
  }

  /// Whether it is a server-side apply: a patch that says which object it is.
  public var isApply: Bool { verb == "patch" && request?.kind != nil && request?.apiVersion != nil }

  /// Whether the write may have made a version in which only who owns which field is new: a patch of nothing else, or the
  /// first apply of one manager of several. Only the object's history tells.
  public var mayMoveOnlyOwners: Bool {
    guard verb == "patch" else { return false }
    if request?.movesOnlyOwners == true { return true }
    guard isApply, let response, response.resourceVersion != nil else { return false }
    return response.managedAt == nil
      || (response.isShared && (evidence == .stamped || response.hasUntimedOwner))
  }
}

/// `stage` of an audit event, in the order in which a request passes them.
public enum Stage: UInt8, CaseIterable, Comparable, Hashable, Sendable {
  case requestReceived, responseStarted, responseComplete, panic

  public init?(name: String) {
    guard let stage = Stage.allCases.first(where: { $0.name == name }) else { return nil }
    self = stage
  }
  /// As `audit.k8s.io` writes it: `ResponseComplete`.
  public var name: String {
    switch self {
    case .requestReceived: "RequestReceived"
    case .responseStarted: "ResponseStarted"
    case .responseComplete: "ResponseComplete"
    case .panic: "Panic"
    }
  }
  public static func < (left: Stage, right: Stage) -> Bool { left.rawValue < right.rawValue }
}

/// The stages that were logged of one request.
public struct StageSet: OptionSet, Hashable, Sendable {
  public let rawValue: UInt8
  public init(rawValue: UInt8) { self.rawValue = rawValue }
  public init(_ stage: Stage) { self.rawValue = 1 << stage.rawValue }
  /// In the order of `Stage`.
  public var stages: [Stage] { Stage.allCases.filter { contains(StageSet($0)) } }
}

/// `level` of an audit event: how much of it the audit policy lets be logged.
public enum Level: UInt8, CaseIterable, Hashable, Sendable {
  case metadata, request, requestResponse

  public init?(name: String) {
    guard let level = Level.allCases.first(where: { $0.name == name }) else { return nil }
    self = level
  }
  public var name: String {
    switch self {
    case .metadata: "Metadata"
    case .request: "Request"
    case .requestResponse: "RequestResponse"
    }
  }
}

/// Where a record stands in its source; bytes are counted in the decompressed text. What a wrapper holds stands where
/// the wrapper does.
public struct RecordPosition: Hashable, Sendable {
  /// From 1.
  public var line: Int
  public var offset: Int64
  public var length: Int
  /// The bytes there are a wrapper around the record, not the record.
  public var isWrapped: Bool

  public init(line: Int, offset: Int64, length: Int, isWrapped: Bool = false) {
    self.line = line
    self.offset = offset
    self.length = length
    self.isWrapped = isWrapped
  }
}

/// The first 128 bits of the SHA-256 of a record's bytes: the same wherever the record was copied to.
public struct ContentID: Hashable, Sendable, CustomStringConvertible {
  public var high: UInt64
  public var low: UInt64
  public static let zero = ContentID(high: 0, low: 0)

  public init(high: UInt64, low: UInt64) {
    self.high = high
    self.low = low
  }
  /// Thirty-two hexadecimal digits.
  public init?(_ text: String) {
    guard text.utf8.count == 32, let high = UInt64(text.prefix(16), radix: 16),
      let low = UInt64(text.suffix(16), radix: 16)
    else { return nil }
    self.init(high: high, low: low)
  }
  public var description: String { hex(high) + hex(low) }
}

private func hex(_ value: UInt64) -> String {
  let text = String(value, radix: 16)
  return String(repeating: "0", count: 16 - text.count) + text
}
