import Dispatch
import Synchronization

/// Reading columns before they are asked for: many at once cost a fraction of what each costs alone.
extension StoreSnapshot {
  /// What tells which segments know an object.
  func prepareNames() throws { try store.prepare([.objectNames], of: state.segments) }

  /// Reads the columns of the segments, on all cores where there are many.
  func prepare(_ columns: [StoredColumn], of segments: [Segment]) throws {
    try inParallel(segments, few: 8) { try store.prepare(columns, of: Array($0)) }
  }
}

extension StoredColumn {
  /// What the objects of a segment are called, and which rows are about them.
  static let ofObjects: [StoredColumn] = [
    .objectNames, .objectCodes, .objectStarts, .objectRows, .apiGroup, .resource, .namespace, .name, .cluster,
  ]
  /// What an act is summed up from when it has records in several segments.
  static let ofSummaries: [StoredColumn] = [
    .stages, .code, .outcome, .flags, .apiGroup, .verb, .resource, .subresource,
  ]
  /// What an act is made of, but for what only few acts have.
  static let ofActs: [StoredColumn] = [
    .time, .took, .code, .outcome, .level, .stages, .flags, .generation, .data, .offset, .length, .line, .verb, .by,
    .asUser, .agent, .apiGroup, .apiVersion, .resource, .kind, .namespace, .name, .subresource, .uid, .resourceVersion,
    .tier, .decision, .reason, .cluster, .referenceUID, .referenceVersion, .auditText, .groups, .ips, .contentID,
    .auditID, .recordRow,
  ]
}

/// Works on stretches of the items, on all cores; in order within a stretch.
/// - Parameter few: so many make a stretch, but for the last one.
/// - Throws: one of the errors that were thrown; some stretches are then left out.
func inParallel<Item: Sendable>(
  _ items: [Item], few: Int, _ body: (ArraySlice<Item>) throws -> Void
) throws {
  guard items.count > few else { return items.isEmpty ? () : try body(items[...]) }
  let failure = Mutex<(any Error)?>(nil)
  nonisolated(unsafe) let body = body
  DispatchQueue.concurrentPerform(iterations: (items.count + few - 1) / few) { index in
    guard failure.withLock({ $0 == nil }) else { return }
    do {
      try body(items[(index * few)..<min(items.count, (index + 1) * few)])
    } catch {
      failure.withLock { $0 = $0 ?? error }
    }
  }
  if let failure = failure.withLock({ $0 }) { throw failure }
}
