import AuditModel

/// What a wrapper says of the record in it.
struct Transport {
  /// When the wrapper's writer took the record over. Stands in for the time of a record that has none, or that was cut
  /// before it.
  var time: Timestamp?
  var cluster: String?

  /// What the outer wrapper says counts where the inner one is silent.
  func around(_ inner: Transport) -> Transport {
    Transport(time: inner.time ?? time, cluster: inner.cluster ?? cluster)
  }
}

/// What ties the parts of one record that stands on several lines together.
struct Joint: Hashable {
  enum Kind: Hashable { case criPart, dockerPart, legacyAnswer }
  var kind: Kind
  /// The stream of the container, or the ID of the request.
  var stream: String
}

/// A part of a record that goes on, or went on, in another line.
struct JointPart {
  var joint: Joint
  /// More is to come.
  var isOpen: Bool
}
