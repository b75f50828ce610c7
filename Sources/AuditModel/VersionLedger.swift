/// Tells writes that altered an object from writes that were accepted and altered nothing.
///
/// A no-op answers with the version that the object already had: among the acts that answered with one
/// resourceVersion of one uid, one made it and the others found it. Which one is decided by the best evidence, and
/// among equals by time, since clocks are stepped: so the order in which acts are taken does not matter, and each costs
/// one look-up. What the only act on a version did cannot be told, unless the client sent the very version it got
/// back, or asked for nothing.
public struct VersionLedger: Sendable {
  /// What a write alone tells of whether it made the version that it answers with; the stronger, the later.
  public enum Evidence: UInt8, Comparable, Sendable {
    /// A patch without content, or a deletecollection that met nothing.
    case asksNothing
    case none
    /// The server's own note in the answer (`metadata.managedFields`) says that the object was last written while this
    /// request ran: the same clock as the request's, in whole seconds. A write that only removes leaves no note.
    case stamped
    /// A create; or a client that named the version it meant to replace, which is refused unless it is the one before.
    case replaced

    public static func < (left: Evidence, right: Evidence) -> Bool { left.rawValue < right.rawValue }
  }

  private struct Version: Hashable {
    var cluster: String?
    var uid: String
    var resourceVersion: String
  }
  private struct Maker {
    var id: ActID
    var evidence: Evidence
    var time: Timestamp
    var place: Write.Place

    func comes(before other: Maker) -> Bool {
      if evidence != other.evidence { return evidence > other.evidence }
      return (time, id) < (other.time, other.id)
    }

    /// Whether only clocks tell which came first, and they may be wrong: two writers have a clock each, and lines of
    /// one stand in the order in which requests ended whatever its clock said.
    func isInDoubt(against other: Maker) -> Bool {
      guard evidence == other.evidence else { return false }
      if place.source == other.place.source { return (place.offset < other.place.offset) != (time <= other.time) }
      return abs(time.microseconds - other.time.microseconds) <= Maker.clocksApart
    }

    /// By how much clocks of servers that serve together are apart at most: ten minutes.
    private static let clocksApart: Int64 = 600_000_000
  }
  private var makers: [Version: Maker] = [:]

  public init() {}

  /// What the ledger needs to know of an act whose outcome is `changed` as far as it alone tells.
  public struct Write: Sendable {
    public var id: ActID
    /// When the latest stage happened.
    public var time: Timestamp
    public var code: Int?
    /// uids and versions of two clusters have nothing to do with each other.
    public var cluster: String?
    public var uid: String?
    public var resourceVersion: String?
    /// `metadata.resourceVersion` of the request body.
    public var sentResourceVersion: String?
    /// The answer shows that the object is gone (`AuditEvent.endsObject`): it has the version before.
    public var endsObject: Bool
    /// As far as the record itself tells: `asksNothing`, `none` or `stamped`.
    public var evidence: Evidence
    /// Where its line stands.
    public var place: Place

    public struct Place: Sendable {
      public var source: Int64
      public var offset: Int64

      public init(source: Int64, offset: Int64) {
        self.source = source
        self.offset = offset
      }
    }

    public init(
      id: ActID, time: Timestamp, code: Int?, cluster: String? = nil, uid: String?, resourceVersion: String?,
      sentResourceVersion: String?, endsObject: Bool, evidence: Evidence = .none,
      place: Place = Place(source: 0, offset: 0)
    ) {
      self.id = id
      self.time = time
      self.code = code
      self.cluster = cluster
      self.uid = uid
      self.resourceVersion = resourceVersion
      self.sentResourceVersion = sentResourceVersion
      self.endsObject = endsObject
      self.evidence = evidence
      self.place = place
    }
  }

  /// What one more write shows.
  public struct Decision: Hashable, Sendable {
    /// The act that altered nothing: the write itself, or one that an earlier call took for a change; nil when none.
    public var noop: ActID?
    /// Only what the object was before can tell whether it is this one or the other.
    public var isInDoubt = false
  }

  /// Takes one more write, in any order.
  public mutating func take(_ write: Write) -> Decision {
    if write.evidence == .asksNothing { return Decision(noop: write.id) }
    guard !write.endsObject, let uid = write.uid, let resourceVersion = write.resourceVersion, !resourceVersion.isEmpty
    else { return Decision() }
    var evidence = write.evidence
    if write.code == 201 {
      evidence = .replaced
    } else if let sent = write.sentResourceVersion {
      if sent == resourceVersion { return Decision(noop: write.id) }
      if !sent.isEmpty { evidence = .replaced }
    }
    let version = Version(cluster: write.cluster, uid: uid, resourceVersion: resourceVersion)
    let candidate = Maker(id: write.id, evidence: evidence, time: write.time, place: write.place)
    guard let maker = makers[version] else {
      makers[version] = candidate
      return Decision()
    }
    let isInDoubt = candidate.isInDoubt(against: maker)
    guard candidate.comes(before: maker) else { return Decision(noop: write.id, isInDoubt: isInDoubt) }
    makers[version] = candidate
    return Decision(noop: maker.id, isInDoubt: isInDoubt)
  }
}
