import AuditModel
import EventQueries
import GRDB
import Testing

@testable import EventStorage

/// Stores of older layouts, and what the tables are looked up by.
@Suite struct SchemaTests {
  @Test func `a store of the layout before is brought up to date, with all that is in it`() throws {
    try withFolder { folder in
      let path = folder + "/store"
      let old = try DatabaseQueue(path: path)
      try storeMigrator().migrate(old, upTo: "5 zones of sources")
      try old.write { db in
        try db.execute(
          sql: """
            INSERT INTO source VALUES(1, 'a.log', 'none', x'01', 1, NULL, 0, 9, 9, NULL, 1, 1, 1, NULL, 'UTC');
            INSERT INTO segment VALUES(1, 1, 0, 9, 1, 0, 0, 0, 0, 0);
            INSERT INTO reject VALUES(1, 1, 1, 0, 9, 1, 'no JSON', 0);
            UPDATE state SET version = 1;
            """)
      }
      try old.close()
      #expect(throws: StoreError.self) { try EventStore.open(path, access: .readOnly) }
      let store = try EventStore.open(path, access: .readWrite)
      #expect(store.knownSources.map(\.zone) == ["UTC"])
      #expect(store.snapshot().rejects.map(\.reject.reason) == ["no JSON"])
      #expect(try store.database.read { try Int.fetchOne($0, sql: "PRAGMA user_version") } == 6)
      #expect(try EventStore.open(path, access: .readOnly).knownSources.map(\.path) == ["a.log"])
    }
  }

  @Test(arguments: [
    ("DELETE FROM actLink WHERE segment = 1 OR headSegment = 1", ["PRIMARY KEY", "actLinkHead"]),
    ("DELETE FROM reject WHERE segment = 1", ["rejectOfSegment"]),
    ("DELETE FROM reject INDEXED BY provisionalReject WHERE source = 1 AND isProvisional", ["provisionalReject"]),
    ("SELECT * FROM reject WHERE source = 1 ORDER BY start, id LIMIT 9", ["rejectOfSource"]),
    ("SELECT source, count(*), min(start) FROM reject WHERE source IN (1, 2) GROUP BY source", ["rejectOfSource"]),
    ("SELECT source, count(*) FROM reject GROUP BY source", ["rejectOfSource"]),
  ])
  func `what is asked while segments are merged and sources are shown reads no whole table`(
    sql: String, indexes: [String]
  ) throws {
    let plan = try EventStore.inMemory().database.read { db in
      try Row.fetchAll(db, sql: "EXPLAIN QUERY PLAN " + sql).map { $0["detail"] as String }
    }
    for index in indexes { #expect(plan.contains { $0.contains(index) }, "\(plan)") }
    #expect(!plan.contains { $0.contains("TEMP B-TREE") || $0.hasPrefix("SCAN") && !$0.contains("INDEX") }, "\(plan)")
  }
}
