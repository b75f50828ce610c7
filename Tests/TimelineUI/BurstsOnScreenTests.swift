import AuditModel
import ObjectHistory
import TerminalScreen
import Testing

@testable import TimelineUI

/// A policy that was applied on the server's side, in four patches and a no-op, and edited by somebody else afterwards.
private enum Burst {
  static func patch(_ row: UInt32, _ fraction: String, outcome: Outcome = .changed) -> Act {
    Sample.act(row, "2026-11-20T16:11:05.\(fraction)Z", "patch", by: "bob@example.com", outcome: outcome)
  }

  static let revisions = [
    Sample.revision(
      1, lifetime: 1, .create, .full, Sample.manifest(Sample.before, generation: 1),
      Sample.act(1, "2026-11-20T16:04:02Z", "create", by: "alice@example.com", code: 201)),
    Sample.revision(2, lifetime: 1, .update, .full, order(300, generation: 2), patch(2, "397635")),
    Sample.revision(3, lifetime: 1, .update, .full, order(300, generation: 3), patch(3, "414968")),
    Sample.revision(nil, lifetime: 1, nil, nil, nil, patch(4, "420000", outcome: .noop)),
    Sample.revision(4, lifetime: 1, .update, .full, order(300, generation: 4), patch(5, "431447")),
    Sample.revision(
      5, lifetime: 1, .update, .full, Sample.manifest(Sample.after, generation: 5), patch(6, "440587")),
    Sample.revision(
      6, lifetime: 1, .update, .full, order(900, generation: 6),
      Sample.act(7, "2026-11-20T17:00:00Z", "update", by: "carol")),
  ]
  static func order(_ order: Int, generation: Int) -> JSONValue {
    Sample.manifest(Sample.before, generation: generation).setting(["spec", "order"], to: .integer(order))
  }

  static func log(_ bursts: [Range<Int>] = [1..<6]) -> ChangeLog {
    ChangeLog(History(object: Sample.key, kind: "GlobalNetworkPolicy", revisions: revisions, bursts: bursts))
  }

  static func stage(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) -> Stage<ChangeLogPane> {
    Stage(ChangeLogPane(Sample.key), Sample.session(columns, rows, ascii: ascii), .changeLog(log()))
  }
}

@Suite struct BurstsOnScreen {
  @Test(arguments: [(80, 24), (120, 40), (200, 60)])
  func `the patches of one apply stand in one row`(size: (Int, Int)) throws {
    var stage = Burst.stage(size.0, size.1)
    stage.press("j")
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "changes-burst-\(size.0)x\(size.1)")
  }

  @Test func `Enter lists them and stays on the last version, v folds and lists them too`() {
    var stage = Burst.stage()
    #expect(stage.pane.rows == [.revision(6), .burst(0), .revision(0)])
    stage.press("j<Enter>")
    #expect(
      stage.pane.rows
        == [.revision(6), .revision(5), .revision(4), .revision(3), .revision(2), .revision(1), .revision(0)])
    #expect(stage.focusedRow.contains("16:11:05"))
    #expect(stage.effects == [.ask(.changeLog(Sample.key))])
    stage.press("<Enter>")
    #expect(stage.effects.last == .open(.event(ActID(segment: 1, row: 6))))
    stage.press("v")
    #expect(stage.pane.rows.count == 7)
    stage.press("v")
    #expect(stage.pane.rows == [.revision(6), .burst(0), .revision(0)])
    #expect(stage.focusedRow.contains("apply+4"))
  }

  @Test func `d and z compare what it led to with what was there before`() {
    var stage = Burst.stage()
    stage.press("jd")
    #expect(stage.effects.last == .open(.diff(Sample.side(1), Sample.side(5))))
    stage.press("z")
    #expect(stage.text.contains("order: {700}"))
    stage.press("z(")
    #expect(stage.session.leftSide == Sample.side(5))
    stage.press("[")
    #expect(stage.focusedRow.contains("create"))
    stage.press("]")
    #expect(stage.focusedRow.contains("apply+4"))
  }

  @Test func `the change is that of all patches together`() {
    let log = Burst.log()
    #expect(log.changes[5].changed.contains("spec.order"))
    #expect(log.burstChanges[0].previous == 0)
    #expect(log.burstChanges[0].changed.contains("spec.order"))
    #expect(log.burstChanges[0].summary.hasPrefix("order 100 -> 700"))
    #expect(Burst.log([2..<5]).burstChanges[0].summary == "machine fields only")
  }

  @Test func `what was there in between only is told`() {
    let there = Burst.revisions[1]
    let back = Sample.revision(
      3, lifetime: 1, .update, .full, Sample.manifest(Sample.before, generation: 3), Burst.patch(3, "414968"))
    let log = ChangeLog(
      History(
        object: Sample.key, kind: "GlobalNetworkPolicy", revisions: [Burst.revisions[0], there, back], bursts: [1..<3]))
    #expect(log.burstChanges[0].changed == [])
    #expect(log.burstChanges[0].summary == "there and back: spec.order")
  }

  @Test func `an act inside is found by the row that it is folded into`() {
    let stage = Stage(
      ChangeLogPane(Sample.key, at: ActID(segment: 1, row: 3)), Sample.session(), .changeLog(Burst.log()))
    #expect(stage.focusedRow.contains("apply+4"))
  }

  @Test func `what is open stays open when more is read`() {
    var stage = Burst.stage()
    stage.press("jz<Enter>")
    stage.receive(.changeLog(Burst.log()))
    #expect(stage.pane.rows.count { $0.revision != nil } >= 7)
    #expect(stage.focusedRow.contains("16:11:05"))
  }

  @Test(arguments: [(2, "apply+2"), (12, "appl+12"), (123, "app+123")])
  func `the count of patches fits the column of verbs`(more: Int, word: String) {
    let revisions = Array(repeating: Burst.revisions[2], count: more + 1)
    let history = History(
      object: Sample.key, kind: "GlobalNetworkPolicy", revisions: revisions, bursts: [0..<(more + 1)])
    #expect(BurstWords(0, in: ChangeLog(history)).verb(width: 7) == word)
  }

  @Test(arguments: 0..<10)
  func `any keys keep the change log whole`(seed: Int) {
    var random = Seeded(seed: UInt64(seed))
    var stage = Burst.stage()
    let keys = Key.sequence("jkgG{}zZvdD()[]Ms<Tab><Enter><C-d><C-u>")
    for _ in 0..<60 {
      stage.press(keys.randomElement(using: &random).map(Key.text) ?? "j")
      if random.next() % 9 == 0 { stage.resize(Int(60 + random.next() % 180), Int(16 + random.next() % 50)) }
      if random.next() % 7 == 0 { stage.receive(.changeLog(Burst.log(random.next() % 2 == 0 ? [1..<6] : [4..<6]))) }
      #expect(stage.isWhole)
      #expect(stage.pane.cursor.index < max(1, stage.pane.rows.count))
    }
  }

  @Test func `numbers of versions fit theirs`() {
    let words = BurstWords(0, in: Burst.log())
    #expect(words.number(width: 5) == "2-5")
    #expect(words.number(width: 2) == "5")
    #expect(words.count == "5 patches of one apply in 43 ms: 4 changed, 1 no-op")
  }
}
