import EventQueries
import Testing

@Suite struct UnrecognisedSourceTests {
  private let formats = [
    (format: "audit", needs: "auditID with verb, stage or requestURI"),
    (format: "flow", needs: "policies.enforced, with source_name or dest_name"),
    (format: "node", needs: "- Time=TIME Reporter=WORD Action=WORD"),
  ]

  private func order(_ text: String) -> [String] {
    UnrecognisedSource.nearestFirst(formats, to: Array(text.utf8)).map(\.format)
  }

  @Test func `formats come first whose names stand in the text`() {
    #expect(order(#"{"source_name": "web", "policies": {}, "stage": 1}"#) == ["flow", "audit", "node"])
    #expect(order("Action=allow Reporter=Src") == ["node", "audit", "flow"])
    #expect(order("verb: get\nstage: x\n") == ["audit", "flow", "node"])
  }

  @Test func `what holds a zero byte is no text`() {
    #expect(UnrecognisedSource.isBinary(Array("\u{7f}ELF\u{0}".utf8)))
    #expect(!UnrecognisedSource.isBinary(Array("kein Text mit Nullen: \u{1b}[2J ü".utf8)))
    #expect(!UnrecognisedSource.isBinary([]))
  }

  @Test func `a text that has no names leaves them as they are`() {
    for text in ["", "\u{7f}ELF\u{0}", "with source_name or verb"] {
      #expect(order(text) == ["audit", "flow", "node"])
    }
  }
}
