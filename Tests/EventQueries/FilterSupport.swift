import AuditModel
import EventQueries

/// Friday 20 November 2026, 16:30 UTC.
let afternoon = moment("2026-11-20T16:30:00Z")
let context = FilterContext(now: afternoon)

func moment(_ text: String) -> Timestamp { Timestamp(rfc3339: text) ?? Timestamp(microseconds: .min) }

func parse(_ text: String, _ context: FilterContext = context) throws -> Filter {
  try Filter(parsing: text, context: context)
}

/// The error of a text that is no filter; nil when it is one.
func error(_ text: String, _ context: FilterContext = context) -> FilterError? {
  do throws(FilterError) {
    _ = try Filter(parsing: text, context: context)
    return nil
  } catch {
    return error
  }
}

/// Alice's update of shop/allow-web, changed here and there.
func act(_ change: (inout Act) -> Void = { _ in }) -> Act {
  var act = Act(
    time: moment("2026-11-20T16:11:49.204113Z"), took: 0.038, verb: "update", code: 200, by: "alice@example.com",
    groups: ["netsec", "system:authenticated"], ips: ["10.4.2.17", "203.0.113.7"],
    agent: "kubectl/v1.34.1 (linux/amd64) kubernetes/1234567",
    object: ObjectReference(
      group: "networking.k8s.io", version: "v1", resource: "networkpolicies", namespace: "shop", name: "allow-web"),
    kind: "NetworkPolicy", uid: "0a1b2c3d-0000", auditID: "3f2a-11", decision: "allow",
    reason: "RBAC: allowed by ClusterRoleBinding \"netsec\"",
    source: SourcePosition(file: "/var/log/kube/audit-1.log", line: 7, offset: 0, length: 10))
  change(&act)
  return act
}

func takes(_ filter: String, _ act: Act, record: String? = nil) throws -> Bool {
  try parse(filter).plan.matches(act) { record.map { detail(act, record: $0) } }
}

/// The act with what one record's JSON says.
func detail(_ act: Act, record: String) -> ActDetail {
  let value = try? JSONValue(parsing: record)
  return ActDetail(
    act: act, requestURI: value?["requestURI"]?.string ?? "", request: value?["requestObject"],
    response: value?["responseObject"],
    annotations: value?["annotations"]?.members?.list.map { ($0.key, $0.value.string ?? "") } ?? [],
    records: [RawRecord(stage: .responseComplete, source: act.source, bytes: Array(record.utf8))])
}

/// A sequence of numbers that a seed decides; splitmix64.
struct Seeded: RandomNumberGenerator {
  private var state: UInt64
  init(_ seed: Int) { state = UInt64(truncatingIfNeeded: seed) }
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }
  mutating func pick<T>(_ values: [T]) -> T { values[Int(next() % UInt64(values.count))] }
  mutating func chance(_ percent: Int) -> Bool { next() % 100 < UInt64(percent) }
}
