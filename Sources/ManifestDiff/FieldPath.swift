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
  /// - Parameter limit: steps that are wanted; those after them are left out.
  static func steps(_ path: String, limit: Int = .max) -> [String] {
    var steps: [String] = []
    let bytes = path.utf8
    var start = bytes.startIndex
    var at = start
    var isQuoted = false
    var isEscaped = false
    while at < bytes.endIndex {
      let byte = bytes[at]
      if isEscaped {
        isEscaped = false
      } else if isQuoted, byte == UInt8(ascii: "\\") {
        isEscaped = true
      } else if byte == UInt8(ascii: "\"") {
        isQuoted.toggle()
      } else if !isQuoted, byte == UInt8(ascii: ".") || byte == UInt8(ascii: "[") {
        if start < at { steps.append(String(path[start..<at])) }
        if steps.count >= limit { return steps }
        start = byte == UInt8(ascii: ".") ? bytes.index(after: at) : at
      }
      at = bytes.index(after: at)
    }
    if start < at { steps.append(String(path[start..<at])) }
    return steps
  }
}
