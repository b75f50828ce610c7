import CArchive

/// What kind of archive of files some bytes are.
public enum ArchiveKind: String, CaseIterable, Hashable, Sendable {
  case tar, zip

  /// How many bytes `init(head:)` needs to see.
  static let headLength = 512
  /// Nobody writes a longer end behind the last file of a tar.
  private static let longestEnd = 64 << 10

  /// - Parameter peek: the first bytes, as many as are asked for unless there are fewer.
  init?(_ peek: (Int) -> [UInt8]) {
    let head = peek(Self.headLength)
    if let kind = ArchiveKind(head: head) {
      self = kind
    } else if head.count == Self.headLength, head.allSatisfy({ $0 == 0 }), Self.isEnd(peek(Self.longestEnd + 1)) {
      self = .tar
    } else {
      return nil
    }
  }

  /// A tar without a file has nothing but its end: blocks of zeros, two and more. A log of which the start was emptied
  /// while it was written begins so too, and goes on.
  private static func isEnd(_ bytes: [UInt8]) -> Bool {
    (1024...longestEnd).contains(bytes.count) && bytes.count.isMultiple(of: 512) && bytes.allSatisfy { $0 == 0 }
  }

  /// Nil where the bytes begin no archive.
  init?(head: [UInt8]) {
    if head.starts(with: [0x50, 0x4B, 3, 4]) || head.starts(with: [0x50, 0x4B, 5, 6]) {
      self = .zip
    } else if head.count >= 512, Self.hasTarChecksum(head) {
      self = .tar
    } else {
      return nil
    }
  }

  /// Every kind of tar has a checksum in its headers: six octal digits at 148, the sum of all bytes with blanks there.
  private static func hasTarChecksum(_ head: [UInt8]) -> Bool {
    let digits = head[148..<156].drop { $0 == 0x20 }.prefix { (0x30...0x37).contains($0) }
    guard head[0] != 0, !digits.isEmpty, let stated = Int(String(decoding: digits, as: UTF8.self), radix: 8) else {
      return false
    }
    return head[..<148].reduce(0) { $0 + Int($1) } + 8 * 0x20 + head[156..<512].reduce(0) { $0 + Int($1) } == stated
  }
}

/// Reads the files in a tar or zip one after the other. Their names are text, nothing more: no file is ever written.
final class ArchiveReader {
  let kind: ArchiveKind
  /// As the archive is named.
  let path: String
  private let archive: OpaquePointer?
  private let input: ArchiveInput
  private var names: Set<String> = []
  private var failure: SourceError?
  fileprivate var entryNumber = 0
  /// Bytes of the file that libarchive has given and nobody has read: its own until the next call for some.
  private var block = UnsafeRawBufferPointer(start: nil, count: 0)
  private var blockStart: Int64 = 0
  private var position: Int64 = 0
  /// A wrong checksum is told together with the last block.
  private var blockFailure: Int32?

  /// A plain file in the archive.
  struct Entry {
    /// As the archive names it; where several have one name, those behind the first have a number: `a.log (2)`.
    var name: String
    /// Bytes when unpacked; nil where only reading tells.
    var size: Int64?
    /// Seconds since 1970.
    var modified: Int64
    var isEncrypted: Bool
  }

  init(_ kind: ArchiveKind, path: String, over stage: any ByteStage) {
    self.kind = kind
    self.path = path
    input = ArchiveInput(stage)
    archive = archive_read_new()
    switch kind {
    case .tar: archive_read_support_format_tar(archive)
    case .zip: archive_read_support_format_zip(archive)
    }
    if input.open(archive) != ARCHIVE_OK {
      failure = input.error ?? .cannotOpen(path: path, reason: archiveMessage(archive))
    }
  }

  deinit { archive_read_free(archive) }

  /// The next plain file; nil at the end. What was left unread of the one before is passed over.
  func next() throws(SourceError) -> Entry? {
    if let failure { throw failure }
    block = UnsafeRawBufferPointer(start: nil, count: 0)
    (blockStart, position, blockFailure) = (0, 0, nil)
    while true {
      var entry: OpaquePointer?
      let result = archive_read_next_header(archive, &entry)
      if result == ARCHIVE_EOF { return nil }
      // A warning is about what we do not use, as a name in an unknown alphabet.
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN else {
        let behind = names.isEmpty ? "" : " behind its file number \(entryNumber)"
        let error =
          input.error ?? .cannotOpen(path: path, reason: "the archive is damaged\(behind): \(archiveMessage(archive))")
        failure = error
        throw error
      }
      entryNumber += 1
      guard archive_entry_filetype(entry) & 0o170_000 == 0o100_000, archive_entry_hardlink(entry) == nil else {
        continue
      }
      // `tar .` puts a `./` in front of all names.
      let stated = archive_entry_pathname(entry).map { String(cString: $0) } ?? ""
      let name = stated.hasPrefix("./") ? String(stated.dropFirst(2)) : stated
      return Entry(
        name: unique(name.isEmpty ? "(file \(entryNumber))" : name),
        size: archive_entry_size_is_set(entry) != 0 ? archive_entry_size(entry) : nil,
        modified: Int64(archive_entry_mtime(entry)), isEncrypted: archive_entry_is_encrypted(entry) != 0)
    }
  }

  private func unique(_ name: String) -> String {
    var candidate = name
    var number = 1
    while !names.insert(candidate).inserted {
      number += 1
      candidate = "\(name) (\(number))"
    }
    return candidate
  }

  /// The bytes of the file that `next` gave; they are gone once it gives another one.
  func contents(of entry: Entry, path: String, limits: UnpackingLimits) -> any ByteStage {
    ArchiveEntryStage(reader: self, entry: entry, path: path, limits: limits)
  }

  /// 0 at the end of the file, negative where it breaks off. Of a call that filled the buffer and met damage, all that
  /// it had read by then would be gone: blocks are taken one by one.
  fileprivate func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    while block.isEmpty {
      if let blockFailure { return Int(blockFailure) }
      var start: UnsafeRawPointer?
      var size = 0
      let result = archive_read_data_block(archive, &start, &size, &blockStart)
      if result == ARCHIVE_EOF { return 0 }
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN else { return Int(result) }
      if result == ARCHIVE_WARN { blockFailure = result }
      block = UnsafeRawBufferPointer(start: start, count: size)
    }
    // A sparse file has holes between its blocks.
    let hole = Int(min(Int64(buffer.count), max(0, blockStart - position)))
    let count = hole > 0 ? hole : min(buffer.count, block.count)
    let part = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    if hole > 0 {
      part.initializeMemory(as: UInt8.self, repeating: 0)
    } else {
      part.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<count]))
      block = UnsafeRawBufferPointer(rebasing: block[count...])
      blockStart += Int64(count)
    }
    position += Int64(count)
    return count
  }
  fileprivate var readError: SourceError? { input.error }
  fileprivate var message: String { archiveMessage(archive) }
  fileprivate var packedCount: Int64 { input.count }
}

/// The bytes of one file in an archive.
private final class ArchiveEntryStage: ByteStage {
  private let reader: ArchiveReader
  private let path: String
  private let limits: UnpackingLimits
  private let entryNumber: Int
  /// What libarchive had been given when the file began.
  private let packedBefore: Int64
  private var offset: Int64 = 0
  private var failure: SourceError?
  let length: Int64?

  init(reader: ArchiveReader, entry: ArchiveReader.Entry, path: String, limits: UnpackingLimits) {
    self.reader = reader
    self.path = path
    self.limits = limits
    entryNumber = reader.entryNumber
    packedBefore = reader.packedCount
    length = entry.size
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if let failure { throw failure }
    precondition(entryNumber == reader.entryNumber, "a file in an archive is read before the next one")
    guard !buffer.isEmpty else { return 0 }
    let count = reader.read(into: buffer)
    let reason =
      count > 0 ? limits.refusal(text: offset + Int64(count), packed: reader.packedCount - packedBefore) : nil
    if let reason {
      failure = .bomb(path: path, offset: offset, reason: reason)
    } else if count < 0 {
      failure = reader.readError ?? .damaged(path: path, offset: offset, reason: reader.message)
    }
    if let failure { throw failure }
    offset += Int64(count)
    return count
  }
}
