/// Why a source of log text could not be opened or read on.
public enum SourceError: Error, Hashable, Sendable, CustomStringConvertible {
  case cannotOpen(path: String, reason: String)
  case cannotRead(path: String, offset: Int64, reason: String)
  /// What the text is packed in is broken at about `offset` bytes of text; what came before was good.
  case damaged(path: String, offset: Int64, reason: String)
  /// The compressed data grows beyond all measure; `offset` is where reading stopped.
  case bomb(path: String, offset: Int64, reason: String)
  /// It was opened, and there is nothing in it to read.
  case holdsNoLogs(path: String, reason: String)

  public var path: String {
    switch self {
    case .cannotOpen(let path, _), .cannotRead(let path, _, _), .damaged(let path, _, _), .bomb(let path, _, _),
      .holdsNoLogs(let path, _):
      path
    }
  }

  /// What, where and why, for people. Paths are as the user named them and are not made safe for a terminal here.
  public var description: String { "\(path): \(words)" }

  /// The same without the path.
  public var words: String {
    switch self {
    case .cannotOpen(_, let reason): "cannot be opened: \(reason)"
    case .cannotRead(_, let offset, let reason): "cannot be read on from byte \(offset): \(reason)"
    case .damaged(_, let offset, let reason): "damaged after \(offset) bytes of text: \(reason)"
    case .bomb(_, let offset, let reason): "reading stopped after \(offset) bytes of text: \(reason)"
    case .holdsNoLogs(_, let reason): reason
    }
  }
}
