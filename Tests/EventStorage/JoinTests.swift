import AuditModel
import EventQueries
import Testing

@testable import EventStorage

@Suite struct JoinTests {
  @Test func `commands of an exec are not in the index, and its stages are joined all the same`() throws {
    let store = try EventStore.inMemory()
    let uri = "/api/v1/namespaces/shop/pods/web/exec?command=mysql&command=-phunter2&stdin=true"
    for (stage, content) in [(Stage.responseStarted, 1), (.responseComplete, 2)] {
      try store.add([event(uuid(1), stage, uri: uri, content: UInt64(content))], to: try store.source("\(content)"))
    }
    let state = store.snapshot().state
    #expect(state.actCount == 1)
    #expect(
      try state.segments.map { try $0.text(.requestURI)[0] }
        == Array(repeating: "/api/v1/namespaces/shop/pods/web/exec?command=&command=&stdin=true", count: 2))
  }

  /// Each list is a segment of a source of its own.
  private func store(_ segments: [[AuditEvent]]) throws -> EventStore {
    let store = try EventStore.inMemory()
    for (index, events) in segments.enumerated() { try store.add(events, to: try store.source("\(index).log")) }
    return store
  }

  @Test func `the stages of a request are one act, in whatever order and file they come`() throws {
    let stages = [
      event(uuid(1), .requestReceived, took: 0, code: nil, content: 1), event(uuid(1), .responseStarted, content: 2),
      event(uuid(1), .responseComplete, content: 3),
    ]
    for order in [[0, 1, 2], [2, 1, 0], [1, 2, 0], [2, 0, 1]] {
      let events = order.map { stages[$0] }
      for segments in [[events], events.map { [$0] }, [[events[0]], [events[1], events[2]]]] {
        let snapshot = try store(segments).snapshot()
        let acts = try snapshot.all()
        #expect(acts.count == 1)
        #expect(acts[0].stages.stages == [.requestReceived, .responseStarted, .responseComplete])
        #expect(acts[0].outcome == .changed)
        #expect(acts[0].contentID.high == 3)
        #expect(snapshot.actCount == 1)
        #expect(try snapshot.select(EventQuery()) == [acts[0].id])
      }
    }
  }

  @Test func `an act found under the id it had before still is that act`() throws {
    let store = try store([[event(uuid(1), .requestReceived, content: 1)]])
    let before = try store.snapshot().all()[0].id
    try store.add([event(uuid(1), content: 2)], to: try store.source("late.log"))
    #expect(store.snapshot().act(before).contentID.high == 2)
    let page = try store.snapshot().page(
      PageRequest(query: EventQuery(), anchor: .act(before, time: Timestamp(seconds: 0))))
    #expect(page.anchorPosition == 0)
  }

  @Test func `an audit ID on another request is another act`() throws {
    let base = event(uuid(1), content: 1)
    for other in [
      event(uuid(1), verb: "delete", content: 2), event(uuid(1), uri: "/y", content: 2),
      event(uuid(1), user: "bob", content: 2), event(uuid(1), at: 101, content: 2), event(uuid(2), content: 2),
    ] {
      #expect(try store([[base], [other]]).snapshot().actCount == 2)
      #expect(try store([[base, other]]).snapshot().actCount == 2)
    }
  }

  @Test(.timeLimit(.minutes(1)))
  func `one audit ID and one time for everything costs no more than others do`() throws {
    let count = 6_000
    // A stage told again and again, in other bytes each time.
    let told = (1...count).map { event(uuid(1), content: UInt64($0)) }
    #expect(try store([told, told]).snapshot().actCount == 1)
    // Requests that only the URI tells apart, in two files that overlap.
    let requests = (1...count).map { event(uuid(1), uri: "/\($0)", content: UInt64($0)) }
    let store = try store([requests, Array(requests.reversed())])
    #expect(store.snapshot().actCount == count)
    // Lines without an audit ID, as flows of one interval are.
    let flows = (1...count).map { event(nil, content: UInt64($0)) }
    #expect(try self.store([flows, Array(flows.reversed())]).snapshot().actCount == count)
  }

  @Test func `records without an audit ID are never joined`() throws {
    let first = event(nil, .requestReceived, content: 1)
    #expect(try store([[first, event(nil, content: 2)]]).snapshot().actCount == 2)
    #expect(try store([[first], [event(nil, content: 2)]]).snapshot().actCount == 2)
  }

  @Test func `a record that is there already is dropped and counted`() throws {
    let store = try store([[event(uuid(1), .requestReceived, content: 1), event(uuid(1), content: 2)]])
    let again = try store.add(
      [event(uuid(1), .requestReceived, content: 1), event(uuid(2), at: 200, content: 3), event(nil, content: 4)],
      to: try store.source("copy.log"))
    #expect(again.duplicates == 1)
    #expect(again.addedActs == 2)
    let copy = try store.add([event(nil, content: 4)], to: try store.source("copy of copy.log"))
    #expect(copy.duplicates == 1)
    #expect(copy.addedActs == 0)
    #expect(store.snapshot().actCount == 3)
  }

  @Test func `the same line twice in one file is one record`() throws {
    let store = try store([[event(uuid(1), content: 1), event(uuid(1), content: 1)]])
    #expect(store.snapshot().actCount == 1)
  }

  @Test(arguments: 0..<60) func `the acts do not depend on how the records were cut and ordered`(seed: Int) throws {
    var dice = Dice(seed)
    var events: [AuditEvent] = []
    for number in 0..<40 {
      // A request that panicked does not complete.
      let all = Stage.allCases.filter { $0 != .panic && dice.chance(50) }
      for stage in all {
        events.append(
          event(
            uuid(number), stage, at: Int64(100 + dice.roll(3)), took: Double(number) / 1000,
            code: stage == .requestReceived ? nil : dice.pick([200, 403, 500]),
            content: dice.next(), uid: stage == .responseComplete ? "u\(number % 5)" : nil, version: "\(dice.roll(20))")
        )
      }
    }
    let together = try store([events]).snapshot().contents()
    let shuffled = events.shuffled(using: &dice)
    var segments: [[AuditEvent]] = []
    var rest = shuffled[...]
    while !rest.isEmpty {
      let count = 1 + dice.roll(20)
      segments.append(Array(rest.prefix(count)))
      rest = rest.dropFirst(count)
    }
    segments.append(Array(shuffled.prefix(dice.roll(10))))
    let apart = try store(segments).snapshot().contents()
    #expect(apart == together)
  }

  @Test func `clocks that were set back do not turn a patch without content into a change`() throws {
    func patch(_ number: Int, at second: Int64, body: BodyFacts, managedAt: Int64 = 200) -> AuditEvent {
      var made = event(uuid(number), verb: "patch", at: second, content: UInt64(number), uid: "u", version: "7")
      made.request = body
      made.response?.managedAt = Timestamp(seconds: managedAt)
      return made
    }
    let made = patch(1, at: 200, body: BodyFacts())
    let late = patch(2, at: 900, body: BodyFacts(isEmpty: true))
    let early = patch(3, at: 100, body: BodyFacts(isEmpty: true))
    let same = patch(4, at: 50, body: BodyFacts())
    for segments in [
      [[made, late, early, same]], [[same], [early], [made], [late]], [[made], [same], [late, early]],
    ] {
      let outcomes = try store(segments).snapshot().all().map { ($0.time.microseconds / 1_000_000, $0.outcome) }
      #expect(outcomes.map(\.0) == [50, 100, 200, 900])
      #expect(outcomes.map(\.1) == [.noop, .noop, .changed, .noop])
    }
  }

  @Test func `of writes that answered with one version the first made it, whichever was read first`() throws {
    let made = event(uuid(1), at: 100, content: 1, uid: "u", version: "7")
    let found = event(uuid(2), at: 200, content: 2, uid: "u", version: "7")
    let other = event(uuid(3), at: 300, content: 3, uid: "u", version: "8")
    for segments in [[[made, found, other]], [[made], [found], [other]], [[other], [found], [made]]] {
      let store = try store(segments)
      #expect(try store.snapshot().all().map(\.outcome) == [.changed, .noop, .changed])
      #expect(try store.snapshot().select(EventQuery(level: .effective)).count == 2)
      #expect(try store.snapshot().folded(EventQuery()) == [.noop: 1])
    }
  }

  @Test func `names that only look alike stay two`() throws {
    let composed = event(uuid(1), at: 100, name: "caf\u{E9}", content: 1)
    let apart = event(uuid(2), at: 101, name: "cafe\u{301}", content: 2)
    for segments in [[[composed, apart]], [[composed], [apart]]] {
      let names = try store(segments).snapshot().all().map { Array(($0.object?.name ?? "").utf8) }
      #expect(names == [Array("caf\u{E9}".utf8), Array("cafe\u{301}".utf8)])
    }
    let users = [event(uuid(1), user: "caf\u{E9}", content: 1), event(uuid(1), user: "cafe\u{301}", content: 2)]
    #expect(try store([users]).snapshot().actCount == 2)
    #expect(try store([[users[0]], [users[1]]]).snapshot().actCount == 2)
  }
}
