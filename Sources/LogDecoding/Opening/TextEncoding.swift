/// How the characters of a text are written, told by its first bytes.
public enum TextEncoding: String, CaseIterable, Hashable, Sendable {
  case utf8 = "utf-8"
  case utf16LittleEndian = "utf-16le"
  case utf16BigEndian = "utf-16be"

  /// UTF-8 where no byte order mark says otherwise.
  init(mark head: some Sequence<UInt8>) {
    switch Array(head.prefix(2)) {
    case [0xFF, 0xFE]: self = .utf16LittleEndian
    case [0xFE, 0xFF]: self = .utf16BigEndian
    default: self = .utf8
    }
  }
}

/// UTF-16 text, as PowerShell writes it, made into UTF-8; its byte order mark is left out.
///
/// What is no UTF-16 is not lost: half a pair becomes the three bytes that it would have in UTF-8, which no UTF-8 text
/// holds, and an odd byte at the end is given as 0xFF; so the record around it is told as broken where it stands.
final class UTF16Stage: ByteStage {
  private let inner: any ByteStage
  private let isBigEndian: Bool
  /// Bytes of UTF-16 that were not used yet: half a unit, or the first half of a pair.
  private var rest: [UInt8] = []
  /// Text that was not given out yet.
  private var ready: [UInt8] = []
  private var given = 0
  private var isAtStart = true
  private var isAtEnd = false

  init(_ inner: any ByteStage, isBigEndian: Bool) {
    self.inner = inner
    self.isBigEndian = isBigEndian
  }

  func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int {
    guard !buffer.isEmpty else { return 0 }
    while given == ready.count {
      if isAtEnd { return 0 }
      try convertMore()
    }
    let count = min(buffer.count, ready.count - given)
    buffer.copyBytes(from: ready[given..<(given + count)])
    given += count
    return count
  }

  private func convertMore() throws(SourceError) {
    var bytes = rest
    let known = bytes.count
    bytes += [UInt8](repeating: 0, count: 64 << 10)
    let got = try inner.read(into: &bytes, from: known)
    bytes.removeLast(bytes.count - known - got)
    isAtEnd = got == 0
    ready.removeAll(keepingCapacity: true)
    given = 0
    let used = bytes.withUnsafeBytes { convert($0) }
    rest = Array(bytes[used...])
  }

  /// - Returns: how many bytes were used.
  private func convert(_ bytes: UnsafeRawBufferPointer) -> Int {
    func unit(_ at: Int) -> UInt32 {
      let (first, second) = (UInt32(bytes[at]), UInt32(bytes[at + 1]))
      return isBigEndian ? first << 8 | second : second << 8 | first
    }
    var at = 0
    while at + 1 < bytes.count {
      var scalar = unit(at)
      var length = 2
      if scalar & 0xFC00 == 0xD800 {
        guard at + 3 < bytes.count || isAtEnd else { return at }
        if at + 3 < bytes.count, unit(at + 2) & 0xFC00 == 0xDC00 {
          scalar = 0x10000 + (scalar & 0x3FF) << 10 + unit(at + 2) & 0x3FF
          length = 4
        }
      }
      if !(isAtStart && scalar == 0xFEFF) { append(scalar) }
      isAtStart = false
      at += length
    }
    guard isAtEnd, at < bytes.count else { return at }
    ready.append(0xFF)
    return bytes.count
  }

  private func append(_ scalar: UInt32) {
    func byte(_ bits: UInt32, _ mark: UInt32) -> UInt8 { UInt8(truncatingIfNeeded: bits | mark) }
    switch scalar {
    case ..<0x80: ready.append(byte(scalar, 0))
    case ..<0x800: ready += [byte(scalar >> 6, 0xC0), byte(scalar & 0x3F, 0x80)]
    case ..<0x10000:
      ready += [byte(scalar >> 12, 0xE0), byte(scalar >> 6 & 0x3F, 0x80), byte(scalar & 0x3F, 0x80)]
    default:
      ready += [
        byte(scalar >> 18, 0xF0), byte(scalar >> 12 & 0x3F, 0x80), byte(scalar >> 6 & 0x3F, 0x80),
        byte(scalar & 0x3F, 0x80),
      ]
    }
  }
}
