import Glibc

/// Restores the terminal when the program crashes: a fatal signal writes prepared bytes, puts the modes back, and is
/// then handled as it was before.
enum TerminalRescue {
  private static let signals = [SIGILL, SIGTRAP, SIGABRT, SIGBUS, SIGFPE, SIGSEGV, SIGQUIT]

  /// From now on, `bytes` and `modes` restore the terminal behind `descriptor`.
  static func arm(descriptor: Int32, bytes: [UInt8], modes: termios) {
    rescueDescriptor = -1
    rescueModes = modes
    rescueByteCount = min(bytes.count, rescueBytes.count)
    for index in 0..<rescueByteCount { rescueBytes[index] = bytes[index] }
    rescueDescriptor = descriptor
    guard !rescueIsInstalled else { return }
    rescueIsInstalled = true
    for signal in signals {
      var action = sigaction()
      action.__sigaction_handler.sa_handler = rescue
      sigaction(signal, &action, &rescueOldActions[Int(signal)])
    }
  }

  /// The terminal is as it was found; nothing is to be restored.
  static func disarm() { rescueDescriptor = -1 }
}

// Read by a signal handler, which may touch neither locks nor the heap: plain globals, written on the main actor only,
// the descriptor last. Buffers are made once and live as long as the program.
nonisolated(unsafe) private var rescueDescriptor: Int32 = -1
nonisolated(unsafe) private var rescueIsInstalled = false
nonisolated(unsafe) private var rescueModes = termios()
nonisolated(unsafe) private var rescueByteCount = 0
nonisolated(unsafe) private let rescueBytes = UnsafeMutableBufferPointer<UInt8>.allocate(capacity: 512)
nonisolated(unsafe) private let rescueOldActions: UnsafeMutablePointer<sigaction> = {
  let actions = UnsafeMutablePointer<sigaction>.allocate(capacity: 65)
  actions.initialize(repeating: sigaction(), count: 65)
  return actions
}()

private func rescue(_ signal: Int32) {
  let descriptor = rescueDescriptor
  if descriptor >= 0 {
    rescueDescriptor = -1
    _ = write(descriptor, rescueBytes.baseAddress, rescueByteCount)
    tcsetattr(descriptor, TCSANOW, &rescueModes)
  }
  // Sent again, it arrives when this handler returns, at the place of the fault, and meets what handled it before; a
  // quit asked for from outside is no crash and ends the program.
  if signal == SIGQUIT {
    Glibc.signal(SIGQUIT, SIG_DFL)
  } else {
    sigaction(signal, &rescueOldActions[Int(signal)], nil)
  }
  raise(signal)
}
