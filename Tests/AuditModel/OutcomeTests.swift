import AuditModel
import Testing

private func outcome(
  _ verb: String, _ code: Int?, resource: String? = "networkpolicies", subresource: String? = nil,
  stages: StageSet = StageSet(.responseComplete), dryRun: Bool = false
) -> Outcome {
  let object = resource.map {
    ObjectReference(group: "", version: "v1", resource: $0, name: "x", subresource: subresource)
  }
  return Outcome.classify(verb: verb, object: object, code: code, stages: stages, dryRun: dryRun)
}

@Suite struct OutcomeTests {
  @Test func `refusals and failures come before everything else`() {
    #expect(outcome("update", 403) == .denied)
    #expect(outcome("get", 401, stages: StageSet(.responseStarted)) == .denied)
    #expect(outcome("update", 409, dryRun: true) == .conflict)
    #expect(outcome("create", 422) == .failed)
    #expect(outcome("get", 404) == .failed)
  }

  @Test func `reads and reviews alter nothing`() {
    #expect(outcome("list", 200) == .read)
    #expect(outcome("watch", 200, stages: StageSet(.responseStarted)) == .read)
    #expect(outcome("create", 201, resource: "selfsubjectaccessreviews") == .read)
  }

  @Test func `a write without a final stage is unknown`() {
    #expect(outcome("patch", nil, stages: StageSet(.requestReceived)) == .unknown)
    #expect(outcome("patch", nil, stages: [StageSet(.requestReceived), StageSet(.panic)]) == .unknown)
  }

  @Test func `exec is a connection even when a websocket makes it a get`() {
    #expect(outcome("create", 101, resource: "pods", subresource: "exec") == .connect)
    #expect(outcome("get", 101, resource: "pods", subresource: "exec", stages: StageSet(.responseStarted)) == .connect)
    #expect(outcome("get", 200, resource: "pods", subresource: "log") == .read)
  }

  @Test func `subresources stand apart, but an eviction deletes`() {
    #expect(outcome("update", 200, resource: "pods", subresource: "status") == .subresource)
    #expect(outcome("create", 201, resource: "pods", subresource: "eviction") == .changed)
    #expect(outcome("create", 201, resource: "pods", subresource: "eviction", dryRun: true) == .dryrun)
  }

  @Test func `each outcome has its view level`() {
    #expect(Outcome.denied.viewLevel(isWrite: true) == .effective)
    #expect(Outcome.denied.viewLevel(isWrite: false) == .writes)
    #expect(Outcome.failed.viewLevel(isWrite: false) == .everything)
    #expect(Outcome.noop.viewLevel(isWrite: true) == .writes)
    #expect(Outcome.read.viewLevel(isWrite: false) == .everything)
  }

  private func write(_ row: UInt32, _ second: Int64, _ version: String, code: Int = 200, sent: String? = nil)
    -> VersionLedger.Write
  {
    VersionLedger.Write(
      id: ActID(segment: 0, row: row), time: Timestamp(seconds: second), code: code, uid: "u", resourceVersion: version,
      sentResourceVersion: sent, endsObject: false)
  }

  @Test func `of writes that answer with one version, the first made it, in whatever order they are read`() {
    var ledger = VersionLedger()
    #expect(ledger.take(write(1, 20, "7")) == nil)
    #expect(ledger.take(write(2, 30, "7")) == ActID(segment: 0, row: 2))
    #expect(ledger.take(write(3, 10, "7")) == ActID(segment: 0, row: 1))
    #expect(ledger.take(write(4, 40, "8")) == nil)
  }

  @Test func `a client that gets back the version it sent changed nothing`() {
    var ledger = VersionLedger()
    #expect(ledger.take(write(1, 20, "7", sent: "7")) == ActID(segment: 0, row: 1))
    #expect(ledger.take(write(2, 30, "8", sent: "7")) == nil)
  }

  @Test func `a create is a change whenever it is read`() {
    var ledger = VersionLedger()
    #expect(ledger.take(write(1, 20, "7")) == nil)
    #expect(ledger.take(write(2, 30, "7", code: 201)) == ActID(segment: 0, row: 1))
    #expect(ledger.take(write(3, 10, "7")) == ActID(segment: 0, row: 3))
  }
}
