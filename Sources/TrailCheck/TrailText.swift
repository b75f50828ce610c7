public import AuditModel
public import EventQueries

/// Words with times among them, which are told in the zone of whoever reads them: `"from \(time: since) on"`.
public struct TrailText: Hashable, Sendable, ExpressibleByStringInterpolation {
  fileprivate enum Part: Hashable, Sendable {
    case words(String)
    case time(Timestamp)
    case span(Timestamp, Timestamp)
  }
  private var parts: [Part]

  public init(_ words: String) { parts = [.words(words)] }
  public init(stringLiteral words: String) { self.init(words) }
  public init(stringInterpolation: StringInterpolation) { parts = stringInterpolation.parts }

  public struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var parts: [Part] = []

    public init(literalCapacity: Int, interpolationCount: Int) {}
    public mutating func appendLiteral(_ words: String) { if !words.isEmpty { parts.append(.words(words)) } }
    public mutating func appendInterpolation(_ words: String) { appendLiteral(words) }
    public mutating func appendInterpolation(_ number: Int) { appendLiteral(String(number)) }
    public mutating func appendInterpolation(_ text: TrailText) { parts += text.parts }
    /// `2026-11-23 04:26:13Z`
    public mutating func appendInterpolation(time: Timestamp) { parts.append(.time(time)) }
    /// `2026-11-23 04:26:13 to 04:26:31Z`
    public mutating func appendInterpolation(from since: Timestamp, to until: Timestamp) {
      parts.append(.span(since, until))
    }
  }

  public static func + (left: TrailText, right: TrailText) -> TrailText {
    var both = left
    both.parts += right.parts
    return both
  }

  /// Times end in `Z`, in other zones than UTC in their offset: `+01:00`.
  public func text(in zone: Zone) -> String {
    parts.map { part in
      switch part {
      case .words(let words): words
      case .time(let time): Self.clock(time, zone) + Self.offset(time, zone)
      case .span(let since, let until): Self.span(since, until, zone)
      }
    }.joined()
  }

  private static func span(_ since: Timestamp, _ until: Timestamp, _ zone: Zone) -> String {
    let (from, to) = (clock(since, zone), clock(until, zone))
    let offsets = (offset(since, zone), offset(until, zone))
    guard offsets.0 == offsets.1 else { return from + offsets.0 + " to " + to + offsets.1 }
    if from == to { return from + offsets.0 }
    return from + " to " + (from.prefix(10) == to.prefix(10) ? String(to.dropFirst(11)) : to) + offsets.1
  }

  private static func clock(_ time: Timestamp, _ zone: Zone) -> String {
    let civil = zone.civil(time)
    return civil.dateText + " " + civil.clockText
  }

  private static func offset(_ time: Timestamp, _ zone: Zone) -> String {
    let minutes = zone.offsetSeconds(at: time) / 60
    guard minutes != 0 else { return "Z" }
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    return (minutes < 0 ? "-" : "+") + two(abs(minutes) / 60) + ":" + two(abs(minutes) % 60)
  }
}
