import AuditModel
import EventQueries
import EventStorage
import Glibc
import Ingestion
import LogDecoding

extension SourceFailures {
  init(_ errors: [SourceError], empty: [String] = [], in store: EventStore) {
    let known = Set(store.knownSources.lazy.filter { !$0.isArchive }.map(\.path))
    var remedies: [String: String] = [:]
    let failures = errors.map { error in
      guard let file = RefusedFile(error) else { return (error.path, error.words) }
      remedies[error.path] = file.remedy
      return (error.path, "\(error.words) (\(file.words))")
    }
    self.init(failures, empty: empty, known: known, remedies: remedies)
  }
}

extension SourceRow {
  /// Notes what has become of the file since it was read.
  mutating func lookAtFile(of snapshot: StoreSnapshot) {
    guard let source = snapshot.source(id) else { return }
    fileState = Ingestion.fileState(of: source)
    isEmpty = source.diskSize != nil && Configuration.isEmptyFile(source.path)
  }
}

/// A file that is there and may not be read.
struct RefusedFile {
  private let path: String
  private let status: stat

  /// Nil where something else is wrong.
  init?(_ error: SourceError) {
    guard case .cannotOpen(let path, let reason) = error, reason == String(cString: strerror(EACCES)) else {
      return nil
    }
    var status = stat()
    guard stat(path, &status) == 0 else { return nil }
    self.path = path
    self.status = status
  }

  /// `owner root, mode 0600`
  var words: String {
    let owner = getpwuid(status.st_uid).map { String(cString: $0.pointee.pw_name) } ?? String(status.st_uid)
    let mode = String(status.st_mode & 0o7777, radix: 8)
    return "owner \(owner), mode \(String(repeating: "0", count: max(0, 4 - mode.count)))\(mode)"
  }

  /// Reads it without running the screens as root; nil for folders, which cannot be piped.
  var remedy: String? {
    guard status.st_mode & S_IFMT == S_IFREG else { return nil }
    let isPlain = path.unicodeScalars.allSatisfy {
      $0.properties.isAlphabetic || "0123456789/._-+@:".unicodeScalars.contains($0)
    }
    let quoted = isPlain && !path.hasPrefix("-") ? path : "'" + path.replacing("'", with: "'\\''") + "'"
    return "sudo cat \(quoted) | whodiff -"
  }
}
