import AuditModel

extension LogFormat {
  /// What kube-apiserver writes to `--audit-log-path` or sends to a webhook.
  static let kubernetesAudit = LogFormat(
    name: "kubernetes-audit",
    summary: "Audit log of kube-apiserver (JSON lines, EventList or array; audit.k8s.io/v1, v1beta1, v1alpha1)",
    mark: "auditID with verb, stage or requestURI; Event of audit.k8s.io; verb with objectRef and user",
    signature: { record in isAuditEvent(record) },
    decode: { (record, times) throws(DecodeError) in .audit(try decodeAuditEvent(record, &times)) })
}

/// Decided by the set of keys, since `kind` alone means little: core Events have the same, and some writers leave
/// out `apiVersion`, others `auditID`.
func isAuditEvent(_ record: borrowing JSONObject) -> Bool {
  if record["auditID"].isString {
    return record.has("verb") || record.has("stage") || record.has("requestURI")
  }
  if let version = record.bytes("apiVersion"), version.starts(with: "audit.k8s.io/") {
    guard let kind = record.bytes("kind") else { return false }
    return kind == "Event"
  }
  return record["verb"].isString && record.has("objectRef") && record.has("user")
}

/// Maps one record of `audit.k8s.io` to an event. A record without verb or time is refused; all else is optional.
func decodeAuditEvent(
  _ record: borrowing JSONObject, _ times: inout TimestampReader
) throws(DecodeError) -> AuditEvent {
  let fields = record.members(eventKeys)
  guard let verb = fields[.verb].nonEmpty else { throw DecodeError(reason: "an audit event without a verb") }
  let clock = try readTimes(fields, &times)
  var request = bodyFacts(fields[.requestObject], detailsNameObject: false)
  var response = bodyFacts(fields[.responseObject], detailsNameObject: verb == "delete")
  if verb == "update" || verb == "patch" { response?.managedAt = managedTime(fields[.responseObject], &times) }
  if verb == "patch" { readOwners(fields, request: &request, response: &response) }
  if verb == "deletecollection", let answer = fields[.responseObject].object, answer.has("items") {
    response?.isEmpty = !answer["items"].hasItems
  }
  var object = reference(fields[.objectRef])
  if object?.name == nil {
    let named = response?.kind == "Status" ? nil : response?.name
    object?.name = named ?? request?.name
  }
  var (decision, reason, truncated): (String?, String?, Bool) = (nil, nil, false)
  if let annotations = fields[.annotations].object?.members(annotationKeys) {
    decision = annotations[.decision].nonEmpty ?? annotations[.dotlessDecision].nonEmpty
    reason = annotations[.reason].nonEmpty ?? annotations[.dotlessReason].nonEmpty
    truncated = isTrue(annotations[.truncated]) || isTrue(annotations[.dotlessTruncated])
  }
  let requestURI = fields[.requestURI].freshString ?? ""
  // Reduced records have none; that of a whole one is missing where the path is about no resource.
  if fields[.objectRef].isMissing, requestURI.hasPrefix("/api") {
    object = objectReference(ofPath: requestURI.prefix { $0 != "?" })
  }
  var (user, groups): (String?, [String]) = (nil, [])
  if let members = fields[.user].object?.members(userKeys) {
    (user, groups) = (members[.username].nonEmpty, members[.groups].strings)
  }
  return AuditEvent(
    auditID: fields[.auditID].freshNonEmpty, stage: try stage(fields), level: try level(fields), verb: verb,
    requestURI: requestURI, user: user, groups: groups,
    impersonatedUser: fields[.impersonatedUser].object?["username"].nonEmpty,
    sourceIPs: fields[.sourceIPs].strings, userAgent: fields[.userAgent].nonEmpty, object: object,
    code: answerCode(fields, verb: verb),
    receivedAt: clock.received, stageAt: clock.stage, decision: decision, reason: reason, truncated: truncated,
    dryRun: isDryRun(verb: verb, uri: fields[.requestURI].bytes, body: fields[.requestObject]),
    request: request, response: response,
    met: verb == "deletecollection" ? listedObjects(fields[.responseObject]) : [], cluster: fields[.cluster].nonEmpty)
}

/// The members of an audit event that are read, in the order in which kube-apiserver writes them.
enum EventKey: Int, MemberKey {
  case level, auditID, stage, requestURI, verb, user, impersonatedUser, sourceIPs, userAgent, objectRef
  case responseStatus, requestObject, responseObject, requestReceivedTimestamp, stageTimestamp, annotations
  case metadata, timestamp, cluster
}

private enum AnnotationKey: Int, MemberKey {
  case truncated, decision, reason
  // Exporters that may not write dots in keys put an underscore.
  case dotlessTruncated, dotlessDecision, dotlessReason

  var name: String {
    switch self {
    case .truncated: "audit.k8s.io/truncated"
    case .decision: "authorization.k8s.io/decision"
    case .reason: "authorization.k8s.io/reason"
    case .dotlessTruncated: "audit_k8s_io/truncated"
    case .dotlessDecision: "authorization_k8s_io/decision"
    case .dotlessReason: "authorization_k8s_io/reason"
    }
  }
}

private enum UserKey: Int, MemberKey { case username, groups }

private enum ReferenceKey: Int, MemberKey {
  case resource, namespace, name, uid, apiGroup, apiVersion, resourceVersion, subresource
}

private let eventKeys = KeyTable<EventKey>()
private let annotationKeys = KeyTable<AnnotationKey>()
private let userKeys = KeyTable<UserKey>()
private let referenceKeys = KeyTable<ReferenceKey>()

private func isTrue(_ element: JSONElement) -> Bool { element.bytes.map { $0 == "true" } ?? false }

/// What the bodies of a patch tell of who owns which field.
private func readOwners(
  _ fields: borrowing JSONMembersFound<EventKey>, request: inout BodyFacts?, response: inout BodyFacts?
) {
  guard request?.kind != nil, request?.apiVersion != nil else {
    if movesOnlyOwners(fields[.requestObject]) {
      request = request ?? BodyFacts()
      request?.movesOnlyOwners = true
    }
    return
  }
  if response != nil { readOwners(fields[.responseObject], into: &response) }
}

/// `requestReceivedTimestamp` and `stageTimestamp`; v1beta1 may have only `timestamp` or a creation time, in whole
/// seconds. A wrapper's time is better than none.
private func readTimes(
  _ fields: borrowing JSONMembersFound<EventKey>, _ times: inout TimestampReader
) throws(DecodeError) -> (received: Timestamp, stage: Timestamp?) {
  let stage = times.read(fields[.stageTimestamp])
  if let received = times.read(fields[.requestReceivedTimestamp]) ?? stage ?? times.read(fields[.timestamp]) {
    return (received, stage)
  }
  if let metadata = fields[.metadata].object, let created = times.read(metadata["creationTimestamp"]) {
    return (created, nil)
  }
  if let fallback = times.fallback { return (fallback, nil) }
  for key in [EventKey.requestReceivedTimestamp, .stageTimestamp, .timestamp] where fields[key].isPresent {
    throw DecodeError(reason: "an audit event whose \(key.name) is no time")
  }
  throw DecodeError(reason: "an audit event without a time")
}

private func stage(_ fields: borrowing JSONMembersFound<EventKey>) throws(DecodeError) -> Stage {
  guard let bytes = fields[.stage].bytes, !bytes.isEmpty else {
    // Reduced records have none; an answer is there only at the end.
    return fields[.responseStatus].isPresent ? .responseComplete : .requestReceived
  }
  if bytes == "ResponseComplete" { return .responseComplete }
  if bytes == "RequestReceived" { return .requestReceived }
  if bytes == "ResponseStarted" { return .responseStarted }
  if bytes == "Panic" { return .panic }
  throw DecodeError(reason: "an audit event with a stage that audit.k8s.io does not have")
}

private func level(_ fields: borrowing JSONMembersFound<EventKey>) throws(DecodeError) -> Level {
  guard let bytes = fields[.level].bytes, !bytes.isEmpty else {
    if fields[.responseObject].isPresent { return .requestResponse }
    return fields[.requestObject].isPresent ? .request : .metadata
  }
  if bytes == "RequestResponse" { return .requestResponse }
  if bytes == "Metadata" || bytes == "None" { return .metadata }
  if bytes == "Request" { return .request }
  throw DecodeError(reason: "an audit event with a level that audit.k8s.io does not have")
}

/// `objectRef`. v1alpha1 has group and version in one string, and no group.
private func reference(_ element: JSONElement) -> ObjectReference? {
  guard let members = element.object?.members(referenceKeys), let resource = members[.resource].nonEmpty else {
    return nil
  }
  var group = members[.apiGroup].string ?? ""
  var version = members[.apiVersion].string ?? ""
  if let slash = version.utf8.firstIndex(of: UInt8(ascii: "/")) {
    if group.isEmpty { group = String(version[..<slash]) }
    version = String(version[version.utf8.index(after: slash)...])
  }
  return ObjectReference(
    group: group, version: version, resource: resource, namespace: members[.namespace].nonEmpty,
    name: members[.name].nonEmpty, subresource: members[.subresource].nonEmpty, uid: members[.uid].nonEmpty,
    resourceVersion: resourceVersion(members[.resourceVersion]))
}
