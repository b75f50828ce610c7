import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TerminalScreen
import Testing

@testable import TimelineUI

private func stage(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) -> Stage<ChangeLogPane> {
  Stage(ChangeLogPane(Sample.key), Sample.session(columns, rows, ascii: ascii), .changeLog(Sample.log))
}

@Suite struct ChangeLogScreens {
  @Test(arguments: [(80, 24), (120, 40), (200, 60)], [false, true])
  func `the change log fits each size`(size: (Int, Int), ascii: Bool) throws {
    let stage = stage(size.0, size.1, ascii: ascii)
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "changes-\(size.0)x\(size.1)\(ascii ? "-ascii" : "")")
  }

  @Test func `diffs open in place`() throws {
    var stage = stage()
    stage.press("jjjz(k)")
    try expectScreen(stage.screen, "changes-80x24-expanded")
  }

  @Test func `the change log waits, fails, and may be empty, in words`() throws {
    var waiting = Stage(ChangeLogPane(Sample.key), Sample.session())
    #expect(waiting.effects == [.ask(.changeLog(Sample.key))])
    try expectScreen(waiting.screen, "changes-80x24-reading")
    waiting.receive(.failed(.changeLog(Sample.key), reason: "the store is locked"))
    try expectScreen(waiting.screen, "changes-80x24-failed")
    waiting.receive(.changeLog(ChangeLog(History(object: Sample.key, kind: "GlobalNetworkPolicy", revisions: []))))
    try expectScreen(waiting.screen, "changes-80x24-empty")
  }
}

@Suite struct ChangeLogKeys {
  @Test func `each version is compared with the one before it in its lifetime`() {
    let changes = Sample.log.changes
    #expect(changes[1].changed == ["spec.order"])
    #expect(changes[1].summary == "order 500 -> 100")
    #expect(changes[1].previous == 0)
    // Truncated, and so skipped as a left side by the version after it.
    #expect(changes[6].changed == [])
    #expect(changes[7].previous == 1)
    // A create has no version before it, though another lifetime had.
    #expect(changes[9].previous == nil)
    #expect(changes[9].changed == [])
    #expect(changes[9].summary == "new 26 lines")
    #expect(changes[10].changed.contains("spec.order"))
  }

  @Test func `acts without a version are folded, counted and listed with v`() {
    var stage = stage()
    #expect(stage.text.contains("... 2 no-op, 1 dry-run, 1 conflict folded (v)"))
    #expect(!stage.text.contains("conflict 409"))
    stage.press("v")
    #expect(stage.text.contains("conflict 409"))
    #expect(!stage.text.contains("folded (v)"))
    stage.press("v")
    #expect(stage.text.contains("folded (v)"))
  }

  @Test func `where no act made a version, all are listed`() {
    let refused = Sample.revision(
      nil, lifetime: 1, nil, nil, nil,
      Sample.act(1, "2026-11-20T15:30:58Z", "delete", by: "bob", code: 403, outcome: .denied))
    let history = History(object: Sample.key, kind: "GlobalNetworkPolicy", revisions: [refused])
    let stage = Stage(ChangeLogPane(Sample.key), Sample.session(), .changeLog(ChangeLog(history)))
    #expect(stage.focusedRow.contains("denied 403"))
    #expect(stage.text.contains("no versions"))
  }

  @Test func `the longest verb leaves the actor alone`() {
    let end = Sample.revision(
      nil, lifetime: 1, .delete, .full, nil,
      Sample.act(1, "2026-11-20T15:30:58Z", "deletecollection", by: "bob", code: 200, outcome: .changed))
    let log = ChangeLog(History(object: Sample.key, kind: "GlobalNetworkPolicy", revisions: [end]))
    for (columns, word) in [(80, "delcol  bob"), (120, "delcol  bob")] {
      let stage = Stage(ChangeLogPane(Sample.key), Sample.session(columns, 30), .changeLog(log))
      #expect(stage.focusedRow.contains(word), "\(stage.focusedRow)")
    }
  }

  @Test func `2 leads on to all objects`() {
    var stage = stage()
    stage.press("2")
    #expect(stage.effects.last == .open(.policies))
  }

  @Test func `a deletion says who and where the state before is`() {
    var stage = stage()
    stage.press("jj")
    #expect(stage.focusedRow.contains("-- end of lifetime 1"))
    #expect(stage.text.contains("deleted by sa:ci/deployer; the state before is r4"))
    stage.press("d")
    #expect(stage.effects.last == .open(.diff(Sample.side(4), Sample.side(nil))))
  }

  @Test func `d compares with the version before, D the chosen sides`() {
    var stage = stage()
    stage.press("d")
    #expect(stage.effects.last == .open(.diff(Sample.side(5), Sample.side(6))))
    stage.press("D")
    #expect(stage.session.notice == "choose both sides with ( and ) first")
    stage.press(")")
    stage.press("jjj(")
    #expect(
      stage.rows.contains { $0.hasPrefix("B  6") || $0.hasPrefix(" B  6") || $0.contains("B") && $0.contains(" 6 ") })
    stage.press("D")
    #expect(stage.effects.last == .open(.diff(Sample.side(4), Sample.side(6))))
    #expect(stage.text.contains("A=r4  B=r6"))
  }

  @Test func `Enter opens the event, and says when there is none`() {
    var stage = stage()
    stage.press("<Enter>")
    #expect(stage.effects.last == .open(.event(Sample.update)))
    stage.press("G<Enter>")
    #expect(stage.session.notice == "no event: this state is from before the log")
  }

  @Test func `older and newer step over what is no version`() {
    var stage = stage()
    stage.press("[[[[[")
    #expect(stage.focusedRow.contains("25 Sep 10:00:01"))
    stage.press("]")
    #expect(stage.focusedRow.contains("02 Nov 14:10:55"))
  }

  @Test func `z opens one diff in place, Z all`() {
    var stage = stage()
    let count = stage.pane.rows.count
    stage.press("z")
    #expect(stage.text.contains("order: {700}"))
    stage.press("z")
    #expect(stage.pane.rows.count == count)
    stage.press("Z")
    #expect(stage.pane.rows.count > count + 30)
    stage.press("Z")
    #expect(stage.pane.rows.count == count)
  }

  @Test func `what is focused and chosen stays when older versions are read`() {
    var stage = stage()
    stage.press("j(")
    let older = Sample.history.revisions.map { revision in
      var revision = revision
      revision.number = revision.number.map { $0 + 10 }
      return revision
    }
    stage.receive(.changeLog(ChangeLog(History(object: Sample.key, kind: "GlobalNetworkPolicy", revisions: older))))
    #expect(stage.focusedRow.contains("20 Nov 16:04:02"))
    #expect(stage.session.leftSide == Sample.side(15))
  }

  @Test func `a growing store is asked again once, after the answer`() {
    var stage = stage()
    let asked = stage.effects.count
    stage.session.storeVersion = 2
    stage.resize(80, 24)
    stage.session.storeVersion = 3
    stage.resize(80, 24)
    #expect(stage.effects.count == asked + 1)
    stage.receive(.changeLog(Sample.log))
    #expect(stage.effects.count == asked + 2)
    stage.receive(.changeLog(Sample.log))
    #expect(stage.effects.count == asked + 2)
  }

  @Test func `an answer that another screen asked for is taken and asks for nothing`() {
    var stage = stage()
    let asked = stage.effects.count
    stage.session.storeVersion = 2
    stage.receive(.changeLog(Sample.log))
    #expect(stage.effects.count == asked)
    stage.resize(80, 24)
    #expect(stage.effects.count == asked + 1)
  }

  @Test func `a long manifest is not compared in passing, only when asked for`() {
    let nets = (0..<6_000).map { "\"10.\($0 / 250).\($0 % 250).0/24\"" }.joined(separator: ",")
    let history = History(
      object: Sample.key, kind: "GlobalNetworkSet",
      revisions: [
        Sample.revision(1, lifetime: 1, .create, .full, Sample.manifest("\"nets\":[\(nets)]", generation: 1), nil),
        Sample.revision(
          2, lifetime: 1, .update, .full, Sample.manifest("\"nets\":[\(nets),\"10.0.0.1/32\"]", generation: 2), nil),
      ])
    let log = Answer.changeLog(ChangeLog(history))
    var stage = Stage(ChangeLogPane(Sample.key), Sample.session(160, 40), log)
    #expect(stage.text.contains("The manifest is long"))
    stage.press("z")
    #expect(stage.text.contains("10.0.0.1/32"))
  }

  @Test func `search finds rows and counts them`() {
    var stage = stage()
    Sample.log.changes.compare(Sample.log.history.revisions.indices)
    stage.search("alice")
    #expect(stage.session.notice == "2/3 alice")
    stage.search("nobody")
    #expect(stage.session.notice == "not found: nobody")
  }

  @Test(arguments: 0..<20)
  func `any keys keep the change log whole`(seed: Int) {
    var random = Seeded(seed: UInt64(seed))
    var stage = stage()
    let keys = Key.sequence("jkgGb {}zZvVdD()[]MswTy<Tab><Enter><Esc><C-d><C-u>")
    for step in 0..<40 {
      stage.press(keys.randomElement(using: &random).map(Key.text) ?? "j")
      if random.next() % 9 == 0 { stage.resize(Int(60 + random.next() % 180), Int(16 + random.next() % 50)) }
      if random.next() % 11 == 0 { stage.receive(.changeLog(Sample.log)) }
      if step % 8 == 0 { #expect(stage.isWhole) }
      #expect(stage.pane.cursor.index < max(1, stage.pane.rows.count))
    }
  }
}
