/// Words that are secrets by their shape, wherever they stand.
enum TokenShapes {
  /// The text with every such word replaced; nil when it holds none.
  static func replacing(in text: String) -> String? {
    guard mayHoldToken(text) else { return nil }
    var result = ""
    var changed = false
    var word = ""
    func flush(_ afterBearer: Bool) {
      if isToken(word) || afterBearer && word.utf8.count >= 8 {
        result += Redactor.mark(for: word)
        changed = true
      } else {
        result += word
      }
    }
    var previous = ""
    for character in text {
      if character.isLetter || character.isNumber || "-_.+/~".contains(character) {
        word.append(character)
      } else {
        flush(previous.lowercased() == "bearer")
        if !word.isEmpty { previous = word }
        word = ""
        result.append(character)
      }
    }
    flush(previous.lowercased() == "bearer")
    if text.contains("-----BEGIN"), text.contains("PRIVATE KEY") { return Redactor.mark(for: text) }
    return changed ? result : nil
  }

  private static func mayHoldToken(_ text: String) -> Bool {
    var copy = text
    return copy.withUTF8 { mayHoldToken(UnsafeRawBufferPointer($0)) }
  }

  /// A quick look, so that ordinary texts cost nothing more.
  static func mayHoldToken(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count >= 12 else { return false }
    for index in 0..<(bytes.count - 3) {
      let isFound =
        switch bytes[index] {
        case UInt8(ascii: "e"): begins("eyJ", bytes, index)
        case UInt8(ascii: "g"):
          begins("gh", bytes, index) && bytes[index + 3] == UInt8(ascii: "_") || begins("glp", bytes, index)
        case UInt8(ascii: "A"): begins("AKI", bytes, index) || begins("ASI", bytes, index)
        case UInt8(ascii: "x"): begins("xox", bytes, index)
        case UInt8(ascii: "-"): begins("---", bytes, index)
        case UInt8(ascii: "b"), UInt8(ascii: "B"): isBearer(bytes, index)
        default: false
        }
      if isFound { return true }
    }
    return false
  }

  @inline(__always)
  private static func begins(_ text: StaticString, _ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    (0..<text.utf8CodeUnitCount).allSatisfy { bytes[index + $0] == text.utf8Start[$0] }
  }

  /// In letters of either case.
  private static func isBearer(_ bytes: UnsafeRawBufferPointer, _ index: Int) -> Bool {
    let word: StaticString = "bearer"
    let count = word.utf8CodeUnitCount
    return index + count <= bytes.count
      && (0..<count).allSatisfy { bytes[index + $0] | 0x20 == word.utf8Start[$0] }
  }

  private static func isToken(_ word: String) -> Bool {
    if word.hasPrefix("eyJ"), word.utf8.count >= 30, word.split(separator: ".").count >= 2 { return true }
    if ["ghp_", "gho_", "ghs_", "ghu_", "glpat-"].contains(where: word.hasPrefix), word.utf8.count >= 20 {
      return true
    }
    if ["AKIA", "ASIA"].contains(where: word.hasPrefix), word.utf8.count == 20 { return true }
    return ["xoxb-", "xoxp-", "xoxa-", "xoxs-"].contains(where: word.hasPrefix) && word.utf8.count >= 20
  }
}
