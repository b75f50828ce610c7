import AuditModel
import EventQueries
import Testing

struct FilterRegexTests {
  @Test(arguments: [
    ("web", "allow-web-1", true), ("^web", "allow-web", false), ("web$", "allow-web", true), ("^$", "", true),
    ("a|b|cd", "xcd", true),
    ("^(a|b)*$", "abba", true), ("^(a|b)*$", "abca", false), ("^a{2,3}$", "aaa", true), ("^a{2,3}$", "aaaa", false),
    ("^a{2}$", "aa", true),
    ("^a{2,}$", "aaaaa", true), ("a{,2}", "a{,2}", true), ("^[a-c]+$", "abc", true), ("^[^a-c]+$", "abd", false),
    ("^[]x]+$", "]x", true),
    ("^[a-]+$", "a-", true), ("\\d{3}", "x123", true), ("^\\w+$", "a_1", true), ("\\bweb\\b", "allow-web-1", true),
    ("\\bweb\\b", "webs", false),
    ("\\Beb", "web", true), ("a.c", "a\nc", false), ("a.c", "aéc", true), ("^.{2}$", "é1", true),
    ("^.$", "\u{1F600}", true), ("\\.", "a", false),
    ("\\x41", "A", true), ("\\u{1f600}", "\u{1F600}", true), ("(?i)WEB", "web", true), ("É", "é", false),
    ("(?i)É", "é", true),
    ("(?:ab)+c", "ababc", true), ("a*?b", "aab", true), ("[\\d-]+$", "1-2", true), ("", "x", true), ("()", "x", true),
    ("(a*)*b", "aab", true),
    ("[é-ü]", "ö", true), ("[^x]", "é", true), ("\\/", "/", true), ("a||b", "zzz", true),
  ])
  func `fits`(_ pattern: String, _ text: String, _ fits: Bool) throws {
    let plan = try parse("name~" + FilterField.quoted(pattern)).plan
    #expect(plan.matches(act { $0.object?.name = text }) { nil } == fits)
  }

  @Test(arguments: [
    "(", ")", "[a", "*a", "a**+", "a{3,2}", "a{300}", "\\", "\\1", "\\p", "(?=a)", "[b-a]", "^*", "\\x4", "[[:alpha:]]",
    "a++",
  ])
  func `refuses`(_ pattern: String) throws {
    #expect(throws: FilterError.self) { try parse("name~" + FilterField.quoted(pattern)) }
  }

  @Test(
    .timeLimit(.minutes(1)),
    arguments: [
      ("^(a+)+$", true), ("^(a|a)*b", false), ("(a*)*(a*)*b", false), ("(((){200}){200}){200}", true),
      ("a{1,200}b", false),
    ])
  func `patterns that make others run for ever end`(_ pattern: String, _ fits: Bool) throws {
    let plan = try parse("name~" + FilterField.quoted(pattern)).plan
    let hostile = String(repeating: "a", count: 2000)
    #expect(plan.matches(act { $0.object?.name = hostile }) { nil } == fits)
  }

  @Test func `a pattern that grows without measure is refused`() throws {
    #expect(throws: FilterError.self) { try parse("name~" + FilterField.quoted("((((x?){50}){50}){50})")) }
  }
}
