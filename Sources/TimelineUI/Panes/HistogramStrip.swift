import AuditModel
import EventQueries
import TerminalScreen
import TrailCheck

/// The counts over time above the list: what is listed, the failures among it, an axis; with a bucket in focus and a brush while it is used.
struct HistogramStrip: Sendable {
  private(set) var histogram: Histogram?
  /// The span asked for; nil for all that the store holds.
  private(set) var span: ClosedRange<Timestamp>?
  /// Whether keys go to the strip.
  private(set) var isFocused = false
  private(set) var bucket = 0
  /// The bucket where the brush was set down.
  private(set) var brushStart: Int?

  // MARK: State

  mutating func take(_ new: Histogram) {
    let time = histogram?.time(of: bucket)
    let start = brushStart.flatMap { histogram?.time(of: $0) }
    histogram = new
    // The same time stays in focus when the buckets become others.
    if let time { bucket = new.bucket(of: time) }
    if brushStart != nil { brushStart = start.map(new.bucket) }
  }

  /// There is nothing to count.
  mutating func clear() {
    histogram = nil
    span = nil
    leave()
  }

  mutating func focus(at time: Timestamp?) {
    guard let histogram, histogram.count > 0 else { return }
    isFocused = true
    brushStart = nil
    bucket = time.map(histogram.bucket) ?? histogram.count - 1
  }

  /// Lets the brush go, and the focus with it when there was none.
  mutating func escape() {
    if brushStart != nil { brushStart = nil } else { isFocused = false }
  }

  mutating func leave() {
    brushStart = nil
    isFocused = false
  }

  mutating func move(by step: Int) {
    guard let histogram else { return }
    bucket = min(max(0, bucket + step), max(0, histogram.count - 1))
  }

  mutating func toggleBrush() { brushStart = brushStart == nil ? bucket : nil }

  /// Buckets under the brush, or the one in focus.
  var brushed: ClosedRange<Int> { min(bucket, brushStart ?? bucket)...max(bucket, brushStart ?? bucket) }

  /// From the start of the first brushed bucket to the last microsecond of the last.
  var brushedTime: ClosedRange<Timestamp>? {
    guard let histogram, histogram.count > 0 else { return nil }
    let end = histogram.time(of: brushed.upperBound + 1).microseconds - 1
    return histogram.time(of: brushed.lowerBound)...Timestamp(microseconds: end)
  }

  /// Halves or doubles the span around a moment; the whole store when it would hold more than that.
  mutating func zoom(inwards: Bool, around centre: Timestamp, store: ClosedRange<Timestamp>) {
    let whole = max(1, store.upperBound.microseconds - store.lowerBound.microseconds)
    let width = span.map { $0.upperBound.microseconds - $0.lowerBound.microseconds } ?? whole
    let next = inwards ? max(10_000_000, width / 2) : width * 2
    if next >= whole {
      span = nil
      return
    }
    let start = min(
      max(store.lowerBound.microseconds, centre.microseconds - next / 2), store.upperBound.microseconds - next)
    span = Timestamp(microseconds: start)...Timestamp(microseconds: start + next)
  }

  /// Moves the span by half of its width; negative is older.
  mutating func slide(_ direction: Int64, store: ClosedRange<Timestamp>) {
    guard let span else { return }
    let width = span.upperBound.microseconds - span.lowerBound.microseconds
    let highest = max(store.lowerBound.microseconds, store.upperBound.microseconds - width)
    let start = min(max(store.lowerBound.microseconds, span.lowerBound.microseconds + direction * width / 2), highest)
    self.span = Timestamp(microseconds: start)...Timestamp(microseconds: start + width)
  }

  // MARK: Painting

  /// - Parameter label: what the bars count.
  func render(
    into screen: inout Screen, layout: TimelineLayout, label: String, zone: Zone, focusedTime: Timestamp?,
    holes: [Hole] = []
  ) {
    let area = layout.histogram
    guard !area.isEmpty else { return }
    screen.fill(area)
    guard let histogram else { return }
    let graph = layout.graph
    let focusedBucket = focusedTime.map(histogram.bucket)
    let rows: [(label: String, counts: [Int], role: Style)] = [
      (label, histogram.listed, .plain), ("failed", histogram.failures, .failed),
    ]
    for (offset, row) in rows.enumerated() where offset < area.height {
      let y = area.y + offset
      let peak = row.counts.max() ?? 0
      screen.write(row.label, x: area.x + 1, y: y, style: isFocused ? .heading : .frame)
      for (index, count) in row.counts.prefix(graph.width).enumerated() {
        var style = row.role
        if isFocused, brushed.contains(index) {
          style = style.reversed
        } else if index == focusedBucket, offset == 0 {
          style = style.underlined
        }
        screen.write(Self.ramp(count, peak: peak, asciiOnly: screen.asciiOnly), x: graph.x + index, y: y, style: style)
      }
      let note =
        offset == 0
        ? "\(PaneWords.grouped(peak))/\(Self.words(seconds: histogram.stepSeconds))" : PaneWords.grouped(peak)
      screen.write(
        note, x: graph.x + graph.width + 1, y: y, style: .frame, width: area.width - graph.x - graph.width - 1)
    }
    guard area.height > 2 else { return }
    let gaps = holes.compactMap { gapColumn($0, histogram, width: graph.width) }
    for label in axis(histogram, width: graph.width, zone: zone)
    where !gaps.contains(where: { $0 <= label.column + label.text.count && label.column <= $0 + Self.gapMark.count }) {
      screen.write(
        label.text, x: graph.x + label.column, y: area.y + 2, style: .frame, width: graph.width - label.column)
    }
    for column in gaps {
      screen.write(Self.gapMark, x: graph.x + column, y: area.y + 2, style: Style(.hole, bold: true))
    }
  }

  private static let gapMark = "gap!"

  /// Where on the axis a hole is marked: where it begins; nil when it lies outside of what is shown.
  private func gapColumn(_ hole: Hole, _ histogram: Histogram, width: Int) -> Int? {
    let end = histogram.time(of: min(width, histogram.count))
    guard hole.until > histogram.start, hole.since < end, width >= Self.gapMark.count else { return nil }
    return min(histogram.bucket(of: hole.since), width - Self.gapMark.count)
  }

  /// What the bucket in focus, or the brush, holds: `20 Nov 12:00 to 18:00: 61 listed, 3 of them failed`.
  func sentence(zone: Zone) -> String {
    guard let histogram, let time = brushedTime else { return "" }
    let range = brushed.clamped(to: 0...max(0, histogram.count - 1))
    let listed = histogram.listed[range].reduce(0, +)
    let failures = histogram.failures[range].reduce(0, +)
    let from = zone.civil(time.lowerBound)
    let to = zone.civil(Timestamp(microseconds: time.upperBound.microseconds + 1))
    let end = from.dateText == to.dateText ? to.clockText : to.dayText + " " + to.clockText
    return
      "\(from.dayText) \(from.clockText) to \(end): \(PaneWords.grouped(listed)) listed, \(PaneWords.grouped(failures)) of them failed"
  }

  /// One of ten steps, on a scale where the smallest count is seen.
  private static func ramp(_ count: Int, peak: Int, asciiOnly: Bool) -> String {
    let steps = Array(asciiOnly ? " .:-=+*#%@" : " ▁▂▃▄▅▆▇█")
    guard count > 0, peak > 0 else { return " " }
    let index = 1 + (count * (steps.count - 1) - 1) / max(1, peak)
    return String(steps[min(steps.count - 1, max(1, index))])
  }

  /// `30 s`, `5 m`, `6 h`, `1 d`, `1 w`.
  static func words(seconds: Int) -> String {
    switch seconds {
    case 604_800...: "\(seconds / 604_800)w"
    case 86_400...: "\(seconds / 86_400)d"
    case 3600...: "\(seconds / 3600)h"
    case 60...: "\(seconds / 60)m"
    default: "\(seconds)s"
    }
  }

  private func axis(_ histogram: Histogram, width: Int, zone: Zone) -> [(column: Int, text: String)] {
    // Labels stand at the round times that are at least nine columns apart.
    let wanted = histogram.stepSeconds * 9
    let spacing =
      Histogram.steps.first { $0 >= wanted && $0 % histogram.stepSeconds == 0 } ?? ((wanted + 604_799) / 604_800)
      * 604_800
    var labels: [(column: Int, text: String)] = []
    var free = 0
    for index in 0..<min(width, histogram.count) {
      let time = histogram.time(of: index)
      let civil = zone.civil(time)
      let local = time.microseconds / 1_000_000 + Int64(zone.offsetSeconds(at: time))
      let isMidnight = civil.hour == 0 && civil.minute == 0 && civil.second == 0
      // Weeks are counted from a Monday.
      let offset: Int64 = spacing % 604_800 == 0 ? 4 * 86_400 : 0
      guard (local - offset) % Int64(spacing) < Int64(histogram.stepSeconds) else { continue }
      let text =
        isMidnight || spacing >= 86_400
        ? civil.dayText : spacing < 60 ? civil.clockText : String(civil.clockText.prefix(5))
      guard index >= free, index + text.count <= width else { continue }
      labels.append((index, text))
      free = index + text.count + 1
    }
    return labels.isEmpty ? ends(histogram, width: width, zone: zone) : labels
  }

  /// Where no round time is shown: when the bars begin, and when they end where there is room for that too.
  private func ends(_ histogram: Histogram, width: Int, zone: Zone) -> [(column: Int, text: String)] {
    let last = min(width, histogram.count)
    let times = [0, last].map { zone.civil(histogram.time(of: $0)) }
    let isLong = times[0].dateText != times[1].dateText
    let texts = times.map { time in
      let clock = histogram.stepSeconds % 60 == 0 ? String(time.clockText.prefix(5)) : time.clockText
      return isLong ? time.dayText + " " + clock : clock
    }
    let end = min(max(last, texts[0].count + 1), width - texts[1].count)
    return [(0, texts[0])] + (end > texts[0].count ? [(end, texts[1])] : [])
  }
}

extension Histogram {
  var count: Int { listed.count }
  func time(of bucket: Int) -> Timestamp {
    Timestamp(microseconds: start.microseconds + Int64(bucket) * Int64(stepSeconds) * 1_000_000)
  }
  /// The bucket that holds the moment, or the nearest.
  func bucket(of time: Timestamp) -> Int {
    let index = (time.microseconds - start.microseconds) / (Int64(stepSeconds) * 1_000_000)
    return Int(min(max(0, index), Int64(max(0, count - 1))))
  }
}
