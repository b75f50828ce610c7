import AuditModel
import ManifestDiff
import ObjectHistory

/// The comparisons of a Change Log's entries that were asked for: made once, laid out as asked.
struct EntryDiffs: Sendable {
  private var texts: [ChangeLogRow.Entry: DiffText] = [:]
  var showsMachineFields = false {
    didSet { forget() }
  }

  /// As it was laid out last.
  subscript(entry: ChangeLogRow.Entry) -> DiffText? { texts[entry] }

  /// The comparison of a revision with the one before it, or of the versions on both sides of a finding; nil where
  /// there is nothing to compare.
  mutating func text(of entry: ChangeLogRow.Entry, in log: ChangeLog, layout: DiffText.Layout) -> DiffText? {
    guard log.whyNoDiff(entry).isEmpty else { return nil }
    if texts[entry] == nil {
      let (old, new) = log.contents(of: entry)
      let options = VersionDiff.Options(showsMachineFields: showsMachineFields)
      texts[entry] = DiffText(VersionDiff(from: old, to: new, options: options), layout: layout)
    }
    texts[entry]?.arrange(layout)
    return texts[entry]
  }

  /// Whether the comparison is still to be made and takes so long that moving through the list would stutter.
  func isLarge(_ entry: ChangeLogRow.Entry, in log: ChangeLog) -> Bool {
    guard texts[entry] == nil else { return false }
    let (old, new) = log.contents(of: entry)
    return [old, new].contains { $0?.has(moreThan: 5_000) == true }
  }

  /// Shows lines that are folded.
  mutating func open(_ lines: Range<Int>, of entry: ChangeLogRow.Entry) { texts[entry]?.open(lines) }

  mutating func forget() { texts = [:] }
}

/// What an entry compares.
extension ChangeLog {
  func sides(of entry: ChangeLogRow.Entry) -> (left: DiffSide, right: DiffSide)? {
    switch entry {
    case .revision(let index): sides(of: index)
    case .burst(let index): sides(ofBurst: index)
    case .finding(let index): sides(ofFinding: index)
    }
  }

  /// Both sides' manifests; a side that is nothing has none.
  func contents(of entry: ChangeLogRow.Entry) -> (old: JSONValue?, new: JSONValue?) {
    if case .revision(let index) = entry, history.revisions[index].operation == .initial {
      return (nil, history.revisions[index].manifest)
    }
    guard let sides = sides(of: entry) else { return (nil, nil) }
    func manifest(_ side: DiffSide) -> JSONValue? {
      side.revision.flatMap(index(ofVersion:)).flatMap { history.revisions[$0].manifest }
    }
    return (manifest(sides.left), manifest(sides.right))
  }

  /// Empty when there is something to compare.
  func whyNoDiff(_ entry: ChangeLogRow.Entry) -> String {
    switch entry {
    case .revision(let index):
      let revision = history.revisions[index]
      if revision.operation == .initial { return revision.manifest == nil ? RevisionWords.initial(revision) : "" }
      guard sides(of: index) != nil else { return RevisionWords.outcome(revision) ?? "no version" }
      if revision.operation == .delete {
        return changes.previous(of: index) == nil ? "the state before was not logged" : ""
      }
      return revision.manifest == nil ? RevisionWords.missing(revision) : ""
    case .burst(let index):
      let version = history.revisions[lastVersion(ofBurst: index)]
      return version.manifest == nil ? RevisionWords.missing(version) : ""
    case .finding(let index):
      let noSides = "there are not two versions around it to compare"
      guard let sides = sides(ofFinding: index) else { return noSides }
      for number in [sides.left.revision, sides.right.revision] {
        guard let number, let version = self.index(ofVersion: number).map({ history.revisions[$0] }) else {
          return noSides
        }
        if version.manifest == nil { return "r\(number): \(RevisionWords.missing(version))" }
      }
      return ""
    }
  }
}
