import AuditModel
import EventQueries
import ObjectHistory
import TerminalScreen

/// Every object that the logs know of, policies first, in the order in which they are evaluated.
struct PoliciesPane: RowPane {
  static let title = "Policies"

  private(set) var catalog: ObjectCatalog?
  private var failure: String?
  private var inquiry = Inquiry()
  private(set) var grouping = ObjectGrouping.tier
  /// What the bar says; only objects that have all of its words are listed.
  private(set) var filter = ""
  private var editor: LineEditor?
  /// The filter before it was edited, for Esc.
  private var original = ""
  private(set) var list = ObjectList()
  var rows: [ObjectRow] { list.rows }
  /// The object whose last change `d` waits for.
  private var pendingDiff: ObjectKey?
  /// Of the object that was focused when it was asked for; shown while it still is.
  private var preview: PoliciesPreview?
  private var previewFailure: String?
  private var previewInquiry = Inquiry()
  /// What the inquiry is about.
  private var previewed: ObjectKey?
  /// What does not add up in the histories of policies, as far as it was looked for.
  private var findings: [ObjectKey: [Finding]]?
  private var findingsInquiry = Inquiry()
  private var searchText = ""
  var cursor = ListCursor()
  /// The object to focus once the list is there.
  private var wanted: ObjectKey?

  /// - Parameter object: what is focused first; nil for the first row.
  init(at object: ObjectKey? = nil) { wanted = object }

  // MARK: Keys

  static let commands: [Command<PoliciesPane>] =
    [
      Command(.enter, name: "open", group: .open, "Change log of the object", hint: "change log") { pane, session in
        pane.focusedObject(session).map { [.open(.changes($0))] } ?? []
      },
      Command("d", name: "diff", group: .open, "Diff of the object's last change", hint: "last diff") {
        $0.openDiff(&$1)
      },
      Command(",", name: "next-grouping", group: .find, "Group by tier, kind, namespace or actor", hint: "group") {
        pane, session in
        pane.grouping = pane.grouping.next
        pane.arrange(session)
        session.notice = "grouped by \(pane.grouping.rawValue)"
        return pane.askPreview(session)
      },
      Command("f", name: "filter", group: .find, "List only objects that have all the words", hint: "filter") {
        pane, _ in
        pane.original = pane.filter
        pane.editor = LineEditor(pane.filter)
        return []
      },
      Command("c", name: "change-log", group: .open, "Change log of the object") { pane, session in
        pane.focusedObject(session).map { [.open(.changes($0))] } ?? []
      },
    ] + movement + [
      Command("{", name: "previous-group", group: .move, "Previous group") { $0.group(forward: false, &$1) },
      Command("}", name: "next-group", group: .move, "Next group") { $0.group(forward: true, &$1) },
      Command("y", name: "copy", group: .out, "Copy the object as the command line takes it", hint: "copy") {
        pane, session in
        pane.focusedObject(session).map { [.copy($0.description)] } ?? []
      },
    ]

  var takesText: Bool { editor != nil }
  var hints: [CommandEntry] { takesText ? Self.barEntries : Self.entries }
  /// The keys of the bar.
  private static let barEntries = [
    CommandEntry(keys: [.enter], name: "", group: .find, summary: "Keep the words", hint: "keep"),
    CommandEntry(keys: [.escape], name: "", group: .out, summary: "Back to the words before", hint: "leave"),
  ]

  mutating func type(_ key: Key, _ session: inout Session) -> [Effect]? {
    guard var open = editor else { return nil }
    switch key {
    case .enter: editor = nil
    case .escape, .control("c"):
      editor = nil
      filter = original
      arrange(session)
    default:
      guard open.type(key) else { break }
      editor = open
      filter = open.text
      arrange(session)
    }
    return askPreview(session)
  }

  // MARK: Life

  mutating func appear(_ session: inout Session) -> [Effect] {
    arrange(session)
    return (inquiry.begin(session) ? [.ask(.objects)] : []) + askPreview(session) + askFindings(session)
  }

  mutating func disappear() {
    inquiry.abandon()
    previewInquiry.abandon()
    findingsInquiry = Inquiry()
    // Another pane's answer is not what `d` waits for.
    pendingDiff = nil
  }

  /// Histories of all policies take long: they are asked for once for each visit, when reading has ended.
  private mutating func askFindings(_ session: Session) -> [Effect] {
    guard catalog != nil, session.progress?.state != .reading, !findingsInquiry.isMade else { return [] }
    return findingsInquiry.begin(session) ? [.ask(.findings)] : []
  }

  /// The change log of the focused object, where it is shown and not known yet.
  private mutating func askPreview(_ session: Session) -> [Effect] {
    guard session.layout == .wide, let key = focused?.key else { return [] }
    if key != previewed {
      previewed = key
      previewFailure = nil
      previewInquiry = Inquiry()
    }
    return previewInquiry.begin(session) ? [.ask(.changeLog(key))] : []
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .objects(let catalog, storeVersion: _):
      let key = focusedObject(session)
      self.catalog = catalog
      failure = nil
      let isAwaited = inquiry.end()
      arrange(session, keeping: key)
      return (isAwaited && inquiry.begin(session) ? [.ask(.objects)] : []) + askPreview(session) + askFindings(session)
    case .findings(let findings):
      self.findings = findings
      findingsInquiry.end()
    case .failed(.findings, _): findingsInquiry.end()
    case .failed(.objects, let reason):
      failure = reason
      inquiry.end()
    case .changeLog(let log):
      var effects: [Effect] = []
      if previewed.map(log.isAbout) == true {
        preview = PoliciesPreview(log)
        previewFailure = nil
        if previewInquiry.end() { effects = askPreview(session) }
      }
      return pendingDiff.map(log.isAbout) == true ? openLastDiff(log, &session) : effects
    case .failed(.changeLog(let key), let reason):
      if key == previewed {
        previewFailure = reason
        previewInquiry.end()
      }
      guard key == pendingDiff else { break }
      pendingDiff = nil
      session.notice = "the change log could not be read: \(reason)"
    default: break
    }
    return []
  }

  func focusedObject(_ session: Session) -> ObjectKey? { focused?.key }
  func subject(_ session: Session) -> String { session.sourceName }

  private var focused: ObjectSummary? {
    guard rows.indices.contains(cursor.index), let index = rows[cursor.index].object else { return nil }
    return catalog?.objects[index]
  }

  // MARK: Rows

  /// Lists anew and keeps the focused object.
  private mutating func arrange(_ session: Session) { arrange(session, keeping: focusedObject(session)) }

  /// - Parameter key: of the object to focus; nil for the one that was wanted, or the first.
  private mutating func arrange(_ session: Session, keeping key: ObjectKey?) {
    guard let catalog else { return }
    let key = key ?? wanted
    wanted = nil
    let distance = cursor.index - cursor.top
    list = catalog.list(by: grouping, words: filter.lowercased().split(separator: " ").map(String.init))
    let row = key.flatMap(catalog.index(of:)).flatMap { rows.firstIndex(of: .object($0)) }
    cursor.place(
      // What was focused is not listed: what the words found comes first.
      at: row ?? 0, distanceFromTop: max(1, distance), count: rows.count,
      height: rowHeight(session))
    skipTitles(1, session)
  }

  func rowCount(_ session: Session) -> Int { rows.count }
  func rowHeight(_ session: Session) -> Int { listArea(Frame.area(session.size), session).height }
  private func listArea(_ area: Rect, _ session: Session) -> Rect {
    // Wide enough for long times and names of some length; what is left is the preview's.
    let width = session.layout == .wide ? min(110, area.width * 5 / 9) : area.width
    return area.split(left: width).left.inset(top: 3, bottom: 5)
  }

  mutating func cursorMoved(by step: Int, _ session: inout Session) -> [Effect] {
    skipTitles(step, session)
    return askPreview(session)
  }

  /// Titles of groups cannot be focused; at an end of the list the way leads back.
  private mutating func skipTitles(_ step: Int, _ session: Session) {
    var step = step < 0 ? -1 : 1
    for _ in 0..<2 {
      while rows.indices.contains(cursor.index), case .title = rows[cursor.index] {
        let before = cursor.index
        cursor.move(by: step, count: rows.count, height: rowHeight(session))
        // The title above the first row stays in view.
        if cursor.index == before { break }
      }
      step = -step
    }
    if cursor.index == 1, cursor.top == 1 {
      cursor.place(at: 1, distanceFromTop: 1, count: rows.count, height: rowHeight(session))
    }
  }

  private mutating func group(forward: Bool, _ session: inout Session) -> [Effect] {
    let firsts = list.titles.map { $0 + 1 }
    guard let row = forward ? firsts.first(where: { $0 > cursor.index }) : firsts.last(where: { $0 < cursor.index })
    else { return [] }
    cursor.place(at: row, distanceFromTop: min(1, row), count: rows.count, height: rowHeight(session))
    return askPreview(session)
  }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    searchText = text
    guard let catalog, !text.isEmpty else { return [] }
    let text = text.lowercased()
    let isHit = catalog.having(text)
    let rows = rows
    return go(to: text, count: rows.count, forward: forward, &session) { row in
      switch rows[row] {
      case .title(let title, _, _): title.lowercased().contains(text)
      case .object(let index): isHit[index]
      }
    }
  }

  private mutating func openDiff(_ session: inout Session) -> [Effect] {
    guard let key = focused?.key else { return [] }
    pendingDiff = key
    session.notice = "reading the last change of \(key.path) ..."
    return [.ask(.changeLog(key))]
  }

  private mutating func openLastDiff(_ log: ChangeLog, _ session: inout Session) -> [Effect] {
    pendingDiff = nil
    guard let sides = log.history.revisions.indices.reversed().lazy.compactMap({ log.sides(of: $0) }).first else {
      session.notice = "no version of \(log.object.path) is in the logs"
      return []
    }
    return [.open(.diff(sides.left, sides.right))]
  }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let bottom = area.y + area.height
    let mark = "objects> "
    let total = catalog?.objects.count ?? 0
    let growing = session.progress?.state == .reading ? "+" : ""
    let count = "\(PaneWords.grouped(list.objectCount)) of \(PaneWords.grouped(total))\(growing) objects"
    let markWidth = screen.write(mark, x: area.x + 1, y: area.y, style: .heading)
    let x = area.x + 1 + markWidth
    let room = max(3, area.width - markWidth - count.count - 4)
    if let editor {
      editor.render(into: &screen, x: x, y: area.y, width: room)
    } else {
      screen.write(filter, x: x, y: area.y, width: room)
    }
    if catalog != nil { screen.write(count, x: area.x + area.width - 1 - count.count, y: area.y, style: .hint) }
    renderGroup(into: &screen, y: area.y + 1, area: area, session: session)
    let body = listArea(area, session)
    let columns = ObjectRow.Columns(width: body.width)
    columns.renderTitles(into: &screen, x: area.x, y: body.y - 1)
    screen.rule(y: bottom - 2, x: area.x, width: area.width)
    guard let catalog else {
      if let failure {
        screen.sentences(["The objects could not be read: \(failure)", "q goes back."], area: body, style: .failed)
      } else {
        screen.sentences([ReadingWords.sentence("Reading the objects", session)], area: body, style: .hint)
      }
      return
    }
    if rows.isEmpty {
      screen.sentences(
        [
          total == 0
            ? "No act in the logs names an object."
            : "No object has \"\(filter)\". f changes the words, Esc there takes them back."
        ],
        area: body)
    }
    screen.rows(of: cursor, count: rows.count, area: body, matches: searchText, selects: focused != nil) {
      rows[$0].render(catalog, columns, into: &$1, x: body.x, y: $2, width: body.width, session: session)
      if let index = rows[$0].object, findings?[catalog.objects[index].key] != nil {
        // Orders that leave no room in front of them are rare.
        let isFull = catalog.objects[index].order.map { ObjectRow.orderText($0).count > 6 } ?? false
        let x = isFull && columns.hasOrder ? columns.kind - 1 : 1
        $1.write("!", x: body.x + x, y: $2, style: Style(.hole, bold: true))
      }
    }
    screen.rule(y: bottom - 5, x: area.x, width: area.width)
    renderPreview(into: &screen, area: area.split(left: body.width).rest.inset(top: 2, bottom: 5), session: session)
    if let focused {
      for (offset, line) in ObjectRow.summary(focused, findings?[focused.key] ?? [], session).enumerated() {
        screen.write(line, x: area.x + 1, y: bottom - 4 + offset, width: area.width - 2)
      }
    }
    let place = "\(PaneWords.grouped(list.rank(of: cursor.index)))/\(PaneWords.grouped(list.objectCount))"
    screen.ends(
      place + "   " + findingWords(session), "sort: \(grouping.sortWords)", y: bottom - 1, x: area.x, width: area.width,
      rightStyle: .plain)
  }

  /// The title of the group that the first row is in, where it has scrolled away.
  private func renderGroup(into screen: inout Screen, y: Int, area: Rect, session: Session) {
    var place = cursor
    place.move(by: 0, count: rows.count, height: rowHeight(session))
    guard let title = list.titles.last(where: { $0 <= place.top }), title < place.top,
      case .title(let text, let count, let noun) = rows[title]
    else { return screen.rule(y: y, x: area.x, width: area.width) }
    let note = PaneWords.count(count, noun, noun == "policy" ? "policies" : nil)
    screen.heading(text, note: note, y: y, x: area.x, width: area.width)
  }

  private func findingWords(_ session: Session) -> String {
    guard let findings else {
      return findingsInquiry.isMade ? "looking for changes off the record ..." : ""
    }
    guard !findings.isEmpty else { return "" }
    return findings.count == 1
      ? "! 1 history does not add up" : "! \(PaneWords.grouped(findings.count)) histories do not add up"
  }

  private func renderPreview(into screen: inout Screen, area: Rect, session: Session) {
    guard !area.isEmpty else { return }
    for y in area.rows { screen.write(screen.asciiOnly ? "|" : "│", x: area.x, y: y, style: .frame) }
    let inner = area.inset(left: 1)
    guard let key = focused?.key else { return }
    if let preview, preview.log.isAbout(key) {
      preview.render(into: &screen, area: inner, session: session)
    } else if let previewFailure {
      screen.sentences(["The change log could not be read: \(previewFailure)"], area: inner, style: .failed)
    } else {
      screen.sentences([ReadingWords.sentence("Reading the change log", session)], area: inner, style: .hint)
    }
  }
}
