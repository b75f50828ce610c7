import AuditModel
import Synchronization

/// The segments of a store at one moment, and what other segments say about their rows. Never changes once made.
final class StoreState: Sendable {
  let version: Int
  /// As read from the file; ascending by number.
  let segments: [Segment]
  /// For each segment, by its place in `segments`.
  let patches: [SegmentPatch]
  let sources: SourceTable
  let links: ActLinks
  /// Rows that the version ledger named as having altered nothing.
  let noops: Set<ActID>
  /// What the histories of their objects found of rows, in place of what the ledger says.
  let verdicts: [ActID: Outcome]
  /// Where the rows of segments that were merged into others are now.
  let moved: [UInt32: [ActID]]
  /// Global row numbers: `bases[place] + row`; one more at the end.
  let bases: [Int]
  private let orderCache = Mutex<[Run]?>(nil)
  private let lineCache = Mutex<[UInt32: Int]?>(nil)
  private let placeCache = Mutex<[Int64: [Int]]?>(nil)
  private let clusterCache = Mutex<Set<String?>?>(nil)
  let clockCache = Mutex<Bool?>(nil)
  let nameCache = Mutex<NameIndex?>(nil)
  let repeatedCache = Mutex<[AuditIDValue: [ActID]]?>(nil)
  /// The keys of Calico's objects that were asked for, see `lineage(of:)`.
  let lineages = Mutex<[ObjectKey: [ObjectKey]]>([:])

  static let empty = StoreState(
    version: 0, segments: [], patches: [], sources: SourceTable(), links: ActLinks(), noops: [])

  init(
    version: Int, segments: [Segment], patches: [SegmentPatch], sources: SourceTable, links: ActLinks,
    noops: Set<ActID>, verdicts: [ActID: Outcome] = [:], moved: [UInt32: [ActID]] = [:]
  ) {
    self.version = version
    self.segments = segments
    self.patches = patches
    self.sources = sources
    self.links = links
    self.noops = noops
    self.verdicts = verdicts
    self.moved = moved
    var bases = [0]
    for segment in segments { bases.append((bases.last ?? 0) + segment.rowCount) }
    self.bases = bases
  }

  func place(ofSegment number: UInt32) -> Int? {
    guard let first = segments.first?.info.number, number >= first else { return nil }
    // Mostly no number is missing.
    let likely = Int(number - first)
    if likely < segments.count, segments[likely].info.number == number { return likely }
    let place = firstIndex(in: 0..<segments.count) { segments[$0].info.number >= number }
    return place < segments.count && segments[place].info.number == number ? place : nil
  }

  /// The id under which a row that was merged into another segment is found now.
  func current(_ id: ActID) -> ActID {
    guard let rows = moved[id.segment], Int(id.row) < rows.count else { return id }
    return rows[Int(id.row)]
  }

  /// The row that shows the act of a row.
  func head(of id: ActID) -> ActID { links.head(of: current(id)) }

  /// The place of a segment and the row in it; nil for an id of another store.
  func locate(_ id: ActID) -> (place: Int, row: Int)? {
    guard let place = place(ofSegment: id.segment), Int(id.row) < segments[place].rowCount else { return nil }
    return (place, Int(id.row))
  }

  func place(ofGlobal row: Int) -> Int { firstIndex(in: 0..<segments.count) { bases[$0 + 1] > row } }

  func id(_ place: Int, _ row: Int) -> ActID { ActID(segment: segments[place].info.number, row: UInt32(row)) }

  /// Acts that are rows of their own.
  var actCount: Int { (bases.last ?? 0) - links.heads.count }

  var timeSpan: ClosedRange<Timestamp>? {
    let filled = segments.lazy.filter { $0.rowCount > 0 }
    guard let least = filled.map(\.info.timeMin).min(), let most = filled.map(\.info.timeMax).max() else { return nil }
    return Timestamp(microseconds: least)...Timestamp(microseconds: most)
  }

  /// The clusters that rows are from, nil among them where some name none.
  func clusters() throws -> Set<String?> {
    if let known = clusterCache.withLock({ $0 }) { return known }
    let found = try segments.reduce(into: Set<String?>()) { $0.formUnion(try $1.clusters()) }
    clusterCache.withLock { $0 = found }
    return found
  }

  func severalClusters() throws -> [String] {
    let all = try clusters()
    return all.count > 1 ? all.map { $0 ?? "" }.sorted() : []
  }

  /// Where the segments of the source stand, ascending.
  func places(of source: Int64) -> [Int] {
    placeCache.withLock { known in
      let places = known ?? Dictionary(grouping: segments.indices) { segments[$0].info.source }
      known = places
      return places[source] ?? []
    }
  }

  func segments(of source: Int64) -> [SegmentInfo] { places(of: source).map { segments[$0].info } }

  /// The lines of the source before the segment, as far as they were read.
  func linesBefore(_ segment: Segment) -> Int {
    let known = lineCache.withLock { $0 }
    if let known { return known[segment.info.number] ?? 0 }
    var lines: [UInt32: Int] = [:]
    for (_, group) in Dictionary(grouping: segments, by: \.info.source) {
      var count = 0
      for segment in group.sorted(by: { ($0.info.start, $0.info.number) < ($1.info.start, $1.info.number) }) {
        lines[segment.info.number] = count
        count += segment.info.lineCount
      }
    }
    lineCache.withLock { $0 = lines }
    return lines[segment.info.number] ?? 0
  }

  // MARK: Order by time

  /// Rows of one segment that follow each other in the order of time.
  struct Run: Sendable {
    var place: Int32
    var first: UInt32
    var count: UInt32
  }

  /// All rows, hidden ones too, oldest first; equal times in the order of source and place there.
  ///
  /// Segments are sorted in themselves and mostly follow one another, so the merge leaps over whole segments.
  func order() throws -> [Run] {
    if let known = orderCache.withLock({ $0 }) { return known }
    var runs: [Run] = []
    var waiting: [Int] = segments.indices.filter { segments[$0].rowCount > 0 }
    waiting.sort { key($0, segments[$0].info.timeMin) < key($1, segments[$1].info.timeMin) }
    var nextWaiting = 0
    /// The segments that are begun and not done, the one whose next row is oldest first.
    var active: [(place: Int, row: Int, time: Int64)] = []
    func insert(_ entry: (place: Int, row: Int, time: Int64)) {
      let wanted = key(entry.place, entry.time)
      let index = firstIndex(in: 0..<active.count) { wanted < key(active[$0].place, active[$0].time) }
      active.insert(entry, at: index)
    }
    while true {
      if active.isEmpty {
        guard nextWaiting < waiting.count else { break }
        let place = waiting[nextWaiting]
        insert((place, 0, segments[place].info.timeMin))
        nextWaiting += 1
      }
      // All that begin no later than the oldest active row take part.
      while nextWaiting < waiting.count, segments[waiting[nextWaiting]].info.timeMin <= active[0].time {
        insert((waiting[nextWaiting], 0, segments[waiting[nextWaiting]].info.timeMin))
        nextWaiting += 1
      }
      let (place, row, _) = active.removeFirst()
      let segment = segments[place]
      var limit: OrderKey?
      if let next = active.first { limit = key(next.place, next.time) }
      if nextWaiting < waiting.count {
        let next = key(waiting[nextWaiting], segments[waiting[nextWaiting]].info.timeMin)
        limit = limit.map { min($0, next) } ?? next
      }
      var end = segment.rowCount
      if let limit, !(key(place, segment.info.timeMax) < limit) {
        let times = try segment.numbers(.time)
        end = gallop(from: row + 1, to: segment.rowCount) { !(key(place, times.integer($0)) < limit) }
        if end < segment.rowCount { insert((place, end, times.integer(end))) }
      }
      if let last = runs.last, Int(last.place) == place, Int(last.first + last.count) == row {
        runs[runs.count - 1].count += UInt32(end - row)
      } else {
        runs.append(Run(place: Int32(place), first: UInt32(row), count: UInt32(end - row)))
      }
    }
    orderCache.withLock { $0 = runs }
    return runs
  }

  struct OrderKey: Comparable {
    var time: Int64
    var source: Int64
    var start: Int64
    static func < (left: OrderKey, right: OrderKey) -> Bool {
      (left.time, left.source, left.start) < (right.time, right.source, right.start)
    }
  }

  func key(_ place: Int, _ time: Int64) -> OrderKey {
    OrderKey(time: time, source: segments[place].info.source, start: segments[place].info.start)
  }
}

/// Like `firstIndex`, for answers that are mostly near the start.
private func gallop(from start: Int, to end: Int, where holds: (Int) -> Bool) -> Int {
  var low = start
  var step = 1
  while low < end, !holds(min(low + step - 1, end - 1)) {
    low += step
    step *= 2
  }
  return firstIndex(in: min(low, end)..<min(low + step, end), where: holds)
}

/// What other segments say about rows of this one.
struct SegmentPatch: Sendable {
  /// Rows that are shown as part of another row's act.
  var hidden: Set<Int> = []
  /// Rows whose act has records elsewhere, or proved to be a no-op.
  var summaries: [Int: ActSummary] = [:]
  /// Of the store when it said something last.
  var version = 0
}

/// Which rows are parts of acts in other segments.
struct ActLinks: Sendable {
  /// Hidden row to the row that shows the act.
  var heads: [ActID: ActID] = [:]
  /// The reverse.
  var members: [ActID: [ActID]] = [:]

  func head(of id: ActID) -> ActID { heads[id] ?? id }

  /// What hangs on the row moves along, and a head that is a part itself hands on: all rows hang on the one that shows
  /// the act.
  mutating func link(_ row: ActID, to head: ActID) {
    let head = self.head(of: head)
    guard row != head else { return }
    for member in members.removeValue(forKey: row) ?? [] {
      heads[member] = head
      members[head, default: []].append(member)
    }
    if let old = heads[row] {
      guard old != head else { return }
      members[old]?.removeAll { $0 == row }
      if members[old]?.isEmpty == true { members[old] = nil }
    }
    heads[row] = head
    members[head, default: []].append(row)
  }
}
