public import AuditModel

/// Everything the acts on one object tell: its versions, oldest first, and the acts that made none, in between.
public struct History: Sendable {
  public var object: ObjectKey
  public var kind: String
  /// Other keys under which it is known: Calico's storage of an object of its API.
  public var aliases: [ObjectKey]
  /// By lifetime, then resourceVersion where it is known, else time of the latest stage.
  public var revisions: [Revision]
  /// What the acts do not account for, in the order of the revisions between which they stand (`Finding.position`).
  public var findings: [Finding]
  /// Revisions that came of one server-side apply, as ranges of `revisions`, in order: each of at least two rows, one of
  /// them a version, with no finding in between.
  public var bursts: [Range<Int>]

  public init(
    object: ObjectKey, kind: String, aliases: [ObjectKey] = [], revisions: [Revision], findings: [Finding] = [],
    bursts: [Range<Int>] = []
  ) {
    self.object = object
    self.kind = kind
    self.aliases = aliases
    self.revisions = revisions
    self.findings = findings
    self.bursts = bursts
  }

  // A revision is large: there may be thousands, and they are looked at where they are.
  public var lifetimeCount: Int { revisions.indices.reduce(0) { max($0, revisions[$1].lifetime) } }
  public var versionCount: Int { revisions.indices.reduce(0) { $0 + (revisions[$1].number == nil ? 0 : 1) } }
  /// The versions only.
  public var versions: [Revision] { revisions.filter { $0.number != nil } }

  /// Reads the acts on one object, given in any order, deletecollections that may have met it among them.
  ///
  /// Acts about other objects, and deletecollections that did not meet the object, are left out, so the caller may hand
  /// over every deletecollection of the object's resource and namespace. Reads make no row; what the answers to gets and
  /// lists show of the object counts as evidence, as state before the first write and as what the next one found. A
  /// revision's `act` is a `noop` where it was handed in as `changed` and the versions, rebuilt from requests, prove that
  /// nothing was altered; and of two that answered with one version the other one, where only it can have made it.
  public static func of(_ object: ObjectKey, acts: [ActDetail]) -> History {
    of(object, acts: acts, context: HistoryContext())
  }

  /// The same, with what the acts on this object alone do not tell.
  public static func of(_ object: ObjectKey, acts: [ActDetail], context: HistoryContext) -> History {
    let steps = steps(of: object, acts, context)
    var replay = Replay(object)
    replay.run(steps)
    replay.addInitial(steps)
    replay.spreadKind()
    let revisions = replay.revisions
    let findings = FindingSearch.findings(of: object, steps, rows: replay.rows, revisions: revisions, context: context)
    return History(
      object: object, kind: replay.kind, aliases: context.aliases, revisions: revisions, findings: findings,
      bursts: applyBursts(steps, rows: replay.rows, revisions: revisions, findings: findings))
  }

  /// What came of the acts, by their ids, of those that were accepted: `changed` or `noop`, as in the revisions.
  public static func outcomes(
    of object: ObjectKey, acts: [ActDetail], context: HistoryContext
  ) -> [ActID: Outcome] {
    var replay = Replay(object)
    replay.run(steps(of: object, acts, context))
    let acts = replay.revisions.compactMap(\.act).filter { $0.outcome == .changed || $0.outcome == .noop }
    return Dictionary(acts.map { ($0.id, $0.outcome) }, uniquingKeysWith: { first, _ in first })
  }

  private static func steps(of object: ObjectKey, _ acts: [ActDetail], _ context: HistoryContext) -> [Step] {
    let storage = CalicoStorage(object, aliases: context.aliases, acts: acts)
    var steps = made(of: acts) { act in
      let (detail, isConverted) = storage.read(act)
      var step = Step(detail, about: storage, isConverted: isConverted)
      step?.floor = context.versionsBefore[detail.act.id]
      return step
    }
    MakerSearch.decide(&steps, about: storage)
    FinderSearch.decide(&steps, about: storage)
    return inOrder(steps)
  }
}
