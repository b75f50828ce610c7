import AuditModel
import EventQueries

#if canImport(Glibc)
  import Glibc
#elseif canImport(Musl)
  import Musl
#endif

/// The text of a segment's records, read from front to back in large pieces. For one thread.
final class SegmentText {
  /// A record that is to be read, and the row that it is part of.
  struct Entry {
    var row: Int
    var record: StoredRecord
  }

  /// A piece is so long, but where one record is longer.
  private static let pieceLength = 1 << 20
  /// Records that stand further apart than this are read on their own.
  private static let gapLimit = 1 << 16

  private let segment: Segment
  private let source: StoredSource
  private let store: EventStore
  private let environment: StoreEnvironment
  private let file: PlainFile?
  /// The file is by all signs the one that was indexed, so that not each record need be checked.
  private let isUnchanged: Bool
  private var piece: [UInt8] = []
  private var pieceStart: Int64 = 0

  init(segment: Segment, source: StoredSource, store: EventStore) throws(StoreError) {
    self.segment = segment
    self.source = source
    self.store = store
    environment = store.environment
    let isFile = !segment.info.hasBlocks && source.isPlain && source.path != "-"
    file = isFile ? try PlainFile(source.path) : nil
    isUnchanged = file.map { $0.isStill(source) } ?? segment.info.hasBlocks
  }

  /// The records of the rows within the segment, as they stand in the source.
  func entries(of rows: Bitset) throws -> [Entry] {
    let offsets = try segment.numbers(.offset)
    let lengths = try segment.numbers(.length)
    let lines = try segment.numbers(.line)
    let flags = try segment.numbers(.flags)
    let keys = try segment.identifiers(.contentID)
    var entries: [Entry] = []
    rows.forEach { row in
      entries.append(
        Entry(
          row: row,
          record: StoredRecord(
            stage: .responseComplete, flags: RowFlags(rawValue: flags.byte(row)), offset: offsets.integer(row),
            length: Int(lengths.integer(row)), line: Int(lines.integer(row)), contentID: keys[row])))
    }
    let owners = try segment.numbers(.recordRow)
    if owners.count > 0 {
      var last = -1
      for place in 0..<owners.count {
        let row = Int(owners.integer(place))
        guard row != last, rows.count > row, row >= 0, rows[row] else { continue }
        last = row
        entries += try segment.records(of: row).dropFirst().map { Entry(row: row, record: $0) }
      }
    }
    entries.sort { $0.record.offset < $1.record.offset }
    return entries
  }

  /// The rows of which a record holds one of the needles, ASCII letters of either case taken as the same; rows whose
  /// text cannot be read here are among them.
  func rows(of entries: [Entry], holding needles: [[UInt8]], isCancelled: () -> Bool) throws -> Bitset {
    var found = Bitset(repeating: false, count: segment.rowCount)
    let needles = needles.map { $0.map(asciiFolded) }
    var index = 0
    while index < entries.count {
      if isCancelled() { throw CancellationError() }
      guard try holdsPiece(of: entries, from: index) else {
        found[entries[index].row] = true
        index += 1
        continue
      }
      let first = index
      while index < entries.count, range(of: entries[index].record) != nil { index += 1 }
      // What is in a wrapper may be written in another way there.
      let plain = entries[first..<index].filter { entry in
        if entry.record.flags.contains(.wrapped) { found[entry.row] = true }
        return !entry.record.flags.contains(.wrapped)
      }
      let text = folded(piece)
      text.withUnsafeBytes { text in
        for needle in needles {
          mark(plain[...], holding: needle, in: text, &found)
        }
      }
      if !isUnchanged { for entry in plain { try check(entry.record) } }
    }
    return found
  }

  private func mark(
    _ entries: ArraySlice<Entry>, holding needle: [UInt8], in text: UnsafeRawBufferPointer, _ found: inout Bitset
  ) {
    var index = entries.startIndex
    var at = 0
    while index < entries.endIndex, let hit = place(of: needle, in: text, from: at) {
      while index < entries.endIndex, let range = range(of: entries[index].record), range.upperBound <= hit {
        index += 1
      }
      guard index < entries.endIndex, let range = range(of: entries[index].record) else { return }
      if hit < range.lowerBound {
        at = range.lowerBound
      } else if hit + needle.count <= range.upperBound {
        found[entries[index].row] = true
        // The rest of the record says nothing more.
        at = range.upperBound
      } else {
        at = hit + 1
      }
    }
  }

  /// The record's bytes where they are in the piece that was read last, checked; nil elsewhere.
  func bytes(of record: StoredRecord) throws -> [UInt8]? {
    guard let range = range(of: record), !record.flags.contains(.wrapped) else { return nil }
    try check(record)
    return Array(piece[range])
  }

  /// Reads the piece that the entry stands in, and as much of what follows as is wanted too.
  /// - Returns: false where the record has to be read in another way.
  func holdsPiece(of entries: [Entry], from index: Int) throws -> Bool {
    let record = entries[index].record
    if range(of: record) != nil { return true }
    guard record.length >= 0, record.offset >= 0 else { throw StoreError.corrupt(reason: "a record before its source") }
    if segment.info.hasBlocks {
      guard !record.flags.contains(.omitted) else { return false }
      (pieceStart, piece) = try store.payload.block(of: segment.info.number, at: record.offset)
      return range(of: record) != nil
    }
    guard let file else { return false }
    var end = record.offset + Int64(record.length)
    for next in entries[index...].dropFirst() {
      let nextEnd = next.record.offset + Int64(next.record.length)
      guard next.record.offset <= end + Int64(Self.gapLimit),
        nextEnd - record.offset <= Int64(Self.pieceLength)
      else { break }
      end = max(end, nextEnd)
    }
    let count = Int(end - record.offset)
    pieceStart = record.offset
    piece = try file.bytes(at: record.offset, count: count)
    guard piece.count == count else { throw StoreError.sourceChanged(source.path) }
    return true
  }

  private func range(of record: StoredRecord) -> Range<Int>? {
    let start = record.offset - pieceStart
    guard start >= 0, record.length >= 0, start + Int64(record.length) <= Int64(piece.count),
      !(segment.info.hasBlocks && record.flags.contains(.omitted)), !piece.isEmpty
    else { return nil }
    return Int(start)..<(Int(start) + record.length)
  }

  /// Whether it is still what was indexed; the store's own blocks are.
  private func check(_ record: StoredRecord) throws {
    guard !segment.info.hasBlocks, let contentID = environment.contentID, let range = range(of: record) else { return }
    guard piece.withUnsafeBytes({ contentID(UnsafeRawBufferPointer(rebasing: $0[range])) }) == record.contentID else {
      throw StoreError.sourceChanged(source.path)
    }
  }
}

/// A file that can be read anywhere.
final class PlainFile {
  private let path: String
  private let descriptor: Int32

  init(_ path: String) throws(StoreError) {
    self.path = path
    descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
    guard descriptor >= 0 else { throw .sourceUnreadable(path, reason: String(cString: strerror(errno))) }
  }

  deinit { close(descriptor) }

  /// Fewer bytes than asked for where the file ends.
  func bytes(at offset: Int64, count: Int) throws(StoreError) -> [UInt8] {
    guard count >= 0 else { throw .corrupt(reason: "a record of negative length") }
    var failure: Int32 = 0
    let bytes = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      guard let base = buffer.baseAddress else { return }
      while filled < count {
        let got = pread(descriptor, base + filled, count - filled, off_t(offset) + off_t(filled))
        if got < 0, errno == EINTR { continue }
        if got < 0 { failure = errno }
        guard got > 0 else { break }
        filled += got
      }
    }
    if failure != 0 { throw .sourceUnreadable(path, reason: String(cString: strerror(failure))) }
    return bytes
  }

  /// Whether the file has the size, the inode and the time of change that the source had.
  func isStill(_ source: StoredSource) -> Bool {
    var status = stat()
    guard fstat(descriptor, &status) == 0, let modified = source.modified, let inode = source.inode else {
      return false
    }
    let time = Int64(status.st_mtim.tv_sec) &* 1_000_000_000 &+ Int64(status.st_mtim.tv_nsec)
    return Int64(status.st_size) == source.diskSize && Int64(bitPattern: UInt64(status.st_ino)) == inode
      && time == modified
  }
}

/// The first place of the needle at or behind `start`. Looks at 32 places at a time whether the needle's first and last
/// byte stand where they should.
func place(of needle: [UInt8], in text: UnsafeRawBufferPointer, from start: Int) -> Int? {
  guard let base = text.baseAddress, let first = needle.first, let last = needle.last else { return nil }
  return needle.withUnsafeBytes { wanted in
    guard let wantedBase = wanted.baseAddress else { return nil }
    let width = needle.count - 1
    /// Places behind this one have no room for the needle.
    let end = text.count - width
    func stands(_ place: Int) -> Bool { memcmp(base + place, wantedBase, wanted.count) == 0 }
    let firsts = SIMD32<UInt8>(repeating: first)
    let lasts = SIMD32<UInt8>(repeating: last)
    var at = start
    while at + 32 <= end {
      let heads = (base + at).loadUnaligned(as: SIMD32<UInt8>.self)
      let tails = (base + at + width).loadUnaligned(as: SIMD32<UInt8>.self)
      let hits = unsafeBitCast((heads .== firsts) .& (tails .== lasts), to: SIMD4<UInt64>.self)
      if hits[0] | hits[1] | hits[2] | hits[3] != 0 {
        for index in 0..<4 {
          var word = hits[index]
          while word != 0 {
            let byte = word.trailingZeroBitCount >> 3
            if stands(at + index * 8 + byte) { return at + index * 8 + byte }
            word &= ~(0xFF << UInt64(byte * 8))
          }
        }
      }
      at += 32
    }
    while at < end {
      if stands(at) { return at }
      at += 1
    }
    return nil
  }
}

private func folded(_ text: [UInt8]) -> [UInt8] {
  [UInt8](unsafeUninitializedCapacity: text.count) { out, filled in
    text.withUnsafeBufferPointer { text in
      guard let from = text.baseAddress, let to = out.baseAddress else { return }
      for index in 0..<text.count { (to + index).initialize(to: asciiFolded(from[index])) }
    }
    filled = text.count
  }
}

/// Capital ASCII letters as small ones; without branches, so that many are done at once.
@inline(__always)
private func asciiFolded(_ byte: UInt8) -> UInt8 { byte | (byte &- 65 < 26 ? 32 : 0) }
