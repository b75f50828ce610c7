import TerminalScreen
import Testing

@testable import CursesDriver

struct ThemeTests {
  @Test func `mono has no colours, in any role`() {
    for role in Style.Role.allCases {
      let look = Theme.mono.look(of: Style(role))
      #expect(look.ink == .own && look.paper == .own)
    }
  }

  @Test func `a selected cell is reversed and takes no colour`() {
    for theme in Theme.all {
      for role in Style.Role.allCases {
        let look = theme.look(of: Style(role, reverse: true))
        #expect(look.isReverse && look.ink == .own && look.paper == .own)
      }
    }
  }

  @Test func `bold and underline of a style are kept in every theme`() {
    for theme in Theme.all {
      for role in Style.Role.allCases {
        let look = theme.look(of: Style(role, bold: true, underlined: true))
        #expect(look.isBold && look.isUnderlined)
      }
    }
  }

  @Test func `a background is only set together with its ink`() {
    for theme in Theme.all {
      for look in theme.looks.values where look.paper != .own { #expect(look.ink != .own) }
    }
  }

  @Test func `blue-orange tells nothing by red or green`() {
    for look in Theme.blueOrange.looks.values { #expect(look.ink != .red && look.ink != .green) }
  }

  @Test func `themes are found by their names`() {
    for theme in Theme.all { #expect(Theme.named(theme.name)?.summary == theme.summary) }
    #expect(Theme.named("plaid") == nil)
  }
}
