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
