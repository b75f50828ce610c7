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
