public import AuditModel

/// Everything the acts on one object tell: its versions, oldest first, and the acts that made none, in between.
public struct History: Sendable {
  public var object: ObjectKey
  public var kind: String
  /// By lifetime, then resourceVersion where it is known, else time of the latest stage.
  public var revisions: [Revision]

  public init(object: ObjectKey, kind: String, revisions: [Revision]) {
    self.object = object
    self.kind = kind
    self.revisions = revisions
  }

  public var lifetimeCount: Int { revisions.map(\.lifetime).max() ?? 0 }
  /// The versions only.
  public var versions: [Revision] { revisions.filter { $0.number != nil } }

  /// Reads the acts on one object, given in any order, deletecollections that may have met it among them.
  public static func of(_ object: ObjectKey, acts: [ActDetail]) -> History {
    History(object: object, kind: object.kind.kind, revisions: [])
  }
}
