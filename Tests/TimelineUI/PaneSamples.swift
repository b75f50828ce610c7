import AuditModel
import EventQueries
import ManifestDiff
import ObjectHistory
import TerminalScreen

@testable import TimelineUI

/// One policy with two lifetimes, and what stands around it: the story of the Change Log's and the Diff's screens.
enum Sample {
  static let key = ObjectKey(
    group: "projectcalico.org", resource: "globalnetworkpolicies", namespace: nil, name: "default.environment-isolation"
  )
  static let reference = ObjectReference(
    group: key.group, version: "v3", resource: key.resource, namespace: nil, name: key.name)

  static func time(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(seconds: 0) }
  static func json(_ text: String) -> JSONValue { (try? JSONValue(parsing: text)) ?? .null }

  static func act(
    _ row: UInt32, _ at: String, _ verb: String, by: String?, as mask: String? = nil, code: Int? = 200,
    outcome: Outcome = .changed, level: Level = .requestResponse
  ) -> Act {
    var act = Act(
      time: time(at), took: 0.038, verb: verb, code: code, outcome: outcome, level: level,
      stages: [StageSet(.requestReceived), StageSet(.responseComplete)], by: by, asUser: mask,
      groups: ["netsec", "system:authenticated"], ips: ["10.4.2.17", "192.0.2.8"],
      agent: "kubectl/v1.34.1 (linux/amd64)",
      object: reference, kind: "GlobalNetworkPolicy", tier: "default",
      auditID: "7693783f-26df-4e0c-8373-edad81508f\(row)",
      decision: "allow", reason: "RBAC: allowed by ClusterRoleBinding \"netsec-admin\" of ClusterRole \"netsec\"",
      source: SourcePosition(
        file: "ee-audit.log.3.gz", line: 48_200 + Int(row), offset: 61_204_000 + Int64(row), length: 9_412))
    act.id = ActID(segment: 1, row: row)
    act.contentID = ContentID(high: 0x5e1f_0000_0000_0000 + UInt64(row), low: 0xc2)
    return act
  }

  static func manifest(_ spec: String, generation: Int) -> JSONValue {
    json(
      """
      {"apiVersion":"projectcalico.org/v3","kind":"GlobalNetworkPolicy","metadata":{"name":"\(key.name)",
      "uid":"0b5c","resourceVersion":"\(9000 + generation)","generation":\(generation),
      "creationTimestamp":"2026-11-20T16:04:02Z","managedFields":[{"manager":"kubectl","time":"\(generation)"}]},
      "spec":{"tier":"default",\(spec)}}
      """)
  }

  static let before = """
    "order":100,"selector":"fw-zone == \\"dmz\\"","serviceAccountSelector":"","ingress":[
    {"action":"Deny","source":{"nets":["18.0.0.0/16"]}},{"action":"Deny","source":{},"destination":{
    "selector":"fw-zone == \\"trusted\\" || app == \\"logging\\" || app == \\"metrics\\""}},{"action":"Allow","source":{},
    "destination":{}}],"egress":[{"action":"Allow"}],"types":["Ingress","Egress"]
    """
  static let after = """
    "order":700,"selector":"env == \\"prod\\"","serviceAccountSelector":"","ingress":[
    {"action":"Allow","source":{"selector":"env != \\"prod\\""}}],"doNotTrack":false,"applyOnForward":false,
    "preDNAT":false,"types":["Ingress"]
    """
  static let first = """
    "order":500,"selector":"fw-zone == \\"dmz\\"","types":["Ingress"]
    """
  static let second = """
    "order":100,"selector":"fw-zone == \\"dmz\\"","types":["Ingress"]
    """

  static func revision(
    _ number: Int?, lifetime: Int, _ operation: Operation?, _ fidelity: Fidelity?, _ manifest: JSONValue?, _ act: Act?
  ) -> Revision {
    Revision(
      object: key, kind: "GlobalNetworkPolicy", uid: "uid-\(lifetime)", lifetime: lifetime, number: number,
      time: act?.time ?? time("2026-08-22T00:00:00Z"), operation: operation, fidelity: fidelity, manifest: manifest,
      act: act)
  }

  /// Oldest first.
  static let history = History(
    object: key, kind: "GlobalNetworkPolicy",
    revisions: [
      revision(1, lifetime: 1, .initial, .rebuilt, manifest(first, generation: 1), nil),
      revision(
        2, lifetime: 1, .update, .full, manifest(second, generation: 2),
        act(2, "2026-09-25T10:00:01Z", "update", by: "alice@example.com")),
      revision(
        nil, lifetime: 1, nil, nil, nil, act(3, "2026-10-01T10:00:00Z", "patch", by: "sa-drift", outcome: .noop)),
      revision(
        nil, lifetime: 1, nil, nil, nil, act(4, "2026-10-02T10:00:00Z", "patch", by: "sa-drift", outcome: .noop)),
      revision(
        nil, lifetime: 1, nil, nil, nil, act(5, "2026-10-03T10:00:00Z", "update", by: "carol", outcome: .dryrun)),
      revision(
        nil, lifetime: 1, nil, nil, nil,
        act(6, "2026-10-04T10:00:00Z", "update", by: "carol", code: 409, outcome: .conflict)),
      revision(
        3, lifetime: 1, .update, .truncated, nil,
        act(7, "2026-11-02T14:10:55Z", "update", by: "bob", as: "system:admin")),
      revision(
        4, lifetime: 1, .update, .rebuilt, manifest(before, generation: 4),
        act(8, "2026-11-12T08:00:13Z", "patch", by: "system:serviceaccount:ci:deployer")),
      revision(
        nil, lifetime: 1, .delete, nil, nil,
        act(9, "2026-11-18T09:20:11Z", "delete", by: "system:serviceaccount:ci:deployer")),
      revision(
        5, lifetime: 2, .create, .full, manifest(before, generation: 1),
        act(10, "2026-11-20T16:04:02Z", "create", by: "alice@example.com", code: 201)),
      revision(
        6, lifetime: 2, .update, .full, manifest(after, generation: 2),
        act(11, "2026-11-20T16:11:49.204113Z", "update", by: "alice@example.com")),
    ])
  static let log = ChangeLog(history)

  /// The same story where it does not add up: changed off the record before r4, past the API server before r6, one of
  /// the folded acts with a borrowed auditID; and its first row made no version.
  static let found: ChangeLog = {
    var history = Sample.history
    history.revisions[0] = Revision(
      object: key, kind: "GlobalNetworkPolicy", uid: "uid-1", lifetime: 1, number: nil,
      time: time("2026-08-22T00:00:00Z"), operation: .initial, fidelity: .metadata,
      sources: ["creationTimestamp 2026-08-22T00:00:00Z", "managedFields: Apply by kubectl at 2026-08-22T00:00:00Z"])
    history.findings = [
      Finding(
        kind: .reused, object: key, after: 2, before: 3, position: 4,
        evidence: ["auditID 7693783f-26df-4e0c-8373-edad81508f4 stands on a request about something else too"],
        since: time("2026-10-02T10:00:00Z"), until: time("2026-10-03T10:00:00Z")),
      Finding(
        kind: .outside, object: key, after: 3, before: 4, position: 7, paths: ["spec.selector"],
        evidence: ["generation 3 -> 5"], since: time("2026-11-02T14:10:55Z"), until: time("2026-11-12T08:00:13Z")),
      Finding(
        kind: .bypass, object: key, after: 5, before: 6, position: 10, paths: [],
        evidence: [
          "update of crd.projectcalico.org by alice@example.com with kubectl/v1.34.1 (linux/amd64), past the projectcalico.org API"
        ], since: time("2026-11-20T16:11:49Z"), until: time("2026-11-20T16:11:49Z")),
    ]
    return ChangeLog(history)
  }()
  static let update = ActID(segment: 1, row: 11)

  static func side(_ number: Int?) -> DiffSide { DiffSide(object: key, revision: number) }

  static func detail(_ act: Act? = nil, request: JSONValue? = nil, response: JSONValue?) -> ActDetail {
    let act = act ?? history.revisions[10].act ?? self.act(11, "2026-11-20T16:11:49Z", "update", by: nil)
    let text =
      #"{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"7693783f","userAgent":"kubectl"}"#
    return ActDetail(
      act: act, requestURI: "/apis/projectcalico.org/v3/globalnetworkpolicies/default.environment-isolation",
      request: request, response: response, annotations: [("example.com/ticket", "NET-42")],
      records: [RawRecord(stage: .responseComplete, source: act.source, bytes: Array(text.utf8))])
  }

  static func session(_ columns: Int = 80, _ rows: Int = 24, ascii: Bool = false) -> Session {
    var session = Session(
      size: Size(columns: columns, rows: rows), asciiOnly: ascii, now: time("2026-11-22T17:00:00Z"),
      sourceName: "sample-logs")
    session.storeVersion = 1
    return session
  }
}

/// One pane with a session of its own, as the model would handle them, but for navigation: effects are collected.
struct Stage<Content: Pane> {
  var pane: Content
  var session: Session
  var effects: [Effect] = []

  init(_ pane: Content, _ session: Session, _ answers: Answer...) {
    self.pane = pane
    self.session = session
    effects += self.pane.appear(&self.session)
    for answer in answers { receive(answer) }
  }

  mutating func receive(_ answer: Answer) { effects += pane.receive(answer, &session) }

  mutating func resize(_ columns: Int, _ rows: Int) {
    session.size = Size(columns: columns, rows: rows)
    effects += pane.appear(&session)
  }

  mutating func press(_ keys: String) {
    for key in Key.sequence(keys) {
      session.notice = nil
      effects += pane.press(key, &session) ?? []
    }
  }

  mutating func search(_ text: String, forward: Bool = true) {
    effects += pane.search(text, forward: forward, &session)
  }

  /// What the pane paints, and the title's subject above it.
  var screen: Screen {
    var screen = Screen(size: session.size, asciiOnly: session.asciiOnly)
    pane.render(into: &screen, area: Frame.area(session.size), session: session)
    screen.write(Content.title + "  " + pane.subject(session), x: 1, y: 0, style: .title)
    screen.write(session.notice ?? "", x: 1, y: session.size.rows - 1, style: .notice)
    return screen
  }
  /// Rows without blanks at their ends.
  var rows: [String] { screen.textRows.map { String($0.reversed().drop { $0 == " " }.reversed()) } }
  var text: String { rows.joined(separator: "\n") }
  /// The row with the focus.
  var focusedRow: String { rows.first { $0.prefix(3).contains(">") } ?? "" }

  /// Notices a cell without a glyph, or a cursor outside of the list.
  var isWhole: Bool {
    let screen = screen
    return (0..<screen.size.rows).allSatisfy { y in
      (0..<screen.size.columns).allSatisfy { x in
        !screen[x, y].glyph.isEmpty || (x > 0 && TextWidth.of(screen[x - 1, y].glyph) == 2)
      }
    }
  }
}

/// A generator that repeats itself for a seed (SplitMix64).
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(seed: UInt64) { state = seed &* 0x9E37_79B9_7F4A_7C15 &+ 1 }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
}

extension Key {
  /// As `Key.sequence` reads it.
  static func text(_ key: Key) -> String {
    switch key {
    case .character("<"): "<lt>"
    case .character(let character): String(character)
    case .control(let character): "<C-\(character)>"
    default: "<\(key.name)>"
    }
  }
}
