public import AuditModel
public import EventQueries
import Synchronization

extension StoreSnapshot {
  /// The acts of some segments that a query lists, in the order in which they stand in their source.
  public func select(_ query: EventQuery, inSegments numbers: [UInt32]) throws -> [ActID] {
    let plan = query.filter.plan
    let places = numbers.compactMap(state.place(ofSegment:))
    var scan = FilterScan(state: state, store: store, isCancelled: { false })
    if !plan.changeTests.isEmpty {
      scan.changes = try changeRows(plan.changeTests, query, plan, scan, in: places)
    }
    return try places.flatMap { place in
      let bits = try scan.rows(of: place, matching: plan, within: state.rows(of: place, upTo: query.level))
      let offsets = try state.segments[place].numbers(.offset)
      let rows = (0..<state.segments[place].rowCount).filter { bits[$0] }
      return rows.sorted { (offsets.integer($0), $0) < (offsets.integer($1), $1) }.map { state.id(place, $0) }
    }
  }
}
