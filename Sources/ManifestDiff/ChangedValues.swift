import AuditModel

/// What a comparison comes to for somebody who searches it: each path that has another value, and the values that came
/// and went.
public struct ChangedValues: Sendable {
  /// The paths of the fields, and of every value below them that is another one. Each once.
  public private(set) var paths: [String] = []
  /// Texts of values that stand at more places than before, or at fewer; a place is a path without the indices of
  /// lists. Each once, in order.
  public private(set) var added: [String] = []
  public private(set) var removed: [String] = []

  private struct Leaf {
    /// Nil for an empty list or object.
    var text: String?
    var place: String
  }
  private struct Occurrence: Hashable {
    var place: String
    var text: String
  }

  /// - Parameter fields: of a `VersionDiff`.
  public init(_ fields: [FieldChange]) {
    var seen: Set<String> = []
    var counts: [Occurrence: Int] = [:]
    for field in fields {
      if seen.insert(field.path).inserted { paths.append(field.path) }
      guard field.operation != .move else { continue }
      let old = ChangedValues.leaves(field.old, at: field.path)
      let new = ChangedValues.leaves(field.new, at: field.path)
      for path in (old.list + new.list).map(\.path) {
        if let left = old.byPath[path], let right = new.byPath[path], left.text == right.text { continue }
        if seen.insert(path).inserted { paths.append(path) }
      }
      for (_, leaf) in old.list { leaf.text.map { counts[Occurrence(place: leaf.place, text: $0), default: 0] -= 1 } }
      for (_, leaf) in new.list { leaf.text.map { counts[Occurrence(place: leaf.place, text: $0), default: 0] += 1 } }
    }
    added = Set(counts.lazy.filter { $0.value > 0 }.map(\.key.text)).sorted()
    removed = Set(counts.lazy.filter { $0.value < 0 }.map(\.key.text)).sorted()
  }

  /// All values at or below a path, in the order of the document.
  private static func leaves(
    _ value: JSONValue?, at path: String
  ) -> (list: [(path: String, leaf: Leaf)], byPath: [String: Leaf]) {
    var list: [(path: String, leaf: Leaf)] = []
    func add(_ value: JSONValue, _ path: String, _ place: String) {
      switch value {
      case .object(let members) where !members.isEmpty:
        for member in members.unique {
          add(member.value, FieldPath.appending(member.key, to: path), FieldPath.appending(member.key, to: place))
        }
      case .array(let items) where !items.isEmpty:
        for (index, item) in items.enumerated() { add(item, FieldPath.appending(index, to: path), place) }
      case .object, .array: list.append((path, Leaf(text: nil, place: place)))
      case .string(let text), .number(let text): list.append((path, Leaf(text: text, place: place)))
      case .bool(let value): list.append((path, Leaf(text: value ? "true" : "false", place: place)))
      case .null: list.append((path, Leaf(text: "null", place: place)))
      }
    }
    if let value { add(value, path, withoutIndices(path)) }
    return (list, Dictionary(list.map { ($0.path, $0.leaf) }, uniquingKeysWith: { first, _ in first }))
  }

  private static func withoutIndices(_ path: String) -> String {
    guard path.utf8.contains(UInt8(ascii: "[")) else { return path }
    return FieldPath.steps(path).filter { $0.first != "[" || $0.hasPrefix("[\"") }.reduce("") { place, step in
      step.first == "[" || place.isEmpty ? place + step : place + "." + step
    }
  }
}
