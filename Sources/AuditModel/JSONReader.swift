/// The objects and arrays of a JSON text in the order in which they begin.
struct JSONOutline {
  struct Node {
    /// Where it stands in the text.
    var start: Int
    var end: Int
    /// Index of the first node behind those inside.
    var next: Int
    var value: JSONValue
  }
  var text: [UInt8] = []
  var nodes: [Node] = []
}

/// A recursive-descent reader over bytes in memory. Where a text like it was read before, it takes over what stands in
/// the same place byte for byte.
struct JSONReader {
  private let bytes: UnsafeRawBufferPointer
  private var at = 0
  private var depth = 0
  private let before: [JSONOutline.Node]
  private let textBefore: UnsafeRawBufferPointer
  private let remembers: Bool
  /// Of the text that is read; stays empty where nothing is remembered.
  private(set) var nodes: [JSONOutline.Node] = []

  init(bytes: UnsafeRawBufferPointer) {
    self.bytes = bytes
    before = []
    textBefore = UnsafeRawBufferPointer(start: nil, count: 0)
    remembers = false
  }

  /// - Parameter text: what the nodes are of.
  init(bytes: UnsafeRawBufferPointer, like nodes: [JSONOutline.Node], of text: UnsafeRawBufferPointer) {
    self.bytes = bytes
    before = nodes
    textBefore = text
    remembers = true
    self.nodes.reserveCapacity(nodes.count + 16)
  }

  mutating func document() throws(JSONError) -> JSONValue {
    let value = try value(like: before.isEmpty ? nil : 0)
    skipSpace()
    guard at == bytes.count else { throw error("more text after the value") }
    return value
  }

  private func error(_ reason: String) -> JSONError { JSONError(offset: at, reason: reason) }

  private mutating func skipSpace() {
    while at < bytes.count, bytes[at] == 0x20 || (0x09...0x0D).contains(bytes[at]) { at += 1 }
  }

  /// - Parameters:
  ///   - node: of the object or array that stood here before.
  ///   - known: the string that did.
  private mutating func value(like node: Int?, _ known: String? = nil) throws(JSONError) -> JSONValue {
    skipSpace()
    guard at < bytes.count else { throw error("the text ends where a value is expected") }
    switch bytes[at] {
    case UInt8(ascii: "{"):
      if let same = takeOver(node) { return same }
      return try object(like: node)
    case UInt8(ascii: "["):
      if let same = takeOver(node) { return same }
      return try array(like: node)
    case UInt8(ascii: "\""): return .string(try string(like: known))
    case UInt8(ascii: "t"): return try word("true", .bool(true))
    case UInt8(ascii: "f"): return try word("false", .bool(false))
    case UInt8(ascii: "n"): return try word("null", .null)
    default: return try number()
    }
  }

  private mutating func word(_ text: StaticString, _ value: JSONValue) throws(JSONError) -> JSONValue {
    let count = text.utf8CodeUnitCount
    guard at + count <= bytes.count, (0..<count).allSatisfy({ bytes[at + $0] == text.utf8Start[$0] }) else {
      throw error("not JSON")
    }
    at += count
    return value
  }

  private mutating func number() throws(JSONError) -> JSONValue {
    let start = at
    func digits() -> Int {
      var count = 0
      while at + count < bytes.count, (48...57).contains(bytes[at + count]) { count += 1 }
      return count
    }
    if bytes[at] == UInt8(ascii: "-") { at += 1 }
    let whole = digits()
    guard whole > 0, whole == 1 || bytes[at] != UInt8(ascii: "0") else {
      at = start
      throw error("not JSON")
    }
    at += whole
    if at < bytes.count, bytes[at] == UInt8(ascii: ".") {
      at += 1
      let fraction = digits()
      guard fraction > 0 else { throw error("a number without digits after its point") }
      at += fraction
    }
    if at < bytes.count, bytes[at] | 0x20 == UInt8(ascii: "e") {
      at += 1
      if at < bytes.count, bytes[at] == UInt8(ascii: "+") || bytes[at] == UInt8(ascii: "-") { at += 1 }
      let exponent = digits()
      guard exponent > 0 else { throw error("a number without digits in its exponent") }
      at += exponent
    }
    return .number(String(decoding: bytes[start..<at], as: UTF8.self))
  }

  private mutating func array(like node: Int?) throws(JSONError) -> JSONValue {
    let own = try enter()
    var known = KnownItems(before, node)
    var items: [JSONValue] = []
    skipSpace()
    if take(UInt8(ascii: "]")) { return leave(own, .array(items)) }
    items.reserveCapacity(known.count)
    while true {
      skipSpace()
      // What stood beside an item stands in its place where another came or went before it.
      if let same = takeOver(known.node) {
        items.append(same)
        known.advance(before)
      } else if let same = takeOver(known.nodeBehind(before)) {
        items.append(same)
        known.advance(before)
        known.advance(before)
      } else if let same = takeOver(known.nodeBefore) {
        items.append(same)
      } else {
        items.append(try value(like: known.node, known.string))
        known.advance(before)
      }
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "]")) else { throw error("expected , or ] in an array") }
      return leave(own, .array(items))
    }
  }

  private mutating func object(like node: Int?) throws(JSONError) -> JSONValue {
    let own = try enter()
    var known = KnownMembers(before, node)
    var members: [JSONMembers.Member] = []
    skipSpace()
    if take(UInt8(ascii: "}")) { return leave(own, .object(JSONMembers(members))) }
    // Most objects have a few members.
    members.reserveCapacity(max(4, known.count))
    while true {
      skipSpace()
      guard at < bytes.count, bytes[at] == UInt8(ascii: "\"") else { throw error("expected a key in quotes") }
      let key = try string(like: known.key)
      skipSpace()
      guard take(UInt8(ascii: ":")) else { throw error("expected : after a key") }
      if known.find(key, before) {
        members.append(.init(key: key, value: try value(like: known.node, known.string)))
        known.advance(before)
      } else {
        members.append(.init(key: key, value: try value(like: nil)))
      }
      skipSpace()
      if take(UInt8(ascii: ",")) { continue }
      guard take(UInt8(ascii: "}")) else { throw error("expected , or } in an object") }
      return leave(own, .object(JSONMembers(members)))
    }
  }

  /// The number of the object or array that begins.
  private mutating func enter() throws(JSONError) -> Int {
    depth += 1
    guard depth <= 1000 else { throw error("nested deeper than 1,000 levels") }
    if remembers { nodes.append(.init(start: at, end: at, next: 0, value: .null)) }
    at += 1
    return nodes.count - 1
  }

  private mutating func leave(_ own: Int, _ value: JSONValue) -> JSONValue {
    depth -= 1
    guard remembers else { return value }
    nodes[own].end = at
    nodes[own].next = nodes.count
    nodes[own].value = value
    return value
  }

  private mutating func take(_ byte: UInt8) -> Bool {
    guard at < bytes.count, bytes[at] == byte else { return false }
    at += 1
    return true
  }

  /// The object or array that stood here before, where the same stands here now.
  private mutating func takeOver(_ node: Int?) -> JSONValue? {
    guard let node else { return nil }
    let start = before[node].start
    guard bytes.holds(textBefore.part(start..<before[node].end), at: at) else { return nil }
    let shift = at - start
    let renumbering = nodes.count - node
    for inner in before[node..<before[node].next] {
      nodes.append(
        .init(start: inner.start + shift, end: inner.end + shift, next: inner.next + renumbering, value: inner.value))
    }
    at = before[node].end + shift
    return before[node].value
  }

  /// - Parameter known: returned where it is the same, so that there is one of it.
  private mutating func string(like known: String?) throws(JSONError) -> String {
    at += 1
    let start = at
    while at < bytes.count, bytes[at] != UInt8(ascii: "\""), bytes[at] != UInt8(ascii: "\\") { at += 1 }
    guard at < bytes.count else { throw error("the text ends inside a string") }
    if bytes[at] == UInt8(ascii: "\"") {
      let end = at
      at += 1
      // Up to fifteen bytes a String needs no memory of its own.
      if end - start > 15, let known, known.utf8.count == end - start,
        known.utf8.withContiguousStorageIfAvailable({ bytes.holds(UnsafeRawBufferPointer($0), at: start) }) == true
      {
        return known
      }
      return String(decoding: bytes[start..<end], as: UTF8.self)
    }
    var out = Array(bytes[start..<at])
    while at < bytes.count {
      let byte = bytes[at]
      at += 1
      if byte == UInt8(ascii: "\"") { return String(decoding: out, as: UTF8.self) }
      guard byte == UInt8(ascii: "\\") else {
        out.append(byte)
        continue
      }
      guard at < bytes.count else { break }
      let escape = bytes[at]
      at += 1
      switch escape {
      case UInt8(ascii: "n"): out.append(0x0A)
      case UInt8(ascii: "t"): out.append(0x09)
      case UInt8(ascii: "r"): out.append(0x0D)
      case UInt8(ascii: "b"): out.append(0x08)
      case UInt8(ascii: "f"): out.append(0x0C)
      case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): out.append(escape)
      case UInt8(ascii: "u"): out.append(contentsOf: Character(try scalar()).utf8)
      default: throw error("an escape that JSON does not have")
      }
    }
    throw error("the text ends inside a string")
  }

  /// The scalar of a `\u` escape whose `u` has been read; a pair of surrogates is joined, a lone one replaced.
  private mutating func scalar() throws(JSONError) -> Unicode.Scalar {
    let first = try hex4()
    if let scalar = Unicode.Scalar(first) { return scalar }
    guard first < 0xDC00, at + 1 < bytes.count, bytes[at] == UInt8(ascii: "\\"), bytes[at + 1] == UInt8(ascii: "u")
    else { return "\u{FFFD}" }
    let mark = at
    at += 2
    let second = try hex4()
    guard (0xDC00..<0xE000).contains(second) else {
      at = mark
      return "\u{FFFD}"
    }
    return Unicode.Scalar(0x10000 + (first - 0xD800) << 10 + (second - 0xDC00)) ?? "\u{FFFD}"
  }

  private mutating func hex4() throws(JSONError) -> UInt32 {
    guard at + 4 <= bytes.count else { throw error("the text ends inside an escape") }
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let digit = Character(Unicode.Scalar(bytes[at])).hexDigitValue else {
        throw error("not a hexadecimal digit")
      }
      value = value << 4 | UInt32(digit)
      at += 1
    }
    return value
  }
}

/// The items of an array that was read before, gone through beside those of one that is read.
private struct KnownItems {
  private var items: [JSONValue] = []
  private var index = 0
  /// Of the next object or array at or behind `index`.
  private var next = 0
  /// Of the item before.
  private(set) var nodeBefore: Int?

  init(_ nodes: [JSONOutline.Node], _ node: Int?) {
    guard let node, case .array(let items) = nodes[node].value else { return }
    self.items = items
    next = node + 1
  }

  var count: Int { items.count }
  /// Of the item, where it is an object or array.
  var node: Int? { index < items.count && items[index].isContainer ? next : nil }
  var string: String? { index < items.count ? items[index].string : nil }

  func nodeBehind(_ nodes: [JSONOutline.Node]) -> Int? {
    guard index + 1 < items.count, items[index + 1].isContainer else { return nil }
    return node.map { nodes[$0].next } ?? next
  }

  mutating func advance(_ nodes: [JSONOutline.Node]) {
    guard index < items.count else { return }
    nodeBefore = node
    if let node { next = nodes[node].next }
    index += 1
  }
}

/// The members of an object that was read before, gone through beside those of one that is read.
private struct KnownMembers {
  private var list: [JSONMembers.Member] = []
  private var index = 0
  /// Of the next object or array at or behind `index`.
  private var next = 0

  init(_ nodes: [JSONOutline.Node], _ node: Int?) {
    guard let node, case .object(let members) = nodes[node].value else { return }
    list = members.list
    next = node + 1
  }

  var count: Int { list.count }
  var key: String? { index < list.count ? list[index].key : nil }
  /// Of the member's value, where it is an object or array.
  var node: Int? { index < list.count && list[index].value.isContainer ? next : nil }
  var string: String? { index < list.count ? list[index].value.string : nil }

  mutating func advance(_ nodes: [JSONOutline.Node]) {
    if let node { next = nodes[node].next }
    index += 1
  }

  /// Goes to the member with the key, where it is the next one or stands a few behind it.
  mutating func find(_ key: String, _ nodes: [JSONOutline.Node]) -> Bool {
    var ahead = self
    for _ in 0..<4 {
      guard let other = ahead.key else { return false }
      if same(other, key) {
        self = ahead
        return true
      }
      ahead.advance(nodes)
    }
    return false
  }
}

extension JSONValue {
  fileprivate var isContainer: Bool {
    switch self {
    case .object, .array: true
    default: false
    }
  }
}
