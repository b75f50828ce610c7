/// What an act did to its object, as the object's history tells it. No column holds it: it takes the versions before
/// and after the act.
public struct ActChange: Hashable, Sendable {
  /// Paths of what differs between the two versions, as a change log writes them, and of every single value below
  /// them. An object that was made or deleted differs in all that it holds. Empty where one version is not known.
  public var changed: [String]
  /// Texts of the values that stand at more places after it than before, and at fewer; places are paths without the
  /// indices of lists, so that neither a list in another order nor a rule at another index counts.
  public var added: [String]
  public var removed: [String]
  /// How well the version that it made is known: F, R, T or M; nil where it made none.
  public var fidelity: String?
  /// Whether the object had changed before it without an act that shows it.
  public var isOutside: Bool

  public init(
    changed: [String] = [], added: [String] = [], removed: [String] = [], fidelity: String? = nil,
    isOutside: Bool = false
  ) {
    self.changed = changed
    self.added = added
    self.removed = removed
    self.fidelity = fidelity
    self.isOutside = isOutside
  }

  func value(of column: ChangeColumn) -> ColumnValue {
    switch column {
    case .changed: .list(changed)
    case .added: .list(added)
    case .removed: .list(removed)
    case .fidelity: .text(fidelity)
    case .outside: .number(isOutside ? 1 : 0)
    }
  }

  /// What an act did to two objects.
  package func merged(with other: ActChange) -> ActChange {
    func union(_ left: [String], _ right: [String]) -> [String] {
      let known = Set(left)
      return left + right.filter { !known.contains($0) }
    }
    return ActChange(
      changed: union(changed, other.changed), added: union(added, other.added), removed: union(removed, other.removed),
      fidelity: fidelity ?? other.fidelity, isOutside: isOutside || other.isOutside)
  }

  /// How many texts it keeps in memory.
  package var size: Int { 1 + changed.count + added.count + removed.count }
}

/// What of an `ActChange` a filter names.
public enum ChangeColumn: String, CaseIterable, Hashable, Sendable {
  case changed, added, removed, fidelity, outside
}

/// A test of one value of an act's change.
public struct ChangeTest: Hashable, Sendable {
  var column: ChangeColumn
  var test: ValueTest

  public func matches(_ change: ActChange) -> Bool { test.matches(change.value(of: column)) }
}
