import AuditModel

extension LogFormat {
  /// Cloud Logging's entries for a cluster of GKE, also as a BigQuery export has them. They have no stages, no groups
  /// and no path; the status is a code of google.rpc.
  static let gkeAudit = LogFormat(
    name: "gke-audit",
    summary: "GKE audit log (Cloud Logging LogEntry; JSON lines, array, YAML documents, BigQuery rows)",
    mark: "protoPayload.serviceName k8s.io, or protoPayload.methodName io.k8s.… or org.projectcalico.…",
    signature: { entry in
      guard let payload = entry["protoPayload"].object ?? entry["protopayload_auditlog"].object else { return false }
      if let service = payload.bytes("serviceName") { return service == "k8s.io" }
      return payload["methodName"].starts(with: "io.k8s.") || payload["methodName"].starts(with: "org.projectcalico.")
    },
    translate: translateGKE,
    decode: { (record, times) throws(DecodeError) in
      var event = try decodeAuditEvent(record, &times)
      event.isHalfOfOperation = record.has(halfOfOperation)
      return .audit(event)
    })
}

/// A member that the translation adds.
private let halfOfOperation: StaticString = "halfOfOperation"

private func translateGKE(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> Translation {
  let entry = try document(bytes)
  guard let payload = entry["protoPayload"] ?? entry["protopayload_auditlog"] else {
    throw DecodeError(reason: "a GKE log entry without its payload")
  }
  let method = GKEMethod(payload["methodName"]?.string ?? "")
  let object = reference(payload["resourceName"]?.string ?? "", method)
  let labels = labels(entry["labels"])
  let request = body(payload["request"] ?? parsed(payload["requestJson"]))
  let response = body(payload["response"] ?? parsed(payload["responseJson"]))
  let operation = entry["operation"]
  // The entry that only opens a long request has no answer yet.
  let isFirst = operation?["first"]?.bool == true
  let isLast = operation?["last"]?.bool == true
  let isOnlyFirst = isFirst && !isLast
  let isDryRun = labels["command.gke.io/dryRun"]?.string == "true" || labels["command.gke.io/dryRun"]?.string == "All"

  var event = auditMembers()
  event.add("level", response != nil ? "RequestResponse" : request != nil ? "Request" : "Metadata")
  event.add("auditID", operation?["id"]?.string ?? entry["insertId"]?.string)
  event.add("stage", isOnlyFirst ? "ResponseStarted" : "ResponseComplete")
  event.add("requestURI", uri(payload["resourceName"]?.string ?? "", object, isDryRun: isDryRun))
  event.add("verb", method.verb)
  var user = JSONMembers()
  user.add("username", payload["authenticationInfo", "principalEmail"]?.string)
  event.add("user", .object(user))
  if let ip = payload["requestMetadata", "callerIp"]?.string { event.add("sourceIPs", .array([.string(ip)])) }
  event.add("userAgent", payload["requestMetadata", "callerSuppliedUserAgent"]?.string)
  event.add("objectRef", object?.json)
  if !isOnlyFirst {
    // BigQuery writes numbers as text.
    let status = payload["status", "code"]
    let code = httpStatus(
      status?.integer ?? status?.string.flatMap { Int64($0) } ?? 0, verb: method.verb, response)
    var answer = JSONMembers()
    answer.add("code", .integer(code))
    answer.add("message", payload["status", "message"]?.string ?? response?["message"]?.string)
    event.add("responseStatus", .object(answer))
  }
  event.add("requestObject", isDryRun && method.verb == "delete" ? dryRunOptions(request) : request)
  event.add("responseObject", response)
  event.add("requestReceivedTimestamp", time(entry["timestamp"]))
  if !labels.isEmpty { event.add("annotations", .object(labels)) }
  if isFirst != isLast, operation?["id"]?.string != nil { event.add("\(halfOfOperation)", .bool(true)) }
  return Translation(
    json: Array(JSONValue.object(event).json.utf8), cluster: entry["resource", "labels", "cluster_name"]?.string)
}

/// `io.k8s.networking.v1.networkpolicies.patch`: the group in reverse, version, resource, subresource, verb. Without a
/// version it is about no resource.
private struct GKEMethod {
  var verb: String
  /// Nil for a path that is no resource.
  var resource: String?
  var subresource: String?

  init(_ name: String) {
    var parts = name.split(separator: ".").map(String.init)
    verb = parts.popLast() ?? ""
    guard let version = parts.lastIndex(where: isVersion), version + 1 < parts.count else { return }
    resource = parts[version + 1]
    if version + 2 < parts.count { subresource = parts[(version + 2)...].joined(separator: "/") }
    // `pods.binding_create`
    if let bar = verb.lastIndex(of: "_") {
      subresource = subresource ?? String(verb[..<bar])
      verb = String(verb[verb.index(after: bar)...])
    }
  }
}

/// `v1`, `v1beta1`.
private func isVersion(_ text: String) -> Bool {
  guard text.first == "v", let digit = text.dropFirst().first, digit.isASCII, digit.isNumber else { return false }
  let rest = text.dropFirst().drop { $0.isNumber }
  return rest.isEmpty || rest.hasPrefix("alpha") || rest.hasPrefix("beta")
}

/// `group/version[/namespaces/NS]/resource[/NAME[/SUB]]`; the core group is written `core`.
private func reference(_ name: String, _ method: GKEMethod) -> ObjectReference? {
  guard let resource = method.resource else { return nil }
  let parts = name.split(separator: "/").map(String.init)
  guard parts.count >= 3 else { return nil }
  var object = objectReference(
    group: parts[0] == "core" ? "" : parts[0], version: parts[1], rest: Array(parts[2...]), resource: resource)
  if object?.subresource == nil { object?.subresource = method.subresource }
  return object
}

private func uri(_ name: String, _ object: ObjectReference?, isDryRun: Bool) -> String {
  let query = isDryRun ? "?dryRun=All" : ""
  guard object != nil else { return "/" + name + query }
  if name.hasPrefix("core/") { return "/api/" + name.dropFirst("core/".count) + query }
  return "/apis/" + name + query
}

/// A body without the type that Cloud Logging adds, which names kind and version where the body does not.
private func body(_ value: JSONValue?) -> JSONValue? {
  guard let value, case .object(var members) = value else { return value.flatMap { $0.isNull ? nil : $0 } }
  guard let type = members["@type"]?.string else { return value }
  members["@type"] = nil
  // `networking.k8s.io/v1.NetworkPolicy`, `core.k8s.io/v1.Status`, `k8s.io/Patch`.
  if let slash = type.firstIndex(of: "/"), let dot = type.lastIndex(of: "."), dot > slash {
    let group = type[..<slash]
    let version = type[type.index(after: slash)..<dot]
    let kind = type[type.index(after: dot)...]
    if members["kind"] == nil { members["kind"] = .string(String(kind)) }
    if members["apiVersion"] == nil {
      members["apiVersion"] = .string(group == "core.k8s.io" ? String(version) : "\(group)/\(version)")
    }
  }
  return .object(members)
}

private func dryRunOptions(_ request: JSONValue?) -> JSONValue {
  let options = request ?? .object(["kind": .string("DeleteOptions"), "apiVersion": .string("v1")])
  return options["dryRun"] == nil ? options.setting(["dryRun"], to: .array([.string("All")])) : options
}

private func parsed(_ text: JSONValue?) -> JSONValue? {
  text?.string.flatMap { try? JSONValue(parsing: $0) }
}

/// An object, or as BigQuery has it, pairs.
private func labels(_ value: JSONValue?) -> JSONMembers {
  if let members = value?.members { return members }
  let pairs = value?.array ?? []
  return JSONMembers(
    pairs.compactMap { pair in
      guard let key = pair["key"]?.string, let value = pair["value"] else { return nil }
      return JSONMembers.Member(key: key, value: value)
    })
}

/// RFC 3339; BigQuery writes `2026-10-05 09:30:00.5 UTC`.
private func time(_ value: JSONValue?) -> JSONValue? {
  guard let text = value?.string else { return value }
  return .string(text.hasSuffix(" UTC") ? text.dropLast(4) + "Z" : text)
}

/// What Kubernetes answers where google.rpc has the code (google/rpc/code.proto); the answer itself knows better.
private func httpStatus(_ code: Int64, verb: String, _ response: JSONValue?) -> Int64 {
  if response?["kind"]?.string == "Status", let own = response?["code"]?.integer, own >= 100 { return own }
  return switch code {
  case 0: verb == "create" ? 201 : 200
  case 1: 499
  case 3, 9, 11: 400
  case 4: 504
  case 5: 404
  case 6, 10: 409
  case 7: 403
  case 8: 429
  case 12: 501
  case 14: 503
  case 16: 401
  default: 500
  }
}
