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

  /// A record whose time names no zone: ten o'clock.
  private static let plain = line(0).replacing("2026-11-20T10:00:00.000000Z", with: "Nov 20, 2026 @ 10:00:00.000")

  @Test func `lines of a plain file are read in the zone that is named too`() throws {
    try withLogs { logs in
      try logs.write("audit.log", Self.plain)
      let store = try logs.open()
      var options = IngestOptions()
      options.wallClock = Self.berlin
      func read() throws -> IngestReport { try ingest([logs.file("audit.log")], into: store, options: options) }
      _ = try read()
      #expect(try store.acts().map(\.time.rfc3339) == ["2026-11-20T08:00:00.000000Z"])
      try logs.append("audit.log", line(3))
      _ = try read()
      #expect(try read().skippedSources == 1)
      #expect(store.knownSources.map(\.zone) == ["Europe/Berlin"])
      options.wallClock = .utc
      _ = try read()
      #expect(try store.acts().map(\.time.rfc3339) == ["2026-11-20T10:00:00.000000Z", "2026-11-20T10:00:03.000000Z"])
      #expect(store.knownSources.map(\.zone) == ["UTC"])
    }
  }

  @Test func `lines that come are read in the zone that is named, also when they are merged`() throws {
    let store = try LogFolder.fresh([])
    let source = try store.save(StoredSource(path: "audit.log", compression: "none", head: [1], headLength: 1))
    let tail = LiveTail(
      store: store, source: source, framing: .lines, wallClock: Self.berlin, offset: 0, keeping: .all, cluster: nil)
    #expect(tail.zone == nil)
    for number in 0...1 {
      tail.feed(Self.plain.replacing("/apis/x/0", with: "/apis/x/\(number)").utf8)
      _ = try tail.flush()
    }
    try tail.merge()
    #expect(tail.zone == "Europe/Berlin")
    #expect(try Set(store.acts().map(\.time.rfc3339)) == ["2026-11-20T08:00:00.000000Z"])
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
