import AuditModel
import TerminalScreen

struct PoliciesPane: Pane {
  static let title = "Changes"
  static let commands: [Command<Self>] = []
  init() {}
  func render(into screen: inout Screen, area: Rect, session: Session) {}
}
