import AuditModel

extension Envelope {
  /// What VictoriaLogs answers a query with.
  static let victoriaLogs = Envelope(
    name: "victorialogs", summary: "entry of VictoriaLogs", mark: "_msg",
    signature: { $0["_msg"].isString },
    open: { entry, contents in
      var times = TimestampReader()
      contents.transport = Transport(time: times.read(entry["_time"]), cluster: entry["cluster"].nonEmpty)
      contents.add(text: entry["_msg"])
    })
}
