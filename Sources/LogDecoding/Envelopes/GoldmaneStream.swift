import AuditModel

extension Envelope {
  /// What Goldmane streams: a flow and its number.
  static let goldmaneStream = Envelope(
    name: "goldmane-stream", summary: "flow of Goldmane's stream", mark: "flow is an object with Key",
    signature: { record in
      guard let flow = record["flow"].object else { return false }
      return flow["Key"].object != nil
    },
    open: { record, contents in contents.add(member: "flow", of: record["flow"]) })
}
