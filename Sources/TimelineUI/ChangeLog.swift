public import AuditModel
public import EventQueries
import ManifestDiff
public import ObjectHistory

/// One object's history as the Change Log shows it and `whodiff changes` writes it: each revision with what changed
/// against the version before it.
public struct ChangeLog: Sendable {
  public let history: History
  /// By index in `history.revisions`.
  public let changes: VersionComparison
  /// By index in `history.bursts`: what changed over all of it.
  public let burstChanges: BurstComparison
  /// What each act did, for filters; empty unless it was asked for.
  public private(set) var actChanges: [ActID: ActChange] = [:]
  let lookup: RevisionIndex

  public struct Change: Sendable {
    /// Paths of the fields that differ from the version before, machine fields left out; empty when not known, for a
    /// create, and for acts that made no version.
    public var changed: [String]
    /// A few words: `order 100 -> 700, ingress[0]`; empty when not known.
    public var summary: String
    /// The same in at most 20 characters, for narrow columns.
    public var shortSummary: String
    /// Index in `history.revisions` of the version that it is compared with: the last one before it, in the same
    /// lifetime, whose content is known; nil where there is none.
    public var previous: Int?
    public init(changed: [String], summary: String, shortSummary: String? = nil, previous: Int?) {
      self.changed = changed
      self.summary = summary
      self.shortSummary = shortSummary ?? summary
      self.previous = previous
    }
  }

  public var object: ObjectKey { history.object }

  /// Whether the key names the object, under this name or another.
  public func isAbout(_ key: ObjectKey) -> Bool { key == object || history.aliases.contains(key) }

  /// Compares versions when `changes` is asked for them: a list shows few of thousands.
  /// - Parameters:
  ///   - tellsActChanges: whether `actChanges` is wanted; then all versions are compared, on all cores.
  ///   - comparesAll: the same without `actChanges`, where all are asked for next.
  public init(_ history: History, tellsActChanges: Bool = false, comparesAll: Bool = false) {
    self.history = history
    lookup = RevisionIndex(history)
    changes = VersionComparison(history.revisions)
    burstChanges = BurstComparison(history, changes)
    if comparesAll, !tellsActChanges { changes.compare(history.revisions.indices) }
    let values = tellsActChanges ? changes.values() : []
    guard tellsActChanges else { return }
    for (revision, values) in zip(history.revisions, values) { tell(revision, values) }
    for finding in history.findings
    where finding.kind == .outside && history.revisions.indices.contains(finding.position) {
      if let id = history.revisions[finding.position].act?.id { actChanges[id]?.isOutside = true }
    }
  }

  /// For a screen: compares the newest versions at once, on all cores, and the others later, while the log is held.
  public func compareAhead() {
    changes.compare(max(0, history.revisions.count - Self.newestCount)..<history.revisions.count)
    changes.compareAllInBackground()
  }

  /// More than a screen has rows.
  private static let newestCount = 128

  private mutating func tell(_ revision: Revision, _ values: ChangedValues?) {
    guard let act = revision.act else { return }
    actChanges[act.id] = ActChange(
      changed: values?.paths ?? [], added: values?.added ?? [], removed: values?.removed ?? [],
      fidelity: revision.fidelity?.rawValue)
  }
}

// MARK: Finding revisions

extension ChangeLog {
  /// Index of the revision that an act made, or of the row of an act that made none.
  public func index(of act: ActID) -> Int? { lookup.index(of: act) }

  /// Index of the version with a number.
  public func index(ofVersion number: Int) -> Int? { lookup.index(ofVersion: number) }

  /// What `d` compares: the sides of what a revision did. Its right side is nothing where the object was deleted,
  /// its left one where it was created.
  /// - Returns: nil for acts that made no version.
  public func sides(of index: Int) -> (left: DiffSide, right: DiffSide)? {
    let revision = history.revisions[index]
    let isDeletion = revision.operation == .delete
    guard revision.number != nil || isDeletion else { return nil }
    // Where neither is known it is still told which one came before.
    let before = changes.previous(of: index) ?? (revision.manifest == nil && !isDeletion ? version(before: index) : nil)
    let previous = before.flatMap { history.revisions[$0].number }
    return (
      DiffSide(object: object, revision: previous),
      DiffSide(object: object, revision: isDeletion ? nil : revision.number)
    )
  }

  /// Index of the version before a revision in the same lifetime, whether its content is known or not.
  private func version(before index: Int) -> Int? {
    guard history.revisions[index].operation != .create else { return nil }
    let lifetime = history.revisions[index].lifetime
    return (0..<index).last { history.revisions[$0].number != nil && history.revisions[$0].lifetime == lifetime }
  }

  /// Index of the row that ends the lifetime of a revision, at or after it.
  func deletion(after index: Int) -> Int? {
    let lifetime = history.revisions[index].lifetime
    return (index..<history.revisions.count).first {
      history.revisions[$0].operation == .delete && history.revisions[$0].lifetime == lifetime
    }
  }

  /// The act of a burst that stays with it whatever is read later.
  func firstAct(ofBurst index: Int) -> ActID? { history.revisions[history.bursts[index]].first?.act?.id }

  /// Index of the last version in a burst.
  public func lastVersion(ofBurst index: Int) -> Int {
    let rows = history.bursts[index]
    return rows.last { history.revisions[$0].number != nil } ?? rows.upperBound - 1
  }

  /// The version before a burst at the left, the last one in it at the right.
  public func sides(ofBurst index: Int) -> (left: DiffSide, right: DiffSide) {
    let previous = burstChanges.previous(of: index).flatMap { history.revisions[$0].number }
    let last = history.revisions[lastVersion(ofBurst: index)].number
    return (DiffSide(object: object, revision: previous), DiffSide(object: object, revision: last))
  }

  /// The versions on both sides of a finding, the older one at the left; nil where one side has no version.
  public func sides(ofFinding index: Int) -> (left: DiffSide, right: DiffSide)? {
    let finding = history.findings[index]
    guard let after = finding.after, let before = finding.before, after != before else { return nil }
    return (DiffSide(object: object, revision: after), DiffSide(object: object, revision: before))
  }

  /// The findings that stand between two sides of this object, oldest first, whichever side is the older one.
  ///
  /// A side that is nothing stands next to the other: just before it at the left, at its deletion at the right.
  func findings(between left: DiffSide, _ right: DiffSide) -> [Finding] {
    guard !history.findings.isEmpty, left.object == object, right.object == object else { return [] }
    let revisions = history.revisions
    var low = left.revision.flatMap(index(ofVersion:))
    var high = right.revision.flatMap(index(ofVersion:))
    if left.revision == nil, let high { low = (0..<high).last { revisions[$0].number != nil } ?? -1 }
    if right.revision == nil, let low { high = deletion(after: low) }
    guard let low, let high else { return [] }
    return history.findings.filter { $0.position > min(low, high) && $0.position <= max(low, high) }
  }

  /// The same finding in a later state of the history.
  func index(of finding: Finding) -> Int? {
    history.findings.firstIndex {
      $0.kind == finding.kind && $0.until == finding.until && $0.evidence == finding.evidence
    }
  }

  /// The numbers of the versions that have one and are no deletions, oldest first.
  var versionNumbers: [Int] {
    history.revisions.indices.compactMap {
      history.revisions[$0].operation == .delete ? nil : history.revisions[$0].number
    }
  }
}
