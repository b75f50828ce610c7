import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TerminalScreen
import Testing

@testable import TimelineUI

private let detail = Sample.detail(
  request: Sample.json(#"{"spec":{"order":700}}"#), response: Sample.manifest(Sample.after, generation: 2))

private func stage(
  _ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false, _ detail: ActDetail = detail
) -> Stage<EventPane> {
  let session = Sample.session(columns, rows, ascii: ascii)
  return Stage(EventPane(detail.act.id), session, .detail(detail), .changeLog(Sample.log))
}

@Suite struct EventScreens {
  @Test(arguments: [(80, 24), (120, 40), (200, 60)], [false, true])
  func `the event fits each size`(size: (Int, Int), ascii: Bool) throws {
    let stage = stage(size.0, size.1, ascii: ascii)
    #expect(stage.isWhole)
    try expectScreen(stage.screen, "event-\(size.0)x\(size.1)\(ascii ? "-ascii" : "")")
  }

  @Test func `J shows the records as logged`() throws {
    var stage = stage()
    stage.press("J")
    try expectScreen(stage.screen, "event-80x24-raw")
  }

  @Test func `the event waits and fails in words`() throws {
    var waiting = Stage(EventPane(Sample.update), Sample.session())
    #expect(waiting.effects == [.ask(.detail(Sample.update))])
    try expectScreen(waiting.screen, "event-80x24-reading")
    waiting.receive(.failed(.detail(Sample.update), reason: "audit.log cannot be read any more"))
    try expectScreen(waiting.screen, "event-80x24-failed")
  }

  @Test func `an act without bodies says so`() throws {
    var act = detail.act
    act.level = .metadata
    try expectScreen(stage(80, 40, Sample.detail(act, response: nil)).screen, "event-80x40-metadata")
  }
}

/// One change of a Calico object as three servers logged it: Calico's API server, kube-apiserver that passed it on, and
/// kube-apiserver again for the write to Calico's storage.
@Suite struct EventOfThreeRecords {
  private static let storedName = "default.environment-isolation"
  private static let detail: ActDetail = {
    var detail = Sample.detail(
      request: Sample.json(#"{"spec":{"order":700}}"#), response: Sample.manifest(Sample.after, generation: 2))
    detail.act.aliases = [
      ObjectKey(
        group: CalicoAccounts.storageGroup, resource: "globalnetworkpolicies", namespace: nil, name: storedName)
    ]
    detail.stored = Sample.json(#"{"kind":"GlobalNetworkPolicy","spec":{"order":700}}"#)
    detail.records = [
      record("calico.log", 7, "projectcalico.org", "RequestResponse"),
      record("kube.log", 48_211, "projectcalico.org", "Metadata"),
      record("kube.log", 48_210, CalicoAccounts.storageGroup, "RequestResponse", isStorageWrite: true),
    ]
    return detail
  }()

  private static func record(
    _ file: String, _ line: Int, _ group: String, _ level: String, isStorageWrite: Bool = false
  ) -> RawRecord {
    let text =
      #"{"kind":"Event","level":"\#(level)","verb":"update","objectRef":{"apiGroup":"\#(group)","name":"\#(storedName)"}}"#
    return RawRecord(
      stage: .responseComplete,
      source: SourcePosition(file: file, line: line, offset: Int64(line) * 900, length: text.utf8.count),
      bytes: Array(text.utf8), isStorageWrite: isStorageWrite)
  }

  @Test func `the event says that what Calico stored was logged too`() throws {
    try expectScreen(stage(80, 24, Self.detail).screen, "event-80x24-three-records")
  }

  @Test func `J shows all three records, and } leads from one to the next`() throws {
    var stage = stage(80, 24, Self.detail)
    stage.press("J")
    try expectScreen(stage.screen, "event-80x24-three-records-raw")
    #expect(stage.focusedRow.contains("1 of 3: ResponseComplete"))
    stage.press("}")
    #expect(stage.focusedRow.contains("2 of 3: ResponseComplete"))
    stage.press("}")
    #expect(stage.focusedRow.contains("3 of 3: ResponseComplete, the write to Calico's storage"))
    stage.press("j")
    #expect(stage.focusedRow.contains("kube.log line 48,210"))
    stage.press("jy")
    #expect(stage.effects.last == .copy(String(decoding: Self.detail.records[2].bytes, as: UTF8.self)))
  }
}

@Suite struct EventKeys {
  @Test func `the change log of its object is asked for once the event is there`() {
    #expect(stage().effects == [.ask(.detail(Sample.update)), .ask(.changeLog(Sample.key))])
  }

  @Test func `what changed is listed field by field`() {
    let text = stage(120, 40).text
    #expect(text.contains("change (r6 of 6 versions, against r5)"))
    #expect(text.contains("spec.order                       100 -> 700"))
    #expect(text.contains("+ spec.doNotTrack"))
  }

  @Test func `a long result is read whole from 100 columns on`() {
    var act = detail.act
    act.reason = "RBAC: allowed by " + Array(repeating: "a role", count: 30).joined(separator: ", ") + ", and-the-last"
    #expect(stage(120, 40, Sample.detail(act, response: nil)).text.contains("and-the-last"))
    var narrow = stage(80, 40, Sample.detail(act, response: nil))
    #expect(!narrow.text.contains("and-the-last"))
    narrow.press("w")
    #expect(narrow.text.contains("and-the-last"))
    // What has no end is cut: it would push everything else off the screen.
    act.reason = String(repeating: "x ", count: 5_000) + "and-the-last"
    #expect(!stage(120, 40, Sample.detail(act, response: nil)).text.contains("and-the-last"))
  }

  @Test func `truncated bodies are told`() {
    var act = detail.act
    act.truncated = true
    let text = stage(80, 40, Sample.detail(act, response: nil)).text
    #expect(text.contains("T content not logged (truncated)"))
    #expect(text.contains("The body is not there: content not logged (truncated)."))
  }

  @Test func `Enter folds a section and a field`() {
    var stage = stage(80, 60)
    stage.press("}")
    #expect(stage.focusedRow.contains("change"))
    stage.press("<Enter>")
    #expect(stage.text.contains("lines folded)"))
    #expect(!stage.text.contains("100 -> 700"))
    stage.press("<Enter>")
    #expect(stage.text.contains("100 -> 700"))
    stage.search("metadata:")
    stage.press("<Enter>")
    #expect(stage.focusedRow.contains("metadata: (1 line)"))
    #expect(!stage.text.contains("    name: default.environment-isolation"))
  }

  @Test func `a search finds what is folded away`() {
    var stage = stage(80, 60)
    stage.press("}<Enter>")
    stage.search("100 -> 700")
    #expect(stage.session.notice == "1/1 100 -> 700")
    #expect(stage.focusedRow.contains("change"))
  }

  @Test func `an old and a new value that do not fit beside each other stand below each other`() {
    let values = ["old", "new"].map { "app in {'\($0)', 'cart'} && has(env) && zone == 'dmz'" }
    let manifests = values.enumerated().map { Sample.manifest("\"selector\":\"\($1)\"", generation: $0 + 1) }
    let act = Sample.act(11, "2026-11-20T16:11:49.204113Z", "update", by: "alice@example.com")
    let log = ChangeLog(
      History(
        object: Sample.key, kind: "GlobalNetworkPolicy",
        revisions: [
          Sample.revision(1, lifetime: 1, .create, .full, manifests[0], nil),
          Sample.revision(2, lifetime: 1, .update, .full, manifests[1], act),
        ]))
    let stage = Stage(
      EventPane(Sample.update), Sample.session(80, 60), .detail(Sample.detail(response: manifests[1])), .changeLog(log))
    let row = stage.rows.firstIndex { $0.hasPrefix("   spec.selector") } ?? 0
    #expect(stage.rows[row + 1].hasPrefix(" -   " + values[0]))
    #expect(stage.rows[row + 2].hasPrefix(" +   " + values[1]))
  }

  @Test func `Tab switches between the bodies`() {
    var stage = stage(80, 60)
    #expect(stage.text.contains("body (response)"))
    stage.press("<Tab>")
    #expect(stage.text.contains("body (request)"))
    #expect(!stage.text.contains("doNotTrack: false"))
  }

  @Test func `machine fields are hidden and counted`() {
    var stage = stage(80, 60)
    #expect(stage.text.contains("machine fields hidden: 5 (M)"))
    #expect(!stage.text.contains("uid: "))
    stage.press("M")
    #expect(stage.text.contains("uid: "))
  }

  @Test func `d opens the diff of the act and c the change log`() {
    var stage = stage()
    stage.press("d")
    #expect(stage.effects.last == .open(.actDiff(Sample.key, Sample.update)))
    stage.press("c")
    #expect(stage.effects.last == .open(.changes(Sample.key)))
  }

  @Test func `o shows the act before on the same object`() {
    var stage = stage()
    stage.press("o")
    guard case .ask(.find(let request))? = stage.effects.last else {
      Issue.record("nothing was looked for")
      return
    }
    #expect(request.forward)
    #expect(request.target == .sameObject(Sample.key))
    let older = Sample.history.revisions[9].act
    stage.receive(.find(FindAnswer(request: request, found: older, rank: 2, count: 6)))
    #expect(stage.effects.last == .ask(.detail(ActID(segment: 1, row: 10))))
    if let older { stage.receive(.detail(Sample.detail(older, response: nil))) }
    #expect(stage.text.contains("created by alice@example.com"))
    // A late answer to the first search finds another event in front.
    stage.receive(.find(FindAnswer(request: request, found: nil)))
    #expect(stage.session.notice == nil)
  }

  @Test func `y copies the value of the line`() {
    var stage = stage()
    stage.press("y")
    #expect(stage.effects.last == .copy("2026-11-20T16:11:49.204113Z"))
    stage.search("selector: env")
    stage.press("y")
    #expect(stage.effects.last == .copy(#"env == "prod""#))
  }

  @Test func `hostile text stays text`() {
    var act = detail.act
    act.agent = "\u{1b}]52;c;AAAA\u{7}\u{1b}[2J\u{202e}"
    let text = stage(200, 60, Sample.detail(act, response: nil)).text
    #expect(text.contains(#"\u{1b}]52;c;AAAA\u{7}\u{1b}[2J\u{202e}"#))
    #expect(!text.unicodeScalars.contains { $0.value < 0x20 && $0 != "\n" })
  }

  @Test(arguments: 0..<20)
  func `any keys keep the event whole`(seed: Int) {
    var random = Seeded(seed: UInt64(seed))
    var stage = stage()
    let keys = Key.sequence("jkgGb {}JMwyoO[]cd<Tab><Enter><Esc><C-d><C-u>")
    for step in 0..<40 {
      stage.press(keys.randomElement(using: &random).map(Key.text) ?? "j")
      if random.next() % 9 == 0 { stage.resize(Int(60 + random.next() % 180), Int(16 + random.next() % 50)) }
      if random.next() % 11 == 0 { stage.receive(.changeLog(Sample.log)) }
      if step % 8 == 0 { #expect(stage.isWhole) }
      #expect(stage.pane.cursor.index < max(1, stage.pane.lines.count))
    }
  }
}
