import AuditModel

/// Writes paths of fields: `spec.ingress[0].from`, `metadata.annotations["example.com/reason"]`.
enum FieldPath {
  static func appending(_ key: String, to path: String) -> String {
    guard isBare(key) else {
      return path + "[\"" + YAMLScalar.visible(key.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"")) + "\"]"
    }
    return path.isEmpty ? key : path + "." + key
  }

  static func appending(_ index: Int, to path: String) -> String { path + "[" + String(index) + "]" }

  /// Whether a key can stand without quotes.
  private static func isBare(_ key: String) -> Bool {
    var key = key
    return key.withUTF8 { bytes in
      !bytes.isEmpty
        && bytes.allSatisfy { byte in
          switch byte {
          case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"), 48...57, UInt8(ascii: "-"),
            UInt8(ascii: "_"), UInt8(ascii: "/"), UInt8(ascii: "$"):
            true
          default: false
          }
        }
    }
  }

  /// A path in its steps, as written: `spec`, `ingress`, `[0]`, `from`; quoted keys keep their brackets.
  static func steps(_ path: String) -> [String] {
    var steps: [String] = []
    var step = ""
    var isQuoted = false
    var isEscaped = false
    func finish() {
      if !step.isEmpty { steps.append(step) }
      step = ""
    }
    for character in path {
      if isEscaped {
        isEscaped = false
      } else if isQuoted, character == "\\" {
        isEscaped = true
      } else if character == "\"" {
        isQuoted.toggle()
      } else if !isQuoted, character == "." {
        finish()
        continue
      } else if !isQuoted, character == "[" {
        finish()
      }
      step.append(character)
    }
    finish()
    return steps
  }
}
