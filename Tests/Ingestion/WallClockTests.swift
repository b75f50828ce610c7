import AuditModel
import EventQueries
import EventStorage
import Foundation
import LogDecoding
import Testing

@testable import Ingestion

/// Times that a log gives without their zone.
struct WallClockTests {
  private static let table = """
    start_time,action,reporter,source_name_aggr,dest_name_aggr
    "Oct 5, 2026 @ 09:00:00.000",allow,src,web-*,db-*

    """

  private static let berlin = WallClock(name: "Europe/Berlin") { $0.adding(seconds: -7200) }

  @Test func `times without a zone are read in the one that is named, also later`() throws {
    try withLogs { logs in
      try logs.write("flows.csv", Self.table)
      let store = try logs.open()
      func times(_ clock: WallClock) throws -> [String] {
        var options = IngestOptions()
        options.wallClock = clock
        _ = try ingest([logs.file("flows.csv")], into: store, options: options)
        return try store.acts().map(\.time.rfc3339)
      }
      #expect(try times(.utc) == ["2026-10-05T09:00:00.000000Z"])
      #expect(try times(Self.berlin) == ["2026-10-05T07:00:00.000000Z"])
      #expect(store.knownSources.map(\.zone) == ["Europe/Berlin"])
      #expect(try times(Self.berlin) == ["2026-10-05T07:00:00.000000Z"])
      #expect(try times(.utc) == ["2026-10-05T09:00:00.000000Z"])
    }
  }

  @Test func `a log that gives its zone is not read again in another`() throws {
    try withLogs { logs in
      try logs.write("flows.csv", Self.table.replacing("Oct 5, 2026 @ 09:00:00.000", with: "2026-10-05T09:00:00Z"))
      let store = try logs.open()
      _ = try ingest([logs.file("flows.csv")], into: store)
      var options = IngestOptions()
      options.wallClock = Self.berlin
      #expect(try ingest([logs.file("flows.csv")], into: store, options: options).skippedSources == 1)
    }
  }
}
