import AuditModel
import TerminalScreen

struct EventPane: Pane {
  static let title = "Event"
  static let commands: [Command<Self>] = []
  init(_ id: ActID) {}
  func render(into screen: inout Screen, area: Rect, session: Session) {}
}
