import Glibc

/// Why nothing more can be written.
enum OutputError: Error {
  /// The reader had enough: `whodiff log | head`. The program ends quietly.
  case closed
  case failed(errorNumber: Int32)
}

/// Buffered bytes to a file descriptor. SIGPIPE is ignored for the whole program, so a reader that left is an error
/// here and not a signal.
final class Output {
  private let descriptor: Int32
  private var buffer: [UInt8] = []
  private static let capacity = 64 << 10

  init(descriptor: Int32 = STDOUT_FILENO) {
    self.descriptor = descriptor
    buffer.reserveCapacity(Self.capacity + 4096)
  }

  func write(_ text: String) throws(OutputError) {
    buffer.append(contentsOf: text.utf8)
    if buffer.count >= Self.capacity { try flush() }
  }

  func write(_ bytes: [UInt8]) throws(OutputError) {
    buffer.append(contentsOf: bytes)
    if buffer.count >= Self.capacity { try flush() }
  }

  func flush() throws(OutputError) {
    defer { buffer.removeAll(keepingCapacity: true) }
    try Self.write(all: buffer, to: descriptor)
  }

  static func write(all bytes: [UInt8], to descriptor: Int32) throws(OutputError) {
    var start = 0
    while start < bytes.count {
      let written = bytes.withUnsafeBytes { buffer in
        Glibc.write(descriptor, buffer.baseAddress.map { $0 + start }, buffer.count - start)
      }
      if written >= 0 {
        start += written
      } else if errno == EPIPE {
        throw .closed
      } else if errno != EINTR && errno != EAGAIN {
        throw .failed(errorNumber: errno)
      }
    }
  }
}

/// Lines for people on standard error. What cannot be written there is lost: there is nowhere else to say it.
enum ErrorOutput {
  static let isTerminal = isatty(STDERR_FILENO) == 1

  /// Writes `whodiff: MESSAGE`. The message may quote logs and file names, so it is escaped.
  static func say(_ message: String) { line("whodiff: " + message) }

  static func line(_ text: String) {
    try? Output.write(all: Array((SafeText.line(text) + "\n").utf8), to: STDERR_FILENO)
  }

  /// Bytes that the program made itself, such as the progress line.
  static func raw(_ text: String) { try? Output.write(all: Array(text.utf8), to: STDERR_FILENO) }
}
