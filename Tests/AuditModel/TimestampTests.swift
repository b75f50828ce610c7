import AuditModel
import Testing

@Suite struct TimestampTests {
  @Test(arguments: [
    ("2026-11-20T16:11:49.204113Z", "2026-11-20T16:11:49.204113Z"),
    ("2026-11-20T16:11:49Z", "2026-11-20T16:11:49.000000Z"),
    ("2026-11-20T16:11:49.2Z", "2026-11-20T16:11:49.200000Z"),
    ("2026-11-20T16:11:49.204113789Z", "2026-11-20T16:11:49.204113Z"),
    ("2026-11-20T18:11:49.5+02:00", "2026-11-20T16:11:49.500000Z"),
    ("2026-11-20T18:11:49+0200", "2026-11-20T16:11:49.000000Z"),
    ("2024-02-29 00:00:00-00:30", "2024-02-29T00:30:00.000000Z"),
    ("1969-12-31T23:59:59.999999Z", "1969-12-31T23:59:59.999999Z"),
    ("0001-01-01T00:00:00Z", "0001-01-01T00:00:00.000000Z"),
  ])
  func `a time is printed in UTC with six digits`(text: String, printed: String) throws {
    #expect(try #require(Timestamp(rfc3339: text)).rfc3339 == printed)
  }

  @Test(arguments: [
    "", "2026-11-20", "2026-11-20T16:11:49", "2026-02-29T00:00:00Z", "2026-13-01T00:00:00Z", "2026-11-20T24:00:00Z",
    "2026-11-20T16:11:49.Z", "2026-11-20T16:11:49.1234567890Z", "2026-11-20T16:11:49Zx", "20261120T161149Z",
  ])
  func `what is no time is refused`(text: String) {
    #expect(Timestamp(rfc3339: text) == nil)
  }

  @Test(arguments: 0..<200)
  func `printing and reading a time gives it back`(seed: Int) throws {
    let time = Timestamp(microseconds: Int64(seed) * 7_919_345_678_901 - 300_000_000_000_000)
    #expect(Timestamp(rfc3339: time.rfc3339) == time)
  }

  @Test func `weekdays and offsets follow the calendar`() throws {
    let time = try #require(Timestamp(rfc3339: "2026-11-20T23:30:00Z"))
    #expect(CivilTime(time).longDayText == "Fri 20 Nov 2026")
    #expect(CivilTime(time, offsetSeconds: 3600).longDayText == "Sat 21 Nov 2026")
  }
}
