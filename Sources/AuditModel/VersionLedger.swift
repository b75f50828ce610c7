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
    /// A patch without content.
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

    func comes(before other: Maker) -> Bool {
      if evidence != other.evidence { return evidence > other.evidence }
      return (time, id) < (other.time, other.id)
    }
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
    /// The answer has a deletionTimestamp and no finalizer left: the write that ends the object answers with the
    /// version before it.
    public var endsObject: Bool
    /// As far as the record itself tells: `asksNothing`, `none` or `stamped`.
    public var evidence: Evidence

    public init(
      id: ActID, time: Timestamp, code: Int?, cluster: String? = nil, uid: String?, resourceVersion: String?,
      sentResourceVersion: String?,
      endsObject: Bool, evidence: Evidence = .none
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
    }
  }

  /// Takes one more write, in any order.
  /// - Returns: the act that this shows to be a no-op: the write itself, or one that an earlier call took for a
  ///   change; nil when none.
  public mutating func take(_ write: Write) -> ActID? {
    if write.evidence == .asksNothing { return write.id }
    guard !write.endsObject, let uid = write.uid, let resourceVersion = write.resourceVersion, !resourceVersion.isEmpty
    else { return nil }
    var evidence = write.evidence
    if write.code == 201 {
      evidence = .replaced
    } else if let sent = write.sentResourceVersion {
      if sent == resourceVersion { return write.id }
      if !sent.isEmpty { evidence = .replaced }
    }
    let version = Version(cluster: write.cluster, uid: uid, resourceVersion: resourceVersion)
    let candidate = Maker(id: write.id, evidence: evidence, time: write.time)
    guard let maker = makers[version] else {
      makers[version] = candidate
      return nil
    }
    guard candidate.comes(before: maker) else { return write.id }
    makers[version] = candidate
    return maker.id
  }
}
