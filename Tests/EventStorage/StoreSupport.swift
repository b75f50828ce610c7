import AuditModel
import EventQueries
import Foundation

@testable import EventStorage

/// Numbers that a seed decides.
struct Dice: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: Int) { state = UInt64(bitPattern: Int64(seed)) &* 0x9E37_79B9_7F4A_7C15 &+ 0x1234_5678 }

  mutating func next() -> UInt64 {
    // SplitMix64.
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
  mutating func roll(_ below: Int) -> Int { Int.random(in: 0..<below, using: &self) }
  mutating func chance(_ percent: Int) -> Bool { roll(100) < percent }
  mutating func pick<Value>(_ values: [Value]) -> Value { values[roll(values.count)] }
  mutating func maybe<Value>(_ values: [Value]) -> Value? { chance(40) ? nil : pick(values) }
}

/// Events with every field in use, few distinct values, and times that collide.
func randomEvents(_ count: Int, _ dice: inout Dice, stage: Stage? = nil) -> [AuditEvent] {
  (0..<count).map { index in
    let hasObject = dice.chance(90)
    let verb = dice.pick(["create", "update", "patch", "delete", "deletecollection", "get", "list", "watch"])
    let received = Timestamp(microseconds: 1_700_000_000_000_000 + Int64(dice.roll(5000)) * 250_000)
    func body() -> BodyFacts? {
      guard dice.chance(60) else { return nil }
      return BodyFacts(
        kind: dice.maybe(["NetworkPolicy", "Status", "Widget"]), apiVersion: dice.maybe(["example.com/v1", "v1"]),
        uid: dice.maybe(["u1", "u2", "u3"]), resourceVersion: dice.maybe(["7", "8", "9"]),
        generation: dice.maybe([1, 2, 300, .max, .min]), hasDeletionTimestamp: dice.chance(10),
        isHeld: dice.chance(50), tier: dice.maybe(["default", "security"]))
    }
    let object =
      hasObject
      ? ObjectReference(
        group: dice.pick(["", "networking.k8s.io", "example.com"]), version: dice.pick(["v1", "v3"]),
        resource: dice.pick(["networkpolicies", "pods", "secrets", "widgets", "namespaces", "tokenreviews"]),
        namespace: dice.maybe(["shop", "kube-system", "", "dév"]),
        name: dice.maybe(["a", "b", "", "web-\(dice.roll(300))"]),
        subresource: dice.chance(15) ? dice.pick(["status", "exec", "eviction"]) : nil,
        uid: dice.maybe(["u1", "u2"]), resourceVersion: dice.maybe(["7", "8"]))
      : nil
    return AuditEvent(
      auditID: dice.pick([
        nil, "not-a-uuid", uuid(dice.roll(1 << 20)), uuid(dice.roll(1 << 20)), uuid(dice.roll(1 << 20)).uppercased(),
      ]), stage: stage ?? dice.pick(Stage.allCases), level: dice.pick(Level.allCases), verb: verb,
      requestURI: "/apis/\(dice.roll(50))", user: dice.maybe(["alice", "bob", "system:node:n1"]),
      groups: dice.pick([[], ["a"], ["a", "b"], ["", "a"]]), impersonatedUser: dice.chance(10) ? "mask" : nil,
      sourceIPs: dice.pick([[], ["10.0.0.1"], ["10.0.0.1", "::1"]]), userAgent: dice.maybe(["kubectl/v1", "curl"]),
      object: object, code: dice.maybe([200, 201, 401, 403, 404, 409, 500]), receivedAt: received,
      stageAt: dice.chance(80) ? received.adding(seconds: Double(dice.roll(3_000_000) - 500) / 1_000_000) : nil,
      decision: dice.maybe(["allow", "forbid"]), reason: dice.maybe(["RBAC: x", ""]), truncated: dice.chance(5),
      dryRun: dice.chance(5), request: body(), response: body(),
      contentID: ContentID(high: dice.next(), low: dice.next()),
      position: RecordPosition(line: index + 1, offset: Int64(index) * 100, length: 99))
  }
}

func uuid(_ number: Int) -> String {
  let digits = String(number, radix: 16)
  return "3f2a0000-0000-4000-8000-" + String(repeating: "0", count: 12 - digits.count) + digits
}

/// One audit record in the fields that joins and outcomes look at.
func event(
  _ auditID: String?, _ stage: Stage = .responseComplete, verb: String = "update", uri: String = "/x",
  user: String = "alice",
  at second: Int64 = 100, took: Double = 0.01, code: Int? = 200, name: String? = "web", content: UInt64,
  uid: String? = nil, version: String? = nil, sent: String? = nil, resource: String = "networkpolicies"
) -> AuditEvent {
  let received = Timestamp(seconds: second)
  return AuditEvent(
    auditID: auditID, stage: stage, level: .requestResponse, verb: verb, requestURI: uri, user: user,
    object: ObjectReference(
      group: "networking.k8s.io", version: "v1", resource: resource, namespace: "shop", name: name),
    code: code, receivedAt: received, stageAt: received.adding(seconds: took),
    request: sent.map { BodyFacts(resourceVersion: $0) },
    response: uid.map { BodyFacts(kind: "NetworkPolicy", uid: $0, resourceVersion: version) },
    contentID: ContentID(high: content, low: content),
    position: RecordPosition(line: 1, offset: Int64(content % 100_000) * 10, length: 9))
}

extension EventStore {
  static func inMemory(_ environment: StoreEnvironment = StoreEnvironment()) throws -> EventStore {
    try open("", access: .inMemory, environment: environment)
  }

  func source(_ path: String) throws -> Int64 {
    try save(StoredSource(path: path, compression: "none", head: [1], headLength: 1))
  }

  /// Adds the events as one segment.
  /// - Parameter text: of the batch, where its records are to be kept.
  @discardableResult
  func add(
    _ events: [AuditEvent], to source: Int64, at offset: Int64 = 0, rejects: [Reject] = [], text: [UInt8]? = nil
  ) throws -> AppendResult {
    var builder = SegmentBuilder(keeping: text == nil ? .none : .all)
    let batch = EventBatch(
      records: events.map(LogRecord.audit), rejects: rejects, offset: offset, byteCount: 1000,
      lineCount: events.count + rejects.count)
    (text ?? []).withUnsafeBytes { builder.add(batch, bytes: $0) }
    return try append(builder.finish(), source: source)
  }
}

extension StoreSnapshot {
  func all(_ order: PageRequest.Order = .oldestFirst) throws -> [Act] {
    try select(EventQuery(filter: .everything, level: .everything), order: order).map { act($0) }
  }

  /// Acts without what depends on where the store keeps them.
  func contents() throws -> [Act] {
    try all().map {
      var act = $0
      act.id = ActID(segment: 0, row: 0)
      act.source = SourcePosition(file: "", line: 0, offset: 0, length: 0)
      return act
    }.sorted { ($0.time, $0.contentID.high) < ($1.time, $1.contentID.high) }
  }

  func ids(matching plan: FilterPlan) throws -> [ActID] {
    let scan = FilterScan(state: state, store: store, isCancelled: { false })
    return try state.segments.indices.flatMap { place in
      let visible = try state.rows(of: place, upTo: .everything)
      let bits = try scan.rows(of: place, matching: plan, within: visible)
      return (0..<state.segments[place].rowCount).filter { bits[$0] }.map { state.id(place, $0) }
    }
  }
}

/// A folder that is gone after the test.
func withFolder<Value>(_ body: (String) throws -> Value) throws -> Value {
  let path = NSTemporaryDirectory() + "whodiff-\(UUID().uuidString)"
  try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
  defer { try? FileManager.default.removeItem(atPath: path) }
  return try body(path)
}
