public import AuditModel

/// How much of a version the log shows.
public enum Fidelity: String, CaseIterable, Hashable, Sendable {
  /// An object as the API server logged it.
  case full = "F"
  /// Rebuilt: a patch applied to the version before, or an object as requested, with what the API server is known to fill in.
  case rebuilt = "R"
  /// The log cut the bodies away.
  case truncated = "T"
  /// Only metadata was logged.
  case metadata = "M"

  /// For legends: `F full`, `R rebuilt`, `T truncated`, `M metadata`.
  public var word: String {
    switch self {
    case .full: "full"
    case .rebuilt: "rebuilt"
    case .truncated: "truncated"
    case .metadata: "metadata"
    }
  }
}

/// What an act did to the life of an object.
public enum Operation: String, CaseIterable, Hashable, Sendable {
  case create, update
  /// A deletion that only began: finalizers, a pod's time to end in good order, or what is in a namespace hold the object.
  case terminating
  case delete
  /// State known from before the log began.
  case initial
}

/// One version of one object, or an act that made none (`number` is nil then).
public struct Revision: Sendable {
  public var object: ObjectKey
  public var kind: String
  public var uid: String?
  /// From 1; a new uid, or a create after a delete, starts the next.
  public var lifetime: Int
  /// From 1 over all lifetimes; nil for acts that made no version.
  public var number: Int?
  public var time: Timestamp
  public var operation: Operation?
  public var fidelity: Fidelity?
  /// The whole object as the API would return it; nil under T and M, and for a delete.
  public var manifest: JSONValue?
  public var generation: Int64?
  public var resourceVersion: String?
  /// Not logged as such: an object that a `deletecollection` must have met.
  public var isInferred: Bool
  /// What an `initial` revision is taken from, at least one: `creationTimestamp 2026-11-20T16:04:02Z`; else empty.
  public var sources: [String]
  /// The act; nil for an `initial` revision.
  public var act: Act?

  public init(
    object: ObjectKey, kind: String, uid: String? = nil, lifetime: Int = 1, number: Int? = nil, time: Timestamp,
    operation: Operation? = nil, fidelity: Fidelity? = nil, manifest: JSONValue? = nil, generation: Int64? = nil,
    resourceVersion: String? = nil, isInferred: Bool = false, sources: [String] = [], act: Act? = nil
  ) {
    self.object = object
    self.kind = kind
    self.uid = uid
    self.lifetime = lifetime
    self.number = number
    self.time = time
    self.operation = operation
    self.fidelity = fidelity
    self.manifest = manifest
    self.generation = generation
    self.resourceVersion = resourceVersion
    self.isInferred = isInferred
    self.sources = sources
    self.act = act
  }
}
