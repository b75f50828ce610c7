import AuditModel
import ObjectHistory
import TerminalScreen

/// Findings in words: what the Change Log says between two versions and the Diff says above them.
enum FindingWords {
  /// What happened, without when: `changed outside this trail`.
  static func what(_ finding: Finding, in history: History) -> String {
    switch finding.kind {
    case .outside: "changed outside this trail"
    case .bypass:
      "written past the Calico API server" + (shownBy(finding, in: history).map { " by \($0.actorText)" } ?? "")
    case .reused: "an auditID that another request has too"
    }
  }

  /// `between 02 Nov 14:10 and 12 Nov 08:00: changed outside this trail`; with seconds where the minute is the same.
  static func title(_ finding: Finding, in history: History, _ session: Session, longTimes: Bool) -> String {
    let what = what(finding, in: history)
    // A clock may have been set back in between.
    let times = [finding.since, finding.until].compactMap { $0 }.sorted()
    let isOneMinute = times.count == 2 && (1..<60_000_000).contains(times[1].microseconds - times[0].microseconds)
    func words(_ time: Timestamp?) -> String? {
      time.map { self.time($0, session, longTimes: longTimes, seconds: isOneMinute) }
    }
    let since = words(finding.since == nil ? nil : times.first)
    let until = words(finding.until == nil ? nil : times.last)
    guard finding.kind == .outside else { return [since ?? until, what].compactMap { $0 }.joined(separator: ": ") }
    return switch (since, until) {
    case (let since?, let until?) where since == until: "at \(until): \(what)"
    case (let since?, let until?): "between \(since) and \(until): \(what)"
    case (nil, let until?): "before \(until): \(what)"
    case (let since?, nil): "after \(since): \(what)"
    case (nil, nil): what
    }
  }

  /// `generation 4 -> 6; spec.selector differs`: the evidence, then the paths.
  static func proof(_ finding: Finding) -> String {
    var parts = finding.evidence
    if !finding.paths.isEmpty {
      parts.append(finding.paths.joined(separator: ", ") + (finding.paths.count == 1 ? " differs" : " differ"))
    }
    return parts.joined(separator: "; ")
  }

  /// In 30 columns, for the list of versions.
  static func short(_ finding: Finding) -> String {
    switch finding.kind {
    case .outside: "!! outside the trail"
    case .bypass: "!! past the API server"
    case .reused: "!! auditID used again"
    }
  }

  static func style(_ finding: Finding, bold: Bool = false) -> Style {
    Style(finding.kind == .reused ? .notice : .hole, bold: bold)
  }

  /// For a header: `1 change outside the trail`, `2 writes past the API server`; empty where there are none.
  static func counts(_ findings: [Finding]) -> [String] {
    Finding.Kind.allCases.compactMap { kind in
      let count = findings.count { $0.kind == kind }
      guard count > 0 else { return nil }
      return switch kind {
      case .outside: PaneWords.count(count, "change") + " outside the trail"
      case .bypass: PaneWords.count(count, "write") + " past the API server"
      case .reused: PaneWords.count(count, "auditID") + " used again"
      }
    }
  }

  /// What a header counts, in words and then shorter where there is no room: the first kind stays in words.
  static func headers(_ findings: [Finding]) -> [[String]] {
    let all = counts(findings)
    guard all.count > 1, let first = all.first else { return [all] }
    let kind = Finding.Kind.allCases.first { kind in findings.contains { $0.kind == kind } }
    let rest = findings.count { $0.kind != kind }
    return [all, [first, "\(PaneWords.grouped(rest)) other !!"], ["\(PaneWords.grouped(findings.count)) !!"]]
  }

  /// Lines for the header of a comparison, one for each kind: `!! changed outside this trail in between: ...`.
  static func inBetween(_ findings: [Finding]) -> [(text: String, style: Style)] {
    Finding.Kind.allCases.compactMap { kind in
      let some = findings.filter { $0.kind == kind }
      guard let first = some.first else { return nil }
      let what =
        switch kind {
        case .outside: "changed outside this trail"
        case .bypass: "written past the Calico API server"
        case .reused: "an auditID used again"
        }
      let times = some.count > 1 ? ", \(some.count) times" : ""
      let proofs = some.map(proof).joined(separator: "; ")
      return ("!! \(what) in between\(times): \(proofs)", style(first, bold: true))
    }
  }

  /// The act that shows the finding: for a write past the API server the write itself.
  static func shownBy(_ finding: Finding, in history: History) -> Act? {
    history.revisions.indices.contains(finding.position) ? history.revisions[finding.position].act : nil
  }

  private static func time(_ time: Timestamp, _ session: Session, longTimes: Bool, seconds: Bool) -> String {
    if longTimes { return String(PaneWords.longTime(time, zone: session.zone).prefix(seconds ? 19 : 16)) }
    return seconds
      ? PaneWords.shortTime(time, zone: session.zone, now: session.now)
      : PaneWords.minuteTime(time, zone: session.zone, now: session.now)
  }
}
