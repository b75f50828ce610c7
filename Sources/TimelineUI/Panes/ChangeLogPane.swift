import AuditModel
import TerminalScreen

struct ChangeLogPane: Pane {
  static let title = "Changes"
  static let commands: [Command<Self>] = []
  init(_ object: ObjectKey) {}
  func render(into screen: inout Screen, area: Rect, session: Session) {}
}
