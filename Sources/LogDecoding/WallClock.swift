public import AuditModel

/// The clock that times without a zone were read from, as exports of web pages write them: nobody knows whose it was.
public struct WallClock: Sendable {
  /// Of its zone.
  public var name: String
  /// The moment at which it shows a time, which is given as if it were UTC's.
  public var moment: @Sendable (_ shown: Timestamp) -> Timestamp

  public init(name: String, moment: @escaping @Sendable (_ shown: Timestamp) -> Timestamp) {
    self.name = name
    self.moment = moment
  }

  public static let utc = WallClock(name: "UTC") { $0 }
}

/// A time without a zone, as if it were UTC's: Kibana's `Oct 5, 2026 @ 09:00:00.000`, Azure's
/// `10/5/2026, 9:12:44.100 AM`. Nil for other texts.
func wallTime(_ text: String) -> Timestamp? {
  guard (18...40).contains(text.utf8.count) else { return nil }
  // A narrow blank may stand before AM.
  let words = text.split(whereSeparator: \.isWhitespace)
  if words.count == 5, words[3] == "@", let month = monthNames.firstIndex(of: String(words[0])),
    let day = Int(words[1].filter { $0 != "," }), words[2].count == 4
  {
    return Timestamp(rfc3339: "\(words[2])-\(two(month + 1))-\(two(day))T\(words[4])Z")
  }
  guard words.count == 3, words[0].last == ",", words[2] == "AM" || words[2] == "PM" else { return nil }
  let date = words[0].dropLast().split(separator: "/")
  let clock = words[1].split(separator: ":", maxSplits: 1)
  guard date.count == 3, clock.count == 2, let month = Int(date[0]), let day = Int(date[1]), date[2].count == 4,
    let hour = Int(clock[0]), (1...12).contains(hour)
  else { return nil }
  let ofDay = hour % 12 + (words[2] == "PM" ? 12 : 0)
  return Timestamp(rfc3339: "\(date[2])-\(two(month))-\(two(day))T\(two(ofDay)):\(clock[1])Z")
}

/// A time whose zone is known to be UTC though it may not say so.
func utcTime(_ text: String) -> Timestamp? {
  Timestamp(rfc3339: text) ?? wallTime(text) ?? Timestamp(rfc3339: text + "Z")
}

private func two(_ number: Int) -> String { (0..<10).contains(number) ? "0\(number)" : "\(number)" }
