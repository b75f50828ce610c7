import EventStorage
import LogDecoding

/// Tells of files in which nothing was recognised: what they look like, and what each format misses.
enum UnrecognisedReport {
  /// How much of a file is looked at.
  private static let headLength = 1 << 16
  private static let shownAtMost = 5

  /// Sources that gave rejects and nothing else.
  static func say(_ sources: [SourceSummary], limits: UnpackingLimits) {
    say(sources.filter { $0.actCount == 0 && $0.rejectCount > 0 && $0.path != "-" }.map(\.path), limits: limits)
  }

  static func say(_ paths: [String], limits: UnpackingLimits) {
    var refusals: [(format: String, needs: String)] = []
    for path in paths.prefix(shownAtMost) {
      guard let head = try? ByteSource.open(path, limits: limits).bytes(at: 0, count: headLength) else { continue }
      guard let found = Unrecognised(head: head) else {
        if head.isEmpty { ErrorOutput.line("\(path): it is empty") }
        continue
      }
      ErrorOutput.line("\(path): no record of any known format; it looks like this: \(found.looksLike)")
      ErrorOutput.line("  it begins: " + SafeText.line(String(decoding: found.start, as: UTF8.self)))
      refusals = found.refusals
    }
    if paths.count > shownAtMost { ErrorOutput.line("... and \(paths.count - shownAtMost) more files") }
    guard !refusals.isEmpty else { return }
    ErrorOutput.line("  each format missed what its records have:")
    for refusal in refusals { ErrorOutput.line("    \(refusal.format): \(refusal.needs)") }
  }
}
