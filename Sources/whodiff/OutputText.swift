import AuditModel
import TerminalScreen

/// Text from logs as it may stand in lines for people, on a terminal or in a pipe that may end on one.
enum SafeText {
  static func line(_ text: String, asciiOnly: Bool = false) -> String {
    VisibleText.escaped(text, asciiOnly: asciiOnly)
  }

  static func lines(_ text: String, asciiOnly: Bool = false) -> String {
    VisibleText.escapedLines(text, asciiOnly: asciiOnly)
  }

  /// Machine-readable text for a terminal: in JSON and in double-quoted YAML, `\uXXXX` for every character that a
  /// terminal would act on means the character itself, so the document keeps its meaning.
  static func jsonForTerminal(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.contains(where: { $0 >= 0x7F }) else { return bytes }
    var out: [UInt8] = []
    out.reserveCapacity(bytes.count + 64)
    for scalar in String(decoding: bytes, as: UTF8.self).unicodeScalars {
      if scalar.value < 0x7F || isHarmless(scalar) {
        out.append(contentsOf: UTF8.encode(scalar) ?? UTF8.encodedReplacementCharacter)
      } else {
        for unit in UTF16.encode(scalar) ?? UTF16.encodedReplacementCharacter {
          let digits = String(unit, radix: 16)
          out.append(contentsOf: "\\u".utf8)
          out.append(contentsOf: repeatElement(UInt8(ascii: "0"), count: 4 - digits.utf8.count))
          out.append(contentsOf: digits.utf8)
        }
      }
    }
    return out
  }

  private static func isHarmless(_ scalar: Unicode.Scalar) -> Bool {
    let text = String(scalar)
    return VisibleText.escaped(text) == text
  }
}

/// What a piece of text means; colours stand only on terminals and are never the only sign.
enum Emphasis {
  case none, heading, added, removed, failed, faint

  fileprivate var code: String? {
    switch self {
    case .none: nil
    case .heading: "1"
    case .added: "32"
    case .removed, .failed: "31"
    case .faint: "36"
    }
  }
}

/// How text for people is written: colours or none, ASCII or Unicode.
struct TextStyle {
  var usesColor: Bool
  var asciiOnly: Bool

  /// One line's piece, escaped and then coloured.
  func text(_ text: String, _ emphasis: Emphasis = .none) -> String {
    paint(SafeText.line(text, asciiOnly: asciiOnly), emphasis)
  }

  /// Colours text that is safe already.
  func paint(_ safe: String, _ emphasis: Emphasis) -> String {
    guard usesColor, let code = emphasis.code, !safe.isEmpty else { return safe }
    return "\u{1b}[\(code)m\(safe)\u{1b}[0m"
  }

  /// A unified diff, line by line.
  func unifiedDiff(_ text: String, indentation: String = "") -> String {
    var out = ""
    for line in text.split(separator: "\n", omittingEmptySubsequences: false).dropLast(text.hasSuffix("\n") ? 1 : 0) {
      let emphasis: Emphasis =
        line.hasPrefix("+++") || line.hasPrefix("---")
        ? .heading
        : line.hasPrefix("@@") ? .faint : line.hasPrefix("+") ? .added : line.hasPrefix("-") ? .removed : .none
      out += indentation + self.text(String(line), emphasis) + "\n"
    }
    return out
  }
}
