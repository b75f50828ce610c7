import AuditModel
import EventQueries
import Testing

struct FilterCompletionTests {
  /// `|` stands for the cursor.
  private func complete(_ text: String) -> FilterCompletion? {
    let parts = text.split(separator: "|", omittingEmptySubsequences: false)
    return FilterCompletion.at(cursor: parts[0].count, in: parts.joined(), context: context)
  }

  /// The text after the first candidate was accepted.
  private func accept(_ text: String) -> String? {
    guard let found = complete(text), let first = found.candidates.first else { return nil }
    var characters = Array(text.replacing("|", with: ""))
    characters.replaceSubrange(found.range, with: Array(first.text))
    return String(characters)
  }

  @Test(arguments: [
    ("ver|", "verb:"), ("ns:shop ver|", "ns:shop verb:"), ("-ver|", "-verb:"), ("(a or ver|", "(a or verb:"),
    ("v|erb:get", "verb:get"),
    ("userA|", "agent:"), ("outcome:cha|", "outcome:changed"), ("outcome:noop,cha|", "outcome:noop,changed"),
    ("outcome:cha|nged ns:x", "outcome:changed ns:x"), ("outcome:\"cha|\"", "outcome:changed"),
    ("outcome:{noop, cha|", "outcome:{noop, changed"),
    ("outcome in (noop, cha|", "outcome in (noop, changed"), ("result!=den|", "result!=denied"), ("@pol|", "@policy"),
    ("ns:a @pol|xx b", "ns:a @policy b"), ("kind:gn|", "kind:gnp"), ("verb:dele|", "verb:delete"),
    ("level:m|", "level:Metadata"),
    ("\"a b\" ver|", "\"a b\" verb:"), ("name:\"a b\" ver|", "name:\"a b\" verb:"), ("é ver|", "é verb:"),
  ])
  func `accepting the first candidate`(_ before: String, _ after: String) { #expect(accept(before) == after) }

  @Test func `tells what is being typed`() {
    #expect(complete("|")?.subject == .field)
    #expect(complete("|")?.candidates.count == FilterField.all.count)
    #expect(complete("actor:al|")?.subject == .value(field: "actor"))
    #expect(complete("user:al|")?.subject == .value(field: "actor"))
    #expect(complete("actor:al|")?.wantsFacets == true)
    #expect(complete("actor:al|")?.prefix == "al")
    #expect(complete("actor:\"al b|")?.prefix == "al b")
    #expect(complete("actor:system:serviceaccount:c|")?.prefix == "system:serviceaccount:c")
    #expect(complete("outcome:|")?.wantsFacets == false)
    #expect(complete("outcome:|")?.candidates.count == Outcome.allCases.count - 1)
    #expect(complete("@|")?.subject == .macro)
    #expect(complete("ns:x |")?.subject == .field)
    #expect(complete("ns:x|")?.range == 3..<4)
    #expect(FilterCompletion.candidate(value: "a b").text == "\"a b\"")
  }

  @Test(arguments: [
    "\"a ver|", "# ver|", "/ver|", ".requestObject.ver|", "nothing:ver|", "name:/ver|", "@@v|", "\"ver\"|",
  ])
  func `offers nothing`(_ text: String) { #expect(complete(text) == nil) }
}
