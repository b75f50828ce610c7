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

  @Test func `a write whose answer is not known is no change`() {
    #expect(outcome("update", nil) == .unknown)
    #expect(outcome("create", nil, resource: "pods", subresource: "eviction") == .unknown)
    #expect(outcome("update", nil, resource: "pods", subresource: "status") == .unknown)
    #expect(outcome("update", 307) == .unknown)
    #expect(outcome("create", nil, resource: "pods", subresource: "exec") == .unknown)
    // What alters nothing does so whatever the answer is.
    #expect(outcome("get", nil) == .read)
    #expect(outcome("update", nil, dryRun: true) == .dryrun)
    #expect(outcome("create", nil, resource: nil) == .noop)
  }

  @Test func `a connection that began needs no code, and one through a proxy may have any`() {
    let began = StageSet(.responseStarted)
    #expect(outcome("create", nil, resource: "pods", subresource: "exec", stages: began) == .connect)
    #expect(outcome("get", 302, resource: "services", subresource: "proxy") == .connect)
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

  private func write(
    _ row: UInt32, _ second: Int64, _ version: String, code: Int = 200, sent: String? = nil,
    evidence: VersionLedger.Evidence = .none, source: Int64 = 0
  ) -> VersionLedger.Write {
    VersionLedger.Write(
      id: ActID(segment: 0, row: row), time: Timestamp(seconds: second), code: code, uid: "u", resourceVersion: version,
      sentResourceVersion: sent, endsObject: false, evidence: evidence,
      place: .init(source: source, offset: Int64(row)))
  }

  @Test func `of writes that answer with one version, the first made it, in whatever order they are read`() {
    var ledger = VersionLedger()
    #expect(ledger.take(write(1, 20, "7")).noop == nil)
    #expect(ledger.take(write(2, 30, "7")).noop == ActID(segment: 0, row: 2))
    #expect(ledger.take(write(3, 10, "7")).noop == ActID(segment: 0, row: 1))
    #expect(ledger.take(write(4, 40, "8")).noop == nil)
  }

  @Test func `a client that gets back the version it sent changed nothing`() {
    var ledger = VersionLedger()
    #expect(ledger.take(write(1, 20, "7", sent: "7")).noop == ActID(segment: 0, row: 1))
    #expect(ledger.take(write(2, 30, "8", sent: "7")).noop == nil)
  }

  /// The acts that are left as changes after the ledger has seen the writes in this order.
  private func makers(_ writes: [VersionLedger.Write]) -> [UInt32] {
    var ledger = VersionLedger()
    let noops = writes.compactMap { ledger.take($0).noop }
    return writes.map(\.id).filter { !noops.contains($0) }.map(\.row).sorted()
  }

  @Test(arguments: 0..<6) func `clocks that were set back do not make a change of what asks for nothing`(_ order: Int) {
    // By the clock, the two empty patches came long after and before the write that they found.
    let writes = [
      write(1, 1000, "7", evidence: .none), write(2, 6400, "7", evidence: .asksNothing),
      write(3, 100, "7", evidence: .asksNothing),
    ]
    #expect(makers(permutation(order, of: writes)) == [1])
  }

  @Test(arguments: 0..<6) func `evidence counts more than time, in whatever order acts are read`(_ order: Int) {
    let stamped = [write(1, 100, "7"), write(2, 1000, "7", evidence: .stamped), write(3, 50, "7")]
    #expect(makers(permutation(order, of: stamped)) == [2])
    let replaced = [write(1, 100, "7"), write(2, 1000, "7", sent: "6"), write(3, 500, "7", evidence: .stamped)]
    #expect(makers(permutation(order, of: replaced)) == [2])
    let alike = [write(1, 100, "7", evidence: .stamped), write(2, 100, "7", evidence: .stamped), write(3, 50, "8")]
    #expect(makers(permutation(order, of: alike)) == [1, 3])
  }

  private func permutation<Value>(_ number: Int, of values: [Value]) -> [Value] {
    var rest = values
    var number = number
    return (1...values.count).reversed().map { count in
      defer { number /= count }
      return rest.remove(at: number % count)
    }
  }

  @Test func `where two writers' clocks alone tell, it is in doubt`() {
    func isInDoubt(_ second: VersionLedger.Write) -> Bool {
      var ledger = VersionLedger()
      _ = ledger.take(write(1, 100, "7"))
      return ledger.take(second).isInDoubt
    }
    #expect(isInDoubt(write(2, 110, "7", source: 1)))
    #expect(isInDoubt(write(2, 90, "7", source: 1)))
    #expect(!isInDoubt(write(2, 100_000, "7", source: 1)))
    #expect(!isInDoubt(write(2, 110, "7", evidence: .stamped, source: 1)))
    // Lines of one file stand in the order in which requests ended.
    #expect(!isInDoubt(write(2, 110, "7")))
    #expect(isInDoubt(write(2, 90, "7")))
  }

  @Test func `a create is a change whenever it is read`() {
    var ledger = VersionLedger()
    #expect(ledger.take(write(1, 20, "7")).noop == nil)
    #expect(ledger.take(write(2, 30, "7", code: 201)).noop == ActID(segment: 0, row: 1))
    #expect(ledger.take(write(3, 10, "7")).noop == ActID(segment: 0, row: 3))
  }
}
