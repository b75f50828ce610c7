import AuditModel
import Testing

@testable import LogDecoding

struct YAMLReadingTests {
  private func json(_ yaml: String) -> String? {
    Array(yaml.utf8).withUnsafeBytes { YAMLReader.value(of: $0) }?.json
  }

  @Test(arguments: [
    ("a: 1\nb: two words\n", #"{"a":1,"b":"two words"}"#),
    ("a:\nb: ~\nc: null\nd: true\n", #"{"a":null,"b":null,"c":null,"d":true}"#),
    (
      "a:\n- 1\n- x: 1\n  y:\n  - z\n- - p\n  - q\nb: []\nc: {}\n",
      #"{"a":[1,{"x":1,"y":["z"]},["p","q"]],"b":[],"c":{}}"#
    ),
    ("a:\n  - b: 1\n    c: 2\n", #"{"a":[{"b":1,"c":2}]}"#),
    ("'@type': 'it''s'\n\"k\": \"\\x1b\\u00e9\\n\"\n", #"{"@type":"it's","k":"\u001bé\n"}"#),
    ("a: 'one\n\n  two: x\n\n  '\nb: 2\n", #"{"a":"one\ntwo: x\n","b":2}"#),
    ("a: \"one \\\n  \\ two\"\n", #"{"a":"one  two"}"#),
    ("a: one\n  two\nb: http://x:1/y # note\n", #"{"a":"one two","b":"http://x:1/y"}"#),
    (
      "a: |\n  one\n    two\n\n  three\nb: |-\n  x\nc: >-\n  p\n  q\n",
      #"{"a":"one\n  two\n\nthree\n","b":"x","c":"p q"}"#
    ),
    ("a: 0123\nb: 1.5\nc: -\n", #"{"a":"0123","b":1.5,"c":"-"}"#),
    ("# note\r\na: 1\r\nb:\r\n  c: 2\r\n", #"{"a":1,"b":{"c":2}}"#),
  ])
  func `YAML is read as the JSON that it is`(yaml: String, expected: String) {
    #expect(json(yaml) == expected)
  }

  @Test(arguments: [
    "a: 'open\n", "a: 1\n  b: 2\nc\n", "a: {x\n", "", "a: 1\n- b\n", "a: \"" + String(repeating: "x\n", count: 5000),
  ])
  func `what is no YAML is told`(yaml: String) {
    #expect(json(yaml) == nil)
  }

  @Test func `depth has an end`() {
    #expect(json(String(repeating: "- ", count: 100_000) + "1") == nil)
  }

  @Test func `each document of Cloud Logging is a record, at its place`() {
    let entry = { (id: String) in
      """
      insertId: \(id)
      protoPayload:
        methodName: io.k8s.networking.v1.networkpolicies.delete
        resourceName: networking.k8s.io/v1/namespaces/shop/networkpolicies/web
      timestamp: '2026-10-05T09:00:53.1Z'

      """
    }
    let text = "---\n" + entry("a") + "---\nnot: a log\n---\n" + entry("b") + "---\nx: 'cut\n"
    let found = decode(text)
    #expect(
      summary(found) == [
        "2 @4+192 a", "8 @201+10 ! \(found.rejects[0].reason)", "10 @216+192 b",
        "16 @413+7 ! a YAML document that is no log entry, or is cut off",
      ])
  }
}
