import AuditModel
import EventQueries
import TerminalScreen
import Testing

@testable import TimelineUI

@Suite struct FilteringAsTyped {
  @Test(arguments: [(49, "filter> verb:delete .* 3 of 17$"), (50, "filter> verb:delete .*[.]{3} 12 of 17$")])
  func `what is typed is listed at once where the last answer took under 50 ms, else after Enter`(
    tookMilliseconds: Int, bar: String
  ) throws {
    var user = Afternoon(tookMilliseconds: tookMilliseconds)
    user.press("fverb:delete")
    let pattern = try Regex(bar)
    #expect(user.row(1).trimmed.contains(pattern), "\(user.row(1))")
    #expect(user.text.contains("Enter applies it") == (tookMilliseconds >= 50))
    user.press("<Enter>")
    #expect(user.row(1).trimmed.hasSuffix(" 3 of 17"))
    #expect(user.effects == [.remember(filter: "verb:delete")])
  }

  @Test func `one slow answer makes what is typed next wait for Enter`() {
    var user = Afternoon(tookMilliseconds: 1)
    user.store.tookMilliseconds = 900
    user.press("factor:bob")
    #expect(user.pagesAsked == 2)
    #expect(user.row(1).contains("..."))
    user.press("<Enter>")
    #expect(user.pagesAsked == 3)
  }

  @Test func `answers that were slow at first and are fast now are told by the completions`() {
    var user = Afternoon(tookMilliseconds: 900)
    user.store.tookMilliseconds = 1
    user.press("factor")
    #expect(user.pagesAsked == 1)
    user.press(":bob")
    #expect(user.row(1).contains("filter> actor:bob") && !user.row(1).contains("..."))
  }

  @Test func `the focus stays on the same event if it survives, else on the nearest in time, and comes back`() {
    var user = Afternoon(tookMilliseconds: 1)
    user.press("jjjj")
    let row = user.focusedRow
    #expect(row.contains("payments/default.allow-db") && row.contains("bob as system:admin"))
    let y = user.focusedY
    user.press("fns:payments")
    #expect(user.focusedRow == row)
    user.press("<C-u>actor:alice@example.com")
    #expect(user.focusedRow.contains("16:04:02"))
    // Nothing is listed at all for a while.
    user.press("<C-u>verb:delet")
    #expect(user.row(1).contains(" 0 of 17"))
    #expect(user.text.contains("1  without verb:delet: 12"))
    #expect(!user.text.contains("A digit takes"))
    user.press("<C-u>")
    #expect(user.focusedRow == row)
    #expect(user.focusedY == y)
  }

  @Test func `a text that says nothing yet keeps the rows of the last one that did`() throws {
    var user = Afternoon(tookMilliseconds: 1)
    user.press("fverb:delete (actor:bob OR")
    try expectScreen(user.screen, "filter-typed-unfinished")
    let asked = user.pagesAsked
    user.press(" ")
    #expect(user.pagesAsked == asked)
    #expect(user.row(1).contains("... 3 of 17"))
    user.press("<BS><BS><BS><BS>)")
    #expect(user.row(1).contains(" 2 of 17") && !user.row(1).contains("..."))
  }

  @Test func `on a wide screen the bars and the preview follow what is typed`() throws {
    var user = Afternoon(columns: 200, rows: 60, tookMilliseconds: 1)
    user.press("jjjjfverb:delete ")
    try expectScreen(user.screen, "filter-typed-200x60")
  }

  @Test func `Esc brings back the filter, the row and its place on the screen`() {
    var user = Afternoon(Story.many(200), tookMilliseconds: 1)
    user.press("factor:bob<Enter>")
    for _ in 0..<60 { user.press("j") }
    user.press("kkkk")
    let before = user.screen.textRows
    user.press("f<C-u>verb:nothing")
    #expect(user.row(1).contains(" 0 of 200"))
    user.press("<Esc>")
    #expect(user.screen.textRows == before)
    #expect(user.effects == [.remember(filter: "actor:bob")])
    // Nothing was changed: nothing is asked.
    let asked = user.pagesAsked
    user.press("f<Esc>")
    #expect(user.pagesAsked == asked)
  }

  @Test func `less-than goes back to what was listed before the bar was opened`() {
    var user = Afternoon(tookMilliseconds: 1)
    user.press("jjjj")
    let row = user.focusedRow
    user.press("factor:alice@example.com<Enter>fverb:update<Enter>")
    user.press("<lt>")
    #expect(user.row(1).contains("filter> actor:alice@example.com  "))
    user.press("<lt>")
    #expect(user.row(1).contains("12 of 17"))
    #expect(user.focusedRow == row)
  }

  @Test func `keys are never held up, and the answer to an older text is dropped`() throws {
    var user = Afternoon(tookMilliseconds: 1)
    user.answersAtOnce = false
    user.press("fverb:d")
    let old = try #require(user.waiting.first { $0.kind == .page })
    user.press("elete")
    #expect(user.row(1).contains("filter> verb:delete"))
    #expect(user.row(1).contains("... 12 of 17"))
    user.send(.answer(user.store.answer(old)))
    #expect(user.row(1).contains("... 12 of 17"))
    user.answerAll()
    #expect(user.row(1).contains(" 3 of 17") && !user.row(1).contains("..."))
    // What comes after Esc is not wanted any more.
    user.press(" actor:x")
    let late = try #require(user.waiting.first { $0.kind == .page })
    user.press("<Esc>")
    user.send(.answer(user.store.answer(late)))
    user.answerAll()
    #expect(user.row(1).contains("12 of 17") && !user.row(1).contains("..."))
  }

  @Test func `completions and filters run before are listed at once too`() {
    var user = Afternoon(tookMilliseconds: 1)
    user.press("f<Up>")
    #expect(user.row(1).contains("actor:alice*") && user.row(1).contains(" 3 of 17"))
    user.press("<C-r>del")
    #expect(user.row(1).contains("verb:delete") && user.row(1).contains(" 3 of 17"))
    user.press("<Esc><C-u>outc<Tab>den<Tab>")
    #expect(user.row(1).contains("outcome:denied"))
    #expect(!user.row(1).contains("..."))
  }

  @Test func `words relative to now are read once for each text`() {
    var user = Afternoon(tookMilliseconds: 1)
    user.press("fsince:7d")
    let asked = user.pagesAsked
    let now = user.model.session.now
    user.send(.clock(now.adding(seconds: 5)))
    #expect(!user.row(1).contains("..."))
    user.press("<Left><Right>")
    #expect(user.pagesAsked == asked)
    user.press("<Enter>")
    #expect(user.pagesAsked == asked + 1)
  }
}

extension Afternoon {
  fileprivate var pagesAsked: Int { asked.count { $0.kind == .page } }
  fileprivate var focusedY: Int? { screen.textRows.firstIndex { $0.hasPrefix(">") } }
}

extension String {
  /// Without the blanks at its end.
  fileprivate var trimmed: Substring {
    prefix(upTo: lastIndex { $0 != " " }.map(index(after:)) ?? startIndex)
  }
}
