import AuditModel
import EventQueries
import TerminalScreen
import Testing

@testable import TimelineUI

@Suite struct FilteringByKeys {
  @Test func `a filter typed in the bar is run, counted and remembered`() {
    var user = Afternoon()
    user.press("fverb:delete<Enter>")
    #expect(user.row(1).contains("filter> verb:delete"))
    #expect(user.row(1).contains("3 of 17"))
    #expect(user.effects == [.remember(filter: "verb:delete")])
  }

  @Test func `Esc leaves the filter as it was`() {
    var user = Afternoon()
    user.press("fverb:delete<Esc>")
    #expect(user.row(1).contains("12 of 17"))
    #expect(!user.row(1).contains("verb"))
  }

  @Test func `while it is edited an echo stands below`() throws {
    var user = Afternoon()
    user.press("fverb:delete actor:bob ")
    try expectScreen(user.screen, "filter-echo")
  }

  @Test func `an error names its column and what would do, the rows stay`() throws {
    var user = Afternoon()
    user.press("fvebr:delete<Enter>")
    try expectScreen(user.screen, "filter-error")
    #expect(user.text.contains("column 1"))
    #expect(user.text.contains("did you mean verb"))
  }

  @Test func `fields, macros and values of the list are offered`() throws {
    var user = Afternoon()
    user.press("fact")
    #expect(user.text.contains("> actor:"))
    user.press("<Tab>")
    try expectScreen(user.screen, "filter-completion")
    #expect(user.asked.last?.kind == .facets)
    user.press("<Down><Down><Enter><Enter>")
    #expect(user.row(1).contains("filter> actor:bob"))
  }

  @Test func `Up and ^R bring back filters that were run before`() {
    var user = Afternoon()
    user.press("f<Up>")
    #expect(user.row(1).contains("actor:alice*"))
    user.press("<Up>")
    #expect(user.row(1).contains("verb:delete"))
    user.press("<Down><Down>")
    #expect(!user.row(1).contains("actor"))
    user.press("<C-r>del")
    #expect(user.row(1).contains("verb:delete"))
    user.press("<Enter>")
    #expect(user.row(1).contains("3 of 17"))
  }

  @Test func `plus and minus narrow by the focused column and less-than goes back to the same row`() {
    var user = Afternoon()
    user.press("jjj")
    let row = user.focusedRow
    user.press("<Tab>+")
    #expect(user.row(1).contains("actor:sa:ci/deployer"))
    #expect(user.row(1).contains("2 of 17"))
    #expect(user.focusedRow == row)
    user.press("<BackTab>-")
    #expect(user.row(1).contains("-obj:security.quarantine"))
    user.press("<lt><lt>")
    #expect(user.row(1).contains("12 of 17"))
    #expect(user.focusedRow == row)
  }

  @Test func `every column with a value narrows to something that holds the row`() {
    for act in Story.acts {
      for column in TimelineColumns.Column.allCases {
        guard let term = column.term(of: act, .utc) else { continue }
        let filter = Filter.everything.adding(field: term.field, value: term.value)
        #expect(filter.plan.matches(act) { nil }, "\(filter) should take \(act.summary)")
        let without = Filter.everything.adding(field: term.field, value: term.value, excluded: true)
        #expect(!without.plan.matches(act) { nil }, "\(without) should leave out \(act.summary)")
      }
    }
  }

  @Test func `H lists humans only, and all again`() {
    var user = Afternoon()
    user.press("H")
    #expect(user.row(1).contains("human:true"))
    #expect(!user.text.contains("sa:ci/deployer"))
    user.press("H")
    #expect(user.row(1).contains("12 of 17"))
  }

  @Test func `a kind that no act is about is told`() {
    var user = Afternoon()
    user.press("fkind:netpl actor:alice*<Enter>")
    #expect(user.text.contains("Nothing in these logs has kind netpl."))
    user = Afternoon()
    user.press("fverb:delete actor:alice@example.com kind:gnp<Enter>")
    #expect(user.text.contains("0 of "))
    #expect(!user.text.contains("Nothing in these logs"))
  }

  @Test func `nothing that matches tells which term to drop, digits drop it`() throws {
    var user = Afternoon()
    user.press("fverb:delete actor:alice@example.com<Enter>")
    try expectScreen(user.screen, "timeline-nothing-matches")
    user.press("2")
    #expect(user.row(1).contains("filter> verb:delete "))
    #expect(user.row(1).contains("3 of 17"))
    // With rows listed the digit is a screen again.
    user.press("1")
    #expect(user.row(1).contains("3 of 17"))
  }

  @Test func `values are counted among the rows that the rest of the bar takes`() {
    var user = Afternoon()
    user.press("fverb:delete actor:")
    guard case .facets(let request) = user.asked.last else {
      Issue.record("values of the field were asked for")
      return
    }
    #expect(request.query.filter.description == "verb:delete")
    #expect(user.text.contains("bob"))
    user.press("b")
    #expect(user.text.contains("bob"))
  }

  @Test func `the count is marked while the bar holds another filter, and a long filter shows that it goes on`() {
    var user = Afternoon()
    user.press("fverb:delete")
    #expect(user.row(1).contains("... 12 of 17"))
    user.press("<Enter>f")
    #expect(user.row(1).contains(" 3 of 17"))
    #expect(!user.row(1).contains("..."))
    user.press("-actor:somebody-else@example.com -actor:another-one@example.com<Enter>")
    #expect(user.row(1).contains("> 3 of 17"))
    #expect(!user.row(1).contains("~"))
  }

  @Test(arguments: [
    ("2026-11-20T16:11:49.204113Z", "2026-11-20T16:20:00Z", "time:2026-11-20T16:11:49.204113Z..2026-11-20T16:20:00Z"),
    ("2026-11-20T16:00:00Z", "2026-11-20T16:59:59.999999Z", "time>=2026-11-20T16:00:00Z time<2026-11-20T17:00:00Z"),
  ])
  func `a time window is written shortly and found again`(from: String, to: String, text: String) throws {
    let context = FilterContext(now: Trail.at("2026-11-22T09:00:00Z"), zone: .utc)
    let window = Trail.at(from)...Trail.at(to)
    let other = try Filter(parsing: "verb:get time>2026-11-01", context: context)
    let filter = other.within(window, context)
    #expect(filter.description == "verb:get time>2026-11-01 " + text)
    #expect(filter.window(context) == window)
    let next = Trail.at("2026-11-21T00:00:00Z")...Trail.at("2026-11-21T00:00:01Z")
    #expect(filter.within(next, context).window(context) == next)
    #expect(filter.within(next, context).terms.count == 3)
  }

  @Test func `a brush becomes the time filter and slides`() {
    var user = Afternoon()
    user.press("ivh<Enter>")
    #expect(user.row(1).contains("filter> time>=2026-11-20T14:00:00Z time<2026-11-20T18:00:00Z"))
    let listed = user.row(1)
    #expect(!listed.contains("12 of 17"))
    user.press("[")
    #expect(user.row(1) != listed)
    user.press("]")
    #expect(user.row(1) == listed)
    user.press("<lt><lt><lt>")
    #expect(user.row(1).contains("12 of 17"))
  }

  @Test func `around an act is a place of its own with nothing folded`() {
    var user = Afternoon()
    user.press("jjjj")
    let row = user.focusedRow
    user.press("x")
    #expect(user.focusedRow == row)
    #expect(user.text.contains("level 3 everything"))
    #expect(user.text.contains("15:30:58"))
    // Newer acts stand above it.
    #expect(user.row(8).contains("15:39:27"))
    #expect(!user.text.contains("14:50:00"))
    user.press("<lt>")
    #expect(user.focusedRow == row)
    #expect(user.text.contains("level 1"))
  }

  @Test func `a time window is put in place of the one before`() throws {
    let from = try #require(Timestamp(rfc3339: "2026-11-20T16:00:00Z"))
    let context = FilterContext(now: from)
    let window = from...from.adding(seconds: 59.999999)
    let filter = try Filter(parsing: "verb:delete", context: context).within(window, context)
    #expect(filter.window(context) == window)
    let next = from.adding(seconds: 60)...from.adding(seconds: 120)
    #expect(filter.within(next, context).window(context) == next)
    #expect(filter.within(next, context).terms.count == 2)
  }

  @Test func `copy-command gives a command line that a shell takes`() {
    var user = Afternoon()
    user.press("fname:\"it's\"<Enter>:copy-command<Enter>")
    #expect(user.effects.last == .copy("whodiff log --level 1 -f 'name:\"it'\\''s\"'"))
  }
}
