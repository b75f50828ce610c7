public import AuditModel
public import EventQueries
public import TerminalScreen
public import TrailCheck

/// What all screens share.
public struct Session: Sendable {
  public var size: Size
  /// Draw in ASCII alone.
  public var asciiOnly: Bool
  /// No colours: differences are told by `[old]` and `{new}` alone.
  public var monochrome: Bool
  public var zone: Zone
  /// Zones that the zone switch goes through.
  public var zones: [Zone]
  public var now: Timestamp
  /// What was opened, for titles: `sample-logs`, `3 files`.
  public var sourceName: String
  public var progress: ReadingProgress?
  /// Nil where there is nothing that could grow: a store.
  public var follow: Follow?
  public var storeVersion: Int
  /// What the last check of the logs said, with or without histories.
  public var trail: TrailReport? {
    didSet { storedRejectCount = trail.map { $0.sources.reduce(0) { $0 + $1.rejects.count } } }
  }
  /// Pieces of input that are no records, of the sources that count; nil until the logs were looked through.
  private var storedRejectCount: Int?
  /// What could not be read of what was opened.
  public var failures = SourceFailures()
  /// Sources whose acts are left out: paths by ids.
  public var excluded: [Int64: String] = [:]
  /// Sides chosen with `(` and `)`, across objects.
  public var leftSide: DiffSide?
  public var rightSide: DiffSide?
  /// Unified or side by side; nil: by width.
  public var splitsDiffs: Bool?
  /// Filters run before, newest first.
  public var filterHistory: [String]
  /// One line above the hints, until the next key.
  public var notice: String?

  public init(
    size: Size, asciiOnly: Bool = false, monochrome: Bool = false, zone: Zone = .utc, zones: [Zone] = [.utc],
    now: Timestamp, sourceName: String = "", filterHistory: [String] = []
  ) {
    self.size = size
    self.asciiOnly = asciiOnly
    self.monochrome = monochrome
    self.zone = zone
    self.zones = zones
    self.now = now
    self.sourceName = sourceName
    self.storeVersion = 0
    self.filterHistory = filterHistory
  }

  public var layout: Layout { Layout(size) }
  var isReading: Bool { progress?.state == .reading }

  /// Pieces of input that are no records, whenever they were read.
  var rejectCount: Int {
    let read = progress?.rejectCount ?? 0
    return isReading ? max(read, storedRejectCount ?? 0) : storedRejectCount ?? read
  }
}

extension SourceFailures {
  /// `1 source not read`, `2 sources not read to their ends`; nil where all was read.
  var words: String? {
    let sources = PaneWords.count(unread.count + reasons.count, "source")
    if reasons.isEmpty { return unread.isEmpty ? nil : sources + " not read" }
    guard unread.isEmpty else { return sources + " not read whole" }
    return sources + " not read to \(reasons.count == 1 ? "its end" : "their ends")"
  }
}

/// Whether what is added to the sources is taken in, and what the focus does then.
public struct Follow: Hashable, Sendable {
  public enum State: Hashable, Sendable {
    case off
    /// The focus stays on the newest row.
    case on
    /// The user looks at something else; reading goes on.
    case paused
    /// Nothing is read until he says so.
    case stopped
  }
  public var state: State
  /// Acts that have come since following began, and how many of them had when it was paused.
  public var actCount = 0
  public var seenCount = 0

  public init(_ state: State) { self.state = state }

  /// For the title: `follow:paused +37`.
  var words: String {
    switch state {
    case .off: "follow:off"
    case .on: "follow:on"
    case .paused: "follow:paused" + (actCount > seenCount ? " +" + PaneWords.grouped(actCount - seenCount) : "")
    case .stopped: "reading:paused"
    }
  }
}

/// Classes of terminal size; what fits is decided by them alone.
public enum Layout: Hashable, Sendable {
  /// Under 60 columns or 16 rows: one message.
  case tooSmall
  /// 60 to 99 columns: one pane, hints on one line.
  case compact
  /// 100 to 159: list and preview.
  case normal
  /// 160 and more: list, detail, strip below.
  case wide

  public init(_ size: Size) {
    switch size {
    case _ where size.columns < 60 || size.rows < 16: self = .tooSmall
    case _ where size.columns < 100: self = .compact
    case _ where size.columns < 160: self = .normal
    default: self = .wide
    }
  }
}
