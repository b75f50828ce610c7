import Dispatch
import Glibc

/// Signals as items of the inbox: a handler writes the number to a pipe, which is all that a handler may do.
final class Signals {
  private let source: any DispatchSourceRead
  private static let watched = [SIGWINCH, SIGTERM, SIGHUP, SIGINT, SIGTSTP, SIGCONT]

  /// Call before the terminal is taken, so that ncurses leaves these signals alone.
  init?(inbox: Inbox) {
    guard let ends = PipeEnds() else { return nil }
    let reading = ends.reading
    // A full pipe must not hold up a handler.
    _ = fcntl(ends.writing, F_SETFL, O_NONBLOCK)
    signalPipe = ends.writing
    source = DispatchSource.makeReadSource(fileDescriptor: reading, queue: DispatchQueue(label: "signals"))
    source.setEventHandler {
      var numbers = [UInt8](repeating: 0, count: 64)
      let count = read(reading, &numbers, numbers.count)
      for number in numbers.prefix(max(0, count)) {
        switch Int32(number) {
        // The main actor may be stuck in a write to a line that is gone.
        case SIGHUP: Self.exitWithin(seconds: 1, code: 129)
        case SIGTERM: Self.exitWithin(seconds: 2, code: 143)
        default: break
        }
        inbox.post(.signal(Int32(number)))
      }
    }
    source.activate()
    signal(SIGPIPE, SIG_IGN)
    for number in Self.watched { Self.install(number) }
  }

  private static func exitWithin(seconds: Int, code: Int32) {
    DispatchQueue.global().asyncAfter(deadline: .now() + .seconds(seconds)) { _exit(code) }
  }

  private static func install(_ number: Int32) {
    var action = sigaction()
    action.__sigaction_handler.sa_handler = noteSignal
    action.sa_flags = SA_RESTART
    sigaction(number, &action, nil)
  }

  /// Stops this program and its group, as ^Z does at the terminal; returns when it is continued. Of this process only
  /// this thread is sent the signal, so that nothing more runs here before the stop.
  static func stop() {
    signal(SIGTSTP, SIG_IGN)
    kill(0, SIGTSTP)
    signal(SIGTSTP, SIG_DFL)
    pthread_kill(pthread_self(), SIGTSTP)
    // Dispatch blocks signals in its threads: this is where the program stops.
    var stopping = sigset_t()
    var before = sigset_t()
    sigemptyset(&stopping)
    sigaddset(&stopping, SIGTSTP)
    pthread_sigmask(SIG_UNBLOCK, &stopping, &before)
    pthread_sigmask(SIG_SETMASK, &before, nil)
    install(SIGTSTP)
  }
}

// Set once, before any handler is installed.
nonisolated(unsafe) private var signalPipe: Int32 = -1

private func noteSignal(_ number: Int32) {
  let before = errno
  var byte = UInt8(truncatingIfNeeded: number)
  _ = write(signalPipe, &byte, 1)
  errno = before
}
