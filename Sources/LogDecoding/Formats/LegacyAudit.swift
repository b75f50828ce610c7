import AuditModel

extension LogFormat {
  /// `--audit-log-format=legacy`: metadata as text, and nothing of what was sent. Kubernetes 1.4 to 1.7 wrote a line
  /// when the request came and another one with the answer's code.
  static let legacyAudit = LogFormat(
    name: "legacy-audit",
    summary: "Legacy text audit log of kube-apiserver (metadata only; 1.4 to 1.7 in two lines)",
    mark: "TIME AUDIT: id=\"…\"",
    text: { line in
      var cursor = TextCursor(line)
      return cursor.time() != nil && cursor.take(" AUDIT: id=\"")
    },
    translate: translateLegacy,
    decode: { (record, times) throws(DecodeError) in .audit(try decodeAuditEvent(record, &times)) })
}

/// Whether a line of the legacy log is one of two: it has no stage, and no answer yet, or nothing but the answer.
func legacyPart(_ line: UnsafeRawBufferPointer) -> JointPart? {
  guard let (_, fields) = legacyFields(line), let id = fields["id"], fields["stage"] == nil else { return nil }
  return JointPart(joint: Joint(kind: .legacyAnswer, stream: id), isOpen: fields["response"] == nil)
}

private func translateLegacy(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> Translation {
  guard let (time, request) = legacyFields(bytes) else {
    throw DecodeError(reason: "a legacy audit line that is not as Kubernetes writes it")
  }
  var fields = request
  var answered: String?
  if let newline = bytes.first(Ascii.newline, from: 0) {
    let rest = bytes.part(bytes.trimmed((newline + 1)..<bytes.count))
    if let (time, answer) = legacyFields(rest) {
      answered = time
      fields.merge(answer) { $1 }
    }
  }
  guard let uri = fields["uri"], let method = fields["method"] else {
    throw DecodeError(reason: "the answer's line of a legacy audit log, whose request is not in the text before it")
  }
  let path = uri.prefix { $0 != "?" }
  let object = objectReference(ofPath: path)
  let verb = verb(method, path: path, uri: uri, object)
  var event = auditMembers()
  event.add("level", "Metadata")
  event.add("auditID", fields["id"])
  event.add(
    "stage", known(fields["stage"]) ?? (known(fields["response"]) == nil ? "RequestReceived" : "ResponseComplete"))
  event.add("requestURI", uri)
  event.add("verb", verb)
  event.add("user", user(fields["user"], fields["groups"]))
  if let mask = known(fields["as"]) { event.add("impersonatedUser", user(mask, fields["asgroups"])) }
  if let ip = known(fields["ip"]) { event.add("sourceIPs", .array([.string(ip)])) }
  event.add("userAgent", known(fields["user-agent"]))
  event.add("objectRef", object?.json)
  if let code = known(fields["response"]).flatMap({ Int($0) }) {
    event.add("responseStatus", .object(["code": .integer(code)]))
  }
  // One line tells one time, that of its stage; only of two lines the first is that of the request.
  event.add(answered == nil && fields["stage"] != nil ? "stageTimestamp" : "requestReceivedTimestamp", time)
  event.add("stageTimestamp", answered)
  return Translation(json: Array(JSONValue.object(event).json.utf8))
}

/// What is no placeholder: `<none>`, `<self>`, `<lookup>`, `<unknown>`, `<deferred>`.
private func known(_ text: String?) -> String? {
  guard let text, !text.isEmpty, !(text.hasPrefix("<") && text.hasSuffix(">")) else { return nil }
  return text
}

private func user(_ name: String?, _ groups: String?) -> JSONValue {
  var user = JSONMembers()
  user.add("username", known(name))
  // A list of quoted names in a quoted text.
  if let groups = known(groups) {
    let names = groups.hasPrefix("\"") ? (try? JSONValue(parsing: "[\(groups)]")) : .array([.string(groups)])
    user.add("groups", names)
  }
  return .object(user)
}

/// The first releases wrote the method of HTTP.
private func verb(_ method: String, path: Substring, uri: String, _ object: ObjectReference?) -> String {
  if let verb = LogDecoding.verb(ofPath: path) { return verb }
  guard method.allSatisfy({ $0.isASCII && $0.isUppercase }) else { return method }
  guard let object else { return method.lowercased() }
  let isOne = object.name != nil
  return switch method {
  case "GET" where uri.contains("watch=true") || uri.contains("watch=1"): "watch"
  case "GET", "HEAD": isOne ? "get" : "list"
  case "POST": "create"
  case "PUT": "update"
  case "PATCH": "patch"
  case "DELETE": isOne ? "delete" : "deletecollection"
  default: method.lowercased()
  }
}

/// Time and `key="value"` pairs of a line; values are Go's `%q`.
private func legacyFields(_ line: UnsafeRawBufferPointer) -> (time: String, fields: [String: String])? {
  var cursor = TextCursor(line)
  guard cursor.time() != nil, cursor.take(" AUDIT:") else { return nil }
  let time = String(decoding: line.part(0..<(cursor.at - " AUDIT:".utf8.count)), as: UTF8.self)
  var fields: [String: String] = [:]
  while cursor.take(" ") {
    guard let key = cursor.word(until: "=", most: 32), cursor.take("\"") else { break }
    guard let close = line.closingQuote(from: cursor.at) else { break }
    fields[String(decoding: key, as: UTF8.self)] = goUnquoted(line.part(cursor.at..<close))
    cursor.skip(close + 1 - cursor.at)
  }
  return fields.isEmpty ? nil : (time, fields)
}

/// The text between the quotes of Go's `%q`: JSON's escapes, and `\x1b`, `\a`, `\v`, `\U0001f600`, `\'`.
private func goUnquoted(_ bytes: UnsafeRawBufferPointer) -> String {
  var out: [UInt8] = []
  var at = 0
  func hex(_ count: Int) -> UInt32? {
    guard at + count <= bytes.count else { return nil }
    return UInt32(String(decoding: bytes.part(at..<(at + count)), as: UTF8.self), radix: 16)
  }
  while at < bytes.count {
    let byte = bytes[at]
    at += 1
    guard byte == Ascii.backslash, at < bytes.count else {
      out.append(byte)
      continue
    }
    let escape = bytes[at]
    at += 1
    switch escape {
    case UInt8(ascii: "n"): out.append(0x0A)
    case UInt8(ascii: "t"): out.append(0x09)
    case UInt8(ascii: "r"): out.append(0x0D)
    case UInt8(ascii: "a"): out.append(0x07)
    case UInt8(ascii: "b"): out.append(0x08)
    case UInt8(ascii: "f"): out.append(0x0C)
    case UInt8(ascii: "v"): out.append(0x0B)
    case UInt8(ascii: "x"):
      if let value = hex(2) { out.append(UInt8(truncatingIfNeeded: value)) }
      at = min(bytes.count, at + 2)
    case UInt8(ascii: "u"), UInt8(ascii: "U"):
      let count = escape == UInt8(ascii: "u") ? 4 : 8
      let scalar = hex(count).flatMap(Unicode.Scalar.init) ?? "\u{FFFD}"
      out += Array(String(Character(scalar)).utf8)
      at = min(bytes.count, at + count)
    default: out.append(escape)
    }
  }
  return String(decoding: out, as: UTF8.self)
}
