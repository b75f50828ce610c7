import AuditModel

extension LogFormat {
  /// BGP logs as documents.
  static let calicoBGP = LogFormat(
    name: "calico-bgp",
    summary: "BGP log of Calico Enterprise (documents)",
    mark: "logtime with message",
    signature: { $0["logtime"].isString && $0["message"].isString },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeBGP(record)) })

  /// BGP logs as BIRD's log files have them: five digits of a second, no zone; it is UTC.
  static let birdLog = LogFormat(
    name: "bird-log",
    summary: "BGP log of Calico Enterprise (text of BIRD)",
    mark: "TIME bird: TEXT",
    text: { line in
      var cursor = TextCursor(line)
      return cursor.time() != nil && (cursor.take(" bird: ") || cursor.take(" bird6: "))
    },
    translate: { (bytes) throws(DecodeError) in
      var cursor = TextCursor(bytes)
      guard cursor.time() != nil else { throw DecodeError(reason: "a BGP log line without a time") }
      var members = JSONMembers()
      members.add("logtime", String(decoding: bytes.part(0..<cursor.at), as: UTF8.self))
      members.add("ip_version", cursor.take(" bird6: ") ? "IPv6" : "IPv4")
      _ = cursor.take(" bird: ")
      members.add("message", JSONValue.string(String(decoding: bytes.part(cursor.rest), as: UTF8.self)))
      return Translation(json: Array(JSONValue.object(members).json.utf8))
    },
    decode: { (record, times) throws(DecodeError) in .entry(try decodeBGP(record)) })
}

private func decodeBGP(_ record: borrowing JSONObject) throws(DecodeError) -> LogEntry {
  guard let text = record.bytes("logtime"), let time = rfc3339(text) else {
    throw DecodeError(reason: "a BGP log record without a time")
  }
  return LogEntry(
    time: time,
    facts: .plain(
      PlainFacts(
        data: .bgp, action: record["ip_version"].known, message: record["message"].freshString,
        host: record["host"].known)),
    cluster: record["cluster"].nonEmpty)
}
