import AuditModel
import Glibc
import Testing

@testable import LogDecoding

/// Each sample cut off at many places, as limits, full disks and copies do; with `EVERY_CUT` in the environment at each.
struct SalvageTests {
  private static let step = getenv("EVERY_CUT") == nil ? 211 : 1

  @Test(arguments: Sample.all) func `what stands before a cut is read as in the whole`(sample: Sample) {
    let framing = framing(sample.bytes)
    let whole = decode(sample.bytes, framing: framing)
    var random = SeededRandom(seed: 7)
    for cut in stride(from: Self.step, to: sample.bytes.count, by: Self.step) {
      let text = Array(sample.bytes[..<cut])
      #expect(problem(of: text, round: 1, &random) == nil, "cut at \(cut)")
      guard self.framing(text) == framing else { continue }
      let found = decode(text, framing: framing)
      // A mark between documents has to be whole itself.
      let mark = framing == .documents ? 4 : 0
      let records = whole.records.filter { Int($0.position.offset) + $0.position.length + mark < cut }
      #expect(records.allSatisfy(found.records.contains), "cut at \(cut)")
      let rejects = whole.rejects.filter { Int($0.offset) + $0.length + mark < cut }
      #expect(rejects.allSatisfy(found.rejects.contains), "cut at \(cut)")
    }
  }

  /// On lines, a cut takes nothing of the next line with it, and its own line is told of: as an act that is marked, as
  /// a reject, or as a whole record where only the wrapper was cut.
  @Test(arguments: Sample.all) func `a line that is cut is one act or reject, and the next is read`(sample: Sample) {
    let framing = framing(sample.bytes)
    guard framing == .lines || framing == .linesInOrder else { return }
    let whole = decode(sample.bytes, framing: framing)
    let next = Array(("\n" + record("next") + "\n").utf8)
    for cut in stride(from: Self.step, to: sample.bytes.count, by: Self.step) {
      let start = (sample.bytes[..<cut].lastIndex(of: 10) ?? -1) + 1
      let end = sample.bytes[cut...].firstIndex(of: 10) ?? sample.bytes.count
      guard start < cut, cut < end else { continue }
      var passed = false
      let decoder = RecordDecoder(framing: framing)
      decoder.passes = { passed = passed || $0.upperBound > start }
      let text = Array(sample.bytes[..<cut]) + next
      let found = text.withUnsafeBytes { decoder.decode($0, offset: 0, isLast: true) }.batch
      #expect(found.records.last?.event?.auditID == "next", "cut at \(cut)")
      let pieces = found.records.filter { $0.position.offset >= start }
      let rejects = found.rejects.filter { $0.offset >= start }
      // A part of a record of several lines stands where the first does.
      let places = found.records.map { ($0.position.offset, $0.position.length) }
      let isJoined = (places + found.rejects.map { ($0.offset, $0.length) }).contains { offset, length in
        Int(offset) < start && Int(offset) + length > start
      }
      #expect(pieces.count > 1 || !rejects.isEmpty || passed || isJoined, "cut at \(cut)")
      for piece in pieces.dropLast() {
        let isWhole = whole.records.contains { saysAsMuch($0, as: piece) }
        #expect(isWhole || isText(sample) || piece.event?.truncated ?? false, "cut at \(cut)")
      }
    }
  }

  /// Whether records are the same but for where they stand, and what only the wrapper tells: what a collector wrote
  /// twice may be cut in one place alone, and a wrapper behind its record.
  private func saysAsMuch(_ left: LogRecord, as right: LogRecord) -> Bool {
    guard var copy = left.event, let event = right.event else { return left.contentID == right.contentID }
    (copy.contentID, copy.position, copy.cluster) = (event.contentID, event.position, event.cluster)
    return copy == event
  }

  /// Lines of text have no end that tells whether they are whole.
  private func isText(_ sample: Sample) -> Bool {
    ["bird.log", "flows.txt", "legacy.log", "legacy-two-lines.log"].contains(sample.name)
  }

  private func framing(_ text: [UInt8]) -> Framing {
    text.prefix(65_536).withUnsafeBytes { RecordDecoder.framing(of: $0) }
  }

  /// Around a record: what stands in front of it, behind it, and how often its quotes are escaped.
  private static let wrappers: [(name: String, begin: String, depth: Int)] = [
    ("nothing", "", 0),
    ("CRI", "2026-10-05T09:12:44.1Z stdout F ", 0),
    ("a syslog of 1 KiB", "<134>1 2026-10-05T09:12:44.1Z node-1 tigera_secure - - - ", 0),
    ("aws logs tail", "2026-10-05T09:12:44.100000+00:00 kube-apiserver-audit-0123456789abcdef ", 0),
    ("docker", #"{"time":"2026-10-05T09:12:44.1Z","stream":"stdout","log":""#, 1),
    ("CloudWatch", #"{"id":"1","timestamp":1791191564100,"message":""#, 1),
    ("AKS", #"{"category":"kube-audit","time":"2026-10-05T09:12:44.1Z","properties":{"log":""#, 1),
    ("Azure's table", #"{"TimeGenerated":"2026-10-05T09:12:44.1Z","log_s":""#, 1),
    ("Loki", #"{"labels":{"app":"x"},"timestamp":"2026-10-05T09:12:44.1Z","line":""#, 1),
    ("Splunk", #"{"preview":false,"result":{"_time":"2026-10-05T09:12:44.1Z","_raw":""#, 1),
    ("Elasticsearch", #"{"_index":"audit","_id":"1","_source":"#, 0),
  ]

  /// All members that tell who did what to which object stand before the bodies: a cut in these loses nothing of them.
  @Test(arguments: wrappers.map(\.name)) func `who did what is known though the bodies are cut`(name: String) throws {
    let wrapper = try #require(Self.wrappers.first { $0.name == name })
    let object = #","objectRef":{"resource":"pods","namespace":"shop","name":"web"},"responseStatus":{"code":201}"#
    let body = #","requestObject":{"kind":"Pod","metadata":{"name":"web"},"note":"a \" b \\ c ü \u00e4 \ud83d\ude00"}"#
    // Elasticsearch and a bare line give no time of their own.
    let time =
      wrapper.begin.contains("2026") || wrapper.begin.contains("1791191564100") ? "" : #","timestamp":1791191564"#
    let head =
      #"{"kind":"Event","level":"RequestResponse","auditID":"a","stage":"ResponseComplete","requestURI":"/x","#
      + #""verb":"create","user":{"username":"dana"}"# + time + object
    func escaped(_ text: String) -> String {
      wrapper.depth == 0 ? text : String(JSONValue.string(text).json.dropFirst().dropLast())
    }
    let known = wrapper.begin + escaped(head)
    let text = Array((wrapper.begin + escaped(head + body + "}")).utf8)
    for cut in (known.utf8.count + 1)..<text.count {
      let found = decode(Array(text[..<cut]) + [10] + Array(record("next").utf8) + [10])
      #expect(found.rejects.isEmpty, "cut at \(cut)")
      let event = try #require(found.events.first, "cut at \(cut)")
      #expect(
        event.truncated && event.request == nil && event.user == "dana" && event.verb == "create", "cut at \(cut)")
      #expect(event.object?.name == "web" && event.code == 201 && event.auditID == "a", "cut at \(cut)")
      #expect(found.events.count == 2, "cut at \(cut)")
    }
  }
}
