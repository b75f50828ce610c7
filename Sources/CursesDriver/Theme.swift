import TerminalScreen

/// What roles look like: one of the eight named colours on the terminal's own background, and attributes. No theme
/// tells anything by colour alone; that is the screens' business, so `mono` loses nothing.
public struct Theme: Sendable {
  /// As `--theme` takes it.
  public var name: String
  public var summary: String
  /// Roles that are not named are drawn plain.
  var looks: [Style.Role: Look]

  /// The named colours, by their number in ANSI terminals.
  enum Color: Int16, Sendable {
    case own = -1
    case black, red, green, yellow, blue, magenta, cyan, white
  }

  struct Look: Sendable {
    var ink: Color = .own
    var paper: Color = .own
    var isBold = false
    var isUnderlined = false
    var isReverse = false
  }

  /// In the order of help.
  public static let all = [standard, mono, blueOrange]

  public static func named(_ name: String) -> Theme? { all.first { $0.name == name } }

  public static let standard = Theme(
    name: "default", summary: "green, red and six other named colours",
    looks: [
      .heading: Look(ink: .cyan), .added: Look(ink: .green), .removed: Look(ink: .red), .moved: Look(ink: .magenta),
      .edited: Look(ink: .yellow), .failed: Look(ink: .red), .human: Look(isBold: true), .hole: Look(ink: .yellow),
      .secret: Look(ink: .magenta), .match: Look(ink: .black, paper: .yellow), .hint: Look(ink: .cyan),
    ])

  /// Attributes only.
  public static let mono = Theme(
    name: "mono", summary: "no colours: bold, underline and reverse only",
    looks: [
      .removed: Look(isBold: true), .failed: Look(isBold: true), .human: Look(isBold: true),
      .match: Look(isUnderlined: true), .added: Look(isUnderlined: true),
    ])

  /// For eyes that do not tell red from green.
  public static let blueOrange = Theme(
    name: "blue-orange", summary: "blue for added, yellow for removed: safe for red-green blindness",
    looks: [
      .heading: Look(ink: .cyan), .added: Look(ink: .blue, isBold: true), .removed: Look(ink: .yellow),
      .moved: Look(ink: .magenta), .edited: Look(ink: .cyan), .failed: Look(ink: .yellow, isBold: true),
      .human: Look(isBold: true), .hole: Look(ink: .magenta), .secret: Look(ink: .magenta),
      .match: Look(ink: .black, paper: .yellow), .hint: Look(ink: .cyan),
    ])

  /// The look of a style. Selected cells take no colour, so that a selected row is one even bar.
  func look(of style: Style) -> Look {
    var look = style.isReverse ? Look(isReverse: true) : looks[style.role] ?? Look()
    look.isBold = look.isBold || style.isBold
    look.isUnderlined = look.isUnderlined || style.isUnderlined || (style.isReverse && style.role == .match)
    return look
  }
}
