/// How a cell looks, told by what it means: themes turn roles into colours, `mono` into nothing but attributes.
public struct Style: Hashable, Sendable {
  public enum Role: UInt8, CaseIterable, Hashable, Sendable {
    case plain
    /// Text that frames: borders, headings, rulers.
    case frame
    case title, heading, hint
    case added, removed, moved, edited
    case failed, human, machine, hole, secret, match, notice
  }
  public var role: Role
  public var isBold: Bool
  public var isReverse: Bool
  public var isUnderlined: Bool

  public init(_ role: Role = .plain, bold: Bool = false, reverse: Bool = false, underlined: Bool = false) {
    self.role = role
    isBold = bold
    isReverse = reverse
    isUnderlined = underlined
  }

  public static let plain = Style()
  public static let selected = Style(reverse: true)
  public static let frame = Style(.frame)
  public static let title = Style(.title, bold: true)
  public static let heading = Style(.heading, bold: true)
  public static let hint = Style(.hint)
  public static let failed = Style(.failed, bold: true)
  public static let notice = Style(.notice, bold: true)

  /// The same look on the selected row.
  public var reversed: Style { Style(role, bold: isBold, reverse: true, underlined: isUnderlined) }
  public var bold: Style { Style(role, bold: true, reverse: isReverse, underlined: isUnderlined) }
  public var underlined: Style { Style(role, bold: isBold, reverse: isReverse, underlined: true) }

  /// One letter for golden screens: `.` plain, `s` selected, else the role's first letter, upper case when bold.
  public var letter: Character {
    if isReverse { return "s" }
    let letters: [Role: Character] = [
      .plain: ".", .frame: "f", .title: "t", .heading: "h", .hint: "i", .added: "a", .removed: "r", .moved: "m",
      .edited: "e", .failed: "x", .human: "u", .machine: "c", .hole: "o", .secret: "z", .match: "y", .notice: "n",
    ]
    let letter = letters[role] ?? "?"
    return isBold ? Character(letter.uppercased()) : letter
  }
}
