import AuditModel
import EventQueries

/// Looks for places in a file where its times go back for good: the clock was set, or files were joined in the wrong
/// order.
enum ClockStepSearch {
  /// What buffers and several writers put out of order, in seconds.
  static let jitter = 5.0
  /// So many lines on each side have to agree.
  private static let lineCount = 5
  /// Lines that come late are followed by the time before them within so many.
  private static let lateWithin = 1000

  /// Those of one writer's files, in the order of the files, then of lines.
  static func steps(in stream: LogStream) -> [ClockStep] {
    let backward = stream.sources.map { source in
      let lines = source.lines
      return lines.indices.dropFirst().filter { goesBack(lines, at: $0) && !isLate(lines, at: $0) }
    }
    let ranges = zip(stream.sources, backward).flatMap { source, indices in
      indices.map { source.lines[$0].time...source.lines[$0 - 1].time }
    }
    guard !ranges.isEmpty else { return [] }
    return zip(stream.sources, backward).flatMap { source, indices in
      let lines = source.lines
      // A jump forward is an hour without requests like any other, but for one over times that a jump back leads to.
      let forward = lines.indices.dropFirst().filter { index in
        let (from, to) = (lines[index - 1].time, lines[index].time)
        return to > from.adding(seconds: 60) && ranges.contains { (from...to).overlap(with: $0) >= 0.5 }
      }
      return (indices + forward).sorted().map {
        ClockStep(file: source.file, at: lines[$0], from: lines[$0 - 1].time)
      }
    }
  }

  private static func goesBack(_ lines: [WrittenLine], at index: Int) -> Bool {
    guard lines[index].time < lines[index - 1].time.adding(seconds: -jitter) else { return false }
    let before = lines[max(0, index - lineCount)..<index]
    let after = lines[index..<min(lines.count, index + lineCount)]
    guard after.count > 1 || before.count > 1, let least = before.map(\.time).min(), let most = after.map(\.time).max()
    else { return false }
    return most < least.adding(seconds: -jitter)
  }

  /// Whether only some lines were written late, and then the file goes on where it was.
  private static func isLate(_ lines: [WrittenLine], at index: Int) -> Bool {
    let before = lines[index - 1].time
    for next in lines[index...].dropFirst().prefix(lateWithin).indices {
      let time = lines[next].time
      guard time > lines[next - 1].time.adding(seconds: jitter) else { continue }
      if time >= before.adding(seconds: -jitter), time <= before.adding(seconds: 60) { return true }
    }
    return false
  }
}

extension ClockStep {
  /// Whether the step tore the gap open: it jumps over most of it backwards, so that lines of another time stand
  /// beyond it.
  func explains(_ gap: ClosedRange<Timestamp>) -> Bool {
    seconds < 0 && gap.overlap(with: at.time...from) >= 0.5
  }
}

extension ClosedRange<Timestamp> {
  /// Which part of this lies in the other one, from 0 to 1.
  func overlap(with other: ClosedRange<Timestamp>) -> Double {
    let start = Swift.max(lowerBound, other.lowerBound)
    let end = Swift.min(upperBound, other.upperBound)
    guard start < end else { return 0 }
    return Double(end.microseconds - start.microseconds)
      / Double(Swift.max(1, upperBound.microseconds - lowerBound.microseconds))
  }
}
