import AuditModel

/// YAML documents, as `gcloud logging read` writes them: each is a record.
extension RecordDecoder {
  /// Whether a text is YAML of Cloud Logging, told by its first line and a key that only these entries have.
  static func isDocuments(_ head: UnsafeRawBufferPointer) -> Bool {
    let text = head.part(head.trimmed(0..<head.count))
    guard text.starts(with: "---") || text.starts(with: "insertId:") || text.starts(with: "labels:") else {
      return false
    }
    return text.contains("\nprotoPayload:")
  }

  func decodeDocuments(_ call: inout DecodingCall, isLast: Bool) -> Int {
    let bytes = call.bytes
    var start = 0
    var at = 0
    while at < bytes.count {
      let newline = bytes.first(Ascii.newline, from: at)
      if newline == nil, !isLast { break }
      let end = newline ?? bytes.count
      let line = at..<end
      at = newline.map { $0 + 1 } ?? end
      let mark = bytes.part(bytes.trimmed(line))
      guard mark == "---", bytes[line.lowerBound] != 0x20 else { continue }
      decodeDocument(&call, bytes.trimmed(start..<line.lowerBound))
      passes?(bytes.trimmed(line))
      start = at
    }
    if isLast {
      let last = bytes.trimmed(start..<bytes.count)
      decodeDocument(&call, last)
      if !last.isEmpty { leaveUnfinished(call, from: last.lowerBound) }
      return bytes.count
    }
    guard bytes.count - start > longestRecord else { return start }
    call.reject(start..<bytes.count, tooLong)
    return bytes.count
  }

  private func decodeDocument(_ call: inout DecodingCall, _ range: Range<Int>) {
    guard !range.isEmpty else { return }
    var origin = Origin()
    origin.place = range
    origin.depth = 1
    decodeDocument(&call, call.bytes.part(range), origin: origin)
  }

  /// Takes a text of several lines that may be one document of YAML.
  func decodeDocument(_ call: inout DecodingCall, _ text: UnsafeRawBufferPointer, origin: Origin) {
    traces?("yaml")
    guard let place = origin.place else { return }
    guard let value = YAMLReader.value(of: text), value.members != nil else {
      return call.reject(place, "a YAML document that is no log entry, or is cut off", line: origin.line)
    }
    decode(&call, payload: Array(value.json.utf8), origin: origin)
  }
}
