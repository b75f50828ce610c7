import AuditModel
import EventQueries

extension TrailRule {
  /// Connections that a policy decided on while, by the audit log, there was no such policy.
  ///
  /// Only those that began in the interval count: a connection keeps the policies that decided when it began.
  static let policyTimes = TrailRule(name: "policy-times") { evidence in
    // Where a clock was set, nothing follows from times.
    guard evidence.steps.isEmpty, let reach = evidence.reach(of: .audit) else { return [] }
    let lives = PolicyLives(evidence)
    var found: [(name: String, text: TrailItem)] = []
    var seen: Set<String> = []
    for source in evidence.sources {
      for (policy, use) in source.policyUse {
        guard let gaps = lives.absences(of: policy, within: reach) else { continue }
        let hits = gaps.flatMap { gap in use.compactMap { use in gap.begin(of: use).map { (gap, $0) } } }
        guard let (gap, time) = hits.min(by: { $0.1 < $1.1 }), seen.insert(policy.hit.path).inserted else { continue }
        found.append(
          (
            policy.hit.path,
            TrailItem(
              "\(policy.hit.path), in flows from \(time: time) on" + gap.words,
              target: .filter("data:flow policy:\"\(policy.hit.path)\""))
          ))
      }
    }
    guard !found.isEmpty else { return [] }
    return [
      TrailFinding(
        weight: .alarm,
        title: Phrases.count(
          found.count, "policy decides on traffic while there is none of that name",
          "policies decide on traffic while there are none of these names"),
        items: found.sorted { $0.name < $1.name }.map(\.text),
        meaning:
          "Connections began under it before the first line that makes it, or after the line that deletes it. It "
          + "was made or kept by a change that no line shows, or clocks are apart by more than five minutes.",
        advice: ["Look for the logs of every API server of that time, and compare the clocks of nodes and API servers."]
      )
    ]
  }
}

/// When the audit log says that a policy was not there.
private struct Absence {
  /// With what propagation and clocks may take added at both ends.
  var since: Timestamp
  var until: Timestamp
  /// The delete before it and the create after it, as far as there are such lines.
  var ended: Timestamp?
  var made: Timestamp?

  /// When an interval begins that lies within it; nil where none does for certain.
  func begin(of use: SourceTally.PolicyUse) -> Timestamp? {
    if since < use.first.lowerBound, use.first.upperBound < until { return use.first.lowerBound }
    if since < use.last.lowerBound, use.last.upperBound < until { return use.last.lowerBound }
    // Intervals follow one another through it, and one of them must lie within.
    let length = Double(use.first.upperBound.microseconds - use.first.lowerBound.microseconds) / 1_000_000
    let isThrough = use.first.lowerBound <= since && until <= use.last.upperBound
    return isThrough && since.adding(seconds: 2 * max(length, 300)) < until ? since : nil
  }

  var words: TrailText {
    switch (ended, made) {
    case (let ended?, let made?): "; deleted at \(time: ended), made again at \(time: made)"
    case (let ended?, nil): "; deleted at \(time: ended)"
    case (nil, let made?): "; made at \(time: made)"
    case (nil, nil): ""
    }
  }
}

/// The writes of policies in all sources.
private struct PolicyLives {
  private var writes: [KnownPolicy: [SourceTally.PolicyWrite]] = [:]
  /// What propagation, intervals and clocks may take, in seconds.
  private let slack: Double

  init(_ evidence: TrailEvidence) {
    slack = max(300, 2 * (evidence.skews.map(\.seconds).max() ?? 0))
    for source in evidence.sources {
      for (key, more) in source.policyWrites { writes[KnownPolicy(key), default: []] += more }
    }
    writes = writes.mapValues { $0.sorted { $0.time < $1.time } }
  }

  /// Nil where the log knows nothing of it. A policy of two names is absent while both are.
  func absences(of policy: SourceTally.FlowPolicy, within reach: ClosedRange<Timestamp>) -> [Absence]? {
    let known = (KnownPolicy.names(of: policy) ?? []).compactMap { writes[$0] }
    // The name with the tier in front of it and without it are one policy; their lives would have to be laid together.
    return known.count == 1 ? absences(known[0], within: reach) : nil
  }

  private func absences(
    _ writes: [SourceTally.PolicyWrite], within reach: ClosedRange<Timestamp>
  ) -> [Absence] {
    var found: [Absence] = []
    func add(from ended: Timestamp?, to made: Timestamp?) {
      let since = ended.map { $0.adding(seconds: slack) } ?? reach.lowerBound
      let until = made.map { $0.adding(seconds: -slack) } ?? reach.upperBound
      if since < until { found.append(Absence(since: since, until: until, ended: ended, made: made)) }
    }
    if let first = writes.first, first.effect == .made { add(from: nil, to: first.time) }
    for (index, write) in writes.enumerated() where write.effect == .ended {
      guard index + 1 < writes.count else {
        add(from: write.time, to: nil)
        continue
      }
      // Altered without having been made: then a line is missing, and nobody knows since when.
      if writes[index + 1].effect == .made { add(from: write.time, to: writes[index + 1].time) }
    }
    return found
  }
}

extension TrailEvidence {
  fileprivate func reach(of data: DataKind) -> ClosedRange<Timestamp>? {
    let spans = sources.compactMap { $0.reach(of: data) }
    guard let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() else { return nil }
    return first...last
  }
}
