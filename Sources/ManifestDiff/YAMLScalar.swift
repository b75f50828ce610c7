import AuditModel

/// Scalars as YAML 1.1 and 1.2 readers take them back, each on one line.
enum YAMLScalar {
  /// Numbers keep their digits.
  static func text(_ value: JSONValue) -> String {
    switch value {
    case .null: "null"
    case .bool(let value): value ? "true" : "false"
    case .number(let digits): digits
    case .string(let text): string(text)
    case .array: "[]"
    case .object: "{}"
    }
  }

  /// Plain where that means the same string, else in quotes: single ones where nothing needs an escape.
  static func string(_ text: String) -> String {
    var text = text
    return text.withUTF8 { bytes in
      if bytes.isEmpty { return "\"\"" }
      if needsEscape(bytes) { return escaped(String(decoding: bytes, as: UTF8.self)) }
      if isOtherType(bytes) { return "\"" + String(decoding: bytes, as: UTF8.self) + "\"" }
      if isPlain(bytes) { return String(decoding: bytes, as: UTF8.self) }
      var out: [UInt8] = [UInt8(ascii: "'")]
      for byte in bytes {
        if byte == UInt8(ascii: "'") { out.append(byte) }
        out.append(byte)
      }
      out.append(UInt8(ascii: "'"))
      return String(decoding: out, as: UTF8.self)
    }
  }

  /// Whether a reader could be misled by the character: controls, line ends, marks without width, directions.
  static func isHidden(_ scalar: Unicode.Scalar) -> Bool {
    if scalar.value < 0x7F { return scalar.value < 0x20 }
    switch scalar.properties.generalCategory {
    case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .unassigned, .privateUse: return true
    default: return scalar.properties.isDefaultIgnorableCodePoint || scalar.properties.isNoncharacterCodePoint
    }
  }

  /// Hidden characters as escapes; for text that stands outside of quotes, such as a name.
  static func visible(_ text: String) -> String {
    guard text.unicodeScalars.contains(where: isHidden) else { return text }
    var out = ""
    for scalar in text.unicodeScalars { append(scalar, to: &out) }
    return out
  }

  private static func needsEscape(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var isASCII = true
    for byte in bytes {
      if byte < 0x20 || byte == 0x7F { return true }
      if byte >= 0x80 { isASCII = false }
    }
    return !isASCII && String(decoding: bytes, as: UTF8.self).unicodeScalars.contains(where: isHidden)
  }

  private static func escaped(_ text: String) -> String {
    var out = "\""
    for scalar in text.unicodeScalars {
      if scalar == "\"" || scalar == "\\" { out.unicodeScalars.append("\\") }
      append(scalar, to: &out)
    }
    return out + "\""
  }

  private static func append(_ scalar: Unicode.Scalar, to out: inout String) {
    switch scalar {
    case "\n": out += "\\n"
    case "\t": out += "\\t"
    case "\r": out += "\\r"
    case let scalar where isHidden(scalar):
      let digits = String(scalar.value, radix: 16, uppercase: true)
      let (letter, width) = scalar.value < 0x100 ? ("x", 2) : scalar.value < 0x10000 ? ("u", 4) : ("U", 8)
      out += "\\" + letter + String(repeating: "0", count: width - digits.count) + digits
    default: out.unicodeScalars.append(scalar)
    }
  }

  private static func isPlain(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    let first = bytes[0]
    let last = bytes[bytes.count - 1]
    if first == UInt8(ascii: " ") || last == UInt8(ascii: " ") || last == UInt8(ascii: ":") { return false }
    if indicators.contains(first) { return false }
    // A dash may begin a plain scalar when something follows at once, but not the marks between documents.
    if first == UInt8(ascii: "-"), bytes.count == 1 || bytes[1] == UInt8(ascii: " ") || bytes[1] == first {
      return false
    }
    if first == UInt8(ascii: "."), bytes.allSatisfy({ $0 == first }) { return false }
    for index in 1..<max(bytes.count, 1) where index < bytes.count {
      if bytes[index] == UInt8(ascii: " "), bytes[index - 1] == UInt8(ascii: ":") { return false }
      if bytes[index] == UInt8(ascii: "#"), bytes[index - 1] == UInt8(ascii: " ") { return false }
    }
    return true
  }

  private static let indicators = Set("?:,[]{}#&*!|>'\"%@`=<~".utf8)

  /// Whether the plain text would be read as null, a boolean, a number or a date.
  private static func isOtherType(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    switch bytes[0] {
    case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "+"), UInt8(ascii: "-"), UInt8(ascii: "."):
      return isNumberLike(bytes)
    default:
      return bytes.count <= 5 && words.contains(String(decoding: bytes, as: UTF8.self).lowercased())
    }
  }

  private static let words: Set<String> = ["null", "true", "false", "yes", "no", "on", "off", "y", "n", "~"]

  /// Integers of any base, sexagesimals, floats, infinities, dates: rather one too many than one too few, but never an
  /// address such as 10.0.0.1.
  private static func isNumberLike(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    var rest = bytes[...]
    if let sign = rest.first, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") { rest = rest.dropFirst() }
    guard let first = rest.first else { return false }
    let lower = rest.map { $0 | 0x20 }
    if lower == Array(".inf".utf8) || lower == Array(".nan".utf8) { return true }
    if first == UInt8(ascii: "0"), lower.count > 2, "xob".utf8.contains(lower[1]) {
      // An underscore is 0x7F in lower case.
      return lower.dropFirst(2).allSatisfy { (48...57).contains($0) || (97...102).contains($0) || $0 == 0x7F }
    }
    if isDateLike(bytes) { return true }
    var digits = 0
    var points = 0
    var colons = 0
    var previous: UInt8 = 0
    for byte in rest {
      switch byte {
      case 48...57, UInt8(ascii: "_"): digits += 1
      case UInt8(ascii: "."): points += 1
      case UInt8(ascii: ":"): colons += 1
      case UInt8(ascii: "e"), UInt8(ascii: "E"): if digits == 0 { return false }
      case UInt8(ascii: "+"), UInt8(ascii: "-"): if previous | 0x20 != UInt8(ascii: "e") { return false }
      default: return false
      }
      previous = byte
    }
    return digits > 0 && points <= 1
  }

  /// `2026-11-20`, and whatever follows it.
  private static func isDateLike(_ bytes: UnsafeBufferPointer<UInt8>) -> Bool {
    guard bytes.count >= 8, bytes[4] == UInt8(ascii: "-") else { return false }
    return bytes[0..<4].allSatisfy { (48...57).contains($0) } && (48...57).contains(bytes[5])
  }
}
