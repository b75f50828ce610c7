import Glibc

/// A pager between long text and the terminal. Programs are started directly, never through a shell.
final class Pager {
  /// The end of a pipe that the pager reads.
  let descriptor: Int32
  private let process: pid_t

  private init(descriptor: Int32, process: pid_t) {
    self.descriptor = descriptor
    self.process = process
  }

  /// Starts `WHODIFF_PAGER`, else `PAGER`, else `less`; nil when there is none to start or it is this program.
  static func start() -> Pager? {
    let command = Configuration.environment("WHODIFF_PAGER") ?? Configuration.environment("PAGER") ?? "less"
    let words = command.split(separator: " ").map(String.init)
    guard let program = words.first, words != ["cat"] else { return nil }
    let name = program.split(separator: "/").last.map(String.init) ?? program
    if name == "whodiff" {
      ErrorOutput.say("PAGER=\(program) would page this program with itself; continuing without a pager")
      return nil
    }
    var environment: [String] = []
    var entry = environ
    while let text = entry.pointee {
      environment.append(String(cString: text))
      entry += 1
    }
    if Configuration.environment("LESS") == nil { environment.append("LESS=FRX") }

    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends[0], STDIN_FILENO)
    // The child must not inherit that this program ignores SIGPIPE.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var defaults = sigset_t()
    sigemptyset(&defaults)
    sigaddset(&defaults, SIGPIPE)
    sigaddset(&defaults, SIGINT)
    posix_spawnattr_setsigdefault(&attributes, &defaults)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF))

    var process: pid_t = 0
    let failure = withCStrings(words) { arguments in
      withCStrings(environment) { posix_spawnp(&process, program, &actions, &attributes, arguments, $0) }
    }
    close(ends[0])
    guard failure == 0 else {
      close(ends[1])
      return nil
    }
    // ^C is for the pager now; the program ends when the pager does.
    signal(SIGINT, SIG_IGN)
    return Pager(descriptor: ends[1], process: process)
  }

  /// Tells the pager that the text is complete and waits until the user leaves it.
  func finish() {
    close(descriptor)
    var status: Int32 = 0
    while waitpid(process, &status, 0) < 0, errno == EINTR {}
  }
}

private func withCStrings<Result>(
  _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
) -> Result {
  let copies = texts.map { strdup($0) }
  defer { copies.forEach { free($0) } }
  return body(copies + [nil])
}
