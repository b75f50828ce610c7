import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TerminalScreen

/// All versions of one object, newest first, with who made them and what changed.
struct ChangeLogPane: RowPane {
  static let title = "Changes"

  private(set) var object: ObjectKey
  private(set) var log: ChangeLog?
  var failure: String?
  private var inquiry = Inquiry()
  private(set) var rows: [ChangeLogRow] = []
  /// Whether acts that made no version are listed one by one.
  private var showsAll = false
  /// The oldest acts of bursts whose patches are listed one by one.
  private var openedBursts: Set<ActID> = []
  /// What has its diff shown in place.
  private var expanded: Set<ChangeLogRow.Entry> = []
  private(set) var diffs = EntryDiffs()
  private var wraps = false
  var cursor = ListCursor()
  /// Scrolling of the comparison beside the list.
  var diffCursor = ListCursor()
  var diffIsFocused = false
  /// The comparison beside or below the list, of the focused entry; nil where there is no room or nothing to compare.
  private(set) var besideText: DiffText?
  var searchText = ""

  /// The act whose row is focused once the history is there.
  private var wanted: ActID?

  /// - Parameter act: where to begin; nil for the newest version.
  init(_ object: ObjectKey, at act: ActID? = nil) {
    self.object = object
    wanted = act
  }

  // MARK: Keys

  static let commands: [Command<ChangeLogPane>] =
    [
      Command(.enter, name: "open", group: .open, "Open the event; on a folded row: list what is folded", hint: "event")
      {
        $0.enter(&$1)
      },
      Command("d", name: "diff", group: .open, "Diff of this version with the one before", hint: "diff with older") {
        $0.openDiff(&$1)
      },
      Command("(", name: "left-side", group: .judge, "Take this version as side A", hint: "side A") {
        $0.choose(left: true, &$1)
      },
      Command(")", name: "right-side", group: .judge, "Take this version as side B", hint: "side B") {
        $0.choose(left: false, &$1)
      },
      Command("D", name: "diff-sides", group: .open, "Diff of the chosen sides A and B", hint: "diff A:B") {
        pane, session in
        guard let left = session.leftSide, let right = session.rightSide else {
          session.notice = "choose both sides with ( and ) first"
          return []
        }
        pane.inquiry.abandon()
        return [.open(.diff(left, right))]
      },
      Command("z", name: "expand", group: .open, "Show or hide the diff of this version in place", hint: "diff here") {
        $0.expand(&$1)
      },
      Command("Z", name: "expand-all", group: .open, "Show or hide the diffs of all versions in place") {
        $0.expandAll(&$1)
      },
      Command("v", "V", name: "all-acts", group: .find, "List or fold acts without a version, patches of one apply") {
        pane, session in
        pane.showsAll.toggle()
        pane.openedBursts = []
        pane.arrange(session)
        return pane.focusChanged(session)
      },
    ] + movement + [
      Command("[", name: "older", group: .move, "Older version") { $0.stepVersion(by: 1, &$1) },
      Command("]", name: "newer", group: .move, "Newer version") { $0.stepVersion(by: -1, &$1) },
      Command("{", name: "previous-lifetime", group: .move, "The lifetime before") { $0.stepLifetime(by: -1, &$1) },
      Command("}", name: "next-lifetime", group: .move, "The lifetime after") { $0.stepLifetime(by: 1, &$1) },
      Command(.tab, .backTab, name: "other-pane", group: .move, "List or comparison, from 100 columns on") {
        pane, session in
        pane.diffIsFocused = !pane.diffIsFocused && session.layout != .compact
        return []
      },
      Command("s", name: "split", group: .open, "Comparison beside the list: unified or side by side") {
        pane, session in
        guard session.layout != .compact else { return [] }
        session.splitsDiffs = !pane.splits(session)
        pane.arrangeFocused(session)
        return []
      },
      Command("w", name: "wrap", group: .open, "Wrap long lines of diffs") { pane, session in
        pane.wraps.toggle()
        pane.arrange(session)
        pane.arrangeFocused(session)
        return []
      },
      Command("M", name: "machine-fields", group: .open, "Show or hide machine fields in diffs") { pane, session in
        pane.diffs.showsMachineFields.toggle()
        pane.arrange(session)
        return pane.focusChanged(session)
      },
      Command("2", name: "objects", group: .open, "All objects that the logs know of") { pane, _ in
        pane.inquiry.abandon()
        return [.open(.policies)]
      },
      Command("y", name: "copy", group: .out, "Copy the row") { pane, session in
        pane.plainText(at: pane.cursor.index, session).map { [.copy($0)] } ?? []
      },
    ]

  // MARK: Life

  mutating func appear(_ session: inout Session) -> [Effect] {
    if session.layout == .compact { diffIsFocused = false }
    if log != nil {
      arrange(session)
      _ = focusChanged(session)
    }
    return inquiry.begin(session) ? [.ask(.changeLog(object))] : []
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .changeLog(let log) where log.isAbout(object):
      object = log.object
      let isAwaited = inquiry.end()
      take(log, &session)
      return isAwaited ? appear(&session) : []
    case .failed(.changeLog(object), let reason):
      failure = reason
      inquiry.end()
    default: break
    }
    return []
  }

  /// A newer history of the object: what is focused, expanded and chosen stays with its act.
  private mutating func take(_ log: ChangeLog, _ session: inout Session) {
    let old = self.log
    let focused = revision(at: cursor.index)?.act?.id ?? wanted
    let finding = finding(at: cursor.index)
    let isFirst = old == nil
    wanted = nil
    let distance = cursor.index - cursor.top
    failure = nil
    self.log = log
    diffs.forget()
    if let old {
      expanded = Set(
        expanded.compactMap { entry in
          switch entry {
          case .revision(let index):
            old.history.revisions[index].act.flatMap { log.index(of: $0.id) }.map { .revision($0) }
          case .burst(let index):
            log.history.bursts.indices.first { log.firstAct(ofBurst: $0) == old.firstAct(ofBurst: index) }
              .map { .burst($0) }
          case .finding(let index): log.index(of: old.history.findings[index]).map { .finding($0) }
          }
        })
      session.leftSide = session.leftSide.map { log.renumbered($0, from: old) }
      session.rightSide = session.rightSide.map { log.renumbered($0, from: old) }
    }
    rows = []
    arrange(session)
    let index = focused.flatMap(log.index(of:))
    let kept = finding.flatMap(log.index(of:)).flatMap { rows.firstIndex(of: .finding($0)) }
    // Without a row of its own: the newest version, not what is folded above it.
    let newest = rows.indices.first { revisionIndex(at: $0) != nil } ?? 0
    let row = kept ?? index.flatMap(self.row(showing:)) ?? (isFirst ? newest : 0)
    cursor.place(at: row, distanceFromTop: isFirst ? row : distance, count: rows.count, height: rowHeight(session))
    _ = focusChanged(session)
  }

  func focusedObject(_ session: Session) -> ObjectKey? { object }
  /// On a finding the act that shows it.
  func focusedAct(_ session: Session) -> Act? {
    guard let log, let finding = finding(at: cursor.index) else { return revision(at: cursor.index)?.act }
    return FindingWords.shownBy(finding, in: log.history)
  }
  func subject(_ session: Session) -> String { object.path }

  // MARK: Rows

  private mutating func arrange(_ session: Session) {
    guard let log else { return }
    let focused = rows.indices.contains(cursor.index) ? rows[cursor.index] : nil
    let version = revisionIndex(at: cursor.index)
    let distance = cursor.index - cursor.top
    var made: [ChangeLogRow] = []
    // Where there is no version, there is nothing to fold the other acts away from.
    let listed = ChangeLogRow.list(
      log, showsAll: showsAll || log.history.versionCount == 0, opened: opened(log),
      showsProof: rowHeight(session) >= 8)
    for (place, row) in listed.enumerated() {
      made.append(row)
      // What opens in place stands below the last line of its entry.
      guard let entry = row.entry, expanded.contains(entry), listed.dropFirst(place + 1).first?.entry != entry else {
        continue
      }
      if case .finding(let index) = entry {
        let lines = proofLines(index, width: inlineLayout(session).width, session)
        if lines.count > previewHeight(session) { made += lines.map { .note(entry, $0) } }
      }
      guard let text = diffs.text(of: entry, in: log, layout: inlineLayout(session)) else {
        made.append(.note(entry, log.whyNoDiff(entry)))
        continue
      }
      if text.isEmpty { made.append(.note(entry, "no differences")) }
      made += text.rows.indices.map { .diff(entry, row: $0) }
    }
    rows = made
    let row =
      focused.flatMap { focused in
        rows.firstIndex(of: focused) ?? focused.entry.flatMap { entry in rows.firstIndex { $0.entry == entry } }
      } ?? version.flatMap(self.row(showing:)) ?? cursor.index
    cursor.place(at: row, distanceFromTop: distance, count: rows.count, height: rowHeight(session))
  }

  /// Indices of the bursts that are open.
  private func opened(_ log: ChangeLog) -> Set<Int> {
    guard !openedBursts.isEmpty else { return [] }
    return Set(
      log.history.bursts.indices.filter { burst in
        let acts = log.history.revisions[log.history.bursts[burst]].compactMap(\.act)
        return acts.contains { openedBursts.contains($0.id) }
      })
  }

  private func inlineLayout(_ session: Session) -> DiffText.Layout {
    DiffText.Layout(
      splits: false, wraps: wraps, width: max(30, listArea(Frame.area(session.size), session).width - 9),
      asciiOnly: session.asciiOnly)
  }

  private func besideLayout(_ session: Session) -> DiffText.Layout {
    let width = diffArea(Frame.area(session.size), session).width
    return DiffText.Layout(splits: splits(session), wraps: wraps, width: width, asciiOnly: session.asciiOnly)
  }

  func splits(_ session: Session) -> Bool { session.splitsDiffs ?? true }

  /// Makes what is shown of the focused revision beside or below the list.
  mutating func focusChanged(_ session: Session) -> [Effect] {
    diffCursor = ListCursor()
    arrangeFocused(session)
    return []
  }

  private mutating func arrangeFocused(_ session: Session) {
    guard let log, session.layout != .compact, let entry = entry(at: cursor.index), !diffs.isLarge(entry, in: log)
    else { return besideText = nil }
    // The comparison in place may have another width: the one beside the list is its own copy.
    besideText = diffs.text(of: entry, in: log, layout: besideLayout(session))
    if expanded.contains(entry) { _ = diffs.text(of: entry, in: log, layout: inlineLayout(session)) }
    if let first = besideText?.hunkRows.first {
      let height = diffArea(Frame.area(session.size), session).height
      diffCursor.place(at: first, distanceFromTop: min(3, first), count: besideText?.rows.count ?? 0, height: height)
    }
  }

  func entry(at row: Int) -> ChangeLogRow.Entry? { rows.indices.contains(row) ? rows[row].entry : nil }

  func finding(at row: Int) -> Finding? {
    guard let log, rows.indices.contains(row), let index = rows[row].finding else { return nil }
    return log.history.findings[index]
  }

  /// All evidence and paths of a finding.
  func proofLines(_ index: Int, width: Int, _ session: Session) -> [String] {
    guard let log else { return [] }
    return Wrapping.words(
      FindingWords.proof(log.history.findings[index]), width: max(20, width), asciiOnly: session.asciiOnly)
  }

  /// The revision that a row is about: of a burst its last version.
  func revisionIndex(at row: Int) -> Int? {
    guard let log, rows.indices.contains(row) else { return nil }
    if case .burst(let index) = rows[row].entry { return log.lastVersion(ofBurst: index) }
    return rows[row].revision
  }

  func revision(at row: Int) -> Revision? {
    guard let log, let index = revisionIndex(at: row) else { return nil }
    return log.history.revisions[index]
  }

  /// The row of a revision, or of the burst that it is folded into.
  private func row(showing index: Int) -> Int? {
    rows.firstIndex { row in
      if case .burst(let burst) = row { return log?.history.bursts[burst].contains(index) ?? false }
      return row.revision == index
    }
  }

  func plainText(at row: Int, _ session: Session, comparesNow: Bool = true) -> String? {
    guard let log, rows.indices.contains(row) else { return nil }
    switch rows[row] {
    case .diff(let entry, let line): return diffs[entry]?.plainText(at: line)
    default: return rows[row].plainText(log, session, comparesNow: comparesNow)
    }
  }

  // MARK: Acting

  private mutating func enter(_ session: inout Session) -> [Effect] {
    guard rows.indices.contains(cursor.index) else { return [] }
    switch rows[cursor.index] {
    case .folded:
      showsAll = true
      arrange(session)
      return focusChanged(session)
    case .burst(let index):
      guard let log else { break }
      if let act = log.firstAct(ofBurst: index) { openedBursts.insert(act) }
      arrange(session)
      return focusChanged(session)
    case .diff(let entry, let row):
      guard let text = diffs[entry], case .fold(let lines) = text.rows[row] else { break }
      diffs.open(lines, of: entry)
      arrange(session)
      return []
    default: break
    }
    guard let act = focusedAct(session) else {
      session.notice = "no event: this state is from before the log"
      return []
    }
    inquiry.abandon()
    return [.open(.event(act.id))]
  }

  private mutating func openDiff(_ session: inout Session) -> [Effect] {
    guard let log, let entry = entry(at: cursor.index) else { return [] }
    guard let sides = log.sides(of: entry) else {
      let isInitial = revision(at: cursor.index)?.operation == .initial
      let reason = isInitial ? "state before the first line" : log.whyNoDiff(entry)
      session.notice = "no version to compare: \(reason)"
      return []
    }
    inquiry.abandon()
    return [.open(.diff(sides.left, sides.right))]
  }

  /// The number of the version that a row stands for: where the object ends, of the one that ended.
  private func versionMeant(_ index: Int) -> Int? {
    guard let log else { return nil }
    let isEnd = log.history.revisions[index].operation == .delete
    return isEnd ? log.sides(of: index)?.left.revision : log.history.revisions[index].number
  }

  private mutating func choose(left isLeft: Bool, _ session: inout Session) -> [Effect] {
    guard let number = revisionIndex(at: cursor.index).flatMap(versionMeant) else {
      session.notice = "this row is no version"
      return []
    }
    let side = DiffSide(object: object, revision: number)
    if isLeft { session.leftSide = side } else { session.rightSide = side }
    session.notice = "side \(isLeft ? "A" : "B") is r\(number) of \(object.path); D compares A and B"
    return []
  }

  private mutating func expand(_ session: inout Session) -> [Effect] {
    guard let entry = entry(at: cursor.index) else { return [] }
    if expanded.remove(entry) == nil { expanded.insert(entry) }
    arrange(session)
    if let row = rows.firstIndex(where: { $0.entry == entry }) {
      // What was asked for comes into view: the entry moves up as far as its diff needs.
      let height = rowHeight(session)
      let below = rows[row...].prefix { $0.entry == entry }.count
      let distance = min(row - cursor.top, max(0, height - below))
      cursor.place(at: row, distanceFromTop: distance, count: rows.count, height: height)
    }
    return []
  }

  /// Newest first, until more lines would be made than anybody scrolls through.
  private mutating func expandAll(_ session: inout Session) -> [Effect] {
    guard let log else { return [] }
    guard expanded.isEmpty else {
      expanded = []
      arrange(session)
      return []
    }
    let layout = inlineLayout(session)
    var lineCount = 0
    let entries = rows.compactMap { row in
      switch row {
      case .revision, .burst: row.entry
      default: nil
      }
    }
    for entry in entries where log.sides(of: entry) != nil {
      guard lineCount < ChangeLogPane.expandedLinesLimit else {
        session.notice = "the newest \(expanded.count) diffs are shown; z shows others one by one"
        break
      }
      lineCount += diffs.text(of: entry, in: log, layout: layout)?.diff.lines.count ?? 0
      expanded.insert(entry)
    }
    arrange(session)
    return []
  }

  private static let expandedLinesLimit = 20_000
}
