import AuditModel

/// A figure of a flow, DNS or L7 log's record: what it counts and in which unit.
struct RecordField: Sendable {
  enum Unit: Sendable {
    case count, bytes, nanoseconds, microseconds
    case text
  }
  /// As the record spells it.
  var name: String
  var unit: Unit
  /// What it means, without a full stop.
  var meaning: String

  private init(_ name: String, _ unit: Unit, _ meaning: String) {
    self.name = name
    self.unit = unit
    self.meaning = meaning
  }

  static func named(_ name: String) -> RecordField? { byName[name] }
  private static let byName = Dictionary(all.map { ($0.name, $0) }, uniquingKeysWith: { first, _ in first })

  /// In the order in which they are shown.
  static let all: [RecordField] = [
    // Flow logs.
    RecordField("bytes_in", .bytes, "to the reporter's side, in the interval"),
    RecordField("bytes_out", .bytes, "from the reporter's side, in the interval"),
    RecordField("packets_in", .count, "packets to the reporter's side"),
    RecordField("packets_out", .count, "packets from the reporter's side"),
    RecordField("num_flows", .count, "connections open in the interval"),
    RecordField("num_flows_started", .count, "connections begun in it"),
    RecordField("num_flows_completed", .count, "connections ended in it"),
    RecordField("http_requests_allowed_in", .count, "HTTP requests let in"),
    RecordField("http_requests_denied_in", .count, "HTTP requests refused"),
    RecordField("tcp_mean_smooth_rtt", .microseconds, "round trip, mean"),
    RecordField("tcp_max_smooth_rtt", .microseconds, "round trip, longest"),
    RecordField("tcp_mean_min_rtt", .microseconds, "shortest round trip, mean"),
    RecordField("tcp_max_min_rtt", .microseconds, "shortest round trip, longest"),
    RecordField("tcp_mean_send_congestion_window", .count, "send congestion window, mean, in segments"),
    RecordField("tcp_min_send_congestion_window", .count, "send congestion window, smallest"),
    RecordField("tcp_mean_mss", .bytes, "maximum segment size, mean"),
    RecordField("tcp_min_mss", .bytes, "maximum segment size, smallest"),
    RecordField("tcp_total_retransmissions", .count, "packets sent again"),
    RecordField("tcp_lost_packets", .count, "packets lost"),
    RecordField("tcp_unrecovered_to", .count, "timeouts not recovered from"),
    RecordField("process_name", .text, "executable; * for several"),
    RecordField("process_id", .text, "process; * for several"),
    RecordField("process_args", .text, "its arguments"),
    RecordField("num_process_names", .count, "different executables"),
    RecordField("num_process_ids", .count, "different processes"),
    RecordField("num_process_args", .count, "different arguments"),
    RecordField("nat_outgoing_ports", .text, "source ports after outgoing NAT"),
    RecordField("original_source_ips", .text, "from X-Forwarded-For, at an ingress"),
    RecordField("num_original_source_ips", .count, "of these in all; the list may be shorter"),
    // DNS logs.
    RecordField("count", .count, "lookups like this in the interval"),
    RecordField("latency_count", .count, "lookups whose latency was measured"),
    RecordField("latency_mean", .nanoseconds, "time to the answer, mean"),
    RecordField("latency_max", .nanoseconds, "time to the answer, slowest"),
    // L7 logs.
    RecordField("duration_mean", .nanoseconds, "of a request, mean"),
    RecordField("duration_max", .nanoseconds, "of a request, slowest"),
    // Added on the way.
    RecordField("host", .text, "node that reported; added by the collector"),
    RecordField("@timestamp", .text, "added by the collector"),
    RecordField("type", .text, "log, or unlogged where answers were left out"),
  ]

  /// `3 (packets lost)`
  func text(_ value: JSONValue) -> String {
    let plain = value.string ?? value.json
    guard case .number = value, let number = value.integer else { return plain }
    return switch unit {
    case .bytes: number < 1000 ? "\(number) B" : "\(PaneWords.grouped(number)) B = \(FactWords.bytes(number))"
    case .microseconds:
      number < 1000 ? "\(number) us" : "\(PaneWords.grouped(number)) us = \(FactWords.nanoseconds(number * 1000))"
    case .nanoseconds:
      number < 1000 ? "\(number) ns" : "\(PaneWords.grouped(number)) ns = \(FactWords.nanoseconds(number))"
    case .count: PaneWords.grouped(number)
    case .text: plain
    }
  }
}
