import AuditModel
import EventQueries
import TerminalScreen

/// Asks for a moment and shows which one is meant before Enter.
struct TimePrompt: Sendable {
  enum Result: Sendable {
    case open, cancelled
    case entered(Timestamp)
  }
  private(set) var editor = LineEditor()
  /// The moment that the text means, or why it means none.
  private(set) var answer: String = "14:05  20 nov  -2h  yesterday 9am  first  last"

  /// The keys while it is open, for the hint line.
  static let entries: [CommandEntry] = [
    CommandEntry(keys: [.enter], name: "", group: .find, summary: "Go to the time", hint: "go"),
    CommandEntry(keys: [.escape], name: "", group: .out, summary: "Stay", hint: "stay"),
  ]

  mutating func type(_ key: Key, _ session: Session, reference: Timestamp?, span: ClosedRange<Timestamp>?) -> Result {
    switch key {
    case .escape, .control("c"), .control("g"): return .cancelled
    case .backspace where editor.characters.isEmpty: return .cancelled
    case .enter:
      guard let time = try? parse(session, reference, span) else { return .open }
      return .entered(time)
    default:
      guard editor.type(key) else { return .open }
    }
    do {
      let time = try parse(session, reference, span)
      answer =
        "= " + session.zone.civil(time).longDayText + " " + PaneWords.longTime(time, zone: session.zone).dropFirst(11)
    } catch let problem as FilterError {
      answer = problem.message
    } catch {
      answer = ""
    }
    return .open
  }

  private func parse(_ session: Session, _ reference: Timestamp?, _ span: ClosedRange<Timestamp>?) throws -> Timestamp {
    try TimeWords.parse(editor.text, session.filterContext, reference: reference ?? session.now, span: span)
  }

  func render(into screen: inout Screen, area: Rect) {
    screen.fill(area)
    let width = screen.write("go to time> ", x: area.x + 1, y: area.y, style: .heading)
    let room = min(30, max(10, area.width / 3))
    editor.render(into: &screen, x: area.x + 1 + width, y: area.y, width: room)
    screen.write(answer, x: area.x + width + room + 3, y: area.y, style: .hint, width: area.width - width - room - 3)
  }
}
