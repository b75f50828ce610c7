import AuditModel

extension LogFormat {
  /// The oldest form of flow logs: words in a fixed order.
  static let flowText = LogFormat(
    name: "calico-flow-text",
    summary: "Flow log of early Calico Enterprise (text)",
    mark: "24 words: two times in seconds first, allow or deny last",
    text: { line in
      guard line.count < 16_384, let words = flowWords(line) else { return false }
      return words.count == columns.count
    },
    translate: { (bytes) throws(DecodeError) in
      guard let words = flowWords(bytes), words.count == columns.count else {
        throw DecodeError(reason: "a flow log line without its 24 words")
      }
      var members = JSONMembers()
      for (column, word) in zip(columns, words) where word != "-" { members.add(column.name, value(word, column)) }
      return Translation(json: Array(JSONValue.object(members).json.utf8))
    },
    decode: LogFormat.calicoFlow.decode)
}

private struct Column {
  var name: String
  var isNumber = false
}

private let columns: [Column] = [
  Column(name: "start_time", isNumber: true), Column(name: "end_time", isNumber: true), Column(name: "source_type"),
  Column(name: "source_namespace"), Column(name: "source_name_aggr"), Column(name: "source_labels"),
  Column(name: "dest_type"), Column(name: "dest_namespace"), Column(name: "dest_name_aggr"),
  Column(name: "dest_labels"), Column(name: "source_ip"), Column(name: "dest_ip"), Column(name: "proto"),
  Column(name: "source_port", isNumber: true), Column(name: "dest_port", isNumber: true),
  Column(name: "num_flows", isNumber: true), Column(name: "num_flows_started", isNumber: true),
  Column(name: "num_flows_completed", isNumber: true), Column(name: "reporter"),
  Column(name: "packets_in", isNumber: true), Column(name: "packets_out", isNumber: true),
  Column(name: "bytes_in", isNumber: true), Column(name: "bytes_out", isNumber: true), Column(name: "action"),
]

/// The words of a line that begins with two times in seconds and ends with a verdict.
private func flowWords(_ line: UnsafeRawBufferPointer) -> [String]? {
  guard line.count > 60, line.prefix(10).allSatisfy({ (0x30...0x39).contains($0) }), line[10] == 0x20 else {
    return nil
  }
  let words = String(decoding: line, as: UTF8.self).split(separator: " ").map(String.init)
  guard words.count > 1, words[1].utf8.count == 10, Int64(words[1]) != nil,
    let verdict = words.last, verdict == "allow" || verdict == "deny"
  else { return nil }
  return words
}

private func value(_ word: String, _ column: Column) -> JSONValue {
  switch column.name {
  case "proto": .string(["1": "icmp", "6": "tcp", "17": "udp", "58": "icmp6", "132": "sctp"][word] ?? word)
  case "reporter": .string(["in": "dst", "out": "src"][word] ?? word)
  case "source_labels", "dest_labels":
    .array(
      word.split { $0 == "[" || $0 == "]" || $0 == "," || $0 == "{" || $0 == "}" }.map { .string(String($0)) })
  default: column.isNumber ? Int64(word).map { .integer($0) } ?? .string(word) : .string(word)
  }
}
