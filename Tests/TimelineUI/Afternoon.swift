import AuditModel
import EventQueries
import TerminalScreen
import TimelineUI

/// A user in front of the program: keys go in as they would be typed, requests are answered at once from a fake store.
struct Afternoon {
  var model: TimelineModel
  var store: FakeStore
  /// Effects that were neither requests nor navigation, in order.
  var effects: [Effect] = []
  /// Requests that wait, while `answersAtOnce` is off.
  var waiting: [Request] = []
  var answersAtOnce = true
  /// Requests seen so far.
  var asked: [Request] = []

  init(
    _ acts: [Act] = Story.acts, columns: Int = 80, rows: Int = 24, ascii: Bool = false, monochrome: Bool = false,
    filter: Filter = .everything, level: ViewLevel = .effective, answersAtOnce: Bool = true,
    tookMilliseconds: Int? = nil
  ) {
    store = FakeStore(acts)
    store.tookMilliseconds = tookMilliseconds
    let session = Session(
      size: Size(columns: columns, rows: rows), asciiOnly: ascii, monochrome: monochrome,
      zones: [.utc, Story.berlin], now: Timestamp(rfc3339: "2026-11-22T09:00:00Z") ?? Timestamp(seconds: 0),
      sourceName: "sample-logs", filterHistory: ["actor:alice*", "verb:delete"])
    model = TimelineModel(session: session, filter: filter, level: level)
    self.answersAtOnce = answersAtOnce
    carryOut(model.start())
  }

  /// Types keys: characters stand for themselves, `<Enter>`, `<Esc>`, `<C-d>`, `<Down>` for the others.
  mutating func press(_ keys: String) {
    for key in Key.sequence(keys) { send(.key(key)) }
  }

  mutating func send(_ message: Message) { carryOut(model.update(message)) }

  /// Answers what waits, oldest first.
  mutating func answerAll() {
    while !waiting.isEmpty { send(.answer(store.answer(waiting.removeFirst()))) }
  }

  private mutating func carryOut(_ new: [Effect]) {
    for effect in new {
      guard case .ask(let request) = effect else {
        effects.append(effect)
        continue
      }
      asked.append(request)
      if answersAtOnce {
        send(.answer(store.answer(request)))
      } else {
        waiting.removeAll { $0.kind == request.kind }
        waiting.append(request)
      }
    }
  }

  var screen: Screen { model.render() }
  var text: String { screen.textRows.joined(separator: "\n") }
  /// The row under the cursor, without blanks at its ends; empty where no row has the mark.
  var focusedRow: String {
    screen.textRows.first { $0.hasPrefix(">") }.map {
      String($0.dropFirst().drop { $0 == " " }.reversed().drop { $0 == " " }.reversed())
    } ?? ""
  }
  func row(_ y: Int) -> String { screen.textRows[y] }
  var title: String { row(0) }
  var status: String { row(screen.size.rows - 2) }
}

extension Key {
  static func sequence(_ text: String) -> [Key] {
    let named: [String: Key] = [
      "Enter": .enter, "Esc": .escape, "Tab": .tab, "BackTab": .backTab, "BS": .backspace, "Del": .delete, "Up": .up,
      "Down": .down, "Left": .left, "Right": .right, "PgUp": .pageUp, "PgDn": .pageDown, "Home": .home, "End": .end,
      "lt": "<",
    ]
    var keys: [Key] = []
    var rest = Substring(text)
    while let first = rest.first {
      if first == "<", let close = rest.firstIndex(of: ">") {
        let name = String(rest[rest.index(after: rest.startIndex)..<close])
        if let key = named[name] ?? (name.hasPrefix("C-") ? name.last.map(Key.control) : nil) {
          keys.append(key)
          rest = rest[rest.index(after: close)...]
          continue
        }
      }
      keys.append(.character(first))
      rest = rest.dropFirst()
    }
    return keys
  }
}

/// What happened in the cluster of the tests.
enum Story {
  static let berlin = Zone(
    name: "Europe/Berlin", transitions: [Zone.Transition(from: Timestamp(seconds: 1_792_717_200), offsetSeconds: 3600)])

  /// Oldest last; the Timeline of mock-up 1 in small.
  static let acts: [Act] = [
    act("2026-11-20T16:11:49.204113Z", "update", gnp("default.environment-isolation"), by: "alice@example.com"),
    act("2026-11-20T16:04:02Z", "update", netpol("storefront", "default.dmz"), by: "alice@example.com"),
    act("2026-11-20T16:04:02Z", "create", gnp("default.environment-isolation"), code: 201, by: "alice@example.com"),
    act("2026-11-20T15:39:27Z", "update", gnp("security.quarantine"), by: "system:serviceaccount:ci:deployer"),
    act(
      "2026-11-20T15:35:00Z", "patch", gnp("security.quarantine"), outcome: .noop,
      by: "system:serviceaccount:ci:deployer"),
    act("2026-11-20T15:31:10Z", "delete", netpol("payments", "default.allow-db"), by: "bob", as: "system:admin"),
    act(
      "2026-11-20T15:30:58Z", "delete", netpol("payments", "default.allow-db"), code: 403, outcome: .denied, by: "bob"),
    act(
      "2026-11-20T15:12:00Z", "create", reference("", "pods", "payments", "db-0", "exec"), code: 101, outcome: .connect,
      by: "bob"),
    act("2026-11-20T14:58:00Z", "create", gnp("default.restrict-egress"), code: 422, outcome: .failed, by: "carol"),
    act("2026-11-20T14:50:00Z", "update", gnp("default.restrict-egress"), code: 200, outcome: .dryrun, by: "carol"),
    act("2026-11-20T14:00:00Z", "list", reference("", "secrets", "payments", nil), outcome: .read, by: "bob"),
    act(
      "2026-11-19T22:47:42Z", "update",
      reference("projectcalico.org", "globalnetworksets", nil, "threatfeed.feodo-tracker"),
      by: "system:serviceaccount:tigera-intrusion-detection:intrusion-detection-controller"),
    act(
      "2026-11-19T11:00:00Z", "update", gnp("default.environment-isolation"), code: 409, outcome: .conflict,
      by: "alice@example.com"),
    act(
      "2026-11-19T09:20:11Z", "delete", gnp("default.environment-isolation"), by: "system:serviceaccount:ci:deployer"),
    act(
      "2026-11-17T11:02:40Z", "deletecollection", reference("networking.k8s.io", "networkpolicies", "shop", nil),
      by: "carol"),
    act(
      "2026-11-16T08:00:13Z", "patch", reference("", "nodes", nil, "worker-1", "status"), outcome: .subresource,
      by: "system:node:worker-1"),
    act("2026-11-16T08:00:00Z", "create", netpol("shop", "allow-web"), code: nil, outcome: .unknown, by: nil),
  ].enumerated().map { index, act in
    var act = act
    act.id = ActID(segment: 1, row: UInt32(100 - index))
    act.source = SourcePosition(file: "audit.log", line: 100 - index, offset: Int64(100 - index) * 1000, length: 900)
    return act
  }

  static func gnp(_ name: String) -> ObjectReference {
    reference("projectcalico.org", "globalnetworkpolicies", nil, name)
  }
  static func netpol(_ namespace: String, _ name: String) -> ObjectReference {
    reference("networking.k8s.io", "networkpolicies", namespace, name)
  }
  static func reference(
    _ group: String, _ resource: String, _ namespace: String?, _ name: String?, _ subresource: String? = nil
  ) -> ObjectReference {
    ObjectReference(
      group: group, version: "v1", resource: resource, namespace: namespace, name: name, subresource: subresource)
  }
  static func act(
    _ time: String, _ verb: String, _ object: ObjectReference, code: Int? = 200, outcome: Outcome = .changed,
    by: String?,
    as mask: String? = nil
  ) -> Act {
    Act(
      time: Timestamp(rfc3339: time) ?? Timestamp(seconds: 0), took: 0.038, verb: verb, code: code, outcome: outcome,
      by: by,
      asUser: mask, groups: ["netsec", "system:authenticated"], ips: ["10.4.2.17"],
      agent: "kubectl/v1.34.1 (linux/amd64)", object: object,
      kind: ResourceKind.of(group: object.group, resource: object.resource).kind)
  }

  /// So many acts, one a minute, back from a fixed time.
  static func many(_ count: Int) -> [Act] {
    (0..<count).map { index in
      var one = act(
        "2026-11-20T16:00:00Z", "update", netpol("shop", "policy-\(index)"),
        by: index % 3 == 0 ? "alice@example.com" : "bob")
      one.time = Timestamp(microseconds: one.time.microseconds - Int64(index) * 60_000_000)
      one.id = ActID(segment: 1, row: UInt32(count - index))
      return one
    }
  }
}
