public import AuditModel

/// What is listed: the filter, how much of the noise, and the rows of which logs.
public struct EventQuery: Hashable, Sendable {
  public var filter: Filter
  public var level: ViewLevel
  public var data: DataChoice

  public init(filter: Filter = .everything, level: ViewLevel = .effective, data: DataChoice = .everything) {
    self.filter = filter
    self.level = level
    self.data = data
  }

  /// The same for another filter.
  public func with(_ filter: Filter) -> EventQuery { EventQuery(filter: filter, level: level, data: data) }
}

/// Rows of the Timeline and what stands around them. Every answer carries its request, so that a late one can be
/// told from the one that is waited for.
public struct PageRequest: Hashable, Sendable {
  public enum Order: Hashable, Sendable {
    case newestFirst, oldestFirst
  }
  /// What the page must show: its position is told, and `count` rows around it are the rows of the answer.
  public enum Anchor: Hashable, Sendable {
    /// Counted from 0 in the order of the request.
    case position(Int)
    /// The act where it is listed, else the one nearest to its time.
    case act(ActID, time: Timestamp)
    case time(Timestamp)
  }
  public var query: EventQuery
  public var order: Order
  public var anchor: Anchor
  /// At most so many rows, about half of them before the anchor.
  public var count: Int
  /// Where days begin.
  public var zone: Zone
  /// Buckets wanted of the histogram; 0 for none.
  public var histogramBuckets: Int
  /// The span of the histogram; nil for all that the store holds.
  public var histogramSpan: ClosedRange<Timestamp>?
  /// Moments whose places in the list are wanted.
  public var marks: [Timestamp]

  public init(
    query: EventQuery, order: Order = .newestFirst, anchor: Anchor = .position(0), count: Int = 200,
    zone: Zone = .utc, histogramBuckets: Int = 0, histogramSpan: ClosedRange<Timestamp>? = nil,
    marks: [Timestamp] = []
  ) {
    self.query = query
    self.order = order
    self.anchor = anchor
    self.count = count
    self.zone = zone
    self.histogramBuckets = histogramBuckets
    self.histogramSpan = histogramSpan
    self.marks = marks
  }
}

/// The answer to a `PageRequest`.
public struct EventPage: Sendable {
  public var request: PageRequest
  /// Position of `rows[0]` in the whole list.
  public var firstPosition: Int
  public var rows: [Act]
  /// Where the anchor, or what stands nearest to it, is; nil when nothing is listed.
  public var anchorPosition: Int?
  /// Acts listed in all.
  public var total: Int
  /// Acts in the store.
  public var storeTotal: Int
  /// Acts that the filter takes and the level leaves out, by outcome.
  public var folded: [Outcome: Int]
  /// Days that have acts, in the order of the request.
  public var days: [DayCount]
  /// For each mark of the request how many acts stand above it: newest first, those from its moment on.
  public var markPositions: [Int] = []
  public var histogram: Histogram?
  /// First and last time of all acts in the store.
  public var storeSpan: ClosedRange<Timestamp>?
  /// Only when nothing is listed: for each term of the filter, how many acts match without it.
  public var withoutTerm: [TermCount]
  /// Only when nothing is listed: kinds that the filter names and that no act is about.
  public var unknownKinds: [UnknownKind] = []
  /// Rises whenever the store gains or changes acts.
  public var storeVersion: Int
  /// How long it took to make, waiting for its turn left out; nil where nobody looked at a clock.
  public var tookMilliseconds: Int?
  /// The only log whose rows are listed; nil: those of all.
  public var shown: DataKind?
  /// Rows of other logs that would be listed too, were it not for the choice of data.
  public var hidden: [DataKind: Int] = [:]
  /// The filter needs bodies, which were not read of the `hidden` rows: they are all that the level lists.
  public var hiddenIsUnfiltered = false
  /// Rows in the store, by log.
  public var dataTotals: [DataKind: Int] = [:]
  /// Names of the clusters that rows in the store are from, in order, an empty one for rows that name none; empty where
  /// all are from one.
  public var clusters: [String] = []

  public init(
    request: PageRequest, firstPosition: Int = 0, rows: [Act] = [], anchorPosition: Int? = nil, total: Int = 0,
    storeTotal: Int = 0, folded: [Outcome: Int] = [:], days: [DayCount] = [], histogram: Histogram? = nil,
    storeSpan: ClosedRange<Timestamp>? = nil, withoutTerm: [TermCount] = [], storeVersion: Int = 0
  ) {
    self.request = request
    self.firstPosition = firstPosition
    self.rows = rows
    self.anchorPosition = anchorPosition
    self.total = total
    self.storeTotal = storeTotal
    self.folded = folded
    self.days = days
    self.histogram = histogram
    self.storeSpan = storeSpan
    self.withoutTerm = withoutTerm
    self.storeVersion = storeVersion
  }
}

public struct DayCount: Hashable, Sendable {
  /// Midnight of the day, in the zone of the request.
  public var start: Timestamp
  public var count: Int
  /// Position of the day's first row in the order of the request.
  public var firstPosition: Int
  public init(start: Timestamp, count: Int, firstPosition: Int) {
    self.start = start
    self.count = count
    self.firstPosition = firstPosition
  }
}

public struct TermCount: Hashable, Sendable {
  /// Index into `Filter.terms`.
  public var term: Int
  public var text: String
  public var count: Int
  public init(term: Int, text: String, count: Int) {
    self.term = term
    self.text = text
    self.count = count
  }
}

/// A kind that a filter names and that nothing in the store has: a typing error, or a kind that was never logged.
public struct UnknownKind: Hashable, Sendable {
  public var name: String
  /// At most three names that look like it, of kinds that the store has, nearest first.
  public var near: [String]
  public init(name: String, near: [String] = []) {
    self.name = name
    self.near = near
  }

  /// `kind netpl (netpol?)`
  public var words: String {
    "kind \(FilterField.quoted(name))" + (near.isEmpty ? "" : " (" + near.joined(separator: ", ") + "?)")
  }
}

/// Counts over time of the acts that are listed.
public struct Histogram: Hashable, Sendable {
  /// Start of the first bucket: a multiple of the step in the zone of the request.
  public var start: Timestamp
  /// One of `Histogram.steps`.
  public var stepSeconds: Int
  /// Listed rows, oldest bucket first; one entry for each bucket.
  public var listed: [Int]
  /// Those of them that were denied or failed, denied flows and failed lookups among them.
  public var failures: [Int]

  public init(start: Timestamp, stepSeconds: Int, listed: [Int], failures: [Int]) {
    self.start = start
    self.stepSeconds = stepSeconds
    self.listed = listed
    self.failures = failures
  }

  /// Widths of buckets that people can read: 1 s to 1 week, in seconds.
  public static let steps = [
    1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400, 172_800, 604_800,
  ]
}

/// Looks for the next act of some sort in the listed order.
public struct FindRequest: Hashable, Sendable {
  public enum Target: Hashable, Sendable {
    case sameObject(ObjectKey)
    /// Outcome denied, failed or conflict; a denied flow, a failed lookup.
    case failed
    /// The same value in a column.
    case value(EventColumn, ColumnValue)
    /// The same values in several columns.
    case values([EventColumn: ColumnValue])
    /// A text in what the row shows, without regard to case.
    case text(String)
  }
  public var query: EventQuery
  public var order: PageRequest.Order
  public var from: ActID
  /// Towards higher positions.
  public var forward: Bool
  public var target: Target

  public init(query: EventQuery, order: PageRequest.Order, from: ActID, forward: Bool, target: Target) {
    self.query = query
    self.order = order
    self.from = from
    self.forward = forward
    self.target = target
  }
}

/// The answer to a `FindRequest`; the search goes round at the ends.
public struct FindAnswer: Sendable {
  public var request: FindRequest
  public var found: Act?
  /// 1-based rank of the hit among all, in list order, and how many there are.
  public var rank: Int
  public var count: Int
  public var wrapped: Bool
  public init(request: FindRequest, found: Act?, rank: Int = 0, count: Int = 0, wrapped: Bool = false) {
    self.request = request
    self.found = found
    self.rank = rank
    self.count = count
    self.wrapped = wrapped
  }
}

/// Distinct values of a field in what is listed, most frequent first.
public struct FacetRequest: Hashable, Sendable {
  public var query: EventQuery
  /// A name in `FilterField.all`.
  public var field: String
  /// Only values that begin so, without regard to case.
  public var prefix: String
  public var limit: Int
  public init(query: EventQuery, field: String, prefix: String = "", limit: Int = 50) {
    self.query = query
    self.field = field
    self.prefix = prefix
    self.limit = limit
  }
}

public struct FacetAnswer: Sendable {
  public var request: FacetRequest
  public var values: [FacetValue]
  /// Distinct values in all.
  public var distinct: Int
  /// As for a page.
  public var tookMilliseconds: Int?
  public init(request: FacetRequest, values: [FacetValue], distinct: Int) {
    self.request = request
    self.values = values
    self.distinct = distinct
  }
}

public struct FacetValue: Hashable, Sendable {
  /// As a filter would write it, unquoted; nil where the field is absent.
  public var value: String?
  public var count: Int
  public init(value: String?, count: Int) {
    self.value = value
    self.count = count
  }
}

/// An object that the logs know of: a row of the Policies screen.
public struct ObjectSummary: Hashable, Sendable {
  public var key: ObjectKey
  public var kind: String
  /// `spec.tier`, or the part of the name before the first dot for Calico policies without a body.
  public var tier: String?
  /// `spec.order` (Calico), `spec.priority` (admin policies); nil where none was logged.
  public var order: Double?
  /// Versions as far as the acts tell without their bodies: those with outcome `changed` that left the object there.
  public var versionCount: Int
  /// Requests that would have altered it; reads are none.
  public var actCount: Int
  public var lastChange: Timestamp?
  public var lastActor: String?
  public var firstSeen: Timestamp
  /// The last change was a deletion.
  public var isDeleted: Bool
  public var lifetimeCount: Int
  public init(
    key: ObjectKey, kind: String, tier: String? = nil, order: Double? = nil, versionCount: Int = 0, actCount: Int = 0,
    lastChange: Timestamp? = nil, lastActor: String? = nil, firstSeen: Timestamp, isDeleted: Bool = false,
    lifetimeCount: Int = 1
  ) {
    self.key = key
    self.kind = kind
    self.tier = tier
    self.order = order
    self.versionCount = versionCount
    self.actCount = actCount
    self.lastChange = lastChange
    self.lastActor = lastActor
    self.firstSeen = firstSeen
    self.isDeleted = isDeleted
    self.lifetimeCount = lifetimeCount
  }
}
