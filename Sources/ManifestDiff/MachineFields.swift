public import AuditModel

/// The fields that the API server and clients keep for themselves: hidden from readers unless asked for, never lost.
public enum MachineFields {
  public static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// The manifest without machine fields, and how many were taken out. Annotations that held nothing else go with them.
  public static func removed(from manifest: JSONValue) -> (manifest: JSONValue, count: Int) {
    guard case .object(var root) = manifest else { return (manifest, 0) }
    var count = root.remove(["status"])
    if var metadata = root["metadata"]?.members {
      count += metadata.remove(ofMetadata)
      if var annotations = metadata["annotations"]?.members {
        let hadSome = !annotations.isEmpty
        count += annotations.remove([lastApplied])
        metadata["annotations"] = hadSome && annotations.isEmpty && count > 0 ? nil : .object(annotations)
      }
      if count > 0 { root["metadata"] = .object(metadata) }
    }
    return (count > 0 ? .object(root) : manifest, count)
  }

  /// How many machine fields differ between two manifests.
  static func differing(_ old: JSONValue?, _ new: JSONValue?) -> Int { paths.count { old?[$0] != new?[$0] } }

  /// The manifest with the machine fields of another: what a patch that leaves them alone leads to.
  static func grafted(from other: JSONValue, onto manifest: JSONValue) -> JSONValue {
    var copy = removed(from: manifest).manifest
    for path in paths { if let value = other[path] { copy = copy.setting(path, to: value) } }
    return copy
  }

  private static let ofMetadata: Set<String> = [
    "creationTimestamp", "generation", "managedFields", "resourceVersion", "selfLink", "uid",
  ]

  /// In the order in which an object shows them.
  public static let paths: [[String]] = [
    ["metadata", "annotations", lastApplied], ["metadata", "creationTimestamp"], ["metadata", "generation"],
    ["metadata", "managedFields"], ["metadata", "resourceVersion"], ["metadata", "selfLink"], ["metadata", "uid"],
    ["status"],
  ]
}

extension JSONMembers {
  /// - Returns: how many of the keys there were.
  fileprivate mutating func remove(_ keys: Set<String>) -> Int {
    let known = keys.filter { self[$0] != nil }
    if !known.isEmpty { list.removeAll { known.contains($0.key) } }
    return known.count
  }
}
