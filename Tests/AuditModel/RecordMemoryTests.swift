import AuditModel
import Testing

/// What is read with a memory is what is read without one, whatever the memory is of.
@Suite struct RecordMemoryTests {
  @Test func `records are redacted and read as without a memory`() throws {
    var (replaced, broken) = (0, 0)
    for seed in 0..<12 as Range<UInt64> {
      var records = RandomRecords(seed: seed)
      let memory = RecordMemory()
      for step in 0..<40 {
        let record = records.next()
        let mode: Redactor.Mode = seed % 7 == 0 && step % 9 == 0 ? .strict : .on
        let redacted = Redactor(mode: mode).redact(record: record)
        #expect(Redactor(mode: mode).redact(record: record, memory: memory) == redacted, "seed \(seed), step \(step)")
        if redacted != record { replaced += 1 }
        let one = Result { try JSONValue(parsing: redacted).json }.mapError { "\($0)" as Told }
        let other = Result { try JSONValue(parsing: redacted, memory: memory).json }.mapError { "\($0)" as Told }
        #expect(one == other, "seed \(seed), step \(step)")
        if case .failure = one { broken += 1 }
      }
    }
    #expect(replaced > 60 && broken > 30)
  }

  @Test func `what did not change is one value in both`() throws {
    let memory = RecordMemory()
    func read(_ text: String) throws -> JSONValue { try JSONValue(parsing: Array(text.utf8), memory: memory) }
    let one = try read(#"{"a":{"b":[{"c":1},{"c":2}]},"d":1,"e":{"f":2}}"#)
    let two = try read(#"{"a":{"b":[{"c":0},{"c":1},{"c":2}]},"d":[],"e":{"f":2}}"#)
    func item(_ value: JSONValue, _ index: Int) throws -> JSONValue {
      try #require(value["a", "b"]?.array)[index]
    }
    #expect(try item(two, 1).isOne(with: item(one, 0)) && item(two, 2).isOne(with: item(one, 1)))
    #expect(try #require(two["e"]).isOne(with: #require(one["e"])))
    #expect(try !#require(two["a"]).isOne(with: #require(one["a"])))
    let three = try read(#"{"d":[],"e":{"f":2},"a":{"b":[{"c":0},{"c":2}]}}"#)
    #expect(try #require(three["e"]).isOne(with: #require(one["e"])))
    #expect(three.json == #"{"d":[],"e":{"f":2},"a":{"b":[{"c":0},{"c":2}]}}"#)
  }

  @Test func `a place decides, not the bytes alone`() {
    let memory = RecordMemory()
    func redact(_ text: String) -> String {
      String(decoding: Redactor().redact(record: Array(text.utf8), memory: memory), as: UTF8.self)
    }
    let harmless =
      #"{"a":{"data":{"p":"aHVudGVyMg=="}},"requestObject":{"x":["secretvalue"],"data":{"p":"aHVudGVyMg=="}}}"#
    #expect(redact(harmless) == harmless)
    // The same bytes in a Secret, under another key, and in a body.
    #expect(!redact(#"{"kind":"Secret","# + harmless.dropFirst()).contains(#""data":{"p":"aHVudGVyMg=="}}}"#))
    #expect(redact(harmless) == harmless)
    #expect(!redact(harmless.replacing(#""x""#, with: #""token""#)).contains("secretvalue"))
    #expect(redact(harmless) == harmless)
    #expect(
      redact(#"{"requestObject":{"env":[{"value":"hunter2"},{"name":"A","value":"hunter2"}]}}"#).contains("hunter2"))
    #expect(
      !redact(#"{"requestObject":{"env":[{"value":"hush"},{"name":"A_TOKEN","value":"hunter2"}]}}"#).contains("hunter2")
    )
  }
}

/// An error as what it says.
private struct Told: Error, Equatable, ExpressibleByStringInterpolation {
  var text: String
  init(stringLiteral text: String) { self.text = text }
}

/// Records of which each is much like the one before it: values come, go and change; some are cut or broken, and some
/// hold what has to be redacted.
private struct RandomRecords {
  private var dice: SeededDice
  private var record: Value

  private indirect enum Value {
    case text(String)
    case object([(key: String, value: Value)])
    case list([Value])
  }

  init(seed: UInt64) {
    dice = SeededDice(state: seed &* 977 &+ 5)
    record = .text("")
    record = fresh()
  }

  private mutating func fresh() -> Value {
    .object(
      ["kind", "requestURI", "requestObject", "responseObject", "annotations"].map {
        ("\"\($0)\"", value(depth: 3))
      })
  }

  mutating func next() -> [UInt8] {
    for _ in 0..<Int.random(in: 0...2, using: &dice) { record = changed(record, depth: 0) }
    var text = ""
    write(record, &text)
    if text.utf8.count > 3000 {
      record = fresh()
      return next()
    }
    var bytes = Array(text.utf8)
    if roll(8) { bytes.removeLast(Int.random(in: 0..<bytes.count, using: &dice)) }
    if roll(12), !bytes.isEmpty {
      bytes[Int.random(in: 0..<bytes.count, using: &dice)] = "{}[]\",:x\\".utf8.randomElement(using: &dice) ?? 0
    }
    return bytes
  }

  private mutating func roll(_ sides: Int) -> Bool { Int.random(in: 0..<sides, using: &dice) == 0 }

  private mutating func value(depth: Int) -> Value {
    if depth == 0 || roll(3) { return .text(string(Self.texts)) }
    let count = Int.random(in: 0...4, using: &dice)
    if roll(3) { return .list((0..<count).map { _ in value(depth: depth - 1) }) }
    return .object((0..<count).map { _ in (string(Self.keys), value(depth: depth - 1)) })
  }

  private mutating func string(_ choices: [String]) -> String { choices.randomElement(using: &dice) ?? "" }

  private mutating func changed(_ value: Value, depth: Int) -> Value {
    if depth > 1, roll(4) { return self.value(depth: 3) }
    switch value {
    case .text: return self.value(depth: depth == 0 ? 3 : 1)
    case .object(var members):
      guard !members.isEmpty, !roll(6) else {
        members.insert(
          (string(Self.keys), self.value(depth: 2)), at: Int.random(in: 0...members.count, using: &dice))
        return .object(members)
      }
      let index = Int.random(in: 0..<members.count, using: &dice)
      if depth > 0, roll(6) {
        members.remove(at: index)
      } else {
        members[index].value = changed(members[index].value, depth: depth + 1)
      }
      return .object(members)
    case .list(var items):
      guard !items.isEmpty, !roll(4) else {
        items.insert(self.value(depth: 2), at: Int.random(in: 0...items.count, using: &dice))
        return .list(items)
      }
      let index = Int.random(in: 0..<items.count, using: &dice)
      if roll(4) { items.remove(at: index) } else { items[index] = changed(items[index], depth: depth + 1) }
      return .list(items)
    }
  }

  private mutating func write(_ value: Value, _ out: inout String) {
    switch value {
    case .text(let text): out += text
    case .list(let items):
      out += "["
      for (index, item) in items.enumerated() {
        if index > 0 { out += roll(30) ? " ,\n" : "," }
        write(item, &out)
      }
      out += "]"
    case .object(let members):
      out += "{"
      for (index, member) in members.enumerated() {
        if index > 0 { out += "," }
        out += member.key + (roll(30) ? " : " : ":")
        write(member.value, &out)
      }
      out += "}"
    }
  }

  private static let keys = [
    "kind", "data", "stringData", "env", "name", "path", "value", "token", "metadata", "labels", "annotations", "spec",
    "message", "requestObject", "pass\\u0077ord", "a-key-of-more-than-fifteen-letters",
    "kubectl.kubernetes.io/last-applied-configuration", "request", "protoPayload",
  ].map { "\"\($0)\"" }
  private static let texts =
    [
      "1", "true", "null", "-0.5e3", #""Secret""#, #""secrets""#, #""DB_PASSWORD""#, #""""#, #""a \"quoted\" one""#,
      #""a text of more than fifteen letters""#, #""Bearer abcdefgh12345""#, #""/exec?command=hush&x=1""#,
      #""\u00e9\\""#, #""/data/p""#, #""/spec/token""#, #""\/metadata/labels""#,
    ] + (0..<6).map { "\"value \($0)\"" }
}

/// The same numbers for the same seed.
private struct SeededDice: RandomNumberGenerator {
  var state: UInt64
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var value = state
    value = (value ^ value >> 30) &* 0xBF58_476D_1CE4_E5B9
    value = (value ^ value >> 27) &* 0x94D0_49BB_1331_11EB
    return value ^ value >> 31
  }
}
