import AuditModel

extension Envelope {
  /// `logcli -o jsonl`.
  static let lokiLine = Envelope(
    name: "loki-line", summary: "line of logcli -o jsonl", mark: "line with labels",
    signature: { $0["line"].isString && $0["labels"].object != nil },
    open: { entry, contents in
      contents.transport = commonTransport(entry)
      if let labels = entry["labels"].object { contents.transport.cluster = labels["cluster"].nonEmpty }
      contents.add(text: entry["line"])
    })

  /// A stream of a query's answer, or of what is pushed: pairs of nanoseconds and line.
  static let lokiStream = Envelope(
    name: "loki-stream", summary: "stream of a Loki answer or push", mark: "stream is an object, values an array",
    signature: { $0["stream"].object != nil && $0["values"].isArray },
    open: { stream, contents in
      if let labels = stream["stream"].object { contents.transport.cluster = labels["cluster"].nonEmpty }
      stream["values"].forEach { pair in
        var index = 0
        pair.forEach { item in
          if index == 0 { contents.transport.time = epochTime(item) }
          if index == 1 { contents.add(text: item) }
          index += 1
        }
      }
    })
}
