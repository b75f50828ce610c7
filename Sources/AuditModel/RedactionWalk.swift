/// One pass over a JSON text that keeps the place of each string and copies everything but secrets.
///
/// Where a text like it was walked through before (`RedactionTrail`), what stands in the same place byte for byte and
/// held no secret is stepped over.
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
  private var names: [Literal] = []
  private var replacementCount = 0

  /// Of a text like it; nil where nothing is remembered.
  private(set) var trail: RedactionTrail?

  /// - Parameter place: where the text stands; outside of a record's members where nothing else is said.
  init(
    bytes: UnsafeRawBufferPointer, mode: Redactor.Mode, holdsSecrets: Bool, in place: RedactionPlace = RedactionPlace(),
    trail: RedactionTrail? = nil
  ) {
    self.bytes = bytes
    self.mode = mode
    self.holdsSecrets = holdsSecrets
    self.trail = trail
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
      if stepOver() { return true }
      let count = replacementCount
      at += 1
      names.append(.none)
      let isClosed = members()
      names.removeLast()
      trail?.leave(at, isClean: isClosed && replacementCount == count)
      return true
    case UInt8(ascii: "["):
      if stepOver() { return true }
      let count = replacementCount
      at += 1
      places.append(place.item)
      let isClosed = items()
      places.removeLast()
      // What stands before a list may say what its texts are where they are in no object.
      trail?.leave(at, isClean: isClosed && replacementCount == count && !names.isEmpty)
      return true
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

  /// Goes behind the object or list that begins, where what stood here before was the same and held no secret.
  private mutating func stepOver() -> Bool {
    let place = place
    guard let end = trail?.enter(at, place, in: bytes) else { return false }
    at = end
    return true
  }

  private func isEndOfWord(_ byte: UInt8) -> Bool {
    switch byte {
    case ...0x20, UInt8(ascii: ","), UInt8(ascii: ":"), UInt8(ascii: "]"), UInt8(ascii: "}"), UInt8(ascii: "["),
      UInt8(ascii: "{"), UInt8(ascii: "\""):
      true
    default: false
    }
  }

  /// Whether the object was read to its end.
  private mutating func members() -> Bool {
    while true {
      skipSpace()
      guard at < bytes.count else { return false }
      switch bytes[at] {
      case UInt8(ascii: "}"):
        at += 1
        return true
      case UInt8(ascii: ","): at += 1
      case UInt8(ascii: "\""):
        guard let literal = literal() else { return false }
        skipSpace()
        guard at < bytes.count, bytes[at] == UInt8(ascii: ":") else { return false }
        at += 1
        places.append(member(literal))
        let read = value()
        places.removeLast()
        if !read { return false }
      default: return false
      }
    }
  }

  /// Where the value of a member of the object at hand stands.
  private func member(_ key: Literal) -> RedactionPlace {
    if key.isPlain { return place.member(key, inner(key)) }
    return Array(text(key).utf8).withUnsafeBytes { place.member(key, $0) }
  }

  /// Whether the list was read to its end.
  private mutating func items() -> Bool {
    while true {
      skipSpace()
      guard at < bytes.count else { return false }
      switch bytes[at] {
      case UInt8(ascii: "]"):
        at += 1
        return true
      case UInt8(ascii: ","): at += 1
      default: if !value() { return false }
      }
    }
  }

  typealias Literal = RedactionPlace.Literal

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
    if literal.range.isEmpty { return "" }
    if literal.isPlain { return String(decoding: inner(literal), as: UTF8.self) }
    let whole = bytes.part(literal.range)
    if let value = try? JSONValue(parsing: whole), case .string(let text) = value { return text }
    let isClosed = whole.count > 1 && whole.last == UInt8(ascii: "\"")
    return String(decoding: whole.dropFirst().dropLast(isClosed ? 1 : 0), as: UTF8.self)
  }

  /// Whether a string outside of any object is the `uri="…"` of a legacy audit log, which is text.
  private func isURIOfText(_ literal: Literal) -> Bool {
    let quote = literal.range.lowerBound
    return names.isEmpty && quote >= 5 && bytes.part((quote - 5)..<quote).elementsEqual(" uri=".utf8)
  }

  /// What stands between the quotes.
  private func inner(_ literal: Literal) -> UnsafeRawBufferPointer {
    bytes.part((literal.range.lowerBound + 1)..<(literal.range.upperBound - 1))
  }

  private mutating func consider(_ literal: Literal) {
    let place = place
    if place.signs.contains(.isName), !names.isEmpty { names[names.count - 1] = literal }
    guard !literal.isPlain || literal.range.count > 2 else { return }
    let replacement: String?
    if place.signs.contains(.isRequestURI) || isURIOfText(literal) {
      replacement = RedactionRules.redactedURI(text(literal))
    } else if place.signs.contains(.isBodyText), text(literal).utf8.first == UInt8(ascii: "{") {
      replacement = redactedBody(text(literal))
    } else if isSecret(place) {
      replacement = Redactor.mark(for: text(literal))
    } else if literal.isPlain, !TokenShapes.mayHoldToken(inner(literal)) {
      return
    } else {
      replacement = TokenShapes.replacing(in: text(literal))
    }
    guard let replacement else { return }
    replacementCount += 1
    out.append(contentsOf: bytes[copied..<literal.range.lowerBound])
    JSONValue.writeString(replacement, to: &out)
    copied = literal.range.upperBound
  }

  /// A body that some exports write as text; nil when nothing in it needs to be replaced.
  private func redactedBody(_ text: String) -> String? {
    Array(text.utf8).withUnsafeBytes { bytes in
      var walk = RedactionWalk(bytes: bytes, mode: mode, holdsSecrets: holdsSecrets, in: .body)
      return walk.run().map { String(decoding: $0, as: UTF8.self) }
    }
  }

  /// Which strings of a record are secrets by their place.
  private func isSecret(_ place: RedactionPlace) -> Bool {
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
    if signs.isSuperset(of: [.isValue, .inEnv]),
      isStrict || RedactionRules.isSensitive(name: text(names.last ?? .none))
    {
      return true
    }
    return signs.contains(.inData) && RedactionRules.isSensitive(name: text(place.key))
  }

  private func isSensitive(key: Literal) -> Bool {
    if key.isPlain, !RedactionRules.mayBeSensitive(inner(key)) { return false }
    return RedactionRules.isSensitive(key: text(key))
  }
}
