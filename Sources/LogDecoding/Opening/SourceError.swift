/// Why a source of log text could not be opened or read on.
public enum SourceError: Error, Hashable, Sendable, CustomStringConvertible {
  case cannotOpen(path: String, reason: String)
  case cannotRead(path: String, offset: Int64, reason: String)
  /// The compressed data is broken at about `offset` bytes of decompressed text; what came before was good.
  case damaged(path: String, offset: Int64, reason: String)
  /// The compressed data grows beyond all measure; `offset` is where reading stopped.
  case bomb(path: String, offset: Int64, reason: String)

  public var path: String {
    switch self {
    case .cannotOpen(let path, _), .cannotRead(let path, _, _), .damaged(let path, _, _), .bomb(let path, _, _): path
    }
  }

  /// What, where and why, for people. Paths are as the user named them and are not made safe for a terminal here.
  public var description: String {
    switch self {
    case .cannotOpen(let path, let reason): "\(path): cannot be opened: \(reason)"
    case .cannotRead(let path, let offset, let reason): "\(path): cannot be read on from byte \(offset): \(reason)"
    case .damaged(let path, let offset, let reason):
      "\(path): the compressed data is damaged after \(offset) bytes of text: \(reason)"
    case .bomb(let path, let offset, let reason): "\(path): reading stopped after \(offset) bytes of text: \(reason)"
    }
  }
}
