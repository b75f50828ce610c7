import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TerminalScreen
import Testing

@testable import TimelineUI

private func stage(
  _ left: Int? = 5, _ right: Int? = 6, _ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false
) -> Stage<DiffPane> {
  let pane = DiffPane(Sample.side(left), Sample.side(right))
  return Stage(pane, Sample.session(columns, rows, ascii: ascii), .changeLog(Sample.log))
}

@Suite struct DiffScreens {
  @Test(arguments: [(80, 24), (120, 40), (200, 60)], [false, true])
  func `the diff fits each size`(size: (Int, Int), ascii: Bool) throws {
    let stage = stage(5, 6, size.0, size.1, ascii: ascii)
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "diff-\(size.0)x\(size.1)\(ascii ? "-ascii" : "")")
  }

  @Test func `s shows both sides in 80 columns, and w wraps them`() throws {
    var stage = stage()
    stage.press("s")
    try expectScreen(stage.screen, "diff-80x24-split")
    stage.press("w")
    try expectScreen(stage.screen, "diff-80x24-split-wrapped")
  }

  @Test func `the diff waits, fails, and has nothing to show in words`() throws {
    var waiting = Stage(DiffPane(Sample.side(5), Sample.side(6)), Sample.session())
    #expect(waiting.effects == [.ask(.changeLog(Sample.key))])
    try expectScreen(waiting.screen, "diff-80x24-reading")
    waiting.receive(.failed(.changeLog(Sample.key), reason: "the store is locked"))
    try expectScreen(waiting.screen, "diff-80x24-failed")
    try expectScreen(stage(5, 5).screen, "diff-80x24-equal")
  }
}

@Suite struct DiffKeys {
  @Test func `a side that was not logged is told, not compared`() {
    #expect(stage(2, 3).text.contains("r3 of default.environment-isolation: content not logged (truncated)."))
    #expect(stage(2, 3).pane.text == nil)
    #expect(stage(2, 4).text.contains("not logged between: r3"))
  }

  @Test func `a created object has nothing at the left, a deleted one at the right`() {
    #expect(stage(nil, 5).text.contains("- (nothing: created here)"))
    #expect(stage(4, nil).text.contains("+ (nothing: deleted 2026-11-18 09:20:11Z by sa:ci/deployer)"))
  }

  @Test func `s keeps the line at the cursor on its screen row`() {
    for steps in 0..<40 {
      var stage = stage()
      for _ in 0..<steps { stage.press("j") }
      let line = stage.pane.text?.line(at: stage.pane.cursor.index)
      let row = stage.pane.cursor.index - stage.pane.cursor.top
      let rows = stage.pane.text?.rows.count ?? 0
      // At the ends there is nothing to scroll to.
      guard row < stage.pane.cursor.index, rows - stage.pane.cursor.top > stage.pane.rowHeight(stage.session) else {
        continue
      }
      stage.press("s")
      #expect(stage.pane.text?.line(at: stage.pane.cursor.index) == line)
      let moved = stage.pane.cursor.index - stage.pane.cursor.top
      #expect(moved == row || stage.pane.cursor.top == 0 || moved > row)
    }
  }

  @Test func `wrapped rows stay level and show every character`() {
    var wide = stage(5, 6, 80, 60)
    wide.press("sw")
    let rows = wide.rows
    let start = rows.firstIndex { $0.contains("selector: fw-zone ==") && $0.contains("<") } ?? 0
    #expect(rows[start + 1].contains("\\"))
    #expect(rows[start + 1].contains("<"))
    let left = rows[start...].prefix(4).map { String($0.prefix(38)) }.joined()
    #expect(left.contains("\"metrics\""))
  }

  @Test func `n goes through hunks and round, a search takes it over until Esc`() {
    var stage = stage()
    let first = stage.pane.cursor.index
    stage.press("n")
    #expect(stage.pane.cursor.index > first)
    stage.press("N")
    #expect(stage.pane.cursor.index == first)
    stage.search("types")
    #expect(stage.focusedRow.contains("types:"))
    #expect(stage.session.notice?.hasPrefix("1/1 types") == true)
    stage.press("<Esc>g")
    stage.press("n")
    #expect(stage.pane.cursor.index == first)
  }

  @Test func `Enter shows the equal lines of a fold`() {
    var stage = stage()
    stage.press("g")
    #expect(stage.focusedRow.contains("... 3 equal lines"))
    stage.press("<Enter>")
    #expect(stage.focusedRow.contains("apiVersion"))
    #expect(!stage.text.contains("... 3 equal lines"))
  }

  @Test func `a search finds what is folded away`() {
    var stage = stage()
    stage.search("apiversion")
    #expect(stage.session.notice?.hasPrefix("1/1 apiversion") == true)
    #expect(stage.focusedRow.contains("... 3 equal lines"))
    stage.press("<Enter>n")
    #expect(stage.focusedRow.contains("apiVersion"))
  }

  @Test func `M keeps the field at the cursor`() {
    var stage = stage()
    stage.search("types")
    stage.press("<Esc>M")
    #expect(stage.focusedRow.contains("types:"))
    stage.press("M")
    #expect(stage.focusedRow.contains("types:"))
  }

  @Test func `lines shift as far as the longest one and no further`() {
    var stage = stage()
    for _ in 0..<200 { stage.press("l") }
    #expect(stage.pane.shift == stage.pane.text?.hiddenColumns)
    #expect(stage.pane.shift > 0)
    #expect(stage.text.contains("\(stage.pane.shift) columns to the left"))
  }

  @Test func `a version of which nothing was logged is held against the one before it`() {
    let log = ChangeLog(
      History(
        object: Sample.key, kind: "GlobalNetworkPolicy",
        revisions: [
          Sample.revision(1, lifetime: 1, .create, .metadata, nil, nil),
          Sample.revision(2, lifetime: 1, .update, .metadata, nil, nil),
          Sample.revision(3, lifetime: 1, .update, .full, Sample.manifest(Sample.after, generation: 3), nil),
        ]))
    #expect(log.sides(of: 0)?.left == Sample.side(nil))
    #expect(log.sides(of: 1)?.left == Sample.side(1))
    #expect(log.sides(of: 2)?.left == Sample.side(nil), "what is known can be read as a whole")
  }

  @Test func `older and newer shift both sides, and stop at the ends`() {
    var stage = stage()
    stage.press("[")
    #expect(stage.pane.subject(stage.session).hasPrefix("nothing -> r5"))
    stage.press("[")
    #expect(stage.pane.subject(stage.session).hasPrefix("r2 -> r4"))
    stage.press("[[[[")
    #expect(stage.pane.subject(stage.session).hasPrefix("nothing -> r1"))
    #expect(stage.session.notice == "no older version")
    stage.press("]]]]]]")
    #expect(stage.pane.subject(stage.session).hasPrefix("r5 -> r6"))
    #expect(stage.session.notice == "no newer version")
  }

  @Test func `machine fields are hidden, counted and one key away`() {
    var stage = stage()
    #expect(stage.text.contains("machine fields hidden: 3 (M)"))
    #expect(!stage.text.contains("resourceVersion"))
    stage.press("M")
    stage.press("g")
    #expect(stage.text.contains("resourceVersion"))
    #expect(stage.text.contains("machine fields shown (M)"))
  }

  @Test func `a move is told as a move`() {
    let left = Sample.manifest(#""ingress":[{"action":"Deny"},{"action":"Allow"},{"action":"Log"}]"#, generation: 1)
    let right = Sample.manifest(#""ingress":[{"action":"Allow"},{"action":"Log"},{"action":"Deny"}]"#, generation: 2)
    let log = ChangeLog(
      History(
        object: Sample.key, kind: "GlobalNetworkPolicy",
        revisions: [
          Sample.revision(1, lifetime: 1, .create, .full, left, nil),
          Sample.revision(2, lifetime: 1, .update, .full, right, nil),
        ]))
    let stage = Stage(DiffPane(Sample.side(1), Sample.side(2)), Sample.session(), .changeLog(log))
    #expect(stage.text.contains("# moved to spec.ingress[2]"))
    #expect(stage.text.contains("# moved from spec.ingress[0]"))
  }

  @Test func `the act of the Timeline finds its sides`() {
    let update = Stage(DiffPane(object: Sample.key, act: Sample.update), Sample.session(), .changeLog(Sample.log))
    #expect(update.pane.subject(update.session).hasPrefix("r5 -> r6"))
    let noop = Stage(
      DiffPane(object: Sample.key, act: ActID(segment: 1, row: 3)), Sample.session(), .changeLog(Sample.log))
    #expect(noop.text.contains("This act made no version of default.environment-isolation: no-op."))
  }

  @Test func `two objects are asked for one after the other`() {
    let other = ObjectKey(group: "projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "other")
    var stage = Stage(DiffPane(DiffSide(object: other, revision: 1), Sample.side(6)), Sample.session())
    #expect(stage.effects == [.ask(.changeLog(other))])
    let revision = Revision(
      object: other, kind: "GlobalNetworkPolicy", number: 1, time: Sample.time("2026-01-01T00:00:00Z"),
      operation: .create,
      fidelity: .full, manifest: Sample.manifest(Sample.first, generation: 1))
    stage.receive(.changeLog(ChangeLog(History(object: other, kind: "GlobalNetworkPolicy", revisions: [revision]))))
    #expect(stage.effects.last == .ask(.changeLog(Sample.key)))
    stage.receive(.changeLog(Sample.log))
    #expect(stage.text.contains("- other r1 2026-01-01"))
    #expect(stage.pane.text != nil)
  }

  @Test func `versions keep their acts when older ones are read`() {
    var stage = stage()
    let older = Sample.history.revisions.map { revision in
      var revision = revision
      revision.number = revision.number.map { $0 + 10 }
      return revision
    }
    stage.receive(.changeLog(ChangeLog(History(object: Sample.key, kind: "GlobalNetworkPolicy", revisions: older))))
    #expect(stage.pane.subject(stage.session).hasPrefix("r15 -> r16"))
  }

  @Test func `the list of versions chooses sides in wide terminals`() {
    var stage = stage(5, 6, 200, 60)
    stage.press("<Tab>jj<Enter>")
    #expect(stage.pane.subject(stage.session).hasPrefix("r2 -> r4"))
    stage.press("k)")
    #expect(stage.session.rightSide == Sample.side(5))
    #expect(stage.pane.subject(stage.session).hasPrefix("r2 -> r5"))
  }

  @Test(arguments: 0..<20)
  func `any keys keep the diff whole`(seed: Int) {
    var random = Seeded(seed: UInt64(seed))
    var stage = stage(5, 6, 80, 24)
    let keys = "jkgGb hl{}nNswM[]()DcyzZ<Tab><Enter><Esc><C-d><C-u>"
    for step in 0..<40 {
      stage.press(Key.sequence(keys).randomElement(using: &random).map(Key.text) ?? "j")
      if random.next() % 9 == 0 { stage.resize(Int(60 + random.next() % 180), Int(16 + random.next() % 50)) }
      if random.next() % 11 == 0 { stage.receive(.changeLog(Sample.log)) }
      if step % 8 == 0 { #expect(stage.isWhole) }
      let count = stage.pane.text?.rows.count ?? 0
      #expect(stage.pane.cursor.index < max(1, count))
    }
  }
}
