public import AuditModel
import Foundation
import GRDB

/// A log file as the store knows it, and how to tell it again wherever it was moved or packed.
public struct StoredSource: Sendable, Identifiable {
  /// 0 before the store has it.
  public var id: Int64
  /// As the user named it; where it was last found. `ARCHIVE!NAME` for a file in an archive.
  public var path: String
  /// `none`, `gzip`, `tar`, `utf-16le`, ...: a plain file can be read anywhere, others only from their start.
  public var compression: String
  /// Fingerprint of the first `headLength` bytes of the text.
  public var head: [UInt8]
  public var headLength: Int
  /// Fingerprint of the last `tailLength` bytes before `size`.
  public var tail: [UInt8]?
  public var tailLength: Int
  /// Bytes of text that were there when it was last read.
  public var size: Int64
  /// The file itself, packed or not, as last seen: length, fingerprint of its last bytes, time of change in
  /// nanoseconds, inode. Nil for a pipe.
  public var diskSize: Int64?
  public var diskTail: [UInt8]?
  public var modified: Int64?
  public var inode: Int64?
  /// Everything up to `size` was read.
  public var isComplete: Bool
  /// The cluster that its records are from, where they do not say so themselves.
  public var cluster: String?
  /// The zone in which times were read that name none; nil where there were none.
  public var zone: String?

  public init(
    id: Int64 = 0, path: String, compression: String, head: [UInt8], headLength: Int, tail: [UInt8]? = nil,
    tailLength: Int = 0, size: Int64 = 0, diskSize: Int64? = nil, diskTail: [UInt8]? = nil, modified: Int64? = nil,
    inode: Int64? = nil, isComplete: Bool = false, cluster: String? = nil, zone: String? = nil
  ) {
    self.id = id
    self.path = path
    self.compression = compression
    self.head = head
    self.headLength = headLength
    self.tail = tail
    self.tailLength = tailLength
    self.size = size
    self.diskSize = diskSize
    self.diskTail = diskTail
    self.modified = modified
    self.inode = inode
    self.isComplete = isComplete
    self.cluster = cluster
    self.zone = zone
  }

  var isPlain: Bool { compression == "none" }

  /// Marks an archive itself, all of whose logs are sources of their own: it has no text and is in no list.
  public static let archiveCompression = "archive"
  public var isArchive: Bool { compression == Self.archiveCompression }

  static func fetchAll(_ db: Database) throws -> SourceTable {
    var sources: [StoredSource] = []
    for row in try Row.fetchAll(db, sql: "SELECT * FROM source") {
      let source = StoredSource(
        id: row["id"], path: row["path"], compression: row["compression"], head: Array(row["head"] as Data),
        headLength: row["headLength"], tail: (row["tail"] as Data?).map { Array($0) }, tailLength: row["tailLength"],
        size: row["size"], diskSize: row["diskSize"], diskTail: (row["diskTail"] as Data?).map { Array($0) },
        modified: row["modified"], inode: row["inode"], isComplete: row["isComplete"],
        cluster: row["cluster"], zone: row["zone"])
      sources.append(source)
    }
    return SourceTable(sources)
  }

  /// Adds the source where its id is 0, else rewrites its row.
  /// - Returns: its id.
  func save(_ db: Database) throws -> Int64 {
    try db.execute(
      sql: """
        INSERT INTO source VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT(id) DO UPDATE SET path = excluded.path, compression = excluded.compression, head = excluded.head,
          headLength = excluded.headLength, tail = excluded.tail, tailLength = excluded.tailLength,
          size = excluded.size, diskSize = excluded.diskSize, diskTail = excluded.diskTail,
          modified = excluded.modified, inode = excluded.inode, isComplete = excluded.isComplete,
          cluster = excluded.cluster, zone = excluded.zone
        """,
      arguments: [
        id == 0 ? nil : id, path, compression, Data(head), headLength, tail.map { Data($0) }, tailLength, size,
        diskSize, diskTail.map { Data($0) }, modified, inode, isComplete, cluster, zone,
      ])
    return id == 0 ? db.lastInsertedRowID : id
  }
}

/// What a list of sources shows.
public struct SourceSummary: Sendable {
  public var source: StoredSource
  public var path: String { source.path }
  public var actCount: Int
  public var rejectCount: Int
  public var lineCount: Int
  /// Bytes of text that were read so far.
  public var bytesRead: Int64
  public var timeSpan: ClosedRange<Timestamp>?
  /// The text itself is kept in the store.
  public var keepsText: Bool
}
