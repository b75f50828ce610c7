import EventStorage
import Ingestion

/// Files that were found empty: those of which the store has what they held before, and the others.
struct EmptiedSources {
  private(set) var emptied: [String] = []
  private(set) var others: [String] = []

  init(_ report: IngestReport, in store: EventStore) {
    guard !report.empty.isEmpty else { return }
    let known = Set(store.knownSources.lazy.filter { $0.size > 0 }.map(\.path))
    for path in report.empty {
      if known.contains(path) { emptied.append(path) } else { others.append(path) }
    }
  }

  /// For an open screen, which goes on showing what it has read; nil where nothing was emptied.
  var notice: String? {
    guard let name = emptied.first?.split(separator: "/").last else { return nil }
    let more = emptied.count > 1 ? " (and \(emptied.count - 1) more)" : ""
    return "\(name) is empty now\(more): what was read stays until it is opened anew"
  }

  /// For standard error, line by line: the first few, and how many more.
  func say(atMost count: Int = 5) {
    let lines =
      emptied.map { "\($0) is empty now; what was read of it before is kept" } + others.map { "\($0) is empty" }
    for line in lines.prefix(count) { ErrorOutput.say(line) }
    if lines.count > count { ErrorOutput.line("... and \(lines.count - count) more that are empty") }
  }
}
