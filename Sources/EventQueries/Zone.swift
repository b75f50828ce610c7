public import AuditModel

/// A time zone as a table of offsets, so that showing times needs neither files nor the environment.
public struct Zone: Hashable, Sendable {
  /// `UTC`, `Europe/Berlin`: what the title shows.
  public var name: String
  /// From each moment on, the offset in seconds east of UTC; ascending, the first holds for all before it.
  public var transitions: [Transition]

  public struct Transition: Hashable, Sendable {
    public var from: Timestamp
    public var offsetSeconds: Int
    public init(from: Timestamp, offsetSeconds: Int) {
      self.from = from
      self.offsetSeconds = offsetSeconds
    }
  }

  public static let utc = Zone(name: "UTC", transitions: [])

  public init(name: String, transitions: [Transition]) {
    self.name = name
    self.transitions = transitions
  }

  public func offsetSeconds(at time: Timestamp) -> Int {
    (transitions.last { $0.from <= time } ?? transitions.first)?.offsetSeconds ?? 0
  }

  public func civil(_ time: Timestamp) -> CivilTime { CivilTime(time, offsetSeconds: offsetSeconds(at: time)) }

  /// The moment that a clock of this zone shows as the given fields; of two in an autumn night the earlier.
  public func timestamp(
    year: Int, month: Int, day: Int, hour: Int = 0, minute: Int = 0, second: Int = 0, microsecond: Int = 0
  ) -> Timestamp {
    let seconds =
      CivilTime.dayNumber(year: year, month: month, day: day) * 86_400 + Int64(hour * 3600 + minute * 60 + second)
    return moment(ofWallTime: Timestamp(microseconds: seconds * 1_000_000 + Int64(microsecond)))
  }

  /// The same for what a clock on a wall shows, given as if it were UTC's.
  public func moment(ofWallTime local: Timestamp) -> Timestamp {
    let guess = offsetSeconds(at: local)
    let first = local.microseconds - Int64(guess) * 1_000_000
    let again = offsetSeconds(at: Timestamp(microseconds: first))
    return Timestamp(microseconds: local.microseconds - Int64(again) * 1_000_000)
  }

  /// Midnight at the start of the day that holds the moment.
  public func startOfDay(_ time: Timestamp) -> Timestamp {
    let civil = civil(time)
    return timestamp(year: civil.year, month: civil.month, day: civil.day)
  }
}
