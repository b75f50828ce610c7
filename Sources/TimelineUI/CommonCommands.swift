import AuditModel
import TerminalScreen

/// The keys that every screen has.
enum CommonCommands {
  /// In the order of help.
  static let all: [Command<VisitedPanes>] = [
    Command("/", name: "search", group: .find, "Search on this screen; hides nothing") { panes, _ in
      panes.prompt = Prompt(.search)
      return []
    },
    Command("n", name: "next-match", group: .find, "Next match of the search") { $0.search(forward: true, &$1) },
    Command("N", name: "previous-match", group: .find, "Previous match of the search") {
      $0.search(forward: false, &$1)
    },
    Command("1", name: "timeline", group: .open, "Timeline") { $0.goTo(.timeline, &$1) },
    // On the Timeline `c` opens the change log of the focused object, so `2` is left to lead to all of them.
    Command("2", name: "changes", group: .open, "All objects; elsewhere the change log of this one") { panes, session in
      let subject = panes.front is TimelinePane ? nil : panes.front.focusedObject(session)
      return panes.goTo(subject.map(Place.changes) ?? .policies, &session)
    },
    Command("3", name: "diff", group: .open, "Diff of the chosen sides, or of this act") { panes, session in
      if let left = session.leftSide, let right = session.rightSide { return panes.goTo(.diff(left, right), &session) }
      if let act = panes.front.focusedAct(session), let key = act.key {
        return panes.goTo(.actDiff(key, act.id), &session)
      }
      session.notice = "no two versions chosen: ( and ) take them in a change log"
      return []
    },
    Command("0", name: "sources", group: .open, "Sources: what was read, and what is left out") {
      $0.goTo(.sources, &$1)
    },
    Command("C", name: "check", group: .open, "What the logs cannot tell: holes, clocks, ...") {
      $0.goTo(.check(rule: nil), &$1)
    },
    Command(name: "holes", group: .open, "Holes in the logs, on the screen Check") {
      $0.goTo(.check(rule: "holes"), &$1)
    },
    Command("<", .backspace, name: "back", group: .out, "Back to where you came from, on the same row") { _, _ in
      [.back]
    },
    Command(">", name: "forward", group: .out, "Forward again") { _, _ in [.forward] },
    Command("q", name: "close", group: .out, "Close this screen; leave from the first", hint: "close") { panes, _ in
      panes.isFirst ? [.quit] : [.back]
    },
    Command("Q", name: "quit", group: .out, "Leave from anywhere") { _, _ in [.quit] },
    Command("?", .function(1), name: "help", group: .out, "Help") { _, _ in [.open(.help)] },
    Command(":", name: "command", group: .out, "Run a command by its name") { panes, _ in
      panes.prompt = Prompt(.command)
      return []
    },
    Command(name: "zone", group: .out, "Next time zone; :tz NAME takes one by name") { $0.switchZone(to: nil, &$1) },
    Command(.control("l"), name: "redraw", group: .out, "Draw the screen anew") { _, _ in [.redraw] },
    Command(.control("z"), name: "suspend", group: .out, "Suspend") { _, _ in [.suspend] },
    Command(.control("c"), name: "stop", group: .out, "Cancel, stop reading; twice leaves") { _, session in
      session.progress?.state == .reading ? [.stopReading] : []
    },
  ]
}

/// Every screen with its table, in the order of help.
enum Panes {
  struct Row: Sendable {
    var title: String
    var entries: [CommandEntry]
    init<Owner: Pane>(_ pane: Owner.Type) {
      title = pane.title
      entries = pane.entries
    }
  }
  static var all: [Row] {
    [
      Row(TimelinePane.self), Row(EventPane.self), Row(PoliciesPane.self), Row(ChangeLogPane.self), Row(DiffPane.self),
      Row(CheckPane.self), Row(SourcesPane.self), Row(ProblemsPane.self),
    ]
  }
}
