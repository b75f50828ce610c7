public import AuditModel
import Synchronization

extension StoreSnapshot {
  /// Many acts with their bodies, in the order of the ids, read in the order of the text and on all cores: a block of
  /// text is unpacked once for all acts in it.
  /// - Parameter keepsRecords: whether the records' bytes are wanted beside what was read from them.
  /// - Throws: `CancellationError` once `isCancelled` says so; what cannot be read is in the results.
  public func details(
    of ids: [ActID], keepsRecords: Bool, isCancelled: () -> Bool = { false }
  ) throws -> [Result<ActDetail, any Error>] {
    var wanted: [Wanted] = []
    let found = Mutex<[Int: Result<ActDetail, any Error>]>([:])
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
    try inParallel(wanted, few: 16) { part in
      if isCancelled() { throw CancellationError() }
      try store.prepare(StoredColumn.ofActs, of: part.map { state.segments[$0.place] }.uniqued())
      for one in part {
        let result = Result { () throws -> ActDetail in
          let act = try state.act(one.place, one.row)
          var detail = try reader.detail(of: act, raw: reader.rawRecords(one.place, one.row))
          if !keepsRecords { detail.records = [] }
          return detail
        }
        found.withLock { $0[one.index] = result }
      }
    }
    let results = found.withLock { $0 }
    return try ids.indices.map { index in
      guard let result = results[index] else { throw CancellationError() }
      return result
    }
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
