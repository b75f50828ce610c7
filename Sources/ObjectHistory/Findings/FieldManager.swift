import AuditModel

/// An entry of `metadata.managedFields`: who wrote some of the fields, and when last.
struct FieldManager: Hashable {
  var manager: String
  /// `Apply` or `Update`.
  var operation: String
  var subresource: String
  /// In whole seconds.
  var time: Timestamp
  /// Whether all that it owns is the status. API servers before 1.22 name no subresource.
  var ownsOnlyStatus: Bool

  /// Entries with a time, as they stand in the object.
  static func all(of object: JSONValue?) -> [FieldManager] {
    (object?["metadata", "managedFields"]?.array ?? []).compactMap { entry in
      guard let time = entry["time"]?.string.flatMap({ Timestamp(rfc3339: $0) }) else { return nil }
      return FieldManager(
        manager: entry["manager"]?.string ?? "", operation: entry["operation"]?.string ?? "",
        subresource: entry["subresource"]?.string ?? "", time: time,
        ownsOnlyStatus: entry["fieldsV1"]?.members?.list.allSatisfy { $0.key == "f:status" } ?? false)
    }
  }

  /// Entries that the API server makes up: for what was there before the first apply, and for the oldest of too many.
  var isMadeUp: Bool { manager == "before-first-apply" || manager == "ancient-changes" }

  /// Components that keep an object's status are often left out of the log, and what they write is no policy.
  var isUpkeep: Bool { subresource == "status" || subresource == "finalize" || ownsOnlyStatus }

  /// Whether an act ran when the entry was written. The server stamps it while the request runs, and cuts it to the
  /// second.
  func isWithin(_ step: Step) -> Bool {
    FieldManager.mayBegin(step.act.time, before: time) && FieldManager.mayEnd(step.end, after: time)
  }
  static func mayBegin(_ start: Timestamp, before time: Timestamp) -> Bool { start < time.adding(seconds: 2) }
  static func mayEnd(_ end: Timestamp, after time: Timestamp) -> Bool { time <= end.adding(seconds: 1) }

  var words: String {
    let part = subresource.isEmpty ? "" : " of \(subresource)"
    return "managedFields: \(operation)\(part) by \(manager) at \(time.inSeconds), which no act shows"
  }
}

extension FieldExtent {
  /// The annotations that belong to who keeps the status, in an object or in the one before it: network plugins note
  /// there what they gave a pod. Labels, which such writes may set too, decide on policies, and count.
  static func ofStatusKeepers(_ old: JSONValue, _ new: JSONValue) -> FieldExtent {
    func names(_ object: JSONValue) -> [String] {
      (object["metadata", "managedFields"]?.array ?? []).filter { $0["subresource"]?.string == "status" }.flatMap {
        $0["fieldsV1", "f:metadata", "f:annotations"]?.members?.keys.filter { $0.hasPrefix("f:") } ?? []
      }.map { String($0.dropFirst(2)) }
    }
    let there = new["metadata", "annotations"]
    let gone = names(old).filter { there?[$0] == nil }
    return FieldExtent((names(new) + gone).map { ["metadata", "annotations", $0] })
  }
}

extension Timestamp {
  /// As the API writes times: `2026-11-20T16:11:49Z`.
  var inSeconds: String { rfc3339.prefix(19) + "Z" }
}

extension ActDetail {
  /// The name under which the API server keeps what the act wrote: `fieldManager` of the URI, else the user agent up
  /// to its first slash. Nil where neither is known.
  var fieldManager: String? {
    if let name = queryValue("fieldManager"), !name.isEmpty { return name }
    guard let agent = act.agent, !agent.isEmpty else { return nil }
    let name = agent.prefix { $0 != "/" }
    return String(String.UnicodeScalarView(name.unicodeScalars.prefix(128)))
  }

  /// The first value of a parameter of the URI, as it was meant.
  func queryValue(_ name: String) -> String? {
    // Bytes: to tell characters from one another takes ten times as long, and every act of a history is asked.
    guard let question = requestURI.utf8.firstIndex(of: UInt8(ascii: "?")) else { return nil }
    let start = name + "="
    var rest = requestURI.utf8[question...].dropFirst()
    while !rest.isEmpty {
      let pair = rest.prefix { $0 != UInt8(ascii: "&") }
      if pair.starts(with: start.utf8) {
        return CollectionSelector.decoded(String(Substring(pair.dropFirst(start.utf8.count))))
      }
      rest = rest[pair.endIndex...].dropFirst()
    }
    return nil
  }
}
