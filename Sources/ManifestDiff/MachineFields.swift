public import AuditModel

/// The fields that the API server and clients keep for themselves: hidden from readers unless asked for, never lost.
public enum MachineFields {
  public static let lastApplied = "kubectl.kubernetes.io/last-applied-configuration"

  /// The manifest without machine fields, and how many were taken out.
  public static func removed(from manifest: JSONValue) -> (manifest: JSONValue, count: Int) {
    var copy = manifest
    var count = 0
    for path in paths where copy[path] != nil {
      copy = copy.setting(path, to: nil)
      count += 1
    }
    return (copy, count)
  }

  /// In the order in which an object shows them.
  public static let paths: [[String]] = [
    ["metadata", "annotations", lastApplied], ["metadata", "creationTimestamp"], ["metadata", "generation"],
    ["metadata", "managedFields"], ["metadata", "resourceVersion"], ["metadata", "selfLink"], ["metadata", "uid"],
    ["status"],
  ]
}
