import Ingestion

/// One line on standard error that tells how far reading is; only for people, and cleared at the end.
struct ProgressLine: Sendable {
  let text: String

  static func clear() { ErrorOutput.raw("\r\u{1b}[K") }

  func show() {
    // Longer than a narrow terminal it would wrap, and not be rewritten in place.
    ErrorOutput.raw("\r\u{1b}[K" + String(SafeText.line(text).prefix(78)))
  }
}

extension ProgressLine {
  /// `ee-audit.log.3.gz 41% 61 MB/s 18,204 acts`
  init(_ progress: IngestProgress, elapsed: Double) {
    let name = progress.file.split(separator: "/").last.map(String.init) ?? progress.file
    var words = [name]
    if let total = progress.bytesTotal, total > 0 { words.append("\(min(100, progress.bytesRead * 100 / total))%") }
    if elapsed > 0 { words.append("\(Int(Double(progress.bytesRead) / elapsed / 1e6)) MB/s") }
    words.append(Self.grouped(progress.acts) + " acts")
    text = words.joined(separator: " ")
  }

  /// `telling no-ops from changes: 120 of 3,400 objects`
  init(settling done: Int, of count: Int) {
    text = "telling no-ops from changes: \(Self.grouped(done)) of \(Self.grouped(count)) objects"
  }

  /// `18,204`
  static func grouped(_ number: Int) -> String {
    var out = ""
    for (index, digit) in String(number).reversed().enumerated() {
      if index > 0, index % 3 == 0 { out.append(",") }
      out.append(digit)
    }
    return String(out.reversed())
  }
}
