import AuditModel

/// Text in front of a record on its line, as tools and transports put it there.
public struct LinePrefix: Sendable {
  /// What `formats` calls it.
  public let name: String
  /// One line for people.
  public let summary: String
  /// What a line begins with, as a pattern for people.
  public let mark: String
  let match: @Sendable (inout TextCursor) -> LinePrefixMatch?

  init(
    name: String, summary: String, mark: String, match: @escaping @Sendable (inout TextCursor) -> LinePrefixMatch?
  ) {
    self.name = name
    self.summary = summary
    self.mark = mark
    self.match = match
  }

  /// In the order in which a line is offered to them: the special before the general.
  public static let all: [LinePrefix] = [
    .containerRuntime, .syslog, .oldSyslog, .cloudWatchTail, .timeAndTag, .journalText, .timeOnly, .serverSentEvent,
    .fluentBitFile, .nodeLogs,
  ]

  /// So many bytes of a line decide what it begins with.
  static let longest = 2048

  /// The first row that fits the line.
  static func match(_ line: UnsafeRawBufferPointer) -> LinePrefixMatch? {
    for row in all {
      var cursor = TextCursor(line)
      if var match = row.match(&cursor) {
        match.name = row.name
        return match
      }
    }
    return nil
  }
}

/// A line taken apart.
struct LinePrefixMatch {
  /// Of the row that took it apart.
  var name = ""
  /// What stands behind the prefix; empty where the line holds nothing but transport.
  var payload: Range<Int>
  /// Where the next of several records on the line begins; nil when the payload is all.
  var next: Int?
  /// What stands behind the prefix ends where the record does, perhaps on a later line.
  var isOpenEnded = true
  var transport = Transport()
  var part: JointPart?
}

/// Reads a line from its start, word by word.
struct TextCursor {
  let bytes: UnsafeRawBufferPointer
  private(set) var at = 0

  init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

  var rest: Range<Int> { at..<bytes.count }
  var next: UInt8? { at < bytes.count ? bytes[at] : nil }
  var isAtBrace: Bool { next == Ascii.openBrace }

  mutating func skip(_ count: Int) { at = min(bytes.count, at + count) }

  /// Whether the text comes next; it is passed over then.
  mutating func take(_ text: StaticString) -> Bool {
    guard bytes.part(rest).starts(with: text) else { return false }
    at += text.utf8CodeUnitCount
    return true
  }

  /// The bytes up to a byte, which is passed over; nil where it does not come within `most` bytes, or at once.
  mutating func word(until end: Character, most: Int = 256) -> UnsafeRawBufferPointer? {
    guard let value = end.asciiValue, let place = bytes.first(value, in: at..<min(bytes.count, at + most)), place > at
    else { return nil }
    defer { at = place + 1 }
    return bytes.part(at..<place)
  }

  /// A number of up to `most` digits.
  mutating func number(most: Int) -> Int? {
    var value = 0
    var digits = 0
    while digits <= most, at + digits < bytes.count, (0x30...0x39).contains(bytes[at + digits]) {
      value = value * 10 + Int(bytes[at + digits] - 0x30)
      digits += 1
    }
    guard digits > 0, digits <= most else { return nil }
    at += digits
    return value
  }

  /// RFC 3339, up to a blank or tab, which stays. A time without a zone is UTC's.
  mutating func time() -> Timestamp? {
    var end = at
    while end < bytes.count, end - at <= 40, bytes[end] != 0x20, bytes[end] != 0x09 { end += 1 }
    guard end - at >= 19, bytes[at + 4] == UInt8(ascii: "-"), let time = rfc3339(bytes.part(at..<end)) else {
      return nil
    }
    at = end
    return time
  }
}

/// RFC 3339; a time without a zone is UTC's.
func rfc3339(_ bytes: UnsafeRawBufferPointer) -> Timestamp? {
  let text = String(decoding: bytes, as: UTF8.self)
  return Timestamp(rfc3339: text) ?? Timestamp(rfc3339: text + "Z")
}

/// Whether the bytes are what a host or container is named with.
func isName(_ bytes: UnsafeRawBufferPointer) -> Bool {
  !bytes.isEmpty
    && bytes.allSatisfy {
      (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0)
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: "/")
        || $0 == UInt8(ascii: "@")
    }
}
