/// A moment in UTC, in whole microseconds: the resolution of `requestReceivedTimestamp` in `audit.k8s.io/v1`.
public struct Timestamp: Hashable, Comparable, Sendable {
  /// Microseconds since 1970-01-01T00:00:00Z; leap seconds are not counted, as in POSIX.
  public var microseconds: Int64

  public init(microseconds: Int64) { self.microseconds = microseconds }
  public init(seconds: Int64) { self.microseconds = seconds * 1_000_000 }

  public static func < (left: Timestamp, right: Timestamp) -> Bool { left.microseconds < right.microseconds }

  public func adding(seconds: Double) -> Timestamp {
    Timestamp(microseconds: microseconds + Int64((seconds * 1_000_000).rounded()))
  }

  /// Reads RFC 3339 with 0 to 9 fraction digits and `Z`, `+00:00` or `+0000`; digits past the sixth are cut off.
  /// A space may stand for the `T`. Returns nil for anything else, and for dates that do not exist.
  public init?(rfc3339 text: some StringProtocol) {
    var copy = String(text)
    guard let parsed = copy.withUTF8({ Timestamp.parse($0) }) else { return nil }
    self = parsed
  }

  /// RFC 3339, UTC, always six fraction digits: `2026-11-20T16:11:49.204113Z`.
  public var rfc3339: String {
    let civil = CivilTime(self)
    return civil.dateText + "T" + civil.clockText + "." + padded(civil.microsecond, 6) + "Z"
  }

  private static func parse(_ bytes: UnsafeBufferPointer<UInt8>) -> Timestamp? {
    func number(_ start: Int, _ count: Int) -> Int? {
      guard start + count <= bytes.count else { return nil }
      var value = 0
      for index in start..<(start + count) {
        let digit = Int(bytes[index]) - 48
        guard (0...9).contains(digit) else { return nil }
        value = value * 10 + digit
      }
      return value
    }
    func byte(_ index: Int, _ wanted: Character...) -> Bool {
      index < bytes.count && wanted.contains { $0.asciiValue == bytes[index] }
    }
    guard let year = number(0, 4), byte(4, "-"), let month = number(5, 2), byte(7, "-"), let day = number(8, 2),
      byte(10, "T", "t", " "), let hour = number(11, 2), byte(13, ":"), let minute = number(14, 2), byte(16, ":"),
      let second = number(17, 2), (1...12).contains(month),
      day >= 1, day <= CivilTime.days(in: month, of: year), hour < 24, minute < 60, second <= 60
    else { return nil }
    var at = 19
    var fraction = 0
    if byte(at, ".", ",") {
      at += 1
      var digits = 0
      while at < bytes.count, (48...57).contains(bytes[at]) {
        if digits < 6 { fraction = fraction * 10 + Int(bytes[at]) - 48 }
        digits += 1
        at += 1
      }
      guard digits > 0, digits <= 9 else { return nil }
      for _ in min(digits, 6)..<6 { fraction *= 10 }
    }
    var offsetSeconds = 0
    if byte(at, "Z", "z") {
      at += 1
    } else if byte(at, "+", "-") {
      let sign = bytes[at] == UInt8(ascii: "-") ? -1 : 1
      guard let hours = number(at + 1, 2) else { return nil }
      let colon = byte(at + 3, ":") ? 1 : 0
      guard let minutes = number(at + 3 + colon, 2), hours < 24, minutes < 60 else { return nil }
      offsetSeconds = sign * (hours * 3600 + minutes * 60)
      at += 5 + colon
    } else {
      return nil
    }
    guard at == bytes.count else { return nil }
    let days = CivilTime.dayNumber(year: year, month: month, day: day)
    let seconds = days * 86_400 + Int64(hour * 3600 + minute * 60 + second - offsetSeconds)
    return Timestamp(microseconds: seconds * 1_000_000 + Int64(fraction))
  }
}

extension Timestamp: CustomStringConvertible {
  public var description: String { rfc3339 }
}

/// A moment as a calendar shows it, in UTC or shifted by a fixed offset; proleptic Gregorian.
public struct CivilTime: Hashable, Sendable {
  public var year: Int
  /// 1 for January.
  public var month: Int
  public var day: Int
  public var hour: Int
  public var minute: Int
  public var second: Int
  public var microsecond: Int
  /// 0 for Monday.
  public var weekday: Int

  public static let monthNames = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"]
  public static let weekdayNames = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"]

  /// - Parameter offsetSeconds: seconds east of UTC of the zone to show.
  public init(_ time: Timestamp, offsetSeconds: Int = 0) {
    let shifted = time.microseconds + Int64(offsetSeconds) * 1_000_000
    let days = shifted.flooredQuotient(86_400_000_000)
    let rest = Int(shifted - days * 86_400_000_000)
    // Civil-from-days in eras of 400 years that start on 1 March.
    let z = days + 719_468
    let era = z.flooredQuotient(146_097)
    let dayOfEra = Int(z - era * 146_097)
    let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
    let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
    let shiftedMonth = (5 * dayOfYear + 2) / 153
    day = dayOfYear - (153 * shiftedMonth + 2) / 5 + 1
    month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
    year = yearOfEra + Int(era) * 400 + (month <= 2 ? 1 : 0)
    hour = rest / 3_600_000_000
    minute = rest / 60_000_000 % 60
    second = rest / 1_000_000 % 60
    microsecond = rest % 1_000_000
    weekday = Int((days + 3) - (days + 3).flooredQuotient(7) * 7)
  }

  /// Days from 1970-01-01 to the given day; negative before it.
  public static func dayNumber(year: Int, month: Int, day: Int) -> Int64 {
    let y = Int64(month <= 2 ? year - 1 : year)
    let era = y.flooredQuotient(400)
    let yearOfEra = y - era * 400
    let dayOfYear = Int64((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1)
    return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
  }

  public static func days(in month: Int, of year: Int) -> Int {
    let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0)
    return [31, leap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1]
  }

  /// `2026-11-20`
  public var dateText: String { padded(year, 4) + "-" + padded(month, 2) + "-" + padded(day, 2) }
  /// `16:11:49`
  public var clockText: String { padded(hour, 2) + ":" + padded(minute, 2) + ":" + padded(second, 2) }
  /// `20 Nov`
  public var dayText: String { padded(day, 2) + " " + Self.monthNames[month - 1] }
  /// `Fri 20 Nov 2026`
  public var longDayText: String { Self.weekdayNames[weekday] + " " + dayText + " " + padded(year, 4) }
}

func padded(_ value: Int, _ width: Int) -> String {
  let text = String(value)
  return text.count >= width ? text : String(repeating: "0", count: width - text.count) + text
}

extension Int64 {
  /// The quotient rounded towards minus infinity, so that times before 1970 land on the right day.
  func flooredQuotient(_ divisor: Int64) -> Int64 {
    let quotient = self / divisor
    return self % divisor < 0 ? quotient - 1 : quotient
  }
}
