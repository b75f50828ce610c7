import AuditModel
import TerminalScreen

struct DiffPane: Pane {
  static let title = "Diff"
  static let commands: [Command<Self>] = []
  init(_ left: DiffSide, _ right: DiffSide) {}
  init(object: ObjectKey, act: ActID) {}
  func render(into screen: inout Screen, area: Rect, session: Session) {}
}
