import AuditModel
import EventQueries
import Testing

@testable import TrailCheck

@Suite struct FileTests {
  /// `at(0)` is 2023-11-14T22:13:20Z.
  private func rotated(_ end: String, _ seconds: [Double]) -> SourceTally {
    source("audit-2023-11-14T\(end).log", writtenAt: seconds)
  }

  @Test func `a rotated file that is not there is told`() throws {
    let report = TrailReport([
      rotated("22-15-00.000", steady(from: 0, to: 100, every: 0.2)),
      rotated("22-18-20.000", steady(from: 200, to: 300, every: 0.2)),
      source("audit.log", writtenAt: steady(from: 300, to: 400, every: 0.2)),
    ])
    #expect(
      report.finding("missing-files")?.items.map(\.text) == [
        "between audit-2023-11-14T22-15-00.000.log and audit-2023-11-14T22-18-20.000.log: "
          + "2023-11-14 22:15:00 to 22:16:40Z"
      ])
  }

  @Test func `a whole set lacks none`() {
    let report = TrailReport([
      rotated("22-15-00.000", steady(from: 0, to: 100)), rotated("22-16-40.000", steady(from: 100, to: 200)),
      source("audit.log", writtenAt: steady(from: 200, to: 300)),
    ])
    #expect(report.titles == [])
  }

  @Test func `numbers that are left out are told`() {
    let report = TrailReport([
      source("audit.log", writtenAt: steady(from: 300, to: 400)),
      source("audit.log.1", writtenAt: steady(from: 250, to: 300)),
      source("audit.log.3.gz", writtenAt: steady(from: 200, to: 250)),
    ])
    #expect(report.finding("missing-files")?.items.map(\.text) == ["between audit.log.3.gz and audit.log.1"])
  }

  @Test func `files stand in the order in which they were written, whatever their names say`() {
    let streams = LogStream.streams(of: [
      rotated("21-00-00.000", steady(from: 100, to: 150) + steady(from: -4500, to: -4400)),
      rotated("22-15-00.000", steady(from: 0, to: 100)), source("audit.log", writtenAt: steady(from: -4400, to: -4300)),
    ])
    #expect(
      streams.map(\.files) == [
        ["audit-2023-11-14T22-15-00.000.log", "audit-2023-11-14T21-00-00.000.log", "audit.log"]
      ])
  }

  @Test func `rejects, truncated acts and writes without an end are told with their lines`() {
    var log = source(writtenAt: steady(from: 0, to: 100))
    log.rejects = [Reject(line: 7, offset: 61_204, length: 9, reason: "not JSON at byte 3")]
    log.truncated.add(WrittenLine(time: at(3), line: 4, offset: 0))
    log.unfinished.add(WrittenLine(time: at(5), line: 6, offset: 0))
    log.duplicateCount = 2
    let report = TrailReport([log])
    #expect(
      report.titles == [
        "rejects: 1 piece of input that is no record", "unfinished: 1 write without a result",
        "truncation: 1 act without bodies: truncated", "duplicates: Some records are there more than once",
      ])
    #expect(report.findings.first?.items.first?.text == "audit.log:7, byte 61,204: not JSON at byte 3")
  }
}
