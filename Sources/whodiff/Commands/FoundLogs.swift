import EventStorage
import LogDecoding

/// The logs that the arguments of a command lead to, folders and archives searched. What cannot be read is told and
/// left out.
struct FoundLogs {
  private(set) var search = LogSearch()
  private(set) var hasProblem = false

  var paths: [String] { search.logs }
  /// Files that were searched and are no logs.
  var others: [String] { search.others }
  /// What was told already.
  var errors: [SourceError] { search.errors }

  /// - Parameter store: what it knows of unchanged archives is not looked for again.
  init(at files: [String], limits: UnpackingLimits, store: EventStore?) {
    func find(_ files: [String]) throws(SourceError) -> LogSearch {
      try findLogs(at: files, limits: limits, members: { store?.knownMembers(of: $0) })
    }
    if let search = try? find(files), !search.logs.isEmpty {
      add(search)
      return
    }
    for file in files {
      do throws(SourceError) {
        let search = try find([file])
        add(search)
        if search.logs.isEmpty, search.errors.isEmpty { say(nothingIn: file, search.others, limits) }
      } catch {
        ErrorOutput.say(String(describing: error))
        hasProblem = true
      }
    }
  }

  init(_ search: LogSearch) { add(search) }

  private mutating func add(_ found: LogSearch) {
    search.logs += found.logs
    search.archives += found.archives
    search.errors += found.errors
    search.others += found.others
    for error in found.errors { ErrorOutput.say(String(describing: error)) }
    hasProblem = hasProblem || !found.errors.isEmpty
  }

  private mutating func say(nothingIn file: String, _ others: [String], _ limits: UnpackingLimits) {
    hasProblem = true
    let what = ArchiveWalk.kind(of: file) == nil ? "folder" : "archive"
    ErrorOutput.say("\(file): no audit logs in this \(what)" + (others.isEmpty ? "" : " of \(others.count) files"))
    UnrecognisedReport.say(others, limits: limits)
  }

  /// Notes in the store which archives it has read, where nothing of them is missing.
  func note(in store: EventStore, after reading: Reading) throws {
    guard !reading.hasProblem, !reading.wasInterrupted else { return }
    try store.noteArchives(of: search)
  }
}
