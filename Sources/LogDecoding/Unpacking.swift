import AuditModel
import CArchive

/// The bytes that base64 text stands for, of either alphabet, padded or not; nil for other text.
func base64Bytes(_ text: UnsafeRawBufferPointer) -> [UInt8]? {
  var out: [UInt8] = []
  out.reserveCapacity(text.count / 4 * 3 + 3)
  var bits: UInt32 = 0
  var count = 0
  var isPadding = false
  for byte in text {
    let value: UInt8
    switch byte {
    case UInt8(ascii: "A")...UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
    case UInt8(ascii: "a")...UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
    case UInt8(ascii: "0")...UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
    case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
    case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
    case UInt8(ascii: "="):
      isPadding = true
      continue
    case Ascii.newline, 0x0D: continue
    default: return nil
    }
    guard !isPadding else { return nil }
    bits = bits << 6 | UInt32(value)
    count += 1
    if count == 4 {
      out += [
        UInt8(truncatingIfNeeded: bits >> 16), UInt8(truncatingIfNeeded: bits >> 8), UInt8(truncatingIfNeeded: bits),
      ]
      (bits, count) = (0, 0)
    }
  }
  switch count {
  case 1: return nil
  case 2: out.append(UInt8(truncatingIfNeeded: bits >> 4))
  case 3: out += [UInt8(truncatingIfNeeded: bits >> 10), UInt8(truncatingIfNeeded: bits >> 2)]
  default: break
  }
  return out
}

/// What packed bytes in memory hold, at most `most` bytes; nil where they are damaged, or hold more.
func unpacked(_ bytes: [UInt8], most: Int = 64 << 20) -> [UInt8]? {
  guard Compression(magic: bytes) != .none else { return bytes }
  guard let archive = archive_read_new() else { return nil }
  defer { archive_read_free(archive) }
  archive_read_support_filter_gzip(archive)
  archive_read_support_filter_zstd(archive)
  archive_read_support_format_raw(archive)
  return bytes.withUnsafeBytes { packed in
    var entry: OpaquePointer?
    guard archive_read_open_memory(archive, packed.baseAddress, packed.count) == ARCHIVE_OK,
      archive_read_next_header(archive, &entry) == ARCHIVE_OK
    else { return nil }
    var out: [UInt8] = []
    var block = [UInt8](repeating: 0, count: 64 << 10)
    while true {
      let got = block.withUnsafeMutableBytes { archive_read_data(archive, $0.baseAddress, $0.count) }
      guard got >= 0 else { return nil }
      if got == 0 { return out }
      guard out.count + got <= most else { return nil }
      out += block[..<got]
    }
  }
}
