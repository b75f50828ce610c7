import AuditModel
import EventQueries

/// Streams whose clocks are more than a second apart: of two, the one that is ahead stands first.
func clockSkews(between streams: [LogStream]) -> [ClockSkew] {
  let found = streams.indices.flatMap { left in
    streams.indices.dropFirst(left + 1).compactMap { right -> ClockSkew? in
      guard streams[left].mayShareCluster(with: streams[right]) else { return nil }
      return SkewSearch.byRequests(streams[left], streams[right])
        ?? SkewSearch.byVersions(streams[left], streams[right])
    }
  }
  return found.filter { abs($0.seconds) >= 1 }.map { skew in
    skew.seconds > 0
      ? skew
      : ClockSkew(
        stream: skew.against, against: skew.stream, seconds: -skew.seconds, evidence: skew.evidence,
        pairCount: skew.pairCount)
  }
}

enum SkewSearch {
  private static let leastPairs = 3

  /// What two servers logged of the same requests.
  static func byRequests(_ left: LogStream, _ right: LogStream) -> ClockSkew? {
    var times: [String: Timestamp] = [:]
    for source in right.sources { times.merge(source.calicoRequests) { first, _ in first } }
    guard !times.isEmpty else { return nil }
    let offsets = left.sources.flatMap { source in
      source.calicoRequests.compactMap { auditID, time in times[auditID].map { seconds(from: $0, to: time) } }
    }
    guard offsets.count >= leastPairs else { return nil }
    return ClockSkew(
      stream: left.name, against: right.name, seconds: offsets.median, evidence: .auditID, pairCount: offsets.count)
  }

  /// Versions count up through the whole store. A write of one stream whose version lies between two of the other
  /// happened between them.
  static func byVersions(_ left: LogStream, _ right: LogStream) -> ClockSkew? {
    let known = right.sources.flatMap(\.versions).sorted { $0.version < $1.version }
    var bounds: [(least: Double, most: Double)] = []
    for write in left.sources.flatMap(\.versions) {
      var low = 0
      var high = known.count
      while low < high {
        let middle = (low + high) / 2
        if known[middle].version >= write.version { high = middle } else { low = middle + 1 }
      }
      // The same version twice is one write that both logged.
      guard low > 0, low < known.count, known[low].version != write.version else { continue }
      let (earlier, later) = (known[low - 1].time, known[low].time)
      guard earlier <= later, later < earlier.adding(seconds: 30) else { continue }
      bounds.append((seconds(from: later, to: write.time), seconds(from: earlier, to: write.time)))
    }
    guard bounds.count >= leastPairs else { return nil }
    let (least, most) = (bounds.map(\.least).median, bounds.map(\.most).median)
    // Zero is possible: no skew that could be shown.
    guard least > 0 || most < 0 else { return nil }
    let middle = (least + most) / 2
    // Stores of different clusters count on their own; their versions agree on nothing.
    let agreeing = bounds.filter { $0.least - 1 <= middle && middle <= $0.most + 1 }.count
    guard agreeing * 10 >= bounds.count * 8 else { return nil }
    return ClockSkew(
      stream: left.name, against: right.name, seconds: middle, evidence: .resourceVersion, pairCount: bounds.count)
  }

  private static func seconds(from start: Timestamp, to end: Timestamp) -> Double {
    Double(end.microseconds - start.microseconds) / 1_000_000
  }
}

extension [Double] {
  fileprivate var median: Double { sorted()[count / 2] }
}
