public import EventStorage
public import LogDecoding

/// How the text of a file begins, by which its source is known wherever the file is moved.
public struct SourceHead {
  private let bytes: [UInt8]

  /// Nil for what cannot be read.
  public init?(path: String, limits: UnpackingLimits) {
    guard let source = try? ByteSource.open(path, limits: limits), source.archive == nil,
      let bytes = try? source.bytes(at: 0, count: SourcePlanner.fingerprintLength)
    else { return nil }
    self.bytes = bytes
  }

  /// Whether the source's text begins so, as far as it was read.
  public func begins(_ source: StoredSource) -> Bool {
    source.headLength > 0 && source.headLength <= bytes.count && sha256(bytes.prefix(source.headLength)) == source.head
  }
}
