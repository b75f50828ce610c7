import AuditModel

/// One act as `log` and `export` write it, field by field in the order of `RowSchema.act`. Rows of other logs have what
/// they say behind these (`FactMembers`).
enum ActRow {
  static let schema = "whodiff.act/1"
  static let columns = RowSchema.act.columns

  /// Of a table with rows of these logs.
  static func columns(of data: Set<DataKind>) -> [String] {
    var seen = Set(columns)
    return columns
      + DataKind.allCases.filter(data.contains).flatMap { FactMembers.names(of: $0) }.filter {
        seen.insert($0).inserted
      }
  }

  static func json(_ act: Act) -> JSONValue { .object(JSONMembers(members(act, schema: schema))) }

  static func members(_ act: Act, schema: String) -> [JSONMembers.Member] {
    let object = act.object
    func member(_ key: String, _ value: JSONValue) -> JSONMembers.Member { JSONMembers.Member(key: key, value: value) }
    return [
      member("schema", .string(schema)),
      member("id", .string(act.contentID.description)),
      member("time", .string(act.time.rfc3339)),
      member("data", .string(act.data.name)),
      member("verb", .optional(act.verb.nonEmpty)),
      member("code", .integer(act.code)),
      member("outcome", .optional(act.data == .audit ? act.outcome.name : nil)),
      member("level", .optional(act.level?.name)),
      member("stages", .array(act.stages.stages.map { .string($0.name) })),
      member("by", .optional(act.by)),
      member("as", .optional(act.asUser)),
      member("groups", .strings(act.groups)),
      member("ips", .strings(act.ips)),
      member("agent", .optional(act.agent)),
      member("api", .optional(object.map { api(group: $0.group, version: $0.version) })),
      member("kind", .optional(act.kind)),
      member("resource", .optional(object?.resource)),
      member("namespace", .optional(object.flatMap(namespace))),
      member("name", .optional(object?.name)),
      member("subresource", .optional(object?.subresource?.nonEmpty)),
      member("uid", .optional(act.uid)),
      member("auditID", .optional(act.auditID)),
      member("took", .seconds(act.took)),
      member("decision", .optional(act.decision)),
      member("reason", .optional(act.reason)),
      member("truncated", .bool(act.truncated)),
      member("summary", .string(act.summary)),
      member("cluster", .optional(act.cluster)),
      member("source", source(act.source)),
    ] + (act.facts.map(FactMembers.of) ?? [])
  }

  /// `networking.k8s.io/v1`; the version alone for the core group.
  static func api(group: String, version: String) -> String {
    group.isEmpty ? version : version.isEmpty ? group : group + "/" + version
  }

  /// Null for a Namespace, though its requests are logged with its own name there.
  static func namespace(_ object: ObjectReference) -> String? {
    object.resource == "namespaces" && object.group.isEmpty ? nil : object.namespace?.nonEmpty
  }

  static func source(_ position: SourcePosition) -> JSONValue {
    .object([
      "file": .string(position.file), "line": .integer(position.line), "offset": .integer(position.offset),
      "length": .integer(position.length),
    ])
  }
}

/// One act with all that its records hold: what `show` writes as `whodiff.event/1`. It begins with the fields of
/// `whodiff.act/1`; a row of another log ends with its `record`.
enum EventRow {
  static let schema = "whodiff.event/1"

  static func json(_ detail: ActDetail) -> JSONValue {
    var members = JSONMembers(ActRow.members(detail.act, schema: schema))
    guard detail.act.facts == nil else {
      members["record"] = detail.records.first.flatMap { try? JSONValue(parsing: $0.bytes) } ?? .null
      return .object(members)
    }
    members["requestURI"] = .string(detail.requestURI)
    members["message"] = .optional(detail.message)
    members["annotations"] = .object(
      JSONMembers(detail.annotations.map { JSONMembers.Member(key: $0.name, value: .string($0.value)) }))
    members["requestObject"] = detail.request ?? .null
    members["responseObject"] = detail.response ?? .null
    members["records"] = .array(
      detail.records.map { record in
        guard case .object(let position) = ActRow.source(record.source) else { return .null }
        return .object(
          JSONMembers([JSONMembers.Member(key: "stage", value: .string(record.stage.name))] + position.list))
      })
    return .object(members)
  }
}

extension JSONValue {
  /// The number, or null where there is none.
  static func integer(_ value: (some BinaryInteger)?) -> JSONValue { value.map { .integer($0) } ?? .null }
  static func strings(_ texts: [String]) -> JSONValue { .array(texts.map(JSONValue.string)) }
  /// Whole microseconds, written without an exponent: `0.038`.
  static func seconds(_ value: Double?) -> JSONValue {
    guard let value, value.isFinite, abs(value) < 9e12 else { return .null }
    let microseconds = Int64((value * 1_000_000).rounded())
    let whole = microseconds.magnitude / 1_000_000
    var fraction = String(microseconds.magnitude % 1_000_000)
    fraction = String(repeating: "0", count: 6 - fraction.utf8.count) + fraction
    while fraction.hasSuffix("0"), fraction.utf8.count > 1 { fraction.removeLast() }
    return .number((microseconds < 0 ? "-" : "") + "\(whole).\(fraction)")
  }
}

extension String {
  var nonEmpty: String? { isEmpty ? nil : self }
}
