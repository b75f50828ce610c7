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
    var claims: [VersionsSeen.Version: [Int]] = [:]
    for index in steps.indices {
      guard steps[index].mayBeMaker, let version = VersionsSeen.Version(steps[index]) else { continue }
      claims[version, default: []].append(index)
    }
    let contested = claims.filter { $0.value.count > 1 }
    guard !contested.isEmpty else { return }
    let search = MakerSearch(storage: storage, upkeep: FindingSearch.upkeep(of: storage.key))
    let seen = VersionsSeen(steps, of: Set(contested.keys.map(\.uid)))
    for (version, indices) in contested {
      guard let before = seen.object(before: version.number, of: version.uid) else { continue }
      search.decide(indices, after: before, &steps)
    }
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
    let isMarked = steps[maker].hasLeftMark(in: after)
    let fitting = others.filter { other in
      mayHaveMade(other.step, before, after) && (!isMarked || other.step.hasLeftMark(in: after))
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
    return request.untouched(from: before, to: after, besides: upkeep)?.isEmpty ?? true
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
