public import AuditModel
public import EventQueries
public import ObjectHistory

/// What the logs cannot tell: everything that `check` prints and its screen lists.
public struct TrailReport: Sendable {
  /// In the order in which they were first read; without what only the rules look at.
  public var sources: [SourceTally]
  /// Oldest first.
  public var holes: [Hole]
  /// In the order of sources, then of lines.
  public var steps: [ClockStep]
  public var skews: [ClockSkew]
  /// What the histories of all objects do not account for, in order of objects.
  public var history: [Finding]
  /// What weighs most first; within a weight in the order of `TrailRule.all`.
  public var findings: [TrailFinding]
  /// What the audit policy leaves out.
  public var policyGaps: PolicyGaps

  /// Whether there is anything that the logs should tell and do not; notes alone are none.
  public var hasFindings: Bool { findings.contains { $0.weight != .note } }
  /// What is to be done, each once.
  public var advice: [String] {
    var seen: Set<String> = []
    return findings.flatMap(\.advice).filter { seen.insert($0).inserted }
  }
}

/// What one rule found.
public struct TrailFinding: Hashable, Sendable {
  public enum Weight: Int, CaseIterable, Comparable, Sendable {
    /// Something happened, or was lost, that a reviewer has to know.
    case alarm
    /// The logs leave out what a review needs.
    case gap
    /// Good to know while reading.
    case note

    public static func < (left: Weight, right: Weight) -> Bool { left.rawValue < right.rawValue }
  }
  /// Name of the rule.
  public var rule: String
  public var weight: Weight
  /// One line.
  public var title: String
  /// What shows it, with its place; at least one.
  public var items: [TrailItem]
  /// What follows from it for whoever reads the logs; a sentence or two.
  public var meaning: TrailText
  /// Sentences, or the lines of an audit policy.
  public var advice: [String]

  public init(
    rule: String = "", weight: Weight, title: String, items: [TrailItem], meaning: TrailText, advice: [String] = []
  ) {
    self.rule = rule
    self.weight = weight
    self.title = title
    self.items = items
    self.meaning = meaning
    self.advice = advice
  }
}

/// One piece of evidence.
public struct TrailItem: Hashable, Sendable {
  /// Where more about it is to be seen.
  public enum Target: Hashable, Sendable {
    /// The change log of the object.
    case object(ObjectKey)
    /// The acts that the filter takes, whatever they changed.
    case filter(String)
    /// The acts around these times.
    case time(ClosedRange<Timestamp>)
  }
  /// One line.
  public var words: TrailText
  public var target: Target?

  public init(_ words: TrailText, target: Target? = nil) {
    self.words = words
    self.target = target
  }

  /// The words with times in UTC.
  public var text: String { words.text(in: .utc) }
}

/// A stretch of time without a line where lines are to be expected.
public struct Hole: Hashable, Sendable {
  /// Of the stream it is in.
  public var files: [String]
  public var data: DataKind
  /// The last act before and the first after.
  public var since: Timestamp
  public var until: Timestamp
  /// Seconds that 99 of 100 gaps around it do not exceed.
  public var norm: Double
  /// Acts of the same kind that other streams hold within it.
  public var elsewhere: Int
  /// An API server started right after it: there may have been nothing to log.
  public var endsWithStart: Bool

  public var seconds: Double { Double(until.microseconds - since.microseconds) / 1_000_000 }

  public init(
    files: [String], data: DataKind = .audit, since: Timestamp, until: Timestamp, norm: Double, elsewhere: Int = 0,
    endsWithStart: Bool = false
  ) {
    self.files = files
    self.data = data
    self.since = since
    self.until = until
    self.norm = norm
    self.elsewhere = elsewhere
    self.endsWithStart = endsWithStart
  }
}

/// A place in a file where its times jump while the file goes on.
public struct ClockStep: Hashable, Sendable {
  public var file: String
  /// The first line after it.
  public var at: WrittenLine
  /// The time on the line before.
  public var from: Timestamp

  public var seconds: Double { Double(at.time.microseconds - from.microseconds) / 1_000_000 }

  public init(file: String, at: WrittenLine, from: Timestamp) {
    self.file = file
    self.at = at
    self.from = from
  }
}

/// Two streams whose clocks differ.
public struct ClockSkew: Hashable, Sendable {
  public enum Evidence: String, Hashable, Sendable {
    /// Two servers logged the same requests.
    case auditID
    /// Versions of the store count up, and times do not follow them.
    case resourceVersion
  }
  /// Names of the streams.
  public var stream: String
  public var against: String
  /// By how much the first is ahead of the second; the median.
  public var seconds: Double
  public var evidence: Evidence
  /// How many pairs it is from.
  public var pairCount: Int

  public init(stream: String, against: String, seconds: Double, evidence: Evidence, pairCount: Int) {
    self.stream = stream
    self.against = against
    self.seconds = seconds
    self.evidence = evidence
    self.pairCount = pairCount
  }
}
