public import AuditModel

/// Why a JSON Patch does not fit a document; `index` counts the operations of the patch from 0.
public enum JSONPatchError: Error, Hashable, Sendable {
  case notAPatch(index: Int?)
  case noSuchPlace(index: Int, path: String)
  case testFailed(index: Int, path: String)
  /// More than the API server takes: `JSONPatchLimits`.
  case tooLarge(index: Int?)
}

/// What a patch may come to. The log may hold any: a few `copy` of the whole document double it each time.
///
/// Source: kube-apiserver, `maxJSONPatchOperations` and `JSONPatchMaxCopyBytes`.
enum JSONPatchLimits {
  static let operations = 10_000
  /// Of all that is copied, and of the document after it, as JSON.
  static let bytes = 3 << 20
  /// Levels, of pointers and of what they lead to: as deep as a text is read.
  static let depth = 1000
}

/// JSON Patch, RFC 6902, with JSON Pointers of RFC 6901.
public enum JSONPatch {
  /// The document after all operations of the patch, or the reason why one of them cannot be done.
  ///
  /// - Parameter trustsTests: lets every `test` pass. For a patch that the API server took, the tests did pass, maybe
  ///   against fields that the known document lacks.
  public static func apply(
    _ patch: JSONValue, to document: JSONValue, trustsTests: Bool = false
  ) throws(JSONPatchError) -> JSONValue {
    guard let operations = patch.array else { throw .notAPatch(index: nil) }
    guard operations.count <= JSONPatchLimits.operations else { throw .tooLarge(index: nil) }
    var result = document
    var copied = 0
    for (index, operation) in operations.enumerated() {
      guard let name = operation["op"]?.string, let path = operation["path"]?.string, let steps = pointer(path) else {
        throw .notAPatch(index: index)
      }
      func found(_ text: String, _ steps: [String]) throws(JSONPatchError) -> JSONValue {
        guard let value = value(at: steps[...], in: result) else { throw .noSuchPlace(index: index, path: text) }
        return value
      }
      func source() throws(JSONPatchError) -> (text: String, steps: [String]) {
        guard let from = operation["from"]?.string, let steps = pointer(from) else { throw .notAPatch(index: index) }
        return (from, steps)
      }
      func change(_ steps: [String], _ edit: Edit, _ text: String) throws(JSONPatchError) {
        guard JSONPatch.edit(&result, at: steps[...], edit) else { throw .noSuchPlace(index: index, path: text) }
      }
      switch name {
      case "add", "replace", "test":
        guard let value = operation["value"] else { throw .notAPatch(index: index) }
        guard name == "test" || value.size.depth + steps.count <= JSONPatchLimits.depth else {
          throw .tooLarge(index: index)
        }
        if name == "add" {
          try change(steps, .add(value), path)
        } else if name == "replace" {
          try change(steps, .replace(value), path)
        } else if !trustsTests, try found(path, steps) != value {
          throw .testFailed(index: index, path: path)
        }
      case "remove":
        try change(steps, .remove, path)
      case "copy":
        let from = try source()
        let value = try found(from.text, from.steps)
        let size = value.size
        copied += size.bytes
        guard copied <= JSONPatchLimits.bytes, size.depth + steps.count <= JSONPatchLimits.depth else {
          throw .tooLarge(index: index)
        }
        try change(steps, .add(value), path)
      case "move":
        let from = try source()
        let value = try found(from.text, from.steps)
        if from.steps == steps { continue }
        // An object cannot be moved into itself.
        guard !steps.starts(with: from.steps) else { throw .noSuchPlace(index: index, path: path) }
        guard value.size.depth + steps.count <= JSONPatchLimits.depth else { throw .tooLarge(index: index) }
        try change(from.steps, .remove, from.text)
        try change(steps, .add(value), path)
      default: throw .notAPatch(index: index)
      }
    }
    guard copied == 0 || result.size.bytes <= JSONPatchLimits.bytes else { throw .tooLarge(index: nil) }
    return result
  }

  /// The steps of a JSON Pointer, `~1` and `~0` read as `/` and `~`; nil when it is none, or leads deeper than a text is
  /// read.
  static func pointer(_ text: String) -> [String]? {
    if text.isEmpty { return [] }
    let slash = UInt8(ascii: "/")
    guard text.utf8.first == slash, text.utf8.count(where: { $0 == slash }) <= JSONPatchLimits.depth else { return nil }
    return text.utf8.dropFirst().split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false).map { step in
      var out: [UInt8] = []
      var escaped = false
      for byte in step {
        if escaped {
          out.append(byte == UInt8(ascii: "1") ? UInt8(ascii: "/") : UInt8(ascii: "~"))
          if byte != UInt8(ascii: "0"), byte != UInt8(ascii: "1") { out.append(byte) }
          escaped = false
        } else if byte == UInt8(ascii: "~") {
          escaped = true
        } else {
          out.append(byte)
        }
      }
      if escaped { out.append(UInt8(ascii: "~")) }
      return String(decoding: out, as: UTF8.self)
    }
  }

  private enum Edit {
    case add(JSONValue), replace(JSONValue), remove
  }

  /// An index as RFC 6901 writes it: digits without a leading zero.
  private static func index(_ step: String, below count: Int) -> Int? {
    guard let index = Int(step), String(index) == step, index >= 0, index < count else { return nil }
    return index
  }

  private static func value(at steps: ArraySlice<String>, in document: JSONValue) -> JSONValue? {
    guard let step = steps.first else { return document }
    switch document {
    case .object(let members): return members[step].flatMap { value(at: steps.dropFirst(), in: $0) }
    case .array(let items):
      return index(step, below: items.count).flatMap { value(at: steps.dropFirst(), in: items[$0]) }
    default: return nil
    }
  }

  /// Edits in place: to copy a large object for each of thousands of operations takes minutes.
  /// - Returns: whether the place exists.
  private static func edit(_ document: inout JSONValue, at steps: ArraySlice<String>, _ edit: Edit) -> Bool {
    guard let step = steps.first else {
      switch edit {
      case .add(let value), .replace(let value): document = value
      case .remove: document = .null
      }
      return true
    }
    let rest = steps.dropFirst()
    switch document {
    case .object(var members):
      document = .null
      defer { document = .object(members) }
      let place = members.place(of: step)
      guard rest.isEmpty else {
        return place.map { JSONPatch.edit(&members.list[$0].value, at: rest, edit) } ?? false
      }
      switch (edit, place) {
      case (.add(let value), let place?), (.replace(let value), let place?): members.list[place].value = value
      case (.add(let value), nil): members.list.append(.init(key: step, value: value))
      case (.remove, _?): members[step] = nil
      case (.replace, nil), (.remove, nil): return false
      }
      return true
    case .array(var items):
      document = .null
      defer { document = .array(items) }
      if case .add(let value) = edit, rest.isEmpty {
        guard let place = step == "-" ? items.count : index(step, below: items.count + 1) else { return false }
        items.insert(value, at: place)
        return true
      }
      guard let place = index(step, below: items.count) else { return false }
      if !rest.isEmpty { return JSONPatch.edit(&items[place], at: rest, edit) }
      if case .replace(let value) = edit { items[place] = value } else { items.remove(at: place) }
      return true
    default: return false
    }
  }
}

extension JSONValue {
  /// How much there is of a value: bytes of its texts and two for each value, which is no more than it takes as JSON, and
  /// how deep it goes, 0 for what holds no other.
  fileprivate var size: (bytes: Int, depth: Int) {
    switch self {
    case .null, .bool: return (2, 0)
    case .number(let text), .string(let text): return (text.utf8.count + 2, 0)
    case .array(let items):
      return items.reduce(into: (bytes: 2, depth: 1)) { sum, item in
        let size = item.size
        sum = (sum.bytes + size.bytes, max(sum.depth, size.depth + 1))
      }
    case .object(let members):
      return members.list.reduce(into: (bytes: 2, depth: 1)) { sum, member in
        let size = member.value.size
        sum = (sum.bytes + member.key.utf8.count + size.bytes, max(sum.depth, size.depth + 1))
      }
    }
  }
}
