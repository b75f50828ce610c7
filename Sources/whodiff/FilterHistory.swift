import Glibc
import Synchronization

/// Filters that were run before: one a line, newest last, in a file that is the user's alone. Several sessions may
/// write it; the last 500 distinct ones are kept.
final class FilterHistory: Sendable {
  private static let limit = 500
  /// Nil without a home directory: then nothing is kept beyond the session.
  private let path: String?
  private let writing = Mutex(())

  init(path: String? = FilterHistory.defaultPath) {
    self.path = path
  }

  /// `XDG_STATE_HOME/whodiff/filters`.
  static var defaultPath: String? {
    if let base = Configuration.environment("XDG_STATE_HOME"), base.hasPrefix("/") { return base + "/whodiff/filters" }
    guard let home = Configuration.environment("HOME"), home.hasPrefix("/") else { return nil }
    return home + "/.local/state/whodiff/filters"
  }

  /// Newest first.
  func load() -> [String] { path.map { Self.read($0).reversed() } ?? [] }

  /// Puts a filter at the end; a failure is no reason to trouble anybody.
  func remember(_ filter: String) {
    let line = String(filter.map { $0.isNewline ? " " : $0 })
    guard let path, !line.allSatisfy({ $0 == " " }) else { return }
    writing.withLock { _ in
      let filters = (Self.read(path).filter { $0 != line } + [line]).suffix(Self.limit)
      Self.write(filters.map { $0 + "\n" }.joined(), to: path)
    }
  }

  private static func read(_ path: String) -> [String] {
    let file = open(path, O_RDONLY | O_NOFOLLOW | O_CLOEXEC)
    guard file >= 0 else { return [] }
    defer { close(file) }
    var bytes: [UInt8] = []
    var buffer = [UInt8](repeating: 0, count: 64 << 10)
    while bytes.count < 4 << 20 {
      let count = Glibc.read(file, &buffer, buffer.count)
      guard count > 0 else { break }
      bytes += buffer[..<count]
    }
    return String(decoding: bytes, as: UTF8.self).split(separator: "\n").map(String.init)
  }

  /// Beside it first, then in its place: a session that is killed leaves the old file whole.
  private static func write(_ text: String, to path: String) {
    guard let slash = path.lastIndex(of: "/"), Configuration.makeDirectory(String(path[..<slash])) else { return }
    let draft = path + ".\(getpid())"
    unlink(draft)
    let file = open(draft, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard file >= 0 else { return }
    let isWhole = (try? Output.write(all: Array(text.utf8), to: file)) != nil && fsync(file) == 0
    close(file)
    if isWhole { rename(draft, path) } else { unlink(draft) }
  }
}
