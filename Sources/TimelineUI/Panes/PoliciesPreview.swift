import AuditModel
import ManifestDiff
import ObjectHistory
import TerminalScreen

/// What stands beside the list of the Policies screen where there is room: the newest versions of the focused object,
/// and what it says now, or said last.
struct PoliciesPreview: Sendable {
  let log: ChangeLog
  /// Of the Change Log, newest first.
  private let rows: [ChangeLogRow]
  private let versionCount: Int
  /// The newest version that is no deletion; nil where the logs hold none.
  private let version: Revision?
  /// Its text, or why there is none.
  private let lines: [String]

  /// More than any screen has rows: what is further down is for the Change Log.
  private static let limit = 400

  /// Writes the manifest once, so that painting costs the same for every object.
  init(_ log: ChangeLog) {
    self.log = log
    versionCount = log.history.versionCount
    rows = ChangeLogRow.list(log, showsAll: versionCount == 0, showsProof: false)
    version = log.history.revisions.last { $0.number != nil && $0.operation != .delete }
    guard let version else {
      lines = ["no version of it is in the logs"]
      return
    }
    guard let manifest = version.manifest else {
      lines = [RevisionWords.missing(version)]
      return
    }
    guard !manifest.has(moreThan: 5_000) else {
      lines = ["The manifest is long: d shows what changed last, Enter the change log."]
      return
    }
    lines = ManifestText(MachineFields.removed(from: manifest).manifest, limit: Self.limit).lines.map(\.text)
  }

  func render(into screen: inout Screen, area: Rect, session: Session) {
    // A third for the versions: what the object says is longer.
    let shown = min(rows.count, max(3, area.height / 3))
    let parts = area.split(top: 2 + shown)
    screen.heading(
      "change log", note: PaneWords.count(versionCount, "version"), y: area.y, x: area.x, width: area.width)
    let columns = ChangeLogRow.Columns(width: area.width - 1, longTimes: false)
    columns.renderTitles(into: &screen, x: area.x, y: area.y + 1)
    for (row, y) in zip(rows, parts.top.rows.dropFirst(2)) {
      row.render(log, columns, into: &screen, x: area.x, y: y, session: session)
    }
    if shown < rows.count, let last = parts.top.rows.last {
      screen.fill(Rect(x: area.x, y: last, width: area.width, height: 1))
      screen.write(
        "... \(PaneWords.grouped(rows.count - shown + 1)) more (Enter)", x: area.x + columns.time, y: last, style: .hint
      )
    }
    guard !parts.rest.isEmpty else { return }
    screen.heading(title, note: fidelity, y: parts.rest.y, x: area.x, width: area.width)
    for (line, y) in zip(lines, parts.rest.rows.dropFirst()) {
      screen.write(line, x: area.x + 2, y: y, width: area.width - 3)
    }
  }

  private var title: String {
    guard let number = version?.number else { return "manifest" }
    let isGone = log.history.revisions.last { $0.number != nil || $0.operation == .delete }?.operation == .delete
    return isGone ? "r\(number), before it was deleted" : "r\(number), as it is now"
  }

  private var fidelity: String { version?.fidelity.map { "\($0.rawValue) \($0.word)" } ?? "" }
}
