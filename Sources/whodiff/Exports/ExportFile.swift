import Glibc

/// A file that an export writes: for the user alone, never through a symbolic link, complete or not there at all.
final class ExportFile {
  let descriptor: Int32
  private let path: String
  private let temporaryPath: String
  private var isKept = false

  init(path: String) throws {
    self.path = path
    var status = stat()
    if lstat(path, &status) == 0, status.st_mode & S_IFMT != S_IFREG {
      throw CommandError("\(path): is no plain file; not written")
    }
    temporaryPath = path + ".\(getpid()).part"
    descriptor = open(temporaryPath, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
    guard descriptor >= 0 else { throw CommandError("\(path): cannot be written: \(String(cString: strerror(errno)))") }
  }

  /// Puts the file in its place.
  func keep() throws {
    guard fsync(descriptor) == 0, rename(temporaryPath, path) == 0 else {
      throw CommandError("\(path): cannot be written: \(String(cString: strerror(errno)))")
    }
    isKept = true
  }

  deinit {
    close(descriptor)
    if !isKept { unlink(temporaryPath) }
  }
}
