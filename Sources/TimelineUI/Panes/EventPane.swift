import AuditModel
import EventQueries
import ManifestDiff
import TerminalScreen

/// One act in full: a sentence, who and how, what it changed, the body as YAML, and the records as they were logged.
struct EventPane: RowPane {
  static let title = "Event"

  private(set) var id: ActID
  private(set) var detail: ActDetail?
  private var log: ChangeLog?
  private var failure: String?
  private var logFailure: String?
  private var isAsked = false
  private var askedAt = Timestamp(microseconds: 0)
  private var logInquiry = Inquiry()
  private var search = LineSearch()
  /// What `*` and `#` have last looked for another act with.
  private var soughtField: String?
  private var options = EventLines.Options()
  /// The comparison with the version before; made when the change log arrives.
  private var changes = EventLines.Changes.reading
  private(set) var lines: [EventLine] = []
  var cursor = ListCursor()

  init(_ id: ActID) { self.id = id }

  // MARK: Keys

  static let commands: [Command<EventPane>] =
    [
      Command("d", name: "diff", group: .open, "Diff of this version with the one before", hint: "diff") {
        $0.openDiff(&$1)
      },
      Command("c", name: "change-log", group: .open, "Change log of the object", hint: "changes") { pane, session in
        guard let key = pane.focusedObject(session) else { return pane.nameless(&session) }
        pane.logInquiry.abandon()
        return [.open(.changes(key))]
      },
      Command("J", name: "raw-json", group: .open, "The records as logged, or back", hint: "raw JSON") {
        pane, session in
        pane.options.showsRaw.toggle()
        pane.arrange(session)
        pane.cursor = ListCursor()
        return []
      },
      Command("M", name: "machine-fields", group: .open, "Show or hide machine fields", hint: "machine fields") {
        pane, session in
        pane.options.showsMachineFields.toggle()
        pane.compare()
        pane.arrange(session)
        return []
      },
      Command(.enter, name: "fold", group: .open, "Fold or unfold the section or field") { $0.toggleFold(&$1) },
      Command(.tab, .backTab, name: "other-body", group: .open, "The other body: request or response") {
        pane, session in
        pane.options.showsRequest.toggle()
        pane.arrange(session)
        return []
      },
      Command("w", name: "wrap", group: .open, "Wrap long lines") { pane, session in
        pane.options.wraps.toggle()
        pane.arrange(session)
        return []
      },
    ] + movement + [
      Command("{", name: "previous-section", group: .move, "Previous section") { $0.section(forward: false, &$1) },
      Command("}", name: "next-section", group: .move, "Next section") { $0.section(forward: true, &$1) },
      Command("o", "[", name: "older-same-object", group: .move, "Older act on the same object", hint: "same object") {
        $0.findSame(older: true, &$1)
      },
      Command("O", "]", name: "newer-same-object", group: .move, "Newer act on the same object") {
        $0.findSame(older: false, &$1)
      },
      Command("+", name: "include", group: .find, "List only acts with the value on this line") {
        $0.narrow(excluded: false, &$1)
      },
      Command("-", name: "exclude", group: .find, "List only acts without that value") {
        $0.narrow(excluded: true, &$1)
      },
      Command("*", name: "next-same", group: .find, "Older act with that value") { $0.findValue(older: true, &$1) },
      Command("#", name: "previous-same", group: .find, "Newer act with that value") {
        $0.findValue(older: false, &$1)
      },
      Command(.escape, name: "end-search", group: .find, "End the search") { pane, _ in
        pane.search.end()
        return []
      },
      Command("y", name: "copy", group: .out, "Copy the value on this line", hint: "copy") { pane, _ in
        pane.lines.indices.contains(pane.cursor.index) ? [.copy(pane.lines[pane.cursor.index].value)] : []
      },
    ]

  // MARK: Life

  mutating func appear(_ session: inout Session) -> [Effect] {
    arrange(session)
    var effects: [Effect] = []
    // Another pane's request may have cancelled ours, so after a while it is made again.
    let waits = isAsked && session.now.microseconds - askedAt.microseconds < 2_000_000
    if detail == nil, failure == nil, !waits {
      isAsked = true
      askedAt = session.now
      effects.append(.ask(.detail(id)))
    }
    return effects + askLog(session)
  }

  private mutating func askLog(_ session: Session) -> [Effect] {
    guard let key = focusedObject(session), logInquiry.begin(session) else { return [] }
    return [.ask(.changeLog(key))]
  }

  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    switch answer {
    case .detail(let detail) where detail.act.id == id:
      self.detail = detail
      failure = nil
      isAsked = false
      arrange(session)
      return askLog(session)
    case .changeLog(let log) where detail?.act.key.map(log.isAbout) == true:
      self.log = log
      logFailure = nil
      let isAwaited = logInquiry.end()
      compare()
      arrange(session)
      return isAwaited ? askLog(session) : []
    case .failed(.detail(id), let reason):
      failure = reason
      isAsked = false
    case .failed(.changeLog(let key), let reason) where key == detail?.act.key:
      logInquiry.end()
      if log == nil { changes = .unknown("The change log could not be read: \(reason)") }
      arrange(session)
    case .find(let answer) where answer.request.from == id:
      let words: String
      switch answer.request.target {
      case .sameObject: words = "act on this object"
      case .values:
        words = soughtField.map { "act with this \($0)" } ?? detail?.act.facts?.sameTraffic?.words ?? "row like this"
      default: return []
      }
      guard let act = answer.found, act.id != id, !answer.wrapped else {
        session.notice = (answer.request.forward ? "no older " : "no newer ") + words
        return []
      }
      show(act.id)
      return appear(&session)
    default: break
    }
    return []
  }

  private mutating func show(_ id: ActID) {
    self.id = id
    detail = nil
    failure = nil
    isAsked = false
    changes = .reading
    lines = []
    cursor = ListCursor()
    // The object is the same, and so is its change log.
    compare()
  }

  func focusedObject(_ session: Session) -> ObjectKey? { detail?.act.key }
  func focusedAct(_ session: Session) -> Act? { detail?.act }
  func subject(_ session: Session) -> String {
    guard let act = detail?.act else { return "" }
    return act.facts.map(Self.subject) ?? act.key?.path ?? ""
  }

  private static func subject(_ facts: LogFacts) -> String { facts.flow?.pair ?? facts.target }

  var hints: [CommandEntry] {
    guard detail?.act.facts != nil else { return Self.entries }
    // What needs an object or a body is no use here.
    return Self.entries.filter { !["diff", "change-log", "machine-fields", "other-body"].contains($0.name) }.map {
      guard $0.name == "older-same-object" else { return $0 }
      var entry = $0
      entry.hint = detail?.act.facts?.dns == nil ? "same pair" : "same name"
      return entry
    }
  }

  // MARK: Content

  private mutating func compare() {
    guard let log else { return }
    changes = EventLines.Changes(log, id, showsMachineFields: options.showsMachineFields)
  }

  /// Makes the lines anew and keeps the focus on the line of the same name.
  private mutating func arrange(_ session: Session) {
    guard let detail else { return lines = [] }
    let focused = lines.indices.contains(cursor.index) ? lines[cursor.index].id : nil
    let distance = cursor.index - cursor.top
    lines = EventLines.make(detail, changes, options, session)
    let row = focused.flatMap { id in lines.firstIndex { $0.id == id } } ?? cursor.index
    cursor.place(at: row, distanceFromTop: distance, count: lines.count, height: rowHeight(session))
  }

  // MARK: Moving

  func rowCount(_ session: Session) -> Int { lines.count }
  func rowHeight(_ session: Session) -> Int { body(Frame.area(session.size)).height }
  private func body(_ area: Rect) -> Rect { area.inset(top: 2, bottom: 2) }

  private mutating func section(forward: Bool, _ session: inout Session) -> [Effect] {
    let headings = lines.indices.filter { lines[$0].kind == .heading }
    let row = forward ? headings.first { $0 > cursor.index } : headings.last { $0 < cursor.index }
    return move(to: row ?? (forward ? cursor.index : 0), &session)
  }

  mutating func search(_ text: String, forward: Bool, _ session: inout Session) -> [Effect] {
    search.set(text)
    guard !text.isEmpty else { return [] }
    let result = search.step(in: lines.map { $0.text + "\n" + $0.folded }, from: cursor.index, forward: forward)
    session.notice = result.notice
    return result.line.map { move(to: $0, &session) } ?? []
  }

  // MARK: Acting

  private mutating func toggleFold(_ session: inout Session) -> [Effect] {
    guard lines.indices.contains(cursor.index), let fold = lines[cursor.index].fold else { return [] }
    if options.folded.remove(fold) == nil { options.folded.insert(fold) }
    arrange(session)
    return []
  }

  private mutating func openDiff(_ session: inout Session) -> [Effect] {
    guard let key = focusedObject(session) else { return nameless(&session) }
    logInquiry.abandon()
    return [.open(.actDiff(key, id))]
  }

  /// The field that the focused line shows, and what the act has in it; nil with a notice where there is none.
  private func focusedValue(_ session: inout Session) -> (field: FilterField, value: String, act: Act)? {
    let name = lines.indices.contains(cursor.index) ? lines[cursor.index].field : nil
    if let act = detail?.act, let field = name.flatMap(FilterField.named) {
      let values = field.values(of: act)
      // Of several addresses the client made up all but the last.
      if let value = field.name == "ip" ? values.last : values.first { return (field, value, act) }
    }
    session.notice = "no filter takes what is on this line; the lines at the top have fields"
    return nil
  }

  private func narrow(excluded: Bool, _ session: inout Session) -> [Effect] {
    guard let (field, value, _) = focusedValue(&session) else { return [] }
    return [.narrow(field: field.name, value: value, excluded: excluded)]
  }

  private mutating func findValue(older: Bool, _ session: inout Session) -> [Effect] {
    guard let (field, _, act) = focusedValue(&session) else { return [] }
    soughtField = field.name
    let target = FindRequest.Target.values(
      Dictionary(field.columns.map { ($0, act.value(of: $0)) }, uniquingKeysWith: { first, _ in first }))
    return find(target, older: older, from: act)
  }

  private func find(_ target: FindRequest.Target, older: Bool, from act: Act?) -> [Effect] {
    let query = EventQuery(filter: .everything, level: max(.writes, act?.viewLevel ?? .writes))
    return [.ask(.find(FindRequest(query: query, order: .newestFirst, from: id, forward: older, target: target)))]
  }

  private func nameless(_ session: inout Session) -> [Effect] {
    session.notice =
      detail == nil
      ? "the event is still being read" : detail?.act.facts?.namelessNotice ?? "this act names no single object"
    return []
  }

  private mutating func findSame(older: Bool, _ session: inout Session) -> [Effect] {
    let target: FindRequest.Target
    if let same = detail?.act.facts?.sameTraffic {
      target = same.target
    } else if let key = focusedObject(session) {
      target = .sameObject(key)
    } else {
      return nameless(&session)
    }
    soughtField = nil
    return find(target, older: older, from: detail?.act)
  }

  // MARK: Painting

  func render(into screen: inout Screen, area: Rect, session: Session) {
    screen.fill(area)
    let bottom = area.y + area.height
    screen.rule(y: area.y + 1, x: area.x, width: area.width)
    screen.rule(y: bottom - 2, x: area.x, width: area.width)
    let body = body(area)
    guard let detail else {
      if let failure {
        screen.sentences(["The event could not be read: \(failure)", "q goes back."], area: body, style: .failed)
      } else {
        screen.sentences([ReadingWords.sentence("Reading the event", session)], area: body, style: .hint)
      }
      return
    }
    let act = detail.act
    let isRefused = act.outcome == .denied || act.outcome == .failed || act.facts?.isFailure == true
    screen.write(act.summary, x: area.x + 1, y: area.y, style: isRefused ? .failed : .title, width: area.width - 2)
    var place = cursor
    place.move(by: 0, count: lines.count, height: body.height)
    for offset in 0..<body.height where place.top + offset < lines.count {
      let y = body.y + offset
      lines[place.top + offset].render(into: &screen, x: body.x, y: y, width: body.width)
      if search.isActive { screen.mark(search.text, y: y, x: body.x, width: body.width) }
      if place.top + offset == place.index { screen.select(y: y, x: body.x, width: body.width) }
    }
    let seen = lines.isEmpty ? 100 : min(100, (place.top + body.height) * 100 / lines.count)
    screen.ends(
      options.showsRaw ? "records as logged (J=back)" : status(detail), "\(seen)%", y: bottom - 1, x: area.x,
      width: area.width, rightStyle: .plain)
  }

  private func status(_ detail: ActDetail) -> String {
    var parts: [String] = []
    if let body = EventLines.body(detail, options) {
      let hidden = MachineFields.removed(from: body.value).count
      if hidden > 0 {
        parts.append(options.showsMachineFields ? "machine fields shown (M)" : "machine fields hidden: \(hidden) (M)")
      }
    }
    if detail.request != nil, detail.response != nil { parts.append("Tab = request or response") }
    return parts.joined(separator: "   ")
  }
}
