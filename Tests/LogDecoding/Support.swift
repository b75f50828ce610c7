import AuditModel
import Glibc

@testable import LogDecoding

/// What came of a whole text; lines are those of the text.
struct Decoded: Equatable {
  var records: [LogRecord] = []
  var rejects: [Reject] = []
  var lineCount = 0

  var events: [AuditEvent] { records.compactMap(\.event) }
}

/// Decodes a text as an import does: in stretches, and what was left over in front of the next one.
func decode(
  _ text: [UInt8], framing: Framing? = nil, longestRecord: Int = 64 << 20, stretch: (Int) -> Int = { _ in 16 << 20 }
) -> Decoded {
  let framing = framing ?? text.prefix(65_536).withUnsafeBytes { RecordDecoder.framing(of: $0) }
  let decoder = RecordDecoder(framing: framing, longestRecord: longestRecord)
  var result = Decoded()
  var start = 0
  var end = 0
  var calls = 0
  while true {
    end = min(text.count, end + max(1, stretch(calls)))
    calls += 1
    let isLast = end == text.count
    // A copy of its own, so that a read beyond the end is one that tools can see.
    let (batch, consumed) = Array(text[start..<end]).withUnsafeBytes {
      decoder.decode($0, offset: Int64(start), isLast: isLast)
    }
    for var record in batch.records {
      record.position.line += result.lineCount
      result.records.append(record)
    }
    for var reject in batch.rejects {
      reject.line += result.lineCount
      result.rejects.append(reject)
    }
    result.lineCount += batch.lineCount
    start += consumed
    if isLast { return result }
  }
}

func decode(_ text: String, framing: Framing? = nil) -> Decoded { decode(Array(text.utf8), framing: framing) }

/// The one event of a text; nil when there is another number of them, or a reject.
func event(_ text: String) -> AuditEvent? {
  let decoded = decode(text)
  return decoded.events.count == 1 && decoded.rejects.isEmpty ? decoded.events[0] : nil
}

/// A small record that is complete; `more` are members as JSON, each with its comma in front.
func record(
  _ id: String, verb: String = "update", uri: String = "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web",
  stage: String = "ResponseComplete", time: String = "2026-11-20T16:11:49.204113Z", more: String = ""
) -> String {
  #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"\#(id)","stage":"\#(stage)","#
    + #""requestURI":"\#(uri)","verb":"\#(verb)","user":{"username":"dana","groups":["ops"]},"#
    + #""requestReceivedTimestamp":"\#(time)"\#(more)}"#
}

/// One line for each event and reject: where it stands and what it is.
func summary(_ decoded: Decoded) -> [String] {
  let events = decoded.events.map {
    ($0.position.offset, "\($0.position.line) @\($0.position.offset)+\($0.position.length) \($0.auditID ?? "-")")
  }
  let rejects = decoded.rejects.map { ($0.offset, "\($0.line) @\($0.offset)+\($0.length) ! \($0.reason)") }
  return (events + rejects).sorted { $0.0 < $1.0 }.map(\.1)
}

/// A folder that is gone when the test is over.
final class TemporaryFolder {
  let path: String

  init() throws {
    var template = Array("/tmp/whodiff-test-XXXXXX".utf8CString)
    guard let made = mkdtemp(&template) else { throw SourceError.cannotOpen(path: "/tmp", reason: "no folder") }
    path = String(cString: made)
  }
  deinit { TemporaryFolder.remove(path) }

  @discardableResult
  func write(_ name: String, _ bytes: [UInt8]) throws -> String {
    let file = path + "/" + name
    let descriptor = open(file, O_WRONLY | O_CREAT | O_TRUNC, 0o600)
    guard descriptor >= 0 else { throw SourceError.cannotOpen(path: file, reason: String(cString: strerror(errno))) }
    defer { close(descriptor) }
    var written = 0
    while written < bytes.count {
      let count = bytes[written...].withUnsafeBytes { Glibc.write(descriptor, $0.baseAddress, $0.count) }
      guard count > 0 else { throw SourceError.cannotOpen(path: file, reason: "not written") }
      written += count
    }
    return file
  }
  @discardableResult
  func write(_ name: String, _ text: String) throws -> String { try write(name, Array(text.utf8)) }
  func makeFolder(_ name: String) { mkdir(path + "/" + name, 0o700) }
  func link(_ name: String, to target: String) { symlink(target, path + "/" + name) }

  private static func remove(_ path: String) {
    if let stream = opendir(path) {
      while let entry = readdir(stream) {
        let name = withUnsafeBytes(of: &entry.pointee.d_name) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
        if name != ".", name != ".." { remove(path + "/" + name) }
      }
      closedir(stream)
      rmdir(path)
    } else {
      unlink(path)
    }
  }
}

/// Random numbers that are the same for the same seed (SplitMix64).
struct SeededRandom: RandomNumberGenerator {
  private var state: UInt64
  init(seed: Int) { state = UInt64(bitPattern: Int64(seed)) &+ 0x1234_5678 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
