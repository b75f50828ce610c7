import AuditModel
import ObjectHistory

/// The row of `whodiff changes --all` for a write whose object has no name in the log: a create that was refused
/// before the server chose one, or a collection whose members nobody logged.
enum NamelessRow {
  /// As `whodiff.revision/1`, in the order of its members; what belongs to an object is null.
  static func json(_ detail: ActDetail, showsManifest: Bool) -> JSONValue {
    let act = detail.act
    let reference = act.object ?? ObjectReference(group: "", version: "", resource: "")
    let key = ObjectKey(
      group: reference.group, resource: reference.resource, namespace: reference.namespace, name: "",
      cluster: act.cluster)
    let revision = Revision(object: key, kind: act.kind ?? key.kind.kind, time: act.time, act: act)
    return revision.row(changed: [], includesManifest: showsManifest)
      .setting(["object", "name"], to: .null).setting(["lifetime"], to: .null).setting(["changed"], to: .null)
  }
}
