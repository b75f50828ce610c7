import AuditModel
import EventQueries
import Testing

@testable import EventStorage

/// Many small segments become one, and nobody sees a difference.
@Suite struct MergeTests {
  /// Each list is a segment, one behind the other, of one source.
  private func store(_ lists: [[AuditEvent]]) throws -> (store: EventStore, source: Int64, numbers: [UInt32]) {
    let store = try EventStore.inMemory()
    let source = try store.source("audit.log")
    var numbers: [UInt32] = []
    for (index, events) in lists.enumerated() {
      numbers.append(try store.add(events, to: source, at: Int64(index) * 1000).segment)
    }
    return (store, source, numbers)
  }

  private func draft(_ events: [AuditEvent]) -> SegmentDraft {
    var builder = SegmentBuilder(keeping: .none)
    let batch = EventBatch(
      records: events.map(LogRecord.audit), rejects: [], offset: 0, byteCount: 1000, lineCount: events.count)
    builder.add(batch, bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    return builder.finish()
  }

  /// Events at places of their own.
  private func placed(_ events: [AuditEvent]) -> [AuditEvent] {
    events.enumerated().map { index, event in
      var event = event
      event.position = RecordPosition(line: index + 1, offset: Int64(index) * 10, length: 9)
      // A column that spans all of 64 bits keeps the largest one off by one.
      if let generation = event.request?.generation { event.request?.generation = generation % 1000 }
      if let generation = event.response?.generation { event.response?.generation = generation % 1000 }
      return event
    }
  }

  @Test(arguments: 0..<40) func `merged segments hold the same acts`(seed: Int) throws {
    var dice = Dice(seed)
    let events = placed(randomEvents(60, &dice))
    let lists = stride(from: 0, to: 60, by: 7).map { Array(events[$0..<min(60, $0 + 7)]) }
    let (store, source, numbers) = try store(lists)
    let before = store.snapshot()
    let acts = try before.all()
    let merged = try #require(
      try store.merge(Array(numbers.dropFirst()), into: draft(Array(events[7...])), source: source))
    let after = store.snapshot()
    #expect(Set(store.segmentNumbers) == [numbers[0], merged])
    #expect(try after.contents() == before.contents())
    #expect(after.actCount == before.actCount)
    // Ids of before lead to the same acts.
    for act in acts { #expect(after.act(act.id).contentID == act.contentID) }
  }

  @Test(arguments: 0..<20) func `acts that come after a merge join as they would have without it`(seed: Int) throws {
    var dice = Dice(seed + 1000)
    let events = placed(randomEvents(40, &dice))
    let later = placed(
      randomEvents(40, &dice)
        + events.prefix(5).map { event in
          var event = event
          event.stage = .panic
          event.contentID.low ^= 1
          return event
        })
    let lists = [Array(events[..<20]), Array(events[20...])]
    let (store, source, numbers) = try store(lists)
    _ = try #require(try store.merge(numbers, into: draft(events), source: source))
    try store.add(later, to: try store.source("later.log"))
    let (plain, _, _) = try self.store(lists)
    try plain.add(later, to: try plain.source("later.log"))
    #expect(try store.snapshot().contents() == plain.snapshot().contents())
  }

  @Test func `a draft that lacks a record changes nothing`() throws {
    let events = placed((0..<4).map { event(uuid($0), content: UInt64($0 + 1)) })
    let (store, source, numbers) = try store([Array(events[..<2]), Array(events[2...])])
    #expect(try store.merge(numbers, into: draft(Array(events[..<3])), source: source) == nil)
    #expect(store.segmentNumbers == numbers)
  }

  @Test func `another process sees the merged segment in the place of the others`() throws {
    try withFolder { folder in
      let store = try EventStore.open(folder + "/index", access: .readWrite)
      let source = try store.source("audit.log")
      let events = placed((0..<40).map { event(uuid($0), content: UInt64($0 + 1)) })
      let numbers = try events.map { try store.add([$0], to: source).segment }
      let other = try EventStore.open(folder + "/index", access: .readOnly)
      let held = other.snapshot()
      _ = try store.merge(numbers, into: draft(events), source: source)
      // What was begun before the merge can be ended.
      #expect(try held.all().count == 40)
      try other.refresh()
      #expect(other.segmentNumbers.count == 1)
      #expect(try other.snapshot().contents() == store.snapshot().contents())
      #expect(try EventStore.open(folder + "/index", access: .readOnly).segmentNumbers.count == 1)
    }
  }

  @Test func `short segments that follow each other are found`() throws {
    let events = placed((0..<10).map { event(uuid($0), content: UInt64($0 + 1)) })
    let (store, source, numbers) = try store(events.map { [$0] })
    #expect(store.fragments(of: source) == numbers)
    try store.discard(numbers)
    #expect(store.snapshot().actCount == 0)
    #expect(store.coverage(of: source) == [])
  }
}
