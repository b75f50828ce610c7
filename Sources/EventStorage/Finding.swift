public import AuditModel
public import EventQueries

extension StoreSnapshot {
  /// The next act of some sort after the one the request starts from, round the ends of the list. An act that is not
  /// listed itself starts at its time.
  public func find(_ request: FindRequest, isCancelled: () -> Bool = { false }) throws -> FindAnswer {
    let selection = try selection(request.query, isCancelled: isCancelled)
    let rows = selection.rows
    let hits = try hits(request.target, isCancelled: isCancelled)
    // Places in list order.
    var places: [Int] = []
    var segment = 0..<0
    var at = 0
    for (index, row) in rows.enumerated() {
      let global = Int(row)
      if !segment.contains(global) {
        at = state.place(ofGlobal: global)
        segment = state.bases[at]..<state.bases[at + 1]
      }
      if hits[at][global - segment.lowerBound] { places.append(index) }
    }
    guard !places.isEmpty else { return FindAnswer(request: request, found: nil) }
    let newestFirst = request.order == .newestFirst
    if newestFirst { places = places.reversed().map { rows.count - 1 - $0 } }
    func position(_ place: Int) -> Int { newestFirst ? rows.count - 1 - place : place }

    var here: (position: Int, isListed: Bool) = (0, false)
    if let place = try place(of: request.from, in: selection) {
      here = (position(place), true)
    } else if let (place, row) = state.locate(state.head(of: request.from)) {
      let after = try state.firstPlace(in: rows, from: state.segments[place].time(row))
      here = (newestFirst ? rows.count - after : after, false)
    }
    let rank: Int
    var wrapped = false
    if request.forward {
      let next = firstIndex(in: 0..<places.count) {
        here.isListed ? places[$0] > here.position : places[$0] >= here.position
      }
      wrapped = next == places.count
      rank = wrapped ? 0 : next
    } else {
      let next = firstIndex(in: 0..<places.count) { places[$0] >= here.position }
      wrapped = next == 0
      rank = wrapped ? places.count - 1 : next - 1
    }
    let place = places[rank]
    return FindAnswer(
      request: request, found: try state.act(ofGlobal: rows[newestFirst ? rows.count - 1 - place : place]),
      rank: rank + 1, count: places.count, wrapped: wrapped)
  }

  private func hits(_ target: FindRequest.Target, isCancelled: () -> Bool) throws -> [Bitset] {
    try state.segments.indices.map { place in
      if isCancelled() { throw CancellationError() }
      switch target {
      case .failed:
        var bits = try state.rows(of: place, with: [.denied, .failed, .conflict])
        bits |= try state.failedTraffic(of: place)
        return bits
      case .values(let wanted):
        return try wanted.reduce(into: Bitset(repeating: true, count: state.segments[place].rowCount)) { bits, one in
          bits &= try state.rows(of: place, where: one.key, passes: ColumnTest { $0 == one.value })
        }
      case .value(let column, let value):
        return try state.rows(of: place, where: column, passes: ColumnTest { $0 == value })
      case .sameObject(let key):
        var bits = Bitset(repeating: false, count: state.segments[place].rowCount)
        for row in try state.segments[place].rows(about: StoredObject(key)) { bits[row] = true }
        return bits
      case .text(let text):
        let wanted = text.lowercased()
        var bits = Bitset(repeating: false, count: state.segments[place].rowCount)
        guard !wanted.isEmpty else { return bits }
        let test = ColumnTest {
          if case .text(.some(let value)) = $0 { value.lowercased().contains(wanted) } else { false }
        }
        for column in Self.shownTexts {
          bits |= try state.rows(of: place, where: column, passes: test)
        }
        bits |= try state.rows(
          of: place, where: .code, passes: ColumnTest { $0 == .number(Int64(wanted)) && Int64(wanted) != nil })
        return bits
      }
    }
  }

  /// What rows show.
  private static let shownTexts: [EventColumn] = [
    .verb, .outcome, .by, .asUser, .kind, .resource, .namespace, .name, .subresource, .action, .proto, .srcNamespace,
    .srcName, .srcIP, .dstNamespace, .dstName, .dstIP, .clientNamespace, .clientName, .clientIP, .qname, .qtype, .rcode,
    .message,
  ]

  /// Acts whose content key, or that of one of their records, or whose audit ID begins with the text; oldest first.
  /// Case and hyphens count as little as they do in these.
  public func find(eventID text: String) -> [ActID] { store.noting([]) { try ids(beginning: text) } }

  private func ids(beginning text: String) throws -> [ActID] {
    let wanted = text.lowercased()
    guard !wanted.isEmpty else { return [] }
    let digits = wanted.filter { $0 != "-" }
    let mask = digits.count <= 32 ? prefixMask(digits) : nil
    var found: Set<ActID> = []
    for (place, segment) in state.segments.enumerated() where segment.rowCount > 0 {
      let contents = try segment.identifiers(.contentID)
      let audits = try segment.identifiers(.auditID)
      let texts = try segment.text(.auditText)
      let further = try segment.identifiers(.recordContentID)
      if let mask {
        for row in 0..<segment.rowCount {
          let audit = audits[row]
          if mask.matches(contents[row]) || audit != .zero && mask.matches(audit) { found.insert(state.id(place, row)) }
        }
        for index in 0..<further.count where mask.matches(further[index]) {
          found.insert(state.id(place, Int(try segment.numbers(.recordRow).integer(index))))
        }
      }
      if !texts.dictionary.isEmpty {
        for row in 0..<segment.rowCount where texts[row]?.lowercased().hasPrefix(wanted) == true {
          found.insert(state.id(place, row))
        }
      }
    }
    let heads = Set(found.map { state.links.head(of: $0) })
    return heads.map { (act($0).time, $0) }.sorted { $0 < $1 }.map(\.1)
  }

  private struct PrefixMask {
    var value: ContentID
    var mask: ContentID
    func matches(_ id: ContentID) -> Bool { id.high & mask.high == value.high && id.low & mask.low == value.low }
  }

  private func prefixMask(_ digits: String) -> PrefixMask? {
    let padding = String(repeating: "0", count: 32 - digits.count)
    let ones = String(repeating: "f", count: digits.count)
    guard digits.allSatisfy(\.isHexDigit), let value = ContentID(digits + padding), let mask = ContentID(ones + padding)
    else { return nil }
    return PrefixMask(value: value, mask: mask)
  }
}

extension StoredObject {
  init(_ key: ObjectKey) {
    self.init(
      group: key.group, resource: key.resource, namespace: key.namespace, name: key.name,
      cluster: key.cluster)
  }
}
