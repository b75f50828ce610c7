import AuditModel

// Writes that alter nothing but who owns which field: the API server keeps a version of each, which says what the one
// before says.

extension Step {
  /// Whether it is a patch of nothing but who owns which field, and nobody altered it on its way.
  var movesOnlyOwners: Bool { act.verb == "patch" && detail.request?.movesOnlyOwners == true && !wasMutated }

  /// Whether it is an apply that found all that it asked for, and only made its manager an owner of it.
  ///
  /// A field whose value an apply alters goes to its manager alone: as long as nobody lost one, no value was another in
  /// between either. Where managedFields were not logged, content and generation have to do.
  func movedOnlyOwners(from before: JSONValue, to after: JSONValue) -> Bool {
    guard isApply, let request = detail.request,
      before["metadata", "resourceVersion"] != nil, before.generation == after.generation,
      others(among: before) == others(among: after)
    else { return false }
    var ignored = FieldExtent([["metadata", "managedFields"], ["metadata", "resourceVersion"]])
    // Where it does not ask for one, others keep the status.
    if request["status"] == nil { ignored.add(["status"]) }
    return FieldDifferences(from: before, to: after, ignoring: ignored).paths.isEmpty
  }

  /// Entries of managedFields of all but the act's own manager, and but for those of subresources; nil where none were
  /// logged.
  private func others(among object: JSONValue) -> Set<JSONValue>? {
    guard object["metadata", "managedFields"]?.array != nil else { return nil }
    return Set(
      object.owners.filter { entry in
        !(entry["operation"]?.string == "Apply" && entry["manager"]?.string == fieldManager)
      })
  }
}
