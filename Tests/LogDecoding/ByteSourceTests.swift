import AuditModel
import Glibc
import Testing

@testable import LogDecoding

/// `first line` and `second line`, packed in all ways; gzip in two members.
private let packed: [(compression: Compression, hex: String)] = [
  (
    .gzip,
    "1f8b08000000000002034bcb2c2a2e51c8c9cc4be5020010fcefbd0b000000"
      + "1f8b08000000000002032b4e4dcecf4b51c8c9cc4be502004d3346ad0c000000"
  ),
  (
    .bzip2,
    "425a68393141592653598b13e184000004d180001040000f259c00200021a1323194201a00912a319568cb0482fd57f1772453850908b13e1840"
  ),
  (
    .xz,
    "fd377a585a000004e6d6b4460200210116000000742fe5a30100166669727374206c696e650a7365636f6e64206c696e650a"
      + "000012e931efb2a2da6400012f17810849b11fb6f37d010000000004595a"
  ),
  (.zstd, "28b52ffd0458b900006669727374206c696e650a7365636f6e64206c696e650a1f3bb8a0"),
]

private func bytes(hex: String) -> [UInt8] {
  let digits = Array(hex)
  return stride(from: 0, to: digits.count - 1, by: 2).compactMap { UInt8(String(digits[$0...($0 + 1)]), radix: 16) }
}

private func text(of source: ByteSource, stretch: Int = 5) throws -> String {
  var text: [UInt8] = []
  while true {
    var part = [UInt8](repeating: 0, count: stretch)
    let count = try source.read(into: &part, from: 0)
    if count == 0 { return String(decoding: text, as: UTF8.self) }
    text += part[..<count]
  }
}

private func failure(_ work: () throws -> Void) -> SourceError? {
  do { try work() } catch { return error as? SourceError }
  return nil
}

struct ByteSourceTests {
  private let lines = "first line\nsecond line\n"

  @Test(arguments: packed)
  func `packed files are seen through whatever their names are`(compression: Compression, hex: String) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("audit.log", bytes(hex: hex))
    let source = try ByteSource.open(path)
    #expect(source.compression == compression)
    #expect(!source.isSeekable)
    #expect(try text(of: source) == lines)
    #expect(source.diskBytesRead == source.diskSize)
    #expect(try source.bytes(at: 6, count: 12) == Array("line\nsecond ".utf8))
    #expect(try source.bytes(at: 18, count: 100) == Array("line\n".utf8))
    #expect(try source.bytes(at: 100, count: 5) == [])
  }

  @Test func `a plain file is read from front to back and at any place`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("audit.log.gz", lines)
    folder.link("linked", to: path)
    for name in [path, folder.path + "/linked"] {
      let source = try ByteSource.open(name)
      #expect(source.compression == .none && source.isSeekable && source.diskSize == 23)
      #expect(try text(of: source) == lines)
      #expect(source.diskBytesRead == 23)
      #expect(try source.bytes(at: 11, count: 6) == Array("second".utf8))
      #expect(try source.bytes(at: 22, count: 6) == [10])
      #expect(try source.bytes(at: 23, count: 6) == [])
    }
  }

  @Test(arguments: ["", "x", "first line\nsecond line\n"])
  func `what comes through a pipe is read once`(text: String) throws {
    let folder = try TemporaryFolder()
    let path = folder.path + "/pipe"
    mkfifo(path, 0o600)
    // Reading and writing: neither side waits for the other.
    let writer = open(path, O_RDWR)
    defer { close(writer) }
    let padded = Array(text.utf8) + [UInt8](repeating: 10, count: 6)
    _ = padded.withUnsafeBytes { write(writer, $0.baseAddress, $0.count) }
    let source = try ByteSource.open(path)
    #expect(source.diskSize == nil && !source.isSeekable)
    var read: [UInt8] = []
    while read.count < padded.count {
      var part = [UInt8](repeating: 0, count: 4)
      let count = try source.read(into: &part, from: 0)
      read += part[..<count]
    }
    #expect(read == padded)
    #expect(failure { _ = try source.bytes(at: 0, count: 1) } != nil)
  }

  @Test func `an empty file is an empty text, packed or not`() throws {
    let folder = try TemporaryFolder()
    for content in [[], bytes(hex: "1f8b080000000000020303000000000000000000")] {
      let source = try ByteSource.open(try folder.write("empty", content))
      #expect(try text(of: source) == "")
    }
  }

  /// `a line` 50,000 times.
  private static let long = bytes(
    hex: "1f8b0800000000000203edc5a10d0030080030cf15bc86985842f85ff206a235adec3f2f4a922449922449922449922449922449"
      + "92244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992"
      + "24499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224"
      + "49922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449"
      + "92244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992"
      + "24499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224"
      + "49922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449"
      + "92244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992244992"
      + "24499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224499224"
      + "49922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449922449"
      + "92244992244992244992244992244992244992244992244992aeb5ea6fecf430570500")

  @Test func `a packed file that is cut off gives what it has and then says so`() throws {
    let folder = try TemporaryFolder()
    for (name, content, least) in [
      ("long.gz", Array(Self.long.dropLast(100)), 100_000),
      ("short.gz", Array(bytes(hex: packed[0].hex).dropLast(12)), 0),
      ("broken.zst", Array(bytes(hex: packed[3].hex).dropLast(12)), 0), ("head.gz", [0x1F, 0x8B, 8], 0),
    ] {
      let path = try folder.write(name, content)
      let source = try ByteSource.open(path)
      var read: [UInt8] = []
      func readOn() throws {
        while true {
          var part = [UInt8](repeating: 0, count: 4000)
          let count = try source.read(into: &part, from: 0)
          if count == 0 { break }
          read += part[..<count]
        }
      }
      guard case .damaged(path, let offset, _) = failure(readOn) else {
        Issue.record("not damaged: \(name)")
        continue
      }
      #expect(offset == Int64(read.count))
      #expect(read.count >= least, "\(name)")
      #expect(
        String(decoding: read, as: UTF8.self).split(separator: "\n").dropLast().allSatisfy { $0.hasSuffix(" line") })
      // Asked again it says the same and never that all is well.
      #expect(failure(readOn) != nil)
    }
  }

  @Test(arguments: [9, 20, 500]) func `of a gzip file that is cut off nothing is lost that was packed`(lost: Int) throws
  {
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: lost)
    let text = (0..<400).map { _ in record(String(random.next(), radix: 16)) }.joined(separator: "\n")
    let whole = Packing.gzip("", Array(text.utf8))
    let source = try ByteSource.open(try folder.write("cut.gz", Array(whole.dropLast(lost))))
    var read: [UInt8] = []
    let error = failure {
      while true {
        var part = [UInt8](repeating: 0, count: 4000)
        let count = try source.read(into: &part, from: 0)
        if count == 0 { break }
        read += part[..<count]
      }
    }
    guard case .damaged(_, Int64(read.count), "truncated gzip input") = error else {
      Issue.record("\(error?.description ?? "no error") after \(read.count) bytes")
      return
    }
    #expect(text.utf8.starts(with: read))
    // A packed byte stands for no more than some lines of this text.
    #expect(read.count >= text.utf8.count - max(0, lost - 8) * 200)
  }

  @Test func `a gzip file that is damaged gives what stands before the damage`() throws {
    let folder = try TemporaryFolder()
    var random = SeededRandom(seed: 1)
    let text = (0..<400).map { _ in record(String(random.next(), radix: 16)) }.joined(separator: "\n")
    var bytes = Packing.gzip("", Array(text.utf8))
    let place = bytes.count / 2
    for at in place..<(place + 40) { bytes[at] = 0xFF }
    let source = try ByteSource.open(try folder.write("broken.gz", bytes))
    var count = 0
    let error = failure {
      while true {
        var part = [UInt8](repeating: 0, count: 4000)
        let got = try source.read(into: &part, from: 0)
        if got == 0 { break }
        count += got
      }
    }
    guard case .damaged = error else {
      Issue.record("not damaged")
      return
    }
    #expect(count > text.utf8.count / 3)
  }

  @Test func `a small file that unpacks without end is stopped`() throws {
    let folder = try TemporaryFolder()
    let zeros = bytes(
      hex:
        "1f8b0800000000000203edc13101000000c2a0f54f6d0d0fa000000000000000000000000000000000000000783002532f97204e0000")
    let path = try folder.write("zeros.gz", zeros)
    let source = try ByteSource(path: path, limits: UnpackingLimits(ratio: 100, harmless: 1000, total: 1 << 40))
    guard case .bomb(path, _, let reason) = failure({ _ = try text(of: source, stretch: 500) }) else {
      Issue.record("not stopped")
      return
    }
    #expect(reason == "it unpacks to more than 100 times its size (--unpack-ratio allows more)")
    let total = try ByteSource(path: path, limits: UnpackingLimits(ratio: 1 << 40, harmless: 1000, total: 5000))
    guard case .bomb(path, _, _) = failure({ _ = try text(of: total, stretch: 500) }) else {
      Issue.record("not stopped")
      return
    }
    #expect(try text(of: ByteSource.open(path), stretch: 5000).utf8.count == 20_000)
  }

  @Test func `what cannot be opened says why`() throws {
    let folder = try TemporaryFolder()
    let missing = folder.path + "/missing"
    #expect(
      failure { _ = try ByteSource.open(missing) }?.description
        == "\(missing): cannot be opened: No such file or directory")
    #expect(
      failure { _ = try ByteSource.open(folder.path) }?.description
        == "\(folder.path): cannot be opened: it is a folder")
    folder.link("circle", to: folder.path + "/circle")
    #expect(failure { _ = try ByteSource.open(folder.path + "/circle") } != nil)
  }
}

struct LogFilesTests {
  private func names(_ paths: [String], in folder: TemporaryFolder) throws -> [String] {
    try logFiles(at: paths).map { $0.replacing(folder.path + "/", with: "") }
  }

  @Test func `of a folder the files that hold events are taken, the earliest first`() throws {
    let folder = try TemporaryFolder()
    folder.makeFolder("deep")
    folder.makeFolder(".hidden")
    try folder.write("a.log", record("a", time: "2026-11-20T16:00:03.000000Z") + "\n")
    try folder.write("z.log", "starting\n" + record("z", time: "2026-11-20T16:00:01.000000Z") + "\n")
    try folder.write("deep/m", "[\n" + record("m", time: "2026-11-20T16:00:02.000000Z") + "\n]\n")
    try folder.write(".hidden/h", record("h"))
    try folder.write(".h", record("h"))
    try folder.write("policy.yaml", "apiVersion: audit.k8s.io/v1\nkind: Policy\nrules:\n- level: Metadata\n")
    try folder.write("truth.jsonl", "{\"seq\":1,\"op\":\"create\",\"time\":\"2026-11-20T16:00:00.000000Z\"}\n")
    try folder.write("empty", "")
    try folder.write("cut.gz", [0x1F, 0x8B, 8])
    folder.link("again", to: folder.path + "/a.log")
    folder.link("circle", to: folder.path)
    folder.link("nowhere", to: folder.path + "/gone")
    #expect(try names([folder.path], in: folder) == ["z.log", "deep/m", "a.log"])
    #expect(try names([folder.path + "/"], in: folder) == ["z.log", "deep/m", "a.log"])
  }

  @Test func `a file that is named is taken whatever it holds, and once`() throws {
    let folder = try TemporaryFolder()
    let text = try folder.write("notes.txt", "no log at all\n")
    let log = try folder.write("a.log", record("a") + "\n")
    folder.link("same", to: log)
    #expect(try names([text, log, folder.path + "/same", folder.path], in: folder) == ["a.log", "notes.txt"])
    #expect(try logFiles(at: ["-"]) == ["-"])
  }

  @Test func `a path that is not there is an error`() throws {
    let folder = try TemporaryFolder()
    #expect(
      failure { _ = try logFiles(at: [folder.path + "/gone"]) }?.description
        == "\(folder.path)/gone: cannot be opened: No such file or directory")
  }

  @Test func `a first record that is very long still tells the time of its file`() throws {
    let folder = try TemporaryFolder()
    let long = String(repeating: "x", count: 300_000)
    try folder.write("b", record("b", time: "2026-11-20T16:00:02.000000Z"))
    try folder.write("c", record("c", time: "2026-11-20T16:00:01.000000Z", more: ",\"userAgent\":\"\(long)\"") + "\n")
    #expect(try names([folder.path], in: folder) == ["c", "b"])
  }
}
