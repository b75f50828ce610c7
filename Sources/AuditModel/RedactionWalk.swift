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
  /// Where each open object begins.
  private var objects: [Int] = []
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
      objects.append(at)
      at += 1
      let isClosed = members()
      objects.removeLast()
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
      trail?.leave(at, isClean: isClosed && replacementCount == count && !objects.isEmpty)
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
    let next =
      key.isPlain
      ? place.member(key, key.inner(in: bytes))
      : Array(key.text(in: bytes).utf8).withUnsafeBytes { place.member(key, $0) }
    guard next.signs.isSuperset(of: [.isValue, .inBody]), !next.signs.isDisjoint(with: [.isItemsValue, .inEnv]),
      let object = objects.last
    else { return next }
    return next.value(of: RedactionSubject(ofObjectAt: object, in: bytes))
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
    if let literal = Literal(in: bytes, at: at) {
      at = literal.range.upperBound
      return literal
    }
    // A cut record: what is left of the string is judged as if it were whole.
    let start = at
    at = bytes.count
    if start + 1 < bytes.count { consider(Literal(range: start..<bytes.count, isPlain: false)) }
    return nil
  }

  /// Whether a string outside of any object is the `uri="…"` of a legacy audit log, which is text.
  private func isURIOfText(_ literal: Literal) -> Bool {
    let quote = literal.range.lowerBound
    return objects.isEmpty && quote >= 5 && bytes.part((quote - 5)..<quote).elementsEqual(" uri=".utf8)
  }

  private mutating func consider(_ literal: Literal) {
    let place = place
    guard !literal.isPlain || literal.range.count > 2 else { return }
    let replacement: String?
    if place.signs.contains(.isRequestURI) || isURIOfText(literal) {
      replacement = RedactionRules.redactedURI(literal.text(in: bytes))
    } else if place.signs.contains(.isBodyText), let body = body(literal) {
      replacement = redactedBody(body)
    } else if isSecret(place) {
      replacement = Redactor.mark(for: literal.text(in: bytes))
    } else if place.signs.contains(.isArguments),
      let argument = RedactionRules.redactedArgument(literal.text(in: bytes))
    {
      replacement = argument
    } else if literal.isPlain, !TokenShapes.mayHoldToken(literal.inner(in: bytes)) {
      return
    } else {
      replacement = TokenShapes.replacing(in: literal.text(in: bytes))
    }
    guard let replacement else { return }
    replacementCount += 1
    out.append(contentsOf: bytes[copied..<literal.range.lowerBound])
    JSONValue.writeString(replacement, to: &out)
    copied = literal.range.upperBound
  }

  /// The object, or the list of a JSON patch, that a string holds as text; nil where it holds none.
  private func body(_ literal: Literal) -> String? {
    let text = literal.text(in: bytes)
    let first = text.utf8.first { $0 > 0x20 }
    return first == UInt8(ascii: "{") || first == UInt8(ascii: "[") ? text : nil
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
    // A JSON patch's value is judged by the path beside it, and as a secret where that tells no place.
    if holdsSecrets, !signs.isDisjoint(with: [.inData, .inStringData, .isItemsValue]) { return true }
    if isStrict, !signs.isDisjoint(with: [.inData, .inBinaryData]) { return true }
    if isStrict, signs.isSuperset(of: [.isValue, .inEnv]) { return true }
    if signs.contains(.isSecretByName) { return true }
    // The keys of labels, selectors and annotations are names of the user's own and say nothing about the value.
    if signs.isDisjoint(with: [.inLabels, .inAnnotations]), isSensitive(key: place.key) { return true }
    return signs.contains(.inData) && RedactionRules.isSensitive(name: place.key.text(in: bytes))
  }

  private func isSensitive(key: Literal) -> Bool {
    if key.isPlain, !RedactionRules.mayBeSensitive(key.inner(in: bytes)) { return false }
    return RedactionRules.isSensitive(key: key.text(in: bytes))
  }
}
