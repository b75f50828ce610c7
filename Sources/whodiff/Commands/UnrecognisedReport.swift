import EventQueries
import EventStorage
import LogDecoding

/// Tells of files in which nothing was recognised: what they look like, and what each format misses.
enum UnrecognisedReport {
  private static let shownAtMost = 5

  /// Sources that gave rejects and nothing else.
  static func say(_ sources: [SourceSummary], limits: UnpackingLimits) {
    say(sources.filter(\.isUnrecognised).map(\.path), limits: limits)
  }

  static func say(_ paths: [String], limits: UnpackingLimits) {
    var refusals: [String] = []
    for path in paths.prefix(shownAtMost) {
      switch UnrecognisedSource.look(at: path, limits: limits) {
      case .source(let found):
        ErrorOutput.line("\(path): no record of any known format; it looks like this: \(found.looksLike)")
        ErrorOutput.line("  it begins: " + SafeText.line(found.start))
        refusals = found.refusals
      case .empty: ErrorOutput.line("\(path): it is empty")
      case nil: continue
      }
    }
    if paths.count > shownAtMost { ErrorOutput.line("... and \(paths.count - shownAtMost) more files") }
    guard !refusals.isEmpty else { return }
    ErrorOutput.line("  each format missed what its records have:")
    for refusal in refusals { ErrorOutput.line("    " + refusal) }
  }
}

extension UnrecognisedSource {
  /// How much of a file is looked at.
  private static let headLength = 1 << 16

  enum Look {
    case source(UnrecognisedSource)
    case empty
  }

  /// Nil where the file cannot be read, or holds a record after all.
  static func look(at path: String, limits: UnpackingLimits) -> Look? {
    guard let head = try? ByteSource.open(path, limits: limits).bytes(at: 0, count: headLength) else { return nil }
    guard let found = Unrecognised(head: head) else { return head.isEmpty ? .empty : nil }
    let refusals = nearestFirst(found.refusals, to: head).map { "\($0.format): \($0.needs)" }
    return .source(
      UnrecognisedSource(
        path: path, looksLike: isBinary(head) ? "no text: a program, a picture, a database ..." : found.looksLike,
        start: String(decoding: found.start, as: UTF8.self),
        refusals: refusals))
  }
}

extension SourceSummary {
  /// It gave rejects and nothing else. What is piped in cannot be looked at again.
  var isUnrecognised: Bool { actCount == 0 && rejectCount > 0 && path != "-" }
}
