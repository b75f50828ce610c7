import AuditModel

/// The acts with outcomes as their bodies prove them, where less was to be seen before.
///
/// A patch that holds nothing is a no-op even where no answer was logged. And of several writes that answer with one
/// version, the first made it and the others found it. After a step of the clock the first by time is another one; then
/// `metadata.managedFields` tells, which holds the server's own time of the write, in whole seconds.
func withProvenOutcomes(_ acts: [ActDetail]) -> [ActDetail] {
  struct Version: Hashable {
    var uid: String
    var resourceVersion: String
  }
  var writers: [Version: [Int]] = [:]
  var acts = acts
  for (index, detail) in acts.enumerated() {
    if detail.act.outcome == .changed, detail.act.verb == "patch", detail.response == nil, isEmpty(detail.request) {
      acts[index].act.outcome = .noop
    }
    guard detail.act.outcome == .changed || detail.act.outcome == .noop,
      detail.act.verb == "update" || detail.act.verb == "patch", let metadata = detail.response?["metadata"],
      let uid = metadata["uid"]?.string, let version = metadata["resourceVersion"]?.string
    else { continue }
    writers[Version(uid: uid, resourceVersion: version), default: []].append(index)
  }
  for indices in writers.values where indices.count > 1 {
    guard let written = indices.lazy.compactMap({ lastManagedTime(acts[$0].response) }).first else { continue }
    let fitting = indices.filter { index in
      let act = acts[index].act
      let end = act.took.map { act.time.adding(seconds: $0) } ?? act.time
      return wholeSecond(act.time) <= written && written <= end
    }
    guard fitting.count == 1, let maker = fitting.first, acts[maker].act.outcome == .noop else { continue }
    for index in indices { acts[index].act.outcome = index == maker ? .changed : .noop }
  }
  return acts
}

/// A merge patch without members or a JSON patch without operations.
private func isEmpty(_ patch: JSONValue?) -> Bool { patch?.members?.isEmpty == true || patch?.array?.isEmpty == true }

private func lastManagedTime(_ object: JSONValue?) -> Timestamp? {
  let entries = object?["metadata", "managedFields"]?.array ?? []
  return entries.compactMap { $0["time"]?.string.flatMap { Timestamp(rfc3339: $0) } }.max()
}

private func wholeSecond(_ time: Timestamp) -> Timestamp {
  Timestamp(microseconds: time.microseconds - time.microseconds % 1_000_000)
}
