import AuditModel
import EventStorage
import ObjectHistory
import TimelineUI

/// Change logs of objects, one after the other. Acts about many objects, such as the deletion of a collection, are
/// read once.
final class ObjectLogs {
  private let snapshot: StoreSnapshot
  private var shared: [ActID: ActDetail] = [:]
  /// Why bodies could not be read, once for each reason.
  private(set) var problems: [String] = []
  private let sharedAtMost = 64

  init(_ snapshot: StoreSnapshot) { self.snapshot = snapshot }

  /// - Returns: the log, and the details of its acts by id, for filters that look into bodies.
  func changeLog(of object: ObjectKey) -> (log: ChangeLog, details: [ActID: ActDetail]) {
    let details = snapshot.acts(about: object).map(detail)
    let byID = Dictionary(details.map { ($0.act.id, $0) }, uniquingKeysWith: { first, _ in first })
    return (ChangeLog(History.of(object, acts: details)), byID)
  }

  func detail(_ id: ActID) -> ActDetail {
    if let known = shared[id] { return known }
    let act = snapshot.act(id)
    let detail: ActDetail
    do {
      detail = try snapshot.detail(id)
    } catch {
      // Who and when are in the columns; the bodies count as not logged.
      let problem = String(describing: error)
      if !problems.contains(problem), problems.count < 20 { problems.append(problem) }
      detail = ActDetail(act: act, requestURI: "", request: nil, response: nil)
    }
    if act.object?.name == nil {
      if shared.count >= sharedAtMost { shared.removeAll() }
      shared[id] = detail
    }
    return detail
  }

  /// Says what could not be read; whether there was anything.
  func sayProblems() -> Bool {
    for problem in problems { ErrorOutput.say(problem) }
    return !problems.isEmpty
  }
}
