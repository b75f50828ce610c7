import AuditModel

/// Looks again at who made a version that several writes answered with.
///
/// The acts alone tell that one of them made it, and in the end only clocks tell which (`VersionLedger`); those of two
/// API servers may be apart. Where the version before is known, its maker is a write that touches all that differs.
struct MakerSearch {
  private let storage: CalicoStorage
  private let upkeep: FieldExtent

  /// Corrects the effects of steps, which are in any order.
  static func decide(_ steps: inout [Step], about storage: CalicoStorage) {
    var claims: [Version: [Int]] = [:]
    for index in steps.indices {
      if let version = Version(steps[index]), steps[index].mayBeMaker { claims[version, default: []].append(index) }
    }
    let contested = claims.filter { $0.value.count > 1 }
    guard !contested.isEmpty else { return }
    let search = MakerSearch(storage: storage, upkeep: FindingSearch.upkeep(of: storage.key))
    let seen = versionsSeen(steps, of: Set(contested.keys.map(\.uid)))
    for (version, indices) in contested {
      guard let before = seen[version.uid]?.last(where: { $0.number < version.number }) else { continue }
      search.decide(indices, after: before.object, &steps)
    }
  }

  private struct Version: Hashable {
    var uid: String
    var number: UInt64

    init?(_ step: Step) {
      guard !step.isConverted, let uid = step.uid, let number = step.version, let answer = step.answer,
        !answer.isPartial
      else { return nil }
      self.uid = uid
      self.number = number
    }
  }

  /// The versions that answers show, ascending.
  static func versionsSeen(
    _ steps: [Step], of uids: Set<String>
  ) -> [String: [(number: UInt64, object: JSONValue)]] {
    var seen: [String: [(number: UInt64, object: JSONValue)]] = [:]
    for step in steps {
      if let version = Version(step), uids.contains(version.uid), let answer = step.answer {
        seen[version.uid, default: []].append((version.number, answer.object))
      }
    }
    return seen.mapValues { $0.sorted { $0.number < $1.number } }
  }

  private func decide(_ indices: [Int], after before: JSONValue, _ steps: inout [Step]) {
    let makers = indices.filter { steps[$0].isEffective }
    guard makers.count == 1, let maker = makers.first, !steps[maker].isCreation,
      let after = steps[maker].answer?.object, !mayHaveMade(steps[maker], before, after)
    else { return }
    // Who sends the version that comes back found it.
    let candidates = indices.filter { index in
      index != maker && steps[index].act.outcome == .noop && steps[index].baseVersion != steps[index].resourceVersion
    }
    let others = candidates.compactMap { index in
      steps[index].reading(as: .changed, about: storage).map { (index: index, step: $0) }
    }
    // The server's own note outweighs what an unseen write may have added.
    let isMarked = steps[maker].hasLeftMark(in: after, of: storage.key)
    let fitting = others.filter { other in
      mayHaveMade(other.step, before, after) && (!isMarked || other.step.hasLeftMark(in: after, of: storage.key))
    }
    guard let first = fitting.min(by: { ($0.step.end, $0.step.act.id) < ($1.step.end, $1.step.act.id) }),
      let found = steps[maker].reading(as: .noop, about: storage)
    else { return }
    steps[first.index] = first.step
    steps[maker] = found
  }

  /// Whether the write touches all that differs between two versions, but for what the server keeps up.
  private func mayHaveMade(_ step: Step, _ before: JSONValue, _ after: JSONValue) -> Bool {
    let request = Touched(step, storage.key)
    guard let touched = request.extent, !step.wasMutated else { return true }
    var ignored = touched.union(upkeep)
    if let old = before.generation, let new = after.generation, old == new { ignored.add(["spec"]) }
    return FieldDifferences(from: before, to: after, ignoring: ignored, countsRemovals: !request.takesAway)
      .paths.isEmpty
  }
}

extension Step {
  /// Whether it is an accepted write that answered with a version which it may have made.
  fileprivate var mayBeMaker: Bool {
    if isSighting { return false }
    if act.outcome == .noop { return true }
    switch effect {
    case .write, .part: return true
    default: return false
    }
  }
}
