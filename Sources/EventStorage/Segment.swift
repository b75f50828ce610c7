import AuditModel
import EventQueries
import Synchronization

/// Where a segment comes from and what it spans; a row of table `segment`.
struct SegmentInfo: Sendable {
  var number: UInt32
  var source: Int64
  /// The stretch of the source's decompressed text.
  var start: Int64
  var byteCount: Int64
  var lineCount: Int
  var rowCount: Int
  var timeMin: Int64
  var timeMax: Int64
  /// Whether the text is kept in table `block`.
  var hasBlocks: Bool
  var end: Int64 { start + byteCount }
}

/// An immutable stretch of acts, ascending by time. Columns are read on first use and kept.
final class Segment: Sendable {
  let info: SegmentInfo
  private let load: Loading
  /// The only rows whose values are here, see `picking`; nil for all.
  private let picked: [Int]?
  private let textRedaction: @Sendable (String) -> String
  /// By the columns' numbers.
  private let cache = Mutex<[LoadedColumn?]>(Array(repeating: nil, count: StoredColumn.limit))
  private let equalTimes = Mutex<RowsOfEqualTimes?>(nil)
  private let names = Mutex<ObjectNames?>(nil)

  /// Hands on the columns' chunks, nil where the segment has none; asked for many at once, since each time costs more
  /// than a chunk.
  typealias Loading = @Sendable ([StoredColumn], (StoredColumn, UnsafeRawBufferPointer?) throws -> Void) throws -> Void

  private enum LoadedColumn: Sendable {
    case numbers(PackedNumbers)
    case text(TextColumn)
    case lists(ListColumn)
    case identifiers(IdentifierColumn)

    /// The values of some rows.
    func picking(_ rows: [Int]) -> LoadedColumn {
      switch self {
      case .numbers(let column): .numbers(PackedNumbers(rows.map { column[$0] }))
      case .text(let column): .text(TextColumn(rows.map { column[$0] }))
      case .lists(let column):
        .lists(ListColumn(dictionary: column.dictionary, codes: PackedNumbers(rows.map { column.codes.integer($0) })))
      // A column that the segment does not have holds none.
      case .identifiers(let column):
        .identifiers(column.count == 0 ? column : IdentifierColumn(rows.map { column[$0] }))
      }
    }
  }

  init(
    info: SegmentInfo, textRedaction: @escaping @Sendable (String) -> String, picked: [Int]? = nil,
    load: @escaping Loading
  ) {
    self.info = info
    self.load = load
    self.picked = picked
    self.textRedaction = textRedaction
  }

  /// Some rows of the segment as one of their own: what is read of it are their values alone, so that a few acts of
  /// many segments leave no whole columns in memory.
  /// - Parameter rows: the new segment's row n is the nth of them.
  /// - Returns: nil where acts have further records, which stand in columns of their own.
  func picking(_ rows: [Int]) throws -> Segment? {
    guard try numbers(.recordRow).count == 0 else { return nil }
    var info = info
    info.rowCount = rows.count
    let segment = Segment(info: info, textRedaction: textRedaction, picked: rows, load: load)
    // What is here already need not be unpacked again.
    let known = cache.withLock { $0 }
    segment.cache.withLock { cache in
      for column in StoredColumn.ofActs where column.isPerRow {
        cache[Int(column.rawValue)] = known[Int(column.rawValue)]?.picking(rows)
      }
    }
    return segment
  }

  var rowCount: Int { info.rowCount }

  private func loaded(_ column: StoredColumn) throws -> LoadedColumn {
    if let known = cache.withLock({ $0[Int(column.rawValue)] }) { return known }
    var value = LoadedColumn.numbers(PackedNumbers(absent: 0))
    try load([column]) { value = try loaded($1, as: $0) }
    return value
  }

  /// Those of the columns that were not read so far.
  func missing(_ columns: [StoredColumn]) -> [StoredColumn] {
    cache.withLock { cache in columns.filter { cache[Int($0.rawValue)] == nil } }
  }

  /// Reads what is missing of the columns, in one go.
  func prepare(_ columns: [StoredColumn]) throws {
    let missing = missing(columns)
    guard !missing.isEmpty else { return }
    try load(missing) { try take($1, as: $0) }
  }

  /// Takes in what the store has of the column: its chunk, or nil where there is none.
  func take(_ data: UnsafeRawBufferPointer?, as column: StoredColumn) throws { _ = try loaded(data, as: column) }

  private func loaded(_ data: UnsafeRawBufferPointer?, as column: StoredColumn) throws -> LoadedColumn {
    let value: LoadedColumn
    if let data {
      value = try unpackChunk(data) { bytes in
        var reader = ByteReader(bytes)
        if let picked, column.isPerRow { return try picking(picked, of: column, &reader) }
        switch column.shape {
        case .numbers: return .numbers(try PackedNumbers(from: &reader))
        case .text:
          let texts = try TextColumn(from: &reader)
          return .text(column.isRedacted ? texts.mapping(textRedaction) : texts)
        case .lists: return .lists(try ListColumn(from: &reader))
        case .identifiers: return .identifiers(try IdentifierColumn(from: &reader))
        }
      }
    } else {
      // Columns about further records, and about rows of other logs, are left out where there are none.
      let rows = column.factColumn == nil ? 0 : rowCount
      switch column.shape {
      case .numbers: value = .numbers(PackedNumbers(absent: rows))
      case .identifiers: value = .identifiers(IdentifierColumn([]))
      case .text: value = .text(TextColumn(dictionary: TextDictionary([]), codes: PackedNumbers(zeros: rows)))
      case .lists: value = .lists(ListColumn(dictionary: [], codes: PackedNumbers(zeros: rows)))
      }
    }
    let count: Int =
      switch value {
      case .numbers(let column): column.count
      case .text(let column): column.codes.count
      case .lists(let column): column.codes.count
      case .identifiers(let column): column.count
      }
    guard !column.isPerRow || count == rowCount else {
      throw StoreError.corrupt(reason: "column \(column) of segment \(info.number) has \(count) rows of \(rowCount)")
    }
    cache.withLock { $0[Int(column.rawValue)] = value }
    return value
  }

  private func picking(_ rows: [Int], of column: StoredColumn, _ reader: inout ByteReader) throws -> LoadedColumn {
    switch column.shape {
    case .numbers: return .numbers(PackedNumbers(try PackedNumbers.values(of: rows, from: &reader)))
    case .identifiers: return .identifiers(IdentifierColumn(try IdentifierColumn.values(of: rows, from: &reader)))
    case .text:
      let texts = TextColumn(try TextColumn.values(of: rows, from: &reader))
      return .text(column.isRedacted ? texts.mapping(textRedaction) : texts)
    case .lists:
      return LoadedColumn.lists(try ListColumn(from: &reader)).picking(rows)
    }
  }

  func numbers(_ column: StoredColumn) throws -> PackedNumbers {
    guard case .numbers(let value) = try loaded(column) else { preconditionFailure("\(column) holds no numbers") }
    return value
  }
  func text(_ column: StoredColumn) throws -> TextColumn {
    guard case .text(let value) = try loaded(column) else { preconditionFailure("\(column) holds no texts") }
    return value
  }
  func lists(_ column: StoredColumn) throws -> ListColumn {
    guard case .lists(let value) = try loaded(column) else { preconditionFailure("\(column) holds no lists") }
    return value
  }
  func identifiers(_ column: StoredColumn) throws -> IdentifierColumn {
    guard case .identifiers(let value) = try loaded(column) else {
      preconditionFailure("\(column) holds no identifiers")
    }
    return value
  }

  /// What the row of another log says; nil for an audit act.
  func facts(_ row: Int) throws -> LogFacts? {
    guard let data = DataKind(rawValue: try numbers(.data).byte(row)), data != .audit else { return nil }
    return try LogFacts(data) { column throws -> ColumnValue in
      guard let stored = StoredColumn.facts[column] else { return column.absent }
      return switch column.shape {
      case .text: .text(try text(stored)[row])
      case .list: .list(try lists(stored)[row] ?? [])
      case .number: .number(try numbers(stored)[row])
      }
    }
  }

  func time(_ row: Int) throws -> Int64 { try numbers(.time).integer(row) }

  /// The rows with exactly this time.
  func rows(at time: Int64) throws -> Range<Int> {
    guard rowCount > 0, time >= info.timeMin, time <= info.timeMax else { return 0..<0 }
    let times = try numbers(.time)
    let first = firstIndex(in: 0..<rowCount) { times.integer($0) >= time }
    return first..<firstIndex(in: first..<rowCount) { times.integer($0) > time }
  }

  func auditID(_ row: Int) throws -> AuditIDValue? {
    let bits = try identifiers(.auditID)[row]
    if bits != .zero { return .uuid(bits) }
    return try text(.auditText)[row].map { .text(ExactText($0)) }
  }

  /// The rows of this request.
  func rows(at time: Int64, of request: RequestKey) throws -> [Int] {
    let rows = try rows(at: time)
    guard rows.count > 16 else { return try rows.filter { try self.request($0) == request } }
    return try rowsOfEqualTimes().requests[request] ?? []
  }

  /// The rows of acts without an audit ID at this time whose record has this content, in the order of the source.
  func rows(at time: Int64, withoutAuditID content: ContentID) throws -> [Int] {
    let rows = try rows(at: time)
    let identifiers = try identifiers(.contentID)
    guard rows.count > 16 else {
      return try rows.filter { try identifiers[$0] == content && auditID($0) == nil }
    }
    return (try rowsOfEqualTimes().nameless[content] ?? []).filter(rows.contains)
  }

  private func request(_ row: Int) throws -> RequestKey? {
    guard let auditID = try auditID(row) else { return nil }
    return RequestKey(
      time: try time(row), auditID: auditID, verb: try text(.verb)[row], requestURI: try text(.requestURI)[row],
      by: try text(.by)[row])
  }

  /// Clocks of whole seconds, flows of one interval, or a client that gives each request one audit ID: looked up
  /// instead of comparing each with each.
  private func rowsOfEqualTimes() throws -> RowsOfEqualTimes {
    if let known = equalTimes.withLock({ $0 }) { return known }
    var made = RowsOfEqualTimes()
    let contents = try identifiers(.contentID)
    for row in 0..<rowCount {
      if let request = try request(row) {
        made.requests[request, default: []].append(row)
      } else {
        made.nameless[contents[row], default: []].append(row)
      }
    }
    equalTimes.withLock { $0 = made }
    return made
  }

  // MARK: Records

  /// All records of the row within this segment, the head first.
  func records(of row: Int) throws -> [StoredRecord] {
    var found = [
      StoredRecord(
        stage: try headStage(row), flags: try flags(row),
        offset: try numbers(.offset).integer(row), length: Int(try numbers(.length).integer(row)),
        line: Int(try numbers(.line).integer(row)), contentID: try identifiers(.contentID)[row])
    ]
    let rows = try numbers(.recordRow)
    guard rows.count > 0 else { return found }
    // Written in order of rows.
    var place = firstIndex(in: 0..<rows.count) { rows.integer($0) >= Int64(row) }
    while place < rows.count, rows.integer(place) == Int64(row) {
      found.append(
        StoredRecord(
          stage: Stage(rawValue: try numbers(.recordStage).byte(place)) ?? .responseComplete,
          flags: RowFlags(rawValue: try numbers(.recordFlags).byte(place)),
          offset: try numbers(.recordOffset).integer(place), length: Int(try numbers(.recordLength).integer(place)),
          line: Int(try numbers(.recordLine).integer(place)), contentID: try identifiers(.recordContentID)[place]))
      place += 1
    }
    return found
  }

  /// The stage whose record the row's values are from: the latest.
  func headStage(_ row: Int) throws -> Stage {
    StageSet(rawValue: try numbers(.stages).byte(row)).stages.last ?? .responseComplete
  }

  func rank(_ row: Int) throws -> RecordRank {
    RecordRank(
      stage: try headStage(row), level: try numbers(.level).byte(row), contentID: try identifiers(.contentID)[row])
  }

  func flags(_ row: Int) throws -> RowFlags { RowFlags(rawValue: try numbers(.flags).byte(row)) }

  func summary(_ row: Int) throws -> ActSummary {
    ActSummary(
      stages: StageSet(rawValue: try numbers(.stages).byte(row)), code: try numbers(.code)[row],
      outcome: Outcome(rawValue: try numbers(.outcome).byte(row)) ?? .unknown,
      isWrite: try flags(row).contains(.isWrite))
  }

  func object(_ row: Int) throws -> ObjectReference? {
    guard let resource = try text(.resource)[row] else { return nil }
    return ObjectReference(
      group: try text(.apiGroup)[row] ?? "", version: try text(.apiVersion)[row] ?? "", resource: resource,
      namespace: try text(.namespace)[row], name: try text(.name)[row], subresource: try text(.subresource)[row],
      uid: try text(.referenceUID)[row], resourceVersion: try text(.referenceVersion)[row])
  }

  /// The object as far as it decides what came of an act: its resource and subresource.
  func kindOfObject(_ row: Int) throws -> ObjectReference? {
    try text(.resource)[row].map {
      ObjectReference(
        group: "", version: "", resource: $0, namespace: nil, name: nil, subresource: try text(.subresource)[row],
        uid: nil, resourceVersion: nil)
    }
  }

  // MARK: Objects

  /// How many objects the segment's acts are about, those without a name among them.
  func objectCount() throws -> Int { max(0, try numbers(.objectStarts).count - 1) }

  func object(at place: Int) throws -> StoredObject {
    let codes = try numbers(.objectCodes)
    func text(_ column: StoredColumn, _ index: Int) throws -> String? {
      let code = codes.integer(place * 4 + index)
      let dictionary = try self.text(column).dictionary
      guard code >= 0, code <= dictionary.count else { throw StoreError.corrupt(reason: "an object without a name") }
      return code == 0 ? nil : dictionary[Int(code) - 1]
    }
    return StoredObject(
      group: try text(.apiGroup, 0) ?? "", resource: try text(.resource, 1) ?? "",
      namespace: try text(.namespace, 2), name: try text(.name, 3))
  }

  func rows(ofObjectAt place: Int) throws -> [Int] {
    let starts = try numbers(.objectStarts)
    let rows = try numbers(.objectRows)
    let from = Int(starts.integer(place))
    let to = Int(starts.integer(place + 1))
    guard from >= 0, from <= to, to <= rows.count else { throw StoreError.corrupt(reason: "the list of objects") }
    return try (from..<to).map {
      let row = Int(rows.integer($0))
      guard row >= 0, row < rowCount else { throw StoreError.corrupt(reason: "the list of objects") }
      return row
    }
  }

  /// Rows about the object; about the collection it is in where `name` is nil, and there only where a history reads
  /// one of them. Ascending.
  func rows(about object: StoredObject) throws -> [Int] { try rows(about: object, ObjectHash(object)) }

  /// The same, with the object's hash, for who asks many segments.
  func rows(about object: StoredObject, _ hash: ObjectHash) throws -> [Int] {
    var listed = object
    listed.cluster = nil
    let found = try places(of: hash).filter { try self.object(at: $0) == listed }.flatMap(rows(ofObjectAt:))
    return try byCluster(found)[object.cluster]?.sorted() ?? []
  }

  /// The places of objects that may be the one.
  func places(of hash: ObjectHash) throws -> [Int] {
    let found = try objectNames().places(of: hash).map(\.place)
    guard try found.isEmpty || found.allSatisfy((0..<objectCount()).contains) else {
      throw StoreError.corrupt(reason: "the list of objects")
    }
    return found
  }

  func madeNames(_ make: () throws -> ObjectNames) rethrows -> ObjectNames {
    if let known = names.withLock({ $0 }) { return known }
    let made = try make()
    names.withLock { $0 = made }
    return made
  }

  /// The clusters that the rows are from, nil among them where some name none.
  func clusters() throws -> Set<String?> {
    let column = try text(.cluster)
    guard rowCount > 0, !column.dictionary.isEmpty else { return rowCount > 0 ? [nil] : [] }
    let namesAll = !(0..<rowCount).contains { column.code($0) == 0 }
    return Set(column.dictionary.map { $0 } + (namesAll ? [] : [nil]))
  }

  /// The rows by the clusters that they are from.
  func byCluster(_ rows: [Int]) throws -> [String?: [Int]] {
    guard !rows.isEmpty else { return [:] }
    let clusters = try text(.cluster)
    // As in most logs, which name none.
    guard !clusters.dictionary.isEmpty else { return [nil: rows] }
    return Dictionary(grouping: rows) { clusters[$0] }
  }
}

/// One record of an act, as the columns know it.
struct StoredRecord: Sendable {
  var stage: Stage
  var flags: RowFlags
  var offset: Int64
  var length: Int
  /// Counted from the segment's first line.
  var line: Int
  var contentID: ContentID
}

/// An `ObjectKey` whose name may be absent. The lists of segments are of names alone: there, no object has a cluster.
struct StoredObject: Hashable, Comparable, Sendable {
  var group: String
  var resource: String
  var namespace: String?
  var name: String?
  var cluster: String?

  var key: ObjectKey? {
    name.map { ObjectKey(group: group, resource: resource, namespace: namespace, name: $0, cluster: cluster) }
  }
  static func < (left: StoredObject, right: StoredObject) -> Bool {
    if left.group != right.group { return left.group < right.group }
    if left.resource != right.resource { return left.resource < right.resource }
    if left.namespace ?? "" != right.namespace ?? "" { return left.namespace ?? "" < right.namespace ?? "" }
    return left.name ?? "" < right.name ?? ""
  }
}

/// The first index that holds, where all before it do not and all after it do; the end of the range when none does.
func firstIndex<Failure: Error>(in range: Range<Int>, where holds: (Int) throws(Failure) -> Bool) throws(Failure) -> Int
{
  var low = range.lowerBound
  var high = range.upperBound
  while low < high {
    let middle = low + (high - low) / 2
    if try holds(middle) { high = middle } else { low = middle + 1 }
  }
  return low
}

/// What tells one request from another, byte for byte.
struct RequestKey: Hashable {
  private var time: Int64
  private var auditID: AuditIDValue
  private var verb: ExactText?
  private var requestURI: ExactText?
  private var by: ExactText?

  init(time: Int64, auditID: AuditIDValue, verb: String?, requestURI: String?, by: String?) {
    self.time = time
    self.auditID = auditID
    self.verb = verb.map(ExactText.init)
    self.requestURI = requestURI.map(ExactText.init)
    self.by = by.map(ExactText.init)
  }
}

/// Rows of a segment by what tells them apart, whatever their times.
private struct RowsOfEqualTimes {
  var requests: [RequestKey: [Int]] = [:]
  /// Of acts without an audit ID.
  var nameless: [ContentID: [Int]] = [:]
}
