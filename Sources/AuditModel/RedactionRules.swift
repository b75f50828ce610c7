/// Which names of keys, parameters and variables stand for secrets.
enum RedactionRules {
  /// `command=` of exec and attach, and bearer material, replaced; nil when the URI has neither.
  static func redactedURI(_ uri: String) -> String? {
    rewritten(uri, secret: { Redactor.mark(for: $0) }, token: { TokenShapes.replacing(in: $0) })
  }

  /// The same left out.
  static func bareURI(_ uri: String) -> String? {
    rewritten(
      uri, secret: { _ in "" },
      token: { text in
        guard TokenShapes.replacing(in: text) != nil else { return nil }
        // That there is a selector says something.
        let name = text.prefix { $0 != "=" }
        return TokenShapes.replacing(in: String(name)) == nil && name.count < text.count ? name + "=" : ""
      })
  }

  /// - Parameters:
  ///   - secret: what stands for the value of a parameter.
  ///   - token: for a text with a token in it; nil for one without.
  private static func rewritten(
    _ uri: String, secret: (String) -> String, token: (String) -> String?
  ) -> String? {
    guard mayHoldSecret(uri) else { return nil }
    guard let question = uri.firstIndex(of: "?") else { return token(uri) }
    var changed = false
    let parts = uri[uri.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false).map { part in
      guard let equals = part.firstIndex(of: "=") else { return String(part) }
      let name = unescaped(part[..<equals])
      let value = part[part.index(after: equals)...]
      guard !value.isEmpty, name == "command" || isSensitive(key: String(name)) else {
        guard let shaped = token(String(part)) else { return String(part) }
        changed = true
        return shaped
      }
      changed = true
      return part[..<equals] + "=" + secret(String(value))
    }
    return changed ? String(uri[...question]) + parts.joined(separator: "&") : nil
  }

  /// A letter may stand there as `%63`.
  private static func unescaped(_ name: Substring) -> String {
    guard name.utf8.contains(UInt8(ascii: "%")) else { return String(name) }
    var out: [UInt8] = []
    var rest = Array(name.utf8)[...]
    while let byte = rest.popFirst() {
      if byte == UInt8(ascii: "%"), rest.count >= 2,
        let code = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
      {
        out.append(code)
        rest = rest.dropFirst(2)
      } else {
        out.append(byte)
      }
    }
    return String(decoding: out, as: UTF8.self)
  }

  /// `--password=hunter2` without its value; nil for another argument of a program.
  static func redactedArgument(_ argument: String) -> String? {
    guard argument.utf8.first == UInt8(ascii: "-"), let equals = argument.firstIndex(of: "=") else { return nil }
    let name = argument[..<equals].drop { $0 == "-" }
    let value = argument[argument.index(after: equals)...]
    guard !value.isEmpty, isSensitive(key: String(name)) else { return nil }
    return argument[...equals] + Redactor.mark(for: String(value))
  }

  /// A quick look at the names of the query, so that ordinary requests cost nothing more.
  private static func mayHoldSecret(_ uri: String) -> Bool {
    var uri = uri
    return uri.withUTF8 { bytes in
      if TokenShapes.mayHoldToken(UnsafeRawBufferPointer(bytes)) { return true }
      var start = 0
      for (index, byte) in bytes.enumerated() {
        switch byte {
        case UInt8(ascii: "?"), UInt8(ascii: "&"): start = index + 1
        case UInt8(ascii: "="):
          let name = UnsafeRawBufferPointer(UnsafeBufferPointer(rebasing: bytes[start..<index]))
          if name.contains(UInt8(ascii: "%")) || mayBeSensitive(name) || name.elementsEqual("command".utf8) {
            return true
          }
        default: break
        }
      }
      return false
    }
  }

  private static func folded(_ key: String) -> String {
    key.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." }
  }

  static func isSensitive(name: String) -> Bool {
    let name = folded(name)
    return ["password", "passwd", "secret", "token", "apikey", "privatekey", "credential", "accesskey"]
      .contains { name.contains($0) }
  }

  static func isSensitive(key: String) -> Bool {
    var key = key
    return key.withUTF8 { mayBeSensitive(UnsafeRawBufferPointer($0)) } && sensitiveKeys.contains(folded(key))
  }

  /// Nearly all keys are told by how they begin and end, without folding them.
  static func mayBeSensitive(_ key: UnsafeRawBufferPointer) -> Bool {
    guard key.count >= 5, let first = key.first, let last = key.last else { return false }
    guard isLetter(first), isLetter(last) else { return true }
    return "tiarbpcs".utf8.contains(first | 0x20) && "ndtya".utf8.contains(last | 0x20)
  }

  private static func isLetter(_ byte: UInt8) -> Bool { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) }

  private static let sensitiveKeys: Set<String> = [
    "token", "idtoken", "accesstoken", "refreshtoken", "bearertoken", "password", "passwd", "clientsecret", "apikey",
    "privatekey", "secretkey", "secretaccesskey", "authorization", "clientkeydata",
  ]
}
