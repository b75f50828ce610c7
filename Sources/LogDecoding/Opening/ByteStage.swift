import Glibc

/// Bytes from front to back: of a file, or out of what they are packed in. For one thread at a time.
protocol ByteStage: AnyObject {
  /// 0 at the end; fewer than there is room for do not mean the end.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int
  /// Goes to a place of a plain file; false where there is no going anywhere.
  func seek(to place: Int64) -> Bool
  /// How long the bytes are, where that is known before they are read.
  var length: Int64? { get }
}

extension ByteStage {
  func seek(to place: Int64) -> Bool { false }
  var length: Int64? { nil }
}

/// The bytes of an open file, pipe or standard input, as they are on disk.
final class FileStage: ByteStage {
  let path: String
  let descriptor: Int32
  /// Of a plain file, its size; nil for a pipe.
  let length: Int64?
  /// Where a plain file is read from; standard input may stand in the middle of one.
  let start: Int64
  /// Bytes of a pipe that were looked at.
  private var head: [UInt8]
  private let ownsDescriptor: Bool
  private var position: Int64

  /// Bytes given out so far, from the start of the file.
  var bytesRead: Int64 { position }

  /// Opens a file, a pipe, or standard input as `-`. Symbolic links are followed.
  /// - Parameter known: bytes of a pipe that were read before.
  init(path: String, head known: [UInt8]? = nil) throws(SourceError) {
    let isStandardInput = path == "-"
    let descriptor = isStandardInput ? STDIN_FILENO : Glibc.open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
    var status = stat()
    let known = known ?? []
    let problem: String? =
      if fstat(descriptor, &status) != 0 {
        String(cString: strerror(errno))
      } else {
        switch status.st_mode & S_IFMT {
        case S_IFDIR: "it is a folder"
        case S_IFBLK: "it is a device"
        default: nil
        }
      }
    if let problem {
      if !isStandardInput { close(descriptor) }
      throw .cannotOpen(path: path, reason: problem)
    }
    self.path = path
    self.descriptor = descriptor
    ownsDescriptor = !isStandardInput
    let isPlain = status.st_mode & S_IFMT == S_IFREG
    length = isPlain ? Int64(status.st_size) : nil
    start = isPlain ? max(0, Int64(lseek(descriptor, 0, SEEK_CUR)) - Int64(known.count)) : 0
    head = isPlain ? [] : known
    position = start
  }

  deinit { if ownsDescriptor { close(descriptor) } }

  /// The bytes to come, without taking them: up to `count`, and at least `least` unless there are no more. A pipe is
  /// waited on for no more than the least.
  func peek(_ count: Int, least: Int) throws(SourceError) -> [UInt8] {
    var bytes = head
    while bytes.count < least || length != nil && bytes.count < count {
      var part = [UInt8](repeating: 0, count: count - bytes.count)
      let got = part.withUnsafeMutableBytes { buffer in
        length != nil
          ? pread(descriptor, buffer.baseAddress, buffer.count, off_t(position) + off_t(bytes.count))
          : Glibc.read(descriptor, buffer.baseAddress, buffer.count)
      }
      if got < 0, errno == EINTR { continue }
      guard got >= 0 else { throw .cannotOpen(path: path, reason: String(cString: strerror(errno))) }
      if got == 0 { break }
      bytes += part[..<got]
    }
    if length == nil { head = bytes }
    return Array(bytes.prefix(count))
  }

  var hasPeeked: Bool { !head.isEmpty }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
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
        length != nil
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

  func seek(to place: Int64) -> Bool {
    guard length != nil, start == 0, place >= 0 else { return false }
    position = place
    return true
  }
}

/// Another stage, whose first bytes may be looked at before they are read.
final class PeekedStage: ByteStage {
  private let inner: any ByteStage
  private var head: ArraySlice<UInt8> = []

  init(_ inner: any ByteStage) { self.inner = inner }

  var length: Int64? { inner.length }

  /// The next bytes, fewer only where they end or break off: damage is told by `read`.
  func peek(_ count: Int) -> [UInt8] {
    var bytes = Array(head)
    var filled = bytes.count
    if filled < count {
      bytes += [UInt8](repeating: 0, count: count - filled)
      while filled < count, let got = try? inner.read(into: &bytes, from: filled), got > 0 { filled += got }
      bytes.removeLast(count - filled)
      head = bytes[...]
    }
    return Array(bytes.prefix(count))
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    guard !head.isEmpty else { return try inner.read(into: buffer) }
    let count = min(head.count, buffer.count)
    buffer.copyBytes(from: head.prefix(count))
    head = head.dropFirst(count)
    return count
  }
}

extension ByteStage {
  /// Reads into an array from a place on.
  func read(into bytes: inout [UInt8], from start: Int) throws(SourceError) -> Int {
    var result: Result<Int, SourceError> = .success(0)
    bytes.withUnsafeMutableBytes { buffer in
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[start...])
      do throws(SourceError) { result = .success(try read(into: room)) } catch { result = .failure(error) }
    }
    return try result.get()
  }
}
