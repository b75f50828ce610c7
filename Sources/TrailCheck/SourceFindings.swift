public import AuditModel

/// What a report says of one source.
extension TrailReport {
  /// Holes of the file's stream, as far as the file's own time reaches.
  public func holes(in file: String, span: ClosedRange<Timestamp>?) -> [Hole] {
    guard let span else { return [] }
    let stream = RotatedName(file).set
    return holes.filter { hole in
      hole.until >= span.lowerBound && hole.since <= span.upperBound
        && hole.files.first.map { RotatedName($0).set == stream } ?? false
    }
  }

  /// By how much the clock of the file's stream goes ahead of another's; nil where nothing shows it.
  public func skew(of file: String) -> ClockSkew? {
    let stream = RotatedName(file).set
    return skews.filter { $0.stream == stream }.max { $0.seconds < $1.seconds }
  }
}
