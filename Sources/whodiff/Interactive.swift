import AuditModel
import EventQueries
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
  var redactRecord: @Sendable ([UInt8]) -> [UInt8] = { $0 }
  var redactText: @Sendable (String) -> String = { $0 }
  /// For titles: `sample-logs`, `3 files`.
  var sourceName = ""

  enum ColorUse: String, CaseIterable, Sendable {
    case auto, always, never
  }
}

/// Shows the screens until the user leaves; the terminal is restored on every way out.
/// - Returns: the exit code: 0, 4 without a usable terminal (said on standard error), 129 and 143 after signals.
@MainActor
func runInteractive(_ options: InteractiveOptions) async throws -> Int32 {
  0
}
