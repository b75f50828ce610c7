import AuditModel

/// Which objects a `deletecollection` meant: the selectors in the query of its URI.
struct CollectionSelector {
  /// Requirements as the API server reads them, joined by AND.
  private var labels: [Requirement] = []
  private var fields: [Requirement] = []
  /// A selector that this reader does not understand: nothing is known to match.
  private var isUnreadable = false

  var usesLabels: Bool { !labels.isEmpty }

  struct Requirement: Hashable {
    enum Operator { case isIn, notIn, exists, absent }
    var key: String
    var relation: Operator
    var values: Set<String> = []
  }

  init(requestURI: String) {
    guard let query = requestURI.split(separator: "?", maxSplits: 1).dropFirst().first else { return }
    for pair in query.split(separator: "&") {
      let parts = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      guard parts.count == 2 else { continue }
      let text = CollectionSelector.decoded(String(parts[1]))
      switch parts[0] {
      case "labelSelector": take(text, into: \.labels)
      case "fieldSelector": take(text, into: \.fields)
      default: continue
      }
    }
  }

  private mutating func take(_ text: String, into list: WritableKeyPath<CollectionSelector, [Requirement]>) {
    guard let requirements = CollectionSelector.requirements(text) else { return isUnreadable = true }
    self[keyPath: list] += requirements
  }

  /// Whether the object is meant; nil when that cannot be told: labels of an object whose content is not known, or a
  /// selector beyond `metadata.name` and `metadata.namespace`.
  func matches(_ key: ObjectKey, manifest: JSONValue?) -> Bool? {
    guard !isUnreadable else { return nil }
    var facts: [String: String] = ["metadata.name": key.name]
    facts["metadata.namespace"] = key.namespace
    for field in fields {
      guard field.key == "metadata.name" || field.key == "metadata.namespace" else { return nil }
      guard field.holds(for: facts[field.key]) else { return false }
    }
    if labels.isEmpty { return true }
    guard let manifest else { return nil }
    return labels.allSatisfy { $0.holds(for: manifest["metadata", "labels", $0.key]?.string) }
  }

  /// `a=b`, `a==b`, `a!=b`, `a in (x,y)`, `a notin (x)`, `a`, `!a`, comma-separated; nil when it is none of these.
  static func requirements(_ text: String) -> [Requirement]? {
    var pieces: [String] = [""]
    var depth = 0
    for character in text {
      if character == "(" { depth += 1 }
      if character == ")" { depth -= 1 }
      if character == ",", depth == 0 { pieces.append("") } else { pieces[pieces.count - 1].append(character) }
    }
    guard depth == 0 else { return nil }
    var found: [Requirement] = []
    for piece in pieces.map(trimmed) where !piece.isEmpty {
      guard let requirement = requirement(piece) else { return nil }
      found.append(requirement)
    }
    return found
  }

  private static func requirement(_ piece: String) -> Requirement? {
    for (sign, relation) in [("!=", Requirement.Operator.notIn), ("==", .isIn), ("=", .isIn)] {
      guard let range = piece.range(of: sign) else { continue }
      return Requirement(
        key: trimmed(String(piece[..<range.lowerBound])), relation: relation,
        values: [trimmed(String(piece[range.upperBound...]))])
    }
    let words = piece.split(separator: " ", maxSplits: 2, omittingEmptySubsequences: true).map(String.init)
    if words.count == 1, !piece.contains("(") {
      return piece.hasPrefix("!")
        ? Requirement(key: trimmed(String(piece.dropFirst())), relation: .absent)
        : Requirement(key: piece, relation: .exists)
    }
    guard let open = piece.firstIndex(of: "("), piece.hasSuffix(")") else { return nil }
    let head = piece[..<open].split(separator: " ")
    guard head.count == 2, head[1] == "in" || head[1] == "notin" else { return nil }
    let values = piece[piece.index(after: open)...].dropLast().split(separator: ",", omittingEmptySubsequences: false)
    return Requirement(
      key: String(head[0]), relation: head[1] == "in" ? .isIn : .notIn, values: Set(values.map { trimmed(String($0)) }))
  }

  private static func trimmed(_ text: String) -> String {
    var rest = Substring(text)
    while rest.first == " " { rest.removeFirst() }
    while rest.last == " " { rest.removeLast() }
    return String(rest)
  }

  /// Percent escapes and `+` of a query read as what they stand for.
  static func decoded(_ text: String) -> String {
    var out: [UInt8] = []
    let bytes = Array(text.utf8)
    var at = 0
    while at < bytes.count {
      if bytes[at] == UInt8(ascii: "%"), at + 2 < bytes.count,
        let value = UInt8(String(decoding: bytes[(at + 1)...(at + 2)], as: UTF8.self), radix: 16)
      {
        out.append(value)
        at += 3
      } else {
        out.append(bytes[at] == UInt8(ascii: "+") ? UInt8(ascii: " ") : bytes[at])
        at += 1
      }
    }
    return String(decoding: out, as: UTF8.self)
  }
}

extension CollectionSelector.Requirement {
  func holds(for value: String?) -> Bool {
    switch relation {
    case .isIn: value.map(values.contains) ?? false
    // As the API server has it, an object without the label meets `!=` and `notin`.
    case .notIn: value.map { !values.contains($0) } ?? true
    case .exists: value != nil
    case .absent: value == nil
    }
  }
}

extension String {
  /// The first place of a text that is not empty.
  fileprivate func range(of wanted: String) -> Range<String.Index>? {
    var start = startIndex
    while start < endIndex {
      if self[start...].hasPrefix(wanted) { return start..<index(start, offsetBy: wanted.count) }
      start = index(after: start)
    }
    return nil
  }
}
