import AuditModel

/// The fields that the API server keeps for itself.
enum ServerFields {
  /// Members of `metadata` that are new with every write.
  static let ofWrites = ["generation", "managedFields", "resourceVersion"]
  /// Members of `metadata` that a deletion sets.
  static let ofDeletions = ["deletionGracePeriodSeconds", "deletionTimestamp"]
  /// All members of `metadata`: those, and what is the same for a whole life.
  static let ofMetadata = ofWrites + ofDeletions + ["creationTimestamp", "selfLink", "uid"]
  /// What says which sort of object it is: the same object may be asked for in several versions of its API.
  static let ofKind = [["apiVersion"], ["kind"]]

  /// All that is no change that anybody asks for.
  static let extent = FieldExtent(ofKind + [["status"]] + paths(ofMetadata))

  static func paths(_ names: [String]) -> [[String]] { names.map { ["metadata", $0] } }
}

extension JSONValue {
  /// The object without some members of its `metadata`.
  func withoutMetadata(_ names: [String]) -> JSONValue {
    names.reduce(self) { $0.setting(["metadata", $1], to: nil) }
  }
}
