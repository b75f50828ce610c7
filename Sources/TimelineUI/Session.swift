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
  public var storeVersion: Int
  /// What the last check of the logs said, with or without histories.
  public var trail: TrailReport?
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
