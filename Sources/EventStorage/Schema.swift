import GRDB

/// Marks the file as ours in SQLite's header: "whod".
let applicationID = 0x7768_6f64

/// The tables. Columns of acts are blobs in `chunk`; what changes after a segment was written is in rows beside it.
func storeMigrator() -> DatabaseMigrator {
  var migrator = DatabaseMigrator()
  migrator.registerMigration("1 segments") { db in
    try db.execute(
      sql: """
        -- A log file. `size`: bytes of text known; `head`, `tail`: fingerprints of its first `headLength` bytes and of
        -- the last `tailLength` before `size`; `disk…`: the file as it was last seen, compressed or not.
        CREATE TABLE source(
          id INTEGER PRIMARY KEY, path TEXT NOT NULL, compression TEXT NOT NULL,
          head BLOB NOT NULL, headLength INTEGER NOT NULL, tail BLOB, tailLength INTEGER NOT NULL,
          size INTEGER NOT NULL, diskSize INTEGER, diskTail BLOB, modified INTEGER, inode INTEGER,
          isComplete INTEGER NOT NULL DEFAULT 0) STRICT;
        -- Acts of one stretch of a source, times in microseconds since 1970.
        CREATE TABLE segment(
          id INTEGER PRIMARY KEY AUTOINCREMENT, source INTEGER NOT NULL REFERENCES source(id),
          start INTEGER NOT NULL, byteCount INTEGER NOT NULL, lineCount INTEGER NOT NULL, rowCount INTEGER NOT NULL,
          timeMin INTEGER NOT NULL, timeMax INTEGER NOT NULL, hasBlocks INTEGER NOT NULL) STRICT;
        -- id = segment * 64 + the column's number.
        CREATE TABLE chunk(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
        -- Text of a segment, zstd where `isPacked`.
        CREATE TABLE block(
          id INTEGER PRIMARY KEY, segment INTEGER NOT NULL REFERENCES segment(id), start INTEGER NOT NULL,
          length INTEGER NOT NULL, isPacked INTEGER NOT NULL, data BLOB NOT NULL) STRICT;
        CREATE INDEX blockOfSegment ON block(segment, start);
        -- Input that is no record; `line` counts from the segment's first. Provisional: the cut end of a file that may grow.
        CREATE TABLE reject(
          id INTEGER PRIMARY KEY, segment INTEGER NOT NULL REFERENCES segment(id), source INTEGER NOT NULL,
          start INTEGER NOT NULL, length INTEGER NOT NULL, line INTEGER NOT NULL, reason TEXT NOT NULL,
          isProvisional INTEGER NOT NULL) STRICT;
        CREATE INDEX provisionalReject ON reject(source) WHERE isProvisional;
        -- A row that is hidden because another segment holds a later stage of the same act.
        CREATE TABLE actLink(
          segment INTEGER NOT NULL, row INTEGER NOT NULL, headSegment INTEGER NOT NULL, headRow INTEGER NOT NULL,
          version INTEGER NOT NULL, PRIMARY KEY(segment, row)) WITHOUT ROWID, STRICT;
        CREATE INDEX actLinkVersion ON actLink(version);
        -- A row whose write proved to have altered nothing, by what other acts show.
        CREATE TABLE noop(
          segment INTEGER NOT NULL, row INTEGER NOT NULL, version INTEGER NOT NULL,
          PRIMARY KEY(segment, row)) WITHOUT ROWID, STRICT;
        CREATE INDEX noopVersion ON noop(version);
        -- One row; rises with every transaction that other processes should see.
        CREATE TABLE state(version INTEGER NOT NULL) STRICT;
        INSERT INTO state VALUES(0);
        """)
    try db.execute(sql: "PRAGMA application_id = \(applicationID)")
    try db.execute(sql: "PRAGMA user_version = 1")
  }
  migrator.registerMigration("2 columns of other logs") { db in
    // More columns than 64: id = segment * 128 + the column's number.
    try db.execute(
      sql: """
        CREATE TABLE wider(id INTEGER PRIMARY KEY, data BLOB NOT NULL) STRICT;
        INSERT INTO wider SELECT id / 64 * 128 + id % 64, data FROM chunk ORDER BY id;
        DROP TABLE chunk;
        ALTER TABLE wider RENAME TO chunk;
        PRAGMA user_version = 2;
        """)
  }
  migrator.registerMigration("3 clusters and merged segments") { db in
    // `isReplaced`: a longer segment has its acts; it stays a while for those who still read it.
    try db.execute(
      sql: """
        ALTER TABLE source ADD COLUMN cluster TEXT;
        ALTER TABLE segment ADD COLUMN isReplaced INTEGER NOT NULL DEFAULT 0;
        PRAGMA user_version = 3;
        """)
  }
  migrator.registerMigration("4 verdicts") { db in
    try db.execute(
      sql: """
        -- A row whose object's history has to tell what its writes did; one for each object of a segment. Open: it is to
        -- be asked, since acts on the object have come.
        CREATE TABLE claim(
          segment INTEGER NOT NULL, row INTEGER NOT NULL, isOpen INTEGER NOT NULL,
          PRIMARY KEY(segment, row)) WITHOUT ROWID, STRICT;
        -- What a history found an act to have done, in place of what the act and its version tell.
        CREATE TABLE verdict(
          segment INTEGER NOT NULL, row INTEGER NOT NULL, outcome INTEGER NOT NULL, version INTEGER NOT NULL,
          PRIMARY KEY(segment, row)) WITHOUT ROWID, STRICT;
        CREATE INDEX verdictVersion ON verdict(version);
        -- The last segment whose objects were held against the claims.
        ALTER TABLE state ADD COLUMN settledSegment INTEGER NOT NULL DEFAULT 0;
        PRAGMA user_version = 4;
        """)
  }
  migrator.registerMigration("5 zones of sources") { db in
    // In which zone times that name none were read; NULL where there were none.
    try db.execute(
      sql: """
        ALTER TABLE source ADD COLUMN zone TEXT;
        PRAGMA user_version = 5;
        """)
  }
  migrator.registerMigration("6 indexes") { db in
    // Of segments that are merged, and of one source's problems.
    try db.execute(
      sql: """
        CREATE INDEX actLinkHead ON actLink(headSegment);
        CREATE INDEX rejectOfSegment ON reject(segment);
        CREATE INDEX rejectOfSource ON reject(source, start);
        PRAGMA user_version = 6;
        """)
  }
  return migrator
}
