import CZstd

/// Compresses with zstd, level 1; keeps its working memory, so one for each thread.
final class Compressor {
  private let context = ZSTD_createCCtx()

  deinit { ZSTD_freeCCtx(context) }

  /// Nil when the result would not be smaller, or memory ran out.
  func compress(_ bytes: UnsafeRawBufferPointer) -> [UInt8]? {
    guard let context, let base = bytes.baseAddress, bytes.count > 32 else { return nil }
    var size = 0
    let limit = ZSTD_compressBound(bytes.count)
    let packed = [UInt8](unsafeUninitializedCapacity: limit) { buffer, count in
      size = ZSTD_compressCCtx(context, buffer.baseAddress, limit, base, bytes.count, 1)
      count = ZSTD_isError(size) != 0 ? 0 : size
    }
    guard ZSTD_isError(size) == 0, packed.count < bytes.count else { return nil }
    // The array was as large as the worst case; keep what is used.
    return Array(packed[...])
  }
}

/// Reads zstd frames; keeps its working memory, so one for each thread.
final class Decompressor {
  static let idle = IdlePool { Decompressor() }

  private let context = ZSTD_createDCtx()
  private var scratch = UnsafeMutableRawBufferPointer(start: nil, count: 0)
  /// What is larger is not kept.
  private static let scratchLimit = 4 << 20

  deinit {
    ZSTD_freeDCtx(context)
    scratch.deallocate()
  }

  /// The text of a frame; nil when it is damaged or does not give exactly `size` bytes.
  func text(of bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
    guard size >= 0, size <= 1 << 31 else { return nil }
    var isWhole = false
    let text = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
      isWhole = unpack(bytes, into: UnsafeMutableRawBufferPointer(buffer))
      count = isWhole ? size : 0
    }
    return isWhole ? text : nil
  }

  /// The same, good until the decompressor is asked again.
  func scratch(of bytes: UnsafeRawBufferPointer, size: Int) -> UnsafeRawBufferPointer? {
    guard size >= 0, size <= 1 << 31 else { return nil }
    if scratch.count < size || scratch.count > Self.scratchLimit {
      scratch.deallocate()
      scratch = .allocate(byteCount: max(size, 1 << 16), alignment: 16)
    }
    let text = UnsafeMutableRawBufferPointer(rebasing: scratch[..<size])
    return unpack(bytes, into: text) ? UnsafeRawBufferPointer(text) : nil
  }

  /// Whether the text of the frame is exactly so long.
  private func unpack(_ bytes: UnsafeRawBufferPointer, into text: UnsafeMutableRawBufferPointer) -> Bool {
    guard let context else { return false }
    let written = ZSTD_decompressDCtx(context, text.baseAddress, text.count, bytes.baseAddress, bytes.count)
    return ZSTD_isError(written) == 0 && written == text.count
  }

  /// The first `count` bytes of the text of a frame, at the cost of these; nil when it is damaged or shorter.
  func beginning(of bytes: UnsafeRawBufferPointer, count: Int) -> [UInt8]? {
    guard let context, count >= 0, count <= 1 << 31 else { return nil }
    ZSTD_DCtx_reset(context, ZSTD_reset_session_only)
    var isDamaged = false
    let text = [UInt8](unsafeUninitializedCapacity: count) { buffer, filled in
      var output = ZSTD_outBuffer(dst: buffer.baseAddress, size: count, pos: 0)
      var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
      while output.pos < count {
        let (before, read) = (output.pos, input.pos)
        let left = ZSTD_decompressStream(context, &output, &input)
        isDamaged = ZSTD_isError(left) != 0
        if isDamaged || left == 0 || (output.pos, input.pos) == (before, read) { break }
      }
      filled = output.pos
    }
    return isDamaged || text.count < count ? nil : text
  }
}
