/// One pass over a JSON text that keeps the place of each string and copies everything but secrets.
struct RedactionWalk {
  private let bytes: UnsafeRawBufferPointer
  private let mode: Redactor.Mode
  private let holdsSecrets: Bool
  private var at = 0
  private var out: [UInt8] = []
  /// End of the bytes that `out` holds, once something was replaced.
  private var copied = 0
  /// The keys and lists on the way to the value at hand; the last one holds what all of them say.
  private var places: [RedactionPlace]
  /// The last `name` seen in each open object: what an environment `value` beside it is called.
  private var names: [String] = []

  /// - Parameter place: where the text stands; outside of a record's members where nothing else is said.
  init(
    bytes: UnsafeRawBufferPointer, mode: Redactor.Mode, holdsSecrets: Bool, in place: RedactionPlace = RedactionPlace()
  ) {
    self.bytes = bytes
    self.mode = mode
    self.holdsSecrets = holdsSecrets
    places = [place]
    places.reserveCapacity(32)
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

  private var place: RedactionPlace { places[places.count - 1] }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] <= 0x20 { at += 1 }
  }

  /// Reads one value; false where there is none, as in text that is no JSON.
  private mutating func value() -> Bool {
    skipSpace()
    guard at < bytes.count, places.count <= 1000 else { return false }
    switch bytes[at] {
    case UInt8(ascii: "{"):
      at += 1
      names.append("")
      defer { names.removeLast() }
      return members()
    case UInt8(ascii: "["):
      at += 1
      places.append(place.item)
      defer { places.removeLast() }
      return items()
    case UInt8(ascii: "\""):
      guard let literal = literal() else { return false }
      consider(literal)
      return true
    default:
      let start = at
      while at < bytes.count, !isEndOfWord(bytes[at]) { at += 1 }
      return at > start
    }
  }

  private func isEndOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case ...0x20, UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "["),
      UInt8(ascii: "{"), UInt8(ascii: "\""):
      true
    default: false
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
        guard let literal = literal() else { return true }
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return true }
        at += 1
        places.append(place.member(text(literal)))
        let read = value()
        places.removeLast()
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

  /// A string as it stands in the text, quotes included.
  private struct Literal {
    var range: Range<Int>
    /// What stands between its quotes is its value.
    var isPlain: Bool
  }

  /// Nil when the text ends inside it.
  private mutating func literal() -> Literal? {
    let start = at
    var isPlain = true
    at += 1
    while at < bytes.count, bytes[at] != UInt8(ascii: "\"") {
      if bytes[at] == UInt8(ascii: "\\") {
        isPlain = false
        at += 2
      } else {
        at += 1
      }
    }
    guard at < bytes.count else {
      // A cut record: what is left of the string is judged as if it were whole.
      at = bytes.count
      if start + 1 < bytes.count { consider(Literal(range: start..<bytes.count, isPlain: false)) }
      return nil
    }
    at += 1
    return Literal(range: start..<at, isPlain: isPlain)
  }

  private func text(_ literal: Literal) -> String {
    if literal.isPlain { return String(decoding: inner(literal), as: UTF8.self) }
    let whole = UnsafeRawBufferPointer(rebasing: bytes[literal.range])
    if let value = try? JSONValue(parsing: whole), case .string(let text) = value { return text }
    let isClosed = whole.count > 1 && whole.last == UInt8(ascii: "\"")
    return String(decoding: whole.dropFirst().dropLast(isClosed ? 1 : 0), as: UTF8.self)
  }

  /// Whether a string outside of any object is the `uri="…"` of a legacy audit log, which is text.
  private func isURIOfText(_ literal: Literal) -> Bool {
    let quote = literal.range.lowerBound
    return names.isEmpty && quote >= 5
      && UnsafeRawBufferPointer(rebasing: bytes[(quote - 5)..<quote]).elementsEqual(" uri=".utf8)
  }

  /// What stands between the quotes.
  private func inner(_ literal: Literal) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(rebasing: bytes[(literal.range.lowerBound + 1)..<(literal.range.upperBound - 1)])
  }

  private mutating func consider(_ literal: Literal) {
    let place = place
    if place.signs.contains(.isName), !names.isEmpty { names[names.count - 1] = text(literal) }
    guard !literal.isPlain || literal.range.count > 2 else { return }
    let replacement: String?
    if place.signs.contains(.isRequestURI) || isURIOfText(literal) {
      replacement = RedactionRules.redactedURI(text(literal))
    } else if place.signs.contains(.isBodyText), text(literal).utf8.first == UInt8(ascii: "{") {
      replacement = redactedBody(text(literal))
    } else if RedactionRules.isSecret(place, siblingName: names.last ?? "", holdsSecrets: holdsSecrets, mode: mode) {
      replacement = Redactor.mark(for: text(literal))
    } else if literal.isPlain, !TokenShapes.mayHoldToken(inner(literal)) {
      return
    } else {
      replacement = TokenShapes.replacing(in: text(literal))
    }
    guard let replacement else { return }
    out.append(contentsOf: bytes[copied..<literal.range.lowerBound])
    JSONValue.writeString(replacement, to: &out)
    copied = literal.range.upperBound
  }

  /// A body that some exports write as text; nil when nothing in it needs to be replaced.
  private func redactedBody(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBytes { bytes in
      var walk = RedactionWalk(
        bytes: bytes, mode: mode, holdsSecrets: holdsSecrets, in: RedactionPlace().member("requestObject"))
      return walk.run().map { String(decoding: $0, as: UTF8.self) }
    }
  }
}

/// Where a string stands in a record, as far as it decides whether that is a secret. Made when a member or a list is
/// entered, so that a string costs no look at the whole path.
struct RedactionPlace {
  /// Of the member that the value is, or is in a list of.
  private(set) var key = ""
  private(set) var signs: Signs = []

  struct Signs: OptionSet {
    var rawValue: UInt32

    // Of a member on the way.
    static let inBody = Signs(rawValue: 1)
    static let inAnnotations = Signs(rawValue: 2)
    static let inExtra = Signs(rawValue: 4)
    static let inData = Signs(rawValue: 8)
    static let inStringData = Signs(rawValue: 16)
    static let inBinaryData = Signs(rawValue: 32)
    static let inLabels = Signs(rawValue: 64)
    static let inEnv = Signs(rawValue: 128)
    /// The payload of an entry of Cloud Logging.
    static let inPayload = Signs(rawValue: 256)

    // Of the last step.
    static let isItem = Signs(rawValue: 1 << 16)
    static let isPayload = Signs(rawValue: 1 << 17)
    static let isName = Signs(rawValue: 1 << 18)
    static let isValue = Signs(rawValue: 1 << 19)
    /// The `value` of an item: an operation of a JSON patch.
    static let isItemsValue = Signs(rawValue: 1 << 20)
    static let isMessage = Signs(rawValue: 1 << 21)

    // Of the key, for items of a list too.
    static let isRequestURI = Signs(rawValue: 1 << 24)
    static let isBodyText = Signs(rawValue: 1 << 25)
    static let isLastApplied = Signs(rawValue: 1 << 26)

    /// One of the payload's members that are bodies.
    static let inBodyOfPayload = Signs(rawValue: 1 << 22)

    static let ofTheWay = Signs(rawValue: 0xFFFF)
    static let ofTheKey = Signs(rawValue: 0xFF00_0000)
  }

  /// What a key says.
  private static let signs: [String: Signs] = [
    "requestObject": .inBody, "responseObject": .inBody, "RequestObject": [.inBody, .isBodyText],
    "ResponseObject": [.inBody, .isBodyText], "requestJson": .isBodyText, "responseJson": .isBodyText,
    "request": .inBodyOfPayload, "response": .inBodyOfPayload, "protoPayload": [.inPayload, .isPayload],
    "protopayload_auditlog": [.inPayload, .isPayload], "requestURI": .isRequestURI, "RequestUri": .isRequestURI,
    "annotations": .inAnnotations, "extra": .inExtra, "data": .inData, "stringData": .inStringData,
    "binaryData": .inBinaryData, "labels": .inLabels, "matchLabels": .inLabels, "env": .inEnv, "name": .isName,
    "value": .isValue, "message": .isMessage, "kubectl.kubernetes.io/last-applied-configuration": .isLastApplied,
  ]

  /// An item of the list that stands here.
  var item: RedactionPlace {
    var next = self
    next.signs.formIntersection([.ofTheWay, .ofTheKey])
    next.signs.insert(.isItem)
    return next
  }

  /// A member of the object that stands here.
  func member(_ key: String) -> RedactionPlace {
    var next = RedactionPlace()
    next.key = key
    next.signs = signs.intersection(.ofTheWay)
    guard let sign = Self.signs[key] else { return next }
    next.signs.formUnion(sign)
    if sign.contains(.inBodyOfPayload), signs.contains(.isPayload) { next.signs.insert(.inBody) }
    // Of two payloads in one another the outer one counts.
    if sign.contains(.isPayload), signs.contains(.inPayload) { next.signs.remove(.isPayload) }
    if sign.contains(.isValue), signs.contains(.isItem) { next.signs.insert(.isItemsValue) }
    return next
  }
}

/// Which strings of a record are secrets by their place.
enum RedactionRules {
  static func isSecret(
    _ place: RedactionPlace, siblingName: String, holdsSecrets: Bool, mode: Redactor.Mode
  ) -> Bool {
    let signs = place.signs
    if signs.contains(.isLastApplied) { return true }
    let isStrict = mode == .strict
    if isStrict, signs.isSuperset(of: [.inAnnotations, .inBody]) || signs.contains(.inExtra) { return true }
    // What the API server says of a Secret that it refused may quote the value.
    if holdsSecrets, signs.contains(.isMessage) { return true }
    guard signs.contains(.inBody) else { return false }
    // A JSON patch: [{"op":"replace","path":"/data/password","value":"..."}].
    if holdsSecrets, !signs.isDisjoint(with: [.inData, .inStringData, .isItemsValue]) { return true }
    if isStrict, !signs.isDisjoint(with: [.inData, .inBinaryData]) { return true }
    // The keys of labels, selectors and annotations are names of the user's own and say nothing about the value.
    if signs.isDisjoint(with: [.inLabels, .inAnnotations]), isSensitive(key: place.key) { return true }
    if signs.isSuperset(of: [.isValue, .inEnv]), isStrict || isSensitive(name: siblingName) { return true }
    if signs.contains(.inData), isSensitive(name: place.key) { return true }
    return false
  }

  /// `command=` of exec and attach, and bearer material, replaced; nil when the URI has neither.
  static func redactedURI(_ uri: String) -> String? {
    guard mayHoldSecret(uri) else { return nil }
    guard let question = uri.firstIndex(of: "?") else { return TokenShapes.replacing(in: uri) }
    var changed = false
    let parts = uri[uri.index(after: question)...].split(separator: "&", omittingEmptySubsequences: false).map { part in
      guard let equals = part.firstIndex(of: "=") else { return String(part) }
      let name = part[..<equals]
      let value = part[part.index(after: equals)...]
      guard !value.isEmpty, name == "command" || isSensitive(key: String(name)) else {
        guard let shaped = TokenShapes.replacing(in: String(part)) else { return String(part) }
        changed = true
        return shaped
      }
      changed = true
      return name + "=" + Redactor.mark(for: String(value))
    }
    return changed ? String(uri[...question]) + parts.joined(separator: "&") : nil
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
          let name = UnsafeBufferPointer(rebasing: bytes[start..<index])
          if mayBeSensitive(name) || name.elementsEqual("command".utf8) { return true }
        default: break
        }
      }
      return false
    }
  }

  private static func folded(_ key: String) -> String {
    key.lowercased().filter { $0 != "-" && $0 != "_" && $0 != "." }
  }

  private static func isSensitive(name: String) -> Bool {
    let name = folded(name)
    return ["password", "passwd", "secret", "token", "apikey", "privatekey", "credential", "accesskey"]
      .contains { name.contains($0) }
  }

  private static func isSensitive(key: String) -> Bool {
    var key = key
    return key.withUTF8(mayBeSensitive) && sensitiveKeys.contains(folded(key))
  }

  /// Nearly all keys are told by how they begin and end, without folding them.
  private static func mayBeSensitive(_ key: UnsafeBufferPointer<UInt8>) -> Bool {
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
