import AuditModel
import ObjectHistory
import TerminalScreen
import Testing
import TimelineUI

/// The screens behind the Timeline as a user walks through them.
@Suite struct BehindTheTimeline {
  private static let steps: [(act: Act, response: JSONValue)] = [
    (
      Sample.act(1, "2026-11-20T16:04:02Z", "create", by: "alice@example.com", code: 201),
      Sample.manifest(Sample.before, generation: 1)
    ),
    (Sample.act(2, "2026-11-20T16:11:49Z", "update", by: "bob"), Sample.manifest(Sample.after, generation: 2)),
    (
      Sample.act(3, "2026-11-20T16:30:00Z", "delete", by: "carol"),
      Sample.json(
        #"{"kind":"Status","apiVersion":"v1","status":"Success","details":{"name":"\#(Sample.key.name)","uid":"0b5c"}}"#
      )
    ),
  ]

  private func afternoon(columns: Int = 80, rows: Int = 24) -> Afternoon {
    var user = Afternoon(Self.steps.map(\.act), columns: columns, rows: rows)
    for (act, response) in Self.steps { user.store.details[act.id] = Sample.detail(act, response: response) }
    return user
  }

  @Test func `who deleted the policy and what it contained takes three keys`() {
    var user = afternoon()
    user.press("c")
    #expect(user.text.contains("deleted by carol; the state before is r2"))
    user.press("d")
    #expect(user.text.contains("(nothing: deleted 2026-11-20 16:30:00Z by carol)"))
    user.press(" ")
    #expect(user.text.contains("order: 700"))
  }

  @Test func `d on the Timeline shows what the act did, and back lands on the same row`() {
    var user = afternoon()
    user.press("j")
    let row = user.focusedRow
    user.press("d")
    #expect(user.text.contains("order: {700}"))
    user.press("q")
    #expect(user.focusedRow == row)
  }

  @Test func `an event leads to its diff and its change log, and back`() {
    var user = afternoon()
    user.press("j<Enter>")
    #expect(user.text.contains("updated by bob"))
    #expect(user.text.contains("change (r2 of 2 versions, against r1)"))
    user.press("d")
    #expect(user.text.contains("order: {700}"))
    user.press("<lt>c")
    #expect(user.text.contains("1 lifetime, 3 acts, 3 effective"))
    user.press("<lt><lt>")
    #expect(user.title.contains("[1]Timeline"))
  }

  @Test func `sides chosen in the change log are compared by D`() {
    var user = afternoon()
    user.press("cj)j(D")
    #expect(user.text.contains("A=r1 B=r2"))
  }

  @Test func `a slash in the diff searches, n goes on, Esc gives n back to the hunks`() {
    var user = afternoon()
    user.press("jd/selector<Enter>")
    #expect(user.text.contains("selector  Esc ends the search"))
    user.press("n")
    #expect(user.text.contains("selector  Esc ends the search"))
    user.press("<Esc>n")
    #expect(!user.text.contains("Esc ends the search"))
  }

  @Test func `plus and minus list the Timeline with the value on the line, and its back key drops that again`() {
    var user = Afternoon()
    user.press("jj<Enter>j+")
    #expect(user.title.contains("[1]Timeline") && user.text.contains("by:alice@example.com"))
    #expect(user.model.session.notice == "only by:alice@example.com   < goes back")
    #expect(user.text.contains("3 of 17") && user.focusedRow.contains("alice"))
    user.press("<lt>")
    #expect(user.status.contains("3/12"))
    user.press(">")
    #expect(user.title.contains("Event"))
    user.press("-")
    #expect(user.text.contains("9 of 17") && !user.focusedRow.contains("alice"))
  }

  @Test func `star and hash go to the older and newer act with the value on the line`() {
    var user = Afternoon()
    user.press("<Enter>j*")
    #expect(user.text.contains("NetworkPolicy storefront/default.dmz updated by alice"))
    user.press("j#")
    #expect(user.text.contains("GlobalNetworkPolicy default.environment-isolation updated by alice"))
    user.press("j#")
    #expect(user.model.session.notice == "no newer act with this by")
    user.press("g*")
    #expect(user.model.session.notice?.hasPrefix("no filter takes what is on this line") == true)
  }
}
