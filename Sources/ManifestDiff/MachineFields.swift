public import AuditModel

/// The fields that the API server and clients keep for themselves: hidden from readers unless asked for, never lost.
public enum MachineFields {
  public static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// The manifest without machine fields, and how many were taken out. Annotations that held nothing else go with them.
  public static func removed(from manifest: JSONValue) -> (manifest: JSONValue, count: Int) {
    var copy = manifest
    var count = 0
    for path in paths where copy[path] != nil {
      copy = copy.setting(path, to: nil)
      count += 1
    }
    if count > 0, copy["metadata", "annotations"]?.members?.isEmpty == true,
      manifest["metadata", "annotations"]?.members?.isEmpty == false
    {
      copy = copy.setting(["metadata", "annotations"], to: nil)
    }
    return (copy, count)
  }

  /// How many machine fields differ between two manifests.
  static func differing(_ old: JSONValue?, _ new: JSONValue?) -> Int { paths.count { old?[$0] != new?[$0] } }

  /// The manifest with the machine fields of another: what a patch that leaves them alone leads to.
  static func grafted(from other: JSONValue, onto manifest: JSONValue) -> JSONValue {
    var copy = removed(from: manifest).manifest
    for path in paths { if let value = other[path] { copy = copy.setting(path, to: value) } }
    return copy
  }

  /// In the order in which an object shows them.
  public static let paths: [[String]] = [
    ["metadata", "annotations", lastApplied], ["metadata", "creationTimestamp"], ["metadata", "generation"],
    ["metadata", "managedFields"], ["metadata", "resourceVersion"], ["metadata", "selfLink"], ["metadata", "uid"],
    ["status"],
  ]
}
