import AuditModel
import EventQueries
import TerminalScreen

/// The keys of the Timeline.
enum TimelineCommands {
  private typealias Row = Command<TimelinePane>

  /// In the order of help; the hint line takes the first six with a hint.
  static let all: [Command<TimelinePane>] = open + move + find + time + out

  /// What the hint line says where nothing is listed, by the names of commands.
  static let hintsWithoutRows = [
    ("filter", "filter"), ("next-level", "level"), ("data", "log"), ("back", "back"), ("reload", "again"),
    ("close", "close"),
  ]
  /// The same where there is nothing to list.
  static let hintsWithoutLogs = [
    ("sources", "sources"), ("check", "check"), ("reload", "again"), ("help", "help"), ("close", "close"),
  ]
  /// The same on a row of another log, which is about no object. Only flows have a side that reports them.
  static func hints(of facts: LogFacts) -> [(name: String, hint: String)] {
    let side: [(name: String, hint: String)] = if case .flow = facts { [("reporter", "side")] } else { [] }
    return [("event", "open"), ("around", "around"), ("filter", "filter"), ("data", "log")] + side + [
      ("next-of-object", "same")
    ]
  }

  private static let open: [Row] = [
    Row(.enter, name: "event", group: .open, "Open the event", hint: "open") { pane, _ in
      if pane.focusedHole != nil { return [.open(.check(rule: "holes"))] }
      return pane.focusedAct.map { [.open(.event($0.id))] } ?? []
    },
    Row("d", name: "diff-act", group: .open, "Diff of what this act changed", hint: "diff") { pane, session in
      guard let act = pane.focusedAct, let key = pane.key(&session) else { return [] }
      return [.open(.actDiff(key, act.id))]
    },
    Row("c", name: "change-log", group: .open, "Change log of the object", hint: "changes") { pane, session in
      pane.key(&session).map { [.open(.changes($0))] } ?? []
    },
    Row("x", name: "around", group: .open, "Everything half an hour around this act", hint: "around") { pane, _ in
      pane.focusedAct.map { [.open(.around($0))] } ?? []
    },
    Row("f", name: "filter", group: .find, "Edit the filter", hint: "filter") { pane, _ in
      pane.openBar()
      return []
    },
    Row("v", name: "next-level", group: .find, "List more: all writes, then everything", hint: "level") {
      $0.changeLevel(by: 1, $1)
    },
    Row("V", name: "previous-level", group: .find, "List less") { $0.changeLevel(by: -1, $1) },
    Row("K", name: "data", group: .find, "Rows of which log: audit, flow, DNS, all") { $0.changeData(&$1) },
    Row("%", name: "reporter", group: .find, "Flows as one side reports them: source, destination, both") {
      $0.changeReporter(&$1)
    },
  ]

  private static let move: [Row] = [
    Row("j", .down, name: "down", group: .move, "Next row") { $0.move(by: 1, $1) },
    Row("k", .up, name: "up", group: .move, "Previous row") { $0.move(by: -1, $1) },
    Row(" ", .pageDown, .control("f"), name: "page-down", group: .move, "A page down") {
      $0.move(by: $0.pageStep($1), $1)
    },
    Row("b", .pageUp, name: "page-up", group: .move, "A page up") { $0.move(by: -$0.pageStep($1), $1) },
    Row(.control("d"), name: "half-page-down", group: .move, "Half a page down") {
      $0.move(by: max(1, $0.pageStep($1) / 2), $1)
    },
    Row(.control("u"), name: "half-page-up", group: .move, "Half a page up") {
      $0.move(by: -max(1, $0.pageStep($1) / 2), $1)
    },
    Row("g", .home, name: "first", group: .move, "First row: the newest") { $0.place(at: 0, $1) },
    Row("G", .end, name: "last", group: .move, "Last row: the oldest") { $0.place(at: $0.total - 1, $1) },
    Row("{", name: "previous-day", group: .move, "Up to the start of the day") { $0.moveDay(by: -1, $1) },
    Row("}", name: "next-day", group: .move, "Down to the next day") { $0.moveDay(by: 1, $1) },
    Row(.tab, name: "next-column", group: .move, "Next column, for + - * # y") { $0.moveColumn(by: 1, $1) },
    Row(.backTab, name: "previous-column", group: .move, "Previous column") { $0.moveColumn(by: -1, $1) },
  ]

  private static let find: [Row] = [
    Row("+", name: "include", group: .find, "Only rows with this value") { $0.narrow(excluded: false, &$1) },
    Row("-", name: "exclude", group: .find, "Only rows without that value") { $0.narrow(excluded: true, &$1) },
    Row("*", name: "next-same", group: .find, "Next row with that value") { $0.findSame(forward: true, &$1) },
    Row("#", name: "previous-same", group: .find, "Previous row with that value") { $0.findSame(forward: false, &$1) },
    Row("o", name: "next-of-object", group: .find, "Next act on the same object, row of the same pair or name") {
      $0.findObject(forward: true, &$1)
    },
    Row("O", name: "previous-of-object", group: .find, "Previous of these") {
      $0.findObject(forward: false, &$1)
    },
    Row("e", name: "next-failed", group: .find, "Next refused or failed act, denied flow or failed lookup") {
      $0.findFailed(forward: true, &$1)
    },
    Row("E", name: "previous-failed", group: .find, "Previous of these") { $0.findFailed(forward: false, &$1) },
    Row("H", name: "humans-only", group: .find, "Humans only, on and off") { $0.toggleHumans($1) },
  ]

  private static let time: [Row] = [
    Row("R", .function(5), name: "reload", group: .find, "Look at the sources again, and list anew") {
      $0.tryAgain($1) + [.readAgain]
    },
    Row("F", name: "follow", group: .find, "Follow: new rows come, the newest stays in focus", hint: "follow") {
      $0.toggleFollowing(&$1)
    },
    Row("=", name: "pause-reading", group: .find, "Read nothing for now, and go on") { $0.toggleReading(&$1) },
    Row("T", name: "go-to-time", group: .find, "Go to a time") { pane, _ in
      pane.timePrompt = TimePrompt()
      return []
    },
    Row("[", name: "older", group: .find, "Older by a bar, or by the time window") { $0.shiftTime(by: -1, $1) },
    Row("]", name: "newer", group: .find, "Newer by as much") { $0.shiftTime(by: 1, $1) },
    Row("i", name: "histogram", group: .find, "Go into the histogram") { pane, session in
      pane.strip.focus(at: pane.focusedAct?.time)
      if !pane.strip.isFocused { session.notice = "no histogram on this screen" }
      return []
    },
    Row("z", name: "zoom-in", group: .find, "Zoom the histogram in around the focused row") {
      $0.zoom(inwards: true, $1)
    },
    Row("Z", name: "zoom-out", group: .find, "Zoom the histogram out") { $0.zoom(inwards: false, $1) },
  ]

  private static let out: [Row] = [
    Row("y", name: "copy", group: .out, "Copy the value in the focused column") { pane, _ in
      pane.focusedAct.flatMap { pane.column.text(of: $0) }.map { [.copy($0)] } ?? []
    },
    Row("Y", name: "copy-row", group: .out, "Copy the row as a sentence") { pane, _ in
      pane.focusedAct.map { [.copy($0.time.rfc3339 + "  " + $0.summary)] } ?? []
    },
    Row(name: "copy-command", group: .out, "Copy the command that lists the same") { pane, session in
      [.copy(pane.commandText(session))]
    },
    Row("<", .backspace, name: "back", group: .out, "Back to the filter or screen before") { pane, session in
      pane.goBack(session) ?? [.back]
    },
    Row(.escape, name: "drop", group: .out, "Drop the search; stop reading") { pane, session in
      if pane.dropSearch() { return [] }
      return session.progress?.state == .reading ? [.stopReading] : []
    },
  ]
}

extension TimelinePane {
  /// The object of the focused act; a notice where there is none.
  fileprivate func key(_ session: inout Session) -> ObjectKey? {
    guard let act = focusedAct else { return nil }
    if act.key == nil { session.notice = act.facts?.namelessNotice ?? "this act is not about one object" }
    return act.key
  }

  /// Off, on; where the user has gone elsewhere meanwhile, back to the newest row.
  fileprivate mutating func toggleFollowing(_ session: inout Session) -> [Effect] {
    guard let follow = session.follow else {
      session.notice = "a store does not grow by itself: open the logs to follow them"
      return []
    }
    if follow.state == .on {
      session.follow?.state = .off
      return [.follow(false)]
    }
    session.follow?.state = .on
    session.follow?.seenCount = follow.actCount
    return place(at: 0, session) + (follow.state == .stopped ? [.pauseReading(false)] : []) + [.follow(true)]
  }

  fileprivate mutating func toggleReading(_ session: inout Session) -> [Effect] {
    guard let follow = session.follow, follow.state != .off else {
      session.notice = "nothing is being read; F follows the sources"
      return []
    }
    let stops = follow.state != .stopped
    session.follow?.state = stops ? .stopped : isAtNewest ? .on : .paused
    return [.pauseReading(stops)]
  }

  fileprivate mutating func changeLevel(by step: Int, _ session: Session) -> [Effect] {
    let levels = ViewLevel.allCases
    let index = (levels.firstIndex(of: query.level) ?? 0) + step + levels.count
    var next = query
    next.level = levels[index % levels.count]
    return list(next, remembering: false, session)
  }

  /// The next log that has rows; after the last one all of them.
  fileprivate mutating func changeData(_ session: inout Session) -> [Effect] {
    guard let page else { return [] }
    let logs = DataKind.allCases.filter { page.dataTotals[$0, default: 0] > 0 }
    guard logs.count > 1 else {
      session.notice = "these logs hold \(logs.first.map { "\($0.name) rows only" } ?? "nothing")"
      return []
    }
    let choices = logs.map(DataChoice.only) + [.everything]
    let now = page.shown.map(DataChoice.only) ?? .everything
    var next = query
    next.data = choices[((choices.firstIndex(of: now) ?? -1) + 1) % choices.count]
    return list(next, remembering: false, session)
  }

  /// From both sides to the source's, the destination's, and both again. Rows that have no reporter stay.
  fileprivate mutating func changeReporter(_ session: inout Session) -> [Effect] {
    let sides = [(name: "source", others: "dst,fwd"), (name: "destination", others: "src,fwd")]
    let terms = sides.map { (try? Filter(parsing: "-reporter:" + $0.others)) ?? .everything }
    guard let at = query.filter.terms.firstIndex(where: terms.contains),
      let side = terms.firstIndex(of: query.filter.terms[at])
    else {
      session.notice = "flows as their source reports them: one between two pods counts once"
      return list(query.with(query.filter.and(terms[0])), session)
    }
    let rest = query.filter.removing(term: at)
    guard side == 0 else {
      session.notice = "flows as both sides report them: one between two pods is there twice"
      return list(query.with(rest), session)
    }
    session.notice = "flows as their destination reports them"
    return list(query.with(rest.and(terms[1])), session)
  }

  fileprivate mutating func toggleHumans(_ session: Session) -> [Effect] {
    let only = Filter.everything.adding(field: "human", value: "true")
    if let term = query.filter.terms.firstIndex(of: only) {
      return list(query.with(query.filter.removing(term: term)), session)
    }
    return list(query.with(query.filter.and(only)), session)
  }

  fileprivate mutating func moveColumn(by step: Int, _ session: Session) -> [Effect] {
    let width = TimelineLayout(session.size).list.width
    let columns = TimelineColumns(width: width, clusters: page?.clusters ?? []).places.map(\.column)
    let index = (columns.firstIndex(of: column) ?? 0) + step + columns.count
    column = columns[index % columns.count]
    return []
  }

  fileprivate mutating func moveDay(by step: Int, _ session: Session) -> [Effect] {
    let list = days
    guard let day = list.day(of: focus) else { return [] }
    if step < 0, focus > list.days[day].firstPosition { return place(at: list.days[day].firstPosition, session) }
    guard list.days.indices.contains(day + step) else { return place(at: step < 0 ? 0 : total - 1, session) }
    return place(at: list.days[day + step].firstPosition, session)
  }

  /// The window of the filter slides by its own width; without one the focus goes as far as a bar is wide.
  fileprivate mutating func shiftTime(by step: Int64, _ session: Session) -> [Effect] {
    if let window = query.filter.window(session.filterContext) {
      let width = window.upperBound.microseconds - window.lowerBound.microseconds + 1
      let from = Timestamp(microseconds: window.lowerBound.microseconds + step * width)
      let to = Timestamp(microseconds: window.upperBound.microseconds + step * width)
      return list(query.with(query.filter.within(from...to, session.filterContext)), session)
    }
    guard let act = focusedAct else { return [] }
    let seconds = Double(strip.histogram?.stepSeconds ?? 86_400)
    return jump(to: .time(act.time.adding(seconds: Double(step) * seconds)), session)
  }

  fileprivate mutating func narrow(excluded: Bool, _ session: inout Session) -> [Effect] {
    guard let act = focusedAct else { return [] }
    guard let (field, value) = column.term(of: act, session.zone) else {
      session.notice = "there is no value here to filter by; Tab goes to another column"
      return []
    }
    return narrow(field: field, value: value, excluded: excluded, &session)
  }

  /// Lists only rows that have the value in the field, or only those that do not.
  mutating func narrow(field: String, value: String, excluded: Bool, _ session: inout Session) -> [Effect] {
    let filter = query.filter.adding(field: field, value: value, excluded: excluded)
    session.notice = "\(excluded ? "without" : "only") \(field):\(value)   < goes back"
    return list(query.with(filter), session)
  }

  fileprivate mutating func findSame(forward: Bool, _ session: inout Session) -> [Effect] {
    guard let act = focusedAct else { return [] }
    guard let target = column.target(of: act) else {
      session.notice = "there is no value here to look for; Tab goes to another column"
      return []
    }
    return find(target, forward: forward, "same " + column.title(in: act.facts?.data), &session)
  }

  fileprivate mutating func findFailed(forward: Bool, _ session: inout Session) -> [Effect] {
    let words = page?.shown == .audit ? "refused or failed act" : "refused, denied or failed row"
    return find(.failed, forward: forward, words, &session)
  }

  fileprivate mutating func findObject(forward: Bool, _ session: inout Session) -> [Effect] {
    if let same = focusedAct?.facts?.sameTraffic {
      return find(same.target, forward: forward, same.words, &session)
    }
    guard let key = key(&session) else { return [] }
    return find(.sameObject(key), forward: forward, "act on \(key.path)", &session)
  }

  /// The command line that lists what the Timeline lists.
  fileprivate func commandText(_ session: Session) -> String {
    func quoted(_ text: String) -> String { "'" + text.replacing("'", with: "'\\''") + "'" }
    // The command line lists all logs unless it is told.
    let data = page?.dataTotals.count ?? 0 > 1 ? page?.shown : nil
    var shown = data.map { query.filter.adding(field: "data", value: $0.name) } ?? query.filter
    for path in Set(session.excluded.values).sorted() {
      shown = shown.adding(field: "src_file", value: path, excluded: true)
    }
    let filter = shown.isEverything ? "" : " -f " + quoted(shown.description)
    let zone = session.zone == .utc ? "" : " --tz " + quoted(session.zone.name)
    return "whodiff log --level \(query.level.rawValue)\(zone)\(filter)"
  }
}

extension TimelineColumns.Column {
  /// What a filter would say of the act's value in this column.
  func term(of act: Act, _ zone: Zone) -> (field: String, value: String)? {
    if let facts = act.facts, self != .time, self != .cluster { return term(of: facts) }
    switch self {
    case .time:
      let civil = zone.civil(act.time)
      return ("time", civil.dateText)
    case .what: return act.isConnect ? act.object?.subresource.map { ("sub", $0) } : ("verb", act.verb)
    case .code: return act.code.map { ("code", String($0)) }
    case .outcome: return ("outcome", act.outcome.name)
    case .kind: return act.object.map { ("kind", ResourceKind.of(group: $0.group, resource: $0.resource).label) }
    case .cluster: return act.cluster.map { ("cluster", $0) }
    case .object: return act.key.map { ("obj", $0.path) }
    case .actor: return act.actor.map { ("actor", UserName.short($0)) }
    }
  }

  func target(of act: Act) -> FindRequest.Target? {
    if let facts = act.facts, self != .cluster { return target(of: facts) }
    return switch self {
    case .time: nil
    case .what: .value(.verb, act.value(of: .verb))
    case .code: .value(.code, act.value(of: .code))
    case .outcome: .value(.outcome, act.value(of: .outcome))
    case .kind: act.object.map { _ in .value(.resource, act.value(of: .resource)) }
    case .cluster: .value(.cluster, act.value(of: .cluster))
    case .object: act.key.map { .sameObject($0) }
    case .actor: act.asUser != nil ? .value(.asUser, act.value(of: .asUser)) : .value(.by, act.value(of: .by))
    }
  }

  /// For the clipboard.
  func text(of act: Act) -> String? {
    if let facts = act.facts, self != .time, self != .cluster { return text(of: facts) }
    return switch self {
    case .time: act.time.rfc3339
    case .what: act.what
    case .code: act.code.map(String.init)
    case .outcome: act.outcome.name
    case .kind: act.kind ?? act.object?.resource
    case .cluster: act.cluster
    case .object: act.key?.description
    case .actor: act.actor
    }
  }
}

/// The keys while the histogram is in focus.
enum HistogramKeys {
  /// For help, in the order in which they are of use.
  static let entries: [CommandEntry] = [
    CommandEntry(keys: ["h", "l"], name: "", group: .move, summary: "Move a bar, or stretch the brush", hint: "move"),
    CommandEntry(
      keys: ["v", " "], name: "", group: .move, summary: "Set the brush down, or take it up", hint: "brush"),
    CommandEntry(keys: [.enter], name: "", group: .find, summary: "Make the brushed time the filter", hint: "filter"),
    CommandEntry(keys: ["[", "]"], name: "", group: .move, summary: "Slide the span that is shown", hint: "older"),
    CommandEntry(keys: ["z", "Z"], name: "", group: .move, summary: "Zoom in and out", hint: "zoom"),
    CommandEntry(
      keys: [.escape, "i"], name: "", group: .out, summary: "Drop the brush, then leave the histogram", hint: "out"),
  ]

  /// Nil for keys that mean there what they mean on every screen.
  static func press(_ key: Key, _ pane: inout TimelinePane, _ session: inout Session) -> [Effect]? {
    switch key {
    case "h", .left: pane.strip.move(by: -1)
    case "l", .right: pane.strip.move(by: 1)
    case .home, "g": pane.strip.move(by: -10_000)
    case .end, "G": pane.strip.move(by: 10_000)
    case "v", " ": pane.strip.toggleBrush()
    case .escape: pane.strip.escape()
    case "i": pane.strip.leave()
    case .enter:
      guard let time = pane.strip.brushedTime else { return [] }
      let filter = pane.query.filter.within(time, session.filterContext)
      return pane.list(pane.query.with(filter), session)
    case "[": return pane.slideStrip(-1, session)
    case "]": return pane.slideStrip(1, session)
    case "z": return pane.zoom(inwards: true, session)
    case "Z": return pane.zoom(inwards: false, session)
    case "j", "k", .down, .up:
      // The list takes the focus back.
      pane.strip.leave()
      return nil
    default: return nil
    }
    return []
  }
}
