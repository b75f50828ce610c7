import AuditModel
import EventQueries

/// Holes of each stream and each kind of log. What a set clock tore open is none.
func holes(in streams: [LogStream], steps: [ClockStep]) -> [Hole] {
  var found: [Hole] = []
  for data in DataKind.allCases {
    let times = streams.map { $0.times(of: data) }
    for (index, stream) in streams.enumerated() {
      let files = Set(stream.files)
      let own = steps.filter { files.contains($0.file) }
      let starts = stream.sources.flatMap(\.serverStarts)
      for gap in HoleSearch(times[index]).holes where !own.contains(where: { $0.explains(gap.since...gap.until) }) {
        let others = times.indices.filter { $0 != index && streams[$0].mayShareCluster(with: stream) }
        let elsewhere = others.reduce(0) {
          $0 + times[$1].count(in: gap.since...gap.until)
        }
        found.append(
          Hole(
            files: stream.files, data: data, since: gap.since, until: gap.until, norm: gap.norm, elsewhere: elsewhere,
            endsWithStart: starts.contains { gap.until <= $0 && $0 <= gap.until.adding(seconds: 60) }))
      }
    }
  }
  return found.sorted { ($0.since, $0.until) < ($1.since, $1.until) }
}

/// Looks for gaps that the gaps around them do not account for.
struct HoleSearch {
  struct Gap: Hashable {
    var since: Timestamp
    var until: Timestamp
    var norm: Double
  }
  /// Shorter ones are told nowhere, in seconds.
  static let leastSeconds: Int64 = 60
  /// So many gaps on each side are looked at.
  private static let reach = 200
  /// Fewer in all tell nothing.
  private static let leastCount = 40

  private let times: [Timestamp]
  private let gaps: [Int64]
  /// Ascending, and the sums of all from each place on.
  private let sorted: [Int64]
  private let sums: [Int64]

  /// - Parameter times: ascending.
  init(_ times: [Timestamp]) {
    self.times = times
    gaps = zip(times.dropFirst(), times).map { $0.microseconds - $1.microseconds }
    let sorted = gaps.sorted()
    var sums = [Int64](repeating: 0, count: sorted.count + 1)
    for index in sorted.indices.reversed() { sums[index] = sums[index + 1] + sorted[index] }
    self.sorted = sorted
    self.sums = sums
  }

  var holes: [Gap] {
    guard gaps.count >= Self.leastCount else { return [] }
    return gaps.indices.compactMap { index in
      guard gaps[index] >= Self.leastSeconds * 1_000_000, let norm = norm(around: index), isHole(index, norm) else {
        return nil
      }
      return Gap(since: times[index], until: times[index + 1], norm: Double(norm) / 1_000_000)
    }
  }

  /// What 99 of 100 gaps around do not exceed, at least a second; nil as soon as it is clear that the gap is nothing
  /// out of the ordinary.
  private func norm(around index: Int) -> Int64? {
    let window = max(0, index - Self.reach)..<min(gaps.count, index + Self.reach + 1)
    let allowed = (window.count - 1) / 100
    var longer = 0
    for other in window where other != index && gaps[other] > gaps[index] / 10 {
      longer += 1
      if longer > allowed { return nil }
    }
    let around = window.filter { $0 != index }.map { gaps[$0] }.sorted()
    return max(1_000_000, around[(around.count - 1) * 99 / 100])
  }

  /// A gap that is one of many is the rhythm of the place: nights, week-ends, the time between two runs of a pipeline.
  /// What they take of the whole time tells; in a log too short for that only what is far out of all proportion counts.
  private func isHole(_ index: Int, _ norm: Int64) -> Bool {
    let gap = gaps[index]
    guard gap >= 10 * norm, let first = times.first, let last = times.last else { return false }
    var low = 0
    var high = sorted.count
    while low < high {
      let middle = (low + high) / 2
      if sorted[middle] >= gap / 3 { high = middle } else { low = middle + 1 }
    }
    let likeCount = sorted.count - low
    let share = Double(sums[low]) / Double(max(1, last.microseconds - first.microseconds))
    return share <= 0.1 || (gap / norm >= 100 && likeCount <= 2 && share <= 0.5)
  }
}

extension [Timestamp] {
  /// How many of these, which ascend, lie inside the range and not on its ends.
  fileprivate func count(in range: ClosedRange<Timestamp>) -> Int {
    func first(_ holds: (Timestamp) -> Bool) -> Int {
      var low = 0
      var high = count
      while low < high {
        let middle = (low + high) / 2
        if holds(self[middle]) { high = middle } else { low = middle + 1 }
      }
      return low
    }
    return Swift.max(0, first { $0 >= range.upperBound } - first { $0 > range.lowerBound })
  }
}
