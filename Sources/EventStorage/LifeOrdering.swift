import AuditModel

extension StoreState {
  /// Rows of acts on one object, given in the order of time, in the order in which they happened: as its history has
  /// them, as far as columns tell. Clocks that are stepped, or that two servers have, put them into another one.
  func inLifeOrder(_ rows: [UInt32], of key: ObjectKey) throws -> [UInt32] {
    guard try !isLifeOrder(rows, of: key) else { return rows }
    let places = try rows.map { row in
      let (place, own) = local(row)
      let segment = segments[place]
      let time = try segment.time(own)
      return LifePlace(
        end: Timestamp(microseconds: time &+ (try segment.numbers(.took)[own] ?? 0)),
        time: Timestamp(microseconds: time), id: id(place, own), uid: try uid(place, own, of: key),
        version: try version(place, own, of: key), isEffective: try outcome(place, own) == .changed,
        isEnd: try isEnd(place, own))
    }
    return lifeOrder(places).map { rows[$0] }
  }

  /// Whether versions only grow, and nothing follows an end: so it is with nearly all objects.
  private func isLifeOrder(_ rows: [UInt32], of key: ObjectKey) throws -> Bool {
    var last: UInt64 = 0
    var ended: Set<String> = []
    for row in rows {
      let (place, own) = local(row)
      if let version = try version(place, own, of: key) {
        guard version >= last else { return false }
        last = version
        guard try ended.isEmpty || uid(place, own, of: key).map({ !ended.contains($0) }) ?? true else { return false }
      } else if try isEnd(place, own), let uid = try uid(place, own, of: key) {
        ended.insert(uid)
      }
    }
    return true
  }

  private func local(_ row: UInt32) -> (place: Int, row: Int) {
    let place = place(ofGlobal: Int(row))
    return (place, Int(row) - bases[place])
  }

  /// Nil where it is that of the object in Calico's storage, which has another one.
  private func uid(_ place: Int, _ row: Int, of key: ObjectKey) throws -> String? {
    let segment = segments[place]
    return try segment.text(.apiGroup)[row] == key.group ? segment.text(.uid)[row] : nil
  }

  private func version(_ place: Int, _ row: Int, of key: ObjectKey) throws -> UInt64? {
    let segment = segments[place]
    guard try segment.text(.subresource)[row] != "eviction" else { return nil }
    return try segment.text(.resourceVersion)[row].flatMap { UInt64($0) }
  }

  /// A deletion that was answered with a `Status`: the object is gone.
  private func isEnd(_ place: Int, _ row: Int) throws -> Bool {
    let segment = segments[place]
    return try segment.text(.verb)[row] == "delete" && segment.text(.resourceVersion)[row] == nil
      && segment.numbers(.code)[row] == 200 && outcome(place, row) == .changed
  }
}
