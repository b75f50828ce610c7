import AuditModel
import ManifestDiff
import ObjectHistory
import TerminalScreen
import Testing

@testable import TimelineUI

private func stage(_ log: ChangeLog = Sample.found, _ columns: Int = 80, _ rows: Int = 24) -> Stage<ChangeLogPane> {
  Stage(ChangeLogPane(Sample.key), Sample.session(columns, rows), .changeLog(log))
}

private func diff(
  _ left: Int?, _ right: Int?, _ log: ChangeLog = Sample.found, _ columns: Int = 80, _ rows: Int = 24
) -> Stage<DiffPane> {
  Stage(DiffPane(Sample.side(left), Sample.side(right)), Sample.session(columns, rows), .changeLog(log))
}

private func log(_ revisions: [Revision], _ findings: [Finding]) -> ChangeLog {
  ChangeLog(History(object: Sample.key, kind: "GlobalNetworkPolicy", revisions: revisions, findings: findings))
}

@Suite struct FindingScreens {
  @Test(arguments: [(80, 24), (120, 40), (200, 60)])
  func `findings stand between versions at each size`(size: (Int, Int)) throws {
    var stage = stage(Sample.found, size.0, size.1)
    stage.press("j")
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "changes-\(size.0)x\(size.1)-findings")
  }

  @Test func `z shows what changed around a finding`() throws {
    var stage = stage()
    stage.press("jz")
    try expectScreen(stage.screen, "changes-80x24-finding-expanded")
  }

  @Test(arguments: [(80, 24), (200, 60)])
  func `the diff tells of a finding between its sides`(size: (Int, Int)) throws {
    let stage = diff(2, 4, Sample.found, size.0, size.1)
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "diff-\(size.0)x\(size.1)-findings")
  }
}

@Suite struct FindingsInTheChangeLog {
  @Test func `a finding says when, what, and what shows it`() {
    let text = stage().text
    #expect(text.contains("!!     between 02 Nov 14:10 and 12 Nov 08:00: changed outside this trail"))
    #expect(text.contains("generation 3 -> 5; spec.selector differs"))
    #expect(text.contains("!!     20 Nov 16:11: written past the Calico API server by alice@example.com"))
    #expect(text.contains("6 effective, 1 change outside the trail, 2 other !!"))
    #expect(
      stage(Sample.found, 120, 40).text.contains(
        "1 change outside the trail, 1 write past the API server, 1 auditID used again"))
  }

  @Test func `a finding is never folded and splits what is`() {
    let rows = stage().rows
    let finding = rows.firstIndex { $0.contains("an auditID that another request has too") } ?? 0
    #expect(rows[finding - 1].contains("... 1 dry-run, 1 conflict folded (v)"))
    #expect(rows[finding + 2].contains("... 2 no-op folded (v)"))
  }

  @Test func `a focused finding keeps its mark, and all that shows it stands below`() {
    var stage = stage()
    stage.press("j")
    #expect(stage.focusedRow.hasPrefix(" >!!     20 Nov 16:11: written past"))
    #expect(stage.rows[19].contains("update of crd.projectcalico.org by alice@example.com"))
    #expect(stage.rows[20].contains("past the projectcalico.org API"))
    stage.press("j")
    // The second line of a finding is no row of its own.
    #expect(stage.focusedRow.contains("20 Nov 16:04:02"))
  }

  @Test func `d and Enter on a finding lead to both sides and to the act that shows it`() {
    var stage = stage()
    stage.press("jd")
    #expect(stage.effects.last == .open(.diff(Sample.side(5), Sample.side(6))))
    stage.press("<Enter>")
    #expect(stage.effects.last == .open(.event(Sample.update)))
    #expect(stage.pane.focusedAct(stage.session)?.id == Sample.update)
    stage.press("(")
    #expect(stage.session.notice == "this row is no version")
  }

  @Test func `z on a finding without two known sides says which one is missing`() {
    var stage = stage()
    stage.press("jjjjj")
    #expect(stage.focusedRow.contains("changed outside this trail"))
    stage.press("z")
    #expect(stage.text.contains("r3: content not logged (truncated)"))
  }

  @Test func `a finding after the last version is shown, and one at the end of the list is seen whole`() {
    let revisions = [Sample.history.revisions[0], Sample.history.revisions[1]]
    let ends = [0, 2].map {
      Finding(kind: .outside, object: Sample.key, position: $0, evidence: ["proof at \($0)"])
    }
    var stage = stage(log(revisions, ends), 80, 18)
    stage.press("G")
    #expect(stage.focusedRow.contains("changed outside this trail"))
    #expect(stage.text.contains("proof at 0"))
    stage.press("d")
    #expect(stage.session.notice == "no version to compare: there are not two versions around it to compare")
    stage.press("<Enter>g")
    #expect(stage.focusedRow.contains("changed outside this trail"))
    #expect(stage.text.contains("proof at 2"))
    stage.press("<Enter>oc(zZ")
    #expect(stage.isWhole)
  }

  @Test func `evidence too long for the strip opens in place`() {
    let paths = (0..<40).map { "spec.ingress[\($0)]" }
    let finding = Finding(
      kind: .outside, object: Sample.key, after: 1, before: 2, position: 1, paths: paths,
      evidence: ["generation 1 -> 3"])
    var stage = stage(log(Array(Sample.history.revisions.prefix(2)), [finding]), 80, 40)
    stage.press("j")
    #expect(stage.text.contains("lines more (z)"))
    #expect(!stage.text.contains("spec.ingress[39] differ"))
    stage.press("z")
    #expect(stage.text.contains("spec.ingress[39]"))
    #expect(stage.text.contains("order: {100}"))
  }

  @Test func `the focus stays on a finding when the history grows`() {
    var stage = stage()
    stage.press("jjjjj")
    stage.receive(.changeLog(Sample.found))
    #expect(stage.focusedRow.contains("changed outside this trail"))
  }

  @Test func `state from before the log is a row with its source and no author`() {
    var stage = stage()
    stage.press("G")
    #expect(stage.focusedRow.contains("-       state before the first line, taken from"))
    #expect(stage.focusedRow.hasSuffix("M"))
    #expect(stage.rows[19].hasSuffix("taken from creationTimestamp"))
    #expect(stage.rows[20].contains("managedFields: Apply by kubectl"))
    stage.press("<Enter>")
    #expect(stage.session.notice == "no event: this state is from before the log")
    stage.press("d")
    #expect(stage.session.notice == "no version to compare: state before the first line")
    #expect(stage.pane.focusedAct(stage.session) == nil)
    stage.press("zoc)[]{}")
    #expect(stage.isWhole)
  }

  @Test func `state from before the log shows its content where that is known`() {
    var first = Sample.history.revisions[0]
    first.number = nil
    var stage = stage(log([first, Sample.history.revisions[1]], []))
    stage.press("Gz")
    #expect(stage.text.contains("order: 500"))
  }

  @Test(arguments: 0..<20)
  func `any keys keep a change log with findings whole`(seed: Int) {
    var random = Seeded(seed: UInt64(seed))
    var stage = stage()
    let keys = Key.sequence("jkgGb {}zZvVdD()[]MswTy<Tab><Enter><Esc><C-d><C-u>")
    for step in 0..<40 {
      stage.press(keys.randomElement(using: &random).map(Key.text) ?? "j")
      if random.next() % 9 == 0 { stage.resize(Int(60 + random.next() % 180), Int(16 + random.next() % 50)) }
      if random.next() % 11 == 0 { stage.receive(.changeLog(random.next() % 2 == 0 ? Sample.found : Sample.log)) }
      if step % 8 == 0 { #expect(stage.isWhole) }
      #expect(stage.pane.cursor.index < max(1, stage.pane.rows.count))
    }
  }
}

@Suite struct FindingsInTheDiff {
  @Test func `a finding between the sides stands in the header, whichever side is older`() {
    let words = "!! changed outside this trail in between: generation 3 -> 5; spec.selector differs"
    #expect(diff(2, 4).text.contains(words.prefix(72)))
    #expect(diff(4, 2).text.contains(words.prefix(72)))
    #expect(!diff(1, 2, Sample.log).text.contains("!!"))
    #expect(diff(5, 6).text.contains("!! written past the Calico API server in between: update of crd"))
    #expect(!diff(5, 6).text.contains("outside this trail"))
  }

  @Test func `a side that is nothing stands next to the other`() {
    let created = Finding(kind: .outside, object: Sample.key, position: 9, evidence: ["uid a -> b"])
    let found = log(Sample.history.revisions, [created])
    #expect(diff(nil, 5, found).text.contains("in between: uid a -> b"))
    #expect(!diff(4, nil, found).text.contains("!!"))
    let deleted = Finding(kind: .outside, object: Sample.key, position: 8, evidence: ["generation 4 -> 6"])
    #expect(diff(4, nil, log(Sample.history.revisions, [deleted])).text.contains("in between: generation 4 -> 6"))
  }

  @Test func `a side that is not fully known says what that means`() {
    #expect(diff(2, 4).text.contains("R: r4 is rebuilt from requests; what the server filled in may be missing"))
    #expect(diff(2, 3).text.contains("T: the log cut the body of r3 away: who and when are known, what is not"))
    #expect(diff(1, 2, Sample.log).text.contains("R: r1 is what the log tells of the time before its first line"))
    #expect(!diff(5, 6).text.contains("R: "))
    var revisions = Sample.history.revisions
    revisions[6].fidelity = .metadata
    #expect(diff(2, 3, log(revisions, [])).text.contains("M: only metadata of r3 was logged"))
  }

  @Test func `the list of versions marks where a finding stands and steps over it`() {
    let finding = Finding(kind: .outside, object: Sample.key, position: 0, evidence: ["uid a -> b"])
    var stage = diff(5, 6, log(Sample.history.revisions, [finding]), 200, 60)
    #expect(stage.text.contains("!! outside the trail"))
    stage.press("<Tab>G<Enter>")
    #expect(stage.pane.subject(stage.session).hasPrefix("nothing -> r1"))
  }
}
