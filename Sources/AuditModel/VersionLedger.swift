/// Tells writes that altered an object from writes that were accepted and altered nothing.
///
/// A no-op answers with the version that the object already had: among the acts that answered with one
/// resourceVersion of one uid, the first made it and the others found it. What the first found cannot be told from
/// one act, unless the client sent the very version it got back.
public struct VersionLedger: Sendable {
  private struct Version: Hashable {
    var uid: String
    var resourceVersion: String
  }
  private struct Maker {
    var id: ActID
    var time: Timestamp
  }
  private var makers: [Version: Maker] = [:]

  public init() {}

  /// What the ledger needs to know of an act whose outcome is `changed` as far as it alone tells.
  public struct Write: Sendable {
    public var id: ActID
    /// When the latest stage happened.
    public var time: Timestamp
    public var code: Int?
    public var uid: String?
    public var resourceVersion: String?
    /// `metadata.resourceVersion` of the request body.
    public var sentResourceVersion: String?
    /// The answer has a deletionTimestamp and no finalizer left: the write that ends the object answers with the
    /// version before it.
    public var endsObject: Bool

    public init(
      id: ActID, time: Timestamp, code: Int?, uid: String?, resourceVersion: String?, sentResourceVersion: String?,
      endsObject: Bool
    ) {
      self.id = id
      self.time = time
      self.code = code
      self.uid = uid
      self.resourceVersion = resourceVersion
      self.sentResourceVersion = sentResourceVersion
      self.endsObject = endsObject
    }
  }

  /// Takes one more write, in any order.
  /// - Returns: the act that this shows to be a no-op: the write itself, or one that an earlier call took for a
  ///   change; nil when none.
  public mutating func take(_ write: Write) -> ActID? {
    guard !write.endsObject, write.code != 201, let uid = write.uid, let resourceVersion = write.resourceVersion,
      !resourceVersion.isEmpty
    else {
      if write.code == 201, let uid = write.uid, let resourceVersion = write.resourceVersion {
        let previous = makers.updateValue(
          Maker(id: write.id, time: Timestamp(microseconds: .min)),
          forKey: Version(uid: uid, resourceVersion: resourceVersion))
        return previous?.id
      }
      return nil
    }
    if write.sentResourceVersion == resourceVersion { return write.id }
    let version = Version(uid: uid, resourceVersion: resourceVersion)
    guard let maker = makers[version] else {
      makers[version] = Maker(id: write.id, time: write.time)
      return nil
    }
    guard (write.time, write.id) < (maker.time, maker.id) else { return write.id }
    makers[version] = Maker(id: write.id, time: write.time)
    return maker.id
  }
}
