import AuditModel
import CursesDriver
import Dispatch
import Glibc
import Synchronization
import TerminalScreen
import TimelineUI

/// Messages in, screens out: every item that waits is handled, then one frame is drawn.
@MainActor
final class EventLoop {
  private let terminal: CursesTerminal
  private let inbox: Inbox
  private let runner: EffectRunner
  private var model: TimelineModel
  private let input: InputWatch
  private var shown: Screen?
  private var exitCode: Int32?
  /// The plain screen with dumped text is up: the next key brings the screens back.
  private var showsPlain = false
  private var frames = Pace(milliseconds: 33)
  private var resizes = Pace(milliseconds: 50)
  private var clockSecond: Int64 = 0
  /// The SIGCONT that ends our own stop is still to arrive.
  private var resumedItself = false
  /// For standard error, once the terminal is given back.
  private(set) var lastWords: String?

  init(terminal: CursesTerminal, inbox: Inbox, runner: EffectRunner, model: TimelineModel) {
    self.terminal = terminal
    self.inbox = inbox
    self.runner = runner
    self.model = model
    input = InputWatch(descriptor: terminal.inputDescriptor, inbox: inbox)
  }

  /// Runs until the user leaves or a signal ends it. The first frame is on the screen before `begin` starts any work.
  /// - Returns: the exit code. 129 says that the terminal is gone and must not be written to.
  func run(begin: () -> Void) async -> Int32 {
    if let note = terminal.note { update(.notice(note)) }
    apply(model.start())
    draw()
    begin()
    input.resume()
    for await _ in inbox.wakeUps {
      for item in inbox.take() where exitCode == nil { handle(item) }
      if let exitCode { return exitCode }
      drawWhenDue()
    }
    return 0
  }

  private func handle(_ item: Inbox.Item) {
    switch item {
    case .message(let message): update(message)
    case .input: readKeys()
    case .signal(let number): handle(signal: number)
    case .resize: resize()
    case .frame: frames.isScheduled = false
    case .send(let bytes): if !showsPlain { terminal.send(bytes) }
    case .work(let report): runner.take(report).forEach(update)
    case .failure(let reason):
      lastWords = reason
      exitCode = 3
    }
  }

  private func readKeys() {
    let keys = terminal.readKeys()
    if keys.isEmpty, terminal.isLost {
      exitCode = 129
      return
    }
    defer { input.resume() }
    guard !keys.isEmpty else { return }
    if showsPlain {
      showsPlain = false
      comeBack()
      return
    }
    tellTime()
    for key in keys where exitCode == nil { update(.key(key)) }
  }

  /// The model's clock moves when something happens, never while nothing does: an idle program writes nothing.
  private func tellTime() {
    let now = Configuration.now()
    let second = now.microseconds / 1_000_000
    guard second != clockSecond else { return }
    clockSecond = second
    update(.clock(now))
  }

  private func update(_ message: Message) {
    switch message {
    case .progress, .followed: tellTime()
    default: break
    }
    apply(model.update(message))
  }

  private func apply(_ effects: [Effect]) {
    var requests: [Request] = []
    var told: [Message] = []
    for effect in effects {
      switch effect {
      case .ask(let request): requests.append(request)
      case .cancel(let kind): runner.cancel(kind)
      case .quit: exitCode = 0
      case .suspend: suspend()
      case .redraw: terminal.repaint()
      case .stopReading: runner.orders.stop()
      case .follow(let isOn): runner.orders.follow(isOn)
      case .pauseReading(let isPaused): runner.orders.pause(isPaused)
      case .readAgain: runner.orders.add(.readAgain)
      case .openSource(let path): runner.orders.add(.open(path))
      case .exclude(let sources): told += runner.exclude(sources)
      case .copy(let text): runner.copy(text)
      case .dump(let text): showPlain(text)
      case .findZone(let name):
        told.append(
          Configuration.zone(named: name).map(Message.zone)
            ?? .notice("no zone \"\(name)\": UTC, local, or a name of the zone database such as Europe/Berlin"))
      case .remember(let filter): runner.remember(filter)
      // Carried out by the model.
      case .open, .back, .forward, .narrow, .choose: break
      }
    }
    runner.ask(requests)
    told.forEach(update)
  }

  // MARK: Signals

  private func handle(signal number: Int32) {
    switch number {
    case SIGWINCH:
      if let delay = resizes.wait() { post(.resize, after: delay) } else if !resizes.isScheduled { resize() }
    case SIGTERM: exitCode = 143
    case SIGHUP: exitCode = 129
    case SIGINT: update(.key(.control("c")))
    case SIGTSTP: suspend()
    case SIGCONT:
      // Stopped from outside: the shell has had the terminal meanwhile.
      if !resumedItself, !showsPlain {
        terminal.recover()
        resize()
      }
      resumedItself = false
    default: break
    }
  }

  private func resize() {
    resizes.isScheduled = false
    resizes.mark()
    let size = terminal.resize()
    if size != model.session.size { update(.resize(size)) }
  }

  private func suspend() {
    terminal.leave()
    resumedItself = true
    Signals.stop()
    comeBack()
  }

  private func showPlain(_ text: String) {
    let ascii = terminal.asciiOnly
    terminal.showPlain(VisibleText.escapedLines(text, asciiOnly: ascii) + "\n-- any key goes back to whodiff --\n")
    showsPlain = true
  }

  private func comeBack() {
    terminal.retake()
    resize()
  }

  // MARK: Frames

  /// Draws now, or as soon as the last frame is old enough: never more than 30 a second.
  private func drawWhenDue() {
    guard !frames.isScheduled else { return }
    if let delay = frames.wait() { post(.frame, after: delay) } else { draw() }
  }

  private func draw() {
    guard !showsPlain else { return }
    frames.mark()
    let next = model.render()
    terminal.draw(next, over: shown)
    shown = next
  }

  private func post(_ item: Inbox.Item, after delay: DispatchTimeInterval) {
    DispatchQueue.global().asyncAfter(deadline: .now() + delay) { [inbox] in inbox.post(item) }
  }
}

/// Keeps a least distance between things that are done again and again.
private struct Pace {
  let milliseconds: Int
  var isScheduled = false
  private var last = DispatchTime(uptimeNanoseconds: 1)

  init(milliseconds: Int) { self.milliseconds = milliseconds }

  /// How long to wait, once for each wait; nil when the time has come or somebody waits already.
  mutating func wait() -> DispatchTimeInterval? {
    guard !isScheduled else { return nil }
    let passed = Int((DispatchTime.now().uptimeNanoseconds - last.uptimeNanoseconds) / 1_000_000)
    guard passed < milliseconds else { return nil }
    isScheduled = true
    return .milliseconds(milliseconds - passed)
  }

  mutating func mark() { last = .now() }
}

/// Tells once that the terminal has input, and again only after `resume`: reading happens elsewhere.
private final class InputWatch {
  private let source: any DispatchSourceRead
  private let isSuspended = Gate()

  /// Whether the source sleeps; it does at first.
  private final class Gate: Sendable {
    let isShut = Atomic(true)
  }

  init(descriptor: Int32, inbox: Inbox) {
    source = DispatchSource.makeReadSource(fileDescriptor: descriptor, queue: DispatchQueue(label: "input"))
    // The source and its handler hold each other until `cancel`.
    source.setEventHandler { [source, isSuspended] in
      source.suspend()
      isSuspended.isShut.store(true, ordering: .releasing)
      inbox.post(.input)
    }
  }

  func resume() {
    guard isSuspended.isShut.exchange(false, ordering: .acquiringAndReleasing) else { return }
    source.resume()
  }

  // A source must not be let go while it sleeps.
  deinit {
    source.cancel()
    resume()
  }
}
