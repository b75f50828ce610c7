import ObjectHistory
import Testing

@testable import TimelineUI

@Suite struct VersionComparisonTests {
  @Test func `a version says the same whenever it is compared`() {
    let history = Sample.log.history
    let ahead = ChangeLog(history)
    ahead.compareAhead()
    let others = [ahead, ChangeLog(history, comparesAll: true), ChangeLog(history, tellsActChanges: true)]
    let alone = ChangeLog(history)
    // Newest first, as a screen asks: no version finds its left side made ready by the one before it.
    for index in history.revisions.indices.reversed() {
      let change = alone.changes[index]
      #expect(change.previous == alone.changes.previous(of: index))
      for other in others.map({ $0.changes[index] }) {
        #expect(other.changed == change.changed)
        #expect(other.summary == change.summary)
        #expect(other.shortSummary == change.shortSummary)
        #expect(other.previous == change.previous)
      }
    }
  }

  @Test func `a search compares nothing and says so`() {
    let log = ChangeLog(Sample.log.history)
    var pane = ChangeLogPane(Sample.key)
    var session = Sample.session()
    _ = pane.appear(&session)
    _ = pane.receive(.changeLog(log), &session)
    let before = log.history.revisions.indices.map { log.changes.known($0) != nil }
    _ = pane.search("bob", forward: true, &session)
    #expect(session.notice?.contains("still being compared") == true)
    #expect(log.history.revisions.indices.map { log.changes.known($0) != nil } == before)
    log.changes.compare(log.history.revisions.indices)
    _ = pane.search("bob", forward: true, &session)
    #expect(session.notice?.contains("still being compared") == false)
  }

  @Test func `a comparison that nobody holds ends`() async throws {
    weak var left: VersionComparison?
    do {
      let log = ChangeLog(Sample.log.history)
      log.compareAhead()
      left = log.changes
    }
    for _ in 0..<500 where left != nil { try await Task.sleep(for: .milliseconds(10)) }
    #expect(left == nil)
  }
}
