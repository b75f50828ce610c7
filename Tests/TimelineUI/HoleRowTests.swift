import AuditModel
import EventQueries
import TerminalScreen
import Testing
import TrailCheck

@testable import TimelineUI

@Suite struct HoleRows {
  /// Two hours of acts, one a minute, but for 27 minutes.
  private static let acts = Story.many(120).filter { act in
    let minutes = (Trail.at("2026-11-20T16:00:00Z").microseconds - act.time.microseconds) / 60_000_000
    return !(4..<31).contains(minutes)
  }
  private static let report: TrailReport = {
    var log = SourceTally(file: "logs/audit.log")
    log.times = [.audit: acts.map(\.time).sorted()]
    log.actCount = acts.count
    var report = trailReport(TrailTally(sources: [log]))
    report.holes = [
      Hole(
        files: ["logs/audit.log"], since: Trail.at("2026-11-20T15:29:00Z"), until: Trail.at("2026-11-20T15:57:00Z"),
        norm: 60)
    ]
    return report
  }()

  private func user(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false, filter: String = "") -> Afternoon {
    let context = FilterContext(now: Trail.at("2026-11-22T09:00:00Z"), zone: .utc)
    var user = Afternoon(
      Self.acts, columns: columns, rows: rows, ascii: ascii,
      filter: (try? Filter(parsing: filter, context: context)) ?? .everything)
    user.store.report = Self.report
    user.send(.storeChanged(version: 1))
    return user
  }

  @Test func `a hole is a row between the acts around it, and a mark on the axis`() throws {
    var user = user()
    user.press("jjjj")
    #expect(user.focusedRow.hasPrefix("= no audit lines 15:29-15:57 from audit.log (28 min) ="))
    try expectScreen(user.screen, "timeline-hole-80x24")
    try expectScreen(self.user(200, 60).screen, "timeline-hole-200x60")
    try expectScreen(self.user(ascii: true).screen, "timeline-hole-ascii-80x24")
  }

  @Test func `the focus goes over it in both directions and by pages`() {
    var user = user()
    user.press("jjj")
    #expect(user.focusedRow.contains("policy-3"))
    user.press("jj")
    #expect(user.focusedRow.contains("policy-31"))
    user.press("k")
    #expect(user.focusedRow.contains("no audit lines"))
    user.press("k")
    #expect(user.focusedRow.contains("policy-3"))
    user.press("G")
    #expect(user.focusedRow.contains("policy-119"))
    user.press("g  bb")
    #expect(user.focusedRow.contains("policy-0"))
  }

  @Test func `Enter on it opens the check, and the way back leads to it`() {
    var user = user()
    user.press("jjjj<Enter>")
    #expect(user.title.contains("Check"))
    user.press("q")
    #expect(user.focusedRow.contains("no audit lines"))
    // There is no act in focus.
    user.press("dcxyo+")
    #expect(user.title.contains("[1]Timeline"))
  }

  @Test func `a filter on another time has no such row`() {
    #expect(!user(filter: "until:\"2026-11-20 15:00\"").text.contains("no audit lines"))
    #expect(user(filter: "since:\"2026-11-20 15:40\"").text.contains("no audit lines"))
  }

  @Test func `clocks that differ are told in the status line`() {
    var user = Afternoon()
    user.store.report.skews = [
      ClockSkew(stream: "apiserver-2", against: "apiserver-1", seconds: 1.83, evidence: .auditID, pairCount: 9)
    ]
    user.send(.storeChanged(version: 1))
    #expect(user.status.contains("skew apiserver-2 +1.8s"))
  }

  @Test func `holes are looked for once all is read, and seldom while logs grow`() {
    var user = Afternoon(answersAtOnce: false)
    func progress(_ state: ReadingProgress.State) -> Message {
      .progress(
        ReadingProgress(
          file: "a", bytesRead: 1, bytesTotal: 2, bytesPerSecond: 1, actCount: 1, rejectCount: 0, state: state))
    }
    user.send(progress(.reading))
    user.send(.storeChanged(version: 2))
    #expect(!user.asked.contains(.holes))
    user.send(progress(.finished))
    user.send(.storeChanged(version: 3))
    #expect(user.asked.filter { $0 == .holes }.count == 1)
    user.send(.clock(user.model.session.now.adding(seconds: 40)))
    user.send(.storeChanged(version: 4))
    #expect(user.asked.filter { $0 == .holes }.count == 2)
  }

  @Test(arguments: 0..<60) func `lines and stops agree, whatever stands where`(seed: Int) {
    var random = SeededRandom(seed: UInt64(seed))
    let total = Int.random(in: 1...12, using: &random)
    let firsts = Set([0] + (0..<3).map { _ in Int.random(in: 0..<total, using: &random) }).sorted()
    let marks = (0..<Int.random(in: 0...4, using: &random)).map { _ in Int.random(in: 0...total, using: &random) }
      .sorted()
    let lines = DayLines(
      days: firsts.map { DayCount(start: Timestamp(seconds: 0), count: 1, firstPosition: $0) }, total: total,
      marks: marks)
    let items = (0..<lines.count).map { lines.item(at: $0) }
    #expect(items.filter { $0 == .none }.isEmpty)
    #expect(Set(items).count == lines.count)
    for position in 0..<total { #expect(lines.item(at: lines.line(of: position)) == .act(position: position)) }
    for mark in marks.indices { #expect(lines.item(at: lines.line(ofMark: mark)) == .mark(mark)) }
    let stops = items.filter { if case .heading = $0 { false } else { true } }
    #expect((0..<lines.stopCount).map { lines.item(atStop: $0) } == stops)
  }
}

/// The same numbers for the same seed.
private struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state ^= state << 13
    state ^= state >> 7
    state ^= state << 17
    return state
  }
}
