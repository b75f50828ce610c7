import AuditModel
import EventQueries
import TerminalScreen
import Testing
import TrailCheck

@testable import TimelineUI

/// A folder of files of every sort, and what the pane is told of them.
private enum Folder {
  static func at(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }

  static let rows: [SourceRow] = {
    var prod = SourceRow(id: 1, path: "logs/prod/audit-2026-11-20T16-04-30.468.log.gz", compression: "gzip")
    prod.bytesRead = 149_204_118
    prod.bytesTotal = 149_204_118
    prod.isComplete = true
    prod.timeSpan = at("2026-11-20T09:00:00Z")...at("2026-11-20T16:04:30Z")
    prod.actCount = 182_041
    prod.data = [.audit: 182_041]
    prod.levels = [.metadata: 1200, .requestResponse: 180_841]
    prod.stages = [.requestReceived: 182_041, .responseComplete: 182_000]
    prod.truncatedCount = 3
    prod.clusters = ["prod"]
    prod.fingerprint = [0x5e, 0x1f, 0x00, 0xc2, 0xaa]
    prod.fileState = .same
    var live = SourceRow(id: 2, path: "logs/prod/audit.log")
    live.bytesRead = 61_000_000
    live.bytesTotal = 148_000_000
    live.timeSpan = at("2026-11-20T16:04:31Z")...at("2026-11-22T16:59:59Z")
    live.actCount = 61_204
    live.data = [.audit: 61_204]
    live.levels = [.requestResponse: 61_204]
    live.stages = [.requestReceived: 61_000, .responseComplete: 61_204]
    live.malformedCount = 2
    live.firstProblemLine = 812
    live.clusters = ["prod"]
    live.fileState = .grown
    var flows = SourceRow(id: 3, path: "logs/dev/flows-and-dns-of-a-long-name-\u{1b}[2J.log")
    flows.bytesRead = 4096
    flows.bytesTotal = 4096
    flows.isComplete = true
    flows.timeSpan = at("2026-11-20T15:00:00Z")...at("2026-11-20T16:00:00Z")
    flows.actCount = 93
    flows.data = [.flow: 52, .dns: 41]
    flows.foreignCount = 4
    flows.firstProblemLine = 1
    flows.clusters = ["dev"]
    flows.fileState = .changed
    var pipe = SourceRow(id: 4, path: "-")
    pipe.bytesRead = 812
    pipe.fileState = .pipe
    return [prod, live, flows, pipe]
  }()

  static func page(_ rows: [SourceRow] = rows, first: Int = 0, total: Int? = nil) -> Answer {
    .sources(
      SourcesPage(
        request: SourcesRequest(first: first, count: RowWindow<SourceRow>.length), total: total ?? rows.count,
        rows: rows, actCount: 243_338, byteCount: 210_209_026, storeVersion: 1))
  }

  static func progress(_ file: String) -> ReadingProgress {
    ReadingProgress(
      file: file, bytesRead: 61_000_000, bytesTotal: 148_000_000, bytesPerSecond: 61_000_000, actCount: 61_204,
      rejectCount: 2, state: .reading)
  }
}

private func stage(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) -> Stage<SourcesPane> {
  Stage(SourcesPane(), Sample.session(columns, rows, ascii: ascii), Folder.page())
}

@Suite struct SourcesPaneTests {
  @Test func `each source is a line, and what no column has room for stands below`() throws {
    var sources = stage()
    try expectScreen(sources.screen, "sources-80x24")
    sources.press("j")
    sources.session.progress = Folder.progress("logs/prod/audit.log")
    try expectScreen(sources.screen, "sources-reading-one-80x24")
    try expectScreen(stage(80, 24, ascii: true).screen, "sources-80x24-ascii")
    try expectScreen(stage(60, 16).screen, "sources-60x16")
    try expectScreen(stage(120, 40).screen, "sources-120x40")
    var wide = stage(200, 60)
    wide.session.progress = Folder.progress("logs/prod/audit.log")
    wide.session.trail = Trail.report
    try expectScreen(wide.screen, "sources-200x60")
    try expectScreen(stage(200, 60, ascii: true).screen, "sources-200x60-ascii")
  }

  @Test func `before the answer, without sources and after a failure it says so`() throws {
    var sources = Stage(SourcesPane(), Sample.session())
    sources.session.progress = Folder.progress("logs/prod/audit.log")
    try expectScreen(sources.screen, "sources-80x24-reading")
    sources.session.progress = nil
    sources.receive(Folder.page([]))
    try expectScreen(sources.screen, "sources-80x24-empty")
    var failed = Stage(SourcesPane(), Sample.session())
    guard case .ask(let request)? = failed.effects.first else {
      Issue.record("nothing was asked")
      return
    }
    failed.receive(.failed(request, reason: "the disk is gone"))
    try expectScreen(failed.screen, "sources-80x24-failed")
  }

  @Test func `Space leaves the focused source out of all answers, and takes it in again`() throws {
    var sources = stage()
    sources.press("j ")
    #expect(sources.effects.last == .exclude([2]))
    #expect(sources.session.excluded == [2: "logs/prod/audit.log"])
    try expectScreen(sources.screen, "sources-80x24-left-out")
    sources.press("j ")
    #expect(sources.effects.last == .exclude([2, 3]))
    sources.press(" ")
    #expect(sources.effects.last == .exclude([2]))
    sources.press("A")
    #expect(sources.effects.last == .exclude([]))
    #expect(sources.session.excludedWords == nil)
  }

  @Test func `what has nothing in it is a line too`() throws {
    var sources = stage(120, 40)
    sources.session.failures = SourceFailures(
      [("locked.log", "cannot be opened: Permission denied")],
      empty: ["none.log", "bundle.zip", "locked.log", "logs/prod/audit.log", "none.log"],
      known: ["logs/prod/audit.log"])
    #expect(sources.session.failures.rows.map(\.path) == ["locked.log", "none.log", "bundle.zip"])
    #expect(Set(sources.session.failures.rows.map(\.id)).count == 3)
    sources.resize(120, 40)
    #expect(sources.text.contains(/none\.log +empty/))
    #expect(sources.text.contains("1 not read"))
    sources.press("j")
    #expect(sources.text.contains("nothing is in it"))
    sources.press(" ")
    #expect(sources.session.notice == "nothing of it counts, since it is empty")
    sources.press("<Enter>")
    #expect(sources.session.notice == "nothing is in it")
  }

  @Test func `what could not be read stands in front, says why and cannot be left out`() throws {
    var sources = stage()
    sources.session.failures = SourceFailures(
      [
        ("logs/prod/locked.log", "cannot be opened: Permission denied"),
        ("logs/prod/audit.log", "damaged after 9 bytes"),
        ("logs/dev/bundle.tar.gz", "cannot be opened: the archive is damaged"), ("logs/dev/bundle.tar.gz", "and more"),
      ],
      known: ["logs/prod/audit.log"],
      remedies: ["logs/prod/locked.log": "sudo cat logs/prod/locked.log | whodiff -"])
    sources.resize(80, 24)
    try expectScreen(sources.screen, "sources-80x24-unread")
    sources.press(" ")
    #expect(sources.session.notice == "nothing of it counts, since it was not read")
    #expect(sources.session.excluded.isEmpty)
    sources.press("<Enter>")
    #expect(sources.session.notice == "nothing of it was read: cannot be opened: Permission denied")
    sources.press("j")
    #expect(sources.text.contains("not read: cannot be opened: the archive is damaged; and more"))
    sources.press("jj")
    #expect(sources.text.contains("damaged after 9 bytes"))
    sources.press("<Enter>")
    #expect(sources.effects.last == .open(.problems(source: 2)))
    sources.search("locked")
    #expect(sources.focusedRow.contains("locked.log"))
    #expect(sources.text.contains("1/6"))
  }

  @Test func `the heading tells acts that are shown and acts that are left out apart`() {
    var page = Folder.page()
    guard case .sources(var sources) = page else {
      Issue.record("the sample is no list of sources")
      return
    }
    sources.leftOutActCount = 61_204
    page = .sources(sources)
    var stage = Stage(SourcesPane(), Sample.session(), page)
    #expect(stage.text.contains("182,134 acts shown, 61,204 left out"))
    stage.press("j")
    #expect(stage.isWhole)
  }

  @Test func `a window counts the rows that stand in front`() {
    var window = RowWindow<Int>()
    window.leading = [-1, -2]
    window.take(Array(100..<400), first: 100, total: 1000)
    #expect(window.total == 1002)
    #expect([0, 1, 2, 101, 102, 401, 402].map(window.row) == [-1, -2, nil, nil, 100, 399, nil])
    #expect(window.start(top: 0) == 0 && window.start(top: 502) == 400)
    #expect(window.holds(top: 102, height: 300) && !window.holds(top: 101, height: 2))
    #expect(!window.holds(top: 0, height: 3) && window.holds(top: 0, height: 2))
    #expect(window.known.first?.index == 0 && window.known.last?.index == 401)
  }

  @Test func `Enter shows the problems of the focused source`() {
    var sources = stage()
    sources.press("j<Enter>")
    #expect(sources.effects.last == .open(.problems(source: 2)))
  }

  @Test func `of thousands of sources only those around the window are asked for`() {
    var sources = Stage(SourcesPane(), Sample.session(), Folder.page(total: 5000))
    #expect(sources.text.contains("1/5,000"))
    let asked = sources.effects.count
    sources.press("G")
    #expect(sources.isWhole)
    #expect(sources.effects.count == asked + 1)
    guard case .ask(.sources(let request))? = sources.effects.last else {
      Issue.record("the rows at the end were not asked for")
      return
    }
    #expect(request.count == 300)
    #expect(request.first > 4800)
    sources.press("kkkk")
    // They are on their way.
    #expect(sources.effects.count == asked + 1)
    var last = Folder.rows[0]
    last.path = "the-last.log"
    let rows = Array(repeating: last, count: 5000 - request.first)
    sources.receive(Folder.page(rows, first: request.first, total: 5000))
    #expect(sources.text.contains("the-last.log"))
  }

  @Test func `an answer to another request is dropped`() {
    var sources = stage()
    sources.receive(Folder.page([], first: 77, total: 0))
    #expect(sources.text.contains("1/4"))
  }

  @Test func `a search goes through the paths`() {
    var sources = stage()
    sources.search("dev")
    #expect(sources.session.notice == "1/1 dev")
    #expect(sources.focusedRow.contains("-name-"))
  }
}

@Suite struct ProblemsPaneTests {
  private func stage(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) -> Stage<ProblemsPane> {
    let rejects = [
      Reject(line: 812, offset: 61_204_118, length: 9412, reason: "not JSON: a string without an end at byte 40,961"),
      Reject(
        line: 90_412, offset: 61_213_530, length: 90, reason: "a klog line, as Kubernetes programs write to stderr"),
    ]
    return Stage(
      ProblemsPane(of: 2), Sample.session(columns, rows, ascii: ascii),
      .problems(
        ProblemsPage(
          request: ProblemsRequest(source: 2, first: 0, count: 300), source: Folder.rows[1], total: 2, rows: rejects,
          storeVersion: 1)))
  }

  @Test func `each problem has its line, its bytes and its reason`() throws {
    try expectScreen(stage().screen, "problems-80x24")
    try expectScreen(stage(60, 16, ascii: true).screen, "problems-60x16-ascii")
    try expectScreen(stage(200, 60).screen, "problems-200x60")
  }

  @Test func `y copies where it is and why`() {
    var problems = stage()
    problems.press("jy")
    #expect(
      problems.effects.last
        == .copy(
          "logs/prod/audit.log:90412: bytes 61,213,530+90: a klog line, as Kubernetes programs write to stderr"))
  }

  @Test func `a source without problems says so, and one that is gone`() throws {
    var problems = Stage(ProblemsPane(of: 2), Sample.session())
    problems.receive(
      .problems(
        ProblemsPage(
          request: ProblemsRequest(source: 2, first: 0, count: 300), source: Folder.rows[0], total: 0, rows: [],
          storeVersion: 1)))
    #expect(problems.text.contains("Every line of this source is a record."))
  }
}
