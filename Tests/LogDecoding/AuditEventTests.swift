import AuditModel
import Testing

@testable import LogDecoding

/// How members of `audit.k8s.io` become fields.
struct AuditEventTests {
  private static let full = #"""
    {"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"7e1c0d52-0000-4000-8000-00000000a001","stage":"ResponseComplete","requestURI":"/apis/projectcalico.org/v3/namespaces/shop/networkpolicies?fieldManager=kubectl-create\u0026x=1","verb":"create","user":{"username":"dana@corp.test","uid":"u1","groups":["netops","system:authenticated"],"extra":{"a":["b"]}},"impersonatedUser":{"username":"bob"},"sourceIPs":["203.0.113.9","10.0.0.1"],"userAgent":"kubectl/v1.34.1 (linux/amd64)","objectRef":{"resource":"networkpolicies","namespace":"shop","apiGroup":"projectcalico.org","apiVersion":"v3","uid":"r1","resourceVersion":"8999/"},"responseStatus":{"metadata":{},"code":201},"requestObject":{"kind":"NetworkPolicy","apiVersion":"projectcalico.org/v3","metadata":{"generateName":"web-"},"spec":{"tier":"secops"}},"responseObject":{"kind":"NetworkPolicy","apiVersion":"projectcalico.org/v3","metadata":{"name":"web-x7","namespace":"shop","uid":"o1","resourceVersion":"9001/","generation":3,"deletionTimestamp":"2026-10-05T09:12:44Z","finalizers":["f"]},"spec":{"tier":"secops"}},"requestReceivedTimestamp":"2026-10-05T09:12:44.100001Z","stageTimestamp":"2026-10-05T09:12:44.112345Z","annotations":{"authorization.k8s.io/decision":"allow","authorization.k8s.io/reason":"RBAC: allowed","audit.k8s.io/truncated":"true"}}
    """#

  @Test func `a full record keeps every fact`() throws {
    let received = try #require(Timestamp(rfc3339: "2026-10-05T09:12:44.100001Z"))
    let stage = try #require(Timestamp(rfc3339: "2026-10-05T09:12:44.112345Z"))
    let contentID = try #require(ContentID("e2869d8bd9af2b442bcd6bc4c69b7d1a"))
    let expected = AuditEvent(
      auditID: "7e1c0d52-0000-4000-8000-00000000a001", stage: .responseComplete, level: .requestResponse,
      verb: "create",
      requestURI: "/apis/projectcalico.org/v3/namespaces/shop/networkpolicies?fieldManager=kubectl-create&x=1",
      user: "dana@corp.test", groups: ["netops", "system:authenticated"], impersonatedUser: "bob",
      sourceIPs: ["203.0.113.9", "10.0.0.1"], userAgent: "kubectl/v1.34.1 (linux/amd64)",
      object: ObjectReference(
        group: "projectcalico.org", version: "v3", resource: "networkpolicies", namespace: "shop", name: "web-x7",
        uid: "r1", resourceVersion: "8999"),
      code: 201, receivedAt: received, stageAt: stage, decision: "allow", reason: "RBAC: allowed", truncated: true,
      request: BodyFacts(kind: "NetworkPolicy", apiVersion: "projectcalico.org/v3", tier: "secops"),
      response: BodyFacts(
        kind: "NetworkPolicy", apiVersion: "projectcalico.org/v3", name: "web-x7", namespace: "shop", uid: "o1",
        resourceVersion: "9001", generation: 3, hasDeletionTimestamp: true, isHeld: true, tier: "secops"),
      contentID: contentID, position: RecordPosition(line: 1, offset: 0, length: Self.full.utf8.count))
    #expect(event(Self.full) == expected)
  }

  @Test func `a record about nothing but a path has few facts, and none of them is an empty string`() throws {
    let text =
      #"{"level":"Metadata","auditID":"","stage":"RequestReceived","requestURI":"/healthz","verb":"get","#
      + #""user":{"username":""},"sourceIPs":null,"userAgent":"","objectRef":null,"requestObject":null,"#
      + #""apiVersion":"audit.k8s.io/v1","kind":"Event","stageTimestamp":null,"#
      + #""requestReceivedTimestamp":"2026-10-05T09:12:44.100001Z"}"#
    let found = try #require(event(text))
    #expect(
      [found.auditID, found.user, found.userAgent, found.impersonatedUser, found.decision, found.reason]
        == Array(repeating: nil, count: 6))
    #expect(found.object == nil && found.code == nil && found.stageAt == nil && found.request == nil)
    #expect(found.groups.isEmpty && found.sourceIPs.isEmpty)
  }

  @Test func `the core group is empty, whether it is written or not`() {
    for group in ["", #""apiGroup":"","#] {
      let text = record("a", more: #","objectRef":{"resource":"pods",\#(group)"apiVersion":"v1","name":"p"}"#)
      #expect(event(text)?.object == ObjectReference(group: "", version: "v1", resource: "pods", name: "p"))
    }
  }

  @Test(arguments: [
    (#""metadata":{\#(deleted)}"#, true),
    (#""metadata":{\#(deleted),"finalizers":["a/b"]}"#, false),
    (#""metadata":{\#(deleted)},"spec":{"finalizers":["kubernetes"]}"#, false),
    (#""metadata":{\#(deleted)},"spec":{"finalizers":[]}"#, true),
    (#""metadata":{\#(deleted),"deletionGracePeriodSeconds":30}"#, false),
    (#""metadata":{\#(deleted),"deletionGracePeriodSeconds":0}"#, true),
    (#""metadata":{"name":"a"}"#, false),
  ])
  func `a write ends what is being deleted once nothing holds it`(members: String, ends: Bool) {
    let answer = #","responseObject":{"kind":"Namespace","apiVersion":"v1",\#(members)}"#
    #expect(event(record("a", verb: "patch", more: answer))?.endsObject == ends)
  }

  private static let deleted = #""name":"a","deletionTimestamp":"2026-10-05T09:12:44Z""#

  @Test func `group and version in one string are taken apart`() {
    let text = record("a", more: #","objectRef":{"resource":"deployments","apiVersion":"apps/v1beta1","name":"d"}"#)
    #expect(
      event(text)?.object == ObjectReference(group: "apps", version: "v1beta1", resource: "deployments", name: "d"))
  }

  private static let bodiesWithNames: [(String, String, String?)] = [
    (
      "from the response",
      #""requestObject":{"metadata":{"name":"asked"}},"responseObject":{"metadata":{"name":"made"}}"#, "made"
    ),
    ("else from the request", #""requestObject":{"metadata":{"name":"asked"}}"#, "asked"),
    (
      "not from a failure",
      #""requestObject":{"metadata":{"generateName":"a-"}},"#
        + #""responseObject":{"kind":"Status","metadata":{"name":"s"}}"#, nil
    ),
    ("from nowhere", #""requestObject":[{"op":"add"}]"#, nil),
  ]

  @Test(arguments: bodiesWithNames)
  func `a name that the reference lacks is taken`(name: String, bodies: String, expected: String?) {
    let text = record("a", verb: "create", more: #","objectRef":{"resource":"pods","namespace":"shop"},\#(bodies)"#)
    #expect(event(text)?.object?.name == expected, "\(name)")
  }

  private static let times: [(String, String, String, String?)] = [
    (
      "received", #""requestReceivedTimestamp":"2026-10-05T09:12:44.1Z","stageTimestamp":"2026-10-05T09:12:45Z""#,
      "44.100000", "45.000000"
    ),
    ("only the stage's", #""stageTimestamp":"2026-10-05T09:12:45.123456+00:00""#, "45.123456", "45.123456"),
    (
      "v1beta1", #""timestamp":"2026-10-05T09:12:46Z","metadata":{"creationTimestamp":"2026-10-05T09:12:47Z"}"#,
      "46.000000", nil
    ),
    ("creation only", #""metadata":{"creationTimestamp":"2026-10-05T09:12:47Z"}"#, "47.000000", nil),
    ("seconds", #""requestReceivedTimestamp":1791191564"#, "44.000000", nil),
    ("milliseconds", #""requestReceivedTimestamp":1791191564250"#, "44.250000", nil),
    ("nanoseconds", #""requestReceivedTimestamp":1791191564250001999"#, "44.250001", nil),
    ("seconds with a fraction", #""requestReceivedTimestamp":1791191564.5"#, "44.500000", nil),
  ]

  @Test(arguments: times)
  func `time is found wherever it is written`(name: String, members: String, received: String, stage: String?) throws {
    let found = try #require(event(#"{"auditID":"x","verb":"get","stage":"ResponseComplete",\#(members)}"#), "\(name)")
    #expect(found.receivedAt.rfc3339 == "2026-10-05T09:12:\(received)Z", "\(name)")
    #expect(found.stageAt?.rfc3339 == stage.map { "2026-10-05T09:12:\($0)Z" }, "\(name)")
  }

  @Test func `the quick way of reading times agrees with the long way`() {
    var reader = TimestampReader()
    for text in [
      "2026-10-05T09:12:44.100001Z", "2024-02-29T23:59:59.999999Z", "2026-02-29T00:00:00.000000Z",
      "1969-12-31T23:59:59.999999Z", "2026-13-01T00:00:00.000000Z", "2026-10-05T24:00:00.000000Z",
      "2026-10-05T09:12:60.000000Z", "2026-10-05T09:12:4x.000000Z", "2026-10-05 09:12:44.100001Z", "",
    ] {
      let read = Array(text.utf8).withUnsafeBytes { reader.read($0) }
      #expect(read == Timestamp(rfc3339: text), "\(text)")
    }
  }

  @Test func `the answer to a deletion of a collection names what it met`() throws {
    let list =
      #""responseObject":{"kind":"NetworkPolicyList","items":[{"metadata":{"name":"a","namespace":"shop"}},"#
      + #"{"metadata":{"name":"b"}},{"metadata":{}},{},7]}"#
    let head = #""auditID":"x","stage":"ResponseComplete","requestURI":"/a","stageTimestamp":"2026-10-05T09:12:44Z""#
    let found = try #require(event(#"{"verb":"deletecollection",\#(head),\#(list)}"#))
    #expect(found.met == [MetObject(namespace: "shop", name: "a"), MetObject(namespace: nil, name: "b")])
    #expect(try #require(event(#"{"verb":"list",\#(head),\#(list)}"#)).met == [])
    #expect(try #require(event(#"{"verb":"deletecollection",\#(head)}"#)).met == [])
  }

  private static let dryRuns: [(String, String, String, Bool)] = [
    ("patch", "/a/b?fieldManager=x&dryRun=All", "", true),
    ("patch", "/a/b?dryRun=%41ll", "", true),
    ("patch", "/a/b?dry%52un=All&x", "", true),
    ("patch", "/a/b?dryRun=", "", false),
    ("patch", "/a/b?xdryRun=All", "", false),
    ("patch", "/a/b?labelSelector=x%3DdryRun=All", "", false),
    ("patch", "/a/dryRun=All", "", false),
    ("delete", "/a/b", #","requestObject":{"kind":"DeleteOptions","dryRun":["All"]}"#, true),
    ("delete", "/a/b", #","requestObject":{"kind":"DeleteOptions"}"#, false),
    ("delete", "/a/b?dryRun=All", "", true),
    // The body rules: this one deletes.
    ("delete", "/a/b?dryRun=All", #","requestObject":{"kind":"DeleteOptions","propagationPolicy":"Orphan"}"#, false),
    ("deletecollection", "/a?dryRun=All", "", true),
    ("create", "/a", #","requestObject":{"kind":"Pod","dryRun":["All"]}"#, false),
    (
      "create", "/a/b/eviction",
      #","requestObject":{"kind":"Eviction","deleteOptions":{"dryRun":["All"]}}"#, true
    ),
    ("create", "/a/b/eviction?dryRun=All", #","requestObject":{"kind":"Eviction"}"#, true),
  ]

  @Test(arguments: dryRuns)
  func `a dry run is seen in all its disguises and in nothing else`(
    verb: String, uri: String, body: String, expected: Bool
  ) {
    #expect(event(record("a", verb: verb, uri: uri, more: body))?.dryRun == expected)
  }

  @Test func `what a deletion answers names the object that is gone`() {
    let status = #"{"kind":"Status","metadata":{},"status":"Success","details":{"name":"web","uid":"o1"}}"#
    let deleted = event(record("a", verb: "delete", more: #","responseObject":\#(status)"#))?.response
    #expect(deleted == BodyFacts(kind: "Status", name: "web", uid: "o1"))
    let failed = event(record("a", verb: "update", more: #","responseObject":\#(status)"#))?.response
    #expect(failed == BodyFacts(kind: "Status"))
  }

  @Test(arguments: [
    ("delete", #"{"kind":"Service","metadata":{"name":"web","resourceVersion":"7"}}"#, true),
    (
      "delete",
      #"{"kind":"Pod","metadata":{"name":"web","resourceVersion":"7","deletionTimestamp":"2026-11-20T16:11:49Z"}}"#,
      false
    ),
    ("delete", #"{"kind":"Status","metadata":{"resourceVersion":"7"},"details":{"name":"web"}}"#, false),
    ("update", #"{"kind":"Service","metadata":{"name":"web","resourceVersion":"7"}}"#, false),
    ("update", #"{"metadata":{"resourceVersion":"7","deletionTimestamp":"2026-11-20T16:11:49Z"}}"#, true),
    (
      "patch", #"{"metadata":{"resourceVersion":"7","deletionTimestamp":"2026-11-20T16:11:49Z","finalizers":["a/b"]}}"#,
      false
    ),
  ])
  func `an answer tells whether the object is gone`(verb: String, answer: String, expected: Bool) {
    #expect(event(record("a", verb: verb, more: #","responseObject":\#(answer)"#))?.endsObject == expected)
  }

  @Test func `a patch that is an array has no facts, and neither has a missing body`() {
    let bodies = #","requestObject":[{"op":"remove","path":"/spec"}],"responseObject":null"#
    let found = event(record("a", verb: "patch", more: bodies))
    #expect(found != nil && found?.request == nil && found?.response == nil)
  }

  @Test(arguments: [
    (#"{"kind":"List","items":[]}"#, true), (#"{"kind":"List","items":null}"#, true),
    (#"{"kind":"List","items":[{"metadata":{"name":"web"}}]}"#, false), (#"{"kind":"Status"}"#, false),
  ]) func `a deletecollection that met nothing altered nothing`(_ body: String, _ metNothing: Bool) {
    let found = event(record("a", verb: "deletecollection", more: #","responseObject":\#(body)"#))
    #expect((found?.evidence == .asksNothing) == metNothing)
  }

  @Test(arguments: [
    ("patch", "{}", VersionLedger.Evidence.asksNothing), ("patch", "[]", .asksNothing),
    ("patch", "{\"spec\":{}}", .none),
    ("patch", "[{}]", .none), ("patch", "null", .none), ("update", "{}", .none),
  ])
  func `a patch without content asks for nothing`(_ verb: String, _ body: String, _ expected: VersionLedger.Evidence) {
    #expect(event(record("a", verb: verb, more: #","requestObject":\#(body)"#))?.evidence == expected)
  }

  @Test func `an apply of one manager of several may only have made it an owner`() {
    let apply = #","requestObject":{"apiVersion":"v1","kind":"ConfigMap"}"#
    let end = #","stageTimestamp":"2026-11-20T16:11:49.3Z""#
    func entry(_ time: String, _ more: String = "") -> String { #"{"manager":"a","time":"\#(time)"\#(more)}"# }
    func answered(_ entries: [String]?, _ request: String = apply, verb: String = "patch") -> Bool? {
      let managed = entries.map { #","managedFields":[\#($0.joined(separator: ","))]"# } ?? ""
      let answer = #","responseObject":{"metadata":{"name":"x","resourceVersion":"7"\#(managed)}}"#
      return event(record("a", verb: verb, more: request + answer + end))?.mayMoveOnlyOwners
    }
    let (old, new) = ("2020-01-01T00:00:00Z", "2026-11-20T16:11:49Z")
    #expect(answered([entry(old), entry(new)]) == true)
    #expect(answered(nil) == true, "managedFields that were not logged tell nothing")
    #expect(answered([entry(old), entry(old)]) == false, "nobody wrote")
    #expect(answered([entry(old), #"{"manager":"b","operation":"Apply"}"#]) == true)
    #expect(answered([entry(new)]) == false)
    #expect(answered([entry(new), entry(old, #","subresource":"status""#)]) == false)
    #expect(answered([entry(old), entry(new)], #","requestObject":{"data":{}}"#) == false)
    #expect(answered([entry(old), entry(new)], verb: "update") == false)
  }

  @Test(arguments: [
    (#"[{"op":"replace","path":"/metadata/managedFields","value":[]}]"#, true),
    (#"[{"op":"remove","path":"\/metadata\/managedFields/0"},{"path":"/metadata/resourceVersion"}]"#, true),
    (#"[{"op":"replace","path":"/metadata/resourceVersion"}]"#, false),
    (#"[{"op":"replace","path":"/metadata/managedFields","path":"/spec"}]"#, false),
    (#"[{"op":"move","from":"/spec","path":"/metadata/managedFields/0"}]"#, false),
    (#"[{"op":"replace","path":"/metadata/managedFields"},7]"#, false), (#"{"metadata":{"managedFields":[]}}"#, true),
    (#"{"metadata":{"managedFields":[{}],"resourceVersion":"7"}}"#, true),
    (#"{"metadata":{"resourceVersion":"7"}}"#, false),
    (#"{"metadata":{"managedFields":[{}],"labels":null}}"#, false),
    (#"{"metadata":{"managedFields":[]},"spec":{}}"#, false),
    (#"{"apiVersion":"v1","kind":"Pod","metadata":{"managedFields":[]}}"#, false),
  ])
  func `a patch of managedFields alone is told from others`(_ body: String, _ expected: Bool) {
    let found = event(record("a", verb: "patch", more: #","requestObject":\#(body)"#))
    #expect(found?.request?.movesOnlyOwners ?? false == expected)
  }

  @Test(arguments: [
    ("12:00:05", "12:00:04", VersionLedger.Evidence.stamped), ("12:00:06", "12:00:04", .stamped),
    ("12:00:04", "12:00:03", .none), ("12:00:07", "12:00:04", .none),
  ])
  func `an answer that was last written while the request ran is its own`(
    _ latest: String, _ earlier: String, _ expected: VersionLedger.Evidence
  ) {
    let entries = [latest, earlier].map { #"{"manager":"kubectl","time":"2026-11-20T\#($0)Z"}"# }.joined(separator: ",")
    let answer = #"{"kind":"NetworkPolicy","metadata":{"name":"web","managedFields":[\#(entries)]}}"#
    let found = event(
      record(
        "a", time: "2026-11-20T12:00:05.900000Z",
        more: #","stageTimestamp":"2026-11-20T12:00:06.100000Z","responseObject":\#(answer)"#))
    #expect(found?.evidence == expected)
  }

  @Test func `of a repeated key the last counts, as for the API server`() {
    let text = record(
      "a", more: #","verb":"delete","objectRef":{"resource":"pods","name":"x","name":"y"},"user":{"username":"eve"}"#)
    #expect(event(text)?.verb == "delete")
    #expect(event(text)?.object?.name == "y")
    #expect(event(text)?.user == "eve")
    #expect(event(text)?.groups == [])
  }

  private static let mendable: [(String, [UInt8])] = [
    ("bytes that are not UTF-8", bytes(#""x":""#, [0xFF, 0xC3, 0x28])),
    ("a lone surrogate", bytes(#""x":"\ud800""#)),
    ("a reversed pair", bytes(#""x":"\udc00\ud800""#)),
    ("an integer beyond 64 bits", bytes(#""x":18446744073709551616"#)),
    ("a number beyond a double", bytes(#""x":1e999,"y":-1E+400"#)),
    ("raw control bytes", bytes(#""x":""#, [1, 27, 9, 127, 0])),
    ("exact integers", bytes(#""x":9007199254740993,"y":18446744073709551615"#)),
  ]

  @Test(arguments: mendable)
  func `what other JSON readers take is not lost`(name: String, member: [UInt8]) {
    let body = Array(#","requestObject":{"metadata":{"name":"web"},"#.utf8) + member + Array("}}".utf8)
    let text = Array(record("a").utf8.dropLast()) + body
    for decoded in [decode(text), decode(text + [10] + text + [10]), decode(text, framing: .stream)] {
      #expect(decoded.rejects == [], "\(name)")
      #expect(decoded.events.first?.request?.name == "web", "\(name)")
      #expect(decoded.events.first?.position.length == text.count, "\(name)")
      #expect(decoded.events.first?.auditID == "a", "\(name)")
    }
    let mended = decode(text).events.first?.contentID
    #expect(mended == ContentHasher().contentID(of: text), "\(name): the key is that of the bytes as logged")
  }

  @Test func `facts of a mended record are those of the record`() throws {
    let text = record(
      "a", more: #","userAgent":"x\ud800y","objectRef":{"resource":"pods","name":"n"},"responseStatus":{"code":200}"#)
    let found = try #require(event(text))
    #expect(found.userAgent == "x\u{FFFD}y" && found.object?.name == "n" && found.code == 200)
  }

  @Test func `records without audit ID, stage or level are read as far as they go`() throws {
    let text =
      #"{"verb":"update","objectRef":{"resource":"pods","name":"p"},"user":{"username":"u"},"#
      + #""responseStatus":{"code":200},"requestObject":{},"timestamp":"2026-10-05T09:12:46Z"}"#
    let found = try #require(event(text))
    #expect(found.auditID == nil && found.stage == .responseComplete && found.level == .request)
  }

  @Test func `members of the wrong type are as if they were missing`() throws {
    let text = record(
      "a",
      more: #","objectRef":[1],"sourceIPs":"x","responseStatus":7,"annotations":"x","#
        + #""userAgent":{},"impersonatedUser":[]"#)
    let found = try #require(event(text))
    #expect(found.object == nil && found.sourceIPs == [] && found.code == nil && found.userAgent == nil)
    let odd = record("a", more: #","sourceIPs":[1,"10.0.0.1",null],"responseStatus":{"code":"OK"}"#)
    #expect(event(odd)?.sourceIPs == ["10.0.0.1"])
    #expect(event(odd)?.code == nil)
  }

  private static let answers: [(answer: String, code: Int?)] = [
    (#""responseStatus":{"code":409}"#, 409),
    (#""responseStatus":{"code":"201"}"#, 201),
    (#""responseStatus":{"code":0}"#, nil),
    (#""responseStatus":{"code":0,"status":"Failure"}"#, nil),
    (#""responseStatus":{"status":"Failure","reason":"Forbidden","message":"x"}"#, 403),
    (#""responseStatus":{"status":"Success"}"#, 200),
    (#""responseStatus":{}"#, nil),
    (#""responseObject":{"kind":"Pod","metadata":{"name":"p"}}"#, 200),
    (#""responseObject":{"kind":"Status","status":"Failure","reason":"Conflict"}"#, 409),
    (#""responseObject":{"kind":"Status","status":"Failure","code":422}"#, 422),
    (#""responseObject":{"kind":"Status","status":"Failure"}"#, nil),
    (#""responseStatus":{"reason":"NotFound"},"responseObject":{"kind":"Pod","metadata":{"name":"p"}}"#, 404),
    (#""requestObject":{"kind":"Pod","metadata":{"name":"p"}}"#, nil),
  ]

  @Test(arguments: answers) func `the code of an answer is known as far as the record tells`(
    answer: String, code: Int?
  ) {
    #expect(event(record("a", more: "," + answer))?.code == code)
  }

  @Test(arguments: [#""1791190800""#, #""1791190800.0""#, #""1791190800000""#, "1791190800"])
  func `a number that is a time may be written as text`(time: String) {
    let text = #"{"auditID":"a","verb":"get","requestReceivedTimestamp":\#(time)}"#
    #expect(event(text)?.receivedAt.rfc3339 == "2026-10-05T09:00:00.000000Z")
  }

  @Test func `a date without dashes is no number of seconds`() {
    #expect(decode(#"{"auditID":"a","verb":"get","requestReceivedTimestamp":"20261005"}"#).events.isEmpty)
  }

  private static let paths: [(path: String, object: String?)] = [
    ("/api/v1/nodes/n1/proxy/run/x", "nodes n1 proxy"),
    ("/api/v1/namespaces/shop/services/http:svc:80/proxy/a/b", "services http:svc:80 proxy"),
    ("/api/v1/watch/namespaces/shop/pods", "pods - -"),
    ("/api/v1/proxy/nodes/n1/run", "nodes n1 run"),
    ("/api/v1/namespaces/shop/finalize", "namespaces shop finalize"),
    ("/api/v1/namespaces/shop/pods/p/log", "pods p log"),
    ("/apis/apps/v1/watch/deployments", "deployments - -"),
    ("/api/v1/watch", "watch - -"),
    ("/api/v1", nil),
  ]

  @Test(arguments: paths) func `a path names its object as kube-apiserver takes it apart`(path: String, object: String?)
  {
    let found = objectReference(ofPath: path[...]).map { "\($0.resource) \($0.name ?? "-") \($0.subresource ?? "-")" }
    #expect(found == object)
  }

  @Test func `annotation keys without dots are understood`() {
    let text = record(
      "a", more: #","annotations":{"authorization_k8s_io/decision":"forbid","audit_k8s_io/truncated":"true"}"#)
    #expect(event(text)?.decision == "forbid")
    #expect(event(text)?.truncated == true)
  }

  @Test func `strings that recur do not change into one another`() {
    let names = (0..<20_000).map { "system:serviceaccount:team-\($0):builder" }
    let lines = (names + names).map { name in
      #"{"auditID":"x","verb":"get","user":{"username":"\#(name)","groups":["\#(name)","g"]},"timestamp":1791191564}"#
    }
    let text = lines.joined(separator: "\n")
    let events = decode(text).events
    #expect(events.map(\.user) == names + names)
    #expect(events.map(\.groups) == (names + names).map { [$0, "g"] })
  }

  @Test func `every format is told apart and counted`() {
    let decoder = RecordDecoder(framing: .lines)
    _ = Array("\(Self.full)\n\(record("a"))\n\(record("b"))\n".utf8).withUnsafeBytes {
      decoder.decode($0, offset: 0, isLast: true)
    }
    let counts = zip(LogFormat.all.map(\.name), decoder.recordsByFormat).filter { $0.1 > 0 }.map { "\($0) \($1)" }
    #expect(counts == ["calico-audit 1", "kubernetes-audit 2"])
  }

  @Test func `the content of a record is what was logged, digit by digit`() throws {
    let text = record(
      "a",
      more: #","requestObject":{"b":1,"a":9007199254740993,"b":2},"responseObject":null,"#
        + #""responseStatus":{"message":"no"},"annotations":{"k":"v","n":1}"#)
    let content = try #require(decodeContent(Array(text.utf8)))
    #expect(content.requestObject?.json == #"{"b":1,"a":9007199254740993,"b":2}"#)
    #expect(content.responseObject == nil)
    #expect(content.message == "no")
    #expect(content.annotations.map { "\($0.name)=\($0.value)" } == ["k=v"])
    #expect(content.requestURI == "/apis/networking.k8s.io/v1/namespaces/shop/networkpolicies/web")
    #expect(decodeContent(Array("[1]".utf8)) == nil)
    #expect(decodeContent(Array("{\"a\"".utf8)) == nil)
  }
}

/// The text of a member; `inside` stands behind it with a quote at its end.
private func bytes(_ text: String, _ inside: [UInt8] = []) -> [UInt8] {
  inside.isEmpty ? Array(text.utf8) : Array(text.utf8) + inside + [UInt8(ascii: "\"")]
}

extension ContentHasher {
  fileprivate func contentID(of bytes: [UInt8]) -> ContentID { bytes.withUnsafeBytes { contentID(of: $0) } }
}
