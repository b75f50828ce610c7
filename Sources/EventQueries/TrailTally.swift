public import AuditModel

/// What the logs hold, counted: all that `check` needs to judge what they cannot tell, short of the bodies.
public struct TrailTally: Sendable {
  /// In the order in which they were first read.
  public var sources: [SourceTally]
  /// Every object that an act names, in order of keys.
  public var objects: [ObjectKey]
  /// Objects with writes of which only their history would tell whether they altered anything, and which was not asked.
  public var unsettledCount: Int

  public init(sources: [SourceTally] = [], objects: [ObjectKey] = [], unsettledCount: Int = 0) {
    self.sources = sources
    self.objects = objects
    self.unsettledCount = unsettledCount
  }
}

/// What one source holds.
public struct SourceTally: Sendable {
  /// The store's; several may have come through standard input, and have one name.
  public var id: Int64
  /// As the user named it.
  public var file: String
  /// Bytes of text that were read.
  public var byteCount: Int64 = 0
  /// Requests whose latest stage stands in this source, and records of other logs.
  public var actCount = 0
  /// Records that were there before, in this source or another, and were left out.
  public var duplicateCount = 0
  public var rejects: [Reject] = []
  /// Which clusters its records are from; nil among them where some name none.
  public var clusters: Set<String?> = []
  /// For each kind of log when its acts happened, ascending.
  public var times: [DataKind: [Timestamp]] = [:]
  /// Audit acts by level, and audit records by stage.
  public var levels: [Level: Int] = [:]
  public var stages: [Stage: Int] = [:]
  /// How many audit acts there are of which kind.
  public var coverage: [Coverage: Int] = [:]
  /// Acts whose bodies were cut away.
  public var truncated = Sightings()
  /// Writes of which no stage tells the result.
  public var unfinished = Sightings()
  /// Acts of which a stage stands at a time before the request arrived.
  public var inversions = Sightings()
  /// By how much the worst of `inversions` does, in microseconds.
  public var worstInversion: Int64 = 0
  /// Namespaces whose deletion was accepted.
  public var namespaceDeletions: [NamedTime] = []
  /// One for each audit act, in the order of the text.
  public var lines: [WrittenLine] = []
  /// resourceVersions that writes answered with, and when; only those that are numbers.
  public var versions: [VersionTime] = []
  /// Requests to the `projectcalico.org` API, which two servers may log: when each says it arrived, by auditID.
  public var calicoRequests: [String: Timestamp] = [:]
  /// When an API server began to set up what it needs: it had just started.
  public var serverStarts: [Timestamp] = []
  /// Writes to Calico's storage group with the agent of its own client library, which names no program: by user.
  public var libraryWrites: [String: Sightings] = [:]
  /// How many acts are by which authenticated user.
  public var users: [String: Int] = [:]
  /// Policies that flows name, as `PolicyHit.path`; those that data planes make up are left out.
  public var flowPolicies: [FlowPolicy: NamedTime] = [:]
  /// When connections began of which flows say that the policy decided: intervals that follow each other as one,
  /// ascending.
  public var policyUse: [FlowPolicy: [PolicyUse]] = [:]
  /// Accepted writes of policies: when each was made, altered or ended; in the order of the text.
  public var policyWrites: [ObjectKey: [PolicyWrite]] = [:]
  /// Accepted deletions of all policies of a kind. Those with a selector are not among them: whom they met only their
  /// answers tell, in `policyWrites`.
  public var policySweeps: [Collection: [PolicyWrite]] = [:]
  /// Notices that a node logged fewer DNS answers than there were.
  public var unlogged = Sightings()
  /// The first characters of the file, where it could still be read: collectors leave their marks there.
  public var head = ""
  /// The format that took most of its first records, where the file could still be read.
  public var provenance: String?

  public init(file: String, id: Int64 = 0) {
    self.file = file
    self.id = id
  }

  /// First and last time of a kind of log; nil without any.
  public func reach(of data: DataKind) -> ClosedRange<Timestamp>? {
    guard let first = times[data]?.first, let last = times[data]?.last else { return nil }
    return first...last
  }

  /// What an audit act is about and how much of it is logged.
  public struct Coverage: Hashable, Sendable {
    public var group: String
    public var resource: String
    public var subresource: String?
    public var verb: String
    public var level: Level
    /// Whether the request asked for a change or a connection, rather than to read.
    public var isWrite: Bool

    public init(
      group: String, resource: String, subresource: String? = nil, verb: String, level: Level, isWrite: Bool = true
    ) {
      self.group = group
      self.resource = resource
      self.subresource = subresource
      self.verb = verb
      self.level = level
      self.isWrite = isWrite
    }
  }

  /// A policy as flows of one cluster name it.
  public struct FlowPolicy: Hashable, Sendable {
    public var hit: PolicyHit
    public var cluster: String?
    public init(_ hit: PolicyHit, in cluster: String? = nil) {
      self.hit = hit
      self.cluster = cluster
    }
  }

  /// Intervals of flows without a pause between them.
  public struct PolicyUse: Hashable, Sendable {
    /// The first interval, and the last.
    public var first: ClosedRange<Timestamp>
    public var last: ClosedRange<Timestamp>
    public init(_ interval: ClosedRange<Timestamp>) {
      first = interval
      last = interval
    }

    /// Takes in an interval that begins no earlier than the ones before.
    /// - Returns: whether it follows them without a pause.
    public mutating func extend(by interval: ClosedRange<Timestamp>) -> Bool {
      guard interval.lowerBound <= last.upperBound else { return false }
      if interval.lowerBound == first.lowerBound, interval.upperBound < first.upperBound { first = interval }
      if interval.lowerBound >= last.lowerBound {
        last = interval.lowerBound...max(last.upperBound, interval.upperBound)
      }
      return true
    }
  }

  /// All objects of a kind in a namespace, or in none.
  public struct Collection: Hashable, Sendable {
    public var group: String
    public var resource: String
    public var namespace: String?
    public var cluster: String?
    public init(group: String, resource: String, namespace: String? = nil, cluster: String? = nil) {
      self.group = group
      self.resource = resource
      self.namespace = namespace
      self.cluster = cluster
    }
  }

  public struct PolicyWrite: Hashable, Sendable {
    public enum Effect: Hashable, Sendable {
      case made, altered, ended
      /// Ended with all others of its kind, if it was there.
      case swept
    }
    /// When the request ended.
    public var time: Timestamp
    public var effect: Effect
    /// A deletion whose body was not logged: that of a dry run would say so.
    public var mayBeDryRun: Bool
    public init(_ effect: Effect, at time: Timestamp, mayBeDryRun: Bool = false) {
      self.effect = effect
      self.time = time
      self.mayBeDryRun = mayBeDryRun
    }
  }

  /// How often something was seen, and where first.
  public struct Sightings: Hashable, Sendable {
    public var count = 0
    public var first: WrittenLine?
    public var last: WrittenLine?

    public init() {}

    public mutating func add(_ line: WrittenLine, count more: Int = 1) {
      count += more
      if first.map({ line.time < $0.time }) ?? true { first = line }
      if last.map({ line.time > $0.time }) ?? true { last = line }
    }
  }

  public struct NamedTime: Hashable, Sendable {
    public var name: String
    public var time: Timestamp
    public init(name: String, time: Timestamp) {
      self.name = name
      self.time = time
    }
  }

  public struct VersionTime: Hashable, Sendable {
    public var version: UInt64
    /// When the write was done.
    public var time: Timestamp
    public init(version: UInt64, time: Timestamp) {
      self.version = version
      self.time = time
    }
  }
}

/// A record's place in its file, and the clock when it was written.
public struct WrittenLine: Hashable, Sendable {
  /// Of the stage that it reports.
  public var time: Timestamp
  /// From 1.
  public var line: Int
  public var offset: Int64
  public init(time: Timestamp, line: Int, offset: Int64) {
    self.time = time
    self.line = line
    self.offset = offset
  }
}
