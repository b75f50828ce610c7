import AuditModel
import EventQueries
import Glibc

/// Time zone files as RFC 8536 describes them, and the rule of `TZ` at their end.
enum ZoneFile {
  static func bytes(at path: String) -> [UInt8]? {
    let descriptor = open(path, O_RDONLY | O_CLOEXEC)
    guard descriptor >= 0 else { return nil }
    defer { close(descriptor) }
    // The largest zone file has some 4 kB.
    var bytes = [UInt8](repeating: 0, count: 256 << 10)
    var count = 0
    while count < bytes.count {
      let got = bytes.withUnsafeMutableBytes { buffer in
        buffer.baseAddress.map { read(descriptor, $0 + count, buffer.count - count) } ?? 0
      }
      guard got > 0 else { break }
      count += got
    }
    return Array(bytes.prefix(count))
  }

  static func zone(name: String, bytes: [UInt8]) -> Zone? {
    guard let first = Header(bytes, at: 0), first.version >= 2 else { return nil }
    let second = first.end(timeSize: 4)
    guard let header = Header(bytes, at: second) else { return nil }
    let end = header.end(timeSize: 8)
    guard end <= bytes.count, header.typeCount > 0 else { return nil }
    let times = second + 44
    let kinds = times + header.timeCount * 8
    let types = kinds + header.timeCount
    func offset(ofType index: Int) -> Int? {
      guard index < header.typeCount else { return nil }
      return Int(Int32(truncatingIfNeeded: integer(bytes, at: types + index * 6, size: 4)))
    }
    guard let earliest = offset(ofType: 0) else { return nil }
    var transitions = [Zone.Transition(from: Timestamp(microseconds: .min), offsetSeconds: earliest)]
    for index in 0..<header.timeCount {
      guard let offset = offset(ofType: Int(bytes[kinds + index])) else { return nil }
      let seconds = Int64(bitPattern: integer(bytes, at: times + index * 8, size: 8))
      guard abs(seconds) < 1 << 40 else { continue }
      transitions.append(Zone.Transition(from: Timestamp(seconds: seconds), offsetSeconds: offset))
    }
    let footer = bytes[end...].dropFirst().prefix { $0 != UInt8(ascii: "\n") }
    if let rule = ZoneRule(String(decoding: footer, as: UTF8.self)), let last = transitions.last {
      transitions += rule.transitions.filter { $0.from > last.from }
    }
    return Zone(name: name, transitions: transitions)
  }

  /// A zone from the text of `TZ` alone: `CET-1CEST,M3.5.0,M10.5.0/3`.
  static func zone(rule text: String) -> Zone? {
    guard let rule = ZoneRule(text) else { return nil }
    let first = Zone.Transition(from: Timestamp(microseconds: .min), offsetSeconds: rule.standardOffset)
    return Zone(name: rule.name, transitions: [first] + rule.transitions)
  }

  private static func integer(_ bytes: [UInt8], at start: Int, size: Int) -> UInt64 {
    bytes[start..<(start + size)].reduce(0) { $0 << 8 | UInt64($1) }
  }

  private struct Header {
    var version: Int
    var counts: [Int]
    var start: Int
    var timeCount: Int { counts[3] }
    var typeCount: Int { counts[4] }

    init?(_ bytes: [UInt8], at start: Int) {
      guard start >= 0, start + 44 <= bytes.count, bytes[start..<(start + 4)].elementsEqual("TZif".utf8) else {
        return nil
      }
      self.start = start
      version = Int(bytes[start + 4]) - 48
      counts = (0..<6).map { Int(ZoneFile.integer(bytes, at: start + 20 + $0 * 4, size: 4)) }
      guard counts.allSatisfy({ $0 < 1 << 20 }), end(timeSize: 4) <= bytes.count else { return nil }
    }

    func end(timeSize: Int) -> Int {
      start + 44 + timeCount * (timeSize + 1) + typeCount * 6 + counts[5] + counts[2] * (timeSize + 4) + counts[1]
        + counts[0]
    }
  }
}

/// The rule for the years to come, as POSIX writes it in `TZ`.
private struct ZoneRule {
  /// One of the two changes in a year.
  private struct Change {
    /// Month, week (5: the last) and weekday (0: Sunday), or a day of the year from 0 with or without 29 February.
    enum Day {
      case weekday(month: Int, week: Int, weekday: Int)
      case ordinal(Int)
      case julian(Int)
    }
    var day: Day
    /// Seconds after local midnight.
    var time: Int

    func localSeconds(in year: Int) -> Int64 {
      let start = CivilTime.dayNumber(year: year, month: 1, day: 1)
      let number: Int64
      switch day {
      case .ordinal(let day): number = start + Int64(day)
      case .julian(let day):
        let leaps = CivilTime.days(in: 2, of: year) == 29 && day >= 60
        number = start + Int64(day - 1) + (leaps ? 1 : 0)
      case .weekday(let month, let week, let weekday):
        let first = CivilTime.dayNumber(year: year, month: month, day: 1)
        // Day 0 was a Thursday.
        let firstWeekday = Int((first + 4) % 7 + 7) % 7
        var day = 1 + (weekday - firstWeekday + 7) % 7 + (week - 1) * 7
        while day > CivilTime.days(in: month, of: year) { day -= 7 }
        number = first + Int64(day - 1)
      }
      return number * 86_400 + Int64(time)
    }
  }
  var name: String
  var standardOffset: Int
  private var summerOffset = 0
  private var changes: (toSummer: Change, toStandard: Change)?

  init?(_ text: String) {
    var reader = Reader(bytes: Array(text.utf8))
    guard let name = reader.name(), let offset = reader.time() else { return nil }
    self.name = name
    standardOffset = -offset
    guard reader.name() != nil else {
      if reader.isAtEnd { return }
      return nil
    }
    summerOffset =
      reader.peek == UInt8(ascii: ",") ? standardOffset + 3600 : -(reader.time() ?? -(standardOffset + 3600))
    guard reader.take(","), let start = reader.change(), reader.take(","), let end = reader.change(), reader.isAtEnd
    else { return nil }
    changes = (start, end)
  }

  /// From 1970 to 2100, in order.
  var transitions: [Zone.Transition] {
    guard let changes else { return [] }
    return (1970...2100).flatMap { year in
      [
        Zone.Transition(
          from: Timestamp(seconds: changes.toSummer.localSeconds(in: year) - Int64(standardOffset)),
          offsetSeconds: summerOffset),
        Zone.Transition(
          from: Timestamp(seconds: changes.toStandard.localSeconds(in: year) - Int64(summerOffset)),
          offsetSeconds: standardOffset),
      ].sorted { $0.from < $1.from }
    }
  }

  private struct Reader {
    var bytes: [UInt8]
    var at = 0
    var peek: UInt8? { at < bytes.count ? bytes[at] : nil }
    var isAtEnd: Bool { at >= bytes.count }

    mutating func take(_ character: Character) -> Bool {
      guard peek == character.asciiValue else { return false }
      at += 1
      return true
    }

    mutating func name() -> String? {
      let isQuoted = take("<")
      let start = at
      while let byte = peek, isQuoted ? byte != UInt8(ascii: ">") : (65...90).contains(byte & 0xDF) { at += 1 }
      let name = String(decoding: bytes[start..<at], as: UTF8.self)
      if isQuoted, !take(">") { return nil }
      return name.utf8.count >= 3 ? name : nil
    }

    mutating func number() -> Int? {
      let start = at
      while let byte = peek, (48...57).contains(byte), at - start < 4 { at += 1 }
      return Int(String(decoding: bytes[start..<at], as: UTF8.self))
    }

    /// `[+-]hh[:mm[:ss]]` in seconds.
    mutating func time() -> Int? {
      let isNegative = take("-")
      if !isNegative { _ = take("+") }
      guard var seconds = number().map({ $0 * 3600 }) else { return nil }
      if take(":") { seconds += (number() ?? 0) * 60 }
      if take(":") { seconds += number() ?? 0 }
      return isNegative ? -seconds : seconds
    }

    mutating func change() -> Change? {
      let day: Change.Day
      if take("M") {
        guard let month = number(), (1...12).contains(month), take("."), let week = number(), (1...5).contains(week),
          take("."), let weekday = number(), (0...6).contains(weekday)
        else { return nil }
        day = .weekday(month: month, week: week, weekday: weekday)
      } else if take("J") {
        guard let number = number(), (1...365).contains(number) else { return nil }
        day = .julian(number)
      } else {
        guard let number = number(), (0...365).contains(number) else { return nil }
        day = .ordinal(number)
      }
      guard take("/") else { return Change(day: day, time: 7200) }
      return time().map { Change(day: day, time: $0) }
    }
  }
}
