public import AuditModel
import ManifestDiff
public import ObjectHistory

/// One object's history as the Change Log shows it and `whodiff changes` writes it: each revision with what changed
/// against the version before it.
public struct ChangeLog: Sendable {
  public var history: History
  /// One for each of `history.revisions`.
  public var changes: [Change]

  public struct Change: Sendable {
    /// Paths of the fields that differ from the version before, machine fields left out; empty when not known.
    public var changed: [String]
    /// A few words: `order 100 -> 700, ingress[0]`.
    public var summary: String
    /// Index in `history.revisions` of the version that it is compared with; nil for the first of a lifetime.
    public var previous: Int?
    public init(changed: [String], summary: String, previous: Int?) {
      self.changed = changed
      self.summary = summary
      self.previous = previous
    }
  }

  public var object: ObjectKey { history.object }

  public init(_ history: History) {
    self.history = history
    changes = history.revisions.map { _ in Change(changed: [], summary: "", previous: nil) }
  }
}
