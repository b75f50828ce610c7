import AuditModel

// Which patches are server-side applies. No line says so: the body of an apply names its object, and so does a whole
// manifest that a client sends as a merge patch or a strategic one.

extension Step {
  /// Whether a patch that names its object is an apply.
  ///
  /// kube-apiserver refuses an apply without `fieldManager`, and any other patch with `force`. The managers in the answer
  /// tell the rest, also where the line holds the URI of a log service rather than the server's.
  func isApply(_ body: JSONValue, of key: ObjectKey) -> Bool {
    // No other patch can make an object.
    if act.code == 201 || detail.queryValue("force") != nil { return true }
    let owners = detail.response?.owners ?? []
    func hasMark(_ operation: String, of manager: String?) -> Bool {
      owners.contains { entry in
        entry["operation"]?.string == operation && isMark(entry)
          && manager.map { entry["manager"]?.string == $0 } ?? true
      }
    }
    if let fieldManager, hasMark("Update", of: fieldManager), !hasMark("Apply", of: fieldManager) { return false }
    guard let name = detail.queryValue("fieldManager"), !name.isEmpty else {
      return detail.requestURI.isEmpty && owners.isEmpty || hasMark("Apply", of: nil)
    }
    // What kubectl calls itself for `kubectl patch`, which cannot apply.
    if name == "kubectl-patch" { return false }
    return owners.isEmpty || owners.contains { $0["operation"]?.string == "Apply" && $0["manager"]?.string == name }
      || FieldSet(of: body, as: FieldLayout(key)).paths.isEmpty
  }
}

extension JSONValue {
  /// The entries of `metadata.managedFields`, but for those of subresources.
  var owners: [JSONValue] {
    (self["metadata", "managedFields"]?.array ?? []).filter { ($0["subresource"]?.string ?? "").isEmpty }
  }
}
