import AuditModel
import ObjectHistory

/// What screens look up among all revisions of an object whenever they are painted: gone through once, for there may be
/// tens of thousands.
struct RevisionIndex: Sendable {
  let lifetimeCount: Int
  /// Acts that have a row, and those of them that changed the object.
  private(set) var actCount = 0
  private(set) var effectiveCount = 0
  /// The tier that was told last.
  private(set) var tier: String?
  /// Indices of the rows that have a number, ascending.
  private var versions: [Int] = []
  private var ofVersion: [Int: Int] = [:]
  private var ofAct: [ActID: Int] = [:]

  init(_ history: History) {
    lifetimeCount = history.lifetimeCount
    ofAct.reserveCapacity(history.revisions.count)
    // In place: to copy a revision out costs more than to look at it.
    for index in history.revisions.indices {
      if let number = history.revisions[index].number {
        versions.append(index)
        if ofVersion[number] == nil { ofVersion[number] = index }
      }
      if let tier = history.revisions[index].act?.tier { self.tier = tier }
      guard history.revisions[index].operation != .initial, let id = history.revisions[index].act?.id else { continue }
      if ofAct[id] == nil { ofAct[id] = index }
      actCount += 1
      if history.revisions[index].act?.outcome == .changed { effectiveCount += 1 }
    }
  }

  var versionCount: Int { versions.count }

  func index(ofVersion number: Int) -> Int? { ofVersion[number] }
  func index(of act: ActID) -> Int? { ofAct[act] }

  /// How many versions stand at a row or are newer: 1 at the newest.
  /// - Parameter index: in the history's revisions.
  func rank(of index: Int) -> Int {
    var low = 0
    var high = versions.count
    while low < high {
      let middle = (low + high) / 2
      if versions[middle] >= index { high = middle } else { low = middle + 1 }
    }
    return versions.count - low
  }
}
