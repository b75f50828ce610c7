import AuditModel
import GRDB
import Synchronization

/// Fetches bytes of records: from the blocks of the store, or from the source again.
final class PayloadReader: Sendable {
  /// A block, or its beginning where that was all that was asked for.
  private struct Block: Sendable {
    var segment: UInt32
    var start: Int64
    /// Of the whole block.
    var length: Int
    var bytes: [UInt8]
  }
  /// The last blocks used, the latest at the end: one event after the other is mostly from the same.
  private struct Recent: Sendable {
    var blocks: [Block] = []
    var size: Int { blocks.reduce(0) { $0 + $1.bytes.count } }
  }
  private let recent = Mutex(Recent())
  /// Bytes of text that are kept, but for the last block, which always is.
  private static let recentLimit = 8 << 20
  /// The first bytes of sources that may be tables.
  private let heads = Mutex<[Int64: [UInt8]]>([:])
  private let database: any DatabaseWriter
  private let environment: StoreEnvironment

  init(database: any DatabaseWriter, environment: StoreEnvironment) {
    self.database = database
    self.environment = environment
  }

  /// The record's bytes as they were logged, out of their wrapper, not redacted.
  ///
  /// Where the source is read, the content key tells whether it is still the file that was indexed.
  func bytes(of record: StoredRecord, in segment: SegmentInfo, from source: StoredSource) throws(StoreError) -> [UInt8]
  {
    let bytes = try outerBytes(of: record, in: segment, from: source)
    guard record.flags.contains(.wrapped) else { return bytes }
    guard let inner = environment.unwrap(bytes, record.contentID) else { throw .sourceChanged(source.path) }
    return inner == bytes ? wholeRow(inner, of: source) ?? inner : inner
  }

  private func outerBytes(
    of record: StoredRecord, in segment: SegmentInfo, from source: StoredSource
  ) throws(StoreError) -> [UInt8] {
    if segment.hasBlocks, !record.flags.contains(.omitted) {
      do {
        return try stored(record, segment)
      } catch {
        throw storeError(error)
      }
    }
    guard source.path != "-" else { throw .notKept("standard input") }
    let read: [UInt8]
    if source.isPlain {
      read = try PlainFile(source.path).bytes(at: record.offset, count: record.length)
    } else {
      do {
        read = try environment.readSource(source.path, record.offset, record.length)
      } catch {
        throw error as? StoreError ?? .sourceUnreadable(source.path, reason: "\(error)")
      }
    }
    guard read.count == record.length else { throw .sourceChanged(source.path) }
    if !record.flags.contains(.wrapped), let contentID = environment.contentID,
      read.withUnsafeBytes(contentID) != record.contentID
    {
      throw .sourceChanged(source.path)
    }
    return read
  }

  private func stored(_ record: StoredRecord, _ segment: SegmentInfo) throws -> [UInt8] {
    guard record.length >= 0 else { throw StoreError.corrupt(reason: "a record of negative length") }
    let end = record.offset + Int64(record.length)
    func holds(_ block: Block) -> Bool {
      block.segment == segment.number && block.start <= record.offset
        && record.offset < block.start + Int64(block.length)
    }
    func slice(_ block: Block) throws -> [UInt8] {
      let from = Int(record.offset - block.start)
      guard from >= 0, from + record.length <= block.bytes.count else {
        throw StoreError.corrupt(reason: "a record runs past its block")
      }
      return Array(block.bytes[from..<(from + record.length)])
    }
    let known = recent.withLock { recent -> Block? in
      guard let place = recent.blocks.lastIndex(where: holds) else { return nil }
      if place < recent.blocks.count - 1 { recent.blocks.append(recent.blocks.remove(at: place)) }
      return recent.blocks.last
    }
    if let known, end <= known.start + Int64(known.bytes.count) { return try slice(known) }
    // Who asks for a second record of a block may ask for more.
    let block = try block(of: segment.number, at: record.offset, upTo: known == nil ? end : nil)
    recent.withLock { recent in
      recent.blocks.removeAll { $0.segment == block.segment && $0.start == block.start }
      recent.blocks.append(block)
      while recent.size > Self.recentLimit, recent.blocks.count > 1 { recent.blocks.removeFirst() }
    }
    return try slice(block)
  }

  /// The block that holds the place of the source, whole.
  func block(of segment: UInt32, at offset: Int64) throws -> (start: Int64, bytes: [UInt8]) {
    let block = try block(of: segment, at: offset, upTo: nil)
    return (block.start, block.bytes)
  }

  /// - Parameter end: a place of the source up to which text is wanted; nil for all of it.
  private func block(of segment: UInt32, at offset: Int64, upTo end: Int64?) throws -> Block {
    let row = try database.read { db in
      let rows = try Row.fetchCursor(
        db.cachedStatement(
          sql: """
            SELECT start, length, isPacked, data FROM block WHERE segment = ? AND start <= ? ORDER BY start DESC LIMIT 1
            """), arguments: [segment, offset])
      // A row is good as long as its cursor.
      return try withExtendedLifetime(rows) {
        try rows.next().map {
          (
            start: $0["start"] as Int64, length: $0["length"] as Int, isPacked: $0["isPacked"] as Bool,
            data: try blob($0)
          )
        }
      }
    }
    guard let row else { throw StoreError.corrupt(reason: "a block is missing") }
    var text: [UInt8]?
    if let end, row.isPacked, case let count = Int(end - row.start), count > 0, count < row.length / 4 * 3 {
      text = beginning(of: row.data, count: count)
    } else {
      text = blockText(row.data, isPacked: row.isPacked, length: row.length)
    }
    guard let text else { throw StoreError.corrupt(reason: "a compressed block") }
    return Block(segment: segment, start: row.start, length: row.length, bytes: text)
  }

  private func beginning(of data: [UInt8], count: Int) -> [UInt8]? {
    Decompressor.idle.use { decompressor in data.withUnsafeBytes { decompressor.beginning(of: $0, count: count) } }
  }
}

extension PayloadReader {
  /// A text is told to be a table, and its head is, within so many bytes.
  private static let headLength = 1 << 16

  /// What a row of a table says under its head, which stands at the start of the source; nil where it is none, or where
  /// the head cannot be had.
  private func wholeRow(_ row: [UInt8], of source: StoredSource) -> [UInt8]? {
    guard let first = row.first, first != UInt8(ascii: "{"), first != UInt8(ascii: "[") else { return nil }
    let known = heads.withLock { $0[source.id] }
    let head = known ?? self.head(of: source)
    if known == nil { heads.withLock { $0[source.id] = head } }
    return environment.readRow(row, head)
  }

  /// From the blocks, where the store keeps more than records; else from the source.
  func head(of source: StoredSource) -> [UInt8] {
    let kept = try? database.read { db in
      try Row.fetchOne(
        db,
        sql: """
          SELECT block.length, block.isPacked, block.data FROM block JOIN segment ON segment.id = block.segment
          WHERE segment.source = ? AND block.start = 0 LIMIT 1
          """, arguments: [source.id]
      ).map { (length: $0["length"] as Int, isPacked: $0["isPacked"] as Bool, data: try blob($0)) }
    }
    if let kept, let text = blockText(kept.data, isPacked: kept.isPacked, length: kept.length), text.first != 0 {
      return Array(text.prefix(Self.headLength))
    }
    // What came through standard input is there once.
    return source.path == "-" ? [] : (try? environment.readSource(source.path, 0, Self.headLength)) ?? []
  }
}

extension StoreSnapshot {
  /// The first 64 KiB of a source's text, from the store where it has them, else from the file; empty where neither has.
  /// Where the store keeps records alone, a line ends where others of them or other text stood.
  public func head(of source: StoredSource) -> [UInt8] {
    store.payload.head(of: source).map { $0 == 0 ? UInt8(ascii: "\n") : $0 }
  }
}

private func blockText(_ data: [UInt8], isPacked: Bool, length: Int) -> [UInt8]? {
  guard isPacked else { return data }
  return Decompressor.idle.use { decompressor in data.withUnsafeBytes { decompressor.text(of: $0, size: length) } }
}

extension EventStore {
  /// The text of all blocks that the store keeps, in order: what a thief of the file could read.
  package func storedText() throws -> [String] {
    let blocks = try read { db in
      try Row.fetchAll(db, sql: "SELECT length, isPacked, data FROM block ORDER BY segment, start").map {
        (length: $0["length"] as Int, isPacked: $0["isPacked"] as Bool, data: try blob($0))
      }
    }
    return blocks.compactMap { block in
      blockText(block.data, isPacked: block.isPacked, length: block.length).map { String(decoding: $0, as: UTF8.self) }
    }
  }
}
