import AuditModel
import Synchronization

/// Which sources are left out of every answer, though the store keeps what it has of them.
final class Exclusion: Sendable {
  private struct State: Sendable {
    var sources: Set<Int64> = []
    /// Rises with every change of `sources`.
    var generation = 0
    /// What was made last, of which version.
    var made: (version: Int, state: StoreState)?
  }
  private let state = Mutex(State())

  var sources: Set<Int64> { state.withLock { $0.sources } }
  /// How often the choice has changed.
  var generation: Int { state.withLock { $0.generation } }

  func set(_ sources: Set<Int64>) {
    state.withLock { state in
      guard sources != state.sources else { return }
      state = State(sources: sources, generation: state.generation + 1)
    }
  }

  /// The state without what is left out. Its version rises with both, so that answers about one are never taken for
  /// answers about another.
  func visible(of whole: StoreState) throws -> StoreState {
    let (sources, generation, made) = state.withLock { ($0.sources, $0.generation, $0.made) }
    if generation == 0 { return whole }
    if let made, made.version == whole.version { return made.state }
    let visible = try whole.leavingOut(sources, version: whole.version + generation)
    state.withLock { if $0.generation == generation { $0.made = (whole.version, visible) } }
    return visible
  }
}

extension EventStore {
  /// Leaves sources out of all that snapshots answer from now on, or takes them in again: nothing is read anew.
  public func exclude(_ sources: Set<Int64>) { exclusion.set(sources) }
}

extension StoreState {
  /// The state without the segments of some sources. Of an act whose latest stage stands in one of them the latest that
  /// is left shows it.
  fileprivate func leavingOut(_ sources: Set<Int64>, version: Int) throws -> StoreState {
    let left = Set(segments.lazy.map(\.info).filter { sources.contains($0.source) }.map(\.number))
    var links: [(row: ActID, head: ActID)] = []
    for (head, members) in self.links.members where left.contains(head.segment) {
      let ranked = try members.filter { !left.contains($0.segment) }.compactMap { id in
        try locate(id).map { (id: id, rank: try segments[$0.place].rank($0.row)) }
      }
      guard ranked.count > 1, let best = ranked.max(by: { $0.rank < $1.rank }) else { continue }
      links += ranked.filter { $0.id != best.id }.map { (row: $0.id, head: best.id) }
    }
    return try removing(
      left, version: version, sources: self.sources.filter { !sources.contains($0.id) }, links: links)
  }
}
