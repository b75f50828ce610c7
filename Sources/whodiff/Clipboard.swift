import Glibc

/// Ways to the user's clipboard. It is only written, never read.
struct Clipboard: Sendable {
  /// What to try, in this order.
  enum Way: Hashable, Sendable {
    /// A program that takes the text on its standard input.
    case program([String])
    /// The terminal's own clipboard, also through SSH.
    case osc52
  }
  /// What stands between this program and the terminal and has to be told to let OSC 52 through.
  enum Wrapper: Hashable, Sendable {
    case none, tmux, screen
  }
  var ways: [Way]
  var wrapper: Wrapper
  /// Bytes of base64 that terminals take.
  static let osc52Limit = 74_994

  init(environment: (String) -> String? = Configuration.environment) {
    let isRemote = environment("SSH_TTY") != nil || environment("SSH_CONNECTION") != nil
    var programs: [[String]] = []
    if environment("WAYLAND_DISPLAY") != nil { programs.append(["wl-copy"]) }
    if environment("DISPLAY") != nil {
      programs += [["xclip", "-selection", "clipboard", "-in"], ["xsel", "--clipboard", "--input"]]
    }
    #if os(macOS)
      programs.insert(["pbcopy"], at: 0)
    #endif
    // Inside SSH a clipboard program would fill the server's clipboard, which nobody sees.
    ways = (isRemote ? [] : programs.map(Way.program)) + [.osc52]
    wrapper =
      if environment("TMUX") != nil {
        .tmux
      } else if environment("STY") != nil {
        .screen
      } else {
        .none
      }
  }

  /// The bytes that put a text on the terminal's clipboard; nil when it is too long.
  static func osc52(_ text: String, wrapper: Wrapper) -> [UInt8]? {
    let encoded = base64(Array(text.utf8))
    guard encoded.count <= osc52Limit else { return nil }
    let escape: UInt8 = 0x1B
    let plain = [escape] + Array("]52;c;".utf8) + encoded + [escape, UInt8(ascii: "\\")]
    switch wrapper {
    case .none:
      return plain
    case .tmux:
      // Bare for `set-clipboard on`, wrapped with doubled escapes for `allow-passthrough on`: either may be off.
      let doubled = plain.flatMap { $0 == escape ? [escape, escape] : [$0] }
      return plain + [escape] + Array("Ptmux;".utf8) + doubled + [escape, UInt8(ascii: "\\")]
    case .screen:
      // Screen ends a string at ESC \ and takes only short ones: BEL inside, in pieces.
      let whole = [escape] + Array("]52;c;".utf8) + encoded + [0x07]
      return stride(from: 0, to: whole.count, by: 240).flatMap { start in
        [escape, UInt8(ascii: "P")] + whole[start..<min(whole.count, start + 240)] + [escape, UInt8(ascii: "\\")]
      }
    }
  }

  /// Copies in the background; what must be written to the terminal, and what is told to the user, come back as items.
  func copy(_ text: String, to inbox: Inbox) {
    let size = "\(text.utf8.count) \(text.utf8.count == 1 ? "byte" : "bytes")"
    for way in ways {
      switch way {
      case .program(let words):
        guard Self.run(words, input: Array(text.utf8)) else { continue }
        return inbox.post(.message(.notice("copied \(size) with \(words[0])")))
      case .osc52:
        guard let bytes = Self.osc52(text, wrapper: wrapper) else {
          return inbox.post(.message(.notice("\(size) are too many for OSC 52, which takes 56,244")))
        }
        inbox.post(.send(bytes))
        let need =
          switch wrapper {
          case .none: ""
          case .tmux: " (tmux: set-clipboard on)"
          case .screen: " (screen passes it on where the terminal takes it)"
          }
        inbox.post(.message(.notice("copied \(size) through OSC 52\(need)")))
      }
    }
  }

  /// Runs a fixed program with the text on its standard input; true when it ended well within two seconds.
  private static func run(_ words: [String], input: [UInt8]) -> Bool {
    guard let ends = PipeEnds() else { return false }
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    posix_spawn_file_actions_adddup2(&actions, ends.reading, STDIN_FILENO)
    // Some of them stay behind to serve the selection: they must not hold the terminal.
    posix_spawn_file_actions_addopen(&actions, STDOUT_FILENO, "/dev/null", O_WRONLY, 0)
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
    // This program ignores SIGPIPE and its threads block signals; neither is for the child.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var signals = sigset_t()
    sigemptyset(&signals)
    posix_spawnattr_setsigmask(&attributes, &signals)
    sigaddset(&signals, SIGPIPE)
    posix_spawnattr_setsigdefault(&attributes, &signals)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))
    let arguments = words.map { strdup($0) } + [nil]
    defer { arguments.forEach { free($0) } }
    var process: pid_t = 0
    let failure = posix_spawnp(&process, words[0], &actions, &attributes, arguments, environ)
    close(ends.reading)
    guard failure == 0 else {
      close(ends.writing)
      return false
    }
    // A program that does not read must not hold this thread for ever.
    _ = fcntl(ends.writing, F_SETFL, O_NONBLOCK)
    let end = Configuration.monotonicSeconds() + 2
    var sent = 0
    while sent < input.count, Configuration.monotonicSeconds() < end {
      let count = input.withUnsafeBytes { write(ends.writing, $0.baseAddress.map { $0 + sent }, input.count - sent) }
      if count > 0 { sent += count } else if errno == EAGAIN { usleep(2000) } else if errno != EINTR { break }
    }
    close(ends.writing)
    var status: Int32 = 0
    while true {
      let ended = waitpid(process, &status, WNOHANG)
      if ended == process { return sent == input.count && status == 0 }
      if ended < 0, errno != EINTR { return false }
      guard Configuration.monotonicSeconds() < end else { break }
      usleep(2000)
    }
    kill(process, SIGKILL)
    waitpid(process, &status, 0)
    return false
  }

  static func base64(_ bytes: [UInt8]) -> [UInt8] {
    let digits = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var encoded: [UInt8] = []
    encoded.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = bytes[start..<min(start + 3, bytes.count)]
      let bits = group.reduce(UInt32(0)) { $0 << 8 | UInt32($1) } << (8 * UInt32(3 - group.count))
      for place in 0..<4 {
        encoded.append(place <= group.count ? digits[Int(bits >> (18 - 6 * UInt32(place)) & 63)] : UInt8(ascii: "="))
      }
    }
    return encoded
  }
}

/// A pipe whose ends no child inherits unless it is given them.
struct PipeEnds {
  let reading: Int32
  let writing: Int32

  init?() {
    var ends: [Int32] = [0, 0]
    guard pipe(&ends) == 0 else { return nil }
    for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
    (reading, writing) = (ends[0], ends[1])
  }
}
