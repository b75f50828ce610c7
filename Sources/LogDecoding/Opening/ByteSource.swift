import Glibc

/// A file (or standard input, or a file in an archive) of log text. What it is packed in is seen through, decided by
/// its first bytes.
///
/// Reading from front to back is for one thread at a time; `bytes(at:count:)` may be called from any.
public final class ByteSource: @unchecked Sendable {
  // Unchecked: `read(into:)` is for one thread, and what other threads touch is immutable or behind pread(2).

  /// As it was named: `-` is standard input, `ARCHIVE!NAME` a file in an archive.
  public let path: String
  public let compression: Compression
  public let encoding: TextEncoding
  /// The file is an archive: what is read are its bytes, not its files (`ArchiveWalk`).
  public let archive: ArchiveKind?
  /// What archive the file stands in.
  public let member: ArchiveMember?
  /// `none` where the text is the bytes of the file, else what it is taken out of.
  public let packing: String
  /// Whether any byte can be had at once: a plain file that is not packed.
  public let isSeekable: Bool
  /// Bytes on disk, packed as they are; of a file in an archive, as the archive says. Nil for a pipe.
  public let diskSize: Int64?

  private let file: FileStage?
  let stage: any ByteStage
  private let limits: UnpackingLimits
  /// Bytes of text given out so far.
  private var position: Int64 = 0

  /// Opens a file, a pipe, or standard input as `-`. Symbolic links are followed.
  public static func open(
    _ path: String, limits: UnpackingLimits = UnpackingLimits()
  ) throws(SourceError) -> ByteSource {
    guard let archive = ArchivePath.archive(of: path) else { return try ByteSource(path: path, limits: limits) }
    let walk = try ArchiveWalk(archive, .files([path]), limits: limits)
    while let step = walk.next() {
      switch step {
      case .file(let source): return source
      case .failure(let error): throw error
      }
    }
    throw .cannotOpen(path: path, reason: "the archive has no such file")
  }

  /// Standard input, of which some bytes were read already.
  public static func standardInput(
    head: [UInt8], limits: UnpackingLimits = UnpackingLimits()
  ) throws(SourceError) -> ByteSource {
    try ByteSource(path: "-", limits: limits, head: head)
  }

  /// Whether a text that begins so is read as it stands: it is not packed, and no archive.
  public static func isPlainText(_ head: [UInt8]) -> Bool { OpenedText.isPlain(head) }

  /// Whether reading on gives something at once, or within a time; always for files.
  public func hasInput(milliseconds: Int32) -> Bool {
    guard let file, diskSize == nil, packing == "none", !file.hasPeeked else { return true }
    var input = pollfd(fd: file.descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, milliseconds) != 0
  }

  /// - Parameter known: bytes of a pipe that were read before.
  init(path: String, limits: UnpackingLimits, head known: [UInt8]? = nil) throws(SourceError) {
    let file = try FileStage(path: path, head: known)
    let head = try file.peek(OpenedText.headLength, least: known == nil ? Compression.magicLength : 0)
    let text = OpenedText(file, path: path, limits: limits) { count in
      count <= OpenedText.headLength ? head : (try? file.peek(count, least: count)) ?? head
    }
    self.path = path
    self.file = file
    self.limits = limits
    stage = text.stage
    compression = text.compression
    encoding = text.encoding
    archive = text.archive
    member = nil
    diskSize = file.length
    packing = Self.packing(text, kind: text.archive)
    // Standard input may stand in the middle of a file that the shell opened.
    isSeekable = file.length != nil && file.start == 0 && packing == "none"
  }

  /// A file in an archive.
  init(
    path: String, text: OpenedText, kind: ArchiveKind, isFile: Bool, limits: UnpackingLimits, member: ArchiveMember
  ) {
    self.path = path
    self.limits = limits
    self.member = member
    file = nil
    stage = PeekedStage(text.stage)
    compression = text.compression
    encoding = text.encoding
    archive = nil
    packing = Self.packing(text, kind: kind)
    diskSize = isFile ? member.size ?? 0 : nil
    isSeekable = false
  }

  private static func packing(_ text: OpenedText, kind: ArchiveKind?) -> String {
    if let kind { return kind.rawValue }
    return text.compression == .none && text.encoding != .utf8 ? text.encoding.rawValue : text.compression.rawValue
  }

  /// Whether a format takes one of the first records of a file in an archive; nothing is taken from it.
  public var beginsWithLogs: Bool {
    guard let stage = stage as? PeekedStage else { return true }
    let head = stage.peek(64 << 10)
    return head.withUnsafeBytes { bytes in
      let decoder = RecordDecoder(framing: RecordDecoder.framing(of: bytes))
      return !decoder.decode(bytes, offset: 0, isLast: bytes.count < 64 << 10).batch.records.isEmpty
    }
  }

  /// Bytes read from disk so far, packed as they are: how far `read(into:)` has come, out of `diskSize`.
  public var diskBytesRead: Int64 { file.map { $0.bytesRead - $0.start } ?? position }

  /// The next bytes of text, from front to back. 0 at the end; fewer than there is room for do not mean the end.
  ///
  /// A packed file that is damaged or cut off gives what can be read of it, which but for gzip may lack up to 64 KiB in
  /// front of the damage, and then throws.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    let got = try stage.read(into: buffer)
    position += Int64(got)
    return got
  }

  /// Text from the given place on; fewer bytes than asked for where the text ends.
  ///
  /// One pread(2) of a plain file. A packed file is opened anew and unpacked up to the place, which costs as much as
  /// reading all that stands before it; text that came through a pipe is gone.
  public func bytes(at offset: Int64, count: Int) throws(SourceError) -> [UInt8] {
    precondition(offset >= 0 && count >= 0, "a place in a text")
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    if let file, isSeekable {
      while filled < count {
        let got = bytes.withUnsafeMutableBytes { buffer in
          buffer.baseAddress.map { pread(file.descriptor, $0 + filled, count - filled, off_t(offset) + off_t(filled)) }
            ?? 0
        }
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else {
          throw .cannotRead(path: path, offset: offset, reason: String(cString: strerror(errno)))
        }
        if got == 0 { break }
        filled += got
      }
    } else {
      guard diskSize != nil, path != "-", member?.archive != "-" else {
        throw .cannotRead(path: path, offset: offset, reason: "what came through a pipe cannot be read twice")
      }
      let source = try ByteSource.open(path, limits: limits)
      try source.skip(offset)
      while filled < count {
        let got = try source.read(into: &bytes, from: filled)
        if got == 0 { break }
        filled += got
      }
    }
    bytes.removeLast(count - filled)
    return bytes
  }

  /// Text from the given place on, of a plain file, into memory that is used again and again.
  /// - Returns: how many bytes; fewer than there is room for only where the file ends.
  public func read(at offset: Int64, into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    precondition(isSeekable, "a plain file")
    guard let base = buffer.baseAddress, let file else { return 0 }
    var filled = 0
    while filled < buffer.count {
      let got = pread(file.descriptor, base + filled, buffer.count - filled, off_t(offset) + off_t(filled))
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .cannotRead(path: path, offset: offset, reason: String(cString: strerror(errno))) }
      if got == 0 { break }
      filled += got
    }
    return filled
  }

  private func skip(_ count: Int64) throws(SourceError) {
    let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
    defer { block.deallocate() }
    var left = count
    while left > 0 {
      let got = try read(into: UnsafeMutableRawBufferPointer(rebasing: block[..<Int(min(left, Int64(block.count)))]))
      if got == 0 { return }
      left -= Int64(got)
    }
  }
}

extension ByteSource: ByteStage {}
