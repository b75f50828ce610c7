import AuditModel

extension LogFormat {
  /// What `calico-node -flows` prints: a flow over several lines, its policies in the text form of protobuf.
  static let nodeFlow = LogFormat(
    name: "calico-node-flow",
    summary: "Flow as calico-node prints it (text over several lines)",
    mark: "- Time=TIME Reporter=WORD Action=WORD, then lines Src=, Counts=, Enforced:, Pending:",
    text: { RecordDecoder.startsBlock($0) },
    translate: translateNodeFlow,
    decode: LogFormat.goldmaneFlow.decode)
}

/// As Goldmane's JSON has it.
private func translateNodeFlow(_ bytes: UnsafeRawBufferPointer) throws(DecodeError) -> Translation {
  guard bytes.count < 1 << 20 else { throw DecodeError(reason: "a flow of calico-node that is too long for one") }
  let lines = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isNewline).map { line in
    line.drop { $0 == " " }
  }
  // The marks of the lists come last: without them the record is cut.
  guard lines.count >= 5, let pending = lines.firstIndex(of: "Pending:"), lines[3] == "Enforced:", pending > 3 else {
    throw DecodeError(reason: "a flow of calico-node that is cut off")
  }
  var flow = JSONMembers()
  var key = JSONMembers()
  var head = WordReader(lines[0])
  guard head.skip(to: "Time="), let time = head.upTo(" Reporter="), let reporter = head.upTo(" Action="),
    let start = goTime(time)
  else { throw DecodeError(reason: "a flow of calico-node without a time") }
  key.add("reporter", String(reporter))
  key.add("action", String(head.rest))
  flow.add("start_time", JSONValue.integer(start.microseconds / 1_000_000))
  guard readSides(lines[1], &key) else {
    throw DecodeError(reason: "a flow of calico-node whose ends cannot be read")
  }
  guard readCounts(lines[2], &flow) else {
    throw DecodeError(reason: "a flow of calico-node whose counts cannot be read")
  }
  let lists = [("enforced_policies", lines[4..<pending]), ("pending_policies", lines[(pending + 1)...])]
  var policies = JSONMembers()
  for (name, lines) in lists {
    guard let hits = ProtobufText.hits(lines.joined(separator: " ")) else {
      throw DecodeError(reason: "a flow of calico-node whose policies cannot be read")
    }
    policies.add(name, .array(hits))
  }
  key.add("policies", .object(policies))
  flow.add("Key", .object(key))
  return Translation(json: Array(JSONValue.object(flow).json.utf8))
}

/// As Go prints a time, `2026-10-05 11:00:00 +0200 CEST`, or RFC 3339.
private func goTime(_ text: Substring) -> Timestamp? {
  let words = text.split(separator: " ")
  guard words.count >= 3 else { return Timestamp(rfc3339: text) }
  return Timestamp(rfc3339: words[0] + "T" + words[1] + words[2])
}

/// `Src={wep(NS/NAME)} Dst={net(-/pub) Svc:NS/NAME} Proto={tcp(443) Svc:PORTNAME/PORT}`; the first releases wrote
/// `Src=wep(NS/NAME) Dst=net(-/pub) Svc=NAME/NS Proto=tcp(443 svc:PORTNAME/PORT)`.
private func readSides(_ line: Substring, _ key: inout JSONMembers) -> Bool {
  var reader = WordReader(line)
  let isOld = !line.hasPrefix("Src={")
  func side(_ name: String) -> Bool {
    guard let type = reader.upTo("("), let namespace = reader.upTo("/"), let end = reader.upTo(")") else {
      return false
    }
    key.add(name + "_type", String(type))
    key.add(name + "_namespace", String(namespace))
    key.add(name + "_name", String(end))
    return true
  }
  guard reader.skip(to: isOld ? "Src=" : "Src={"), side("source"), reader.skip(to: isOld ? "Dst=" : "Dst={"),
    side("dest"), reader.skip(to: isOld ? "Svc=" : "Svc:"), let first = reader.upTo("/"),
    let second = reader.upTo(isOld ? " Proto=" : "} Proto={"), let proto = reader.upTo("("),
    let port = reader.upTo(isOld ? " svc:" : ") Svc:"), let portName = reader.upTo("/"),
    let portNumber = reader.upTo(isOld ? ")" : "}")
  else { return false }
  key.add("dest_service_namespace", String(isOld ? second : first))
  key.add("dest_service_name", String(isOld ? first : second))
  key.add("proto", String(proto))
  key.add("dest_port", String(port))
  key.add("dest_service_port_name", String(portName))
  key.add("dest_service_port", String(portNumber))
  return true
}

/// `Counts={Ingress: 4Pkts/900Bytes Egress:3Pkts/200Bytes} Connections={Started:1 Completed:0 Live:1}`
private func readCounts(_ line: Substring, _ flow: inout JSONMembers) -> Bool {
  var reader = WordReader(line)
  let figures = [
    ("Ingress:", "Pkts/", "packets_in"), ("", "Bytes", "bytes_in"), ("Egress:", "Pkts/", "packets_out"),
    ("", "Bytes", "bytes_out"), ("Started:", " ", "num_connections_started"),
    ("Completed:", " ", "num_connections_completed"), ("Live:", "}", "num_connections_live"),
  ]
  for (before, behind, name) in figures {
    guard reader.skip(to: before), let text = reader.upTo(behind), let number = Int64(text.drop { $0 == " " }) else {
      return false
    }
    flow.add(name, .integer(number))
  }
  return true
}

/// Reads a line from its start, by the texts that stand between its words.
private struct WordReader {
  private(set) var rest: Substring
  init(_ line: Substring) { rest = line }

  /// Passes a text and all before it; false where it does not come.
  mutating func skip(to text: String) -> Bool { text.isEmpty || upTo(text) != nil }

  /// What stands before a text, which is passed.
  mutating func upTo(_ text: String) -> Substring? {
    guard let place = rest.firstRange(of: text) else { return nil }
    defer { rest = rest[place.upperBound...] }
    return rest[..<place.lowerBound]
  }
}

/// Messages in the text form of protobuf as Go prints it: `kind:Profile name:"kns.shop" action:Allow trigger:{...}`.
private struct ProtobufText {
  private var rest: Substring

  /// The messages of a list, each behind a dash; nil for what is none.
  static func hits(_ text: String) -> [JSONValue]? {
    var reader = ProtobufText(rest: Substring(text))
    var hits: [JSONValue] = []
    while true {
      reader.skipBlanks()
      guard reader.rest.first == "-" else { return reader.rest.isEmpty ? hits : nil }
      reader.rest = reader.rest.dropFirst()
      guard let hit = reader.message(depth: 0) else { return nil }
      hits.append(hit)
    }
  }

  private mutating func skipBlanks() { rest = rest.drop { $0 == " " } }

  /// Fields up to a bracket, the next dash or the end.
  private mutating func message(depth: Int) -> JSONValue? {
    guard depth < 8 else { return nil }
    var members = JSONMembers()
    while true {
      skipBlanks()
      guard let first = rest.first, first != "}", first != "-" else { return .object(members) }
      guard let colon = rest.firstIndex(of: ":"), rest[..<colon].allSatisfy({ $0.isLetter || $0 == "_" }) else {
        return nil
      }
      let name = String(rest[..<colon])
      rest = rest[rest.index(after: colon)...]
      guard let value = value(depth: depth) else { return nil }
      members.add(name, value)
    }
  }

  private mutating func value(depth: Int) -> JSONValue? {
    switch rest.first {
    case "{":
      rest = rest.dropFirst()
      let inner = message(depth: depth + 1)
      guard inner != nil, rest.first == "}" else { return nil }
      rest = rest.dropFirst()
      return inner
    case "\"":
      var end = rest.index(after: rest.startIndex)
      while end < rest.endIndex, rest[end] != "\"" {
        end =
          rest[end] == "\\"
          ? rest.index(end, offsetBy: 2, limitedBy: rest.endIndex) ?? rest.endIndex : rest.index(after: end)
      }
      guard end < rest.endIndex else { return nil }
      let literal = String(rest[...end])
      rest = rest[rest.index(after: end)...]
      return try? JSONValue(parsing: literal)
    default:
      let word = rest.prefix { $0 != " " && $0 != "}" }
      guard !word.isEmpty else { return nil }
      rest = rest.dropFirst(word.count)
      return Int64(word).map { .integer($0) } ?? .string(String(word))
    }
  }
}
