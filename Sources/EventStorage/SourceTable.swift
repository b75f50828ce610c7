/// The sources of a store, ascending by id. Copies share what did not change, so the table of each state costs next to
/// nothing however many sources there are.
struct SourceTable: Sendable {
  /// So many stand together; a change copies one such group.
  private static let groupSize = 64
  private var groups: [[StoredSource]] = []
  private var archives: [String: Int64] = [:]

  /// - Parameter sources: in any order.
  init(_ sources: some Sequence<StoredSource> = []) {
    for source in sources.sorted(by: { $0.id < $1.id }) { append(source) }
  }

  var all: some Sequence<StoredSource> { groups.lazy.joined() }

  subscript(id: Int64) -> StoredSource? {
    guard let (group, index) = place(of: id), groups[group][index].id == id else { return nil }
    return groups[group][index]
  }

  /// The row of an archive whose logs were all read.
  func archive(at path: String) -> StoredSource? { archives[path].flatMap { self[$0] } }

  /// Those with a larger id.
  func after(_ id: Int64) -> [StoredSource] {
    let first = firstIndex(in: 0..<groups.count) { groups[$0].last.map { $0.id > id } ?? false }
    return groups[first...].joined().filter { $0.id > id }
  }

  /// Takes the source in, in the place of what is known of it.
  mutating func set(_ source: StoredSource) {
    guard let (group, index) = place(of: source.id) else { return append(source) }
    note(source)
    if groups[group][index].id == source.id {
      groups[group][index] = source
    } else {
      groups[group].insert(source, at: index)
    }
  }

  func filter(_ isKept: (StoredSource) -> Bool) -> SourceTable { SourceTable(all.filter(isKept)) }

  private mutating func note(_ source: StoredSource) {
    if source.isArchive { archives[source.path] = source.id }
  }

  /// Where the source stands, or the first with a larger id; nil after the last one.
  private func place(of id: Int64) -> (group: Int, index: Int)? {
    let group = firstIndex(in: 0..<groups.count) { groups[$0].last.map { $0.id >= id } ?? false }
    guard group < groups.count else { return nil }
    return (group, firstIndex(in: 0..<groups[group].count) { groups[group][$0].id >= id })
  }

  private mutating func append(_ source: StoredSource) {
    if let last = groups.last, last.count < Self.groupSize {
      groups[groups.count - 1].append(source)
    } else {
      groups.append([source])
    }
    note(source)
  }
}
