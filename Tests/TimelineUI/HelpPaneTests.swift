import EventQueries
import TerminalScreen
import Testing

@testable import TimelineUI

@Suite struct HelpPaneTests {
  @Test func `help lists every key of the screen it was called from`() throws {
    var user = Afternoon(rows: 64)
    user.press("?")
    try expectScreen(user.screen, "help-80x64")
    user.press("?")
    #expect(user.title.contains("[1]Timeline"))
  }

  @Test func `the keys are those of the screen that was left`() {
    var user = Afternoon()
    user.press("2?grouping")
    #expect(user.title.contains("Help  Policies"))
    #expect(user.focusedRow.hasPrefix(", "))
    #expect(!user.text.contains("on the screen"))
    user.press("<C-u>histogram")
    #expect(user.text.contains("on the screen Timeline"))
    user.press("<Esc>1?histogram")
    #expect(user.title.contains("Help  Timeline"))
    #expect(user.focusedRow.hasPrefix("i "))
  }

  @Test func `typing narrows the list and Enter runs the chosen line`() throws {
    var user = Afternoon()
    user.press("?row")
    try expectScreen(user.screen, "help-narrowed-80x24")
    user.press("<C-u>last")
    #expect(user.focusedRow.contains(":last"))
    user.press("<Enter>")
    #expect(user.title.contains("[1]Timeline"))
    #expect(user.status.contains("12/12"))
    user.press("?filter<Enter>verb:delete<Enter>")
    #expect(user.row(1).contains("3 of 17"))
    // A command without a key, and one that all screens have.
    user.press("?copy-command<Enter>")
    #expect(user.effects.last == .copy("whodiff log --level 1 -f 'verb:delete'"))
    user.press("?sources: what<Enter>")
    #expect(user.title.contains("Sources"))
  }

  @Test func `a key that is typed is chosen, and so is a command's name`() {
    var user = Afternoon()
    for (text, key) in [("E", "E "), ("e", "e "), ("^D", "^D "), ("zoom-o", "Z "), (":next-day", "} "), ("/", "/ ")] {
      user.press("?" + text)
      #expect(user.focusedRow.hasPrefix(key), "\(text) chooses \(user.focusedRow)")
      user.press("<Esc>")
    }
  }

  @Test func `narrowed to nothing it says so, and Backspace widens it again`() {
    var user = Afternoon()
    user.press("?delx")
    #expect(user.text.contains("No key and no command has \"delx\"."))
    user.press("<Enter><Down><PgUp>")
    #expect(user.title.contains("Help"))
    user.press("<BS><BS><BS><BS>")
    #expect(user.text.contains("type to narrow"))
    user.press("<BS>")
    #expect(user.title.contains("[1]Timeline"))
  }

  @Test func `question mark and Esc close it, and so does q while nothing is typed`() {
    for keys in ["??", "?<Esc>", "?q", "?leave?", "?leave<Esc>"] {
      var user = Afternoon()
      user.press(keys)
      #expect(user.title.contains("[1]Timeline"), "after \(keys)")
      #expect(user.effects.isEmpty)
    }
  }

  @Test func `keys of another screen are told to be of that screen`() {
    var user = Afternoon()
    user.press("?next-grouping<Enter>")
    #expect(user.title.contains("Help"))
    #expect(user.model.session.notice == ", works on the screen Policies")
    user.press("<C-u>stretch the brush<Enter>")
    #expect(user.model.session.notice == "h l works in the histogram (after i)")
  }

  @Test func `in the histogram its keys come first and run there`() {
    var user = Afternoon()
    user.press("i?")
    #expect(user.row(2).contains("histogram"))
    #expect(user.row(3).contains("Move a bar"))
    // The list's own meaning of v does not hold there.
    user.press("list more")
    #expect(!user.text.contains("next-level"))
    user.press("<C-u>h l<Enter>")
    #expect(user.title.contains("[1]Timeline"))
    #expect(user.row(23).contains("brush"))
  }

  @Test func `the choice goes over headings and stays inside`() {
    var user = Afternoon(rows: 16)
    user.press("?")
    #expect(user.focusedRow.contains(":down"))
    user.press("<Up><PgUp>")
    #expect(user.focusedRow.contains(":down"))
    #expect(user.row(2).contains("move"))
    for _ in 0..<40 { user.press("<Down>") }
    #expect(!user.focusedRow.isEmpty)
    user.press("<End><Down>")
    #expect(!user.focusedRow.isEmpty)
    user.press("<Home>")
    #expect(user.focusedRow.contains(":down"))
  }

  @Test func `every command of every screen is found by its name`() {
    let page = HelpPage(about: TimelinePane(query: EventQuery()))
    for row in Panes.all {
      for entry in row.entries {
        let lines = page.lines(having: ":" + entry.name)
        #expect(lines.contains { $0.entry?.name == entry.name }, "\(row.title): \(entry.name)")
      }
    }
  }
}
