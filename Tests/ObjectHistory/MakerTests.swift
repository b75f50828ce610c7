import AuditModel
import ObjectHistory
import Testing

/// Labels and an order, which the clocks of two servers cannot mix up.
private func stored(_ version: Int, _ label: String, order: Int) -> String {
  policy("u1", version, #""spec":{"order":\#(order)}"#, metadata: #""labels":{"app":"\#(label)"}"#)
}

private func outcomes(_ history: History) -> [String: String] {
  Dictionary(
    history.revisions.compactMap(\.act).map { ($0.auditID ?? "", $0.outcome.name) }, uniquingKeysWith: { one, _ in one }
  )
}

private let relabel = #"{"metadata":{"labels":{"app":"a"}}}"#
private let reorder = #"{"spec":{"order":2}}"#

@Test func `the write that touches what differs made the version, whatever clocks say`() throws {
  // By its server's clock, the patch that found the labels there came first.
  let history = History.of(
    web,
    acts: [
      try act("create", at: 1, code: 201, auditID: "made", response: stored(5, "a", order: 1)),
      try act("patch", at: 5, auditID: "found", request: relabel, response: stored(6, "a", order: 2)),
      try act("patch", at: 9, outcome: .noop, auditID: "wrote", request: reorder, response: stored(6, "a", order: 2)),
    ])
  #expect(outcomes(history) == ["made": "changed", "found": "noop", "wrote": "changed"])
  #expect(rows(history) == ["1 r1 create F 5 manifest", "1 r2 update F 6 manifest", "1 - (noop) - 6"])
  #expect(history.findings.isEmpty)
}

@Test func `what both may have written is left as it was`() throws {
  let acts = [
    try act("create", at: 1, code: 201, auditID: "made", response: stored(5, "a", order: 1)),
    try act("patch", at: 5, auditID: "first", request: reorder, response: stored(6, "a", order: 2)),
    try act("patch", at: 9, outcome: .noop, auditID: "again", request: reorder, response: stored(6, "a", order: 2)),
  ]
  #expect(outcomes(History.of(web, acts: acts))["again"] == "noop")
}

@Test func `who sent the version that came back did not make it, whatever else had changed unseen`() throws {
  let acts = [
    try act("create", at: 1, code: 201, auditID: "made", response: stored(5, "a", order: 1)),
    try act("patch", at: 5, auditID: "wrote", request: reorder, response: stored(7, "b", order: 2)),
    try act(
      "update", at: 9, outcome: .noop, auditID: "found", request: stored(7, "b", order: 2),
      response: stored(7, "b", order: 2)),
  ]
  #expect(outcomes(History.of(web, acts: acts)) == ["made": "changed", "wrote": "changed", "found": "noop"])
}

@Test func `who left a mark made the version, whatever else had changed unseen`() throws {
  func marked(_ version: Int, _ label: String, order: Int) -> String {
    policy(
      "u1", version, #""spec":{"order":\#(order)}"#,
      metadata: #""labels":{"app":"\#(label)"},"#
        + #""managedFields":[{"manager":"kubectl","operation":"Update","time":"1970-01-01T00:00:05Z","fieldsV1":{}}]"#)
  }
  let acts = [
    try act("create", at: 1, code: 201, auditID: "made", response: stored(5, "a", order: 1)),
    try act("patch", at: 5, agent: "kubectl", auditID: "wrote", request: reorder, response: marked(7, "b", order: 2)),
    try act(
      "update", at: 9, outcome: .noop, agent: "argo", auditID: "found", request: #"{"spec":{}}"#,
      response: marked(7, "b", order: 2)),
  ]
  #expect(outcomes(History.of(web, acts: acts)) == ["made": "changed", "wrote": "changed", "found": "noop"])
}

@Test func `without the version before nobody can tell`() throws {
  let acts = [
    try act("patch", at: 5, auditID: "found", request: relabel, response: stored(6, "a", order: 2)),
    try act("patch", at: 9, outcome: .noop, auditID: "wrote", request: reorder, response: stored(6, "a", order: 2)),
  ]
  #expect(outcomes(History.of(web, acts: acts)) == ["found": "changed", "wrote": "noop"])
}

@Test func `outcomes are those of the revisions`() throws {
  let acts = [
    try act("create", at: 1, code: 201, level: .request, auditID: "1", request: stored(5, "a", order: 1)),
    try act("patch", at: 2, level: .request, auditID: "2", request: relabel),
    try act("patch", at: 3, level: .request, auditID: "3", request: reorder),
    try act("patch", at: 4, outcome: .denied, level: .request, auditID: "4", request: reorder),
  ]
  let found = History.outcomes(of: web, acts: acts, context: HistoryContext())
  #expect(Set(found.values) == [.changed, .noop])
  #expect(found.filter { $0.value == .noop }.map(\.key.row) == [2])
}

@Test func `a version that the store had reached orders two lives where clocks do not`() throws {
  let acts = [
    try act("create", at: 100, code: 201, response: policy("u1", 5)),
    try act("delete", at: 40, response: #"{"kind":"Status","details":{"uid":"u2"}}"#),
  ]
  let stepped = HistoryContext(hasClockSteps: true)
  #expect(History.of(web, acts: acts, context: stepped).findings.isEmpty)
  var known = stepped
  known.versionsBefore = [acts[1].act.id: 8]
  let history = History.of(web, acts: acts, context: known)
  #expect(history.findings.map(\.kind) == [.outside])
  #expect(history.findings.first?.evidence.first?.hasPrefix("uid u1 -> u2") == true)
  // It came before: then the other was made afterwards, and nothing is missing.
  known.versionsBefore = [acts[1].act.id: 4]
  #expect(History.of(web, acts: acts, context: known).findings.isEmpty)
}
