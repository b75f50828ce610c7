import EventStorage
import LogDecoding

/// The logs that the arguments of a command lead to, folders and archives searched. What cannot be read is told and
/// left out.
struct FoundLogs {
  private(set) var search = LogSearch()
  private(set) var hasProblem = false
  /// What there is nothing in, and was not told.
  private(set) var empty: EmptyInput?

  var paths: [String] { search.logs }
  /// Files that were searched, have something in them, and are no logs.
  var others: [String] {
    let empty = Set(empty?.paths ?? [])
    return search.others.filter { !empty.contains($0) }
  }
  /// What was told already.
  var errors: [SourceError] { search.errors }

  /// - Parameter store: what it knows of unchanged archives is not looked for again.
  init(at files: [String], limits: UnpackingLimits, store: EventStore?) {
    add(findLogs(at: files, limits: limits, members: { store?.knownMembers(of: $0) }))
    empty = EmptyInput(search, named: files, limits: limits)
    guard search.logs.isEmpty else { return }
    let barren = BarrenInput(files, limits: limits)
    fail(barren.errors)
    UnrecognisedReport.say(barren.others, limits: limits)
  }

  init(_ search: LogSearch) { add(search) }

  private mutating func add(_ found: LogSearch) {
    search.logs += found.logs
    search.archives += found.archives
    search.others += found.others
    fail(found.errors)
  }

  /// Tells of what could not be read, the first few one by one.
  private mutating func fail(_ errors: [SourceError]) {
    let shownAtMost = 20
    search.errors += errors
    hasProblem = hasProblem || !errors.isEmpty
    for error in errors.prefix(shownAtMost) { ErrorOutput.say(String(describing: error)) }
    if errors.count > shownAtMost {
      ErrorOutput.line("... and \(errors.count - shownAtMost) more (`whodiff sources` lists them)")
    }
  }

  /// Notes in the store which archives it has read, where nothing of them is missing.
  func note(in store: EventStore, after reading: Reading) throws {
    guard !reading.hasProblem, !reading.wasInterrupted else { return }
    try store.noteArchives(of: search, copies: reading.report.copies)
  }
}
