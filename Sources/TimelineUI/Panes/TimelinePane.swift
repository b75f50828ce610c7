import AuditModel
import EventQueries
import TerminalScreen

/// The acts that the filter takes, newest first, by days.
struct TimelinePane: Pane {
  static let title = "Timeline"
  static let commands: [Command<Self>] = []
  var query: EventQuery

  init(query: EventQuery) { self.query = query }
  init(around act: Act, _ session: Session) { query = EventQuery(level: .everything) }

  mutating func appear(_ session: inout Session) -> [Effect] { [.ask(.page(PageRequest(query: query)))] }
  func render(into screen: inout Screen, area: Rect, session: Session) {}
}
