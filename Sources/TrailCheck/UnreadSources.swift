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
        title: title(unread: unread.count, broken: broken.count),
        items: unread + broken,
        meaning: "What it may hold is in no list, and nothing below is about it.",
        advice: remedies.prefix(3).map { "To read it without running whodiff as root: " + $0 }), at: 0)
    return report
  }

  private func title(unread: Int, broken: Int) -> String {
    if broken == 0 { return "Nothing was read of " + Phrases.count(unread, "source") }
    if unread > 0 { return Phrases.count(unread + broken, "source") + " were not read whole" }
    return Phrases.count(broken, "source was not read to its end", "sources were not read to their ends")
  }
}
