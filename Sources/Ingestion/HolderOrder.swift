import EventStorage

/// Which of the sources that are read together keeps a record that several of them hold: the first, in the order in
/// which they were planned. Threads read several at once, so another one's may be added before.
struct HolderOrder {
  /// Those that can be read again, in order.
  let sources: [StoredSource]
  private let ranks: [Int64: Int]

  init(_ jobs: [ReadingJob]) {
    var sources: [StoredSource] = []
    var ranks: [Int64: Int] = [:]
    for job in jobs {
      let source = job.source
      // What came through standard input is gone.
      guard ranks[source.id] == nil, source.diskSize != nil, source.path != "-" else { continue }
      ranks[source.id] = sources.count
      sources.append(source)
    }
    self.sources = sources
    self.ranks = ranks
  }

  /// The segments without a record that a later source has, and those that have it.
  func misplaced(in results: [UInt32: AppendResult]) -> Set<UInt32> {
    var found: Set<UInt32> = []
    for result in results.values {
      guard let rank = ranks[result.source] else { continue }
      let later = result.holders.filter { holder in
        results[holder].flatMap { ranks[$0.source] }.map { $0 > rank } ?? false
      }
      if !later.isEmpty { found.formUnion(later.union([result.segment])) }
    }
    return found
  }
}

extension ReadingJob {
  fileprivate var source: StoredSource {
    switch self {
    case .stretch(let plain, _, _): plain.stored
    case .text(_, let source, _, _): source
    }
  }
}
