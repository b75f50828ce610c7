import ObjectHistory
import Testing
@testable import TimelineUI

@Suite struct RevisionIndexTests {
  @Test func `versions and acts are found, and rows without either are not counted as them`() {
    for history in [Sample.history, Sample.found.history] {
      let index = RevisionIndex(history)
      let revisions = history.revisions
      for (row, revision) in revisions.enumerated() {
        if let number = revision.number { #expect(index.index(ofVersion: number) == row) }
        if let act = revision.act, revision.operation != .initial { #expect(index.index(of: act.id) == row) }
        #expect(index.rank(of: row) == revisions[row...].count { $0.number != nil })
      }
      #expect(index.index(ofVersion: 0) == nil)
      #expect(index.versionCount == history.versionCount)
      #expect(index.lifetimeCount == history.lifetimeCount)
      #expect(index.actCount == revisions.count { $0.operation != .initial && $0.act != nil })
      #expect(
        index.effectiveCount == revisions.count { $0.operation != .initial && $0.act?.outcome == .changed })
    }
  }

  @Test func `a row that ends another lifetime is not this one's deletion`() {
    let log = Sample.log
    for row in log.history.revisions.indices {
      let own = log.history.revisions[row].lifetime
      let found = log.deletion(after: row)
      #expect(found.map { log.history.revisions[$0].lifetime == own } ?? true)
      let isThere = log.history.revisions[row...].contains { $0.operation == .delete && $0.lifetime == own }
      #expect((found != nil) == isThere)
    }
  }
}
