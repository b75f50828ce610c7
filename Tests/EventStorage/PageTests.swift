import AuditModel
import EventQueries
import Testing

@testable import EventStorage

@Suite struct PageTests {
  private let berlin = Zone(
    name: "Europe/Berlin",
    transitions: [
      Zone.Transition(from: Timestamp(microseconds: .min), offsetSeconds: 7200),
      Zone.Transition(from: Timestamp(seconds: 1_698_541_200), offsetSeconds: 3600),
    ])

  /// Acts in several overlapping segments, over the end of summer time.
  private func store(_ seed: Int) throws -> EventStore {
    var dice = Dice(seed)
    let store = try EventStore.inMemory()
    for number in 0..<4 {
      var events = randomEvents(50 + dice.roll(50), &dice, stage: .responseComplete)
      for index in events.indices {
        let time = Timestamp(seconds: 1_698_400_000 + Int64(number * 30_000 + dice.roll(100_000)))
        events[index].receivedAt = time
        events[index].stageAt = time
      }
      try store.add(events, to: try store.source("\(number).log"))
    }
    return store
  }

  @Test(arguments: 0..<40) func `a page, its days and its histogram count what is listed`(seed: Int) throws {
    let snapshot = try store(seed).snapshot()
    var dice = Dice(seed)
    let level = dice.pick(ViewLevel.allCases)
    let order = dice.pick([PageRequest.Order.newestFirst, .oldestFirst])
    let query = EventQuery(level: level)
    let all = try snapshot.all(order)
    let listed = all.filter { $0.viewLevel <= level }
    #expect(zip(all, all.dropFirst()).allSatisfy { order == .newestFirst ? $0.time >= $1.time : $0.time <= $1.time })

    let wanted = dice.roll(listed.count + 20)
    let page = try snapshot.page(
      PageRequest(
        query: query, order: order, anchor: .position(wanted), count: 1 + dice.roll(60), zone: berlin,
        histogramBuckets: 1 + dice.roll(80)))
    #expect(page.total == listed.count)
    #expect(page.storeTotal == all.count)
    #expect(page.rows == Array(listed.dropFirst(page.firstPosition).prefix(page.rows.count)))
    let position = try #require(page.anchorPosition)
    #expect(position == min(wanted, listed.count - 1))
    #expect(page.rows.count == min(page.request.count, listed.count))
    #expect((page.firstPosition..<(page.firstPosition + page.rows.count)).contains(position))
    #expect(page.folded == Dictionary(grouping: all.filter { $0.viewLevel > level }, by: \.outcome).mapValues(\.count))

    var days: [DayCount] = []
    for (position, act) in listed.enumerated() {
      let start = berlin.startOfDay(act.time)
      if days.last?.start == start {
        days[days.count - 1].count += 1
      } else {
        days.append(DayCount(start: start, count: 1, firstPosition: position))
      }
    }
    #expect(page.days == days)

    let histogram = try #require(page.histogram)
    #expect(Histogram.steps.contains(histogram.stepSeconds))
    #expect(histogram.listed.count <= page.request.histogramBuckets)
    for (index, (count, failures)) in zip(histogram.listed, histogram.failures).enumerated() {
      let from = histogram.start.adding(seconds: Double(index * histogram.stepSeconds))
      let inside = listed.filter { $0.time >= from && $0.time < from.adding(seconds: Double(histogram.stepSeconds)) }
      let failed = inside.filter { $0.outcome == .denied || $0.outcome == .failed }.count
      #expect(failures == failed)
      #expect(count == inside.count)
    }
    #expect(histogram.listed.reduce(0, +) == listed.count)
  }

  @Test func `an act is found at its position, and a time at the nearest act`() throws {
    let snapshot = try store(3).snapshot()
    let all = try snapshot.all(.newestFirst)
    let query = EventQuery(level: .everything)
    for position in stride(from: 0, to: all.count, by: 7) {
      let act = all[position]
      let page = try snapshot.page(PageRequest(query: query, anchor: .act(act.id, time: act.time), count: 5))
      #expect(page.anchorPosition == position)
      #expect(page.rows[position - page.firstPosition] == act)
    }
    let late = try snapshot.page(PageRequest(query: query, anchor: .time(Timestamp(seconds: 9_000_000_000))))
    #expect(late.anchorPosition == 0)
    let early = try snapshot.page(PageRequest(query: query, anchor: .time(Timestamp(microseconds: .min))))
    #expect(early.anchorPosition == all.count - 1)
  }

  @Test func `an empty store has an empty page`() throws {
    let page = try EventStore.inMemory().snapshot().page(PageRequest(query: EventQuery(), histogramBuckets: 10))
    #expect(page.rows.isEmpty)
    #expect(page.anchorPosition == nil)
    #expect(page.histogram == nil)
    #expect(page.storeSpan == nil)
  }

  @Test func `looking for failures goes round the list in both directions`() throws {
    let store = try EventStore.inMemory()
    let codes = [200, 403, 200, 500, 200, 409]
    try store.add(
      codes.enumerated().map { event(uuid($0), at: Int64($0 + 1), code: $1, content: UInt64($0 + 1)) },
      to: try store.source("x"))
    let snapshot = store.snapshot()
    let acts = try snapshot.all()
    func find(_ from: Int, forward: Bool, _ order: PageRequest.Order = .oldestFirst) throws -> FindAnswer {
      try snapshot.find(
        FindRequest(
          query: EventQuery(level: .everything), order: order, from: acts[from].id, forward: forward, target: .failed))
    }
    let next = try find(1, forward: true)
    #expect(next.found == acts[3])
    #expect((next.rank, next.count, next.wrapped) == (2, 3, false))
    let round = try find(5, forward: true)
    #expect(round.found == acts[1])
    #expect(round.wrapped)
    #expect(try find(1, forward: false).found == acts[5])
    #expect(try find(3, forward: true, .newestFirst).found == acts[1])
  }

  @Test func `acts about an object come oldest first, with the deletions of its whole collection`() throws {
    let store = try EventStore.inMemory()
    try store.add(
      [
        event(uuid(1), at: 10, content: 1), event(uuid(2), verb: "get", at: 20, content: 2),
        event(uuid(3), verb: "deletecollection", at: 30, name: nil, content: 3),
        event(uuid(4), at: 40, name: "other", content: 4),
      ], to: try store.source("x"))
    try store.add([event(uuid(5), at: 5, content: 5)], to: try store.source("y"))
    let snapshot = store.snapshot()
    let key = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")
    #expect(snapshot.acts(about: key).map { snapshot.act($0).contentID.high } == [5, 1, 3])
    #expect(snapshot.acts(about: key, includingReads: true).count == 4)
    #expect(snapshot.objectKeys().map(\.name) == ["other", "web"])
    let web = try #require(snapshot.objects().last)
    #expect(web.versionCount == 2)
    #expect(web.isDeleted)
    #expect(web.lastChange == Timestamp(seconds: 30))
  }

  @Test func `the end of an object is no version of it, as the Change Log counts`() throws {
    let store = try EventStore.inMemory()
    try store.add(
      [
        event(uuid(1), verb: "create", at: 10, code: 201, content: 1, uid: "u", version: "1"),
        event(uuid(2), at: 20, content: 2, uid: "u", version: "2"), event(uuid(3), verb: "delete", at: 30, content: 3),
      ], to: try store.source("x"))
    let web = try #require(store.snapshot().objects().first)
    #expect(web.versionCount == 2)
    #expect(web.isDeleted)
    #expect(web.lastChange == Timestamp(seconds: 30))
  }

  @Test func `what is written after its deletion was still there, and one that answers 202 only begins`() throws {
    func summary(_ second: AuditEvent, _ third: AuditEvent? = nil) throws -> String {
      let store = try EventStore.inMemory()
      let create = event(uuid(1), verb: "create", at: 10, code: 201, content: 1)
      try store.add([create, second] + (third.map { [$0] } ?? []), to: try store.source("x"))
      let web = try #require(store.snapshot().objects().first)
      return "\(web.versionCount) \(web.isDeleted)"
    }
    let delete = event(uuid(2), verb: "delete", at: 20, content: 2)
    #expect(try summary(delete) == "1 true")
    #expect(try summary(delete, event(uuid(3), at: 30, content: 3)) == "3 false")
    #expect(try summary(delete, event(uuid(3), verb: "create", at: 30, code: 201, content: 3)) == "2 false")
    #expect(try summary(delete, event(uuid(3), at: 30, code: 404, content: 3)) == "1 true")
    #expect(try summary(delete, event(uuid(3), verb: "delete", at: 30, content: 3)) == "2 true")
    #expect(try summary(event(uuid(2), verb: "delete", at: 20, code: 202, content: 2)) == "2 false")
    // A service answers with what it was.
    let gone = event(uuid(2), verb: "delete", at: 20, content: 2, uid: "u", version: "7", resource: "networkpolicies")
    #expect(try summary(gone) == "1 true")
  }

  @Test func `a pod that is deleted gracefully, then by force, has one version more and is gone`() throws {
    let store = try EventStore.inMemory()
    let verbs = ["create", "delete", "delete"]
    for (number, verb) in verbs.enumerated() {
      var pod = event(
        uuid(number), verb: verb, at: Int64(number), content: UInt64(number + 1), uid: "u", version: "\(number + 1)",
        resource: "pods")
      pod.response?.hasDeletionTimestamp = verb == "delete"
      try store.add([pod], to: try store.source("x"))
      let summary = try #require(store.snapshot().objects().first)
      #expect(summary.versionCount == min(number + 1, 2))
      #expect(summary.isDeleted == (number == 2))
    }
  }

  @Test func `an event is found by the beginning of either of its ids`() throws {
    let store = try EventStore.inMemory()
    try store.add(
      [event(uuid(0xabc), content: 0xAB00_0000_0000_0001), event("Chosen-By-Client", at: 7, content: 2)],
      to: try store.source("x"))
    let snapshot = store.snapshot()
    #expect(snapshot.find(eventID: "ab00").map { snapshot.act($0).contentID.high } == [0xAB00_0000_0000_0001])
    #expect(snapshot.find(eventID: uuid(0xabc)).count == 1)
    #expect(snapshot.find(eventID: "3f2a0000-0000").count == 1)
    #expect(snapshot.find(eventID: "chosen").count == 1)
    #expect(snapshot.find(eventID: "").isEmpty)
    #expect(snapshot.find(eventID: "ffff").isEmpty)
  }
}
