import AuditModel
import CSimdJSON

/// Why a record that a format recognised is no event after all; the text is the reason of the reject.
struct DecodeError: Error {
  var reason: String
}

/// Reads one record at a time; what it gave out is valid until the next one.
final class JSONParser {
  private let parser: OpaquePointer?
  private let pool = TextPool()

  init() {
    parser = csj_parser_new()
    precondition(parser != nil, "there is memory for a parser")
  }
  deinit { csj_parser_free(parser) }

  /// Nil when the bytes are not one JSON object as simdjson takes it.
  /// - Parameter readable: how many bytes from the first one on may be read; more than are meant.
  func object(_ bytes: UnsafeRawBufferPointer, readable: Int) -> JSONObject? {
    guard let parser, let base = bytes.baseAddress else { return nil }
    let root = csj_parse(parser, base.assumingMemoryBound(to: UInt8.self), bytes.count, readable)
    return JSONObject(root, pool)
  }
}

/// A parsed JSON object, or one inside it. It cannot be kept: the next record overwrites it.
struct JSONObject: ~Copyable {
  private let element: csj_element
  // The parser that the record belongs to keeps it alive.
  private unowned(unsafe) let pool: TextPool

  init?(_ element: csj_element, _ pool: TextPool) {
    guard csj_type_of(element) == csj_type_object else { return nil }
    self.element = element
    self.pool = pool
  }

  /// Of members with one key the last counts, as for the API server.
  subscript(key: StaticString) -> JSONElement {
    JSONElement(csj_member(element, key.utf8Start, key.utf8CodeUnitCount), pool)
  }

  var isEmpty: Bool { csj_is_empty(element) }
  /// All members, in the order of the text; a key that is there twice is there twice.
  var pairs: [(key: String, value: JSONElement)] {
    var list: [(key: String, value: JSONElement)] = []
    var key = csj_first_key(element)
    while key.index != 0 {
      let value = csj_value_of_key(key)
      if let text = JSONElement(key, pool).string { list.append((text, JSONElement(value, pool))) }
      key = csj_next_key(element, value)
    }
    return list
  }
  func has(_ key: StaticString) -> Bool { !self[key].isMissing }

  /// Nil where a key is missing on the way, or the value is no string.
  func bytes(_ key: StaticString) -> UnsafeRawBufferPointer? { self[key].bytes }
  func bytes(_ outer: StaticString, _ key: StaticString) -> UnsafeRawBufferPointer? { self[outer].object?.bytes(key) }

  /// Many members in one pass: what the look-up of a single one costs each time.
  func members<Key: MemberKey>(_ table: KeyTable<Key>) -> JSONMembersFound<Key> {
    var found = JSONMembersFound<Key>(pool: pool)
    found.fill(element, table)
    return found
  }
}

/// The keys of one kind of object, as cases that name them; at most `KeyTable.most`.
protocol MemberKey: CaseIterable, RawRepresentable<Int>, Sendable {
  /// The key in the text; the name of the case where nothing else is said.
  var name: String { get }
}

extension MemberKey {
  var name: String { "\(self)" }
}

let mostKeys = 20

/// Keys in the form that the parser compares with; made once and never freed, hence safe to share.
struct KeyTable<Key: MemberKey>: @unchecked Sendable {
  fileprivate let keys: UnsafeMutableBufferPointer<csj_slice>

  init() {
    keys = .allocate(capacity: Key.allCases.count)
    precondition(Key.allCases.count <= mostKeys, "at most \(mostKeys) keys in one pass")
    for (index, key) in Key.allCases.enumerated() {
      precondition(key.rawValue == index, "keys are numbered in order")
      let name = Array(key.name.utf8)
      let bytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: name.count)
      _ = bytes.initialize(from: name)
      keys.initializeElement(at: index, to: csj_slice(start: bytes.baseAddress, count: name.count))
    }
  }
}

/// What one pass found, by key.
struct JSONMembersFound<Key: MemberKey>: ~Copyable {
  // As many as `mostKeys`; a constant cannot stand there.
  private var elements = InlineArray<20, csj_element>(repeating: csj_element(parser: nil, index: 0))
  private unowned(unsafe) let pool: TextPool

  fileprivate init(pool: TextPool) { self.pool = pool }

  fileprivate mutating func fill(_ element: csj_element, _ table: KeyTable<Key>) {
    guard let keys = table.keys.baseAddress else { return }
    var span = elements.mutableSpan
    span.withUnsafeMutableBufferPointer { found in
      if let found = found.baseAddress { csj_members(element, keys, table.keys.count, found) }
    }
  }

  subscript(key: Key) -> JSONElement { JSONElement(elements[key.rawValue], pool) }
}

/// Any value inside a record, or none; as short-lived as the record.
struct JSONElement {
  private let element: csj_element
  private unowned(unsafe) let pool: TextPool

  init(_ element: csj_element, _ pool: TextPool) {
    self.element = element
    self.pool = pool
  }

  var isMissing: Bool { element.index == 0 }
  /// Neither missing nor null.
  var isPresent: Bool { element.index != 0 && csj_type_of(element) != csj_type_null }
  var isArray: Bool { csj_type_of(element) == csj_type_array }
  var isString: Bool { csj_type_of(element) == csj_type_string }
  var object: JSONObject? { JSONObject(element, pool) }

  /// The bytes of a string.
  var bytes: UnsafeRawBufferPointer? {
    let slice = csj_string(element)
    guard let start = slice.start else { return nil }
    return UnsafeRawBufferPointer(start: start, count: slice.count)
  }
  /// A string that many records hold.
  var string: String? { bytes.map(pool.text) }
  /// A string that is nearly always another one.
  var freshString: String? { bytes.map { String(decoding: $0, as: UTF8.self) } }
  /// Nil for an empty string too.
  var nonEmpty: String? { bytes.flatMap { $0.isEmpty ? nil : pool.text($0) } }
  var freshNonEmpty: String? { bytes.flatMap { $0.isEmpty ? nil : String(decoding: $0, as: UTF8.self) } }

  var integer: Int64? {
    var value: Int64 = 0
    return csj_integer(element, &value) ? value : nil
  }
  var double: Double? {
    var value = 0.0
    return csj_double(element, &value) ? value : nil
  }

  func starts(with prefix: StaticString) -> Bool { bytes.map { $0.starts(with: prefix) } ?? false }

  /// A member of an object; nil where it is none.
  func member(_ key: StaticString) -> JSONElement? { object?[key] }

  /// Each item of an array, in order; none where it is no array.
  func forEach(_ body: (JSONElement) -> Void) {
    var item = csj_first_item(element)
    while item.index != 0 {
      body(JSONElement(item, pool))
      item = csj_next_item(element, item)
    }
  }

  /// Whether it is an array with an item.
  var hasItems: Bool { csj_first_item(element).index != 0 }

  /// Nothing happens for what is no array.
  func forEachItem(_ body: (JSONElement) -> Void) {
    var item = csj_first_item(element)
    while item.index != 0 {
      body(JSONElement(item, pool))
      item = csj_next_item(element, item)
    }
  }

  func containsString(_ text: StaticString) -> Bool {
    var item = csj_first_item(element)
    while item.index != 0 {
      if let bytes = JSONElement(item, pool).bytes, bytes == text { return true }
      item = csj_next_item(element, item)
    }
    return false
  }

  /// The strings of an array; other items are left out.
  var strings: [String] {
    func items() -> [String] {
      var list: [String] = []
      var item = csj_first_item(element)
      while item.index != 0 {
        if let text = JSONElement(item, pool).string { list.append(text) }
        item = csj_next_item(element, item)
      }
      return list
    }
    let run = csj_string_run(element)
    guard let start = run.start else { return items() }
    return pool.list(UnsafeRawBufferPointer(start: start, count: run.count), make: items)
  }
}
