import AuditModel
import EventQueries
import Testing

@testable import TrailCheck

@Suite struct HoleTests {
  private func holes(_ seconds: [Double]) -> [String] {
    HoleSearch(seconds.map(at).sorted()).holes.map {
      Phrases.duration(Double($0.until.microseconds - $0.since.microseconds) / 1_000_000)
    }
  }

  @Test func `27 minutes without a line in steady traffic are a hole`() {
    #expect(holes(steady(from: 0, to: 3600) + steady(from: 3600 + 1620, to: 9000)) == ["27 min"])
  }

  @Test func `three holes of one length in a long log are all told`() {
    let day = 86_400.0
    let lines = (0..<4).flatMap { steady(from: Double($0) * day, to: Double($0 + 1) * day - 1800, every: 20) }
    #expect(holes(lines) == ["30 min", "30 min", "30 min"])
  }

  @Test func `quiet nights of a cluster that people work in are none`() {
    let hour = 3600.0
    let days = (0..<5).flatMap { day in
      steady(from: Double(day) * 24 * hour, to: Double(day) * 24 * hour + 10 * hour, every: 300)
    }
    #expect(holes(days) == [])
  }

  @Test func `one quiet night between two days of people at work is none`() {
    let hour = 3600.0
    #expect(
      holes(steady(from: 0, to: 10 * hour, every: 480) + steady(from: 23 * hour, to: 33 * hour, every: 480)) == [])
  }

  @Test func `a pipeline that runs once a day leaves no holes between its runs`() {
    #expect(
      holes((0..<9).flatMap { steady(from: Double($0) * 86_400, to: Double($0) * 86_400 + 20, every: 0.1) }) == [])
  }

  @Test func `the pause of a restart is too short to be one`() {
    #expect(holes(steady(from: 0, to: 600, every: 0.1) + steady(from: 635, to: 1200, every: 0.1)) == [])
  }

  @Test func `few lines tell nothing`() {
    #expect(holes([0, 1, 2, 3, 4, 5000, 5001, 5002]) == [])
    #expect(holes([]) == [])
    #expect(holes([1]) == [])
  }

  @Test func `a pause that a starting server ends is only noted`() throws {
    var log = source(writtenAt: steady(from: 0, to: 3600) + steady(from: 3900, to: 9000))
    log.serverStarts = [at(3910)]
    let report = TrailReport([log])
    #expect(report.titles == ["holes: 1 pause before an API server started"])
    #expect(!report.hasFindings)
  }

  @Test func `rotated files are one stream`() {
    let report = TrailReport([
      source("audit-2023-11-14T22-30-00.000.log", writtenAt: steady(from: 0, to: 1000)),
      source("audit.log", writtenAt: steady(from: 1000, to: 3000)),
    ])
    #expect(report.titles == [])
  }

  @Test func `another server's lines do not close a hole and are counted`() throws {
    let report = TrailReport([
      source("one/audit.log", writtenAt: steady(from: 0, to: 3600) + steady(from: 5220, to: 9000)),
      source("two/audit.log", writtenAt: steady(from: 0, to: 9000)),
    ])
    #expect(report.holes.map(\.files) == [["one/audit.log"]])
    #expect(report.holes.first?.elsewhere ?? 0 > 1600)
    #expect(report.hasFindings)
  }

  @Test func `flow logs of five minutes have a norm of their own`() {
    let flows = steady(from: 0, to: 86_400, every: 300) + steady(from: 86_400 + 7200, to: 2 * 86_400, every: 300)
    let report = TrailReport([source("flows.log", writtenAt: flows, data: .flow)])
    #expect(report.holes.map(\.data) == [.flow])
    #expect((report.holes.first?.norm ?? 0) > 280)
  }
}
