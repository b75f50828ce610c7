import AuditModel
import EventQueries
import Testing

@testable import TrailCheck

@Suite struct ClockTests {
  private func steps(_ seconds: [Double]) -> [String] {
    TrailReport([source(writtenAt: seconds)]).steps.map { "line \($0.at.line): \(Int($0.seconds.rounded())) s" }
  }

  @Test func `a clock that is set ahead and back is told with its lines`() {
    #expect(
      steps(steady(from: 0, to: 100) + steady(from: 5500, to: 5550) + steady(from: 150, to: 250))
        == ["line 101: 5401 s", "line 151: -5399 s"])
  }

  @Test func `lines that stand newest first are no steps, and a clock that was set among them is one`() {
    let pauses = steady(from: 0, to: 100) + steady(from: 160, to: 200) + steady(from: 220, to: 300)
    #expect(steps(pauses.reversed()) == [])
    let set = steady(from: 0, to: 100) + steady(from: 5500, to: 5550) + steady(from: 150, to: 250)
    #expect(steps(set.reversed()).count == 2)
  }

  @Test func `what a set clock tears open is no hole`() {
    let lines = steady(from: 0, to: 1000) + steady(from: 9000, to: 9100) + steady(from: 1100, to: 2100)
    #expect(TrailReport([source(writtenAt: lines)]).titles == ["clock-steps: 2 places where the clock jumps"])
  }

  @Test func `lines out of order within a few seconds are no step`() {
    var lines = steady(from: 0, to: 400)
    for index in stride(from: 0, to: 390, by: 10) { lines.swapAt(index, index + 4) }
    #expect(steps(lines) == [])
  }

  @Test func `lines that come late are no step`() {
    #expect(steps(steady(from: 0, to: 100) + steady(from: 40, to: 60) + steady(from: 101, to: 200)) == [])
  }

  @Test func `two writers whose clocks differ take turns without steps`() {
    let lines = (0..<300).map { Double($0) + ($0 % 2 == 0 ? 0 : 12) }
    #expect(steps(lines) == [])
  }

  @Test func `an hour without lines is no step`() {
    #expect(steps(steady(from: 0, to: 100) + steady(from: 3700, to: 3800)) == [])
  }

  @Test func `versions of one store show whose clock is ahead`() throws {
    var one = source("one/audit.log", writtenAt: steady(from: 0, to: 200))
    var two = source("two/audit.log", writtenAt: steady(from: 0, to: 200))
    for second in 0..<100 {
      let version = UInt64(1000 + second)
      if second % 3 == 0 {
        two.versions.append(.init(version: version, time: at(Double(second) + 3.5)))
      } else {
        one.versions.append(.init(version: version, time: at(Double(second))))
      }
    }
    let skew = try #require(TrailReport([one, two]).skews.first)
    #expect(skew.stream == "two/audit.log")
    #expect(abs(skew.seconds - 3.5) < 0.6)
    #expect(skew.evidence == .resourceVersion)
  }

  @Test func `versions of two clusters show nothing`() {
    var one = source("one/audit.log", writtenAt: steady(from: 0, to: 200))
    var two = source("two/audit.log", writtenAt: steady(from: 0, to: 200))
    for second in 0..<100 {
      one.versions.append(.init(version: UInt64(1000 + second * second), time: at(Double(second))))
      two.versions.append(.init(version: UInt64(1000 + second * 100), time: at(Double(second))))
    }
    #expect(TrailReport([one, two]).skews == [])
  }

  @Test func `requests that two servers log show the clock between them`() throws {
    var kube = source("kube-audit.log", writtenAt: steady(from: 0, to: 50))
    var calico = source("tsee-audit.log", writtenAt: steady(from: 0, to: 50))
    for number in 0..<5 {
      kube.calicoRequests["id-\(number)"] = at(Double(number))
      calico.calicoRequests["id-\(number)"] = at(Double(number) - 1.8)
    }
    let skew = try #require(TrailReport([kube, calico]).skews.first)
    #expect(skew.stream == "kube-audit.log")
    #expect(abs(skew.seconds - 1.8) < 0.001)
  }

  @Test func `a stage before its request is told once for a file`() throws {
    var log = source(writtenAt: steady(from: 0, to: 100))
    log.inversions.add(WrittenLine(time: at(7), line: 8, offset: 7000))
    log.worstInversion = -900_000_000
    let finding = try #require(TrailReport([log]).finding("inversions"))
    #expect(finding.items.map(\.text) == ["audit.log: 1, by up to 15 min, first at line 8"])
  }
}
