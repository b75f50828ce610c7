import AuditModel
import EventQueries
import TerminalScreen

/// The panes that the user came through, the one in front last, and those that going back has left.
struct VisitedPanes: Sendable {
  struct Visit: Sendable {
    var place: Place
    var pane: any Pane
  }
  private(set) var back: [Visit]
  private(set) var ahead: [Visit] = []
  var prompt: Prompt?
  /// What `/` looked for last, for `n` and `N`.
  var searchText = ""
  /// When ^C was last pressed at rest.
  private var interruptedAt: Timestamp?

  /// More places than anybody walks back through.
  private static let limit = 100

  init(first: TimelinePane) { back = [Visit(place: .timeline, pane: first)] }

  var front: any Pane {
    get { back[back.count - 1].pane }
    set { back[back.count - 1].pane = newValue }
  }
  var place: Place { back[back.count - 1].place }
  var showsHelp: Bool { front is HelpPane }
  /// Title of the pane that going back leads to.
  var titleBelow: String? { back.dropLast().last.map { type(of: $0.pane).title } }
  var isFirst: Bool { back.count == 1 }

  // MARK: Keys

  mutating func press(_ key: Key, _ session: inout Session) -> [Effect] {
    let interrupt = interruptedAt
    interruptedAt = nil
    switch key {
    case .control("l"): return [.redraw]
    case .control("z"): return [.suspend]
    default: break
    }
    if session.layout == .tooSmall, !showsHelp { return pressTooSmall(key, since: interrupt, &session) }
    if prompt != nil { return typeIntoPrompt(key, &session) }
    if let effects = front.press(key, &session) { return carryOut(effects, &session) }
    if key == .control("c") { return self.interrupt(since: interrupt, &session) }
    guard let command = CommonCommands.all.first(where: { $0.keys.contains(key) }) else {
      if case .character = key { session.notice = "\(key.name) does nothing on this screen; ? lists its keys" }
      return []
    }
    return carryOut(command.run(&self, &session), &session)
  }

  private mutating func pressTooSmall(_ key: Key, since last: Timestamp?, _ session: inout Session) -> [Effect] {
    switch key {
    case "q", "Q": [.quit]
    case "?", .function(1): carryOut([.open(.help)], &session)
    case .control("c"): interrupt(since: last, &session)
    default: []
    }
  }

  /// ^C with nothing open: stops reading; pressed twice in a row within two seconds at rest it leaves.
  private mutating func interrupt(since last: Timestamp?, _ session: inout Session) -> [Effect] {
    if session.progress?.state == .reading { return [.stopReading] }
    if let last, session.now.microseconds - last.microseconds <= 2_000_000 { return [.quit] }
    interruptedAt = session.now
    session.notice = "press ^C once more to leave, or q"
    return []
  }

  private mutating func typeIntoPrompt(_ key: Key, _ session: inout Session) -> [Effect] {
    guard var open = prompt else { return [] }
    switch open.type(key) {
    case .open:
      prompt = open
      return []
    case .cancelled:
      prompt = nil
      return []
    case .entered(let text):
      prompt = nil
      switch open.purpose {
      case .search:
        if !text.isEmpty { searchText = text }
        return search(forward: true, &session)
      case .command:
        return run(commandLine: text, &session)
      }
    }
  }

  mutating func search(forward: Bool, _ session: inout Session) -> [Effect] {
    guard !searchText.isEmpty else {
      session.notice = "nothing to search for yet: / asks for a text"
      return []
    }
    return carryOut(front.search(searchText, forward: forward, &session), &session)
  }

  /// Runs what was typed at `:`: the name of a command of the pane in front, or of one that all panes share. Three take
  /// something behind it: `open PATH`, `tz NAME` and `search TEXT`.
  mutating func run(commandLine: String, _ session: inout Session) -> [Effect] {
    let line = commandLine.drop { $0 == " " }
    let name = line.prefix { $0 != " " }.lowercased()
    let argument = String(line.dropFirst(name.count).drop { $0 == " " })
    let entries = type(of: front).entries + CommonCommands.all.map(\.entry)
    switch name {
    case "": return []
    case "open" where !argument.isEmpty: return [.openSource(argument)]
    case "tz": return carryOut(switchZone(to: argument.isEmpty ? nil : argument, &session), &session)
    case "search" where !argument.isEmpty:
      searchText = argument
      return search(forward: true, &session)
    case _ where !argument.isEmpty && entries.contains { $0.name == name }:
      session.notice = ":\(name) takes nothing behind it; nothing was done"
      return []
    default: break
    }
    if let effects = front.run(named: name, &session) { return carryOut(effects, &session) }
    if let command = CommonCommands.all.first(where: { $0.name == name }) {
      return carryOut(command.run(&self, &session), &session)
    }
    let near = Suggestions.nearest(to: name, among: entries.map(\.name) + ["tz", "open"])
    session.notice =
      name == "open"
      ? "open what? :open PATH reads one more file, folder or archive"
      : "no command \"\(name)\" on this screen"
        + (near.isEmpty ? "; ? lists them" : "; did you mean \(near.joined(separator: ", "))?")
    return []
  }

  /// Shows times in the named zone, or in the next one of the session's.
  mutating func switchZone(to name: String?, _ session: inout Session) -> [Effect] {
    let zones = session.zones
    if let name {
      // Others are in the zone database of the machine.
      guard let zone = zones.first(where: { $0.name.lowercased() == name.lowercased() }) else {
        return [.findZone(name)]
      }
      session.zone = zone
    } else if let at = zones.firstIndex(of: session.zone) {
      session.zone = zones[(at + 1) % zones.count]
    } else if let first = zones.first {
      session.zone = first
    }
    session.notice = "times are shown in \(session.zone.name)"
    return front.appear(&session)
  }

  /// The zone that was looked for.
  mutating func take(_ zone: Zone, _ session: inout Session) -> [Effect] {
    if !session.zones.contains(where: { $0.name == zone.name }) { session.zones.append(zone) }
    return carryOut(switchZone(to: zone.name, &session), &session)
  }

  // MARK: Following

  /// Who goes away from the newest row wants to look at something in peace; who moves back to it follows again.
  /// - Parameter isBack: the pane has just come to the front, and does not show yet what has come meanwhile.
  func noteFollowing(isBack: Bool, _ session: inout Session) {
    guard let follow = session.follow else { return }
    let isAtNewest = (front as? TimelinePane)?.isAtNewest == true
    switch follow.state {
    case .on where !isAtNewest: session.follow?.state = .paused
    case .paused where isAtNewest && !isBack: session.follow?.state = .on
    default: return
    }
    session.follow?.seenCount = follow.actCount
  }

  // MARK: Answers

  /// Every pane may want an answer: the one that asked is not always the one in front any more.
  mutating func receive(_ answer: Answer, _ session: inout Session) -> [Effect] {
    var effects: [Effect] = []
    for index in ahead.indices { effects += ahead[index].pane.receive(answer, &session) }
    for index in back.indices { effects += back[index].pane.receive(answer, &session) }
    return carryOut(effects, &session)
  }

  // MARK: Navigation

  /// Carries out navigation and hands everything else on.
  mutating func carryOut(_ effects: [Effect], _ session: inout Session) -> [Effect] {
    var rest: [Effect] = []
    for effect in effects {
      switch effect {
      case .open(let place): rest += open(place, &session)
      case .back: rest += goBack(&session)
      case .forward: rest += goForward(&session)
      case .choose(let entry): rest += choose(entry, &session)
      case .narrow(let field, let value, let excluded):
        rest += narrow(field: field, value: value, excluded: excluded, &session)
      default: rest.append(effect)
      }
    }
    return rest
  }

  /// By its name; what has none is a key of what has the focus.
  private mutating func choose(_ entry: CommandEntry, _ session: inout Session) -> [Effect] {
    if !entry.name.isEmpty { return run(commandLine: entry.name, &session) }
    return entry.keys.first.map { press($0, &session) } ?? []
  }

  private mutating func narrow(field: String, value: String, excluded: Bool, _ session: inout Session) -> [Effect] {
    guard let below = back.last(where: { $0.pane is TimelinePane }) else { return [] }
    let effects = goTo(below.place, &session)
    guard var timeline = front as? TimelinePane else { return effects }
    let further = timeline.narrow(field: field, value: value, excluded: excluded, &session)
    front = timeline
    return effects + further
  }

  private mutating func open(_ place: Place, _ session: inout Session) -> [Effect] {
    guard place != self.place else { return [] }
    ahead = []
    front.disappear()
    back.append(Visit(place: place, pane: pane(for: place, session)))
    if back.count > Self.limit { back.remove(at: 1) }
    return carryOut(front.appear(&session), &session)
  }

  private func pane(for place: Place, _ session: Session) -> any Pane {
    switch place {
    case .timeline: TimelinePane(query: EventQuery(data: .automatic))
    case .around(let act): TimelinePane(around: act, session)
    case .acts(let query): TimelinePane(query: query)
    case .check(let rule): CheckPane(at: rule)
    case .sources: SourcesPane()
    case .problems(let source): ProblemsPane(of: source)
    case .event(let id): EventPane(id)
    case .policies: PoliciesPane(at: front.focusedObject(session))
    case .changes(let key): ChangeLogPane(key, at: front.focusedAct(session)?.id)
    case .diff(let left, let right): DiffPane(left, right)
    case .actDiff(let key, let id): DiffPane(object: key, act: id)
    case .help: HelpPane(about: front)
    }
  }

  private mutating func goBack(_ session: inout Session) -> [Effect] {
    guard back.count > 1 else {
      session.notice = "this is the first screen; q leaves"
      return []
    }
    front.disappear()
    ahead.append(back.removeLast())
    return carryOut(front.appear(&session), &session)
  }

  private mutating func goForward(_ session: inout Session) -> [Effect] {
    guard let next = ahead.popLast() else {
      session.notice = "there is nothing further forward"
      return []
    }
    front.disappear()
    back.append(next)
    return carryOut(front.appear(&session), &session)
  }

  /// Goes to a place that was visited on the way here, or that going back has left, as it was then; else opens it.
  mutating func goTo(_ place: Place, _ session: inout Session) -> [Effect] {
    if place != self.place, let index = ahead.lastIndex(where: { $0.place == place }) {
      front.disappear()
      while ahead.count > index { back.append(ahead.removeLast()) }
      return carryOut(front.appear(&session), &session)
    }
    guard let index = back.lastIndex(where: { $0.place == place }) else { return open(place, &session) }
    guard index < back.count - 1 else { return [] }
    front.disappear()
    while back.count - 1 > index { ahead.append(back.removeLast()) }
    return carryOut(front.appear(&session), &session)
  }
}

extension Pane {
  /// Runs a command of the pane's own table by its name.
  mutating func run(named name: String, _ session: inout Session) -> [Effect]? {
    Self.commands.first { $0.name == name }?.run(&self, &session)
  }
}
