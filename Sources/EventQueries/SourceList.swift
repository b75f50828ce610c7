public import AuditModel

/// Asks for some of the sources: those that a screen shows and some around them.
public struct SourcesRequest: Hashable, Sendable {
  /// Place in the list, in the order in which sources were first read.
  public var first: Int
  public var count: Int
  public init(first: Int = 0, count: Int = 200) {
    self.first = first
    self.count = count
  }
}

/// The answer to a `SourcesRequest`.
public struct SourcesPage: Sendable {
  public var request: SourcesRequest
  /// Sources in all.
  public var total: Int
  /// From `request.first` on.
  public var rows: [SourceRow]
  /// Of all sources, those that are left out too.
  public var actCount: Int
  public var byteCount: Int64
  /// Acts among them that no screen shows, since their sources are left out.
  public var leftOutActCount = 0
  public var storeVersion: Int

  public init(
    request: SourcesRequest, total: Int, rows: [SourceRow], actCount: Int, byteCount: Int64, storeVersion: Int
  ) {
    self.request = request
    self.total = total
    self.rows = rows
    self.actCount = actCount
    self.byteCount = byteCount
    self.storeVersion = storeVersion
  }
}

/// What the store has of one source, whether or not its acts are left out.
public struct SourceRow: Hashable, Sendable, Identifiable {
  public var id: Int64
  /// As the user named it.
  public var path: String
  /// `none`, `gzip`, ...
  public var compression: String
  /// Bytes of text that were read.
  public var bytesRead: Int64 = 0
  /// Bytes of text in all; nil where it takes reading to know.
  public var bytesTotal: Int64?
  /// All that was there has been read.
  public var isComplete = false
  public var timeSpan: ClosedRange<Timestamp>?
  /// Acts that this source shows, in all and by log.
  public var actCount = 0
  public var data: [DataKind: Int] = [:]
  /// Audit acts by level, and audit records by stage.
  public var levels: [Level: Int] = [:]
  public var stages: [Stage: Int] = [:]
  /// Acts whose bodies were cut away.
  public var truncatedCount = 0
  /// Records that were there before, in this source or another, and were left out.
  public var duplicateCount = 0
  /// Input that is no record: what is broken, and what is another program's.
  public var malformedCount = 0
  public var foreignCount = 0
  /// From 1, of the first of both.
  public var firstProblemLine: Int?
  /// Names that records have for their cluster, in order.
  public var clusters: [String] = []
  /// SHA-256 of the first bytes of the text, by which the source is known wherever it is moved.
  public var fingerprint: [UInt8] = []
  /// Nil where that was not looked at.
  public var fileState: SourceFileState?
  /// Not a byte is in the file, or not any more.
  public var isEmpty = false
  /// Why it was not read, or not to its end: `cannot be opened: Permission denied`.
  public var failure: String?
  /// A command that reads it all the same; nil where there is none.
  public var remedy: String?

  /// What has become of the file in one word, `empty` among them; nil where that was not looked at.
  public var stateName: String? { isEmpty ? "empty" : fileState?.rawValue }
  public var problemCount: Int { malformedCount + foreignCount }

  public init(id: Int64, path: String, compression: String = "none") {
    self.id = id
    self.path = path
    self.compression = compression
  }
}

/// What could not be read of what was opened. The store knows nothing of it: it is found out anew at each opening.
public struct SourceFailures: Hashable, Sendable {
  /// A row for each file, folder or archive that the store has nothing of.
  public private(set) var unread: [SourceRow] = []
  /// A row for each in which there is nothing to read.
  public private(set) var empty: [SourceRow] = []
  /// Why others could not be read to their ends, by their paths.
  public private(set) var reasons: [String: String] = [:]
  /// Files in which there is no record, where there is none anywhere.
  public var unrecognised: [UnrecognisedSource] = []

  public var isEmpty: Bool { unread.isEmpty && empty.isEmpty && reasons.isEmpty && unrecognised.isEmpty }
  /// Those of both kinds, which no list of the store's own sources has.
  public var rows: [SourceRow] { unread + empty }

  /// - Parameters:
  ///   - failures: paths and reasons, in the order in which they were met; a path may have several.
  ///   - empty: the paths of files and archives in which there is nothing.
  ///   - known: the paths of the store's own rows.
  ///   - remedies: commands that read them all the same, by their paths.
  public init(
    _ failures: [(path: String, reason: String)] = [], empty: [String] = [], known: Set<String> = [],
    remedies: [String: String] = [:]
  ) {
    var paths: [String] = []
    for (path, reason) in failures {
      if reasons[path] == nil { paths.append(path) }
      reasons[path] = reasons[path].map { $0 + "; " + reason } ?? reason
    }
    for path in paths where !known.contains(path) {
      guard let reason = reasons.removeValue(forKey: path) else { continue }
      var row = SourceRow(unread: path, failure: reason, number: unread.count + 1)
      row.remedy = remedies[path]
      unread.append(row)
    }
    var seen = known.union(paths)
    for path in empty where seen.insert(path).inserted {
      self.empty.append(SourceRow(empty: path, number: unread.count + self.empty.count + 1))
    }
  }
}

extension SourceRow {
  /// What was named or found and could not be read: the store has nothing of it.
  /// - Parameter number: from 1 on, which tells it from others of its kind.
  public init(unread path: String, failure: String, number: Int) {
    self.init(id: Int64(-number), path: path, compression: "")
    self.failure = failure
  }

  /// What was named or found and has nothing in it.
  /// - Parameter number: as above, counted on from what could not be read.
  public init(empty path: String, number: Int) {
    self.init(id: Int64(-number), path: path, compression: "")
    bytesTotal = 0
    isComplete = true
    isEmpty = true
  }

  /// Whether the store has nothing of it.
  public var isUnread: Bool { id < 0 }
}

/// Asks for some of what could not be read as records in one source.
public struct ProblemsRequest: Hashable, Sendable {
  public var source: Int64
  /// Place in the list, in the order of the text.
  public var first: Int
  public var count: Int
  public init(source: Int64, first: Int = 0, count: Int = 200) {
    self.source = source
    self.first = first
    self.count = count
  }
}

/// The answer to a `ProblemsRequest`.
public struct ProblemsPage: Sendable {
  public var request: ProblemsRequest
  /// What is known of the source beside; nil where there is no such source.
  public var source: SourceRow?
  public var total: Int
  /// From `request.first` on, with lines counted in the whole file.
  public var rows: [Reject]
  public var storeVersion: Int

  public init(request: ProblemsRequest, source: SourceRow?, total: Int, rows: [Reject], storeVersion: Int) {
    self.request = request
    self.source = source
    self.total = total
    self.rows = rows
    self.storeVersion = storeVersion
  }
}
