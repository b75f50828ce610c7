import AuditModel
import EventQueries
import EventStorage
import Foundation
import LogDecoding
import Testing

@testable import Ingestion

/// A log whose end was not written yet when it was read first, in each way in which records stand in a text.
struct UnfinishedEndTests {
  private static let first = String(line(1).dropLast())
  private static let second = String(line(2).dropLast())
  private static let third = String(line(3).dropLast())

  private static func cri(_ tag: String, _ text: some StringProtocol, stream: String = "stdout") -> String {
    "2026-11-20T10:00:00.000000001Z \(stream) \(tag) \(text)\n"
  }

  private static func docker(_ text: String) throws -> String {
    let parts = JSONMembers([
      .init(key: "log", value: .string(text)), .init(key: "stream", value: .string("stdout")),
      .init(key: "time", value: .string("2026-11-20T10:00:00.000000001Z")),
    ])
    return JSONValue.object(parts).json + "\n"
  }

  /// What is there at first, and what comes.
  private struct Begun {
    var name: String
    var begin: String
    var end: String

    init(_ name: String, _ begin: String, _ end: String) {
      self.name = name
      self.begin = begin
      self.end = end
    }
  }

  private static func containers() throws -> [Begun] {
    let long = line(2, padding: 20_000)
    let (one, two) = (try docker(String(long.prefix(16_384))), try docker(String(long.dropFirst(16_384))))
    let begin = cri("P", second.prefix(100))
    let end = cri("F", second.dropFirst(100))
    return [
      Begun("a part of a line of CRI", cri("F", first) + begin, end + cri("F", third)),
      Begun("a part before another stream's line", cri("F", first) + begin + cri("F", third, stream: "stderr"), end),
      Begun("a line of CRI without its text", cri("F", first) + "2026-11-20T10:00:01Z stdout F ", second + "\n"),
      Begun("a part of docker's line", try docker(line(1)) + one, two + one + two),
    ]
  }

  private static func texts() throws -> [Begun] {
    let pretty = try JSONValue(parsing: second).prettyJSON + "\n"
    func cell(_ text: some StringProtocol) -> String { String(text).replacing("\"", with: "\"\"") }
    let request = #"2026-11-20T10:00:00Z AUDIT: id="d1" ip="10.0.0.1" method="GET" user="eve" uri="/healthz""# + "\n"
    let answer = #"2026-11-20T10:00:01Z AUDIT: id="d1" response="200""# + "\n"
    let head = "@timestamp,@message\n"
    let row = "2026-11-20,\"" + cell(first) + "\"\n"
    return [
      Begun("a pretty-printed record", pretty + pretty.prefix(40), pretty.dropFirst(40) + first),
      Begun("an item of a list", "[\n\(first),\n" + second.prefix(90), second.dropFirst(90) + ",\n\(third)\n]\n"),
      Begun(
        "a row of a table", head + row + "2026-11-20,\"" + cell(second.prefix(90)), cell(second.dropFirst(90)) + "\"\n"),
      Begun("the request's line of a legacy log", request + first + "\n", answer),
      Begun("a flow of calico-node", flow("Src") + flow("Dst").prefix(90), flow("Dst").dropFirst(90) + flow("Src")),
      Begun(
        "a document of YAML", document(1) + "---\n" + document(2).prefix(60),
        document(2).dropFirst(60) + "---\n" + document(3)),
    ]
  }

  private static func flow(_ reporter: String) -> String {
    """
    - Time=2026-11-20 10:00:00 +0000 UTC Reporter=\(reporter) Action=Allow
      Src={wep(shop/web)} Dst={net(-/pub) Svc:-/-} Proto={tcp(443) Svc:-/0}
      Counts={Ingress: 4Pkts/900Bytes Egress:3Pkts/200Bytes} Connections={Started:1 Completed:0 Live:1}
      Enforced:
      - kind:Profile name:"kns.shop" action:Allow
      Pending:


    """
  }

  private static func document(_ number: Int) -> String {
    """
    insertId: i\(number)
    protoPayload:
      methodName: io.k8s.core.v1.pods.delete
      resourceName: core/v1/namespaces/shop/pods/web-\(number)
      serviceName: k8s.io
    timestamp: '2026-11-20T10:00:0\(number)Z'

    """
  }

  @Test func `what was begun is read once its end has come`() throws {
    for log in try Self.containers() + Self.texts() {
      try withLogs { logs in
        try logs.write("audit.log", log.begin)
        let store = try logs.open()
        _ = try ingest([logs.file("audit.log")], into: store)
        try logs.append("audit.log", log.end)
        _ = try ingest([logs.file("audit.log")], into: store)
        let whole = try LogFolder.fresh([logs.file("audit.log")])
        #expect(try store.acts() == whole.acts(), "\(log.name)")
        #expect(try store.texts() == whole.texts(), "\(log.name)")
        #expect(store.snapshot().rejects.map(\.reject.reason) == [], "\(log.name)")
        #expect(whole.snapshot().rejects.map(\.reject.reason) == [], "\(log.name)")
      }
    }
  }

  @Test func `a record in parts that never ends is shown as far as it goes`() throws {
    try withLogs { logs in
      try logs.write("0.log", Self.cri("F", Self.first) + Self.cri("P", Self.second.dropLast(20)))
      let store = try logs.open()
      _ = try ingest([logs.file("0.log")], into: store)
      #expect(try store.acts().map(\.truncated) == [false, true])
      #expect(try ingest([logs.file("0.log")], into: store).skippedSources == 1)
      #expect(try store.acts().count == 2)
    }
  }

  /// Each sample of a log, cut anywhere and read, and read again once it is whole.
  @Test(arguments: 0..<4) func `reading in two goes gives what reading at once gives`(seed: Int) throws {
    let folder = String(#filePath.prefix(upTo: #filePath.lastIndex(of: "/") ?? #filePath.endIndex))
      .replacing("/Ingestion", with: "/LogDecoding/Samples")
    let names = try FileManager.default.contentsOfDirectory(atPath: folder).filter { !$0.hasSuffix(".expected") }
    var random = Numbers(state: UInt64(seed))
    for (place, name) in names.sorted().enumerated() where place % 4 == seed {
      let text = try Data(contentsOf: URL(fileURLWithPath: folder + "/" + name))
      // The first line tells how records stand in the rest.
      let start = (text.firstIndex(of: 10) ?? 0) + 1
      guard start < text.count else { continue }
      let cut = Int.random(in: start..<text.count, using: &random)
      func framing(_ text: Data) -> Framing { text.withUnsafeBytes { RecordDecoder.framing(of: $0) } }
      guard framing(text) == framing(text[..<cut]) else { continue }
      try withLogs { logs in
        try text[..<cut].write(to: URL(fileURLWithPath: logs.file("log")))
        let store = try EventStore.open("", access: .inMemory, environment: .reading())
        _ = try ingest([logs.file("log")], into: store)
        let handle = try #require(FileHandle(forWritingAtPath: logs.file("log")))
        try handle.seekToEnd()
        try handle.write(contentsOf: text[cut...])
        try handle.close()
        _ = try ingest([logs.file("log")], into: store)
        let whole = try LogFolder.fresh([logs.file("log")])
        #expect(try store.acts() == whole.acts(), "\(name), cut at \(cut)")
        #expect(
          store.snapshot().rejects.map(\.reject) == whole.snapshot().rejects.map(\.reject), "\(name), cut at \(cut)")
      }
    }
  }
}

/// Random numbers that are the same for the same seed (SplitMix64).
private struct Numbers: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}
