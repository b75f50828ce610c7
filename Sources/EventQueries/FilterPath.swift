import AuditModel

/// A way through a logged document: `.responseObject.spec.order`, `.spec.rules[].ports[0]`.
struct FilterPath: Hashable, Sendable {
  enum Step: Hashable, Sendable {
    case key(String)
    case index(Int)
    /// `[]`: any element.
    case each
  }
  /// At least one, the first is a key.
  var steps: [Step]
  /// Written as a log's own name, without a leading dot: `rrsets.rdata` goes through lists as Elasticsearch does, where
  /// such names come from; `.rrsets` takes `[]`.
  var seesThroughLists = false

  /// Members of a record: a path that begins with one of them needs no leading dot.
  static let roots: Set<String> = [
    "requestObject", "responseObject", "objectRef", "user", "impersonatedUser", "annotations", "responseStatus",
    "requestURI", "requestReceivedTimestamp", "stageTimestamp", "sourceIPs", "userAgent", "apiVersion",
    "authenticationMetadata",
    // Of flow logs.
    "end_time", "dest_service_namespace", "dest_service_name", "dest_service_port", "dest_service_port_num", "policies",
    "http_requests_allowed_in", "http_requests_denied_in", "process_id", "process_args", "num_process_names",
    "num_process_ids", "num_process_args", "nat_outgoing_ports", "original_source_ips", "num_original_source_ips",
    "tcp_mean_send_congestion_window", "tcp_min_send_congestion_window", "tcp_mean_mss", "tcp_min_mss",
    "tcp_mean_smooth_rtt", "tcp_max_smooth_rtt", "tcp_mean_min_rtt", "tcp_max_min_rtt", "tcp_total_retransmissions",
    "tcp_lost_packets", "tcp_unrecovered_to",
    // Of DNS logs.
    "type", "rrsets", "servers", "latency_count", "client_labels",
    // Of L7 logs.
    "url", "method", "response_code", "duration_mean", "duration_max", "user_agent", "protocol", "tls_sni",
    // Of BGP logs and of alerts.
    "logtime", "ip_version", "rule", "priority", "output", "output_fields",
  ]

  var printed: String { seesThroughLists ? String(dotted.dropFirst()) : dotted }

  private var dotted: String {
    steps.map { step in
      switch step {
      case .key(let key): "." + (Self.isBareKey(key) ? key : FilterQuoting.alwaysQuoted(key))
      case .index(let index): "[\(index)]"
      case .each: "[]"
      }
    }.joined()
  }

  private static func isBareKey(_ key: String) -> Bool {
    !key.isEmpty && key.unicodeScalars.allSatisfy(isKeyCharacter)
  }

  static func isKeyCharacter(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "_", "-", "/", "$": true
    default: false
    }
  }

  /// What stands at the path; an array at its end gives its elements.
  func values(in detail: ActDetail) -> [JSONValue] {
    guard case .key(let root) = steps.first else { return [] }
    let rest = steps.dropFirst()
    let start: JSONValue?
    switch root {
    case "requestObject": start = detail.request
    case "responseObject": start = detail.response
    case "annotations":
      start = .object(JSONMembers(detail.annotations.map { .init(key: $0.name, value: .string($0.value)) }))
    case "requestURI": start = .string(detail.requestURI)
    default: start = detail.records.first.flatMap { try? JSONValue(parsing: $0.bytes) }?[root]
    }
    return start.map { values(at: rest, in: $0) } ?? []
  }

  private func values(at steps: ArraySlice<Step>, in value: JSONValue) -> [JSONValue] {
    guard let step = steps.first else {
      if case .array(let items) = value { return items.isEmpty ? [] : items }
      return [value]
    }
    let rest = steps.dropFirst()
    switch (step, value) {
    case (.key(let key), .object(let members)): return members[key].map { values(at: rest, in: $0) } ?? []
    case (.index(let index), .array(let items)):
      return items.indices.contains(index) ? values(at: rest, in: items[index]) : []
    case (.each, .array(let items)): return items.flatMap { values(at: rest, in: $0) }
    case (.key, .array(let items)) where seesThroughLists: return items.flatMap { values(at: steps, in: $0) }
    default: return []
    }
  }

  /// Bytes of which one must stand in a record that has the path: its longest key as JSON writes it, or an escape
  /// in which a client may have hidden it.
  var needles: [[UInt8]] {
    let keys = steps.compactMap { step in if case .key(let key) = step { key } else { nil } }
    guard let longest = keys.max(by: { $0.utf8.count < $1.utf8.count }),
      longest.unicodeScalars.allSatisfy(Self.isKeyCharacter)
    else { return [] }
    return [Array("\"\(longest)\"".utf8), Array("\\u".utf8)] + (longest.contains("/") ? [Array("\\/".utf8)] : [])
  }
}

/// A test of what stands at a path.
struct PathTest: Hashable, Sendable {
  enum Condition: Hashable, Sendable {
    /// Something, `null` included.
    case present
    /// Text, number, `true`, `false` or `null` as JSON writes it; numbers by value.
    case text(TextTest, number: ExactNumber?)
    case number(NumberRange)
    case time(ClosedRange<Int64>)
  }
  var path: FilterPath
  var condition: Condition

  var payload: PayloadTest {
    PayloadTest(needles: path.needles) { detail in
      path.values(in: detail).contains { Self.holds(condition, $0) }
    }
  }

  private static func holds(_ condition: Condition, _ value: JSONValue) -> Bool {
    switch condition {
    case .present: return true
    case .text(let test, let number):
      if case .number(let digits) = value, let number { return ExactNumber(digits) == number || test.matches(digits) }
      return scalarText(value).map(test.matches) ?? false
    case .number(let range):
      if case .string(let text) = value {
        if let number = Quantity.number(text) { return range.contains(number) }
        // Seconds since 1970, held against a time.
        return Timestamp(rfc3339: text).map { range.contains(ExactNumber(microseconds: $0.microseconds)) } ?? false
      }
      guard case .number(let digits) = value else { return false }
      return ExactNumber(digits).map(range.contains) ?? false
    case .time(let range):
      if let text = value.string { return Timestamp(rfc3339: text).map { range.contains($0.microseconds) } ?? false }
      // Flow logs write seconds since 1970.
      guard let seconds = value.double, abs(seconds) < 1e12 else { return false }
      return range.contains(Int64(seconds * 1_000_000))
    }
  }

  private static func scalarText(_ value: JSONValue) -> String? {
    switch value {
    case .string(let text), .number(let text): text
    case .bool(let flag): flag ? "true" : "false"
    case .null: "null"
    case .array, .object: nil
    }
  }
}
