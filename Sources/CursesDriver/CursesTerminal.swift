import CNcurses
import Glibc
public import TerminalScreen

/// The terminal: takes it, draws screens, reads keys, and gives it back as it was.
///
/// Nothing else talks to ncurses, which knows one thread: everything here is on the main actor. No queries are sent to
/// the terminal, so nothing can answer into the user's shell.
@MainActor
public final class CursesTerminal {
  /// The width that the user's locale and terminal allow: draw screens with it.
  public let asciiOnly: Bool
  /// No colours: the theme `mono`, whichever was asked for.
  public let monochrome: Bool
  /// One line for the user when `$TERM` was not known and another entry is used.
  public let note: String?
  /// Where keys arrive; readable means `readKeys` has something to do.
  public let inputDescriptor: Int32

  private let outputDescriptor: Int32
  private let theme: Theme
  private let modesBefore: termios
  private let restoringBytes: [UInt8]
  private var keys = KeyReader()
  /// The terminal shows our screen, not the shell's.
  private var isTaken = false
  private var mustRepaint = true
  private var looks: [Style: (attributes: UInt32, pair: Int32)] = [:]

  public enum ColorUse: Sendable {
    /// By `NO_COLOR` and what the terminal can do.
    case auto
    case always, never
  }

  /// Takes the terminal: standard input and output, or `/dev/tty` where input is piped.
  /// - Parameter ascii: nil: by the codeset of the locale.
  public init(theme: Theme, color: ColorUse, ascii: Bool?) throws(TerminalError) {
    guard isatty(STDOUT_FILENO) == 1 else { throw .outputIsNotATerminal }
    let wanted = getenv("TERM").map { String(cString: $0) } ?? ""
    guard !wanted.isEmpty, wanted != "dumb" else { throw .dumbTerminal(wanted) }

    if isatty(STDIN_FILENO) == 1 {
      inputDescriptor = fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
      outputDescriptor = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, 3)
    } else {
      inputDescriptor = open("/dev/tty", O_RDWR | O_CLOEXEC)
      outputDescriptor = inputDescriptor < 0 ? -1 : fcntl(inputDescriptor, F_DUPFD_CLOEXEC, 3)
    }
    guard inputDescriptor >= 0, outputDescriptor >= 0, let input = fdopen(inputDescriptor, "r"),
      let output = fdopen(outputDescriptor, "w")
    else { throw .cannotOpen(reason: String(cString: strerror(errno))) }
    var modes = termios()
    guard tcgetattr(inputDescriptor, &modes) == 0 else { throw .cannotOpen(reason: String(cString: strerror(errno))) }
    modesBefore = modes

    setlocale(LC_CTYPE, "")
    let codeset = String(cString: whodiff_codeset()).uppercased()
    asciiOnly = ascii ?? (codeset != "UTF-8" && codeset != "UTF8")

    var used: String?
    for name in [wanted, "xterm-256color", "xterm", "vt100", "ansi"] where newterm(name, output, input) != nil {
      if whodiff_capability("cup") != nil, whodiff_capability("clear") != nil {
        used = name
        break
      }
      endwin()
    }
    guard let used else { throw .unknownTerminal(wanted) }
    note = used == wanted ? nil : "terminal \"\(wanted)\" is not known here: using \(used)"

    set_escdelay(getenv("ESCDELAY").flatMap { Int32(String(cString: $0)) }.map { min(max($0, 1), 5000) } ?? 25)
    raw()
    noecho()
    nonl()
    let window = whodiff_stdscr()
    keypad(window, true)
    nodelay(window, true)
    intrflush(window, false)
    // A frame is drawn to its end: keys have all been handled before it.
    typeahead(-1)
    // Lets curses scroll the terminal's lines instead of writing them anew.
    idlok(window, true)

    let noColor = getenv("NO_COLOR").map { $0.pointee != 0 } ?? false
    let colored =
      switch color {
      case .never: false
      case .auto: !noColor && whodiff_colors() >= 8
      case .always: whodiff_colors() >= 8
      }
    monochrome = !colored || theme.name == Theme.mono.name
    self.theme = monochrome ? .mono : theme
    restoringBytes = ["sgr0", "op", "rmkx", "cnorm", "rmcup"].flatMap { Self.plainBytes(of: $0) }
    if !monochrome {
      start_color()
      use_default_colors()
      for role in Style.Role.allCases {
        let look = self.theme.looks[role] ?? Theme.Look()
        init_pair(Int16(role.rawValue) + 1, look.ink.rawValue, look.paper.rawValue)
      }
    }
    isTaken = true
    fitWindow()
    TerminalRescue.arm(descriptor: outputDescriptor, bytes: restoringBytes, modes: modesBefore)
  }

  // MARK: Output

  /// The terminal's size now.
  public var size: Size {
    var window = winsize()
    guard ioctl(outputDescriptor, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0, window.ws_row > 0 else {
      return Size(columns: Int(getmaxx(whodiff_stdscr())), rows: Int(getmaxy(whodiff_stdscr())))
    }
    return Size(columns: Int(window.ws_col), rows: Int(window.ws_row))
  }

  /// Takes over the terminal's size after it has changed.
  public func resize() -> Size {
    if isTaken { fitWindow() }
    return size
  }

  private func fitWindow() {
    let size = size
    let window = whodiff_stdscr()
    guard Int(getmaxx(window)) != size.columns || Int(getmaxy(window)) != size.rows else { return }
    resize_term(Int32(size.rows), Int32(size.columns))
    mustRepaint = true
  }

  /// Shows a screen. `shown` is what was drawn before; only cells that differ are handed on.
  public func draw(_ next: Screen, over shown: Screen?) {
    guard isTaken else { return }
    let window = whodiff_stdscr()
    if mustRepaint {
      werase(window)
      wclear(window)
    }
    var line: [cchar_t] = []
    for change in next.changes(from: mustRepaint ? nil : shown) {
      line.removeAll(keepingCapacity: true)
      for (index, cell) in change.cells.enumerated() where !cell.isContinuation {
        let isWide = index + 1 < change.cells.count && change.cells[index + 1].isContinuation
        append(cell, isWide: isWide, to: &line)
      }
      mvwadd_wchnstr(window, Int32(change.y), Int32(change.x), line, Int32(line.count))
    }
    mustRepaint = false
    if let cursor = next.cursor {
      leaveok(window, false)
      wmove(window, Int32(cursor.y), Int32(cursor.x))
    } else {
      leaveok(window, true)
    }
    curs_set(next.cursor == nil ? 0 : 1)
    wrefresh(window)
  }

  /// The next `draw` writes the whole screen anew.
  public func repaint() { mustRepaint = true }

  private func append(_ cell: Cell, isWide: Bool, to line: inout [cchar_t]) {
    let look = look(of: cell.style)
    var scalars = cell.glyph.unicodeScalars.prefix(4).map(\.value)
    // Where the C library sees another width than the screen does, the cells would shift: show a stand-in.
    if let base = scalars.first, base >= 0x7F, Int(whodiff_width(base)) != (isWide ? 2 : 1) { scalars = [0x3F] }
    let isStandIn = isWide && scalars == [0x3F]
    var made = cchar_t()
    if !whodiff_cell(&made, scalars, Int32(scalars.count), look.attributes, look.pair) {
      whodiff_cell(&made, [0x3F], 1, look.attributes, look.pair)
    }
    line.append(made)
    if isStandIn {
      whodiff_cell(&made, [0x20], 1, look.attributes, look.pair)
      line.append(made)
    }
  }

  private func look(of style: Style) -> (attributes: UInt32, pair: Int32) {
    if let known = looks[style] { return known }
    let look = theme.look(of: style)
    var attributes: UInt32 = 0
    if look.isBold { attributes |= whodiff_attr_bold() }
    if look.isReverse { attributes |= whodiff_attr_reverse() }
    if look.isUnderlined { attributes |= whodiff_attr_underline() }
    let hasColor = !monochrome && !(look.ink == .own && look.paper == .own)
    let made = (attributes, hasColor ? Int32(style.role.rawValue) + 1 : 0)
    looks[style] = made
    return made
  }

  /// Sends bytes that the caller has made himself (OSC 52), between two frames.
  public func send(_ bytes: [UInt8]) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = rest.withUnsafeBytes { Glibc.write(outputDescriptor, $0.baseAddress, $0.count) }
      if count < 0, errno == EINTR || errno == EAGAIN { continue }
      guard count > 0 else { return }
      rest = rest.dropFirst(count)
    }
  }

  // MARK: Input

  /// All keys that have arrived, in order; never waits longer than the escape delay.
  public func readKeys() -> [Key] {
    var read: [Key] = []
    while let key = keys.key(from: Self.input) { read.append(key) }
    return read
  }

  private static func input() -> KeyInput? {
    // ncurses gives ERR for a byte that is no UTF-8, too: ask again while more has arrived.
    for _ in 0..<8 {
      var value: UInt32 = 0
      switch whodiff_key(&value) {
      case 0: return .character(value)
      case 1: return .code(value)
      default: break
      }
      return nil
    }
    return nil
  }

  /// The link behind the terminal is gone: reading finds its end.
  public var isLost: Bool {
    var watched = pollfd(fd: inputDescriptor, events: Int16(POLLIN), revents: 0)
    guard poll(&watched, 1, 0) > 0 else { return false }
    if watched.revents & Int16(POLLHUP | POLLERR | POLLNVAL) != 0 { return true }
    var waiting: Int32 = 0
    return ioctl(inputDescriptor, UInt(FIONREAD), &waiting) != 0 || waiting == 0
  }

  // MARK: Leaving and coming back

  /// Gives the terminal back as it was found: modes, screen, cursor, colours.
  public func leave() {
    guard isTaken else { return }
    isTaken = false
    endwin()
    TerminalRescue.disarm()
  }

  /// Takes the terminal again after `leave`, at its size now.
  public func retake() {
    guard !isTaken else { return }
    isTaken = true
    TerminalRescue.arm(descriptor: outputDescriptor, bytes: restoringBytes, modes: modesBefore)
    reset_prog_mode()
    fitWindow()
    mustRepaint = true
  }

  /// After somebody else has stopped and continued the program: takes the modes again and forgets what is shown.
  public func recover() {
    guard isTaken else { return }
    reset_prog_mode()
    fitWindow()
    mustRepaint = true
  }

  /// Shows text on the plain screen, the one of the shell; `readKeys` goes on working. `retake` brings the screen back.
  /// - Parameter text: escaped already, lines ended by `\n`.
  public func showPlain(_ text: String) {
    leave()
    // Keys come one by one and are not echoed while the text is being read.
    reset_prog_mode()
    TerminalRescue.arm(descriptor: outputDescriptor, bytes: [], modes: modesBefore)
    send(Array(text.replacing("\n", with: "\r\n").utf8))
  }

  /// For good: leaves, and drops what was typed and not read.
  public func close() {
    leave()
    tcsetattr(outputDescriptor, TCSADRAIN, [modesBefore])
    tcflush(inputDescriptor, TCIFLUSH)
  }

  /// For good, without writing to a terminal that is gone.
  public func abandon() {
    isTaken = false
    TerminalRescue.disarm()
    tcsetattr(outputDescriptor, TCSANOW, [modesBefore])
  }

  /// A capability of the terminal without its padding marks (`$<5>`).
  private static func plainBytes(of capability: String) -> [UInt8] {
    guard let pointer = whodiff_capability(capability) else { return [] }
    return Array(String(cString: pointer).replacing(/\$<[^>]*>/, with: "").utf8)
  }
}

/// Why there is no screen to draw on; each says which commands do without.
public enum TerminalError: Error, Hashable, Sendable, CustomStringConvertible {
  case outputIsNotATerminal
  case dumbTerminal(String)
  case unknownTerminal(String)
  case cannotOpen(reason: String)

  public var description: String {
    let reason =
      switch self {
      case .outputIsNotATerminal: "standard output is not a terminal"
      case .dumbTerminal(""): "TERM is not set"
      case .dumbTerminal(let name): "TERM=\(name) cannot move the cursor"
      case .unknownTerminal(let name):
        "TERM=\(VisibleText.escaped(name)) is not in the terminfo database,\nand none of xterm-256color, xterm, vt100 and ansi is"
      case .cannotOpen(let reason): "the terminal cannot be opened: \(reason)"
      }
    return reason + "\nwithout screens: whodiff log, whodiff show, whodiff changes, whodiff diff"
  }
}
