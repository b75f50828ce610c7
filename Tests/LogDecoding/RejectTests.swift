import AuditModel
import Testing

@testable import LogDecoding

struct RejectTests {
  private static let a = record("a")

  /// What stands in the second line of three, and what the reject of it says; its offset is always that of the line.
  private static let table: [(line: String, reason: String)] = [
    ("plain text", "not JSON: text where a record is expected"),
    ("\"a string\"", "JSON, but no object"),
    ("12", "JSON, but no object"),
    ("I1123 04:16:48.531000       1 server.go:1] started", "a klog line, as Kubernetes programs write to stderr"),
    (
      "2026-10-05T09:12:44.1Z AUDIT: id=\"c\" stage=\"ResponseComplete\" user=\"eve\"",
      "the answer's line of a legacy audit log, whose request is not in the text before it"
    ),
    (
      "2026-10-05T09:12:44.1Z stdout F {\"kind\":\"Event\"}",
      "a JSON object that is no audit event: it has neither auditID nor verb, objectRef and user"
    ),
    (
      "<134>1 2026-10-05T09:12:44.1Z host app - - - {\"kind\":\"Pod\",\"apiVersion\":\"v1\"}",
      "a Kubernetes object, not an audit event"
    ),
    ("<134>1 2026-10-05T09:12:44.1Z host app", "a syslog line"),
    ("master-0 {\"kind\":\"Event\",\"auditID\":\"x\"}", "an audit ID without verb, stage or URI"),
    ("the node {\"auditID\":\"x\",\"verb\":\"get\"}", "text before a record; cut it off first"),
    ("{}", "an empty JSON object"),
    ("{\"kind\":0}", "an object whose kind is no string"),
    ("{\"kind\":[\"Event\"],\"apiVersion\":\"v1\"}", "an object whose kind is no string"),
    (
      "{\"kind\":\"Event\",\"apiVersion\":\"v1\",\"reason\":\"Killing\",\"involvedObject\":{}}",
      "a Kubernetes Event (v1), which reports on objects; it is not an audit event"
    ),
    (
      "{\"kind\":\"Event\",\"apiVersion\":\"events.k8s.io/v1\",\"regarding\":{}}",
      "a Kubernetes Event (v1), which reports on objects; it is not an audit event"
    ),
    ("{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}", "a Kubernetes object, not an audit event"),
    ("{\"kind\":\"Policy\",\"apiVersion\":\"audit.k8s.io/v1\"}", "an audit.k8s.io object that is no Event"),
    ("{\"auditID\":\"x\",\"level\":\"Metadata\"}", "an audit ID without verb, stage or URI"),
    (
      "{\"log\":\"{}\\n\",\"stream\":\"stdout\",\"time\":\"x\"}",
      "an empty JSON object"
    ),
    ("{\"source_name_aggr\":\"a\",\"reporter\":\"src\"}", "a flow log record without a time"),
    ("{\"qname\":\"a.b\",\"rcode\":\"NoError\"}", "a DNS log record without a time"),
    (
      "{\"seq\":1}", "a JSON object that is no audit event: it has neither auditID nor verb, objectRef and user"
    ),
    (
      "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\",\"auditID\":\"x\",\"stage\":\"ResponseComplete\"}",
      "an audit event without a verb"
    ),
    ("{\"auditID\":\"x\",\"verb\":\"get\"}", "an audit event without a time"),
    ("{\"auditID\":\"x\",\"verb\":7,\"requestURI\":\"/\"}", "an audit event without a verb"),
    (
      "{\"auditID\":\"x\",\"verb\":\"get\",\"requestReceivedTimestamp\":\"yesterday\"}",
      "an audit event whose requestReceivedTimestamp is no time"
    ),
    (
      "{\"auditID\":\"x\",\"verb\":\"get\",\"stageTimestamp\":\"2026-02-30T00:00:00.000000Z\"}",
      "an audit event whose stageTimestamp is no time"
    ),
    (
      record("x", stage: "Later"), "an audit event with a stage that audit.k8s.io does not have"
    ),
    (
      record("x").replacing("RequestResponse", with: "All"),
      "an audit event with a level that audit.k8s.io does not have"
    ),
    ("{\"kind\":\"Event\",\"auditID\":\"x", "cut off: the text ends inside a string at byte 28"),
    ("{\"kind\":\"Event\",\"user\":{\"username\":1,", "cut off: expected a key in quotes at byte 37"),
    ("{\"a\" 1}", "not JSON: expected : after a key at byte 5"),
    ("{\"a\":tru}", "not JSON: not JSON at byte 5"),
    ("{\"a\":1,}", "not JSON: expected a key in quotes at byte 7"),
    ("{\"a\":\"\\x\"}", "not JSON: an escape that JSON does not have at byte 8"),
    ("{\"a\":01}", "not JSON: not JSON at byte 5"),
    ("}", "not JSON: text where a record is expected"),
  ]

  @Test(arguments: table)
  func `a line that is no record is one reject, and reading goes on`(line: String, reason: String) {
    let before = Self.a.utf8.count + 1
    let text = "\(Self.a)\n\(line)\n\(Self.a)\n"
    let decoded = decode(text)
    #expect(decoded.events.map(\.position.line) == [1, 3])
    #expect(
      decoded.rejects == [Reject(line: 2, offset: Int64(before), length: line.utf8.count, reason: reason)])
  }

  @Test func `a last line that was cut off says so`() {
    let decoded = decode("\(Self.a)\n{\"kind\":\"Ev")
    #expect(
      summary(decoded) == [
        "1 @0+\(Self.a.utf8.count) a",
        "2 @\(Self.a.utf8.count + 1)+11 ! cut off at the end of the text: the text ends inside a string at byte 11",
      ])
  }

  @Test(arguments: ["", ",", ",\n", "]"])
  func `a list that ends between two items says that it was cut off`(_ end: String) {
    let head = "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":["
    for (start, isDone) in [(head, false), ("[", end == "]"), (head + "\n", false), ("[\n", end == "]")] {
      let text = start + Self.a + "," + Self.a + end
      let decoded = decode(text)
      #expect(decoded.events.count == 2)
      let cut = Reject(
        line: 1 + text.count { $0 == "\n" }, offset: Int64(text.utf8.count), length: 0,
        reason: "a list that is cut off here: it is not closed")
      let found = decoded.rejects.map { Reject(line: $0.line, offset: $0.offset, length: 0, reason: $0.reason) }
      #expect(isDone ? found.isEmpty : found.map(\.reason) == [cut.reason])
      #expect(isDone || found.allSatisfy { $0.offset >= cut.offset - 2 })
    }
  }

  @Test func `an item of a list that is no record is rejected alone`() {
    let list = "{\"kind\":\"EventList\",\"apiVersion\":\"audit.k8s.io/v1\",\"items\":[{\"x\":1},\(Self.a),7,\(Self.a)]}"
    let decoded = decode(list)
    #expect(decoded.events.count == 2)
    #expect(
      decoded.rejects.map(\.reason) == [
        "a JSON object that is no audit event: it has neither auditID nor verb, objectRef and user",
        "JSON, but no object",
      ])
  }

  @Test func `a list of other objects is one reject`() {
    let list = "{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{\"kind\":\"Pod\"},{\"kind\":\"Pod\"}]}"
    #expect(decode(list).rejects.map(\.reason) == ["a Kubernetes object, not an audit event"])
  }

  @Test func `index and ID name a document of Elasticsearch, and a line has no name`() {
    let flow =
      #"{"start_time":1791190800,"reporter":"src","action":"deny","source_name_aggr":"a","dest_name_aggr":"b"}"#
    func document(_ index: String, _ id: String, _ score: Int) -> String {
      #"{"_index":"\#(index)","_id":"\#(id)","_score":\#(score),"_source":\#(flow)}"#
    }
    let texts = [document("f", "1", 1), document("f", "1", 2), document("f", "2", 1), document("g", "1", 1), flow]
    let found = decode(texts.joined(separator: "\n")).records.map { $0.entry?.documentID }
    #expect(found.count == 5 && found[0] != nil && found[0] == found[1] && found[4] == nil)
    #expect(Set(found).count == 4)
  }

  @Test func `nesting without end is a reject`() {
    let deep = "{\"auditID\":\"x\",\"verb\":\"get\",\"requestObject\":" + String(repeating: "[", count: 100_000)
    let closed = deep + String(repeating: "]", count: 100_000) + "}"
    for text in [deep, closed] {
      let decoded = decode("\(text)\n\(Self.a)\n")
      #expect(decoded.events.count == 1)
      #expect(decoded.rejects.map(\.reason) == ["not JSON: nested deeper than 1,000 levels at byte 1043"])
    }
  }

  @Test func `UTF-16 is told apart from noise`() {
    let text: [UInt8] = [0xFF, 0xFE] + "{\"a\":1}".utf8.flatMap { [$0, 0] }
    #expect(decode(text).rejects.map(\.reason) == ["UTF-16 text; convert it first: iconv -f UTF-16 -t UTF-8"])
  }
}
