public import AuditModel

extension Revision {
  /// The row of `whodiff changes`, schema `whodiff.revision/1`; with a member `cluster` where the records name one.
  ///
  /// - Parameters:
  ///   - changed: paths of the fields that differ from the version before; empty when that is not known.
  ///   - effect: what the change means for traffic; nil when that is not known.
  ///   - includesManifest: whether the row has the member `manifest`.
  public func row(changed: [String], effect: String? = nil, includesManifest: Bool) -> JSONValue {
    var members: [JSONMembers.Member] = []
    func add(_ key: String, _ value: JSONValue) { members.append(.init(key: key, value: value)) }
    func number(_ value: (some BinaryInteger)?) -> JSONValue { value.map { .integer($0) } ?? .null }
    let isInitial = operation == .initial
    add("schema", .string("whodiff.revision/1"))
    add(
      "object",
      .object([
        "group": .string(object.group), "kind": .string(kind), "resource": .string(object.resource),
        "namespace": .optional(object.namespace), "name": .string(object.name),
      ]))
    add("uid", .optional(uid))
    add("lifetime", .integer(lifetime))
    add("revision", number(self.number))
    add("time", .string(time.rfc3339))
    add("operation", .optional(operation?.rawValue))
    add("verb", .optional(act?.verb))
    add("by", .optional(act?.by))
    add("as", .optional(act?.asUser))
    add("code", number(act?.code))
    add("auditID", isInitial ? .null : .optional(act?.auditID))
    add("outcome", isInitial ? .null : .optional(act?.outcome.name))
    add("fidelity", .optional(fidelity?.rawValue))
    add("changed", .array(changed.map { .string($0) }))
    add("effect", .optional(effect))
    add("generation", number(generation))
    add("resourceVersion", .optional(resourceVersion))
    if let cluster = object.cluster { add("cluster", .string(cluster)) }
    if isInitial { add("source", .array(sources.map { .string($0) })) }
    if isInferred { add("inferred", .bool(true)) }
    if includesManifest { add("manifest", manifest ?? .null) }
    return .object(JSONMembers(members))
  }
}
