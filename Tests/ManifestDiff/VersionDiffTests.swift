import AuditModel
import ManifestDiff
import Testing

private func diff(_ old: String, _ new: String) throws -> VersionDiff {
  VersionDiff(from: try json(old), to: try json(new))
}

@Test func `the order of keys is no difference`() throws {
  let diff = try diff(#"{"a":1,"b":{"x":1,"y":2},"c":3}"#, #"{"c":3,"b":{"y":2,"x":1},"a":1}"#)
  #expect(diff.fields.isEmpty)
  #expect(diff.lines.allSatisfy { $0.operation == .same })
}

@Test func `a changed word is marked in its line`() throws {
  let diff = try diff(
    #"{"spec":{"order":100,"selector":"fw-zone == \"dmz\""}}"#, #"{"spec":{"order":700,"selector":"env == \"prod\""}}"#)
  #expect(
    words(diff.fields) == [
      "replace spec.order 100 700", #"replace spec.selector "fw-zone == \"dmz\"" "env == \"prod\"""#,
    ])
  #expect(
    rows(diff) == [
      "  spec:", "~   order: [100] |   order: {700}",
      #"~   selector: [fw-zone] == "[dmz]" |   selector: {env} == "{prod}""#,
    ])
}

@Test func `a rule put in front does not drag the others along`() throws {
  let diff = try diff(
    #"{"spec":{"ingress":[{"action":"Deny","nets":["a"]},{"action":"Pass"}]}}"#,
    #"{"spec":{"ingress":[{"action":"Allow"},{"action":"Deny","nets":["b"]},{"action":"Pass"}]}}"#)
  #expect(
    rows(diff) == [
      "  spec:", "    ingress:", "+   - action: Allow", "    - action: Deny", "      nets:", "~     - [a] |     - {b}",
      "    - action: Pass",
    ])
  #expect(
    words(diff.fields) == [
      #"add spec.ingress[0] {"action":"Allow"}"#, #"replace spec.ingress[1].nets[0] "a" "b""#,
    ])
}

@Test func `rules that change places are moved, not removed and added`() throws {
  let diff = try diff(#"{"egress":[{"a":1},{"b":2},{"c":3}]}"#, #"{"egress":[{"c":3},{"a":1},{"b":2}]}"#)
  #expect(words(diff.fields) == [#"move egress[0] egress[2] {"c":3} {"c":3}"#])
  #expect(rows(diff) == ["  egress:", "+m - c: 3", "  - a: 1", "  - b: 2", "-m - c: 3"])
}

@Test func `things with names are paired by name`() throws {
  let diff = try diff(
    #"{"containers":[{"name":"a","image":"1"},{"name":"b","image":"1"}]}"#,
    #"{"containers":[{"name":"b","image":"2"},{"name":"c","image":"1"}]}"#)
  #expect(
    words(diff.fields) == [
      #"remove containers[0] {"name":"a","image":"1"}"#, #"replace containers[0].image "1" "2""#,
      #"add containers[1] {"name":"c","image":"1"}"#,
    ])
}

@Test func `subjects are paired by kind, namespace and name`() throws {
  let diff = try diff(
    #"{"subjects":[{"kind":"User","name":"a"},{"kind":"ServiceAccount","namespace":"x","name":"a"}]}"#,
    #"{"subjects":[{"kind":"ServiceAccount","namespace":"x","name":"a","apiGroup":""},{"kind":"Group","name":"a"}]}"#)
  #expect(
    words(diff.fields).map { $0.prefix(24) } == [
      "remove subjects[0] {\"kin", "add subjects[0].apiGroup", "add subjects[1] {\"kind\":",
    ])
}

@Test func `a named thing that moved and changed shows both`() throws {
  let diff = try diff(
    #"{"env":[{"name":"a","value":"1"},{"name":"b"},{"name":"c"}]}"#,
    #"{"env":[{"name":"b"},{"name":"c"},{"name":"a","value":"2"}]}"#)
  #expect(words(diff.fields).map { $0.prefix(22) } == ["move env[2] env[0] {\"n", "replace env[2].value \""])
  #expect(
    rows(diff) == [
      "  env:", "-m - name: a", "-   value: \"[1]\"", "  - name: b", "  - name: c", "+m - name: a",
      "+   value: \"{2}\"",
    ])
}

@Test func `an item whose first key changes keeps its dash`() throws {
  let diff = try diff(#"{"from":[{"a":1,"b":2}]}"#, #"{"from":[{"b":2}]}"#)
  #expect(diff.lines.compactMap { $0.old?.text } == ["from:", "- a: 1", "  b: 2"])
  #expect(diff.lines.compactMap { $0.new?.text } == ["from:", "- b: 2"])
  #expect(words(diff.fields) == ["remove from[0].a 1"])
}

@Test func `an empty object that is filled gets fields`() throws {
  let diff = try diff(#"{"podSelector":{},"x":[]}"#, #"{"podSelector":{"matchLabels":{"a":"b"}},"x":[1]}"#)
  #expect(words(diff.fields) == [#"add podSelector.matchLabels {"a":"b"}"#, "add x[0] 1"])
  #expect(
    rows(diff) == [
      "~ podSelector:[ {}] | podSelector:", "+   matchLabels:", "+     a: b", "~ x:[ []] | x:", "+ - 1",
    ])
}

@Test func `machine fields are hidden, counted and shown on demand`() throws {
  let old = try json(#"{"metadata":{"name":"x","resourceVersion":"1","generation":1},"status":{"a":1}}"#)
  let new = try json(#"{"metadata":{"name":"x","resourceVersion":"2","generation":1},"status":{"a":2}}"#)
  let hidden = VersionDiff(from: old, to: new)
  #expect(hidden.fields.isEmpty)
  #expect(hidden.hiddenMachineFields == 2)
  let shown = VersionDiff(from: old, to: new, options: .init(showsMachineFields: true))
  #expect(shown.fields.map(\.path) == ["metadata.resourceVersion", "status.a"])
  #expect(shown.hiddenMachineFields == 0)
}

@Test func `a first kubectl apply adds no annotations`() throws {
  let old = try json(#"{"metadata":{"name":"x"}}"#)
  let new = try json(
    #"{"metadata":{"name":"x","annotations":{"kubectl.kubernetes.io/last-applied-configuration":"{}"}}}"#)
  #expect(VersionDiff(from: old, to: new).fields.isEmpty)
  #expect(VersionDiff(from: old, to: new).jsonPatch.array?.isEmpty == true)
}

@Test func `without an object on one side everything came or went`() throws {
  let manifest = try json(#"{"kind":"Tier","metadata":{"name":"x"}}"#)
  let created = VersionDiff(from: nil, to: manifest)
  #expect(created.fields.map(\.path) == ["kind", "metadata"])
  #expect(created.lines.map(\.right) == [1, 2, 3])
  #expect(created.summary(limit: 40) == "new 3 lines")
  let gone = VersionDiff(from: manifest, to: nil)
  #expect(gone.lines.allSatisfy { $0.operation == .remove })
  #expect(gone.summary(limit: 40) == "gone 3 lines")
  #expect(VersionDiff(from: nil, to: nil).lines.isEmpty)
}

@Test func `letters that only look the same differ`() throws {
  let diff = try diff("{\"a\":\"\u{E9}\"}", "{\"a\":\"e\u{301}\"}")
  #expect(diff.fields.count == 1)
  #expect(diff.lines[0].operation == .change)
}

@Test func `other digits for the same number are no difference`() throws {
  let diff = try diff(#"{"a":1.0,"b":2}"#, #"{"a":1,"b":2}"#)
  #expect(diff.fields.isEmpty)
  #expect(diff.lines.allSatisfy { $0.operation == .same })
  #expect(diff.lines[0].old?.text == "a: 1.0")
  #expect(diff.lines[0].new?.text == "a: 1")
  #expect(try !VersionDiff(from: json(#"{"a":9007199254740993}"#), to: json(#"{"a":9007199254740992}"#)).fields.isEmpty)
}

@Test(arguments: [
  (#"{"spec":{"order":100,"ingress":[1]}}"#, #"{"spec":{"order":700,"ingress":[2]}}"#, "order 100 -> 700, ingress[0]"),
  (#"{"metadata":{"labels":{"a":"1"}}}"#, #"{"metadata":{"labels":{"a":"2"}}}"#, "labels only"),
  (
    #"{"metadata":{"labels":{"a":"1"}}}"#, #"{"metadata":{"labels":{},"annotations":{"a":"b"}}}"#,
    "labels, annotations only"
  ),
  (
    #"{"spec":{"egress":[{"a":1},{"b":2}]}}"#, #"{"spec":{"egress":[{"b":2},{"c":1},{"a":1}]}}"#,
    "+egress[1], egress[2] moved"
  ),
  (#"{"spec":{"a":1,"b":1,"c":1,"d":1}}"#, #"{"spec":{"a":2,"b":2,"c":2,"d":2}}"#, "a 1 -> 2, b 1 -> 2, +2"),
  (
    #"{"metadata":{"annotations":{"a.b":"1"}},"data":{"x.y":1}}"#,
    #"{"metadata":{"annotations":{"a.b":"2"}},"data":{"x.y":2}}"#, "data[\"x.y\"], annotations"
  ),
  (#"{"status":1}"#, #"{"status":2}"#, "status only"),
  (#"{"a":1}"#, #"{"a":1}"#, ""),
])
func `a few words say what changed`(old: String, new: String, words: String) throws {
  #expect(try diff(old, new).summary(limit: 28) == words)
}

@Test func `what appears or vanishes whole is one hunk`() throws {
  let manifest = try JSONValue(
    parsing: #"{"kind":"Tier","metadata":{"name":"a","labels":{"x":"1"}},"spec":{"order":1}}"#)
  for diff in [VersionDiff(from: nil, to: manifest), VersionDiff(from: manifest, to: nil)] {
    let hunks = diff.hunks()
    #expect(hunks.map(\.title) == ["the whole object"])
    #expect(hunks[0].changed == diff.lines.indices)
  }
}

@Test func `hunks end with their section`() throws {
  let diff = try diff(
    #"{"metadata":{"name":"x","labels":{"a":"1"}},"spec":{"tier":"t","order":1,"selector":"s","ingress":[{"action":"Deny","p":1}]}}"#,
    #"{"metadata":{"name":"x","labels":{"a":"2"}},"spec":{"tier":"t","order":2,"selector":"s","ingress":[{"action":"Allow","p":1}]}}"#
  )
  let hunks = diff.hunks()
  #expect(hunks.map(\.title) == ["metadata.labels", "spec", "spec.ingress (order matters)"])
  #expect(
    hunks.map { diff.lines[$0.changed.lowerBound].path } == [
      "metadata.labels.a", "spec.order", "spec.ingress[0].action",
    ])
  #expect(zip(hunks, hunks.dropFirst()).allSatisfy { $0.rows.upperBound <= $1.rows.lowerBound })
  #expect(diff.counts == (0, 0, 3))
}

@Test func `a unified text is what patch takes`() throws {
  let diff = try diff(#"{"a":1,"b":1,"c":1,"d":1,"e":1,"f":[1,2]}"#, #"{"a":1,"b":1,"c":1,"d":1,"e":2,"f":[2]}"#)
  #expect(
    diff.unifiedText(leftName: "old\n", rightName: "new") == """
      --- old\\n
      +++ new
      @@ -2,7 +2,6 @@
       b: 1
       c: 1
       d: 1
      -e: 1
      +e: 2
       f:
      -- 1
       - 2

      """)
  #expect(
    VersionDiff(from: nil, to: .object(["a": .null])).unifiedText(leftName: "o", rightName: "n")
      == "--- o\n+++ n\n@@ -0,0 +1 @@\n+a: null\n")
}
