import AuditModel
import Testing

@testable import LogDecoding

/// What a walk through an archive gives: a line for each file with its text, or what is wrong.
func walked(
  _ path: String, _ scope: ArchiveScope = .all, limits: UnpackingLimits = UnpackingLimits()
) throws -> [String] {
  let walk = try ArchiveWalk(path, scope, limits: limits)
  var lines: [String] = []
  while let step = walk.next() {
    switch step {
    case .file(let source):
      let name = source.path.dropFirst(path.count)
      do {
        lines.append("\(name): \(String(decoding: try allBytes(of: source), as: UTF8.self))")
      } catch {
        lines.append("\(name) fails: \(error)")
      }
    case .failure(let error): lines.append("fails: " + error.description.replacing(path, with: ""))
    }
  }
  return lines
}

func allBytes(of source: ByteSource) throws -> [UInt8] {
  var text: [UInt8] = []
  var part = [UInt8](repeating: 0, count: 4096)
  while true {
    let count = try source.read(into: &part, from: 0)
    if count == 0 { return text }
    text += part[..<count]
  }
}

private func bytes(_ text: String) -> [UInt8] { Array(text.utf8) }

struct ArchiveTests {
  private let files = [
    ("node-1/audit.log", bytes("one\n")), ("node-1/empty", []), ("node-2/audit.log", bytes("two\n")),
  ]

  @Test(arguments: [Packing.tar, .tarGzip, .tarZstd, .zip])
  func `each file in an archive is a source`(packing: Packing) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("data", packing(files))
    #expect(
      try walked(path) == ["!node-1/audit.log: one\n", "!node-1/empty: ", "!node-2/audit.log: two\n"])
    #expect(try walked(path, .files([path + "!node-2/audit.log"])) == ["!node-2/audit.log: two\n"])
    let source = try ByteSource.open(path + "!node-2/audit.log")
    #expect(source.packing == (packing == .zip ? "zip" : "tar") && !source.isSeekable && source.diskSize == 4)
    #expect(try source.bytes(at: 1, count: 2) == bytes("wo"))
    #expect(try source.bytes(at: 0, count: 9) == bytes("two\n"))
    #expect(throws: SourceError.self) { try ByteSource.open(path + "!node-3/audit.log") }
    #expect(try ByteSource.open(path).archive == (packing == .zip ? .zip : .tar))
  }

  @Test func `what was packed twice is unpacked twice`() throws {
    let folder = try TemporaryFolder()
    let twice = Packing.gzip("", Packing.gzip("", bytes("one\n")))
    let path = try folder.write("log", twice)
    #expect(try allBytes(of: ByteSource.open(path)) == bytes("one\n"))
    let archive = try folder.write("data", Packing.tar([("a.log.gz", twice)]))
    #expect(try walked(archive) == ["!a.log.gz: one\n"])
  }

  /// Files that stopped the opener once.
  @Test func `what was found by fuzzing the opener stays mended`() throws {
    let folder = Sample.folder.replacing("/LogDecoding/Samples", with: "/Fuzz/Packed")
    let names = fileNames(in: folder)
    #expect(!names.isEmpty)
    for name in names {
      for log in findLogs(at: [folder + "/" + name]).logs { _ = try? allBytes(of: ByteSource.open(log)) }
    }
  }

  @Test func `what is packed in an archive is seen through, and archives in it are entered`() throws {
    let folder = try TemporaryFolder()
    let inner = Packing.zip("b!c.log", bytes("inner\n"))
    let path = try folder.write(
      "data",
      Packing.tarGzip([
        ("a.log.1.gz", Packing.gzip("", bytes("old\n"))), ("in.zip", inner),
        ("in.tgz", Packing.tarGzip("d.log", bytes("deep\n"))), ("z.log", bytes("last\n")),
      ]))
    let all = ["!a.log.1.gz: old\n", "!in.zip!b!c.log: inner\n", "!in.tgz!d.log: deep\n", "!z.log: last\n"]
    #expect(try walked(path) == all)
    for line in all {
      let name = String(line.prefix { $0 != ":" })
      #expect(try walked(path, .files([path + name])) == [line])
      #expect(
        try String(decoding: allBytes(of: ByteSource.open(path + name)), as: UTF8.self)
          == line.dropFirst(name.count + 2))
    }
  }

  @Test func `a folder in an archive is a place like a file, and so is an archive in one`() throws {
    let folder = try TemporaryFolder()
    let inner = Packing.zip([("kube/b.log", bytes("b\n")), ("notes", bytes("n\n"))])
    let path = try folder.write(
      "data",
      Packing.tarGzip([
        ("kube/a.log", bytes("a\n")), ("kube-2/a.log", bytes("2\n")), ("in.zip", inner), ("in.zip.log", []),
      ]))
    #expect(try walked(path, .place(path + "!kube")) == ["!kube/a.log: a\n"])
    #expect(try walked(path, .place(path + "!in.zip")) == ["!in.zip!kube/b.log: b\n", "!in.zip!notes: n\n"])
    #expect(try walked(path, .place(path + "!in.zip!kube")) == ["!in.zip!kube/b.log: b\n"])
    #expect(try walked(path, .place(path + "!in.zip!kube/b.log")) == ["!in.zip!kube/b.log: b\n"])
    #expect(try walked(path, .place(path + "!kube/a")) == [])
    #expect(throws: SourceError.self) { try ByteSource.open(path + "!kube") }
  }

  @Test func `what is not in an archive is told with what is`() {
    let files = ["kube/a.log", "kube/b.log", "kube/old/a.log", "kube/z.log", "in.zip", "in.zip!c.log"].map {
      "x.tar!" + $0
    }
    func choices(_ place: String) -> String { ArchivePath.choices(near: "x.tar!" + place, among: files) }
    #expect(choices("audit.log") == "; it has kube/, in.zip, in.zip!")
    #expect(choices("kube/c.log") == "; it has a.log, b.log, old/, ...")
    #expect(choices("kube/new/c.log") == "; it has a.log, b.log, old/, ...")
    #expect(choices("in.zip!a.log") == "; it has c.log")
    #expect(ArchivePath.choices(near: "x.tar!a", among: []) == "")
  }

  @Test(arguments: [1024, 10_240, 65_536]) func `nothing but zeros in blocks is a tar without files`(count: Int) throws
  {
    let folder = try TemporaryFolder()
    let zeros = [UInt8](repeating: 0, count: count)
    #expect(try ByteSource.open(try folder.write("a", zeros)).archive == .tar)
    #expect(try ByteSource.open(try folder.write("b", Packing.gzip("", zeros))).archive == .tar)
    #expect(try walked(try folder.write("c", Packing.tar([("in.tar", zeros)]))) == [])
    #expect(try ByteSource.open(try folder.write("d", zeros + [0])).archive == nil)
    #expect(try ByteSource.open(try folder.write("e", zeros + bytes("text\n"))).archive == nil)
  }

  @Test func `a message of libarchive is one line`() throws {
    let folder = try TemporaryFolder()
    var data = Packing.zip("a.log", (0..<4000).map { UInt8(truncatingIfNeeded: $0 &* $0 / 7) })
    data[data.count / 2] ^= 0xFF
    let source = try ByteSource.open(try folder.write("data", data) + "!a.log")
    let error = #expect(throws: SourceError.self) { try allBytes(of: source) }
    #expect(error?.words.contains("\n") == false && error?.words.hasPrefix("damaged after ") == true)
  }

  @Test func `archives are entered three deep, and what is deeper is told`() throws {
    let folder = try TemporaryFolder()
    var data = Packing.tar("a.log", bytes("text\n"))
    for level in 1...3 { data = Packing.tar([("\(level).tar", data), ("beside", bytes("\(level)"))]) }
    #expect(
      try walked(try folder.write("data", data)) == [
        "fails: !3.tar!2.tar!1.tar: cannot be opened: archives in archives are opened 3 deep: unpack the outer one",
        "!3.tar!2.tar!beside: 1", "!3.tar!beside: 2", "!beside: 3",
      ])
  }

  @Test func `files of one name have numbers`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write(
      "data", Packing.tar([("a", bytes("1")), ("a", bytes("2")), ("a (2)", bytes("3")), ("a", bytes("4"))]))
    #expect(try walked(path) == ["!a: 1", "!a (2): 2", "!a (2) (2): 3", "!a (3): 4"])
    #expect(try ByteSource.open(path + "!a (3)").bytes(at: 0, count: 9) == bytes("4"))
  }

  @Test func `a name is only a name`() throws {
    let folder = try TemporaryFolder()
    let names = ["../../etc/passwd", "/etc/shadow", "a\u{1b}[31mb", "c\nd", "ü.log"]
    let path = try folder.write("data", Packing.tar(names.map { ($0, bytes("x")) }))
    #expect(try walked(path) == names.map { "!\($0): x" })
    for name in names { #expect(try ByteSource.open(path + "!" + name).bytes(at: 0, count: 9) == bytes("x")) }
  }

  @Test func `a file whose name has an exclamation mark is a file`() throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("a!b.log", "plain\n")
    #expect(try ByteSource.open(path).isSeekable)
    #expect(ArchivePath.archive(of: path) == nil)
  }

  @Test func `too many files are told`() throws {
    let folder = try TemporaryFolder()
    var limits = UnpackingLimits()
    limits.members = 2
    #expect(
      try walked(try folder.write("data", Packing.zip(files)), limits: limits) == [
        "!node-1/audit.log: one\n", "!node-1/empty: ",
        "fails: : cannot be opened: it holds more than 2 files; the first were read (--unpack-ratio 0 allows more)",
      ])
  }

  @Test(arguments: [Packing.gzip, .zip, .tarGzip])
  func `what grows beyond measure is told, and what came before stays`(packing: Packing) throws {
    let folder = try TemporaryFolder()
    let path = try folder.write("data", packing("zeros", [UInt8](repeating: 0, count: 8 << 20)))
    let name = packing == .gzip ? path : path + "!zeros"
    var limits = UnpackingLimits()
    limits.harmless = 1 << 20
    let source = try ByteSource.open(name, limits: limits)
    var read = 0
    let error = #expect(throws: SourceError.self) {
      var part = [UInt8](repeating: 0, count: 64 << 10)
      while true {
        let count = try source.read(into: &part, from: 0)
        if count == 0 { break }
        read += count
      }
    }
    #expect(read > 900_000 && read < 2 << 20)
    #expect(
      error?.description.contains("it unpacks to more than 250 times its size (--unpack-ratio allows more)") == true)
    #expect(error?.description.hasPrefix(path) == true)
    #expect(try allBytes(of: ByteSource.open(name, limits: UnpackingLimits(ratio: 0))).count == 8 << 20)
  }

  @Test func `of folders and archives the logs are found`() throws {
    let folder = try TemporaryFolder()
    let late = bytes(record("b", time: "2026-11-21T00:00:00.000000Z") + "\n")
    let early = bytes(record("a", time: "2026-11-20T00:00:00.000000Z") + "\n")
    let path = try folder.write(
      "data",
      Packing.tarGzip([("late.log", late), ("notes.txt", bytes("hello\n")), ("early.log.gz", Packing.gzip("", early))]))
    try folder.write("readme", "nothing\n")
    let search = findLogs(at: [folder.path])
    #expect(search.logs == [path + "!early.log.gz", path + "!late.log"])
    #expect(search.others == [path + "!notes.txt", folder.path + "/readme"])
    #expect(search.errors.isEmpty && search.archives == [path])
    #expect(findLogs(at: [path + "!late.log"]).logs == [path + "!late.log"])
    #expect(!holdsLogs(path))
  }

  /// Hundreds of broken archives: whatever the bytes are, a walk ends, with texts and messages.
  @Test(arguments: 0..<25)
  func `no broken archive stops the reading`(seed: Int) throws {
    var random = SeededRandom(seed: seed)
    let folder = try TemporaryFolder()
    let text = bytes(String(repeating: record("a") + "\n", count: 8))
    let inner = Packing.zip([("x.log", text), ("y.log.gz", Packing.gzip("", text))])
    let packing = Packing.allCases.randomElement(using: &random) ?? .tar
    let whole =
      packing == .gzip ? Packing.gzip("", text) : packing([("a.log", text), ("in.zip", inner), ("b.log", text)])
    for _ in 0..<20 {
      var data = whole
      for _ in 0..<Int.random(in: 1...4, using: &random) where !data.isEmpty {
        let place = Int.random(in: 0..<data.count, using: &random)
        switch Int.random(in: 0..<4, using: &random) {
        case 0: data[place] = UInt8.random(in: 0...255, using: &random)
        case 1: data[place] ^= 1 << UInt8.random(in: 0..<8, using: &random)
        case 2: data.removeSubrange(place...)
        default: data.removeSubrange(place..<min(data.count, place + Int.random(in: 1...600, using: &random)))
        }
      }
      let path = try folder.write("data", data)
      let search = findLogs(at: [path])
      for log in search.logs {
        guard let source = try? ByteSource.open(log) else { continue }
        _ = try? allBytes(of: source)
      }
      // Nothing is left out in silence: the files that are gone have left a message.
      if packing == .tar || packing == .zip || packing == .tarGzip, data.count < whole.count / 2,
        ArchiveWalk.kind(of: path) != nil, search.logs.count < 4
      {
        #expect(!search.errors.isEmpty || !search.others.isEmpty, "\(packing), \(data.count) of \(whole.count) bytes")
      }
    }
  }
}
