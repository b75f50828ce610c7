public import EventQueries

extension TrailReport {
  /// With what could not be read among the findings, in front: what the others say is about the rest alone.
  public func including(_ failures: SourceFailures) -> TrailReport {
    let unread = failures.unread.map { TrailItem("\($0.path): \($0.failure ?? "not read")") }
    let broken = failures.reasons.sorted { $0.key < $1.key }.map { TrailItem("\($0.key): \($0.value)") }
    guard !unread.isEmpty || !broken.isEmpty else { return self }
    var report = self
    let remedies = failures.unread.compactMap(\.remedy)
    report.findings.insert(
      TrailFinding(
        rule: "unread", weight: .alarm,
        title: Phrases.count(unread.count + broken.count, "source")
          + (broken.isEmpty ? " could not be read" : " could not be read whole"),
        items: unread + broken,
        meaning: "What stands there is in no list, and nothing below is about it.",
        advice: remedies.prefix(3).map { "Who may read it need not run the screens as root: " + $0 }), at: 0)
    return report
  }
}
