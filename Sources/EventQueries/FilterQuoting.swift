/// Writes texts so that they parse back to what they were, with nothing in them that a terminal would obey.
enum FilterQuoting {
  /// Bare where that is safe for the value of a field, else quoted.
  static func value(_ text: String) -> String { isBareValue(text) ? text : alwaysQuoted(text) }

  /// Bare where that is safe for a text that is searched for, else quoted.
  static func term(_ text: String) -> String { isBareTerm(text) ? text : alwaysQuoted(text) }

  static func alwaysQuoted(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      switch scalar {
      case "\"": out += "\\\""
      case "\\": out += "\\\\"
      case "\n": out += "\\n"
      case "\r": out += "\\r"
      case "\t": out += "\\t"
      case _ where needsEscape(scalar): out += "\\u{" + String(scalar.value, radix: 16) + "}"
      default: out.unicodeScalars.append(scalar)
      }
    }
    return out + "\""
  }

  /// Words of the language, which have to be quoted where they are meant as text.
  static let keywords: Set<String> = ["and", "or", "not", "in", "notin", "to"]

  private static func isBareValue(_ text: String) -> Bool {
    guard let first = text.unicodeScalars.first, !"/.=".unicodeScalars.contains(first), !text.contains(".."),
      text.last != "."
    else { return false }
    return text.unicodeScalars.allSatisfy { isPlain($0) || $0 == ":" || $0 == "@" || $0 == "=" }
  }

  /// Whether a text with wild characters may stand without quotes as the value of a field.
  static func isBarePattern(_ text: String) -> Bool {
    isBareValue(String(text.map { $0 == "*" || $0 == "?" ? "a" : $0 }))
  }

  private static func isBareTerm(_ text: String) -> Bool {
    guard !text.isEmpty, !needsLead(text), !keywords.contains(text.lowercased()) else { return false }
    return text.unicodeScalars.allSatisfy { isPlain($0) || $0 == "@" }
  }

  /// Whether the first character would make a term something else than a text to search for.
  static func needsLead(_ text: String) -> Bool {
    text.unicodeScalars.first.map { "/-.@|#".unicodeScalars.contains($0) } ?? false
  }

  private static func isPlain(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar {
    case "a"..."z", "A"..."Z", "0"..."9", "-", "_", ".", "/", "+", "%": return true
    default: return scalar.value > 0x7F && scalar.properties.isAlphabetic && !needsEscape(scalar)
    }
  }

  /// Control, format, private and unassigned characters, separators of lines, and spaces that are not U+0020.
  private static func needsEscape(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .unassigned, .surrogate: true
    case .spaceSeparator: scalar != " "
    default: scalar.properties.isDefaultIgnorableCodePoint
    }
  }
}
