public import AuditModel
public import TerminalScreen

/// One screen of the program. It keeps only what is its own (data of its subject, cursor, scroll); what all share is
/// the session.
public protocol Pane: Sendable {
  /// For the title row: `Timeline`, `Changes`.
  static var title: String { get }
  /// Keys in the order of help; keys common to all panes are in `Panes.common`.
  static var commands: [Command<Self>] { get }

  /// The pane has come to the front, or the session's size or store version has changed.
  mutating func appear(_ session: inout Session) -> [Effect]
  /// Another pane comes to the front: its requests may cancel this one's unseen.
  mutating func disappear()
  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect]
  /// A key for a prompt or bar that the pane has open; nil when it has none and the key is looked up in `commands`.
  mutating func type(_ key: Key, _ session: inout Session) -> [Effect]?
  /// Paints the whole area: the screen's title row, the hint line and the notice are painted by the model.
  func render(into screen: inout Screen, area: Rect, session: Session)
  /// Right of the screen names in the title row: subject, position.
  func subject(_ session: Session) -> String
  /// Text of the search prompt (`/`), applied to what the pane shows; nil when the pane has no search.
  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect]
  /// What the pane in front is about: the subject of the screens that are opened from it.
  func focusedObject(_ session: Session) -> ObjectKey?
  func focusedAct(_ session: Session) -> Act?
  /// What the hint line picks from: the pane's table, or that of a bar that takes the keys.
  var hints: [CommandEntry] { get }
  /// Whether letters go into a text of the pane: then `:` is one of them, and no prompt.
  var takesText: Bool { get }
}

extension Pane {
  public mutating func appear(_ session: inout Session) -> [Effect] { [] }
  public mutating func disappear() {}
  public mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] { [] }
  public mutating func type(_ key: Key, _ session: inout Session) -> [Effect]? { nil }
  public func subject(_ session: Session) -> String { "" }
  public mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] { [] }
  public func focusedObject(_ session: Session) -> ObjectKey? { focusedAct(session)?.key }
  public func focusedAct(_ session: Session) -> Act? { nil }
  public var hints: [CommandEntry] { Self.entries }
  public var takesText: Bool { false }
  /// The pane's key table without what the keys do.
  public static var entries: [CommandEntry] { commands.map(\.entry) }

  /// Looks the key up in the pane's own table.
  public mutating func press(_ key: Key, _ session: inout Session) -> [Effect]? {
    if let effects = type(key, &session) { return effects }
    guard let command = Self.commands.first(where: { $0.keys.contains(key) }) else { return nil }
    return command.run(&self, &session)
  }
}
