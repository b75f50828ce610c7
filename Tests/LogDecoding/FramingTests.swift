import AuditModel
import Testing

@testable import LogDecoding

struct FramingTests {
  private static let a = record("a")
  private static let b = record("b")
  private static let pretty = """
    {
      "kind": "Event",
      "auditID": "p",
      "verb": "get",
      "nested": {"deep": [
        {"x": 1}
      ]},
      "requestReceivedTimestamp": "2026-11-20T16:11:49.204113Z"
    }
    """

  private static let heads: [(String, String, Framing)] = [
    ("one record a line", "\(a)\n\(b)\n", Framing.lines),
    ("blank lines and a mark first", "\u{FEFF}\n\n\(a)\n", .lines),
    ("text first", "I1123 04:16:48.531000 1 main.go:1] started\n\(a)\n\(b)\n", .lines),
    ("a bracket in text first", "[INFO] started\n\(a)\n", .lines),
    ("no newline at all", a, .lines),
    ("a record cut off at the end", "\(a)\n{\"kind\":\"Ev", .lines),
    ("a record cut off at the start", "{\"kind\":\"Ev\n\(a)\n", .lines),
    ("a list on one line", "{\"kind\":\"EventList\",\"items\":[\(a)]}\n", .lines),
    ("an array on one line", "[\(a),\(b)]\n", .lines),
    ("nothing", "", .lines),
    ("a pretty-printed record", pretty, .stream),
    ("an array over lines", "[\n\(a),\n\(b)\n]\n", .stream),
    ("a list over lines", "{\n  \"kind\": \"EventList\",\n  \"items\": [\n\(a)\n]}", .stream),
    ("the start of a long list", "{\"kind\":\"EventList\",\"items\":[\(a),\(b),", .stream),
    ("the start of a long array", "[\(a),", .stream),
    ("the start of glued records", "\(a)\(b){\"kind\":\"Ev", .stream),
    ("a pretty-printed record behind compact ones", "\(a)\n\(pretty)\n\(b)\n", .stream),
    ("an array over lines behind a record", "\(a)\n[\n  \(pretty)\n]\n", .stream),
    ("records cut off behind whole ones", "\(a)\n{\"kind\":\"Ev\n\(b)\n{\"auditID\":\"x\",\n\(b)\n", .lines),
    ("text in brackets behind a record", "\(a)\n[INFO] started,\n  \"x\"\n\(b)\n", .lines),
    ("lines of containers in a wrapper", "{\"line\":\"2026-10-05T09:12:44Z stdout F x\"}\n", .linesInOrder),
    ("the start of a long record", "{\"kind\":\"Event\",\"requestObject\":{\"spec\":", .lines),
  ]

  @Test(arguments: heads)
  func `the first line with a bracket tells how records stand`(name: String, text: String, expected: Framing) {
    #expect(Array(text.utf8).withUnsafeBytes { RecordDecoder.framing(of: $0) } == expected, "\(name)")
  }

  private static let texts: [(String, String, [String])] = [
    ("lines", "\(a)\n\(b)\n", ["1 @0+\(a.utf8.count) a", "2 @\(a.utf8.count + 1)+\(b.utf8.count) b"]),
    (
      "carriage returns", "\(a)\r\n\r\n\(b)\r\n",
      ["1 @0+\(a.utf8.count) a", "3 @\(a.utf8.count + 4)+\(b.utf8.count) b"]
    ),
    ("a byte order mark", "\u{FEFF}\(a)\n", ["1 @3+\(a.utf8.count) a"]),
    ("no newline at the end", "\n\(a)", ["2 @1+\(a.utf8.count) a"]),
    ("glued", "\(a)\(b)\n", ["1 @0+\(a.utf8.count) a", "1 @\(a.utf8.count)+\(b.utf8.count) b"]),
    ("an array", "[\(a),\n \(b)]\n", ["1 @1+\(a.utf8.count) a", "2 @\(a.utf8.count + 4)+\(b.utf8.count) b"]),
    ("an array on one line", "[\(a),\(b)]", ["1 @1+\(a.utf8.count) a", "1 @\(a.utf8.count + 2)+\(b.utf8.count) b"]),
    (
      "a list on one line", "{\"kind\":\"EventList\",\"metadata\":{},\"items\":[\(a),\(b)]}\n\(a)\n",
      [
        "1 @43+\(a.utf8.count) a", "1 @\(a.utf8.count + 44)+\(b.utf8.count) b",
        "2 @\(a.utf8.count + b.utf8.count + 47)+\(a.utf8.count) a",
      ]
    ),
    (
      "a list whose kind comes last", "{\"items\":[\(a)],\n\"metadata\":{\"items\":[]},\"kind\":\"EventList\"}\n\(b)",
      ["1 @10+\(a.utf8.count) a", "3 @\(a.utf8.count + 57)+\(b.utf8.count) b"]
    ),
    (
      "pretty-printed", "\(pretty)\n\(pretty)\n",
      ["1 @0+\(pretty.utf8.count) p", "10 @\(pretty.utf8.count + 1)+\(pretty.utf8.count) p"]
    ),
    (
      "compact, then an array over lines, then compact", "\(a)\n[\n  \(pretty)\n]\n[\(b)]\n",
      [
        "1 @0+\(a.utf8.count) a", "3 @\(a.utf8.count + 5)+\(pretty.utf8.count) p",
        "13 @\(a.utf8.count + pretty.utf8.count + 9)+\(b.utf8.count) b",
      ]
    ),
    ("an empty list", "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[]}\n", []),
  ]

  @Test(arguments: texts)
  func `records are found where they stand`(name: String, text: String, expected: [String]) {
    #expect(summary(decode(text)) == expected, "\(name)")
  }

  @Test func `a file that was emptied under its writer starts with a run of NULs`() {
    let nuls = [UInt8](repeating: 0, count: 5000)
    let decoded = decode(nuls + Array(Self.a.utf8) + [10], stretch: { _ in 64 })
    #expect(summary(decoded) == ["1 @5000+\(Self.a.utf8.count) a"])
  }

  @Test func `NULs in front of records do not pile up in the caller's buffer`() {
    let decoder = RecordDecoder(framing: .lines)
    let (batch, consumed) = [UInt8](repeating: 0, count: 1000).withUnsafeBytes {
      decoder.decode($0, offset: 0, isLast: false)
    }
    #expect(consumed == 1000 && batch.events.isEmpty && batch.rejects.isEmpty)
  }

  @Test func `a record behind a run of NULs is read although the one before it was cut off there`() {
    let cut = Array(#"{"kind":"Event","auditID":"x","verb":"upd"#.utf8)
    let decoded = decode(cut + [UInt8](repeating: 0, count: 40) + Array(Self.a.utf8) + [10])
    #expect(decoded.events.map(\.auditID) == ["a"])
    #expect(decoded.rejects.map(\.length) == [cut.count])
  }

  @Test func `a line of ten mebibytes is one record`() throws {
    let long = String(repeating: "x", count: 10 << 20)
    let text = record("long", more: #","requestObject":{"metadata":{"name":"n"},"data":"\#(long)"}"#) + "\n" + Self.a
    let decoded = decode(Array(text.utf8))
    #expect(decoded.events.map(\.auditID) == ["long", "a"])
    #expect(decoded.events.first?.request?.name == "n")
  }

  @Test func `a line that never ends is given up, and reading goes on behind it`() {
    var text = Array(#"{"kind":""#.utf8)
    text += [UInt8](repeating: UInt8(ascii: "x"), count: (1 << 20) + 100)
    text += Array("\"}\n\(Self.a)\n".utf8)
    for framing in [Framing.lines, .stream] {
      let decoded = decode(text, framing: framing, longestRecord: 1 << 20, stretch: { _ in (1 << 20) + 50 })
      #expect(decoded.events.map(\.auditID) == ["a"], "\(framing)")
      #expect(decoded.rejects.map(\.reason) == ["a record longer than 1 MiB"], "\(framing)")
    }
  }

  @Test func `a record cut off in a pretty-printed file takes none of the next one with it`() {
    let cut = "{\n  \"kind\": \"Event\",\n  \"items\n"
    let decoded = decode(cut + Self.pretty + "\n", framing: .stream)
    #expect(decoded.events.map(\.auditID) == ["p"])
    #expect(decoded.rejects.map(\.line) == [1])
    let inside = "{\n  \"a\": {\n    \"b\": 1,\n"
    #expect(decode(inside + Self.pretty + "\n", framing: .stream).events.map(\.auditID) == ["p"])
  }

  @Test func `text inside a record is never taken for a record`() throws {
    let planted = Self.b.replacing("\"", with: "\\\"")
    let decoded = decode(record("a", more: ",\"userAgent\":\"\(planted)\\n\(planted)\"") + "\n")
    #expect(decoded.events.map(\.auditID) == ["a"])
    let klog = "I1123 04:16:48.531000 1 x.go:1] got \(Self.b), \(Self.b)\n"
    #expect(decode(klog + Self.a).events.map(\.auditID) == ["a"])
    #expect(decode(klog + Self.a, framing: .stream).events.map(\.auditID) == ["a"])
  }

  /// Texts of all kinds in a row, as no one would write them.
  private static func randomText(_ random: inout SeededRandom, framing: Framing) -> [UInt8] {
    var text: [UInt8] = []
    for index in 0..<Int.random(in: 1...12, using: &random) {
      let one = record("r\(index)", more: Bool.random(using: &random) ? #","userAgent":"ü\\\"}{"# + "\"" : "")
      let pieces = [
        one + "\n", one + "\r\n", one + one + "\n", one, "[\(one),\(one)]\n", "[\n\(one),\n\(one)\n]\n",
        "{\"kind\":\"EventList\",\"items\":[\(one), \(one)],\"x\":{\"y\":[1]}}\n", "plain text, {\"a\":1}\n", "\n\n",
        "{\"kind\":\"Ev\n", pretty + "\n", pretty, "{\"a\":[1,\n", "}]\n", "[1,2,\(one)]\n", "\u{FEFF}",
        "  " + pretty + "\n",
        "{\n \"items\": [\n" + one + ",\n" + one + "\n ],\n \"kind\": \"EventList\"\n}\n", "\u{0}\u{0}\u{0}",
        String(one.dropLast(9)) + String(repeating: "\0", count: 12),
      ]
      text += Array(pieces[Int.random(in: 0..<pieces.count, using: &random)].utf8)
    }
    return text
  }

  @Test(arguments: 0..<200)
  func `splitting at any chunk size gives the same records`(seed: Int) {
    var random = SeededRandom(seed: seed)
    for framing in [Framing.lines, .stream] {
      let text = Self.randomText(&random, framing: framing)
      let whole = decode(text, framing: framing)
      let most = [1, 3, 17, 200, 1000][seed % 5]
      var sizes = SeededRandom(seed: seed + 1)
      let split = decode(text, framing: framing, stretch: { _ in Int.random(in: 1...most, using: &sizes) })
      #expect(summary(split) == summary(whole), "\(framing)")
      #expect(split == whole, "\(framing)")
      for event in whole.events {
        let start = Int(event.position.offset)
        let bytes = Array(text[start..<(start + event.position.length)])
        #expect(bytes.first == UInt8(ascii: "{") && (bytes.last == UInt8(ascii: "}") || event.truncated))
        #expect(decodeContent(bytes) != nil)
        #expect(event.position.line == 1 + text[..<start].count { $0 == 10 })
      }
    }
  }

  @Test(arguments: 0..<200)
  func `no bytes stop the decoder`(seed: Int) {
    var random = SeededRandom(seed: seed)
    var text = Self.randomText(&random, framing: .lines)
    for _ in 0..<Int.random(in: 1...20, using: &random) where !text.isEmpty {
      let place = Int.random(in: 0..<text.count, using: &random)
      switch Int.random(in: 0..<3, using: &random) {
      case 0: text[place] = UInt8.random(in: 0...255, using: &random)
      case 1: text.remove(at: place)
      default: text.insert(Array("{}[]\",:\\\n\0".utf8).randomElement(using: &random) ?? 0, at: place)
      }
    }
    for framing in [Framing.lines, .stream] {
      let whole = decode(text, framing: framing)
      var sizes = SeededRandom(seed: seed)
      let split = decode(text, framing: framing, stretch: { _ in Int.random(in: 1...50, using: &sizes) })
      #expect(split == whole, "\(framing)")
      #expect(whole.lineCount == text.count { $0 == 10 })
      #expect(whole.rejects.allSatisfy { ($0.length > 0 || $0.reason.contains("cut off")) && !$0.reason.isEmpty })
    }
  }
}
