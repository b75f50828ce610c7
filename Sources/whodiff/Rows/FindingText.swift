import AuditModel
import EventQueries
import ObjectHistory
import TimelineUI

/// A row of a change log: a revision, or a finding that stands before one.
enum ChangeLogLine {
  /// Index in `History.revisions`.
  case revision(Int)
  /// Index in `History.findings`.
  case finding(Int)
}

/// A line of a change log as text.
enum FoldedLine {
  case line(ChangeLogLine)
  /// Index in `History.bursts`: the patches of one apply as one.
  case burst(Int)
  /// The patches of one apply of which only some versions are listed, above this: so many are not.
  case rest(ofBurst: Int, count: Int)
}

extension History {
  /// Revisions and findings in one order, oldest first.
  var lines: [ChangeLogLine] {
    var lines: [ChangeLogLine] = []
    var next = 0
    for index in 0...revisions.count {
      while next < findings.count, findings[next].position <= index {
        lines.append(.finding(next))
        next += 1
      }
      if index < revisions.count { lines.append(.revision(index)) }
    }
    return lines + (next..<findings.count).map { .finding($0) }
  }

  /// The lines with those of one apply as one where all of its versions are among them, and a word where they are not.
  func folded(_ lines: [ChangeLogLine]) -> [FoldedLine] {
    let listed = Set(lines.compactMap { line in if case .revision(let index) = line { index } else { nil } })
    var burstOf: [Int: Int] = [:]
    var missing: [Int: Int] = [:]
    for (burst, rows) in bursts.enumerated() where rows.contains(where: listed.contains) {
      let rest = rows.count { revisions[$0].number != nil && !listed.contains($0) }
      if rest > 0 { missing[burst] = rest }
      if rest > 0 || rows.count(where: listed.contains) > 1 {
        for row in rows { burstOf[row] = burst }
      }
    }
    var result: [FoldedLine] = []
    var last: Int?
    func close() {
      if let burst = last, let count = missing[burst] { result.append(.rest(ofBurst: burst, count: count)) }
    }
    for line in lines {
      var burst: Int?
      if case .revision(let index) = line { burst = burstOf[index] }
      if burst != last { close() }
      if let burst, missing[burst] == nil {
        if burst != last { result.append(.burst(burst)) }
      } else {
        result.append(.line(line))
      }
      last = burst
    }
    close()
    return result
  }
}

extension ChangeLog {
  /// `whodiff.revision/1` or `whodiff.finding/1`.
  func row(_ line: ChangeLogLine, showsManifest: Bool) -> JSONValue {
    switch line {
    case .revision(let index): row(index, showsManifest: showsManifest)
    case .finding(let index): history.findings[index].row
    }
  }
}

/// A finding as a change log on paper tells it.
enum FindingText {
  /// When and what, then what shows it.
  static func lines(_ finding: Finding, _ zone: Zone) -> [String] {
    let since = finding.since.map { Words.time($0, zone) }
    let until = finding.until.map { Words.time($0, zone) }
    let when =
      switch (since, until) {
      case (let since?, let until?) where since == until: "at \(since): "
      case (let since?, let until?): "between \(since) and \(until): "
      case (let since?, nil): "after \(since): "
      case (nil, let until?): "before \(until): "
      case (nil, nil): ""
      }
    var proof = finding.evidence
    if !finding.paths.isEmpty {
      proof.append(finding.paths.joined(separator: ", ") + (finding.paths.count == 1 ? " differs" : " differ"))
    }
    return [when + what(finding.kind)] + proof.map { "   " + $0 }
  }

  private static func what(_ kind: Finding.Kind) -> String {
    switch kind {
    case .outside: "changed outside this trail"
    case .bypass: "written past the Calico API server"
    case .reused: "an auditID that another request has too"
    }
  }
}
