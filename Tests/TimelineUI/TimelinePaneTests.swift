import AuditModel
import EventQueries
import TerminalScreen
import Testing
import TrailCheck

@testable import TimelineUI

@Suite struct TimelineScreens {
  @Test(arguments: [(80, 24), (120, 40), (200, 60), (60, 16), (100, 30), (160, 50)])
  func `the timeline fits each size`(columns: Int, rows: Int) throws {
    try expectScreen(Afternoon(columns: columns, rows: rows).screen, "timeline-\(columns)x\(rows)")
  }

  @Test(arguments: [(80, 24), (120, 40), (200, 60)])
  func `the timeline in ASCII holds nothing else`(columns: Int, rows: Int) throws {
    let screen = Afternoon(columns: columns, rows: rows, ascii: true, monochrome: true).screen
    #expect(screen.textRows.allSatisfy { $0.utf8.allSatisfy { (0x20..<0x7F).contains($0) } })
    try expectScreen(screen, "timeline-\(columns)x\(rows)-ascii")
  }

  /// Every third act of each of two clusters, and of none that is named.
  private static let acts = Story.acts.enumerated().map { index, act in
    var act = act
    act.cluster = ["prod-europe-west-1", "dev", nil][index % 3]
    return act
  }

  @Test(arguments: [(60, 16), (80, 24), (120, 40), (200, 60)], [false, true])
  func `rows name their cluster where there are several`(size: (Int, Int), ascii: Bool) throws {
    let user = Afternoon(Self.acts, columns: size.0, rows: size.1, ascii: ascii, monochrome: ascii)
    try expectScreen(user.screen, "timeline-clusters-\(size.0)x\(size.1)\(ascii ? "-ascii" : "")")
  }

  @Test func `what is left out is told, and goes into the command`() throws {
    var user = Afternoon()
    user.press("0 ")
    #expect(user.effects.last == .exclude([1]))
    user.press("1")
    try expectScreen(user.screen, "timeline-left-out-80x24")
    user.press(":copy-command<Enter>")
    #expect(user.effects.last == .copy("whodiff log --level 1 -f '-src_file:audit.log'"))
    user.press("0A1:copy-command<Enter>")
    #expect(user.effects.last == .copy("whodiff log --level 1"))
  }

  @Test func `everything is listed at level 3, each outcome told in text`() throws {
    try expectScreen(Afternoon(rows: 34, level: .everything).screen, "timeline-level-3")
  }

  @Test func `while reading the numbers grow and say so`() throws {
    var user = Afternoon()
    user.send(.progress(.reading))
    try expectScreen(user.screen, "timeline-reading")
  }

  @Test func `before the first answer the file is named`() throws {
    var user = Afternoon(answersAtOnce: false)
    user.send(.progress(.reading))
    try expectScreen(user.screen, "timeline-first-frame")
  }

  @Test func `no acts at all`() throws {
    var user = Afternoon([])
    user.send(
      .progress(
        ReadingProgress(
          file: "notes.txt", bytesRead: 10, bytesTotal: 10, bytesPerSecond: 0, actCount: 0, rejectCount: 3,
          state: .finished)))
    try expectScreen(user.screen, "timeline-no-acts")
  }

  @Test func `where no file could be read the reasons stand in place of rows, and what would help`() throws {
    var user = Afternoon([])
    user.send(
      .failures(
        SourceFailures(
          [("/var/log/audit.log", "cannot be opened: Permission denied (owner root, mode 0600)")],
          remedies: ["/var/log/audit.log": "sudo cat /var/log/audit.log | whodiff -"])))
    try expectScreen(user.screen, "timeline-unread-80x24")
  }

  @Test func `where nothing is a record the screen says what was opened`() throws {
    var failures = SourceFailures([("pictures", "no audit logs in this folder of 1 file")])
    failures.unrecognised = [
      UnrecognisedSource(
        path: "pictures/a.gif", looksLike: "not JSON: text where a record is expected", start: "GIF89a\u{1}\u{1b}[2J",
        refusals: ["kubernetes-audit: kind Event", "calico-flow: source_name and dest_name"])
    ]
    var user = Afternoon([])
    user.send(.failures(failures))
    try expectScreen(user.screen, "timeline-unrecognised-80x24")
  }

  @Test func `a binary file leaves room for what its formats miss, and says where the rest is`() throws {
    let start = "\u{7f}ELF" + String(repeating: "\u{0}", count: 76)
    var failures = SourceFailures()
    failures.unrecognised = [
      UnrecognisedSource(
        path: "/bin/ls", looksLike: "not JSON: text where a record is expected", start: start,
        refusals: (1...15).map { "format-\($0): what makes a record one of it" })
    ]
    var user = Afternoon([])
    user.send(.failures(failures))
    try expectScreen(user.screen, "timeline-binary-80x24")
    user.send(.resize(Size(columns: 200, rows: 60)))
    #expect(user.text.contains("format-15: what makes"))
    #expect(!user.text.contains("more: whodiff formats"))
    user.send(.resize(Size(columns: 60, rows: 16)))
    #expect(user.text.contains("/bin/ls: no record of any known format"))
    #expect(user.text.contains("more: whodiff formats lists them"))
  }

  @Test func `with all sources left out the screen says so and draws no bars`() throws {
    var user = Afternoon()
    user.press("0 ")
    let acts = user.store.acts
    user.store.acts = []
    user.store.version = 2
    user.send(.storeChanged(version: 2))
    user.press("1")
    try expectScreen(user.screen, "timeline-all-left-out-80x24")
    user.store.acts = acts
    user.press("0A1")
    user.store.version = 3
    user.send(.storeChanged(version: 3))
    #expect(user.text.contains("writes "))
  }

  @Test func `unreadable lines and files that were not read stay in the status`() {
    var log = SourceTally(file: "audit.log")
    log.actCount = 17
    log.rejects = [1, 2].map { Reject(line: $0, offset: 0, length: 9, reason: "not JSON") }
    var user = Afternoon()
    // Nothing of it was read now: it was known before.
    user.send(.answer(.holes(trailReport(TrailTally(sources: [log])))))
    #expect(user.status.contains("2 lines unreadable"))
    user.send(.failures(SourceFailures([("b.log", "cannot be opened: Permission denied")])))
    user.send(.notice("b.log: cannot be opened: Permission denied"))
    user.press("jj")
    #expect(user.status.contains("1 source not read: 0  2 lines unreadable"))
    user.send(.resize(Size(columns: 60, rows: 16)))
    #expect(user.status.contains("1 source not read: 0"))
  }

  @Test func `the day stays in sight when its heading has gone`() {
    var user = Afternoon(Story.many(60))
    #expect(!user.row(6).contains("Nov"))
    user.press("  ")
    #expect(user.row(6).hasSuffix(" Fri 20 Nov "))
    user.send(.resize(Size(columns: 60, rows: 16)))
    #expect(user.row(3).hasSuffix(" 20 Nov "))
  }

  @Test func `a few seconds of log have times below their bars`() {
    let acts = Story.acts.prefix(5).enumerated().map { index, act in
      var act = act
      act.time = Timestamp(microseconds: Story.acts[0].time.microseconds - Int64(index) * 1_000_000)
      return act
    }
    #expect(Afternoon(acts).row(5).contains("16:11:45 16:11:50"))
  }

  @Test func `a long message goes on in the next line of the preview`() {
    var user = Afternoon(columns: 200, rows: 60)
    let words =
      "networkpolicies.networking.k8s.io \"default.allow-db\" is forbidden: User \"bob\" cannot delete them in \"payments\""
    let act = Story.acts[6]
    var detail = ActDetail(act: act, requestURI: "/apis/test", request: nil, response: nil)
    detail.message = words
    user.store.details[act.id] = detail
    user.press("jjjjj")
    let rows = user.screen.textRows
    let first = rows.firstIndex { $0.contains("message networkpolicies") } ?? 0
    #expect(rows[first + 1].contains("         "))
    let shown = rows[first...(first + 1)].map { String($0.suffix(81)).split(separator: " ").joined(separator: " ") }
    #expect(shown.joined(separator: " ").hasSuffix(words))
  }

  @Test func `where nothing is listed the hints are those that do something`() {
    var user = Afternoon()
    let hints = user.screen.size.rows - 1
    user.press("T")
    #expect(user.row(hints) == " Enter go  Esc stay".padded(80))
    user.press("<Esc>fverb:frob<Enter>")
    #expect(user.row(hints).hasPrefix(" f filter  v level  K log  < back"))
  }

  @Test func `a request that fails is told in place of the rows`() throws {
    var user = Afternoon(answersAtOnce: false)
    user.send(.answer(.failed(user.waiting[0], reason: "audit.log has changed since it was read")))
    try expectScreen(user.screen, "timeline-error")
    user.answersAtOnce = true
    user.press("R")
    #expect(user.focusedRow.hasPrefix("16:11:49"))
  }

  @Test func `a log without bodies says what that means`() {
    let user = Afternoon(
      Story.acts.map {
        var act = $0
        act.level = .metadata
        return act
      })
    #expect(user.row(20).contains("no bodies are logged here (level Metadata): who and when are complete"))
  }

  @Test func `hostile names stay text`() throws {
    var act = Story.acts[0]
    act.object = Story.netpol("shop", "\u{1B}]52;c;aGk=\u{7}\u{202E}evil")
    act.by = "eve\u{1B}[2J\n"
    act.agent = "\u{9B}31m"
    let user = Afternoon([act], columns: 120, rows: 40)
    for cell in user.screen.cells {
      #expect(
        cell.glyph.unicodeScalars.allSatisfy {
          $0.value >= 0x20 && $0.value != 0x7F && !(0x80..<0xA0).contains($0.value) && $0.value != 0x202E
        })
    }
    #expect(user.text.contains("\\u{1b}"))
  }

  @Test func `a long list of acts without an object, an actor or a code is painted`() {
    let acts = (0..<40).map { index in
      Act(
        id: ActID(segment: 1, row: UInt32(index)), time: Timestamp(seconds: Int64(index)), verb: "get",
        outcome: .unknown)
    }
    #expect(Afternoon(acts).focusedRow.contains("(nobody)"))
  }
}

@Suite struct TimelineMoves {
  @Test func `keys move over rows, not over headings`() {
    var user = Afternoon()
    user.press("jjjjjjjj")
    #expect(user.focusedRow.hasPrefix("22:47:42"))
    user.press("k")
    #expect(user.focusedRow.hasPrefix("14:58:00"))
    user.press("G")
    #expect(user.focusedRow.contains("shop/allow-web"))
    user.press("g")
    #expect(user.focusedRow.hasPrefix("16:11:49"))
  }

  @Test func `braces go to the start of the day, then to the day above`() {
    var user = Afternoon()
    user.press("}}")
    #expect(user.focusedRow.hasPrefix("11:02:40"))
    user.press("{")
    #expect(user.focusedRow.hasPrefix("22:47:42"))
    user.press("j{")
    #expect(user.focusedRow.hasPrefix("22:47:42"))
    user.press("{")
    #expect(user.focusedRow.hasPrefix("16:11:49"))
  }

  @Test func `holding j crosses a long list in windows and never waits`() {
    var user = Afternoon(Story.many(3000))
    let before = user.asked.count
    for _ in 0..<2999 { user.press("j") }
    #expect(user.focusedRow.contains("policy-2999"))
    #expect(user.status.contains("3,000/3,000"))
    #expect(user.asked.count - before < 100)
  }

  @Test func `the cursor moves on while rows are on their way`() {
    var user = Afternoon(Story.many(3000))
    user.answersAtOnce = false
    user.press(String(repeating: "j", count: 500))
    #expect(user.status.contains("501/3,000"))
    #expect(user.focusedRow == "...")
    // One request is under way, however many keys were pressed.
    #expect(user.waiting.count == 1)
    user.answerAll()
    #expect(user.focusedRow.contains("policy-500"))
  }

  @Test func `the end is there at once and its rows follow`() {
    var user = Afternoon(Story.many(3000))
    user.answersAtOnce = false
    user.press("G")
    #expect(user.status.contains("3,000/3,000"))
    user.answerAll()
    #expect(user.focusedRow.contains("policy-2999"))
  }

  @Test func `a store that gives too few rows and no bars is not asked for ever`() {
    var user = Afternoon(Story.many(3000), answersAtOnce: false)
    for _ in 0..<50 {
      guard case .page(let request)? = user.waiting.popLast() else { break }
      var page = user.store.page(request)
      page.rows = Array(page.rows.prefix(3))
      page.histogram = nil
      user.send(.answer(.page(page)))
    }
    #expect(user.waiting.isEmpty)
    #expect(user.asked.count < 5)
  }

  @Test func `an answer to an older request is dropped`() {
    var user = Afternoon(Story.many(3000), answersAtOnce: false)
    let stale = user.waiting
    user.answerAll()
    user.press("v")
    let listed = user.text
    user.send(.answer(user.store.answer(stale[0])))
    #expect(user.text == listed)
  }

  @Test func `a resize keeps the act and its distance from the top`() {
    var user = Afternoon(Story.many(300))
    user.press(String(repeating: "j", count: 100))
    let row = user.focusedRow
    user.send(.resize(Size(columns: 132, rows: 43)))
    user.send(.resize(Size(columns: 80, rows: 24)))
    #expect(user.focusedRow == row)
  }

  @Test func `a growing store leaves the cursor on its act, and at the newest one who has not moved`() {
    let all = Story.many(300)
    var still = Afternoon(Array(all.dropFirst(50)))
    var moved = Afternoon(Array(all.dropFirst(50)))
    moved.press("jjj")
    let row = moved.focusedRow
    for index in [0, 1] {
      var user = index == 0 ? still : moved
      user.store = FakeStore(all)
      user.store.version = 2
      user.send(.storeChanged(version: 2))
      if index == 0 { still = user } else { moved = user }
    }
    #expect(moved.focusedRow == row)
    #expect(moved.status.contains("54/300"))
    #expect(still.status.contains("1/300"))
    #expect(still.focusedRow.contains("policy-0"))
  }

  @Test func `another level keeps the act or goes to the nearest in time`() {
    var user = Afternoon(level: .everything)
    user.press("jjjj")
    #expect(user.focusedRow.contains("noop"))
    user.press("V")
    #expect(user.focusedRow.contains("noop"))
    user.press("V")
    #expect(user.focusedRow.hasPrefix("15:31:10") || user.focusedRow.hasPrefix("15:39:27"))
    #expect(user.text.contains("level 1 effective writes"))
  }

  @Test func `same object, same value and failures are found and counted`() {
    var user = Afternoon()
    user.press("o")
    #expect(user.focusedRow.hasPrefix("16:04:02 create"))
    #expect(user.status.contains("2/3 act on default.environment-isolation"))
    user.press("O")
    #expect(user.focusedRow.hasPrefix("16:11:49"))
    user.press("e")
    #expect(user.focusedRow.hasPrefix("15:30:58"))
    user.press("eE")
    #expect(user.focusedRow.hasPrefix("15:30:58"))
    user.press("g<Tab>*")
    #expect(user.status.contains("2/3 same actor"))
  }

  @Test func `a search hides nothing and goes round with a notice`() {
    var user = Afternoon()
    user.press("/delete<Enter>")
    #expect(user.focusedRow.hasPrefix("15:31:10"))
    #expect(user.status.contains("1/4 \"delete\""))
    user.press("N")
    #expect(user.status.contains("went round"))
    // The rank is that of the row in focus, in the list in which it was counted.
    user.press("n")
    #expect(user.status.contains("1/4 \"delete\""))
    user.press("j")
    #expect(!user.status.contains("\"delete\""))
    user.press("k")
    #expect(user.status.contains("1/4 \"delete\""))
    user.press("v")
    #expect(!user.status.contains("\"delete\""))
    user.press("V")
    user.press("<Esc>n")
    #expect(user.text.contains("12 of 17"))
  }

  @Test func `going to a time shows the moment before Enter`() {
    var user = Afternoon()
    user.press("T19 nov")
    #expect(user.status.contains("Thu 19 Nov 2026"))
    user.press(" 12:00<Enter>")
    #expect(user.focusedRow.hasPrefix("09:20:11"))
    user.press("Tnonsense<Enter>")
    #expect(user.status.contains("go to time"))
    user.press("<Esc>")
    #expect(user.focusedRow.hasPrefix("09:20:11"))
  }

  @Test func `brackets go older and newer by a bar of the histogram`() {
    var user = Afternoon()
    user.press("[")
    #expect(user.focusedRow.hasPrefix("14:58:00"))
    user.press("]")
    #expect(!user.focusedRow.hasPrefix("14:58:00"))
  }

  @Test func `the preview shows the request of the focused row`() {
    var user = Afternoon(columns: 120, rows: 40)
    user.press("j")
    #expect(user.text.contains("/apis/test"))
    #expect(user.asked.contains(.detail(Story.acts[1].id)))
  }

  @Test func `copying takes the value of the focused column`() {
    var user = Afternoon()
    user.press("y<Tab>yY")
    #expect(
      user.effects == [
        .copy("globalnetworkpolicies.projectcalico.org/default.environment-isolation"), .copy("alice@example.com"),
        .copy(
          "2026-11-20T16:11:49.204113Z  GlobalNetworkPolicy default.environment-isolation updated by alice@example.com"),
      ])
  }

  @Test func `the histogram takes the focus and gives it back`() throws {
    var user = Afternoon()
    user.press("ihhv")
    try expectScreen(user.screen, "timeline-histogram")
    user.press("<Esc><Esc>j")
    #expect(user.status.contains("2/12"))
  }

  @Test func `zooming narrows the bars and out again widens them`() {
    var user = Afternoon()
    let whole = user.row(3)
    user.press("zz")
    #expect(user.row(3) != whole)
    user.press("ZZ")
    #expect(user.row(3) == whole)
  }
}

/// Random sessions: whatever comes in whatever order, the screen is whole and the cursor in range.
@Suite struct AnySession {
  @Test(arguments: 0..<200)
  func `every cell is painted and nothing falls over`(seed: Int) {
    var random = SeededNumbers(seed: UInt64(seed))
    let acts =
      Array(Story.many(Int.random(in: 0...400, using: &random))) + (Bool.random(using: &random) ? Story.acts : [])
    var user = Afternoon(
      acts.enumerated().map { index, act in
        var act = act
        act.id = ActID(segment: 1, row: UInt32(index))
        return act
      }, columns: 80, rows: 24, ascii: Bool.random(using: &random), answersAtOnce: false,
      tookMilliseconds: seed.isMultiple(of: 2) ? 1 : nil)
    let keys = Key.sequence(
      "jjjjkkGg b{}[]izZvVHTf/nNoOeE*#+-dcxyY123<>q:?hl()Ds,MwJ0a <Enter><Enter><Esc><Esc><Tab><BackTab><BS><Del><Up><Down><Left><Right><PgUp><PgDn><Home><End><C-d><C-u><C-w><C-r><C-l><C-c>漢"
    ).filter { $0 != "Q" }
    for step in 0..<60 {
      switch Int.random(in: 0..<20, using: &random) {
      case 0:
        user.send(
          .resize(Size(columns: Int.random(in: 1...170, using: &random), rows: Int.random(in: 1...45, using: &random))))
      case 1...5:
        if let request = user.waiting.popLast() { user.send(.answer(user.store.answer(request))) }
      case 6:
        if let request = user.waiting.popLast() { user.send(.answer(.failed(request, reason: "it did not work"))) }
      case 7:
        if let old = user.asked.randomElement(using: &random) { user.send(.answer(user.store.answer(old))) }
      case 8:
        user.store.version += 1
        user.store.acts = Array(user.store.acts.dropFirst(Int.random(in: 0...3, using: &random)))
        user.send(.storeChanged(version: user.store.version))
      case 9: user.send(.progress(.reading))
      default: if let key = keys.randomElement(using: &random) { user.send(.key(key)) }
      }
      // Drawing is what takes the time: some steps go undrawn, as in the program when keys come fast.
      guard step % 3 == 0 else { continue }
      let screen = user.screen
      let size = user.model.session.size
      #expect(screen.size == size)
      for y in 0..<size.rows {
        let width = (0..<size.columns).reduce(0) { $0 + TextWidth.of(screen[$1, y].glyph) }
        #expect(width == size.columns)
      }
      if let cursor = screen.cursor {
        #expect((0...size.columns).contains(cursor.x) && (0..<size.rows).contains(cursor.y))
      }
      if let timeline = user.model.visits.front as? TimelinePane {
        #expect(timeline.focus >= 0 && timeline.focus <= max(0, timeline.total - 1))
      }
    }
  }
}

/// A generator that gives the same numbers for the same seed (SplitMix64).
struct SeededNumbers: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &+ 0x9E37_79B9_7F4A_7C15 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
