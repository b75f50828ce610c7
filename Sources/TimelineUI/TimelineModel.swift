public import AuditModel
public import EventQueries
public import TerminalScreen

/// The whole program but for its edges: messages in, effects and screens out. It holds no store, terminal, clock or
/// task, so a session can be replayed from its messages.
public struct TimelineModel: Sendable {
  public private(set) var session: Session
  private(set) var visits: VisitedPanes
  private var holesInquiry = HolesInquiry()

  public init(session: Session, filter: Filter, level: ViewLevel) {
    self.session = session
    visits = VisitedPanes(first: TimelinePane(query: EventQuery(filter: filter, level: level, data: .automatic)))
  }

  /// What to do before the first message.
  public mutating func start() -> [Effect] {
    visits.carryOut(visits.front.appear(&session), &session)
  }

  /// Takes one message in. Effects come back in the order in which they are to be started; navigation is done here.
  public mutating func update(_ message: Message) -> [Effect] {
    switch message {
    case .key(let key):
      session.notice = nil
      let place = visits.place
      let excluded = session.excluded
      let effects = visits.press(key, &session)
      // What was found in other sources holds no longer.
      if session.excluded != excluded { holesInquiry = HolesInquiry() }
      visits.noteFollowing(isBack: visits.place != place, &session)
      return effects
    case .resize(let size):
      session.size = size
      return visits.carryOut(visits.front.appear(&session), &session)
    case .answer(let answer):
      return take(answer)
    case .progress(let progress):
      session.progress = progress
      return holesInquiry.begin(session)
    case .storeChanged(let version):
      guard version != session.storeVersion else { return [] }
      session.storeVersion = version
      return visits.carryOut(visits.front.appear(&session), &session) + holesInquiry.begin(session)
    case .followed(let acts):
      // What is missing between what was there and what comes is to be seen at once.
      if session.follow?.actCount == 0, acts > 0 { holesInquiry = HolesInquiry() }
      session.follow?.actCount = acts
      if session.follow?.state == .on { session.follow?.seenCount = acts }
      return []
    case .failures(let failures):
      session.failures = failures
      return visits.carryOut(visits.front.appear(&session), &session)
    case .clock(let now):
      session.now = now
      return []
    case .zone(let zone):
      return visits.take(zone, &session)
    case .notice(let text):
      session.notice = text
      return []
    }
  }

  /// What a check says of the time axis is for every screen.
  private mutating func take(_ answer: Answer) -> [Effect] {
    switch answer {
    case .check(let report), .holes(let report):
      let before = session.trail?.holes
      session.trail = report
      let effects = visits.receive(answer, &session)
      guard before ?? [] != report.holes else { return effects }
      return effects + visits.carryOut(visits.front.appear(&session), &session)
    default:
      return visits.receive(answer, &session)
    }
  }

  /// The screen as it is to be shown now; every cell is painted.
  public func render() -> Screen {
    var screen = Screen(size: session.size, asciiOnly: session.asciiOnly)
    if session.layout == .tooSmall, !visits.showsHelp {
      Frame.renderTooSmall(into: &screen)
    } else {
      Frame.render(visits, session, into: &screen)
    }
    return screen
  }
}

/// When to look for holes: once all is read, and then no oftener than twice a minute while the logs grow.
private struct HolesInquiry: Sendable {
  private var askedVersion = 0
  private var askedAt: Timestamp?

  mutating func begin(_ session: Session) -> [Effect] {
    guard session.progress?.state != .reading, session.storeVersion != askedVersion else { return [] }
    if let askedAt, session.now < askedAt.adding(seconds: 30) { return [] }
    askedVersion = session.storeVersion
    askedAt = session.now
    return [.ask(.holes)]
  }
}
