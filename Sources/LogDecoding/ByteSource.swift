import Glibc

/// A file (or standard input) of log text; compressed ones are seen through, decided by their first bytes.
///
/// Reading from front to back is for one thread at a time; `bytes(at:count:)` may be called from any.
public final class ByteSource: @unchecked Sendable {
  // Unchecked: `read(into:)` is for one thread, and what other threads touch is immutable or behind pread(2).

  /// As it was named: `-` is standard input.
  public let path: String
  public let compression: Compression
  /// Whether any byte can be had at once: a plain file that is not packed.
  public let isSeekable: Bool
  /// Bytes on disk, packed as they are; nil for a pipe.
  public let diskSize: Int64?

  private let descriptor: Int32
  private let ownsDescriptor: Bool
  private let limits: Decompressor.Limits
  private let decompressor: Decompressor?
  /// Bytes of a pipe that were looked at to see how it is packed.
  private var head: [UInt8]
  private var position: Int64 = 0

  /// Opens a file, a pipe, or standard input as `-`. Symbolic links are followed.
  public static func open(_ path: String) throws(SourceError) -> ByteSource {
    try ByteSource(path: path, limits: Decompressor.Limits())
  }

  /// Standard input, of which some bytes were read already.
  public static func standardInput(head: [UInt8]) throws(SourceError) -> ByteSource {
    try ByteSource(path: "-", limits: Decompressor.Limits(), head: head)
  }

  /// Whether a text that begins so is read as it stands: it is not packed.
  public static func isPlainText(_ head: some Sequence<UInt8>) -> Bool { Compression(magic: head) == .none }

  /// Whether reading on gives something at once, or within a time; always for files.
  public func hasInput(milliseconds: Int32) -> Bool {
    guard diskSize == nil, decompressor == nil, head.isEmpty else { return true }
    var input = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
    return poll(&input, 1, milliseconds) != 0
  }

  /// - Parameter known: bytes of a pipe that were read before.
  init(path: String, limits: Decompressor.Limits, head known: [UInt8]? = nil) throws(SourceError) {
    let isStandardInput = path == "-"
    let descriptor = isStandardInput ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
    var owned: Owned? = Owned(descriptor: descriptor, isOurs: !isStandardInput)
    var status = stat()
    guard fstat(descriptor, &status) == 0 else {
      throw .cannotOpen(path: path, reason: String(cString: strerror(errno)))
    }
    let kind = status.st_mode & S_IFMT
    guard kind != S_IFDIR else { throw .cannotOpen(path: path, reason: "it is a folder") }
    guard kind != S_IFBLK else { throw .cannotOpen(path: path, reason: "it is a device") }
    let isPlain = kind == S_IFREG
    let start = isPlain ? max(0, lseek(descriptor, 0, SEEK_CUR)) : 0
    let head: [UInt8]
    if let known {
      head = known
    } else {
      head = try ByteSource.peek(descriptor, path: path, isPlain: isPlain, at: start)
    }

    self.path = path
    self.descriptor = descriptor
    self.limits = limits
    ownsDescriptor = !isStandardInput
    compression = Compression(magic: head)
    diskSize = isPlain ? Int64(status.st_size) : nil
    // Standard input may stand in the middle of a file that the shell opened.
    isSeekable = isPlain && compression == .none && start == 0
    self.head = isPlain ? [] : head
    decompressor =
      compression == .none
      ? nil : Decompressor(path: path, descriptor: descriptor, head: isPlain ? [] : head, limits: limits)
    owned?.isOurs = false
    owned = nil
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  /// Closes the descriptor where opening fails halfway.
  private final class Owned {
    let descriptor: Int32
    var isOurs: Bool
    init(descriptor: Int32, isOurs: Bool) {
      self.descriptor = descriptor
      self.isOurs = isOurs
    }
    deinit { if isOurs { close(descriptor) } }
  }

  private static func peek(
    _ descriptor: Int32, path: String, isPlain: Bool, at start: off_t
  ) throws(SourceError) -> [UInt8] {
    var bytes = [UInt8](repeating: 0, count: Compression.magicLength)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        guard let base = buffer.baseAddress else { return 0 }
        return isPlain
          ? pread(descriptor, base + count, buffer.count - count, start + off_t(count))
          : Glibc.read(descriptor, base + count, buffer.count - count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
      if got == 0 { break }
      count += got
    }
    return Array(bytes[..<count])
  }

  /// Bytes read from disk so far, packed as they are: how far `read(into:)` has come, out of `diskSize`.
  public var diskBytesRead: Int64 { decompressor?.packedBytesRead ?? position }

  /// The next bytes of text, from front to back. 0 at the end; fewer than there is room for do not mean the end.
  ///
  /// A packed file that is damaged or cut off gives what can be read of it, which may lack up to 64 KiB of text in
  /// front of the damage, and then throws.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if let decompressor { return try decompressor.read(into: buffer) }
    guard let base = buffer.baseAddress, buffer.count > 0 else { return 0 }
    if !head.isEmpty {
      let count = min(head.count, buffer.count)
      buffer.copyBytes(from: head[..<count])
      head.removeFirst(count)
      position += Int64(count)
      return count
    }
    while true {
      let got =
        isSeekable
        ? pread(descriptor, base, buffer.count, off_t(position)) : Glibc.read(descriptor, base, buffer.count)
      if got >= 0 {
        position += Int64(got)
        return got
      }
      guard errno == EINTR else {
        throw .cannotRead(path: path, offset: position, reason: String(cString: strerror(errno)))
      }
    }
  }

  /// Text from the given place on; fewer bytes than asked for where the text ends.
  ///
  /// One pread(2) of a plain file. A packed file is opened anew and unpacked up to the place, which costs as much as
  /// reading all that stands before it; text that came through a pipe is gone.
  public func bytes(at offset: Int64, count: Int) throws(SourceError) -> [UInt8] {
    precondition(offset >= 0 && count >= 0, "a place in a text")
    var bytes = [UInt8](repeating: 0, count: count)
    var filled = 0
    if isSeekable {
      while filled < count {
        let got = bytes.withUnsafeMutableBytes { buffer in
          buffer.baseAddress.map { pread(descriptor, $0 + filled, count - filled, off_t(offset) + off_t(filled)) } ?? 0
        }
        if got < 0, errno == EINTR { continue }
        guard got >= 0 else {
          throw .cannotRead(path: path, offset: offset, reason: String(cString: strerror(errno)))
        }
        if got == 0 { break }
        filled += got
      }
    } else {
      guard diskSize != nil, path != "-" else {
        throw .cannotRead(path: path, offset: offset, reason: "what came through a pipe cannot be read twice")
      }
      let source = try ByteSource(path: path, limits: limits)
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
    guard let base = buffer.baseAddress else { return 0 }
    var filled = 0
    while filled < buffer.count {
      let got = pread(descriptor, base + filled, buffer.count - filled, off_t(offset) + off_t(filled))
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

  /// Fills an array from a place on.
  func read(into bytes: inout [UInt8], from start: Int) throws(SourceError) -> Int {
    var result: Result<Int, SourceError> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
      do throws(SourceError) { result = .success(try read(into: room)) } catch { result = .failure(error) }
    }
    return try result.get()
  }
}
