import AuditModel
import CursesDriver
import EventQueries
import Ingestion
import TimelineUI

/// What the screens are started with; flags and environment have been read by the command line.
struct InteractiveOptions: Sendable {
  /// Files, folders and `-`; empty when only the store is shown.
  var paths: [String] = []
  /// A store that was imported into and is only read; nil: the paths are indexed.
  var storePath: String?
  /// Where the index of the paths is kept; nil: in memory. What prevents its use is told in one line.
  var indexPath: String?
  var filter = Filter.everything
  var level = ViewLevel.effective
  var zone = Zone.utc
  /// What the zone switch goes through.
  var zones: [Zone] = [.utc]
  /// Nil: by the locale.
  var ascii: Bool?
  var color = ColorUse.auto
  /// `default`, `mono`, `blue-orange`.
  var themeName = "default"
  /// Passes every record's bytes, and every text column (user agents, reasons), before anything sees them.
  var redactRecord: @Sendable ([UInt8], RecordMemory?) -> [UInt8] = { record, _ in record }
  var redactText: @Sendable (String) -> String = { $0 }
  /// Whether new rows are taken in from the start.
  var follows = false
  var ingest = IngestOptions()
  /// For titles: `sample-logs`, `3 files`.
  var sourceName = ""

  enum ColorUse: String, CaseIterable, Sendable {
    case auto, always, never
  }
}

/// Shows the screens until the user leaves; the terminal is restored on every way out.
/// - Returns: the exit code: 0, 3 when the store cannot be read and 4 without a usable terminal (both said on standard
///   error), 129 and 143 after signals.
@MainActor
func runInteractive(_ options: InteractiveOptions) async throws -> Int32 {
  let inbox = Inbox()
  // Handlers come before the terminal: ncurses leaves signals alone that somebody handles.
  let signals = Signals(inbox: inbox)
  defer { withExtendedLifetime(signals) {} }
  let terminal: CursesTerminal
  do {
    terminal = try openTerminal(options)
  } catch {
    for line in error.description.split(separator: "\n") { ErrorOutput.say(String(line)) }
    return 4
  }
  let history = FilterHistory()
  var session = Session(
    size: terminal.size, asciiOnly: terminal.asciiOnly, monochrome: terminal.monochrome, zone: options.zone,
    zones: options.zones, now: Configuration.now(), sourceName: options.sourceName, filterHistory: history.load())
  if !options.paths.isEmpty { session.follow = Follow(options.follows ? .on : .off) }
  let runner = EffectRunner(inbox: inbox, history: history)
  let loop = EventLoop(
    terminal: terminal, inbox: inbox, runner: runner,
    model: TimelineModel(session: session, filter: options.filter, level: options.level))
  let code = await loop.run { runner.begin(options) }
  // After a hang-up nobody reads any more, and writing would wait or fail.
  if code == 129 { terminal.abandon() } else { terminal.close() }
  runner.close()
  if let words = loop.lastWords { ErrorOutput.say(words) }
  return code
}

@MainActor
private func openTerminal(_ options: InteractiveOptions) throws(TerminalError) -> CursesTerminal {
  let color: CursesTerminal.ColorUse =
    switch options.color {
    case .auto: .auto
    case .always: .always
    case .never: .never
    }
  return try CursesTerminal(theme: Theme.named(options.themeName) ?? .standard, color: color, ascii: options.ascii)
}
