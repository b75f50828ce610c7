import Dispatch
import Glibc
import Synchronization

/// ^C while files are read: noted, not obeyed at once, so that what was read can still be shown.
struct Interruption {
  /// Raised on ^C; the threads that read look at it.
  final class Flag: Sendable {
    private let value = Atomic<Bool>(false)
    var isRaised: Bool { value.load(ordering: .relaxed) }
    func raise() { value.store(true, ordering: .relaxed) }
  }
  let flag = Flag()
  private let source: (any DispatchSourceRead)?

  /// - Parameter action: called on ^C, after the flag is raised.
  init(_ action: @escaping @Sendable () -> Void = {}) {
    // A handler may do no more than write to a pipe; that an ignored signal is seen by signalfd(2) is not certain.
    guard let ends = PipeEnds() else {
      source = nil
      return
    }
    _ = fcntl(ends.writing, F_SETFL, O_NONBLOCK)
    interruptionPipe = ends.writing
    let reading = ends.reading
    let source = DispatchSource.makeReadSource(fileDescriptor: reading, queue: .global())
    source.setEventHandler { [flag] in
      var byte: UInt8 = 0
      _ = read(reading, &byte, 1)
      flag.raise()
      action()
    }
    source.setCancelHandler {
      close(reading)
    }
    source.activate()
    self.source = source
    signal(SIGINT) { _ in
      let before = errno
      var byte: UInt8 = 1
      _ = write(interruptionPipe, &byte, 1)
      errno = before
    }
  }

  /// From here on ^C ends the program again.
  func end() {
    signal(SIGINT, SIG_DFL)
    source?.cancel()
  }
}

// Set before the handler is installed; two interruptions are never waited for at once.
nonisolated(unsafe) private var interruptionPipe: Int32 = -1
