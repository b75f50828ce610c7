import AuditModel
import Testing

@Suite struct JSONValueTests {
  @Test func `digits, key order and repeated keys are kept`() throws {
    let text = #"{"b":9007199254740993,"a":1.0,"b":2,"c":[-0.5e+10,[],{}],"d":null,"e":true}"#
    let value = try JSONValue(parsing: text)
    #expect(value.json == text)
    #expect(value["b"]?.integer == 2)
  }

  @Test func `the last of repeated keys counts when comparing`() throws {
    #expect(try JSONValue(parsing: #"{"a":1,"b":2,"a":3}"#) == JSONValue(parsing: #"{"b":2,"a":3}"#))
    #expect(try JSONValue(parsing: "[9007199254740993]") != JSONValue(parsing: "[9007199254740992]"))
    #expect(try JSONValue(parsing: "1.0") == JSONValue(parsing: "1.00"))
  }

  @Test func `keys that only look alike are two`() throws {
    let value = try JSONValue(parsing: "{\"\u{E9}\":1,\"e\u{301}\":2}")
    #expect(value.members?.unique.count == 2)
    #expect(value["\u{E9}"]?.integer == 1 && value["e\u{301}"]?.integer == 2)
  }

  @Test func `escapes are read, lone surrogates and broken UTF-8 replaced`() throws {
    #expect(try JSONValue(parsing: #""\u001b\ud83d\ude00\ud800x\/\n""#).string == "\u{1B}😀\u{FFFD}x/\n")
    #expect(try JSONValue(parsing: [0x22, 0x61, 0xFF, 0x62, 0x22]).string == "a\u{FFFD}b")
  }

  @Test(arguments: [
    "", "{", "[1,]", "{\"a\"}", "{\"a\":}", "01", "1.", "nul", "\"abc", "[1] x", "{'a':1}", "+1", "\"\\x\"",
    "\"\\u12g4\"",
  ])
  func `what is not JSON is refused with a place`(text: String) {
    #expect(throws: JSONError.self) { try JSONValue(parsing: text) }
  }

  @Test func `depth is bounded`() {
    let deep = String(repeating: "[", count: 100_000)
    #expect(throws: JSONError.self) { try JSONValue(parsing: deep) }
  }

  @Test func `setting steps through objects and makes missing ones`() throws {
    let value = try JSONValue(parsing: #"{"a":{"b":1}}"#)
    #expect(value.setting(["a", "c", "d"], to: .bool(true)).json == #"{"a":{"b":1,"c":{"d":true}}}"#)
    #expect(value.setting(["a", "b"], to: nil).json == #"{"a":{}}"#)
    #expect(value.setting(["x", "y"], to: nil).json == #"{"a":{"b":1}}"#)
  }
}
