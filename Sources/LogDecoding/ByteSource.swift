/// How a source is packed, decided by its first bytes and never by its name.
public enum Compression: String, CaseIterable, Hashable, Sendable {
  case none, gzip, zstd, xz, bzip2
}

/// A file (or standard input) of log text; compressed ones are seen through.
public final class ByteSource: @unchecked Sendable {
  public let path: String
  public let compression: Compression
  public let isSeekable: Bool
  public let diskSize: Int64?
  public var diskBytesRead: Int64 { 0 }

  init(path: String) {
    self.path = path
    compression = .none
    isSeekable = false
    diskSize = nil
  }

  public static func open(_ path: String) throws(SourceError) -> ByteSource {
    throw .cannotOpen(path: path, reason: "not there yet")
  }
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(SourceError) -> Int { 0 }
  public func bytes(at offset: Int64, count: Int) throws(SourceError) -> [UInt8] { [] }
}
