/// Replaces secrets by `<redacted 24 bytes #a91f>`: the one function below every output that carries log text.
///
/// It works on the bytes of a record, before anything is read from them, so that screens, manifests, diffs, exports
/// and the clipboard all see the same. Equal secrets get equal marks within one run of the program and different ones
/// in the next: a diff still tells that a value changed, and nobody can look the mark up.
public struct Redactor: Sendable {
  public enum Mode: String, CaseIterable, Sendable {
    case on, off
    /// Also every ConfigMap value, environment value, annotation and all that `user.extra` holds.
    case strict
  }
  public var mode: Mode

  public init(mode: Mode = .on) { self.mode = mode }

  /// A record with its secrets replaced; all other bytes stay as they are. What is no JSON comes back unchanged but
  /// for token-like words.
  public func redact(record bytes: [UInt8]) -> [UInt8] {
    guard mode != .off else { return bytes }
    return bytes.withUnsafeBytes { buffer in
      var walk = RedactionWalk(bytes: buffer, mode: mode, holdsSecrets: Self.concernsSecrets(buffer))
      return walk.run()
    } ?? bytes
  }

  /// A text that stands alone (an agent, a reason): token-like words and bearer material are replaced.
  public func redact(text: String) -> String {
    guard mode != .off, let replaced = TokenShapes.replacing(in: text) else { return text }
    return replaced
  }

  /// What stands for a secret.
  public static func mark(for secret: String) -> String {
    // Swift seeds its hasher anew in each process: a salt that nobody keeps.
    var hasher = Hasher()
    hasher.combine(secret)
    let tag = String(UInt16(truncatingIfNeeded: hasher.finalize()), radix: 16)
    return "<redacted \(secret.utf8.count) bytes #" + String(repeating: "0", count: 4 - tag.count) + tag + ">"
  }

  /// Whether a mark, with what stands around it, may bring the bytes into a record that does not hold them: letters of
  /// either case are the same. Bare digits do not count: those of a mark say nothing of the log.
  public static func mayWrite(_ needle: [UInt8]) -> Bool {
    if needle.contains(where: { "<>#".utf8.contains($0) }) { return true }
    func isDigit(_ byte: UInt8) -> Bool { (48...57).contains(byte) }
    let words = needle.drop(while: isDigit).reversed().drop(while: isDigit).reversed()
    let word = String(decoding: words, as: UTF8.self).lowercased()
    return !word.isEmpty && ("redacted ".contains(word) || " bytes ".contains(word))
  }

  /// Whether `data` and `stringData` in the bodies are those of Secrets: told from the resource or any `kind`, of
  /// Cloud Logging's entries from the method, of Azure's tables from columns that hold JSON as text.
  private static func concernsSecrets(_ bytes: UnsafeRawBufferPointer) -> Bool {
    holds(bytes, key: "\"resource\"", value: "\"secrets\"") || holds(bytes, key: "\"kind\"", value: "\"Secret\"")
      || holds(bytes, key: "\"kind\"", value: "\"SecretList\"") || mentions(bytes, ".v1.secrets.")
      || mentions(bytes, "core.k8s.io/v1.Secret") || mentions(bytes, #"\"secrets\""#) || mentions(bytes, #"\"Secret\""#)
  }

  private static func mentions(_ bytes: UnsafeRawBufferPointer, _ text: StaticString) -> Bool {
    let count = text.utf8CodeUnitCount
    guard bytes.count >= count else { return false }
    return (0...(bytes.count - count)).contains { start in
      bytes[start] == text.utf8Start[0] && (1..<count).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
    }
  }

  /// Whether the member stands anywhere in the text, with any white space around its colon.
  private static func holds(_ bytes: UnsafeRawBufferPointer, key: StaticString, value: StaticString) -> Bool {
    func stands(_ text: StaticString, at start: Int) -> Bool {
      let count = text.utf8CodeUnitCount
      return start >= 0 && start + count <= bytes.count
        && (0..<count).allSatisfy { bytes[start + $0] == text.utf8Start[$0] }
    }
    var start = 0
    while start < bytes.count {
      guard bytes[start] == UInt8(ascii: "\""), stands(value, at: start) else {
        start += 1
        continue
      }
      var before = start - 1
      while before >= 0, bytes[before] <= 0x20 || bytes[before] == UInt8(ascii: ":") { before -= 1 }
      if stands(key, at: before - key.utf8CodeUnitCount + 1) { return true }
      start += 1
    }
    return false
  }
}

/// One pass over a JSON text that keeps the path of each string and copies everything but secrets.
private struct RedactionWalk {
  let bytes: UnsafeRawBufferPointer
  let mode: Redactor.Mode
  let holdsSecrets: Bool
  private var at = 0
  private var out: [UInt8] = []
  /// End of the bytes that `out` holds, once something was replaced.
  private var copied = 0
  private var path: [String] = []
  /// The last `name` seen in each open object: what an environment `value` beside it is called.
  private var names: [String] = []

  init(bytes: UnsafeRawBufferPointer, mode: Redactor.Mode, holdsSecrets: Bool, path: [String] = []) {
    self.bytes = bytes
    self.mode = mode
    self.holdsSecrets = holdsSecrets
    self.path = path
  }

  /// The bytes with replacements, or nil when there were none.
  mutating func run() -> [UInt8]? {
    while at < bytes.count {
      skipSpace()
      guard at < bytes.count else { break }
      if !value() { at += 1 }
    }
    guard copied > 0 else { return nil }
    out.append(contentsOf: bytes[copied...])
    return out
  }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
  }

  /// Reads one value; false where there is none, as in text that is no JSON.
  private mutating func value() -> Bool {
    skipSpace()
    guard at < bytes.count, path.count < 1000 else { return false }
    switch bytes[at] {
    case UInt8(ascii: "{"):
      at += 1
      names.append("")
      defer { names.removeLast() }
      return members()
    case UInt8(ascii: "["):
      at += 1
      path.append("[]")
      defer { path.removeLast() }
      return items()
    case UInt8(ascii: "\""):
      guard let range = string() else { return false }
      consider(range)
      return true
    default:
      let start = at
      while at < bytes.count, !(bytes[at] <= 0x20 || ",:]}[{\"".utf8.contains(bytes[at])) { at += 1 }
      return at > start
    }
  }

  private mutating func members() -> Bool {
    while true {
      skipSpace()
      guard at < bytes.count else { return true }
      switch bytes[at] {
      case UInt8(ascii: "}"):
        at += 1
        return true
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "\""):
        guard let range = string() else { return true }
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return true }
        at += 1
        path.append(text(range))
        let read = value()
        path.removeLast()
        if !read { return true }
      default: return true
      }
    }
  }

  private mutating func items() -> Bool {
    while true {
      skipSpace()
      guard at < bytes.count else { return true }
      switch bytes[at] {
      case UInt8(ascii: "]"):
        at += 1
        return true
      case UInt8(ascii: ","): at += 1
      default: if !value() { return true }
      }
    }
  }

  /// The range of a string literal, quotes included; nil when the text ends inside it.
  private mutating func string() -> Range<Int>? {
    let start = at
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      at += bytes[at] == UInt8(ascii: "\\") ? 2 : 1
    }
    guard at < bytes.count else {
      // A cut record: what is left of the string is judged as if it were whole.
      at = bytes.count
      if start + 1 < bytes.count { consider(start..<bytes.count) }
      return nil
    }
    at += 1
    return start..<at
  }

  private func text(_ range: Range<Int>) -> String {
    let inner = UnsafeRawBufferPointer(rebasing: bytes[range])
    if let value = try? JSONValue(parsing: inner), case .string(let text) = value { return text }
    return String(decoding: inner.dropFirst(), as: UTF8.self)
  }

  private mutating func consider(_ range: Range<Int>) {
    let key = path.last { $0 != "[]" } ?? ""
    let inBody = RedactionRules.isInBody(path)
    let value = text(range)
    if path.last == "name", !names.isEmpty { names[names.count - 1] = value }
    guard !value.isEmpty else { return }
    let replacement: String?
    if key == "requestURI" || key == "RequestUri" {
      replacement = RedactionRules.redactedURI(value)
    } else if RedactionRules.bodyTexts.contains(key), value.utf8.first == UInt8(ascii: "{") {
      replacement = redactedBody(value)
    } else if RedactionRules.isSecret(
      path: path, key: key, siblingName: names.last ?? "", inBody: inBody, holdsSecrets: holdsSecrets, mode: mode)
    {
      replacement = Redactor.mark(for: value)
    } else {
      replacement = TokenShapes.replacing(in: value)
    }
    guard let replacement else { return }
    out.append(contentsOf: bytes[copied..<range.lowerBound])
    JSONValue.writeString(replacement, to: &out)
    copied = range.upperBound
  }
}

extension RedactionWalk {
  /// A body that some exports write as text; nil when nothing in it needs to be replaced.
  private func redactedBody(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBytes { bytes in
      var walk = RedactionWalk(bytes: bytes, mode: mode, holdsSecrets: holdsSecrets, path: ["requestObject"])
      return walk.run().map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

/// Which strings of a record are secrets by their place.
private enum RedactionRules {
  /// Members that hold a body as text: BigQuery's of Cloud Logging, Azure's columns.
  static let bodyTexts: Set<String> = ["requestJson", "responseJson", "RequestObject", "ResponseObject"]
  private static let bodies: Set<String> = ["requestObject", "responseObject", "RequestObject", "ResponseObject"]

  /// Of Cloud Logging's entries the bodies are `request` and `response` of the payload.
  static func isInBody(_ path: [String]) -> Bool {
    if path.contains(where: bodies.contains) { return true }
    guard let payload = path.firstIndex(where: { $0 == "protoPayload" || $0 == "protopayload_auditlog" }),
      payload + 1 < path.count
    else { return false }
    return path[payload + 1] == "request" || path[payload + 1] == "response"
  }

  static func isSecret(
    path: [String], key: String, siblingName: String, inBody: Bool, holdsSecrets: Bool, mode: Redactor.Mode
  ) -> Bool {
    if key == "kubectl.kubernetes.io/last-applied-configuration" { return true }
    let inAnnotations = path.contains("annotations")
    if mode == .strict, inAnnotations && inBody || path.contains("extra") { return true }
    // What the API server says of a Secret that it refused may quote the value.
    if holdsSecrets, path.last == "message" { return true }
    guard inBody else { return false }
    if holdsSecrets {
      if path.contains("data") || path.contains("stringData") { return true }
      // A JSON patch: [{"op":"replace","path":"/data/password","value":"..."}].
      if path.last == "value", path.count >= 2, path[path.count - 2] == "[]" { return true }
    }
    if mode == .strict, path.contains("data") || path.contains("binaryData") { return true }
    // The keys of labels, selectors and annotations are names of the user's own and say nothing about the value.
    let isNamed = path.contains("labels") || path.contains("matchLabels") || inAnnotations
    if !isNamed, sensitiveKeys.contains(folded(key)) { return true }
    if path.last == "value", path.contains("env"), mode == .strict || isSensitive(name: siblingName) { return true }
    if path.contains("data"), isSensitive(name: key) { return true }
    return false
  }

  /// `command=` of exec and attach, and bearer material, replaced; nil when the URI has neither.
  static func redactedURI(_ uri: String) -> String? {
    guard let question = uri.firstIndex(of: "?") else { return TokenShapes.replacing(in: uri) }
    var changed = false
    let parts = uri[uri.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false).map { part in
      guard let equals = part.firstIndex(of: "=") else { return String(part) }
      let name = part[..<equals]
      let value = part[part.index(after: equals)...]
      guard !value.isEmpty, name == "command" || sensitiveKeys.contains(folded(String(name))) else {
        guard let shaped = TokenShapes.replacing(in: String(part)) else { return String(part) }
        changed = true
        return shaped
      }
      changed = true
      return name + "=" + Redactor.mark(for: String(value))
    }
    return changed ? String(uri[...question]) + parts.joined(separator: "&") : nil
  }

  private static func folded(_ key: String) -> String {
    key.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." }
  }

  private static func isSensitive(name: String) -> Bool {
    let name = folded(name)
    return ["password", "passwd", "secret", "token", "apikey", "privatekey", "credential", "accesskey"]
      .contains { name.contains($0) }
  }

  private static let sensitiveKeys: Set<String> = [
    "token", "idtoken", "accesstoken", "refreshtoken", "bearertoken", "password", "passwd", "clientsecret", "apikey",
    "privatekey", "secretkey", "secretaccesskey", "authorization", "clientkeydata",
  ]
}

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

  /// A quick look, so that ordinary texts cost nothing more.
  private static func mayHoldToken(_ text: String) -> Bool {
    var copy = text
    return copy.withUTF8 { bytes in
      guard bytes.count >= 12 else { return false }
      for index in 0..<(bytes.count - 3) {
        switch (bytes[index], bytes[index + 1], bytes[index + 2]) {
        case (UInt8(ascii: "e"), UInt8(ascii: "y"), UInt8(ascii: "J")), (UInt8(ascii: "g"), UInt8(ascii: "h"), _),
          (UInt8(ascii: "A"), UInt8(ascii: "K"), UInt8(ascii: "I")),
          (UInt8(ascii: "A"), UInt8(ascii: "S"), UInt8(ascii: "I")),
          (UInt8(ascii: "x"), UInt8(ascii: "o"), UInt8(ascii: "x")),
          (UInt8(ascii: "g"), UInt8(ascii: "l"), UInt8(ascii: "p")),
          (UInt8(ascii: "-"), UInt8(ascii: "-"), UInt8(ascii: "-")),
          (UInt8(ascii: "e"), UInt8(ascii: "a"), UInt8(ascii: "r")),
          (UInt8(ascii: "E"), UInt8(ascii: "A"), UInt8(ascii: "R")):
          return true
        default: continue
        }
      }
      return false
    }
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
