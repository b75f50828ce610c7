import AuditModel

/// How many acts share the values of some fields: `RowSchema.count`.
enum CountRow {
  static let schema = "whodiff.count/1"
  static let columns = RowSchema.count.columns

  /// - Parameters:
  ///   - values: one for each field; nil where the acts have none.
  ///   - since: start of the span that was counted; nil when all time was.
  static func json(fields: [String], values: [String?], since: Timestamp?, count: Int) -> JSONValue {
    let by = zip(fields, values).map { JSONMembers.Member(key: $0, value: .optional($1)) }
    return .object([
      "schema": .string(schema), "by": .object(JSONMembers(by)), "since": .optional(since?.rfc3339),
      "count": .integer(count),
    ])
  }
}
