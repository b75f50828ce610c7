import AuditModel
import EventQueries

@testable import TrailCheck

/// Seconds after a round moment.
func at(_ seconds: Double) -> Timestamp { Timestamp(seconds: 1_700_000_000).adding(seconds: seconds) }

/// A source whose audit acts were written at these seconds, one a line in this order.
func source(_ file: String = "audit.log", writtenAt seconds: [Double], data: DataKind = .audit) -> SourceTally {
  var source = SourceTally(file: file)
  source.times = [data: seconds.map(at).sorted()]
  source.actCount = seconds.count
  guard data == .audit else { return source }
  source.lines = seconds.enumerated().map { WrittenLine(time: at($1), line: $0 + 1, offset: Int64($0) * 1000) }
  source.levels = [.requestResponse: seconds.count]
  return source
}

/// One second after the other, with a little unrest that is the same each time.
func steady(from start: Double, to end: Double, every step: Double = 1) -> [Double] {
  stride(from: start, to: end, by: step).enumerated().map { $1 + Double(($0 * 7) % 5) * step / 20 }
}

extension TrailReport {
  init(_ sources: [SourceTally]) { self = trailReport(TrailTally(sources: sources)) }

  /// `holes: 1 hole`, one a line.
  var titles: [String] { findings.map { $0.rule + ": " + $0.title } }
  func finding(_ rule: String) -> TrailFinding? { findings.first { $0.rule == rule } }
}
