import AuditModel

/// Reads times as logs write them: RFC 3339, or seconds, milliseconds, microseconds or nanoseconds since 1970 as a
/// number, told apart by magnitude (below 1e11, 1e14, 1e17).
struct TimestampReader {
  /// What stands in for the time of a record that has none.
  var fallback: Timestamp?
  /// By which times without a zone are read.
  var wallClock = WallClock.utc
  /// Whether there was such a time.
  private(set) var tookWallTime = false
  // Records that stand together are of one day; its number need not be computed anew.
  private var date: UInt64 = 0
  private var dateTail: UInt16 = 0
  private var midnight: Int64 = 0

  mutating func read(_ element: JSONElement) -> Timestamp? {
    if let bytes = element.bytes { return read(bytes) }
    if let value = element.integer { return Self.epoch(value) }
    if let value = element.double, value.magnitude < 1e11 { return Timestamp(seconds: 0).adding(seconds: value) }
    return nil
  }

  mutating func read(_ bytes: UnsafeRawBufferPointer) -> Timestamp? {
    // The form of `audit.k8s.io`, 2026-11-20T16:11:49.204113Z; all others take the long way.
    guard bytes.count == 27, bytes[10] == UInt8(ascii: "T"), bytes[13] == Ascii.colon, bytes[16] == Ascii.colon,
      bytes[19] == UInt8(ascii: "."), bytes[26] == UInt8(ascii: "Z"),
      let hour = Self.number(bytes, 11, 2), let minute = Self.number(bytes, 14, 2),
      let second = Self.number(bytes, 17, 2), let fraction = Self.number(bytes, 20, 6),
      hour < 24, minute < 60, second < 60
    else { return readOther(bytes) }
    let head = bytes.loadUnaligned(as: UInt64.self)
    let tail = bytes.loadUnaligned(fromByteOffset: 8, as: UInt16.self)
    if head != date || tail != dateTail {
      let text = String(decoding: bytes.part(0..<10), as: UTF8.self) + "T00:00:00Z"
      guard let day = Timestamp(rfc3339: text) else { return nil }
      (date, dateTail, midnight) = (head, tail, day.microseconds)
    }
    return Timestamp(microseconds: midnight + Int64(hour * 3600 + minute * 60 + second) * 1_000_000 + Int64(fraction))
  }

  private mutating func readOther(_ bytes: UnsafeRawBufferPointer) -> Timestamp? {
    let text = String(decoding: bytes, as: UTF8.self)
    if let time = Timestamp(rfc3339: text) ?? Self.epoch(text) { return time }
    guard let shown = wallTime(text) else { return nil }
    tookWallTime = true
    return wallClock.moment(shown)
  }

  private static func number(_ bytes: UnsafeRawBufferPointer, _ start: Int, _ count: Int) -> Int? {
    var value = 0
    for index in start..<(start + count) {
      let digit = bytes[index] &- UInt8(ascii: "0")
      guard digit <= 9 else { return nil }
      value = value * 10 + Int(digit)
    }
    return value
  }

  /// A number as text: of nine digits or more, so that no date is taken for one.
  private static func epoch(_ text: String) -> Timestamp? {
    let digits = text.utf8.prefix { (0x30...0x39).contains($0) }.count
    guard digits >= 9 else { return nil }
    if digits == text.utf8.count { return Int64(text).flatMap(epoch) }
    guard text.utf8.dropFirst(digits).first == UInt8(ascii: "."),
      text.utf8.dropFirst(digits + 1).allSatisfy({ (0x30...0x39).contains($0) }),
      let seconds = Double(text), seconds < 1e11
    else { return nil }
    return Timestamp(seconds: 0).adding(seconds: seconds)
  }

  static func epoch(_ value: Int64) -> Timestamp? {
    switch value.magnitude {
    case 0: nil
    case ..<100_000_000_000: Timestamp(microseconds: value * 1_000_000)
    case ..<100_000_000_000_000: Timestamp(microseconds: value * 1000)
    case ..<100_000_000_000_000_000: Timestamp(microseconds: value)
    default: Timestamp(microseconds: value / 1000)
    }
  }
}
