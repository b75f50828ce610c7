import AuditModel

/// The versions of an object that answers show, for who asks what was there before one of them.
struct VersionsSeen {
  struct Version: Hashable {
    var uid: String
    var number: UInt64

    /// Nil for a step whose answer is not the whole object, as it was stored.
    init?(_ step: Step) {
      guard !step.isConverted, let uid = step.uid, let number = step.version, let answer = step.answer,
        !answer.isPartial
      else { return nil }
      self.uid = uid
      self.number = number
    }
  }
  /// Ascending, by uid.
  private var seen: [String: [(number: UInt64, object: JSONValue)]] = [:]

  /// - Parameter steps: in any order.
  init(_ steps: [Step], of uids: Set<String>) {
    for step in steps {
      if let version = Version(step), uids.contains(version.uid), let answer = step.answer {
        seen[version.uid, default: []].append((version.number, answer.object))
      }
    }
    seen = seen.mapValues { $0.sorted { $0.number < $1.number } }
  }

  /// The object in the version before one, as far as answers show any.
  func object(before number: UInt64, of uid: String) -> JSONValue? {
    let versions = seen[uid] ?? []
    var low = 0
    var high = versions.count
    while low < high {
      let middle = (low + high) / 2
      if versions[middle].number < number { low = middle + 1 } else { high = middle }
    }
    return low > 0 ? versions[low - 1].object : nil
  }
}
