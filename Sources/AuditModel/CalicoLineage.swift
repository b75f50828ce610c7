/// Joins what one change of a Calico object leaves in two places: the person's act on `projectcalico.org`, and the
/// write of Calico's API server to `crd.projectcalico.org`, where the object is kept.
///
/// Equal names prove nothing: a cluster may hold independent objects of one name in both groups. Acts are joined by the
/// uid, or where Calico's API server did the same to the same name within two seconds.
public enum CalicoLineage {
  /// How far apart the two acts may begin.
  public static let seconds: Double = 2

  /// The uid under which the other group knows an object: each byte with its bits in reverse order, but for bytes 6 and
  /// 8, which hold version and variant of the UUID. The mapping is its own inverse. Calico does so since 3.28.
  /// - Returns: lower case; nil for a text that is no UUID.
  public static func mapped(uid: String) -> String? {
    let text = Array(uid.utf8)
    guard text.count == 36 else { return nil }
    var out: [UInt8] = []
    var byteIndex = 0
    var at = 0
    while at < text.count {
      if at == 8 || at == 13 || at == 18 || at == 23 {
        guard text[at] == UInt8(ascii: "-") else { return nil }
        out.append(text[at])
        at += 1
        continue
      }
      guard let high = digit(text[at]), let low = digit(text[at + 1]) else { return nil }
      let byte = high << 4 | low
      let result = byteIndex == 6 || byteIndex == 8 ? byte : reversed(byte)
      out.append(hexDigits[Int(result >> 4)])
      out.append(hexDigits[Int(result & 15)])
      byteIndex += 1
      at += 2
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// The keys in the other group that may be the same object, the likeliest first; empty for an object of neither.
  ///
  /// Policies of the tier `default` are, or were, stored with the tier in front of the name.
  public static func otherKeys(of key: ObjectKey) -> [ObjectKey] {
    guard key.group == CalicoAccounts.publicGroup || key.group == CalicoAccounts.storageGroup else { return [] }
    let isPublic = key.group == CalicoAccounts.publicGroup
    let names = prefixed.contains(key.resource) ? otherNames(of: key.name) : [key.name]
    return names.map { name in
      ObjectKey(
        group: isPublic ? CalicoAccounts.storageGroup : CalicoAccounts.publicGroup, resource: key.resource,
        namespace: key.namespace, name: name, cluster: key.cluster)
    }
  }

  /// The names that an object of this name may have in the other group, whatever its resource; its own first.
  public static func otherNames(of name: String) -> [String] {
    [name, name.hasPrefix(tierPrefix) ? String(name.dropFirst(tierPrefix.count)) : tierPrefix + name]
  }

  /// Whether two objects are one by their uids: by the mapping, or by what older versions noted in the annotation
  /// `projectcalico.org/metadata` of the stored object.
  public static func isSame(publicUID: String, storedUID: String, stored: JSONValue? = nil) -> Bool {
    if let other = mapped(uid: storedUID), other == publicUID.lowercased() { return true }
    guard let text = stored?["metadata", "annotations", "projectcalico.org/metadata"]?.string,
      let noted = (try? JSONValue(parsing: text))?["uid"]?.string
    else { return false }
    return noted == publicUID
  }

  /// Whether a stored write is what a person's act on the public API came to.
  /// - Parameter stored: the object in the answer to the stored write, where it was logged.
  public static func joins(_ person: Act, _ storage: Act, stored: JSONValue? = nil) -> Bool {
    guard person.isWrite, storage.isWrite, person.outcome == .changed, storage.outcome == .changed,
      let key = person.key, let other = storage.key, key.group == CalicoAccounts.publicGroup,
      otherKeys(of: key).contains(other), isSameDeed(person, storage), isNear(person, storage)
    else { return false }
    if let left = person.uid, let right = storage.uid, isSame(publicUID: left, storedUID: right, stored: stored) {
      return true
    }
    return storage.by.map(CalicoAccounts.isAPIServer) ?? false && storage.asUser == nil
  }

  /// Whether two records are one request to Calico's API: what kube-apiserver logged as it passed the request on, and
  /// what Calico's API server logged, which shares the auditID. Only the latter has bodies, and each its own clock.
  public static func isPassedOn(_ left: Act, _ right: Act) -> Bool {
    guard let auditID = left.auditID, auditID == right.auditID, left.object?.group == CalicoAccounts.publicGroup,
      left.key == right.key, left.cluster == right.cluster,
      left.object == nil || left.object?.resource == right.object?.resource,
      left.verb == right.verb, left.by == right.by, left.code == nil || right.code == nil || left.code == right.code
    else { return false }
    return isNear(left, right) && (left.level != right.level || left.source.file != right.source.file)
  }

  private static func isNear(_ left: Act, _ right: Act) -> Bool {
    abs(left.time.microseconds - right.time.microseconds) <= Int64(seconds * 1_000_000)
  }

  /// Pairs of acts that are one change, each act at most once, the nearest in time first.
  ///
  /// The storage act of a pair is no change of its own: its author only did what the person asked for. Takes time in
  /// proportion to the acts, and to those within two seconds of each other.
  /// - Returns: the person's act for each storage act that has one.
  public static func pairs(public people: [Act], storage: [Act]) -> [ActID: ActID] {
    let sorted = people.sorted { ($0.time, $0.id) < ($1.time, $1.id) }
    var found: [(distance: Int64, storage: ActID, person: ActID)] = []
    for write in storage {
      let earliest = write.time.adding(seconds: -seconds)
      var low = 0
      var high = sorted.count
      while low < high {
        let middle = (low + high) / 2
        if sorted[middle].time < earliest { low = middle + 1 } else { high = middle }
      }
      for person in sorted[low...] {
        guard person.time <= write.time.adding(seconds: seconds) else { break }
        guard joins(person, write) else { continue }
        found.append((abs(person.time.microseconds - write.time.microseconds), write.id, person.id))
      }
    }
    found.sort { ($0.distance, $0.storage, $0.person) < ($1.distance, $1.storage, $1.person) }
    var pairs: [ActID: ActID] = [:]
    var taken: Set<ActID> = []
    for pair in found where pairs[pair.storage] == nil && !taken.contains(pair.person) {
      pairs[pair.storage] = pair.person
      taken.insert(pair.person)
    }
    return pairs
  }

  /// The same verb; what a person patches, Calico's API server reads and updates.
  private static func isSameDeed(_ person: Act, _ storage: Act) -> Bool {
    if person.verb == storage.verb { return true }
    guard person.verb == "patch" else { return false }
    return storage.verb == (person.code == 201 ? "create" : "update")
  }

  private static let tierPrefix = "default."
  private static let prefixed: Set<String> = [
    "globalnetworkpolicies", "networkpolicies", "stagedglobalnetworkpolicies", "stagednetworkpolicies",
  ]

  private static let hexDigits = Array("0123456789abcdef".utf8)

  private static func digit(_ byte: UInt8) -> UInt8? {
    switch byte {
    case 48...57: byte - 48
    case 65...70: byte - 55
    case 97...102: byte - 87
    default: nil
    }
  }

  private static func reversed(_ byte: UInt8) -> UInt8 {
    var rest = byte
    var out: UInt8 = 0
    for _ in 0..<8 {
      out = out << 1 | rest & 1
      rest >>= 1
    }
    return out
  }
}
