import AuditModel
import ManifestDiff
import ObjectHistory

/// Two versions and what differs between them: `RowSchema.diff`.
enum DiffRow {
  static let schema = "whodiff.diff/1"

  /// - Parameters:
  ///   - left: the row of the version on that side, with its manifest; null where there was no object.
  static func json(left: JSONValue, right: JSONValue, diff: VersionDiff) -> JSONValue {
    .object([
      "schema": .string(schema), "left": left, "right": right, "effect": .null, "meaning": .null,
      "fields": .array(diff.fields.map(field)), "lines": .array(diff.lines.map(line)),
    ])
  }

  private static func field(_ change: FieldChange) -> JSONValue {
    var members = JSONMembers([
      JSONMembers.Member(key: "path", value: .string(change.path)),
      JSONMembers.Member(key: "op", value: .string(change.operation.rawValue)),
      JSONMembers.Member(key: "old", value: change.old ?? .null),
      JSONMembers.Member(key: "new", value: change.new ?? .null),
    ])
    if let from = change.from { members["from"] = .string(from) }
    return .object(members)
  }

  private static func line(_ line: DiffLine) -> JSONValue {
    .object([
      "left": .integer(line.left), "right": .integer(line.right), "op": .string(line.operation.rawValue),
      "old": .optional(line.old?.text), "new": .optional(line.new?.text),
    ])
  }
}
