import AuditModel

/// The acts whose auditID stands on another request too, in order, each with the indices of both.
///
/// The records that one request leaves at two API servers, the one that passes it on and the one that serves it, share
/// their auditID by right: same verb, same user, within seconds.
func reusedAuditIDs(_ steps: [Step]) -> [(first: Int, again: Int)] {
  var firsts: [String: Int] = [:]
  var reused: [(first: Int, again: Int)] = []
  for (index, step) in steps.enumerated() {
    guard let auditID = step.act.auditID, !auditID.isEmpty else { continue }
    guard let first = firsts[auditID] else {
      firsts[auditID] = index
      continue
    }
    let other = steps[first].act
    let isPassedOn =
      other.verb == step.act.verb && other.by == step.act.by
      && abs(other.time.microseconds - step.act.time.microseconds) <= 5_000_000
    if !isPassedOn { reused.append((first, index)) }
  }
  return reused
}
