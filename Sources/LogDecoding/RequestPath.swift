import AuditModel

/// The object that a request's path is about, as kube-apiserver takes paths apart; nil for a path of no resource.
///
/// `/api/VERSION/...` is of the core group, `/apis/GROUP/VERSION/...` of the others. The first releases had a `watch`
/// or `proxy` behind the version, which is a verb.
func objectReference(ofPath path: Substring) -> ObjectReference? {
  var parts = path.split(separator: "/").map(String.init)
  var group = ""
  switch parts.first {
  case "api" where parts.count >= 3: parts.removeFirst()
  case "apis" where parts.count >= 4:
    group = parts[1]
    parts.removeFirst(2)
  default: return nil
  }
  let version = parts.removeFirst()
  if parts.count > 1, verbsInPaths.contains(parts[0]) { parts.removeFirst() }
  return objectReference(group: group, version: version, rest: parts, resource: nil)
}

/// The verb that stands in a path of the first releases: `/api/v1/proxy/nodes/n1`.
func verb(ofPath path: Substring) -> String? {
  let parts = path.split(separator: "/", maxSplits: 4)
  let place = parts.first == "api" ? 2 : 3
  guard parts.first == "api" || parts.first == "apis", parts.count > place + 1 else { return nil }
  let word = String(parts[place])
  return verbsInPaths.contains(word) ? word : nil
}

private let verbsInPaths: Set<String> = ["watch", "proxy"]

/// - Parameters:
///   - rest: `[namespaces NS] RESOURCE [NAME [SUBRESOURCE [...]]]`; what is behind a subresource, as of `proxy`, is
///     for what is reached through it.
///   - resource: what is asked for, where it is known: a Namespace's own path looks like that of what is inside it.
func objectReference(group: String, version: String, rest: [String], resource: String?) -> ObjectReference? {
  var parts = rest[...]
  var namespace: String?
  // A third part may be what is inside the namespace, or a subresource of it.
  let isOfNamespace =
    resource.map { $0 == "namespaces" }
    ?? (parts.count < 3 || parts.count == 3 && ["finalize", "status"].contains(parts[2]))
  if parts.first == "namespaces", group.isEmpty || parts.count >= 3, parts.count >= 2 {
    namespace = parts[1]
    if !(group.isEmpty && isOfNamespace) { parts.removeFirst(2) }
  }
  guard let name = parts.popFirst() else { return nil }
  return ObjectReference(
    group: group, version: version, resource: name, namespace: namespace, name: parts.popFirst(),
    subresource: parts.first)
}

extension JSONMembers {
  /// Adds a member unless there is no value.
  mutating func add(_ key: String, _ value: JSONValue?) {
    if let value { list.append(Member(key: key, value: value)) }
  }
  mutating func add(_ key: String, _ text: String?) {
    if let text, !text.isEmpty { add(key, JSONValue.string(text)) }
  }
}

extension ObjectReference {
  /// As `objectRef` writes it.
  var json: JSONValue {
    var members = JSONMembers()
    members.add("resource", resource)
    members.add("namespace", namespace)
    members.add("name", name)
    members.add("uid", uid)
    members.add("apiGroup", group)
    members.add("apiVersion", version)
    members.add("resourceVersion", resourceVersion)
    members.add("subresource", subresource)
    return .object(members)
  }
}

/// The head of every audit event that is made here.
func auditMembers() -> JSONMembers {
  JSONMembers([
    .init(key: "kind", value: .string("Event")), .init(key: "apiVersion", value: .string("audit.k8s.io/v1")),
  ])
}

/// Whose bytes a translation could not read, though the parser could.
func document(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> JSONValue {
  do throws(JSONError) { return try JSONValue(parsing: bytes) } catch {
    throw DecodeError(reason: "not JSON: \(error)")
  }
}
