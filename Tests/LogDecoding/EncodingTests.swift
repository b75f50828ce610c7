import AuditModel
import Testing

@testable import LogDecoding

/// UTF-16 with its byte order mark.
private func utf16(_ text: String, isBigEndian: Bool) -> [UInt8] {
  ([0xFEFF] + Array(text.utf16)).flatMap { unit in
    let (high, low) = (UInt8(unit >> 8), UInt8(truncatingIfNeeded: unit))
    return isBigEndian ? [high, low] : [low, high]
  }
}

struct EncodingTests {
  private func read(_ bytes: [UInt8], stretch: Int = 7) throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let source = try ByteSource.open(try folder.write("log", bytes))
    var text: [UInt8] = []
    while true {
      var part = [UInt8](repeating: 0, count: stretch)
      let count = try source.read(into: &part, from: 0)
      if count == 0 { return text }
      text += part[..<count]
    }
  }

  @Test(arguments: [false, true])
  func `UTF-16 is read as UTF-8`(isBigEndian: Bool) throws {
    let text = "a\u{e9}\u{20ac}\u{1F600}\r\n" + String(repeating: "\u{1F600}x", count: 20_000) + "\n"
    let bytes = utf16(text, isBigEndian: isBigEndian)
    #expect(try read(bytes, stretch: 1001) == Array(text.utf8))
    #expect(try read(Packing.gzip("", bytes), stretch: 1001) == Array(text.utf8))
    let folder = try TemporaryFolder()
    let path = try folder.write("log", bytes)
    let source = try ByteSource.open(path)
    #expect(!source.isSeekable && source.packing == (isBigEndian ? "utf-16be" : "utf-16le"))
    #expect(try source.bytes(at: 1, count: 2) == [0xC3, 0xA9])
  }

  @Test func `what is no UTF-16 is not lost`() throws {
    #expect(try read([0xFF, 0xFE, 0x00, 0xD8, 0x61, 0]) == [0xED, 0xA0, 0x80, 0x61])
    #expect(try read([0xFF, 0xFE, 0x61, 0, 0x00, 0xD8]) == [0x61, 0xED, 0xA0, 0x80])
    #expect(try read([0xFE, 0xFF, 0xDC, 0x00, 0, 0x61]) == [0xED, 0xB0, 0x80, 0x61])
    #expect(try read([0xFF, 0xFE, 0x61, 0, 0x62]) == [0x61, 0xFF])
    #expect(try read([0xFF, 0xFE]) == [])
    #expect(try read([0xFF, 0xFE, 0x62]) == [0xFF])
  }

  /// Every sample of text, as PowerShell would write it, gives the same records and rejects.
  @Test(arguments: Sample.all.filter { String(validating: $0.bytes, as: UTF8.self) != nil })
  func `a sample in UTF-16 is the same log`(sample: Sample) throws {
    let text = try #require(String(validating: sample.bytes, as: UTF8.self))
    let bytes = try read(utf16(text, isBigEndian: false), stretch: 4096)
    #expect(bytes == sample.bytes)
  }

  @Test(arguments: Sample.all)
  func `a byte order mark in front changes nothing`(sample: Sample) {
    guard !sample.bytes.isEmpty else { return }
    let plain = decode(sample.bytes)
    let marked = decode([0xEF, 0xBB, 0xBF] + sample.bytes)
    #expect(marked.records.map(\.contentID) == plain.records.map(\.contentID))
    #expect(marked.rejects.map(\.reason) == plain.rejects.map(\.reason))
    #expect(marked.records.map(\.position.line) == plain.records.map(\.position.line))
  }

  /// Broken UTF-16: reading ends, and nothing but the text comes of it.
  @Test(arguments: 0..<40)
  func `no broken UTF-16 stops the reading`(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let text = String(repeating: record("\u{1F600}") + "\n", count: 4)
    var bytes = utf16(text, isBigEndian: Bool.random(using: &random))
    for _ in 0..<4 {
      let place = Int.random(in: 2..<bytes.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: bytes[place] = UInt8.random(in: 0...255, using: &random)
      case 1: bytes.remove(at: place)
      default: bytes.removeSubrange(max(3, place)...)
      }
    }
    let read = try read(bytes, stretch: 512)
    let decoded = decode(read)
    #expect(decoded.records.count <= 4)
    #expect(problem(of: read, round: 0, &random) == nil)
  }
}
