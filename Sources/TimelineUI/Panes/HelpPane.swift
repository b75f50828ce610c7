import TerminalScreen

/// The keys that are valid on the screen below, then those of all screens.
struct HelpPane: Pane {
  static let title = "Help"
  static let commands: [Command<Self>] = []
  init(about pane: any Pane) {}
  func render(into screen: inout Screen, area: Rect, session: Session) {}
}
