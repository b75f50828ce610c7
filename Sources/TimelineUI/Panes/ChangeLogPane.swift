import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TerminalScreen

/// All versions of one object, newest first, with who made them and what changed.
struct ChangeLogPane: RowPane {
  static let title = "Changes"

  let object: ObjectKey
  private(set) var log: ChangeLog?
  private var failure: String?
  private var inquiry = Inquiry()
  private(set) var rows: [ChangeLogRow] = []
  /// Whether acts that made no version are listed one by one.
  private var showsAll = false
  /// Indices of the revisions whose diff is shown in place.
  private var expanded: Set<Int> = []
  /// Comparisons that have been asked for, by index of the revision.
  private var diffs: [Int: DiffText] = [:]
  private var showsMachineFields = false
  private var wraps = false
  var cursor = ListCursor()
  /// Scrolling of the comparison beside the list.
  private var diffCursor = ListCursor()
  private var diffIsFocused = false

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
      Command("v", "V", name: "all-acts", group: .find, "List or fold acts that made no version") { pane, session in
        pane.showsAll.toggle()
        pane.arrange(session)
        return pane.focusChanged(session)
      },
    ] + movement + [
      Command("[", name: "older", group: .move, "Older version") { $0.stepVersion(by: 1, &$1) },
      Command("]", name: "newer", group: .move, "Newer version") { $0.stepVersion(by: -1, &$1) },
      Command("{", name: "next-lifetime", group: .move, "The lifetime before") { $0.stepLifetime(by: -1, &$1) },
      Command("}", name: "previous-lifetime", group: .move, "The lifetime after") { $0.stepLifetime(by: 1, &$1) },
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
        pane.showsMachineFields.toggle()
        pane.diffs = [:]
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
    case .changeLog(let log) where log.object == object:
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
    let isFirst = old == nil
    wanted = nil
    let distance = cursor.index - cursor.top
    failure = nil
    self.log = log
    diffs = [:]
    if let old {
      expanded = Set(expanded.compactMap { old.history.revisions[$0].act.flatMap { log.index(of: $0.id) } })
      session.leftSide = session.leftSide.map { log.renumbered($0, from: old) }
      session.rightSide = session.rightSide.map { log.renumbered($0, from: old) }
    }
    rows = []
    arrange(session)
    let index = focused.flatMap(log.index(of:))
    // Without a row of its own: the newest version, not what is folded above it.
    let newest = rows.firstIndex { $0.revision != nil } ?? 0
    let row = index.flatMap { index in rows.firstIndex { $0.revision == index } } ?? (isFirst ? newest : 0)
    cursor.place(at: row, distanceFromTop: isFirst ? row : distance, count: rows.count, height: rowHeight(session))
    _ = focusChanged(session)
  }

  func focusedObject(_ session: Session) -> ObjectKey? { object }
  func focusedAct(_ session: Session) -> Act? { revision(at: cursor.index)?.act }
  func subject(_ session: Session) -> String { object.path }

  // MARK: Rows

  private mutating func arrange(_ session: Session) {
    guard let log else { return }
    let focused = rows.indices.contains(cursor.index) ? rows[cursor.index] : nil
    let distance = cursor.index - cursor.top
    var made: [ChangeLogRow] = []
    // Where there is no version, there is nothing to fold the other acts away from.
    for row in ChangeLogRow.list(log, showsAll: showsAll || log.history.versions.isEmpty) {
      made.append(row)
      guard case .revision(let index) = row, expanded.contains(index) else { continue }
      guard let text = diff(of: index, layout: inlineLayout(session)) else {
        made.append(.note(index, whyNoDiff(index)))
        continue
      }
      if text.isEmpty { made.append(.note(index, "no differences")) }
      made += text.rows.indices.map { .diff(index, row: $0) }
    }
    rows = made
    let row =
      focused.flatMap { focused in rows.firstIndex(of: focused) ?? rows.firstIndex { $0.revision == focused.revision } }
      ?? cursor.index
    cursor.place(at: row, distanceFromTop: distance, count: rows.count, height: rowHeight(session))
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

  private func splits(_ session: Session) -> Bool { session.splitsDiffs ?? true }

  /// The comparison of a revision with the one before it, made once and laid out as asked.
  private mutating func diff(of index: Int, layout: DiffText.Layout) -> DiffText? {
    guard let log, let sides = log.sides(of: index), whyNoDiff(index).isEmpty else { return nil }
    if diffs[index] == nil {
      let old = sides.left.revision.flatMap(log.index(ofVersion:)).flatMap { log.history.revisions[$0].manifest }
      let new = sides.right.revision == nil ? nil : log.history.revisions[index].manifest
      let options = VersionDiff.Options(showsMachineFields: showsMachineFields)
      diffs[index] = DiffText(VersionDiff(from: old, to: new, options: options), layout: layout)
    }
    diffs[index]?.arrange(layout)
    return diffs[index]
  }

  /// Whether comparing the revision takes so long that moving through the list would stutter.
  private func isLarge(_ index: Int) -> Bool {
    guard diffs[index] == nil, let log else { return false }
    let previous = log.changes[index].previous.flatMap { log.history.revisions[$0].manifest }
    return [log.history.revisions[index].manifest, previous].contains { $0?.has(moreThan: 5_000) == true }
  }

  /// Empty when the revision can be compared.
  private func whyNoDiff(_ index: Int) -> String {
    guard let log else { return "" }
    let revision = log.history.revisions[index]
    guard log.sides(of: index) != nil else { return RevisionWords.outcome(revision) ?? "no version" }
    if revision.operation == .delete {
      return log.changes[index].previous == nil ? "the state before was not logged" : ""
    }
    return revision.manifest == nil ? RevisionWords.missing(revision) : ""
  }

  private func revision(at row: Int) -> Revision? {
    guard let log, rows.indices.contains(row), let index = rows[row].revision else { return nil }
    return log.history.revisions[index]
  }

  private func plainText(at row: Int, _ session: Session) -> String? {
    guard let log, rows.indices.contains(row) else { return nil }
    switch rows[row] {
    case .diff(let index, let line): return diffs[index]?.plainText(at: line)
    default: return rows[row].plainText(log, session)
    }
  }

  // MARK: Moving

  func rowCount(_ session: Session) -> Int { diffIsFocused ? beside(session)?.rows.count ?? 0 : rows.count }
  func rowHeight(_ session: Session) -> Int { listArea(Frame.area(session.size), session).height }

  mutating func move(by step: Int, _ session: inout Session) -> [Effect] {
    if diffIsFocused {
      diffCursor.move(
        by: step, count: beside(session)?.rows.count ?? 0, height: diffArea(Frame.area(session.size), session).height)
      return []
    }
    cursor.move(by: step, count: rows.count, height: rowHeight(session))
    return cursorMoved(by: step, &session)
  }

  mutating func move(to row: Int, _ session: inout Session) -> [Effect] {
    if diffIsFocused { return move(by: row - diffCursor.index, &session) }
    let direction = row <= cursor.index ? -1 : 1
    cursor.place(at: row, count: rows.count, height: rowHeight(session))
    return cursorMoved(by: row == 0 ? 1 : direction, &session)
  }

  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] {
    var step = step < 0 ? -1 : 1
    // Titles between lifetimes cannot be focused; at an end of the list the way leads back.
    for _ in 0..<2 {
      while rows.indices.contains(cursor.index), !rows[cursor.index].isFocusable {
        let before = cursor.index
        cursor.move(by: step, count: rows.count, height: rowHeight(session))
        if cursor.index == before { break }
      }
      step = -step
    }
    return focusChanged(session)
  }

  /// Makes what is shown of the focused revision beside or below the list.
  private mutating func focusChanged(_ session: Session) -> [Effect] {
    diffCursor = ListCursor()
    arrangeFocused(session)
    return []
  }

  private mutating func arrangeFocused(_ session: Session) {
    guard session.layout != .compact, let row = rows.indices.contains(cursor.index) ? rows[cursor.index] : nil,
      let index = row.revision
    else { return besideText = nil }
    guard !isLarge(index) else { return besideText = nil }
    // The comparison in place may have another width: the one beside the list is its own copy.
    besideText = diff(of: index, layout: besideLayout(session))
    if expanded.contains(index) { _ = diff(of: index, layout: inlineLayout(session)) }
    if let first = besideText?.hunkRows.first {
      let height = diffArea(Frame.area(session.size), session).height
      diffCursor.place(at: first, distanceFromTop: min(3, first), count: besideText?.rows.count ?? 0, height: height)
    }
  }

  private var besideText: DiffText?
  private func beside(_ session: Session) -> DiffText? { besideText }

  /// Focuses the next version in the order of the list: 1 is older.
  private mutating func stepVersion(by step: Int, _ session: inout Session) -> [Effect] {
    guard let log else { return [] }
    let current = rows.indices.contains(cursor.index) ? rows[cursor.index].revision : nil
    let candidates = rows.indices.filter { row in
      if case .revision(let index) = rows[row] {
        return index != current
          && (log.history.revisions[index].number != nil || log.history.revisions[index].operation == .delete)
      }
      return false
    }
    guard
      let row = step > 0
        ? candidates.first(where: { $0 > cursor.index }) : candidates.last(where: { $0 < cursor.index })
    else {
      session.notice = step > 0 ? "no older version" : "no newer version"
      return []
    }
    cursor.place(at: row, count: rows.count, height: rowHeight(session))
    return focusChanged(session)
  }

  private mutating func stepLifetime(by step: Int, _ session: inout Session) -> [Effect] {
    guard let lifetime = revision(at: cursor.index)?.lifetime else { return [] }
    let row = rows.indices.first { revision(at: $0)?.lifetime == lifetime + step }
    guard let row else {
      session.notice = step < 0 ? "no lifetime before this one" : "no lifetime after this one"
      return []
    }
    return move(to: row, &session)
  }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    var search = LineSearch()
    search.set(text)
    searchText = text
    guard log != nil, !text.isEmpty else { return [] }
    let shared = session
    let lines = rows.indices.map { plainText(at: $0, shared) ?? "" }
    let result = search.step(in: lines, from: cursor.index, forward: forward)
    session.notice = result.notice
    return result.line.map { move(to: $0, &session) } ?? []
  }

  private var searchText = ""

  // MARK: Acting

  private mutating func enter(_ session: inout Session) -> [Effect] {
    guard rows.indices.contains(cursor.index) else { return [] }
    switch rows[cursor.index] {
    case .folded:
      showsAll = true
      arrange(session)
      return focusChanged(session)
    case .diff(let index, let row):
      guard let text = diffs[index], case .fold(let lines) = text.rows[row] else { break }
      diffs[index]?.open(lines)
      arrange(session)
      return []
    default: break
    }
    guard let act = revision(at: cursor.index)?.act else {
      session.notice = "no event: this state is from before the log"
      return []
    }
    inquiry.abandon()
    return [.open(.event(act.id))]
  }

  private mutating func openDiff(_ session: inout Session) -> [Effect] {
    guard let log, rows.indices.contains(cursor.index), let index = rows[cursor.index].revision else { return [] }
    guard let sides = log.sides(of: index) else {
      session.notice =
        "no version to compare: \(RevisionWords.outcome(log.history.revisions[index]) ?? "nothing changed")"
      return []
    }
    inquiry.abandon()
    return [.open(.diff(sides.left, sides.right))]
  }

  private mutating func choose(left isLeft: Bool, _ session: inout Session) -> [Effect] {
    guard let revision = revision(at: cursor.index), let number = revision.number, revision.operation != .delete else {
      session.notice = "this row is no version"
      return []
    }
    let side = DiffSide(object: object, revision: number)
    if isLeft { session.leftSide = side } else { session.rightSide = side }
    session.notice = "side \(isLeft ? "A" : "B") is r\(number) of \(object.path); D compares A and B"
    return []
  }

  private mutating func expand(_ session: inout Session) -> [Effect] {
    guard rows.indices.contains(cursor.index), let index = rows[cursor.index].revision else { return [] }
    if expanded.remove(index) == nil { expanded.insert(index) }
    arrange(session)
    if let row = rows.firstIndex(of: .revision(index)) {
      // What was asked for comes into view: the entry moves up as far as its diff needs.
      let height = rowHeight(session)
      let below = rows[row...].prefix { $0.revision == index }.count
      let distance = min(row - cursor.top, max(0, height - below))
      cursor.place(at: row, distanceFromTop: distance, count: rows.count, height: height)
    }
    return []
  }

  /// Newest first, until more lines would be made than anybody scrolls through.
  private mutating func expandAll(_ session: inout Session) -> [Effect] {
    guard expanded.isEmpty, let log else {
      expanded = []
      arrange(session)
      return []
    }
    let layout = inlineLayout(session)
    var lineCount = 0
    for index in log.history.revisions.indices.reversed() where log.sides(of: index) != nil {
      guard lineCount < ChangeLogPane.expandedLinesLimit else {
        session.notice = "the newest \(expanded.count) diffs are shown; z shows others one by one"
        break
      }
      lineCount += diff(of: index, layout: layout)?.diff.lines.count ?? 0
      expanded.insert(index)
    }
    arrange(session)
    return []
  }

  private static let expandedLinesLimit = 20_000

  // MARK: Painting

  /// Columns of the list in wide layouts, the line to its right included.
  private func listWidth(_ area: Rect) -> Int { min(93, area.width / 2) }
  /// Rows about the focused revision at the bottom.
  private func previewHeight(_ session: Session) -> Int { session.layout == .compact ? 2 : 4 }
  /// Rows of its comparison below the list, where there is no room beside it.
  private func diffHeight(_ area: Rect, _ session: Session) -> Int {
    session.layout == .normal ? max(0, area.height - 12) / 2 : 0
  }

  /// The rows of the list themselves.
  private func listArea(_ area: Rect, _ session: Session) -> Rect {
    let below = diffHeight(area, session)
    let list = session.layout == .wide ? area.split(left: listWidth(area) - 1).left : area
    return list.inset(top: 4, bottom: 3 + previewHeight(session) + (below > 0 ? below + 1 : 0))
  }

  private func diffArea(_ area: Rect, _ session: Session) -> Rect {
    let bottom = 3 + previewHeight(session)
    if session.layout == .wide { return area.split(left: listWidth(area)).rest.inset(top: 5, bottom: bottom) }
    return area.inset(bottom: bottom).split(bottom: diffHeight(area, session)).bottom
  }

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let bottom = area.y + area.height
    screen.rule(y: bottom - 2, x: area.x, width: area.width)
    guard let log else {
      screen.write(
        "\(object.kind.kind)  \(object.path)", x: area.x + 1, y: area.y, style: .title, width: area.width - 1)
      screen.rule(y: area.y + 2, x: area.x, width: area.width)
      let body = area.inset(top: 3, bottom: 2)
      if let failure {
        screen.sentences(["The change log could not be read: \(failure)", "q goes back."], area: body, style: .failed)
      } else {
        screen.sentences([ReadingWords.sentence("Reading the change log", session)], area: body, style: .hint)
      }
      return
    }
    renderHeader(log, into: &screen, area: area, session: session)
    let list = listArea(area, session)
    screen.rule(y: list.y - 2, x: area.x, width: area.width)
    if rows.isEmpty {
      screen.sentences(
        ["No act on \(object.path) that could have changed it is in the logs."], area: list.inset(top: -1))
    } else {
      renderList(log, into: &screen, area: list, session: session)
    }
    screen.rule(y: bottom - 3 - previewHeight(session), x: area.x, width: area.width)
    if session.layout != .compact { renderDiff(log, into: &screen, area: area, session: session) }
    renderPreview(log, into: &screen, y: bottom - 2 - previewHeight(session), area: area, session: session)
    renderStatus(log, into: &screen, y: bottom - 1, area: area, session: session)
  }

  private func renderHeader(_ log: ChangeLog, into screen: inout Screen, area: Rect, session: Session) {
    let tier = log.history.revisions.last { $0.act?.tier != nil }?.act?.tier
    let title = "\(log.history.kind)  \(object.path)"
    screen.ends(
      title, tier.map { "tier \($0)" } ?? "", y: area.y, x: area.x, width: area.width, style: .title, rightStyle: .plain
    )
    let acts = log.history.revisions.filter { $0.act != nil }.count
    let effective = log.history.revisions.filter { $0.act?.outcome == .changed }.count
    screen.ends(
      [
        PaneWords.count(log.history.lifetimeCount, "lifetime"), PaneWords.count(acts, "act"),
        "\(PaneWords.grouped(effective)) effective",
      ].joined(separator: ", "), object.group.isEmpty ? "" : "\(object.resource).\(object.group)",
      y: area.y + 1, x: area.x, width: area.width)
  }

  private func renderList(_ log: ChangeLog, into screen: inout Screen, area: Rect, session: Session) {
    let columns = ChangeLogRow.Columns(width: area.width, longTimes: session.layout != .compact)
    columns.renderTitles(into: &screen, x: area.x, y: area.y - 1)
    var place = cursor
    place.move(by: 0, count: rows.count, height: area.height)
    for offset in 0..<area.height where place.top + offset < rows.count {
      let y = area.y + offset
      let row = rows[place.top + offset]
      if case .diff(let index, let line) = row {
        diffs[index]?.paint(row: line, into: &screen, x: area.x + 9, y: y, shift: 0)
      } else {
        row.render(log, columns, into: &screen, x: area.x, y: y, session: session)
      }
      if !searchText.isEmpty { screen.mark(searchText, y: y, x: area.x, width: area.width) }
      if place.top + offset == place.index {
        screen.write(">", x: area.x + 2, y: y)
        let focused = !diffIsFocused
        screen.restyle(Rect(x: area.x, y: y, width: area.width, height: 1)) { focused ? $0.reversed : $0.bold }
      }
    }
  }

  private func renderDiff(_ log: ChangeLog, into screen: inout Screen, area: Rect, session: Session) {
    let body = diffArea(area, session)
    guard !body.isEmpty else { return }
    let isBeside = session.layout == .wide
    if isBeside {
      for y in (body.y - 2)..<(body.y + body.height) {
        screen.write(session.asciiOnly ? "|" : "│", x: body.x - 1, y: y, style: .frame)
      }
    } else {
      screen.rule(y: body.y - 1, x: body.x, width: body.width)
    }
    guard rows.indices.contains(cursor.index), let index = rows[cursor.index].revision else { return }
    let reason = whyNoDiff(index)
    guard reason.isEmpty, let sides = log.sides(of: index), let text = besideText else {
      let large = "The manifest is long: z shows its diff in place, d on a screen of its own."
      screen.sentences([reason.isEmpty ? (isLarge(index) ? large : "nothing to compare") : reason], area: body)
      return
    }
    let title = "diff \(DiffEnd.label(sides.left)) -> \(DiffEnd.label(sides.right))"
    let form = splits(session) ? "split" : "unified"
    if isBeside {
      screen.ends(title, form, y: body.y - 2, x: body.x, width: body.width, style: .heading)
      let left = DiffEnd(sides.left, in: log, other: sides.right, isLeft: true)
      let right = DiffEnd(sides.right, in: log, other: sides.left, isLeft: false)
      let half = (body.width - 3) / 2
      let y = body.y - 1
      screen.write(
        left.words(session, short: true), x: body.x + 1, y: y, style: Style(.removed, bold: true), width: half - 1)
      screen.write(
        right.words(session, short: true), x: body.x + half + 4, y: y, style: Style(.added, bold: true), width: half - 2
      )
    } else {
      screen.heading(title, note: form, y: body.y - 1, x: body.x, width: body.width)
    }
    if text.isEmpty {
      let more = text.diff.hiddenMachineFields > 0 ? " Only machine fields differ (M shows them)." : ""
      screen.sentences(["The two versions are equal.\(more)"], area: body)
    }
    var place = diffCursor
    place.move(by: 0, count: text.rows.count, height: body.height)
    for offset in 0..<body.height where place.top + offset < text.rows.count {
      text.paint(row: place.top + offset, into: &screen, x: body.x, y: body.y + offset, shift: 0)
      if diffIsFocused, place.top + offset == place.index {
        screen.select(y: body.y + offset, x: body.x, width: body.width)
      }
    }
  }

  private func renderPreview(_ log: ChangeLog, into screen: inout Screen, y: Int, area: Rect, session: Session) {
    guard rows.indices.contains(cursor.index), let index = rows[cursor.index].revision else { return }
    let lines = ChangeLogRow.preview(log, index, session)
    for (offset, line) in lines.prefix(previewHeight(session)).enumerated() {
      screen.write(line, x: area.x + 1, y: y + offset, style: offset == 0 ? .plain : .hint, width: area.width - 2)
    }
  }

  private func renderStatus(_ log: ChangeLog, into screen: inout Screen, y: Int, area: Rect, session: Session) {
    let versions = log.history.revisions.indices.filter { log.history.revisions[$0].number != nil }
    let focused = rows.indices.contains(cursor.index) ? rows[cursor.index].revision : nil
    let rank = focused.map { focused in versions.filter { $0 >= focused }.count } ?? 0
    var left = "\(max(1, rank))/\(versions.count)"
    if versions.isEmpty { left = "no versions" }
    for (name, side) in [("A", session.leftSide), ("B", session.rightSide)] {
      guard let side else { continue }
      left += "  \(name)=\(DiffEnd.label(side))" + (side.object == object ? "" : " of \(side.object.path)")
    }
    if let diff = besideText {
      let hidden = diff.diff.hiddenMachineFields
      left += "   -\(diff.removedCount) +\(diff.addedCount) ~\(diff.changedCount)"
      if hidden > 0 { left += "   machine fields hidden: \(hidden) (M)" }
    }
    screen.ends(left, "fid F full R rebuilt T trunc M meta", y: y, x: area.x, width: area.width, rightStyle: .plain)
  }
}
