import CArchive

/// Unpacks one text with libarchive, from front to back: of all kinds but gzip, which `Gunzipping` unpacks.
final class Decompressor: ByteStage {
  private let path: String
  private let archive: OpaquePointer?
  private let input: ArchiveInput
  private let limits: UnpackingLimits
  /// Decompressed bytes given out so far.
  private var offset: Int64 = 0
  private var block = UnsafeRawBufferPointer(start: nil, count: 0)
  private var isAtEnd = false
  /// Thrown again by every read: what comes behind damage has no known place.
  private var failure: SourceError?

  /// - Parameter path: for messages.
  init(path: String, over stage: any ByteStage, limits: UnpackingLimits) {
    self.path = path
    self.limits = limits
    input = ArchiveInput(stage)
    archive = archive_read_new()
    archive_read_support_filter_zstd(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_format_raw(archive)
    archive_read_support_format_empty(archive)
    let opened = input.open(archive)
    var entry: OpaquePointer?
    switch opened == ARCHIVE_OK ? archive_read_next_header(archive, &entry) : opened {
    case ARCHIVE_OK:
      if archive_filter_code(archive, 0) == ARCHIVE_FILTER_NONE {
        failure = .damaged(path: path, offset: 0, reason: "it starts like a packed file and is none")
      }
    // Nothing at all inside is an empty text.
    case ARCHIVE_EOF: isAtEnd = true
    default: failure = input.error ?? .damaged(path: path, offset: 0, reason: archiveMessage(archive))
    }
  }

  deinit { archive_read_free(archive) }

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

  /// The block is libarchive's until the next call for one. Of a call for bytes instead that meets damage, all that it
  /// had read by then would be gone.
  private func readOn(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    while block.isEmpty {
      var start: UnsafeRawPointer?
      var size = 0
      var place: Int64 = 0
      let result = archive_read_data_block(archive, &start, &size, &place)
      if let error = input.error { throw error }
      if result == ARCHIVE_EOF {
        isAtEnd = true
        return 0
      }
      guard result == ARCHIVE_OK || result == ARCHIVE_WARN else {
        throw .damaged(path: path, offset: offset, reason: archiveMessage(archive))
      }
      block = UnsafeRawBufferPointer(start: start, count: size)
    }
    let count = min(buffer.count, block.count)
    buffer.copyMemory(from: UnsafeRawBufferPointer(rebasing: block[..<count]))
    block = UnsafeRawBufferPointer(rebasing: block[count...])
    offset += Int64(count)
    if let reason = limits.refusal(text: offset, packed: input.count) {
      throw .bomb(path: path, offset: offset, reason: reason)
    }
    return count
  }
}

/// Why libarchive failed, in one line: some of its messages end in a newline.
func archiveMessage(_ archive: OpaquePointer?) -> String {
  let message = archive_error_string(archive).map { String(cString: $0) } ?? ""
  let words = message.split(whereSeparator: \.isWhitespace).joined(separator: " ")
  return words.isEmpty ? "libarchive does not say why" : words
}
