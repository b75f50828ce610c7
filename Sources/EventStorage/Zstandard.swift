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

/// The text of one zstd frame; nil when it is damaged or does not give exactly `size` bytes.
func decompress(_ bytes: UnsafeRawBufferPointer, size: Int) -> [UInt8]? {
  guard size >= 0, size <= 1 << 31 else { return nil }
  var written = 0
  let text = [UInt8](unsafeUninitializedCapacity: size) { buffer, count in
    written = ZSTD_decompress(buffer.baseAddress, size, bytes.baseAddress, bytes.count)
    count = ZSTD_isError(written) != 0 ? 0 : written
  }
  return ZSTD_isError(written) == 0 && text.count == size ? text : nil
}

/// Reads the beginning of zstd frames; keeps its working memory, so one for each thread.
final class Decompressor {
  private let context = ZSTD_createDCtx()

  deinit { ZSTD_freeDCtx(context) }

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
