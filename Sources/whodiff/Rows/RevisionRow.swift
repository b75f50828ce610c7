import AuditModel
import ObjectHistory
import TimelineUI

extension ChangeLog {
  /// The members of `whodiff.revision/1` that a table has: what only some rows have is left out.
  static let rowColumns = RowSchema.revision.columns.filter { !["source", "inferred", "manifest"].contains($0) }

  /// One revision as `changes` and `diff` write it.
  ///
  /// - Parameter showsManifest: without it the row has no member `manifest`, since null there says that it is not known.
  func row(_ index: Int, showsManifest: Bool) -> JSONValue {
    let revision = history.revisions[index]
    let change = changes[index]
    let row = revision.row(changed: change.changed, includesManifest: showsManifest)
    return isKnown(revision, change) ? row : row.setting(["changed"], to: .null)
  }

  /// Whether an empty list of paths says that nothing changed, or that there was nothing to compare with.
  private func isKnown(_ revision: Revision, _ change: Change) -> Bool {
    switch revision.operation {
    case .create, .delete, .initial: return true
    case .update, .terminating, nil:
      if revision.act?.outcome == .noop { return true }
      return revision.number != nil && revision.manifest != nil && change.previous != nil
    }
  }
}
