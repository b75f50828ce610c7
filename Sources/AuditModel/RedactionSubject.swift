/// What stands beside a `value` and says what it is of: the path of a JSON patch's operation, the name of a variable, a
/// parameter or a header. It may stand behind the value, so it is looked for before the value is read.
struct RedactionSubject {
  private(set) var name: String?
  private(set) var path: String?
  /// False where the text ends inside the object.
  private(set) var isWhole = false

  /// - Parameter start: of the object's opening brace.
  init(ofObjectAt start: Int, in bytes: UnsafeRawBufferPointer) {
    var at = start + 1
    var depth = 1
    var key: RedactionPlace.Literal?
    while at < bytes.count {
      switch bytes[at] {
      case UInt8(ascii: "\""):
        guard let literal = RedactionPlace.Literal(in: bytes, at: at) else { return }
        at = literal.range.upperBound
        guard depth == 1 else { continue }
        if let key { take(key.text(in: bytes), literal, in: bytes) }
        key = key == nil ? literal : nil
        continue
      case UInt8(ascii: "{"), UInt8(ascii: "["): depth += 1
      case UInt8(ascii: "}"), UInt8(ascii: "]"):
        depth -= 1
        isWhole = depth == 0
        if isWhole { return }
      case UInt8(ascii: ",") where depth == 1: key = nil
      default: break
      }
      at += 1
    }
  }

  /// The last one of a name counts, as it does for who reads the object.
  private mutating func take(_ key: String, _ value: RedactionPlace.Literal, in bytes: UnsafeRawBufferPointer) {
    switch key {
    case "name": name = value.text(in: bytes)
    case "path": path = value.text(in: bytes)
    default: break
    }
  }
}

extension RedactionPlace {
  /// The place of a `value`, once it is known what it is of. One that is cut off from what would say so is a secret.
  func value(of subject: RedactionSubject) -> RedactionPlace {
    var next = subject.path.flatMap(pointed) ?? self
    let isSecret =
      if let name = subject.name {
        RedactionRules.isSensitive(name: name) || RedactionRules.isSensitive(key: name)
      } else {
        subject.path == nil && !subject.isWhole
      }
    if isSecret { next.signs.insert(.isSecretByName) }
    return next
  }

  /// The place in the object that a JSON pointer (RFC 6901) leads to; nil where the text is none.
  private func pointed(_ pointer: String) -> RedactionPlace? {
    guard pointer.isEmpty || pointer.hasPrefix("/") else { return nil }
    var next = self
    next.key = .none
    next.signs.formIntersection(.ofTheWay)
    var key = ""
    for step in pointer.split(separator: "/", omittingEmptySubsequences: false).dropFirst() {
      if step == "-" || !step.isEmpty && step.allSatisfy({ $0.isASCII && $0.isNumber }) {
        next = next.item
      } else {
        key = String(step).replacing("~1", with: "/").replacing("~0", with: "~")
        next = Array(key.utf8).withUnsafeBytes { next.member(.none, $0) }
      }
    }
    // Of a variable's value alone nothing tells what the variable is called.
    if next.signs.isSuperset(of: [.isValue, .inEnv]) || next.isSecret(key: key) { next.signs.insert(.isSecretByName) }
    next.signs.formUnion(signs.subtracting(.isItemsValue))
    return next
  }

  private func isSecret(key: String) -> Bool {
    if signs.isDisjoint(with: [.inLabels, .inAnnotations]), RedactionRules.isSensitive(key: key) { return true }
    return signs.contains(.inData) && RedactionRules.isSensitive(name: key)
  }
}
