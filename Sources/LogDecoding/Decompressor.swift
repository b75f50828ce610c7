import CArchive
import Glibc

/// Unpacks one file with libarchive, from front to back. gzip files of several members are read through to the end.
final class Decompressor {
  private let path: String
  private let archive: OpaquePointer?
  private let input: PackedInput
  /// Decompressed bytes given out so far.
  private(set) var offset: Int64 = 0

  /// Packed bytes that libarchive asked for so far.
  var packedBytesRead: Int64 { input.count }

  /// - Parameters:
  ///   - head: bytes that were read from the descriptor before.
  ///   - limits: how much may come out of how little.
  init(path: String, descriptor: Int32, head: [UInt8], limits: Limits) {
    self.path = path
    self.limits = limits
    input = PackedInput(descriptor: descriptor, head: head)
    archive = archive_read_new()
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_zstd(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_format_raw(archive)
    archive_read_support_format_empty(archive)
    let opened = archive_read_open(
      archive, Unmanaged.passUnretained(input).toOpaque(), nil,
      { _, client, start in
        guard let client, let start else { return -1 }
        return Unmanaged<PackedInput>.fromOpaque(client).takeUnretainedValue().next(start)
      }, nil)
    var entry: OpaquePointer?
    switch opened == ARCHIVE_OK ? archive_read_next_header(archive, &entry) : opened {
    case ARCHIVE_OK:
      if archive_filter_code(archive, 0) == ARCHIVE_FILTER_NONE {
        failure = .damaged(path: path, offset: 0, reason: "it starts like a packed file and is none")
      }
    // Nothing at all inside is an empty text.
    case ARCHIVE_EOF: isAtEnd = true
    default: failure = .damaged(path: path, offset: 0, reason: message)
    }
  }

  deinit { archive_read_free(archive) }

  /// What is too much. A log packs 10 to 100 times; zeros pack a thousand times.
  struct Limits: Sendable {
    /// Text bytes for each packed byte.
    var ratio: Int64 = 2000
    /// Below this much text the ratio is not looked at.
    var harmless: Int64 = 256 << 20
    var total: Int64 = 16 << 40
  }

  private let limits: Limits
  private var isAtEnd = false
  /// Thrown again by every read: what comes behind damage has no known place.
  private var failure: SourceError?
  private var message: String {
    archive_error_string(archive).map { String(cString: $0) } ?? "libarchive does not say why"
  }

  /// 0 at the end. Fewer bytes than there is room for do not mean the end.
  ///
  /// Of a file that is damaged or cut off libarchive keeps back what it unpacked last, up to 64 KiB.
  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    if let failure { throw failure }
    guard !isAtEnd, !buffer.isEmpty else { return 0 }
    do throws(SourceError) { return try readOn(into: buffer) } catch {
      failure = error
      throw error
    }
  }

  private func readOn(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    let count = archive_read_data(archive, buffer.baseAddress, buffer.count)
    if let error = input.error {
      throw .cannotRead(path: path, offset: offset, reason: String(cString: strerror(error)))
    }
    guard count >= 0 else { throw .damaged(path: path, offset: offset, reason: message) }
    if count == 0 { isAtEnd = true }
    offset += Int64(count)
    if offset > limits.harmless, offset / max(1, packedBytesRead) > limits.ratio {
      throw .bomb(path: path, offset: offset, reason: "it unpacks to more than \(limits.ratio) times its size")
    }
    if offset > limits.total {
      throw .bomb(path: path, offset: offset, reason: "it unpacks to more than \(limits.total >> 40) TiB")
    }
    return count
  }
}

/// What libarchive reads from: first the bytes that were looked at, then the descriptor.
private final class PackedInput {
  private let descriptor: Int32
  private var head: [UInt8]
  private let block = UnsafeMutableRawBufferPointer.allocate(byteCount: 256 << 10, alignment: 16)
  private var isHeadGiven = false
  private(set) var count: Int64 = 0
  private(set) var error: Int32?

  init(descriptor: Int32, head: [UInt8]) {
    self.descriptor = descriptor
    self.head = head
  }
  deinit { block.deallocate() }

  /// One more block, which stays where it is until the next call.
  func next(_ start: UnsafeMutablePointer<UnsafeRawPointer?>) -> Int {
    start.pointee = UnsafeRawPointer(block.baseAddress)
    if !isHeadGiven, !head.isEmpty {
      isHeadGiven = true
      block.copyBytes(from: head)
      count += Int64(head.count)
      return head.count
    }
    while true {
      let got = Glibc.read(descriptor, block.baseAddress, block.count)
      if got >= 0 {
        count += Int64(got)
        return got
      }
      guard errno == EINTR else { break }
    }
    error = errno
    return -1
  }
}
