import AuditModel
import EventQueries

extension TrailRule {
  /// Connections that a policy decided on while, by the audit log, there was no such policy.
  ///
  /// Only those that began in the interval count: a connection keeps the policies that decided when it began.
  static let policyTimes = TrailRule(name: "policy-times") { evidence in
    let lives = PolicyLives(evidence)
    var found: [UnmadePolicy] = []
    var unjudged: [String: String] = [:]
    var seen: Set<String> = []
    for source in evidence.sources {
      for (policy, use) in source.policyUse {
        if let file = lives.steppedFile(of: policy) {
          unjudged[policy.hit.path] = file
          continue
        }
        guard let gaps = lives.absences(of: policy) else { continue }
        let hits = gaps.flatMap { gap in use.compactMap { use in gap.begin(of: use).map { (gap, $0) } } }
        // What is sure says more than what came first.
        let first = hits.min { ($0.0.isSure ? 0 : 1, $0.1) < ($1.0.isSure ? 0 : 1, $1.1) }
        guard let (gap, time) = first, seen.insert(policy.hit.path).inserted else { continue }
        found.append(UnmadePolicy(name: policy.hit.path, absence: gap, time: time))
      }
    }
    found.sort { $0.name < $1.name }
    return [
      UnmadePolicy.finding(found.filter(\.absence.isSure)), UnmadePolicy.doubt(found.filter { !$0.absence.isSure }),
      UnmadePolicy.unjudged(unjudged),
    ].compactMap { $0 }
  }
}

/// A policy that decides on traffic at a time when there was none.
private struct UnmadePolicy {
  /// As `PolicyHit.path`.
  var name: String
  var absence: Absence
  /// When the first connection began.
  var time: Timestamp

  private var item: TrailItem {
    TrailItem(
      "\(name), in flows from \(time: time) on" + absence.words, target: .filter("data:flow policy:\"\(name)\""))
  }

  static func finding(_ found: [UnmadePolicy]) -> TrailFinding? {
    found.isEmpty
      ? nil
      : TrailFinding(
        weight: .alarm,
        title: Phrases.count(
          found.count, "policy decides on traffic while there is none of that name",
          "policies decide on traffic while there are none of these names"),
        items: found.map(\.item),
        meaning:
          "Connections began under it before the first line that makes it, or after the line that deletes it. It "
          + "was made or kept by a change that no line shows, or clocks are apart by more than five minutes.",
        advice: ["Look for the logs of every API server of that time, and compare the clocks of nodes and API servers."]
      )
  }

  /// Of deletions that may have been dry runs.
  static func doubt(_ found: [UnmadePolicy]) -> TrailFinding? {
    found.isEmpty
      ? nil
      : TrailFinding(
        weight: .gap,
        title: Phrases.count(
          found.count, "policy decides on traffic after a deletion that may have been a dry run",
          "policies decide on traffic after deletions that may have been dry runs"),
        items: found.map(\.item),
        meaning:
          "A dry run of a deletion says so in its body, which was not logged. If it was none, the policy was kept or "
          + "made again by a change that no line shows, or clocks are apart by more than five minutes.",
        advice: ["Log writes of policies at level RequestResponse."])
  }

  /// - Parameter policies: with the file that tells of each.
  static func unjudged(_ policies: [String: String]) -> TrailFinding? {
    policies.isEmpty
      ? nil
      : TrailFinding(
        weight: .note,
        title: Phrases.count(
          policies.count, "policy in flows is not held against the times of its changes",
          "policies in flows are not held against the times of their changes"),
        items: policies.sorted { $0.key < $1.key }.map { name, file in
          TrailItem("\(name): changes of it are in \(file)", target: .filter("policy:\"\(name)\""))
        },
        meaning: "The clock was set while that file was written: whether connections began under a policy while there "
          + "was none of that name does not follow from its times.")
  }
}

/// When the audit log says that a policy was not there.
private struct Absence {
  /// With what propagation and clocks may take added at both ends.
  var since: Timestamp
  var until: Timestamp
  /// The delete before it and the create after it, as far as there are such lines.
  var ended: SourceTally.PolicyWrite?
  var made: Timestamp?

  /// Whether it was gone: what was made anew had to be.
  var isSure: Bool { made != nil || ended?.mayBeDryRun != true }

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
    let doubt = isSure ? "" : " unless that was a dry run"
    switch (ended?.time, made) {
    case (let ended?, let made?): return "; deleted at \(time: ended), made again at \(time: made)"
    case (let ended?, nil): return "; deleted at \(time: ended)\(doubt)"
    case (nil, let made?): return "; made at \(time: made)"
    case (nil, nil): return ""
    }
  }
}

/// The writes of policies in all sources.
private struct PolicyLives {
  private var writes: [KnownPolicy: [SourceTally.PolicyWrite]] = [:]
  /// Policies that are written in a file whose clock was set while it was.
  private var stepped: [KnownPolicy: String] = [:]
  /// What propagation, intervals and clocks may take, in seconds.
  private let slack: Double
  /// From when to when audit logs tell; nil without any whose clock was left alone.
  private let reach: ClosedRange<Timestamp>?

  init(_ evidence: TrailEvidence) {
    slack = max(300, 2 * (evidence.skews.map(\.seconds).max() ?? 0))
    let steppedFiles = Set(
      evidence.streams.filter { stream in evidence.steps.contains { stream.files.contains($0.file) } }
        .flatMap(\.files))
    let spans = evidence.sources.filter { !steppedFiles.contains($0.file) }.compactMap { $0.reach(of: .audit) }
    if let first = spans.map(\.lowerBound).min(), let last = spans.map(\.upperBound).max() {
      reach = first...last
    } else {
      reach = nil
    }
    for source in evidence.sources {
      for (key, more) in source.policyWrites where !more.isEmpty {
        let policy = KnownPolicy(key)
        writes[policy, default: []] += more
        if steppedFiles.contains(source.file) { stepped[policy] = source.file }
      }
    }
    for source in evidence.sources {
      for (collection, sweeps) in source.policySweeps where !sweeps.isEmpty {
        for policy in writes.keys where policy.isIn(collection) {
          writes[policy, default: []] += sweeps
          if steppedFiles.contains(source.file) { stepped[policy] = source.file }
        }
      }
    }
    writes = writes.mapValues { $0.sorted { $0.time < $1.time } }
  }

  /// The file because of which the policy's times cannot be told; nil where they can, or there are none.
  func steppedFile(of policy: SourceTally.FlowPolicy) -> String? {
    (KnownPolicy.names(of: policy) ?? []).compactMap { stepped[$0] }.first
  }

  /// Nil where the log knows nothing of it. A policy of two names is absent while both are.
  func absences(of policy: SourceTally.FlowPolicy) -> [Absence]? {
    let known = (KnownPolicy.names(of: policy) ?? []).compactMap { writes[$0] }
    // The name with the tier in front of it and without it are one policy; their lives would have to be laid together.
    guard let reach, known.count == 1 else { return nil }
    return absences(known[0], within: reach)
  }

  private func absences(
    _ writes: [SourceTally.PolicyWrite], within reach: ClosedRange<Timestamp>
  ) -> [Absence] {
    var found: [Absence] = []
    func add(from ended: SourceTally.PolicyWrite?, to made: Timestamp?) {
      let since = ended.map { $0.time.adding(seconds: slack) } ?? reach.lowerBound
      let until = made.map { $0.adding(seconds: -slack) } ?? reach.upperBound
      if since < until { found.append(Absence(since: since, until: until, ended: ended, made: made)) }
    }
    var ended: SourceTally.PolicyWrite?
    for (index, write) in writes.enumerated() {
      switch write.effect {
      case .made:
        if ended != nil || index == 0 { add(from: ended, to: write.time) }
        ended = nil
      // Altered without having been made: then a line is missing, and nobody knows since when.
      case .altered: ended = nil
      // What is deleted again was still there.
      case .ended: ended = write
      case .swept: ended = ended ?? write
      }
    }
    if let ended { add(from: ended, to: nil) }
    return found
  }
}
