import AuditModel
import ObjectHistory
import TimelineUI

extension ChangeLog {
  /// The members of `whodiff.revision/1` that every row has, in the order of `cli.md`.
  static let rowColumns = [
    "schema", "object", "uid", "lifetime", "revision", "time", "operation", "verb", "by", "as", "code", "auditID",
    "outcome", "fidelity", "changed", "effect", "generation", "resourceVersion", "cluster",
  ]

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
