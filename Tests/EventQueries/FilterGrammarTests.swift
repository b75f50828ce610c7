import AuditModel
import EventQueries
import Testing

struct FilterGrammarTests {
  @Test(arguments: FilterLanguage.exampleFilters.map(\.filter))
  func `each example of the manual parses, and its print gives the same filter`(_ text: String) throws {
    let filter = try parse(text)
    #expect(try parse(filter.description) == filter)
  }

  @Test func `each example of a field and each macro parses`() throws {
    for field in FilterField.all {
      #expect(!field.examples.isEmpty, "\(field.name)")
      for example in field.examples { #expect(throws: Never.self, "\(example)") { try parse(example) } }
    }
    for macro in FilterMacro.all { #expect(throws: Never.self, "\(macro.name)") { try parse("@" + macro.name) } }
  }

  @Test(arguments: [
    ("", ""),
    ("  # only a comment", ""),
    ("verb:delete kind:netpol", "verb:delete kind:netpol"),
    ("verb:delete AND kind:netpol", "verb:delete kind:netpol"),
    ("a or b c", "a or b c"),
    ("(a or b) c", "(a or b) c"),
    ("((a b) (c))", "a b c"),
    ("(a or (b or c))", "a or b or c"),
    ("NOT verb:get", "-verb:get"),
    ("not (a or b)", "-(a or b)"),
    ("NOT(a b)", "-(a b)"),
    ("--a", "--a"),
    ("VERB:get", "verb:get"),
    ("namespace:shop", "ns:shop"),
    ("user.username:alice", "by:alice"),
    ("objectRef.name:x # why", "name:x"),
    ("code >= 500", "code>=500"),
    ("code==403", "code=403"),
    ("verb = get", "verb=get"),
    ("code:>=500", "code>=500"),
    ("kind IN {gnp, netpol}", "kind:gnp,netpol"),
    ("kind NOTIN {gnp,netpol}", "-kind:gnp,netpol"),
    ("kind in (gnp or netpol)", "kind:gnp,netpol"),
    ("verb in get,list", "verb:get,list"),
    ("kind:{gnp}", "kind:gnp"),
    ("\"verb\"=get", "verb=get"),
    ("code:[400 TO 499]", "code:400..499"),
    ("code:[* to 499]", "code:..499"),
    ("code:400..", "code:400.."),
    ("time:[\"2026-11-20 10:00\" TO 2026-11-21]", "time:\"2026-11-20 10:00\"..2026-11-21"),
    ("name:\"a*\"", "name:\"a*\""),
    ("name=a*", "name=\"a*\""),
    ("name:a*", "name:a*"),
    ("name:/^a b\\/c/i", "name:/^a b\\/c/i"),
    ("name~^allow", "name~/^allow/"),
    ("\"in\"", "\"in\""),
    ("logs in shop", "logs \"in\" shop"),
    ("*web*", "web"),
    ("/healthz", "\"/healthz\""),
    ("/api/v1/pods", "\"/api/v1/pods\""),
    ("src_file:/var/log/x.log", "src_file:\"/var/log/x.log\""),
    ("actor:system:serviceaccount:ci:deployer", "actor:system:serviceaccount:ci:deployer"),
    ("(actor:sa:ci/*)", "actor:sa:ci/*"),
    ("at:\"2026-11-20 16:12\"+-30m", "at:\"2026-11-20 16:12+-30m\""),
    (".spec.rules[].ports[0].\"a.b\":x", ".spec.rules[].ports[0].\"a.b\":x"),
    ("requestObject.kind:DeleteOptions", "requestObject.kind:DeleteOptions"),
    ("foo(bar)", "foo bar"),
    ("/healthz agent:/kube/", "\"/healthz\" agent:/kube/"),
    ("obj:/x name:/x/", "obj:\"/x\" name:/x/"),
    ("name:\"\\u{1b}[0m\"", "name:\"\\u{1b}[0m\""),
    ("api:\"\"", "api:\"\""),
  ])
  func `prints`(_ text: String, _ printed: String) throws {
    let filter = try parse(text)
    #expect(filter.description == printed)
    #expect(try parse(printed) == filter)
  }

  @Test(arguments: [
    ("usr:alice", 1, "no field \"usr\""),
    ("ns:shop nmae:x", 9, "no field \"nmae\""),
    ("name:", 6, "a value is missing after name:"),
    ("name: x", 6, "a value is missing after name:"),
    ("name:a,", 8, "a value is missing after name:"),
    ("(a", 1, "this ( is never closed"),
    ("a)", 2, "this ) closes nothing"),
    ("()", 2, "a term is missing"),
    ("a or", 3, "OR needs a term after it"),
    ("or a", 1, "OR needs a term before it"),
    ("a and", 3, "AND needs a term after it"),
    ("not", 1, "NOT needs a term after it"),
    ("a - b", 3, "- needs a term right after it"),
    ("a \"b", 3, "this quote is never closed"),
    ("kind:{a,b", 6, "this { is never closed"),
    ("code:abc", 6, "no whole number: \"abc\""),
    ("code>1,2", 8, "> takes one value"),
    ("code:5..1", 6, "the range ends before it begins"),
    ("ip:10.0.0.0/33", 4, "neither an address nor a network: \"10.0.0.0/33\""),
    ("ip:1.1.1.1,10.0.0.300", 12, "neither an address nor a network: \"10.0.0.300\""),
    ("since:soon", 7, "no time: \"soon\""),
    ("time:2026-02-30", 6, "no time: \"2026-02-30\""),
    ("took>fast", 6, "no duration: \"fast\"; write 50ms, 2s, 1m30s"),
    ("name:/a(b/", 8, "in the regular expression: this ( is never closed"),
    ("name~/(a)\\1/", 10, "in the regular expression: backreferences are not supported"),
    ("human:maybe", 7, "human is true or false"),
    ("name>x", 6, "name has no order: > needs a number or a time"),
    ("@nothing", 1, "no macro @nothing"),
    ("@@view", 1, "saved views (@@name) cannot be used here"),
    ("code:403 | count by actor", 10, "stages after | go with `whodiff log` and `whodiff count` only"),
    ("cuont > 100 AND client_name=mypod", 1, "no field \"cuont\""),
    ("src~/a(b/", 7, "in the regular expression: this ( is never closed"),
    ("action:dney", 8, "action cannot be \"dney\"; it is one of allow, deny, pass"),
    ("src.ip:web", 8, "neither an address nor a network: \"web\""),
    ("latency>fast", 9, "no duration: \"fast\"; write 50ms, 2s, 1m30s"),
    ("qname>x", 7, "qname has no order: > needs a number or a time"),
    ("name:\"a\"b", 9, "a space is expected after the value; put values with such characters in quotes"),
    ("héé usr:x", 5, "no field \"usr\""),
  ])
  func `tells where a text is no filter, and why`(_ text: String, _ column: Int, _ message: String) throws {
    let found = try #require(error(text))
    #expect(found.message == message)
    #expect(found.column == column)
  }

  @Test func `an unknown field brings up to three names that look like it, and the words as a search`() throws {
    let found = try #require(error("nmae:web-1"))
    #expect(found.suggestions.first == "name")
    #expect(found.suggestions.count <= 3)
    #expect(found.asText == "\"nmae:web-1\"")
    #expect(try parse("\"nmae:web-1\"").terms.count == 1)
    #expect(error("outcome:denyed")?.suggestions == ["denied"])
    #expect(error("@polcy")?.suggestions == ["@policy"])
    #expect(try #require(error("http://x/y")).asText == "\"http://x/y\"")
  }

  @Test func `deep nesting, long texts and macros that mean themselves are errors, not crashes`() throws {
    #expect(error(String(repeating: "(", count: 5000))?.message == "nested too deeply")
    #expect(error(String(repeating: "-", count: 5000) + "a")?.message == "nested too deeply")
    #expect(error(String(repeating: "a ", count: 20_000)) != nil)
    let circle = FilterContext(now: afternoon, macros: ["a": "@b", "b": "x @a"])
    #expect(error("@a", circle)?.message == "in @a: in @b: @a stands for itself")
    let broken = FilterContext(now: afternoon, macros: ["mine": "usr:x"])
    #expect(error("ns:x @mine", broken)?.column == 6)
  }

  @Test func `a context's macro goes before the shipped one of its name`() throws {
    let own = FilterContext(now: afternoon, macros: ["human": "by:bob"])
    #expect(try parse("@human", own).plan.matches(act { $0.by = "bob" }) { nil })
    #expect(try !parse("@human", own).plan.matches(act()) { nil })
    #expect(try parse("@human", own).description == "@human")
  }

  @Test func `terms come apart, go and are added`() throws {
    let filter = try parse("@policy (a or b) -ns:x")
    #expect(filter.terms.map(\.description) == ["@policy", "a or b", "-ns:x"])
    #expect(filter.removing(term: 1).description == "@policy -ns:x")
    #expect(filter.removing(term: 7) == filter)
    #expect(try parse("a").removing(term: 0).isEverything)
    #expect(Filter.everything.terms.isEmpty)
    #expect(Filter.everything.adding(field: "ns", value: "shop").description == "ns:shop")
    #expect(try parse("a or b").adding(field: "ns", value: "shop").description == "(a or b) ns:shop")
    #expect(filter.adding(field: "ns", value: "x", excluded: true) == filter)
    #expect(filter.adding(field: "ns", value: "x").description == "@policy (a or b) ns:x")
    #expect(filter.adding(absenceOf: "tier").description == "@policy (a or b) -ns:x -tier:*")
    #expect(filter.adding(field: "nothing", value: "x") == filter)
    #expect(try parse("a b").and(try parse("c")).description == "a b c")
    #expect(try parse("a").and(.everything).description == "a")
  }

  @Test(arguments: [
    "plain", "with space", "quote\"s", "back\\slash", "star*", "what?", "\u{1b}[31mred", "a,b", "(x)", "{y}", "..",
    "a..b",
    "/slash/", "/slash/i", ">5", "=x", "~x", "#x", "-x", "@x", "", " ", "in", "é\u{301}", "\u{202e}evil", "a\u{0}b",
    "ünï",
    "\\u{1b}", "name:x", "[a TO b]", "\u{a0}", "\u{301}x",
  ])
  func `a quoted value means exactly itself`(_ value: String) throws {
    let written = FilterField.quoted(value)
    #expect(written.unicodeScalars.allSatisfy { $0.value >= 0x20 && $0 != "\u{202e}" && $0 != "\u{1b}" })
    let plan = try parse("name:" + written).plan
    #expect(plan.matches(act { $0.object?.name = value }) { nil })
    #expect(!plan.matches(act { $0.object?.name = value + "x" }) { nil })
    #expect(Filter.everything.adding(field: "name", value: value).plan.matches(act { $0.object?.name = value }) { nil })
  }

  @Test(arguments: [
    (
      "@writes kind:gnp,netpol since:\"2026-11-16 09:30\"",
      "writes AND kind in (gnp, netpol) AND since 2026-11-16 09:30 UTC"
    ),
    ("", "everything"),
    ("-kind:gnp,netpol", "kind not in (gnp, netpol)"),
    ("name:a", "name is a"),
    ("name!=a", "name is not exactly a"),
    ("name:a*", "name like a*"),
    ("-name~^a", "name not matching /^a/"),
    ("-tier:*", "no tier"),
    ("human:false", "not human"),
    ("-human:false", "human"),
    ("code>=500", "code >= 500"),
    ("until:2026-11-20", "until 2026-11-21 00:00 UTC"),
    ("at:\"2026-11-20 16:12\"+-30m", "from 2026-11-20 15:42 to 2026-11-20 16:42 UTC"),
    ("a or -@human b", "text \"a\" OR (not human AND text \"b\")"),
  ])
  func `says in words`(_ text: String, _ words: String) throws {
    #expect(try parse(text).echo(zone: .utc) == words)
  }

  @Test func `the manual holds every field and macro, once and whole`() {
    let manual = FilterLanguage.markdown
    for field in FilterField.all { #expect(manual.contains("| `\(field.name)` | \(field.type.label) |")) }
    for macro in FilterMacro.all { #expect(manual.contains("| `@\(macro.name)` |")) }
    let names = FilterField.all.flatMap { [$0.name] + $0.aliases }.map { $0.lowercased() }
    #expect(Set(names).count == names.count)
  }
}
