public import AuditModel

/// Moments as people write them.
///
/// `now`, `today`, `yesterday 9am`, `monday`, `20 nov`, `2026-11-20`, `2026-11-20 16:12`, `2026-11-20T14:05Z`,
/// `14:05:30`, `-2h`, `+15m`, `24h`, `first`, `last`, and times pasted from logs: RFC 3339, seconds, milliseconds,
/// microseconds or nanoseconds since 1970, `I1120 16:11:49.204113`. A time without a zone takes the context's.
public enum TimeWords {
  /// - Parameters:
  ///   - reference: what `-2h` and `+15m` count from, and the day of `14:05`.
  ///   - span: first and last moment that `first` and `last` mean.
  /// - Throws: `FilterError` with column 1.
  public static func parse(
    _ text: String, _ context: FilterContext, reference: Timestamp, span: ClosedRange<Timestamp>? = nil
  ) throws(FilterError) -> Timestamp {
    do throws(TimeProblem) {
      let reader = TimeReader(context: context, reference: reference, span: span, prefersPast: false)
      return try reader.moment(text).start
    } catch {
      throw FilterError(message: error.message, column: 1, suggestions: [])
    }
  }
}

struct TimeProblem: Error {
  var message: String
}

/// What a time text means: an instant, or all of a day.
struct Moment: Hashable, Sendable {
  var start: Timestamp
  /// The last microsecond that still belongs to it; `start` for an instant.
  var end: Timestamp
}

struct TimeReader {
  var context: FilterContext
  var reference: Timestamp
  var span: ClosedRange<Timestamp>?
  /// A clock time without a day means the last time that the clock showed it, rather than that of the reference's day.
  var prefersPast: Bool

  private var zone: Zone { context.zone }

  func moment(_ text: String) throws(TimeProblem) -> Moment {
    let words = text.lowercased().split { $0.isWhitespace || $0 == "," }.map(String.init)
    guard let first = words.first else { throw TimeProblem(message: "a time is missing") }
    if words.count == 1, let time = relative(first) ?? epoch(first) { return Moment(start: time, end: time) }
    if words.count == 1, first == "first" || first == "last" {
      guard let span else { throw TimeProblem(message: "there is no \(first) time: nothing is listed") }
      let time = first == "first" ? span.lowerBound : span.upperBound
      return Moment(start: time, end: time)
    }
    if words.last == "ago", words.count > 1, let back = Quantity.duration(words.dropLast().joined()),
      let time = shifted(context.now, by: -back)
    {
      return Moment(start: time, end: time)
    }
    if words.count == 1, let time = Timestamp(rfc3339: text.trimmed) { return Moment(start: time, end: time) }
    var fields = TimeFields()
    for word in splitDateFromClock(words) { try take(word, into: &fields, of: text) }
    return try resolve(fields, of: text)
  }

  // MARK: Words that stand alone

  /// `now`; `-2h`, `+15m` from the reference; `24h` before now.
  private func relative(_ word: String) -> Timestamp? {
    if word == "now" { return context.now }
    guard Quantity.isDuration(word), let duration = Quantity.duration(word) else { return nil }
    let isSigned = word.hasPrefix("-") || word.hasPrefix("+")
    return isSigned ? shifted(reference, by: duration) : shifted(context.now, by: -duration)
  }

  /// Digits alone are a time since 1970; their number tells the unit.
  private func epoch(_ word: String) -> Timestamp? {
    let parts = word.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
    guard let whole = parts.first, !whole.isEmpty, parts.allSatisfy({ $0.utf8.allSatisfy { (48...57).contains($0) } }),
      let value = Int64(whole)
    else { return nil }
    if parts.count == 2 {
      guard (9...10).contains(whole.utf8.count), !parts[1].isEmpty else { return nil }
      let digits = parts[1].prefix(6)
      let fraction = (Int64(digits) ?? 0) * [1_000_000, 100_000, 10_000, 1000, 100, 10, 1][digits.utf8.count]
      return Timestamp(microseconds: value * 1_000_000 + fraction)
    }
    switch whole.utf8.count {
    case 9...10: return Timestamp(seconds: value)
    case 12...13: return Timestamp(microseconds: value * 1000)
    case 15...16: return Timestamp(microseconds: value)
    case 18...19: return Timestamp(microseconds: value / 1000)
    default: return nil
    }
  }

  private func shifted(_ time: Timestamp, by microseconds: Int64) -> Timestamp? {
    let (sum, overflow) = time.microseconds.addingReportingOverflow(microseconds)
    return overflow ? nil : Timestamp(microseconds: sum)
  }

  // MARK: Days and clocks

  /// `2026-11-20t16:12z` becomes a day and a clock.
  private func splitDateFromClock(_ words: [String]) -> [String] {
    words.flatMap { word -> [String] in
      guard isoDay(word.prefix(10)) != nil, word.count > 11, word.dropFirst(10).first == "t" else { return [word] }
      return [String(word.prefix(10)), String(word.dropFirst(11))]
    }
  }

  private func take(_ word: String, into fields: inout TimeFields, of text: String) throws(TimeProblem) {
    func isFree(_ taken: Bool) throws(TimeProblem) {
      if taken { throw TimeProblem(message: "no time: \(shown(text))") }
    }
    if let day = isoDay(word) ?? namedDay(word) {
      try isFree(fields.day != nil)
      fields.day = day
    } else if let weekday = Self.index(of: word, in: CivilTime.weekdayNames) {
      try isFree(fields.weekday != nil)
      fields.weekday = weekday
    } else if let month = Self.index(of: word, in: CivilTime.monthNames) {
      try isFree(fields.month != nil)
      fields.month = month + 1
    } else if let clock = clock(word) {
      try isFree(fields.clock != nil)
      fields.clock = clock.clock
      if let offset = clock.offset { fields.offsetSeconds = offset }
    } else if word == "utc" || word == "z" || word == "gmt" {
      fields.offsetSeconds = 0
    } else if fields.clock != nil, let offset = offset(word) {
      fields.offsetSeconds = offset
    } else if let number = Int(word), word.utf8.count == 4, number >= 1000 {
      try isFree(fields.year != nil)
      fields.year = number
    } else if let number = Int(word), (1...31).contains(number), word.utf8.count <= 2 {
      try isFree(fields.dayOfMonth != nil)
      fields.dayOfMonth = number
    } else if let klog = klogDay(word) {
      try isFree(fields.month != nil || fields.dayOfMonth != nil)
      fields.month = klog.month
      fields.dayOfMonth = klog.day
    } else {
      throw TimeProblem(message: "no time: \(shown(text))")
    }
  }

  private func resolve(_ fields: TimeFields, of text: String) throws(TimeProblem) -> Moment {
    var day = fields.day
    if let month = fields.month, let number = fields.dayOfMonth, day == nil {
      day = try self.day(month: month, number: number, year: fields.year, of: text)
    } else if fields.month != nil || fields.dayOfMonth != nil || fields.year != nil {
      throw TimeProblem(message: "no time: \(shown(text))")
    } else if let weekday = fields.weekday, day == nil {
      let today = zone.civil(context.now)
      day = self.day(of: context.now, shiftedBy: -((today.weekday - weekday + 7) % 7))
    }
    guard let clock = fields.clock else {
      guard let day, fields.offsetSeconds == nil || fields.offsetSeconds == 0 else {
        throw TimeProblem(message: "no time: \(shown(text))")
      }
      let start = time(day, Clock(), fields.offsetSeconds)
      let next = time(day.next, Clock(), fields.offsetSeconds)
      return Moment(start: start, end: Timestamp(microseconds: next.microseconds - 1))
    }
    if let day {
      let time = time(day, clock, fields.offsetSeconds)
      return Moment(start: time, end: time)
    }
    var found = time(self.day(of: reference, shiftedBy: 0), clock, fields.offsetSeconds)
    if prefersPast, found > reference {
      found = time(self.day(of: reference, shiftedBy: -1), clock, fields.offsetSeconds)
    }
    return Moment(start: found, end: found)
  }

  private func time(_ day: Day, _ clock: Clock, _ offsetSeconds: Int?) -> Timestamp {
    let zone = offsetSeconds.map {
      Zone(name: "", transitions: [.init(from: Timestamp(microseconds: .min), offsetSeconds: $0)])
    }
    return (zone ?? self.zone).timestamp(
      year: day.year, month: day.month, day: day.number, hour: clock.hour, minute: clock.minute, second: clock.second,
      microsecond: clock.microsecond)
  }

  /// Without a year, the latest such day that has begun.
  private func day(month: Int, number: Int, year: Int?, of text: String) throws(TimeProblem) -> Day {
    let today = zone.civil(context.now)
    var year = year ?? ((month, number) <= (today.month, today.day) ? today.year : today.year - 1)
    // 29 February means the last leap year's.
    while month == 2, number == 29, CivilTime.days(in: 2, of: year) == 28, year > today.year - 9 { year -= 1 }
    guard number <= CivilTime.days(in: month, of: year) else {
      throw TimeProblem(message: "no such day: \(shown(text))")
    }
    return Day(year: year, month: month, number: number)
  }

  private func day(of time: Timestamp, shiftedBy days: Int) -> Day {
    let civil = zone.civil(time)
    let number = CivilTime.dayNumber(year: civil.year, month: civil.month, day: civil.day) + Int64(days)
    return Day(CivilTime(Timestamp(seconds: number * 86_400)))
  }

  private func namedDay(_ word: String) -> Day? {
    switch word {
    case "today": day(of: context.now, shiftedBy: 0)
    case "yesterday": day(of: context.now, shiftedBy: -1)
    case "tomorrow": day(of: context.now, shiftedBy: 1)
    default: nil
    }
  }

  /// `2026-11-20`
  private func isoDay(_ word: some StringProtocol) -> Day? {
    let parts = word.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 3, parts.map(\.utf8.count) == [4, 2, 2], let year = Self.digits(parts[0]),
      let month = Self.digits(parts[1]), (1...12).contains(month), let day = Self.digits(parts[2]), day >= 1,
      day <= CivilTime.days(in: month, of: year)
    else { return nil }
    return Day(year: year, month: month, number: day)
  }

  /// `i1120`: severity, month and day as klog writes them.
  private func klogDay(_ word: String) -> (month: Int, day: Int)? {
    guard word.utf8.count == 5, "iwef".contains(word.prefix(1)), let number = Self.digits(word.dropFirst()),
      (1...12).contains(number / 100), (1...31).contains(number % 100)
    else { return nil }
    return (number / 100, number % 100)
  }

  /// `14:05`, `14:05:30.25`, `9am`, `9:30pm`, `noon`, `midnight`, with `z` or an offset behind it.
  private func clock(_ word: String) -> (clock: Clock, offset: Int?)? {
    if word == "noon" { return (Clock(hour: 12), nil) }
    if word == "midnight" { return (Clock(), nil) }
    var body = word[...]
    var zoneOffset: Int?
    if body.hasSuffix("z") {
      body.removeLast()
      zoneOffset = 0
    } else if let sign = body.lastIndex(where: { $0 == "+" || $0 == "-" }), sign > body.startIndex {
      guard let offset = offset(String(body[sign...])) else { return nil }
      zoneOffset = offset
      body = body[..<sign]
    }
    var half: Int?
    if body.hasSuffix("am") || body.hasSuffix("pm") {
      half = body.hasSuffix("pm") ? 12 : 0
      body = body.dropLast(2)
    }
    let parts = body.split(separator: ":", omittingEmptySubsequences: false)
    guard (half == nil ? 2 : 1)...3 ~= parts.count, (1...2).contains(parts[0].utf8.count),
      var hour = Self.digits(parts[0])
    else { return nil }
    var clock = Clock()
    if parts.count > 1 {
      guard parts[1].utf8.count == 2, let minute = Self.digits(parts[1]), minute < 60 else { return nil }
      clock.minute = minute
    }
    if parts.count > 2 {
      let seconds = parts[2].split(whereSeparator: { $0 == "." }).map { $0 }
      guard let whole = seconds.first, whole.utf8.count == 2, let second = Self.digits(whole), second <= 60,
        seconds.count <= 2
      else { return nil }
      clock.second = second
      if seconds.count == 2 {
        let digits = seconds[1].prefix(6)
        guard let fraction = Self.digits(digits) else { return nil }
        clock.microsecond = fraction * [1_000_000, 100_000, 10_000, 1000, 100, 10, 1][digits.utf8.count]
      }
    }
    if let half {
      guard (1...12).contains(hour) else { return nil }
      hour = hour % 12 + half
    }
    guard hour < 24 else { return nil }
    clock.hour = hour
    return (clock, zoneOffset)
  }

  /// Seconds of `+0100`, `+01:00`, `-05`.
  private func offset(_ word: String) -> Int? {
    guard let sign = word.first, sign == "+" || sign == "-" else { return nil }
    let digits = word.dropFirst().filter { $0 != ":" }
    guard digits.utf8.count == 2 || digits.utf8.count == 4, let value = Self.digits(digits) else { return nil }
    let hours = digits.utf8.count == 2 ? value : value / 100
    let minutes = digits.utf8.count == 2 ? 0 : value % 100
    guard hours < 24, minutes < 60 else { return nil }
    return (hours * 3600 + minutes * 60) * (sign == "-" ? -1 : 1)
  }

  private static func digits(_ text: some StringProtocol) -> Int? {
    guard !text.isEmpty, text.utf8.count <= 9, text.utf8.allSatisfy({ (48...57).contains($0) }) else { return nil }
    return Int(text)
  }

  /// Position of the name that begins with the word; three letters at least.
  private static func index(of word: String, in names: [String]) -> Int? {
    let full = names.count == 7 ? fullWeekdays : fullMonths
    guard word.count >= 3 else { return nil }
    return full.firstIndex { $0.hasPrefix(word) }
  }

  private static let fullWeekdays = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
  private static let fullMonths = [
    "january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
    "december",
  ]

  private func shown(_ text: String) -> String { FilterQuoting.alwaysQuoted(text) }
}

private struct TimeFields {
  var day: Day?
  var weekday: Int?
  var month: Int?
  var dayOfMonth: Int?
  var year: Int?
  var clock: Clock?
  var offsetSeconds: Int?
}

private struct Clock {
  var hour = 0
  var minute = 0
  var second = 0
  var microsecond = 0
}

private struct Day {
  var year: Int
  var month: Int
  var number: Int
  init(year: Int, month: Int, number: Int) {
    self.year = year
    self.month = month
    self.number = number
  }
  init(_ civil: CivilTime) { self.init(year: civil.year, month: civil.month, number: civil.day) }

  var next: Day {
    Day(CivilTime(Timestamp(seconds: (CivilTime.dayNumber(year: year, month: month, day: number) + 1) * 86_400)))
  }
}

extension String {
  fileprivate var trimmed: String {
    String(drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
  }
}
