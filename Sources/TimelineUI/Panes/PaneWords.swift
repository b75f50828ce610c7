import AuditModel
import EventQueries

extension ResourceKind {
  /// As lists show it; where there is no room for that, the short name that no other kind has. A kind that is not in the
  /// table has none and loses its end: how it begins is what people know it by, and nothing else can be read of six
  /// columns.
  func label(width: Int) -> String { label.count <= width ? label : abbreviation }
}

/// Times, people and numbers in the words that all screens use.
enum PaneWords {
  /// `20 Nov 16:11:49`; with the year in place of the seconds when it is not the year of `now`.
  static func shortTime(_ time: Timestamp, zone: Zone, now: Timestamp) -> String {
    let civil = zone.civil(time)
    guard civil.year == zone.civil(now).year else { return civil.dateText + " " + civil.clockText.prefix(5) }
    return civil.dayText + " " + civil.clockText
  }

  /// `20 Nov 16:11`; the date alone, with its year, when that is not the year of `now`.
  static func minuteTime(_ time: Timestamp, zone: Zone, now: Timestamp) -> String {
    let civil = zone.civil(time)
    return civil.year == zone.civil(now).year ? civil.dayText + " " + civil.clockText.prefix(5) : civil.dateText
  }

  /// `2026-11-20 16:11:49Z`; other zones than UTC end in their offset: `+01:00`.
  static func longTime(_ time: Timestamp, zone: Zone, microseconds: Bool = false) -> String {
    let civil = zone.civil(time)
    let digits = String(civil.microsecond)
    let fraction = microseconds ? "." + String(repeating: "0", count: 6 - digits.count) + digits : ""
    return civil.dateText + " " + civil.clockText + fraction + offset(zone.offsetSeconds(at: time))
  }

  /// The end of a text that is too long: `~audit/audit.log`.
  static func tail(_ text: String, columns: Int) -> String {
    text.count <= columns ? text : "~" + text.suffix(max(0, columns - 1))
  }

  /// `2 days ago`; empty for times that are not past.
  static func ago(_ time: Timestamp, now: Timestamp) -> String {
    let seconds = (now.microseconds - time.microseconds) / 1_000_000
    func many(_ count: Int64, _ unit: String) -> String { "\(count) \(unit)\(count == 1 ? "" : "s") ago" }
    switch seconds {
    case ..<0: return ""
    case ..<120: return many(seconds, "second")
    case ..<7_200: return many(seconds / 60, "minute")
    case ..<172_800: return many(seconds / 3_600, "hour")
    default: return many(seconds / 86_400, "day")
    }
  }

  /// `61,204,118`
  static func grouped(_ value: some BinaryInteger) -> String {
    let digits = String(value.magnitude)
    var out = ""
    for (index, digit) in digits.enumerated() {
      if index > 0, (digits.count - index) % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return (value < 0 ? "-" : "") + out
  }

  /// `1 version`, `3 versions`
  static func count(_ count: Int, _ noun: String, _ plural: String? = nil) -> String {
    "\(grouped(count)) \(count == 1 ? noun : plural ?? noun + "s")"
  }

  /// The actor in so many columns: the domain of a mail address goes before the head of the name does.
  static func actor(_ act: Act, width: Int) -> String {
    let full = act.actorText
    guard full.count > width, act.asUser == nil, let at = full.firstIndex(of: "@"), at > full.startIndex else {
      return full
    }
    let kept = full.prefix(max(width - 1, full.distance(from: full.startIndex, to: at)))
    return kept.count < full.count ? kept + "~" : full
  }

  /// One line of a value: text bare, everything else as JSON.
  static func value(_ value: JSONValue?, limit: Int = 120) -> String {
    guard let value else { return "(none)" }
    let text = value.string ?? value.json
    return text.count > limit ? text.prefix(limit) + "~" : text
  }

  private static func offset(_ seconds: Int) -> String {
    guard seconds != 0 else { return "Z" }
    func two(_ value: Int) -> String { (value < 10 ? "0" : "") + String(value) }
    let minutes = abs(seconds) / 60
    return (seconds < 0 ? "-" : "+") + two(minutes / 60) + ":" + two(minutes % 60)
  }
}

/// Keeps one request under way for what a pane shows: due while nothing is known and again when the store has grown,
/// never while an answer is awaited, since a new request cancels the one before it.
struct Inquiry: Sendable {
  private var answeredVersion: Int?
  private var askedVersion: Int?
  private var askedAt = Timestamp(microseconds: 0)

  /// Whether it was asked or answered.
  var isMade: Bool { answeredVersion != nil || askedVersion != nil }

  /// Whether to ask now; if so, the request counts as made.
  mutating func begin(_ session: Session) -> Bool {
    if let answeredVersion, answeredVersion == session.storeVersion { return false }
    // Another pane's request of the same kind may have cancelled ours: no answer ever comes then.
    let waits = askedVersion != nil && session.now.microseconds - askedAt.microseconds < 2_000_000
    if waits { return false }
    askedVersion = session.storeVersion
    askedAt = session.now
    return true
  }

  /// An answer, or a failure, has come.
  /// - Returns: whether it was awaited; if not, another pane has asked, and it is not for this one to ask on.
  @discardableResult
  mutating func end() -> Bool {
    guard let askedVersion else { return false }
    answeredVersion = askedVersion
    self.askedVersion = nil
    return true
  }

  /// The pane goes to the back, where its request may be cancelled unseen.
  mutating func abandon() { askedVersion = nil }
}
