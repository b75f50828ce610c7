import AuditModel
import EventQueries
import Testing

struct TimeWordsTests {
  private static let reference = moment("2026-11-18T10:00:00Z")

  private func read(_ text: String, zone: Zone = .utc) throws -> String {
    let context = FilterContext(now: afternoon, zone: zone)
    let span = moment("2026-11-01T00:00:00Z")...moment("2026-11-19T12:00:00Z")
    return try TimeWords.parse(text, context, reference: Self.reference, span: span).rfc3339
      .replacing(".000000Z", with: "Z")
  }

  @Test(arguments: [
    ("14:05", "2026-11-18T14:05:00Z"), ("14:05:30", "2026-11-18T14:05:30Z"),
    ("14:05:30.25", "2026-11-18T14:05:30.250000Z"),
    ("9am", "2026-11-18T09:00:00Z"), ("12am", "2026-11-18T00:00:00Z"), ("12:30pm", "2026-11-18T12:30:00Z"),
    ("noon", "2026-11-18T12:00:00Z"), ("20 nov", "2026-11-20T00:00:00Z"), ("21 nov", "2025-11-21T00:00:00Z"),
    ("Nov 20 16:11:49", "2026-11-20T16:11:49Z"), ("20 November 2024", "2024-11-20T00:00:00Z"),
    ("29 feb", "2024-02-29T00:00:00Z"),
    ("Fri 20 Nov 2026", "2026-11-20T00:00:00Z"), ("2026-11-20", "2026-11-20T00:00:00Z"),
    ("2026-11-20T14:05Z", "2026-11-20T14:05:00Z"), ("2026-11-20 14:05", "2026-11-20T14:05:00Z"),
    ("2026-11-20T14:05:01.5+02:00", "2026-11-20T12:05:01.500000Z"), ("2026-11-20T14:05+0200", "2026-11-20T12:05:00Z"),
    ("2026-11-20 16:11:49.204113 +0000 UTC", "2026-11-20T16:11:49.204113Z"),
    ("I1120 16:11:49.204113", "2026-11-20T16:11:49.204113Z"),
    ("2026-11-20T16:11:49.204113Z", "2026-11-20T16:11:49.204113Z"),
    ("1763654400", "2025-11-20T16:00:00Z"), ("1763654400.5", "2025-11-20T16:00:00.500000Z"),
    ("1763654400123", "2025-11-20T16:00:00.123000Z"),
    ("1763654400123456789", "2025-11-20T16:00:00.123456Z"),
    ("-2h", "2026-11-18T08:00:00Z"), ("+15m", "2026-11-18T10:15:00Z"), ("2h", "2026-11-20T14:30:00Z"),
    ("1h30m", "2026-11-20T15:00:00Z"),
    ("2 days ago", "2026-11-18T16:30:00Z"), ("now", "2026-11-20T16:30:00Z"), ("today", "2026-11-20T00:00:00Z"),
    ("yesterday 9am", "2026-11-19T09:00:00Z"), ("9:15 yesterday", "2026-11-19T09:15:00Z"),
    ("monday", "2026-11-16T00:00:00Z"),
    ("Friday", "2026-11-20T00:00:00Z"), ("sat 10:00", "2026-11-14T10:00:00Z"), ("first", "2026-11-01T00:00:00Z"),
    ("last", "2026-11-19T12:00:00Z"),
  ])
  func `reads`(_ text: String, _ expected: String) throws { #expect(try read(text) == expected) }

  @Test(arguments: [
    "", "soon", "25:00", "14:60", "13pm", "2026-13-01", "2026-02-30", "30 feb", "nov", "20", "14:05 15:05", "2026",
    "1 2 nov", "+",
    "-", "9999999999999999999999h", "1e9h", "20 nov nov", "+02:00", "hole",
  ])
  func `refuses`(_ text: String) { #expect(throws: FilterError.self) { try read(text) } }

  @Test func `a clock without a zone is the zone's`() throws {
    let berlin = Zone(
      name: "Europe/Berlin",
      transitions: [
        .init(from: moment("2026-03-29T01:00:00Z"), offsetSeconds: 7200),
        .init(from: moment("2026-10-25T01:00:00Z"), offsetSeconds: 3600),
      ])
    #expect(try read("14:05", zone: berlin) == "2026-11-18T13:05:00Z")
    #expect(try read("2026-07-01 14:05", zone: berlin) == "2026-07-01T12:05:00Z")
    #expect(try read("2026-07-01 14:05Z", zone: berlin) == "2026-07-01T14:05:00Z")
    #expect(try read("yesterday", zone: berlin) == "2026-11-18T23:00:00Z")
  }

  @Test func `in a filter a clock is its last showing, and first and last mean nothing`() throws {
    #expect(try takes("since:16:12", act { $0.time = moment("2026-11-20T16:20:00Z") }))
    #expect(try takes("since:17:00", act { $0.time = moment("2026-11-19T17:30:00Z") }))
    #expect(error("since:first") != nil)
  }
}
