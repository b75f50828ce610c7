public import AuditModel
import Synchronization

/// An act and its records as they were logged. They are not redacted: nothing of them leaves the store but by
/// `StoreSnapshot.evidence(in:keepsRecords:)`.
public struct ActText: Sendable {
  public let act: Act
  let logged: [RawRecord]
}

extension StoreSnapshot {
  /// Many acts with their bodies, in the order of the ids, read in the order of the text and on all cores: a block of
  /// text is unpacked once for all acts in it.
  /// - Parameter keepsRecords: whether the records' bytes are wanted beside what was read from them.
  /// - Throws: `CancellationError` once `isCancelled` says so; what cannot be read is in the results.
  public func details(
    of ids: [ActID], keepsRecords: Bool, isCancelled: () -> Bool = { false }
  ) throws -> [Result<ActDetail, any Error>] {
    try read(ids, outcome: nil, isCancelled: isCancelled) { detail($0, $1, keepsRecords: keepsRecords) }
  }

  /// The same as `evidence(_:)` tells them.
  public func evidence(
    of ids: [ActID], keepsRecords: Bool, isCancelled: () -> Bool = { false }
  ) throws -> [Result<ActDetail, any Error>] {
    try read(ids, outcome: state.unsettledOutcome, isCancelled: isCancelled) {
      detail($0, $1, keepsRecords: keepsRecords)
    }
  }

  /// The same before anything in their records is read: some times smaller in memory than what they say. For
  /// `evidence(in:keepsRecords:)`.
  /// - Parameter keepsColumns: false for who asks about one object and no other: where a segment has few of the acts,
  ///   their values alone are read, and nothing is kept for who asks next.
  public func texts(
    of ids: [ActID], keepsColumns: Bool = true, isCancelled: () -> Bool = { false }
  ) throws -> [Result<ActText, any Error>] {
    try read(ids, keepsColumns: keepsColumns, outcome: state.unsettledOutcome, isCancelled: isCancelled) { text, _ in
      text
    }
  }

  /// What the texts say, on all cores.
  /// - Parameter texts: of one object, in the order of its versions: of each only what differs from the one before has
  ///   to be read.
  public func evidence(in texts: [ActText], keepsRecords: Bool) -> [ActDetail] {
    let found = Mutex<[Int: [ActDetail]]>([:])
    // The body throws nothing.
    try? inParallel(texts, few: 256) { texts in
      let memories = RecordMemories()
      let details = texts.map { detail($0, memories, keepsRecords: keepsRecords) }
      found.withLock { $0[texts.startIndex] = details }
    }
    let details = found.withLock { $0 }
    return details.keys.sorted().flatMap { details[$0] ?? [] }
  }

  private func detail(_ text: ActText, _ memories: RecordMemories, keepsRecords: Bool) -> ActDetail {
    let reader = DetailReader(state: state, store: store)
    let memory = memories.kind(of: text.act)
    var detail = reader.detail(of: text.act, raw: reader.redacted(text.logged, memory: memory), memory: memory)
    if !keepsRecords { detail.records = [] }
    return detail
  }

  /// - Parameters:
  ///   - outcome: of a row, where that is another one than the act's.
  ///   - make: what is wanted of each act; the memories are those of the thread.
  private func read<Made: Sendable>(
    _ ids: [ActID], keepsColumns: Bool = true, outcome: ((Int, Int) throws -> Outcome)?, isCancelled: () -> Bool,
    _ make: (ActText, RecordMemories) -> Made
  ) throws -> [Result<Made, any Error>] {
    var wanted: [Wanted] = []
    // Filled in place: details are large, and there may be thousands.
    let found = Mutex(Array(repeating: Result<Made, any Error>.failure(CancellationError()), count: ids.count))
    for (index, id) in ids.enumerated() {
      guard let (place, row) = state.locate(state.head(of: id)) else {
        let error = StoreError.corrupt(reason: "no act \(id.segment)/\(id.row)")
        found.withLock { $0[index] = .failure(error) }
        continue
      }
      wanted.append(Wanted(index: index, place: place, row: row))
    }
    // Rows stand in the order of time, text in nearly the same.
    wanted.sort { ($0.place, $0.row) < ($1.place, $1.row) }
    let reader = DetailReader(state: state, store: store)
    let memories = IdlePool { RecordMemories() }
    try inParallel(parts(of: wanted), few: 1) { parts in
      for part in parts {
        if isCancelled() { throw CancellationError() }
        let picked = try keepsColumns ? [:] : picked(part)
        let rest = part.filter { picked[$0.index] == nil }
        try store.prepare(StoredColumn.ofActs, of: rest.map { state.segments[$0.place] }.uniqued())
        memories.use { memories in
          for one in part {
            let result = Result { () throws -> Made in
              let picked = picked[one.index]
              var act = try state.act(one.place, one.row, picked: picked)
              if let outcome { act.outcome = try outcome(one.place, one.row) }
              return try make(ActText(act: act, logged: reader.logged(one.place, one.row, picked: picked)), memories)
            }
            found.withLock { $0[one.index] = result }
          }
        }
      }
    }
    return found.withLock { $0 }
  }

  /// Stretches for one thread, each of at least 16 but for the last one, cut between segments where that is near.
  private func parts(of wanted: [Wanted]) -> [ArraySlice<Wanted>] {
    var parts: [ArraySlice<Wanted>] = []
    var start = 0
    for end in wanted.indices.dropFirst() where end - start >= 16 {
      guard wanted[end].place != wanted[end - 1].place || end - start >= 48 else { continue }
      parts.append(wanted[start..<end])
      start = end
    }
    if start < wanted.count { parts.append(wanted[start...]) }
    return parts
  }

  /// The rows of segments that have few of them, by their indices among all that are wanted.
  private func picked(_ part: ArraySlice<Wanted>) throws -> [Int: PickedRow] {
    let groups = Dictionary(grouping: part, by: \.place).filter { place, group in
      let segment = state.segments[place]
      return group.count <= segment.rowCount / 64 && !segment.missing(StoredColumn.ofActs).isEmpty
    }
    try store.prepare([.recordRow], of: groups.keys.sorted().map { state.segments[$0] })
    var rows: [Int: PickedRow] = [:]
    var segments: [Segment] = []
    for (place, group) in groups.sorted(by: { $0.key < $1.key }) {
      guard let segment = try state.segments[place].picking(group.map(\.row)) else { continue }
      segments.append(segment)
      for (row, one) in group.enumerated() { rows[one.index] = PickedRow(segment: segment, row: row) }
    }
    try store.prepare(StoredColumn.ofActs, of: segments)
    return rows
  }

  /// How many bytes of text the acts' last records have.
  public func textSize(of ids: [ActID]) -> Int {
    store.noting(0) {
      try ids.reduce(0) { size, id in
        guard let (place, row) = state.locate(state.head(of: id)) else { return size }
        return size + Int(try state.segments[place].numbers(.length).integer(row))
      }
    }
  }

  private struct Wanted: Sendable {
    var index: Int
    var place: Int
    var row: Int
  }
}

extension Array where Element == Segment {
  /// Neighbours that are the same, once.
  fileprivate func uniqued() -> [Segment] {
    reduce(into: []) { if $0.last !== $1 { $0.append($1) } }
  }
}
