import AuditModel
import ManifestDiff
import Testing

private func values(_ old: String?, _ new: String?) throws -> ChangedValues {
  ChangedValues(VersionDiff(from: try old.map(json), to: try new.map(json)).fields)
}

struct ChangedValuesTests {
  @Test func `a rule that is added tells all that it holds`() throws {
    let found = try values(
      #"{"spec":{"egress":[{"to":"10.0.0.0/8"}]}}"#,
      #"{"spec":{"egress":[{"to":"10.0.0.0/8"},{"to":"0.0.0.0/0","ports":[443]}]}}"#)
    #expect(found.paths == ["spec.egress[1]", "spec.egress[1].to", "spec.egress[1].ports[0]"])
    #expect(found.added == ["0.0.0.0/0", "443"])
    #expect(found.removed == [])
  }

  @Test func `an order that changes adds and removes nothing`() throws {
    let found = try values(#"{"spec":{"rules":[{"a":1},{"b":2}]}}"#, #"{"spec":{"rules":[{"b":2},{"a":1}]}}"#)
    #expect(!found.paths.isEmpty)
    #expect(found.added == [] && found.removed == [])
  }

  @Test func `a value that is granted in another place, or once more, counts as added`() throws {
    let moved = try values(#"{"ingress":[{"net":"0.0.0.0/0"}]}"#, #"{"egress":[{"net":"0.0.0.0/0"}]}"#)
    #expect(moved.added == ["0.0.0.0/0"] && moved.removed == ["0.0.0.0/0"])
    let again = try values(
      #"{"rules":[{"resources":["pods"],"verbs":["*"]}]}"#,
      #"{"rules":[{"resources":["pods"],"verbs":["*"]},{"resources":["secrets"],"verbs":["*"]}]}"#)
    #expect(again.added == ["*", "secrets"])
  }

  @Test func `a whole object differs in all that it holds, machine fields aside`() throws {
    let object = #"{"metadata":{"name":"web","uid":"u","labels":{"a/b":"x"}},"spec":{"podSelector":{},"on":true}}"#
    let made = try values(nil, object)
    #expect(made.paths.contains("spec.podSelector") && made.paths.contains("metadata.labels.a/b"))
    #expect(made.added == ["true", "web", "x"] && made.removed == [])
    let gone = try values(object, nil)
    #expect(gone.removed == made.added && gone.added == [])
    #expect(Set(gone.paths) == Set(made.paths))
  }

  @Test func `a number is its own text, and values of equal path and text are none`() throws {
    let found = try values(#"{"a":[{"x":1,"y":9007199254740993}]}"#, #"{"a":[{"x":1.5,"y":9007199254740993}]}"#)
    #expect(found.added == ["1.5"] && found.removed == ["1"])
    #expect(found.paths == ["a[0].x"])
  }
}
