import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TerminalScreen

/// Two versions next to each other: of one object, or of two.
struct DiffPane: RowPane {
  static let title = "Diff"

  enum Subject: Sendable {
    case sides(DiffSide, DiffSide)
    /// What an act did; becomes sides once the change log of the object is there.
    case act(ObjectKey, ActID)
  }
  var subject: Subject
  var logs: [ObjectKey: ChangeLog] = [:]
  var failures: [ObjectKey: String] = [:]
  private var inquiries: [ObjectKey: Inquiry] = [:]
  private(set) var text: DiffText?
  /// Machine fields that differ and are not shown.
  var hiddenMachineFields = 0
  /// What the header says below the sides.
  var notes: [DiffNotes.Note] = []
  /// Why there is no text.
  var reasons: [String] = []
  var showsMachineFields = false
  private(set) var wraps = false
  var shift = 0
  var search = LineSearch()
  var cursor = ListCursor()
  /// The list of versions at the left, in wide layouts.
  var listCursor = ListCursor()
  var listIsFocused = false

  init(_ left: DiffSide, _ right: DiffSide) { subject = .sides(left, right) }
  /// What an act changed: its version against the one before.
  init(object: ObjectKey, act: ActID) { subject = .act(object, act) }

  // MARK: Keys

  static let commands: [Command<DiffPane>] =
    [
      Command("n", name: "next-hunk", group: .move, "Next hunk; the next match while a search is on", hint: "hunk") {
        $0.step(forward: true, &$1)
      },
      Command("N", name: "previous-hunk", group: .move, "Previous hunk; the previous match while a search is on") {
        $0.step(forward: false, &$1)
      },
    ] + movement + [
      Command("h", .left, name: "shift-left", group: .move, "Shift long lines back") { $0.shift(by: -1, $1) },
      Command("l", .right, name: "shift-right", group: .move, "Shift long lines, half a screen") {
        $0.shift(by: 1, $1)
      },
      Command("{", name: "previous-section", group: .move, "Previous section") { $0.section(forward: false, &$1) },
      Command("}", name: "next-section", group: .move, "Next section") { $0.section(forward: true, &$1) },
      Command(.escape, name: "end-search", group: .find, "End the search: n and N go through hunks again") { pane, _ in
        pane.search.end()
        return []
      },
      Command("s", name: "split", group: .open, "Unified or side by side", hint: "split/unified") {
        $0.toggleSplit(&$1)
      },
      Command("[", name: "older", group: .open, "Both sides one version older", hint: "older") {
        $0.slide(by: -1, &$1)
      },
      Command("]", name: "newer", group: .open, "Both sides one version newer", hint: "newer") { $0.slide(by: 1, &$1) },
      Command(.enter, name: "show", group: .open, "Show folded lines; in the list of versions: compare this one") {
        $0.enter(&$1)
      },
      Command("w", name: "wrap", group: .open, "Wrap long lines", hint: "wrap") { pane, session in
        pane.wraps.toggle()
        pane.shift = 0
        pane.relayout(session)
        return []
      },
      Command("M", name: "machine-fields", group: .open, "Show or hide machine fields", hint: "machine fields") {
        pane, session in
        pane.showsMachineFields.toggle()
        pane.compare(session)
        return []
      },
      Command(.tab, .backTab, name: "other-pane", group: .open, "List of versions or the comparison, in wide terminals")
      {
        pane, session in
        pane.listIsFocused = !pane.listIsFocused && session.layout == .wide
        return []
      },
      Command("c", name: "change-log", group: .open, "Change log of the object") { pane, session in
        pane.leave([pane.focusedObject(session).map { .open(.changes($0)) }])
      },
      Command("D", name: "diff-sides", group: .open, "Compare the chosen sides") { pane, session in
        guard let left = session.leftSide, let right = session.rightSide else {
          session.notice = "choose both sides with ( and ) first"
          return []
        }
        return pane.leave([.open(.diff(left, right))])
      },
      Command("(", name: "left-side", group: .judge, "Keep the left version, or the one in the list, as side A") {
        $0.choose(left: true, &$1)
      },
      Command(")", name: "right-side", group: .judge, "Keep the right version, or the one in the list, as side B") {
        $0.choose(left: false, &$1)
      },
      Command("y", name: "copy", group: .out, "Copy the line") { pane, _ in
        pane.text.map { [.copy($0.plainText(at: pane.cursor.index))] } ?? []
      },
    ]

  // MARK: Life

  mutating func appear(_ session: inout Session) -> [Effect] {
    relayout(session)
    return ask(session)
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .changeLog(let log) where objects.contains(log.object):
      renumber(for: log)
      logs[log.object] = log
      failures[log.object] = nil
      let isAwaited = inquiries[log.object]?.end() == true
      compare(session)
      return isAwaited ? ask(session) : []
    case .failed(.changeLog(let key), let reason) where objects.contains(key):
      failures[key] = reason
      inquiries[key]?.end()
      return ask(session)
    default: return []
    }
  }

  /// One request at a time: the next of the same kind would cancel it.
  private mutating func ask(_ session: Session) -> [Effect] {
    for key in objects {
      var inquiry = inquiries[key] ?? Inquiry()
      let isDue = inquiry.begin(session)
      inquiries[key] = inquiry
      if isDue { return [.ask(.changeLog(key))] }
      if logs[key] == nil, failures[key] == nil { return [] }
    }
    return []
  }

  private mutating func leave(_ effects: [Effect?]) -> [Effect] {
    for key in inquiries.keys { inquiries[key]?.abandon() }
    return effects.compactMap { $0 }
  }

  var objects: [ObjectKey] {
    switch subject {
    case .act(let key, _): [key]
    case .sides(let left, let right): left.object == right.object ? [left.object] : [left.object, right.object]
    }
  }

  func focusedObject(_ session: Session) -> ObjectKey? {
    switch subject {
    case .act(let key, _): key
    case .sides(let left, let right): right.revision == nil ? left.object : right.object
    }
  }

  func focusedAct(_ session: Session) -> Act? { ends?.right.revision?.act ?? ends?.left.revision?.act }

  func subject(_ session: Session) -> String {
    guard case .sides(let left, let right) = subject else { return "" }
    let names =
      left.object == right.object
      ? right.object.pathInCluster : "\(left.object.pathInCluster) -> \(right.object.pathInCluster)"
    let form = splits(session) ? "split" : "unified"
    return "\(DiffEnd.label(left)) -> \(DiffEnd.label(right))  \(names)  \(form)"
  }

  // MARK: Comparing

  var ends: (left: DiffEnd, right: DiffEnd)? {
    guard case .sides(let left, let right) = subject, let leftLog = logs[left.object], let rightLog = logs[right.object]
    else { return nil }
    return (
      DiffEnd(left, in: leftLog, other: right, isLeft: true), DiffEnd(right, in: rightLog, other: left, isLeft: false)
    )
  }

  /// Version numbers count from the first act that is known: when older ones are read, they shift, the acts stay.
  private mutating func renumber(for log: ChangeLog) {
    guard case .sides(let left, let right) = subject, let old = logs[log.object] else { return }
    subject = .sides(log.renumbered(left, from: old), log.renumbered(right, from: old))
  }

  private mutating func compare(_ session: Session) {
    reasons = []
    notes = []
    if case .act(let key, let id) = subject, let log = logs[key] {
      guard let index = log.index(of: id) else {
        reasons = ["This act is not in the change log of \(key.path)."]
        return
      }
      guard let sides = log.sides(of: index) else {
        reasons = ["This act made no version of \(key.path): \(DiffEnd.outcome(log.history.revisions[index]))."]
        reasons.append("c opens the change log.")
        return
      }
      subject = .sides(sides.left, sides.right)
    }
    guard let ends else { return }
    // Between two objects nothing stands, but either may be less than fully known.
    notes = logs[ends.right.side.object].map { DiffNotes.notes(ends.left, ends.right, in: $0) } ?? []
    let place = cursor
    let line = text?.line(at: cursor.index)
    let path = text?.path(at: cursor.index)
    let lineCount = text?.diff.lines.count
    text = nil
    cursor = ListCursor()
    reasons = [ends.left.reason, ends.right.reason].compactMap { $0 }
    if ends.left.revision == nil, ends.right.revision == nil, reasons.isEmpty { reasons = ["Both sides are nothing."] }
    guard reasons.isEmpty else { return }
    let diff = VersionDiff(
      from: ends.left.manifest, to: ends.right.manifest,
      options: VersionDiff.Options(showsMachineFields: showsMachineFields))
    hiddenMachineFields = diff.hiddenMachineFields
    let made = DiffText(diff, layout: layout(session))
    text = made
    // Lines move when fields come or go; their paths do not.
    let sameLine = made.diff.lines.count == lineCount ? line.flatMap(made.row(of:)) : nil
    if let row = sameLine ?? path.flatMap(made.row(ofPath:)) ?? line.flatMap(made.row(of:)) {
      cursor.place(
        at: row, distanceFromTop: place.index - place.top, count: made.rows.count, height: rowHeight(session))
    } else if let row = made.hunkRows.first {
      // The first change, not the equal lines before it.
      cursor.place(
        at: row, distanceFromTop: row < rowHeight(session) ? row : 4, count: made.rows.count, height: rowHeight(session)
      )
    }
    placeListCursor(session)
  }

  func splits(_ session: Session) -> Bool { session.splitsDiffs ?? (session.size.columns >= 100) }

  func layout(_ session: Session) -> DiffText.Layout {
    DiffText.Layout(
      splits: splits(session), wraps: wraps, width: textArea(Frame.area(session.size), session).width,
      asciiOnly: session.asciiOnly)
  }

  /// Arranges the rows anew and keeps the line at the cursor on its screen row.
  private mutating func relayout(_ session: Session) {
    guard text != nil else { return }
    let line = text?.line(at: cursor.index)
    let distance = cursor.index - cursor.top
    let layout = layout(session)
    text?.arrange(layout)
    guard let text else { return }
    cursor.place(
      at: line.flatMap(text.row(of:)) ?? cursor.index, distanceFromTop: distance, count: text.rows.count,
      height: rowHeight(session))
  }

  // MARK: Moving

  func rowCount(_ session: Session) -> Int { listIsFocused ? listRows.count : text?.rows.count ?? 0 }
  func rowHeight(_ session: Session) -> Int { textArea(Frame.area(session.size), session).height }

  mutating func move(by step: Int, _ session: inout Session) -> [Effect] {
    guard listIsFocused else {
      cursor.move(by: step, count: text?.rows.count ?? 0, height: rowHeight(session))
      return []
    }
    listCursor.move(by: step, count: listRows.count, height: rowHeight(session))
    skipTitles(step, session)
    return []
  }

  mutating func move(to row: Int, _ session: inout Session) -> [Effect] {
    move(by: row - (listIsFocused ? listCursor.index : cursor.index), &session)
  }

  private mutating func shift(by halves: Int, _ session: Session) -> [Effect] {
    guard !wraps, let text else { return [] }
    let half = max(4, layout(session).width / (splits(session) ? 4 : 2))
    shift = min(max(0, shift + halves * half), text.hiddenColumns)
    return []
  }

  private mutating func step(forward: Bool, _ session: inout Session) -> [Effect] {
    guard let text else { return [] }
    if search.isActive { return find(forward: forward, &session) }
    let next = forward ? text.hunkRows.first { $0 > cursor.index } : text.hunkRows.last { $0 < cursor.index }
    guard let row = next ?? (forward ? text.hunkRows.first : text.hunkRows.last) else {
      session.notice = "no differences"
      return []
    }
    if next == nil { session.notice = forward ? "from the first hunk again" : "from the last hunk again" }
    cursor.place(at: row, distanceFromTop: min(4, row), count: text.rows.count, height: rowHeight(session))
    return []
  }

  private mutating func section(forward: Bool, _ session: inout Session) -> [Effect] {
    guard let text, let path = text.path(at: cursor.index) else { return [] }
    func top(_ path: String) -> Substring { path.prefix { $0 != "." && $0 != "[" } }
    var rows = Array(text.rows.indices)
    rows = forward ? Array(rows.dropFirst(cursor.index + 1)) : rows.prefix(cursor.index).reversed()
    guard let other = rows.first(where: { text.path(at: $0).map { top($0) != top(path) } ?? false }) else { return [] }
    var row = other
    if !forward {
      let name = text.path(at: other).map(top)
      while row > 0, text.path(at: row - 1).map(top) == name { row -= 1 }
    }
    return move(to: row, &session)
  }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    search.set(text)
    return text.isEmpty ? [] : find(forward: forward, &session)
  }

  private mutating func find(forward: Bool, _ session: inout Session) -> [Effect] {
    guard let text else { return [] }
    let result = search.step(in: text.rows.indices.map(text.searchText), from: cursor.index, forward: forward)
    session.notice = result.notice + (search.isActive ? "  Esc ends the search" : "")
    return result.line.map { move(to: $0, &session) } ?? []
  }

  private mutating func toggleSplit(_ session: inout Session) -> [Effect] {
    session.splitsDiffs = !splits(session)
    relayout(session)
    return []
  }

  private mutating func enter(_ session: inout Session) -> [Effect] {
    if listIsFocused {
      guard case .sides(_, let right) = subject, let log = logs[right.object],
        listRows.indices.contains(listCursor.index),
        case .version(let index) = listRows[listCursor.index], let sides = log.sides(of: index)
      else { return [] }
      show(sides.left, sides.right, session)
      return []
    }
    guard let text, text.rows.indices.contains(cursor.index), case .fold(let lines) = text.rows[cursor.index] else {
      return []
    }
    self.text?.open(lines)
    return []
  }

  // MARK: Sides

  private mutating func show(_ left: DiffSide, _ right: DiffSide, _ session: Session) {
    subject = .sides(left, right)
    text = nil
    cursor = ListCursor()
    compare(session)
  }

  /// Both sides one version older or newer: the right one to its neighbour, the left one to what that is compared with
  /// when the two were such neighbours, else to its own neighbour.
  private mutating func slide(by step: Int, _ session: inout Session) -> [Effect] {
    guard case .sides(let left, let right) = subject, let leftLog = logs[left.object], let rightLog = logs[right.object]
    else { return [] }
    let words = step < 0 ? "no older version" : "no newer version"
    let numbers = rightLog.versionNumbers
    guard let number = right.revision ?? (step < 0 ? numbers.last.map { $0 + 1 } : nil),
      let next = step < 0 ? numbers.last(where: { $0 < number }) : numbers.first(where: { $0 > number }),
      let index = rightLog.index(ofVersion: next)
    else {
      session.notice = words
      return []
    }
    let own = right.revision.flatMap(rightLog.index(ofVersion:)).flatMap(rightLog.sides(of:))
    if own?.left == left || right.revision == nil, let sides = rightLog.sides(of: index) {
      show(sides.left, sides.right, session)
      return []
    }
    let others = leftLog.versionNumbers
    guard let number = left.revision,
      let other = step < 0 ? others.last(where: { $0 < number }) : others.first(where: { $0 > number })
    else {
      session.notice = words
      return []
    }
    show(
      DiffSide(object: left.object, revision: other), DiffSide(object: right.object, revision: next), session)
    return []
  }

  private mutating func choose(left isLeft: Bool, _ session: inout Session) -> [Effect] {
    guard case .sides(let left, let right) = subject else { return [] }
    var side = isLeft ? left : right
    if listIsFocused, let log = logs[right.object], listRows.indices.contains(listCursor.index),
      case .version(let index) = listRows[listCursor.index]
    {
      side = DiffSide(object: right.object, revision: log.history.revisions[index].number)
      show(isLeft ? side : left, isLeft ? right : side, session)
    }
    if isLeft { session.leftSide = side } else { session.rightSide = side }
    session.notice = "side \(isLeft ? "A" : "B") is \(DiffEnd.label(side)) of \(side.object.path); D compares A and B"
    return []
  }

  // MARK: The list of versions

  enum ListRow: Sendable {
    case version(Int)
    case lifetime(Int)
    /// Index in the history's findings.
    case finding(Int)

    var isFocusable: Bool { if case .version = self { true } else { false } }
  }

  /// Newest first, of the object at the right.
  var listRows: [ListRow] {
    guard case .sides(_, let right) = subject, let log = logs[right.object] else { return [] }
    var rows: [ListRow] = []
    var lifetime: Int?
    let findings = Dictionary(grouping: log.history.findings.indices) { log.history.findings[$0].position }
    for (index, revision) in log.history.revisions.enumerated().reversed() {
      if revision.number != nil {
        if let lifetime, lifetime != revision.lifetime { rows.append(.lifetime(revision.lifetime)) }
        lifetime = revision.lifetime
        rows.append(.version(index))
      }
      rows += (findings[index] ?? []).reversed().map { .finding($0) }
    }
    return rows
  }

  private mutating func placeListCursor(_ session: Session) {
    guard case .sides(let left, let right) = subject, let log = logs[right.object] else { return }
    let row = listRows.firstIndex {
      if case .version(let index) = $0 {
        log.history.revisions[index].number == (right.revision ?? left.revision)
      } else {
        false
      }
    }
    listCursor.place(at: row ?? 0, count: listRows.count, height: rowHeight(session))
  }

  private mutating func skipTitles(_ step: Int, _ session: Session) {
    let rows = listRows
    // At an end of the list the way leads back.
    for direction in step < 0 ? [-1, 1] : [1, -1] {
      while rows.indices.contains(listCursor.index), !rows[listCursor.index].isFocusable {
        let before = listCursor.index
        listCursor.move(by: direction, count: rows.count, height: rowHeight(session))
        if listCursor.index == before { break }
      }
    }
  }
}
