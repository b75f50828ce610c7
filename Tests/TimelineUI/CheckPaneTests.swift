import AuditModel
import EventQueries
import ObjectHistory
import TerminalScreen
import Testing
import TrailCheck

@testable import TimelineUI

/// What a check says of logs that lack a little of everything.
enum Trail {
  static func at(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }
  static let key = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")

  /// A line every four seconds but for 27 minutes.
  static let tally: TrailTally = {
    var log = SourceTally(file: "audit.log")
    let start = at("2026-11-20T14:00:00Z")
    let hole = at("2026-11-20T15:00:00Z")..<at("2026-11-20T15:27:00Z")
    let times = (0..<3000).map { start.adding(seconds: Double($0) * 4) }.filter { !hole.contains($0) }
    log.times = [.audit: times]
    log.actCount = times.count
    log.lines = times.enumerated().map { WrittenLine(time: $1, line: $0 + 1, offset: Int64($0) * 900) }
    log.levels = [.metadata: 120, .requestResponse: times.count - 120]
    log.truncated.add(WrittenLine(time: at("2026-11-20T15:40:00Z"), line: 1200, offset: 0), count: 3)
    log.coverage = [
      SourceTally.Coverage(group: "networking.k8s.io", resource: "networkpolicies", verb: "patch", level: .metadata):
        120
    ]
    log.namespaceDeletions = [.init(name: "legacy", time: at("2026-11-20T16:00:00Z"))]
    log.duplicateCount = 4
    return TrailTally(sources: [log])
  }()

  static let report = trailReport(
    tally,
    history: [
      Finding(
        kind: .outside, object: key, after: 3, before: 4, evidence: ["generation 4 -> 6"],
        since: at("2026-11-20T14:10:00Z"), until: at("2026-11-20T14:20:00Z"))
    ])
}

private func stage(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) -> Stage<CheckPane> {
  Stage(CheckPane(), Sample.session(columns, rows, ascii: ascii), .check(Trail.report))
}

@Suite struct CheckPaneTests {
  @Test func `the findings stand with what shows them, and below them what to do`() throws {
    var check = stage()
    try expectScreen(check.screen, "check-80x24")
    check.press("}j")
    try expectScreen(check.screen, "check-hole-80x24")
    try expectScreen(stage(80, 24, ascii: true).screen, "check-ascii-80x24")
    try expectScreen(stage(60, 16).screen, "check-60x16")
    try expectScreen(stage(200, 60).screen, "check-200x60")
  }

  @Test func `it asks once, and again when the store has grown`() {
    var check = stage()
    #expect(check.effects == [.ask(.check)])
    check.session.storeVersion += 1
    check.resize(80, 24)
    #expect(check.effects == [.ask(.check), .ask(.check)])
  }

  @Test func `Enter leads to the change log, the time or the acts that show a finding`() {
    var check = stage()
    check.press("j<Enter>")
    #expect(check.effects.last == .open(.changes(Trail.key)))
    check.press("}j<Enter>")
    guard case .open(.acts(let hole)) = check.effects.last else {
      Issue.record("a hole opens the acts around it")
      return
    }
    #expect(hole.level == .everything)
    let window = hole.filter.window(check.session.filterContext)
    #expect(window?.lowerBound == Trail.at("2026-11-20T14:59:56Z"))
    check.press("}j<Enter>")
    guard case .open(.acts(let truncated)) = check.effects.last else {
      Issue.record("truncated acts are listed")
      return
    }
    #expect(truncated.filter.description == "truncated:true")
  }

  @Test func `a finding with several signs asks for one of them`() {
    var check = Stage(
      CheckPane(), Sample.session(),
      .check(
        trailReport(
          TrailTally(),
          history: [1, 2].map { number in
            Finding(kind: .outside, object: Trail.key, before: number, evidence: ["uid"])
          })))
    check.press("<Enter>")
    #expect(check.session.notice == "j goes on to what shows it")
  }

  @Test func `y copies the lines that the audit policy lacks`() throws {
    var check = stage()
    while !check.focusedRow.contains("deletecollection is not logged") { check.press("}") }
    check.press("y")
    guard case .copy(let text) = check.effects.last else {
      Issue.record("nothing was copied")
      return
    }
    #expect(text.hasPrefix("- level: RequestResponse\n  verbs: [\"deletecollection\"]\n"))
  }

  @Test func `logs that lack nothing say so, and so does a check that failed`() {
    var log = SourceTally(file: "audit.log")
    log.actCount = 2
    var clean = trailReport(TrailTally(sources: [log]))
    clean.findings = []
    var check = Stage(CheckPane(), Sample.session(), .check(clean))
    #expect(check.text.contains("Nothing was found that these logs should tell and do not."))
    check = Stage(CheckPane(), Sample.session(), .check(trailReport(TrailTally())))
    #expect(check.text.contains("There is nothing to check: no record was read."))
    #expect(check.screen.textRows.allSatisfy { !$0.contains("Nothing was found") })
    check = Stage(CheckPane(), Sample.session(), .failed(.check, reason: "the disk is gone"))
    #expect(check.text.contains("The check failed: the disk is gone"))
    check.press("j<Enter>yG}{")
    #expect(check.isWhole)
  }

  @Test func `what could not be read is a finding in front of all others, whenever it comes`() throws {
    var check = stage()
    check.session.failures = SourceFailures(
      [
        ("logs/locked.log", "cannot be opened: Permission denied (owner root, mode 0600)"),
        ("audit.log", "damaged after 9 bytes of text"),
      ], known: ["audit.log"], remedies: ["logs/locked.log": "sudo cat logs/locked.log | whodiff -"])
    check.resize(80, 24)
    check.press("g")
    try expectScreen(check.screen, "check-unread-80x24")
  }

  @Test func `rows about objects with long names differ in what is seen of them`() {
    let key = ObjectKey(
      group: "coordination.k8s.io", resource: "leases", namespace: "kube-node-lease",
      name: "ip-10-0-105-11.eu-west-1.compute.internal")
    let check = Stage(
      CheckPane(), Sample.session(),
      .check(
        trailReport(
          TrailTally(),
          history: [2, 3, 4].map { number in
            Finding(
              kind: .outside, object: key, after: number - 1, before: number, evidence: ["generation 4 -> 6"],
              since: Trail.at("2026-11-20T14:1\(number):00Z"), until: Trail.at("2026-11-20T14:2\(number):00Z"))
          })))
    let rows = check.screen.textRows.filter { $0.contains("Lease kube-") }
    #expect(rows.count == 3)
    #expect(Set(rows).count == 3)
    #expect(rows.allSatisfy { $0.contains("internal, between r") })
  }

  /// A check that found as many changes off the record, each of an object of its own.
  private func check(
    _ columns: Int, _ rows: Int, name: String = "ip-10-0-105-11.eu-west-1.compute.internal", count: Int = 1,
    evidence: String
  ) -> Stage<CheckPane> {
    let findings = (1...count).map { number in
      Finding(
        kind: .outside,
        object: ObjectKey(
          group: "coordination.k8s.io", resource: "leases", namespace: "kube-node-lease", name: name + "\(number)"),
        after: 1, before: 2, evidence: [evidence], since: Trail.at("2026-11-20T14:10:00Z"),
        until: Trail.at("2026-11-20T14:20:00Z"))
    }
    return Stage(
      CheckPane(), Sample.session(columns, rows), .check(trailReport(TrailTally(), history: findings)))
  }

  @Test(arguments: [(80, 24), (60, 16), (200, 60)])
  func `the row in focus is whole wherever it stands in the list`(columns: Int, rows: Int) {
    let signs = (1...12).map { "field\($0)" }.joined(separator: " ")
    var check = check(columns, rows, count: 12, evidence: signs + " and no more")
    for _ in 1...12 {
      check.press("j")
      let shown = check.rows.map { $0.drop { $0 == " " } }.joined(separator: " ")
      let focused = shown.components(after: ">", before: "and no more")
      #expect(focused?.hasSuffix(signs + " ") == true, "\(shown)")
    }
    // Going up again the row above is in sight.
    check.press("gG")
    #expect(check.focusedRow.hasPrefix(">      Lease"))
    #expect(check.rows.filter { $0.hasPrefix(">") }.count == 1)
  }

  @Test func `a name is shortened only where that makes the row fit, and by no more than it must`() {
    let head = "     Lease kube-node-lease/N1, between r1 and r2, 2026-11-20 14:10:00 to 14:20:00Z: E".count - 2
    let name = String(repeating: "n", count: 40)
    // The row takes what is left of a list of 197 columns, 10 more, and so much more that no name would be short enough.
    for (excess, lost) in [(0, 0), (10, 10), (100, 0)] {
      let evidence = String(repeating: "e", count: 197 - head - 40 + excess)
      let check = check(200, 60, name: name, evidence: evidence)
      let row = check.rows.first { $0.contains("Lease kube") }
      let names = row?.count { $0 == "n" } ?? 0
      #expect(row?.contains("~") == (excess > 0))
      #expect((lost == 0) == (row?.contains(name + "1") ?? false), "\(row ?? "")")
      if lost > 0 {
        #expect(row?.hasSuffix("e") == true && row?.count == 199, "\(row ?? "")")
        #expect(names > 20)
      }
    }
  }

  @Test func `C opens it from the Timeline and holes goes to the holes`() {
    var user = Afternoon()
    user.store.report = Trail.report
    user.press("C")
    #expect(user.focusedRow.contains("1 change that no line of the log shows"))
    user.press("j<Enter>")
    #expect(user.title.contains("shop/web"))
    user.press("qq:holes<Enter>")
    #expect(user.focusedRow.contains("1 hole"))
    user.press("<Enter>")
    #expect(user.title.contains("[1]Timeline"))
    user.press("qq")
    #expect(user.focusedRow.contains("default.environment-isolation"))
  }
}

extension String {
  /// What stands between the first two marks.
  fileprivate func components(after start: String, before end: String) -> Substring? {
    guard let from = firstRange(of: start)?.upperBound, let to = self[from...].firstRange(of: end)?.lowerBound else {
      return nil
    }
    return self[from..<to]
  }
}
