import AuditModel
import ObjectHistory

func json(_ text: String) throws -> JSONValue { try JSONValue(parsing: text) }

let web = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")

/// A NetworkPolicy as stored: `policy("u1", 7, #""spec":{}"#)`.
func policy(_ uid: String, _ version: Int, _ more: String = "\"spec\":{}", metadata: String = "") -> String {
  #"{"kind":"NetworkPolicy","apiVersion":"networking.k8s.io/v1","metadata":{"name":"web","namespace":"shop","#
    + #""uid":"\#(uid)","resourceVersion":"\#(version)""# + (metadata.isEmpty ? "" : "," + metadata) + "}," + more + "}"
}

/// One act at second `at`, accepted and a change unless said otherwise. Bodies are JSON texts.
func act(
  _ verb: String, at seconds: Int64, code: Int = 200, outcome: Outcome = .changed, level: Level = .requestResponse,
  object: ObjectReference? = nil, key: ObjectKey = web, subresource: String? = nil, named: Bool = true,
  took: Double? = nil,
  by: String? = nil, asUser: String? = nil, agent: String? = nil, auditID: String? = nil, request: String? = nil,
  response: String? = nil, uri: String = "/apis", truncated: Bool = false,
  annotations: [(name: String, value: String)] = []
) throws -> ActDetail {
  let reference =
    object
    ?? ObjectReference(
      group: key.group, version: "v1", resource: key.resource, namespace: key.namespace, name: named ? key.name : nil,
      subresource: subresource)
  return ActDetail(
    act: Act(
      id: ActID(segment: 0, row: UInt32(seconds)), time: Timestamp(seconds: seconds), took: took, verb: verb,
      code: code,
      outcome: outcome, level: level, by: by, asUser: asUser, agent: agent, object: reference,
      auditID: auditID ?? "\(seconds)", truncated: truncated),
    requestURI: uri, request: try request.map(json), response: try response.map(json), annotations: annotations)
}

/// Rows in one line each: lifetime, number, operation (or outcome), fidelity, resourceVersion, `inferred`, `manifest`.
func rows(_ history: History) -> [String] {
  history.revisions.map { revision in
    let what = revision.operation?.rawValue ?? revision.act.map { "(\($0.outcome.name))" } ?? ""
    return
      ([
        "\(revision.lifetime)", revision.number.map { "r\($0)" } ?? "-", what, revision.fidelity?.rawValue ?? "-",
        revision.resourceVersion ?? "-",
      ] + (revision.isInferred ? ["inferred"] : []) + (revision.manifest == nil ? [] : ["manifest"]))
      .joined(separator: " ")
  }
}

func history(_ acts: [ActDetail], of key: ObjectKey = web) -> [String] { rows(History.of(key, acts: acts)) }
