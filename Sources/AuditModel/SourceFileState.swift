/// What has become of a file since it was read.
public enum SourceFileState: String, CaseIterable, Sendable {
  case same, grown, changed, gone
  /// A pipe is read once.
  case pipe
}
