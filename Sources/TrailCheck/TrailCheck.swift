public import EventQueries
public import ObjectHistory

/// One way in which logs fall short, and how it shows. Adding one is a file in `Rules` and a row here.
struct TrailRule: Sendable {
  /// What findings and `-o json` call it.
  var name: String
  var find: @Sendable (TrailEvidence) -> [TrailFinding]

  /// In the order of the page, within a weight.
  static let all: [TrailRule] = [
    .outside, .bypass, .reused, .rejects, .missingFiles, .holes, .clockSteps, .clockSkew, .inversions, .unfinished,
    .truncation, .levels, .collections, .calicoctl, .policyTimes, .unsettled, .flowPolicies, .unlogged, .platforms,
    .duplicates,
  ]
}

/// What the rules look at.
struct TrailEvidence: Sendable {
  var tally: TrailTally
  var streams: [LogStream]
  var holes: [Hole]
  var missingFiles: [MissingFile]
  var steps: [ClockStep]
  var skews: [ClockSkew]
  var history: [Finding]
  var policyGaps: PolicyGaps

  var sources: [SourceTally] { tally.sources }
}

/// Judges what was counted.
/// - Parameter history: what the histories of all objects do not account for.
public func trailReport(_ tally: TrailTally, history: [Finding] = []) -> TrailReport {
  let streams = LogStream.streams(of: tally.sources)
  let steps = streams.flatMap { ClockStepSearch.steps(in: $0) }
  let evidence = TrailEvidence(
    tally: tally, streams: streams, holes: holes(in: streams, steps: steps),
    missingFiles: streams.flatMap(\.missingFiles), steps: steps, skews: clockSkews(between: streams), history: history,
    policyGaps: PolicyGaps(tally))
  let found = TrailRule.all.flatMap { rule in
    rule.find(evidence).map { finding in
      var finding = finding
      finding.rule = rule.name
      return finding
    }
  }
  return TrailReport(
    sources: tally.sources.map(\.withoutLines), holes: evidence.holes, steps: steps, skews: evidence.skews,
    history: history,
    findings: found.enumerated().sorted { ($0.element.weight, $0.offset) < ($1.element.weight, $1.offset) }.map(
      \.element), policyGaps: evidence.policyGaps)
}

extension SourceTally {
  /// Without what takes memory for each act.
  fileprivate var withoutLines: SourceTally {
    var copy = self
    copy.lines = []
    copy.versions = []
    copy.calicoRequests = [:]
    return copy
  }

  /// What most of its records are, as `whodiff formats` calls it: by its first records where they could still be read,
  /// else by what the columns say, which do not tell who wrote a flow.
  public var format: String {
    guard let data = times.max(by: { ($0.value.count, $1.key.rawValue) < ($1.value.count, $0.key.rawValue) })?.key
    else { return "unknown" }
    switch data {
    case .audit:
      // A file may hold audit events of two servers: of what is written alike the columns count them.
      if let provenance, provenance != "calico-audit", provenance.hasSuffix("-audit"), provenance != "kubernetes-audit"
      {
        return provenance
      }
      if head.contains("\"protoPayload\"") { return "gke-audit" }
      let calico = coverage.filter { $0.key.group == "projectcalico.org" }.values.reduce(0, +)
      return calico * 2 > (times[.audit]?.count ?? 0) ? "calico-audit" : "kubernetes-audit"
    case .alert: return "alerts"
    default:
      if let provenance, !provenance.hasSuffix("-audit") { return provenance }
      return "calico-" + data.name
    }
  }
}
