import AuditModel

extension LogFormat {
  /// Rows of the tables AKSAudit and AKSAuditAdmin: audit events in columns.
  static let aksAudit = LogFormat(
    name: "aks-audit",
    summary: "AKS audit log as rows of AKSAudit or AKSAuditAdmin (JSON)",
    mark: "AuditId with Verb, Stage or RequestUri",
    signature: { row in
      row["AuditId"].isString && (row.has("Verb") || row.has("Stage") || row.has("RequestUri"))
    },
    translate: translateAKS,
    decode: { (record, times) throws(DecodeError) in .audit(try decodeAuditEvent(record, &times)) })
}

/// Column and member, in the order of the members.
private let columns: [(column: String, member: String)] = [
  ("Level", "level"), ("AuditId", "auditID"), ("Stage", "stage"), ("RequestUri", "requestURI"), ("Verb", "verb"),
  ("User", "user"), ("ImpersonatedUser", "impersonatedUser"), ("SourceIps", "sourceIPs"), ("UserAgent", "userAgent"),
  ("ObjectRef", "objectRef"), ("ResponseStatus", "responseStatus"), ("RequestObject", "requestObject"),
  ("ResponseObject", "responseObject"), ("RequestReceivedTime", "requestReceivedTimestamp"),
  ("StageReceivedTime", "stageTimestamp"), ("Annotations", "annotations"),
]

private func translateAKS(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> Translation {
  let row = try document(bytes)
  var event = auditMembers()
  var wasSkipped = false
  for (column, member) in columns {
    guard let cell = row[column] ?? inUTC(row[column + " [UTC]"]), !cell.isNull, cell.string != "" else { continue }
    if cell.string == "skipped-too-big-size-object" {
      wasSkipped = true
      continue
    }
    event.add(member, value(cell))
  }
  if event["requestReceivedTimestamp"] == nil, event["stageTimestamp"] == nil {
    event.add("stageTimestamp", row["TimeGenerated"] ?? inUTC(row["TimeGenerated [UTC]"]))
  }
  if wasSkipped {
    let mark = JSONValue.string("true")
    event["annotations"] = (event["annotations"] ?? .object(JSONMembers()))
      .setting(["audit.k8s.io/truncated"], to: mark)
  }
  return Translation(
    json: Array(JSONValue.object(event).json.utf8),
    cluster: azureCluster(row["_ResourceId"]?.string ?? row["ResourceId"]?.string))
}

/// A time of a column that the portal marks as UTC's, with its zone.
private func inUTC(_ cell: JSONValue?) -> JSONValue? {
  guard let text = cell?.string, let time = utcTime(text) else { return cell }
  return .string(time.rfc3339)
}

/// Dynamic columns hold JSON, which some exports write as text.
private func value(_ cell: JSONValue) -> JSONValue {
  guard let text = cell.string, text.hasPrefix("{") || text.hasPrefix("[") else { return cell }
  return (try? JSONValue(parsing: text)) ?? cell
}
