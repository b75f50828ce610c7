public import AuditModel
public import EventQueries
public import ObjectHistory
public import TerminalScreen
public import TrailCheck

/// Everything that can happen to the model.
public enum Message: Sendable {
  case key(Key)
  case resize(Size)
  /// A request has been answered; panes drop what they no longer wait for.
  case answer(Answer)
  case progress(ReadingProgress)
  /// The store holds more than the last answer knew of.
  case storeChanged(version: Int)
  /// Following has added acts: so many since it began.
  case followed(acts: Int)
  /// What could not be read of all that was opened so far.
  case failures(SourceFailures)
  /// The clock, at most once a second, for "2 days ago" and notices that fade.
  case clock(Timestamp)
  /// A zone of the zone database that was asked for: times are shown in it from now on.
  case zone(Zone)
  /// One line for the user: what was copied, written or refused.
  case notice(String)
}

/// What the model wants done. Work happens elsewhere; its result comes back as one `Message`.
public enum Effect: Hashable, Sendable {
  case ask(Request)
  /// The answer to earlier requests of this kind is no longer wanted.
  case cancel(Request.Kind)
  /// Navigation, carried out by the model itself.
  case open(Place)
  case back
  case forward
  /// Back to the Timeline on the way here, with one more term in its filter.
  case narrow(field: String, value: String, excluded: Bool)
  /// Do what a line of help says, on the screen in front; carried out by the model itself.
  case choose(CommandEntry)
  case quit
  case suspend
  /// Clear the terminal and draw it whole.
  case redraw
  /// Stop reading the sources; what is there stays.
  case stopReading
  /// Take in what is added to the sources, or leave it.
  case follow(Bool)
  /// Read nothing for now, though following goes on afterwards.
  case pauseReading(Bool)
  /// Look at all sources again: what they gained is read.
  case readAgain
  /// Read one more file or folder; nothing else is read again.
  case openSource(String)
  /// Leave the acts of these sources, and of no others, out of every answer.
  case exclude(Set<Int64>)
  /// Put text on the clipboard.
  case copy(String)
  /// Show text on the plain screen until a key is pressed.
  case dump(String)
  /// Look for a zone of this name in the zone database; the answer is a `Message.zone`, or a notice.
  case findZone(String)
  /// Keep a filter in the history of the bar.
  case remember(filter: String)
}

/// A question to the store or to pure code that may take long.
public enum Request: Hashable, Sendable {
  case page(PageRequest)
  case find(FindRequest)
  case facets(FacetRequest)
  case objects
  /// What the histories of policies, tiers and network sets do not account for.
  case findings
  case sources(SourcesRequest)
  /// What could not be read as records in one source.
  case problems(ProblemsRequest)
  case detail(ActID)
  case changeLog(ObjectKey)
  /// What the logs cannot tell.
  case check
  /// The same without the histories: what columns alone show of holes and clocks.
  case holes

  public enum Kind: Hashable, Sendable {
    case page, find, facets, objects, findings, sources, problems, detail, changeLog, check, holes
  }
  public var kind: Kind {
    switch self {
    case .page: .page
    case .find: .find
    case .facets: .facets
    case .objects: .objects
    case .findings: .findings
    case .sources: .sources
    case .problems: .problems
    case .detail: .detail
    case .changeLog: .changeLog
    case .check: .check
    case .holes: .holes
    }
  }
}

public enum Answer: Sendable {
  case page(EventPage)
  case find(FindAnswer)
  case facets(FacetAnswer)
  case objects(ObjectCatalog, storeVersion: Int)
  /// Of the objects that have some.
  case findings([ObjectKey: [Finding]])
  case sources(SourcesPage)
  case problems(ProblemsPage)
  case detail(ActDetail)
  case changeLog(ChangeLog)
  case check(TrailReport)
  case holes(TrailReport)
  /// In words for people.
  case failed(Request, reason: String)
}

/// How far reading has come.
public struct ReadingProgress: Hashable, Sendable {
  /// The file being read, as the user named it.
  public var file: String
  public var bytesRead: Int64
  /// Nil where the end is not known (standard input).
  public var bytesTotal: Int64?
  public var bytesPerSecond: Double
  public var actCount: Int
  public var rejectCount: Int
  public var state: State
  public enum State: Hashable, Sendable {
    case reading, finished, stopped
  }
  public init(
    file: String, bytesRead: Int64, bytesTotal: Int64?, bytesPerSecond: Double, actCount: Int, rejectCount: Int,
    state: State
  ) {
    self.file = file
    self.bytesRead = bytesRead
    self.bytesTotal = bytesTotal
    self.bytesPerSecond = bytesPerSecond
    self.actCount = actCount
    self.rejectCount = rejectCount
    self.state = state
  }
}

/// A screen and its subject.
public enum Place: Hashable, Sendable {
  case timeline
  case event(ActID)
  case policies
  case changes(ObjectKey)
  case diff(DiffSide, DiffSide)
  /// What one act changed: its version against the one before it.
  case actDiff(ObjectKey, ActID)
  /// A Timeline of its own with everything around one act.
  case around(Act)
  /// A Timeline of its own with what a question lists.
  case acts(EventQuery)
  /// What the logs cannot tell; the findings of the rule in focus, or the first.
  case check(rule: String?)
  /// What was opened.
  case sources
  /// What could not be read in one of them.
  case problems(source: Int64)
  case help
}

/// One side of a comparison: a version of an object, or nothing (before a create, after a delete).
public struct DiffSide: Hashable, Sendable {
  public var object: ObjectKey
  /// `Revision.number`; nil for nothing.
  public var revision: Int?
  public init(object: ObjectKey, revision: Int?) {
    self.object = object
    self.revision = revision
  }
}
