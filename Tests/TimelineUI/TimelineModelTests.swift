import AuditModel
import EventQueries
import TerminalScreen
import Testing

@testable import TimelineUI

@Suite struct Navigation {
  @Test func `going back lands on the same row`() {
    var user = Afternoon()
    user.press("jjj")
    let row = user.focusedRow
    user.press("<Enter>")
    #expect(user.title.contains("Event"))
    user.press("q")
    #expect(user.focusedRow == row)
    user.press(">")
    #expect(user.title.contains("Event"))
    user.press("<lt>")
    #expect(user.focusedRow == row)
    #expect(user.effects.isEmpty)
  }

  @Test func `q on the first screen leaves, Q from anywhere`() {
    var user = Afternoon()
    user.press("<Enter>Q")
    #expect(user.effects == [.quit])
    var other = Afternoon()
    other.press("<Enter>q")
    #expect(other.effects.isEmpty)
    other.press("q")
    #expect(other.effects == [.quit])
  }

  @Test func `less-than on the first screen says so and stays`() {
    var user = Afternoon()
    user.press("<lt>")
    #expect(user.effects.isEmpty)
    #expect(user.status.contains("first screen"))
  }

  @Test func `digits go to screens and keep the subject`() {
    var user = Afternoon()
    user.press("<Enter>2")
    #expect(user.text.contains("default.environment-isolation"))
    user.press("1")
    #expect(user.title.contains("[1]Timeline"))
    user.press(">")
    #expect(!user.title.contains("[1]Timeline"))
  }

  @Test func `2 on the Timeline lists all objects`() {
    var user = Afternoon()
    user.press("2")
    #expect(user.asked.contains(.objects))
  }

  @Test func `interrupt twice in a row leaves, once does not`() {
    var user = Afternoon()
    user.press("<C-c>j<C-c>")
    #expect(user.effects.isEmpty)
    #expect(user.status.contains("^C once more"))
    user.press("<C-c>")
    #expect(user.effects == [.quit])
  }

  @Test func `interrupts more than two seconds apart do not leave`() {
    var user = Afternoon()
    user.press("<C-c>")
    user.send(.clock(user.model.session.now.adding(seconds: 3)))
    user.press("<C-c>")
    #expect(user.effects.isEmpty)
  }

  @Test func `interrupt while reading stops reading only`() {
    var user = Afternoon()
    user.send(.progress(.reading))
    user.press("<C-c>")
    #expect(user.effects == [.stopReading])
  }

  @Test func `suspend and redraw work inside a prompt`() {
    var user = Afternoon()
    user.press(":<C-z>f<C-l>")
    #expect(user.effects == [.suspend, .redraw])
  }

  @Test func `a command runs by its name, an unknown one is told near ones`() {
    var user = Afternoon()
    user.press(":last<Enter>")
    #expect(user.status.contains("12/12"))
    user.press(":lasd<Enter>")
    #expect(user.status.contains("did you mean last"))
    user.press(":tz europe/berlin<Enter>")
    #expect(user.title.contains("Europe/Berlin"))
    user.press("g")
    #expect(user.focusedRow.hasPrefix("17:11:49"))
  }

  @Test func `a zone that is not among the session's is looked for and then shown`() {
    var user = Afternoon()
    user.press(":tz Asia/Kolkata<Enter>")
    #expect(user.effects == [.findZone("Asia/Kolkata")])
    user.send(
      .zone(
        Zone(
          name: "Asia/Kolkata",
          transitions: [Zone.Transition(from: Timestamp(seconds: 0), offsetSeconds: 19_800)])))
    #expect(user.title.contains("Asia/Kolkata"))
    #expect(user.focusedRow.hasPrefix("21:41:49"))
    user.press(":tz utc<Enter>:tz asia/kolkata<Enter>")
    #expect(user.effects.count == 1)
    #expect(user.focusedRow.hasPrefix("21:41:49"))
  }

  @Test func `a command without what it needs, and one with what it does not take, say so`() {
    var user = Afternoon()
    func notice(after keys: String) -> String? {
      user.press(keys)
      return user.model.session.notice
    }
    #expect(notice(after: ":open<Enter>") == "open what? :open PATH reads one more file, folder or archive")
    #expect(notice(after: ":open  <Enter>")?.hasPrefix("open what?") == true)
    #expect(notice(after: ":last first<Enter>") == ":last takes nothing behind it; nothing was done")
    #expect(user.focusedRow.hasPrefix("16:11:49"))
    #expect(notice(after: ":sources audit.log<Enter>")?.hasPrefix(":sources takes nothing") == true)
    #expect(notice(after: ":frob it<Enter>") == "no command \"frob\" on this screen; ? lists them")
    #expect(notice(after: ":<Enter>") == nil)
    user.press(":open  logs/with a blank.log<Enter>")
    #expect(user.effects == [.openSource("logs/with a blank.log")])
    user.press(":search quarantine<Enter>")
    #expect(user.focusedRow.contains("quarantine"))
  }

  @Test func `a key that means nothing here says so`() {
    var user = Afternoon()
    user.press("&")
    #expect(user.model.session.notice == "& does nothing on this screen; ? lists its keys")
    user.press("<Esc><Left>")
    #expect(user.model.session.notice == nil)
  }

  @Test func `a screen too small says so and still leaves`() {
    var user = Afternoon()
    user.send(.resize(Size(columns: 50, rows: 10)))
    #expect(user.text.contains("50x10 is too small"))
    user.press("jf")
    user.send(.resize(Size(columns: 80, rows: 24)))
    #expect(user.status.contains("1/12"))
    user.send(.resize(Size(columns: 5, rows: 2)))
    user.press("q")
    #expect(user.effects == [.quit])
  }

  @Test func `interrupt twice in a row leaves a screen that is too small`() {
    var user = Afternoon()
    user.send(.resize(Size(columns: 50, rows: 10)))
    user.press("<C-c>j<C-c>")
    #expect(user.effects.isEmpty)
    user.press("<C-c>")
    #expect(user.effects == [.quit])
  }

  @Test func `every command has a name of its own and a summary`() {
    for row in Panes.all {
      let names = (row.entries + CommonCommands.all.map(\.entry)).map(\.name)
      for name in names {
        #expect(!name.isEmpty && name.allSatisfy { $0.isLowercase || $0 == "-" }, "\(row.title): \(name)")
      }
      #expect(Set(row.entries.map(\.name)).count == row.entries.count, "\(row.title) has a name twice")
      let keys = row.entries.flatMap(\.keys)
      #expect(Set(keys).count == keys.count, "\(row.title) has a key twice")
    }
    #expect(KeyDocumentation.markdown.contains("| `Enter` | `:event` | Open the event |"))
  }
}

extension ReadingProgress {
  static let reading = ReadingProgress(
    file: "/var/log/ee-audit.log.3.gz", bytesRead: 41, bytesTotal: 100, bytesPerSecond: 61_000_000, actCount: 18_204,
    rejectCount: 0, state: .reading)
}

@Suite struct Lines {
  @Test func `a line is edited with the keys of readline`() {
    var line = LineEditor("verb:delete")
    for key in Key.sequence("<C-w>kind:np x<C-w><C-a>!<Right><Del><C-e>") { _ = line.type(key) }
    #expect(line.text == "!knd:np ")
    for key in Key.sequence("<C-u>abc<Left><Left><C-k>") { _ = line.type(key) }
    #expect(line.text == "a")
    let isTaken = line.type(.up)
    #expect(!isTaken)
  }

  @Test func `a long line keeps the cursor in view, marked where it goes on`() {
    var line = LineEditor("actor:alice kind:gnp ns:payments")
    var screen = Screen(size: Size(columns: 12, rows: 1))
    line.render(into: &screen, x: 0, y: 0, width: 12)
    #expect(screen.textRows[0].hasPrefix("<"))
    #expect(screen.cursor?.x == 11)
    for _ in 0..<40 { _ = line.type(.left) }
    screen.fill(screen.bounds)
    line.render(into: &screen, x: 0, y: 0, width: 12)
    #expect(screen.textRows == ["actor:alice>"])
    #expect(screen.cursor?.x == 0)
  }
}
