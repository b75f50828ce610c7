/// The one function below every output to a terminal: what it returns holds nothing that a terminal acts on.
///
/// Control characters (C0, C1, DEL), bidirectional controls, zero-width and other format characters, private-use and
/// unassigned ones become visible escapes such as `\u{1b}`. So does every combining mark after the third on one base,
/// and with `asciiOnly` everything outside ASCII.
public enum VisibleText {
  /// A base character with its marks, or one character of an escape, and its width in columns.
  public struct Glyph: Hashable, Sendable {
    public var text: String
    public var width: Int
    /// Part of an escape, not of the text itself.
    public var isEscape: Bool

    /// A character of an escape behind its first: every escape begins with the only backslash in it.
    var continuesEscape: Bool { isEscape && text != "\\" }
  }

  /// The text as it may be sent to a terminal; line breaks and tabs are escaped like all controls.
  public static func escaped(_ text: String, asciiOnly: Bool = false) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return text }
    return glyphs(of: text, asciiOnly: asciiOnly).map(\.text).joined()
  }

  /// Text of several lines: `\n` stays, all else is escaped.
  public static func escapedLines(_ text: String, asciiOnly: Bool = false) -> String {
    if text.utf8.allSatisfy({ (0x20..<0x7F).contains($0) || $0 == 0x0A }) { return text }
    return text.split(separator: "\n", omittingEmptySubsequences: false)
      .map { escaped(String($0), asciiOnly: asciiOnly) }.joined(separator: "\n")
  }

  public static func glyphs(of text: String, asciiOnly: Bool = false) -> [Glyph] {
    var glyphs: [Glyph] = []
    glyphs.reserveCapacity(text.utf8.count)
    var marks = 0
    for scalar in text.unicodeScalars {
      if scalar.value >= 0x20, scalar.value < 0x7F {
        glyphs.append(Glyph(text: String(scalar), width: 1, isEscape: false))
        marks = 0
      } else if !asciiOnly, TextWidth.isCombining(scalar), isPrintable(scalar), let base = glyphs.last, !base.isEscape,
        marks < 3
      {
        glyphs[glyphs.count - 1].text.unicodeScalars.append(scalar)
        marks += 1
      } else if !asciiOnly, isPrintable(scalar), !TextWidth.isCombining(scalar) {
        glyphs.append(Glyph(text: String(scalar), width: TextWidth.of(scalar), isEscape: false))
        marks = 0
      } else {
        for character in escape(of: scalar) {
          glyphs.append(Glyph(text: String(character), width: 1, isEscape: true))
        }
        marks = 0
      }
    }
    return glyphs
  }

  private static func escape(of scalar: Unicode.Scalar) -> String {
    switch scalar {
    case "\n": "\\n"
    case "\r": "\\r"
    case "\t": "\\t"
    default: "\\u{" + String(scalar.value, radix: 16) + "}"
    }
  }

  /// Whether a terminal draws the scalar and does nothing else with it.
  private static func isPrintable(_ scalar: Unicode.Scalar) -> Bool {
    // Variation selectors change the width of what is before them, differently on each terminal.
    if (0xFE00...0xFE0F).contains(scalar.value) || (0xE0100...0xE01EF).contains(scalar.value) { return false }
    // Conjoining jamo and the Hangul fillers join or vanish.
    if (0x1160...0x11FF).contains(scalar.value) || scalar.value == 0x115F || scalar.value == 0x3164
      || scalar.value == 0xFFA0
    {
      return false
    }
    switch scalar.properties.generalCategory {
    case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator, .spacingMark:
      return scalar.properties.generalCategory == .spacingMark
    case .spaceSeparator:
      // Spaces of other widths, the no-break space among them, look like plain ones and are not.
      return scalar == " "
    default:
      return !scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
