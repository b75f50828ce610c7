import AuditModel

/// A value of a manifest, ready to be compared: each key once, hashes for whole subtrees.
struct ManifestNode: Sendable {
  enum Content: Sendable {
    /// null, a boolean, a number, a string; also `{}` and `[]`.
    case inline
    case object([Member])
    case list([ManifestNode])
  }
  struct Member: Sendable {
    var key: ExactKey
    var node: ManifestNode

    fileprivate func hash(with value: Int) -> Int {
      var hasher = Hasher()
      hasher.combine(key)
      hasher.combine(value)
      return hasher.finalize()
    }
  }

  var value: JSONValue
  var content: Content
  /// Equal for what the API server takes for equal: order of keys aside, numbers by value.
  var meaning: Int
  /// Equal for equal texts, order of keys aside. Swift's hashes have a secret seed, so nobody can write a log in which
  /// two different values pass for one.
  var exact: Int

  /// - Parameter known: of another version; what is one value in memory with what stands there is taken over.
  init(_ value: JSONValue, isRoot: Bool = false, like known: ManifestNode? = nil) {
    if let known, value.isOne(with: known.value) {
      self = known
      return
    }
    self.value = value
    var hasher = Hasher()
    /// Of the same, with numbers by value; nil where that makes no difference, as nearly everywhere.
    var other: Hasher?
    func combine(_ tag: Int) { hasher.combine(tag) }
    func combine(_ text: String) {
      var text = text
      text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    }
    content = .inline
    switch value {
    case .null: combine(0)
    case .bool(let flag): combine(flag ? 1 : 2)
    case .number(let digits):
      combine(3)
      let plain = ManifestNode.plainNumber(digits)
      if !plain.isExactly(digits) {
        other = hasher
        other?.combine(plain)
      }
      hasher.combine(digits)
    case .string(let text):
      combine(4)
      combine(text)
    case .array(let items):
      combine(5)
      combine(items.count)
      guard !items.isEmpty else { break }
      let others = known?.items ?? []
      let nodes = items.enumerated().map { index, item in
        let other = others.beside(index) { item.isOne(with: $0.value) }
        return ManifestNode(item, like: other ?? (index < others.count ? others[index] : nil))
      }
      if nodes.contains(where: \.isWrittenOtherwise) { other = hasher }
      for node in nodes {
        hasher.combine(node.exact)
        other?.combine(node.meaning)
      }
      content = .list(nodes)
    case .object(let members):
      combine(6)
      let others = known?.members ?? []
      let list = ManifestNode.unique(members, isRoot: isRoot).enumerated().map { index, member in
        let other = others.beside(index) { $0.key == member.key }
        return Member(key: member.key, node: ManifestNode(member.value, like: other?.node))
      }
      combine(list.count)
      guard !list.isEmpty else { break }
      if list.contains(where: \.node.isWrittenOtherwise) {
        other = hasher
        other?.combine(list.reduce(0) { $0 &+ $1.hash(with: $1.node.meaning) })
      }
      hasher.combine(list.reduce(0) { $0 &+ $1.hash(with: $1.node.exact) })
      content = .object(list)
    }
    exact = hasher.finalize()
    meaning = other?.finalize() ?? exact
  }

  /// A number in it is not written as its value would be.
  private var isWrittenOtherwise: Bool { meaning != exact }

  var members: [Member]? { if case .object(let members) = content { members } else { nil } }
  var items: [ManifestNode]? { if case .list(let items) = content { items } else { nil } }

  func member(_ name: String) -> ManifestNode? { members?.first { $0.key == ExactKey(name) }?.node }

  /// Each key once with the value that counts, the last; the keys that people look for first stand first.
  private static func unique(_ members: JSONMembers, isRoot: Bool) -> [(key: ExactKey, value: JSONValue)] {
    var list = members.unique.map { (key: ExactKey($0.key), value: $0.value) }
    if isRoot {
      var head: [(key: ExactKey, value: JSONValue)] = []
      for name in ["apiVersion", "kind", "metadata", "spec"] {
        if let place = list.firstIndex(where: { $0.key == ExactKey(name) }) { head.append(list.remove(at: place)) }
      }
      list = head + list
    }
    return list
  }

  /// The value without what comes after so many lines: each value that holds no other stands on a line of its own.
  static func head(of value: JSONValue, isRoot: Bool = false, _ left: inout Int) -> JSONValue {
    switch value {
    case .array(let items) where !items.isEmpty:
      var head: [JSONValue] = []
      for item in items where left > 0 { head.append(self.head(of: item, &left)) }
      return .array(head)
    case .object(let members) where !members.list.isEmpty:
      var head: [JSONMembers.Member] = []
      for member in unique(members, isRoot: isRoot) where left > 0 {
        head.append(.init(key: member.key.text, value: self.head(of: member.value, &left)))
      }
      return .object(JSONMembers(head))
    default:
      left -= 1
      return value
    }
  }

  /// One text for equal numbers: `1.0` and `1e0` are `1`. Integers keep all their digits.
  private static func plainNumber(_ digits: String) -> String {
    if digits.utf8.allSatisfy({ (48...57).contains($0) || $0 == UInt8(ascii: "-") }) {
      return digits == "-0" ? "0" : digits
    }
    guard let number = Double(digits), number.isFinite else { return digits }
    guard number.rounded() == number, abs(number) < 9_007_199_254_740_992 else { return String(number) }
    return String(Int64(number))
  }
}

extension Array {
  /// The element at an index that fits, or one next to it.
  fileprivate func beside(_ index: Int, _ fits: (Element) -> Bool) -> Element? {
    if index < count, fits(self[index]) { return self[index] }
    if index + 1 < count, fits(self[index + 1]) { return self[index + 1] }
    if index > 0, index <= count, fits(self[index - 1]) { return self[index - 1] }
    return nil
  }
}

/// A key compared byte by byte: for Swift's strings a composed and a decomposed letter are the same.
struct ExactKey: Hashable, Sendable {
  var text: String
  init(_ text: String) { self.text = text }

  static func == (left: ExactKey, right: ExactKey) -> Bool {
    left.text.utf8.count == right.text.utf8.count && left.text == right.text
      && left.text.utf8.elementsEqual(right.text.utf8)
  }
  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}

extension String {
  /// Equality byte by byte.
  func isExactly(_ other: String) -> Bool { ExactKey(self) == ExactKey(other) }
}
