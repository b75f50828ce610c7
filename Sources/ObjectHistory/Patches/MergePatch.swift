public import AuditModel

/// JSON Merge Patch, RFC 7386.
public enum MergePatch {
  /// The target with the patch laid over it: objects merge, `null` takes a member away, anything else replaces.
  ///
  /// Members keep their places; new ones come last, in the order of the patch. A repeated key of the patch counts with
  /// its last value, as for the API server.
  public static func apply(_ patch: JSONValue, to target: JSONValue) -> JSONValue {
    guard case .object(let changes) = patch else { return patch }
    var members = target.members ?? JSONMembers()
    members.merge(changes.unique) { _, change, known in change.isNull ? nil : apply(change, to: known ?? .null) }
    return .object(members)
  }
}
