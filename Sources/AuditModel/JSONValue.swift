/// A JSON value as it was logged: the order of keys, repeated keys and the digits of numbers are kept.
public enum JSONValue: Sendable {
  case null
  case bool(Bool)
  /// The number's own text, so that 9007199254740993 and 1.0 stay what they are.
  case number(String)
  case string(String)
  case array([JSONValue])
  case object(JSONMembers)
}

/// The members of a JSON object, in the order of the text. A key may occur more than once; look-ups give the last
/// one, as Go's decoder and so the API server does.
public struct JSONMembers: Sendable {
  public struct Member: Sendable {
    public var key: String
    public var value: JSONValue
    public init(key: String, value: JSONValue) {
      self.key = key
      self.value = value
    }
  }
  public var list: [Member]

  public init(_ list: [Member] = []) { self.list = list }

  public var isEmpty: Bool { list.isEmpty }
  public var keys: [String] { list.map(\.key) }

  /// The index of the member with a key, the last one where it is repeated.
  public func place(of key: String) -> Int? { list.lastIndex { same($0.key, key) } }

  public subscript(key: String) -> JSONValue? {
    get { place(of: key).map { list[$0].value } }
    set {
      guard let newValue else { return list.removeAll { same($0.key, key) } }
      if let index = place(of: key) {
        list[index].value = newValue
      } else {
        list.append(Member(key: key, value: newValue))
      }
    }
  }

  /// Each key once, with the value that counts, in order of first appearance.
  public var unique: [Member] {
    // Nearly all objects are small and repeat no key; looking is cheaper than hashing there.
    if list.count <= 12,
      list.indices.allSatisfy({ index in !list[..<index].contains { same($0.key, list[index].key) } })
    {
      return list
    }
    var places: [[UInt8]: Int] = [:]
    var members: [Member] = []
    for member in list {
      let place = places[Array(member.key.utf8)] ?? members.count
      if place < members.count {
        members[place].value = member.value
      } else {
        places[Array(member.key.utf8)] = place
        members.append(member)
      }
    }
    return members
  }
}

/// Where the members of an object stand, for who looks up many of them: to look through the list each time costs its
/// length squared.
public struct MemberPlaces: Sendable {
  private let members: JSONMembers
  /// Nil for a few members: looking is cheaper than hashing there.
  private let places: [[UInt8]: Int]?

  public init(_ members: JSONMembers) {
    self.members = members
    let list = members.list
    places =
      list.count <= 32
      ? nil : Dictionary(list.indices.map { (Array(list[$0].key.utf8), $0) }, uniquingKeysWith: { $1 })
  }

  public func place(of key: String) -> Int? {
    if let places { return places[Array(key.utf8)] }
    return members.place(of: key)
  }

  public subscript(key: String) -> JSONValue? { place(of: key).map { members.list[$0].value } }
}

extension JSONMembers {
  /// Gives many members new values at once, or takes away those whose new one is nil. New members come last.
  /// - Parameters:
  ///   - changes: no key twice.
  ///   - value: what becomes of a member: of its key, of the change, and of the value that was there.
  public mutating func merge(
    _ changes: [Member], _ value: (_ key: String, _ change: JSONValue, _ known: JSONValue?) -> JSONValue?
  ) {
    let places = MemberPlaces(self)
    var gone: Set<[UInt8]> = []
    var new: [Member] = []
    for change in changes {
      let place = places.place(of: change.key)
      let merged = value(change.key, change.value, place.map { list[$0].value })
      switch (place, merged) {
      case (let place?, let merged?): list[place].value = merged
      case (nil, let merged?): new.append(Member(key: change.key, value: merged))
      case (_?, nil): gone.insert(Array(change.key.utf8))
      case (nil, nil): break
      }
    }
    if !gone.isEmpty { list.removeAll { gone.contains(Array($0.key.utf8)) } }
    list += new
  }
}

/// Keys are the same when their bytes are: Swift takes `e` with an accent for `é`, the API server does not.
func same(_ left: String, _ right: String) -> Bool {
  guard left.utf8.count == right.utf8.count else { return false }
  let isSame = left.utf8.withContiguousStorageIfAvailable { left in
    right.utf8.withContiguousStorageIfAvailable { right in
      for index in left.indices where left[index] != right[index] { return false }
      return true
    }
  }
  return (isSame ?? nil) ?? left.utf8.elementsEqual(right.utf8)
}

extension JSONValue: Hashable {
  /// Equal as the API server sees it: key order does not count, of repeated keys the last counts, numbers by value
  /// (integers exactly, other numbers as Double).
  public static func == (left: JSONValue, right: JSONValue) -> Bool {
    switch (left, right) {
    case (.null, .null): return true
    case (.bool(let a), .bool(let b)): return a == b
    case (.string(let a), .string(let b)): return a.utf8.elementsEqual(b.utf8)
    case (.number(let a), .number(let b)):
      if a == b { return true }
      if let x = Int64(a), let y = Int64(b) { return x == y }
      guard let x = Double(a), let y = Double(b) else { return false }
      return x == y && (Int64(a) == nil || Int64(b) == nil)
    case (.array(let a), .array(let b)): return a == b
    case (.object(let a), .object(let b)):
      if left.isOne(with: right) { return true }
      let x = a.unique
      let y = b.unique
      guard x.count == y.count else { return false }
      if zip(x, y).allSatisfy({ same($0.key, $1.key) }) { return zip(x, y).allSatisfy { $0.value == $1.value } }
      let byKey = Dictionary(y.map { (Array($0.key.utf8), $0.value) }, uniquingKeysWith: { $1 })
      return x.allSatisfy { byKey[Array($0.key.utf8)] == $0.value }
    default: return false
    }
  }

  public func hash(into hasher: inout Hasher) {
    switch self {
    case .null: hasher.combine(0)
    case .bool(let value): hasher.combine(value)
    case .number(let text): hasher.combine(Double(text) ?? 0)
    case .string(let text): for byte in text.utf8 { hasher.combine(byte) }
    case .array(let items): hasher.combine(items)
    case .object(let members):
      // Whatever the order of the members.
      hasher.combine(
        members.unique.reduce(0) { sum, member in
          var hasher = Hasher()
          for byte in member.key.utf8 { hasher.combine(byte) }
          hasher.combine(member.value)
          return sum &+ hasher.finalize()
        })
    }
  }
}

extension JSONValue {
  /// Whether both are one value in memory, as what a `RecordMemory` took over is: then they are equal. Tells nothing
  /// where it is false.
  public func isOne(with other: JSONValue) -> Bool {
    func isOne<Item>(_ left: [Item], _ right: [Item]) -> Bool {
      left.count == right.count
        && left.withUnsafeBufferPointer { left in right.withUnsafeBufferPointer { left.baseAddress == $0.baseAddress } }
    }
    return switch (self, other) {
    case (.object(let left), .object(let right)): isOne(left.list, right.list)
    case (.array(let left), .array(let right)): isOne(left, right)
    default: false
    }
  }

  public var string: String? { if case .string(let value) = self { value } else { nil } }
  public var bool: Bool? { if case .bool(let value) = self { value } else { nil } }
  public var array: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
  public var members: JSONMembers? { if case .object(let value) = self { value } else { nil } }
  public var isNull: Bool { if case .null = self { true } else { false } }
  /// The number as an integer; nil when it has a fraction or does not fit.
  public var integer: Int64? { if case .number(let text) = self { Int64(text) } else { nil } }
  public var double: Double? { if case .number(let text) = self { Double(text) } else { nil } }

  /// Steps into objects only; nil where a key is missing or the value there is no object.
  public subscript(path: String...) -> JSONValue? { self[path] }
  public subscript(path: [String]) -> JSONValue? {
    var value = self
    for key in path {
      guard case .object(let members) = value, let next = members[key] else { return nil }
      value = next
    }
    return value
  }

  /// A copy with the member at the path set, or removed when `value` is nil. Missing objects on the way are made
  /// when setting; where the path meets something that is no object, nothing changes.
  public func setting(_ path: [String], to value: JSONValue?) -> JSONValue {
    guard let key = path.first else { return value ?? .null }
    guard case .object(var members) = self else { return self }
    let rest = Array(path.dropFirst())
    if rest.isEmpty {
      members[key] = value
    } else if let child = members[key] {
      members[key] = child.setting(rest, to: value)
    } else if value != nil {
      members[key] = JSONValue.object(JSONMembers()).setting(rest, to: value)
    }
    return .object(members)
  }

  public static func object(_ pairs: KeyValuePairs<String, JSONValue>) -> JSONValue {
    .object(JSONMembers(pairs.map { JSONMembers.Member(key: $0.key, value: $0.value) }))
  }
  public static func integer(_ value: some BinaryInteger) -> JSONValue { .number(String(value)) }
  /// The text, or null where there is none.
  public static func optional(_ text: String?) -> JSONValue { text.map(JSONValue.string) ?? .null }
}
