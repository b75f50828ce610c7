/// Writes little-endian numbers one after the other.
struct ByteWriter {
  private(set) var bytes: [UInt8] = []

  mutating func put<Number: FixedWidthInteger>(_ number: Number) {
    withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) }
  }
  mutating func put(_ more: [UInt8]) { bytes.append(contentsOf: more) }
  mutating func put(text: String) {
    var copy = text
    copy.withUTF8 { bytes.append(contentsOf: $0) }
  }
  mutating func put<Number: FixedWidthInteger>(array: [Number]) {
    array.withUnsafeBytes { bytes.append(contentsOf: $0) }
  }
}

/// Reads what `ByteWriter` wrote, from bytes that outlive it. Running past the end throws: a chunk comes from a file
/// that anyone may have written.
struct ByteReader {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  mutating func number<Number: FixedWidthInteger>(_ type: Number.Type) throws(StoreError) -> Number {
    let size = MemoryLayout<Number>.size
    guard bytes.count - at >= size else { throw .corrupt(reason: "a column ends early") }
    let value = bytes.loadUnaligned(fromByteOffset: at, as: Number.self)
    at += size
    return Number(littleEndian: value)
  }

  /// So many bytes, where they are.
  mutating func bytes(count: Int) throws(StoreError) -> UnsafeRawBufferPointer {
    guard count >= 0, bytes.count - at >= count else { throw .corrupt(reason: "a column ends early") }
    defer { at += count }
    return UnsafeRawBufferPointer(rebasing: bytes[at..<(at + count)])
  }

  /// Arrays are written and read as the machine has them; Swift on Linux is little-endian.
  mutating func array<Number: FixedWidthInteger>(_ type: Number.Type, count: Int) throws(StoreError) -> [Number] {
    let size = MemoryLayout<Number>.stride
    guard count >= 0, (bytes.count - at) / size >= count else { throw .corrupt(reason: "a column ends early") }
    let array = [Number](unsafeUninitializedCapacity: count) { buffer, initialized in
      UnsafeMutableRawBufferPointer(buffer).copyMemory(
        from: UnsafeRawBufferPointer(rebasing: bytes[at..<(at + count * size)]))
      initialized = count
    }
    at += count * size
    return array
  }

  mutating func text(count: Int) throws(StoreError) -> String {
    guard count >= 0, bytes.count - at >= count else { throw .corrupt(reason: "a column ends early") }
    defer { at += count }
    return String(decoding: UnsafeRawBufferPointer(rebasing: bytes[at..<(at + count)]), as: UTF8.self)
  }
}
