import AuditModel
import EventQueries
import Testing

@testable import EventStorage

/// What makes the acts on one object quick to find and to read must not decide which they are.
@Suite struct PreparingTests {
  private let web = ObjectKey(group: "networking.k8s.io", resource: "networkpolicies", namespace: "shop", name: "web")

  /// Random acts in segments of 50.
  private func store(_ seed: Int, at path: String? = nil) throws -> EventStore {
    var dice = Dice(seed)
    let store = try path.map { try EventStore.open($0, access: .readWrite) } ?? EventStore.inMemory()
    let source = try store.source("a.log")
    for index in 0..<6 { try store.add(randomEvents(50, &dice), to: source, at: Int64(index) * 5000) }
    return store
  }

  @Test(arguments: 0..<20) func `objects are found by name as by going through all acts`(seed: Int) throws {
    let snapshot = try store(seed).snapshot()
    let acts = try snapshot.all()
    let keys = Set(acts.compactMap(\.key))
    #expect(Set(snapshot.objectKeys()) == keys)
    for name in Set(keys.map(\.name)) {
      #expect(snapshot.objectKeys(named: name) == keys.filter { $0.name == name }.sorted())
    }
    #expect(snapshot.objectKeys(named: "nobody").isEmpty)
    for key in keys {
      let own = acts.filter { $0.key == key }.map(\.id)
      let found = snapshot.acts(about: key, includingReads: true)
      #expect(Set(own).isSubset(of: found))
      #expect(Set(found.filter { snapshot.act($0).verb != "deletecollection" }).isSubset(of: own))
    }
  }

  @Test(arguments: 0..<20) func `a segment without an index of names is read as one that has it`(seed: Int) throws {
    try withFolder { folder in
      let store = try store(seed, at: folder + "/a.store")
      let left = store.snapshot()
      let keys = left.objectKeys()
      let answers = keys.map { (left.historyActs(about: [$0]), left.objectKeys(named: $0.name)) }
      let isStepped = left.hasClockSteps
      for column in [StoredColumn.objectNames, .lineEnds] {
        try store.database.write {
          try $0.execute(sql: "DELETE FROM chunk WHERE id % \(StoredColumn.limit) = \(column.rawValue)")
        }
      }
      let right = try EventStore.open(folder + "/a.store", access: .readOnly).snapshot()
      for (key, answer) in zip(keys, answers) {
        #expect(right.historyActs(about: [key]) == answer.0)
        #expect(right.objectKeys(named: key.name) == answer.1)
      }
      #expect(right.hasClockSteps == isStepped)
    }
  }

  @Test(arguments: 0..<20) func `auditIDs that stand elsewhere are the same for one history and for many`(
    seed: Int
  ) throws {
    func answers(_ snapshot: StoreSnapshot) -> [Set<String>] {
      snapshot.objectKeys().map { key in
        snapshot.auditIDs(of: snapshot.historyActs(about: [key]), alsoOutside: [key])
      }
    }
    let one = answers(try store(seed).snapshot())
    let many = try store(seed).snapshot()
    many.prepareForHistories()
    #expect(answers(many) == one)
    #expect(seed > 0 || one.contains { !$0.isEmpty })
  }

  @Test func `many acts are read as each alone, in the order that was asked for`() throws {
    let text = Array(repeating: UInt8(ascii: "x"), count: 4 << 20)
    var builder = SegmentBuilder(keeping: .all)
    // Records of 90,000 bytes: a dozen to a block, some of them at the end of one.
    let events = (0..<40).map { index in
      var event = event(uuid(index), at: Int64(index), name: "n\(index)", content: UInt64(index))
      event.position = RecordPosition(line: index + 1, offset: Int64(index) * 100_000, length: 90_000)
      return event
    }
    let marked = text.enumerated().map { UInt8(truncatingIfNeeded: $0.offset / 100_000) ^ $0.element }
    marked.withUnsafeBytes { bytes in
      builder.add(
        EventBatch(
          records: events.map(LogRecord.audit), rejects: [], offset: 0, byteCount: 4_000_000, lineCount: 40),
        bytes: UnsafeRawBufferPointer(rebasing: bytes[0..<4_000_000]))
    }
    let environment = StoreEnvironment(decodeContent: { record, _ in
      StoredContent(requestURI: "\(record[0])-\(record[record.count - 1])", request: nil, response: nil)
    })
    let store = try EventStore.inMemory(environment)
    _ = try store.append(builder.finish(), source: try store.source("a.log"))
    let snapshot = store.snapshot()
    let ids = try Array(snapshot.all().map(\.id).reversed())
    let many = try snapshot.details(of: ids + ids.prefix(1), keepsRecords: false).map { try $0.get() }
    #expect(many.map(\.act.id) == ids + ids.prefix(1))
    #expect(many.map(\.requestURI) == (try (ids + ids.prefix(1)).map { try snapshot.detail($0).requestURI }))
    #expect(Set(many.map(\.requestURI)).count == 40)
    #expect(!many.contains { !$0.records.isEmpty })
    #expect(throws: CancellationError.self) {
      try snapshot.details(of: ids, keepsRecords: false, isCancelled: { true })
    }
    let stranger = ActID(segment: 99, row: 0)
    #expect(throws: StoreError.self) { try snapshot.details(of: [stranger], keepsRecords: false)[0].get() }
  }

  @Test(arguments: 0..<20) func `acts whose values are read alone are those of whole columns`(seed: Int) throws {
    // Where acts have several stages, their columns are read whole.
    let stage: Stage? = seed % 5 == 0 ? nil : .responseComplete
    func filled() throws -> StoreSnapshot {
      var dice = Dice(seed)
      let store = try EventStore.inMemory(StoreEnvironment(textRedaction: { $0.replacing("kubectl", with: "<agent>") }))
      let source = try store.source("a.log")
      for index in 0..<3 {
        var events = randomEvents(300, &dice, stage: stage)
        for place in events.indices { events[place].position.offset += Int64(index) * 30_000 }
        var builder = SegmentBuilder(keeping: .all)
        let text = (0..<30_000).map { UInt8(truncatingIfNeeded: $0 / 100) }
        text.withUnsafeBytes {
          builder.add(
            EventBatch(
              records: events.map(LogRecord.audit), rejects: [], offset: Int64(index) * 30_000, byteCount: 30_000,
              lineCount: 300),
            bytes: $0)
        }
        _ = try store.append(builder.finish(), source: source)
      }
      return store.snapshot()
    }
    let (left, right) = (try filled(), try filled())
    let ids = try left.all().enumerated().filter { $0.offset % 80 == seed % 80 }.map(\.element.id).reversed()
    let whole = try left.evidence(of: Array(ids), keepsRecords: true).map { try $0.get() }
    let texts = try right.texts(of: Array(ids), keepsColumns: false).map { try $0.get() }
    let alone = right.evidence(in: texts, keepsRecords: true)
    #expect(alone.map(\.act) == whole.map(\.act))
    #expect(alone.map { $0.records.map(\.bytes) } == whole.map { $0.records.map(\.bytes) })
    #expect(alone.contains { $0.act.agent?.hasPrefix("<agent>") == true })
    if stage != nil { #expect(right.state.segments.contains { !$0.missing([.uid, .took]).isEmpty }) }
  }

  @Test func `the beginning of a frame is that of its text`() throws {
    let text = (0..<600_000).map { UInt8(truncatingIfNeeded: $0 / 7 ^ $0 >> 9) }
    let packed = try #require(text.withUnsafeBytes { Compressor().compress($0) })
    let decompressor = Decompressor()
    for count in [1, 100, 131_072, 300_001, 600_000] {
      #expect(packed.withUnsafeBytes { decompressor.beginning(of: $0, count: count) } == Array(text.prefix(count)))
    }
    #expect(packed.withUnsafeBytes { decompressor.beginning(of: $0, count: 600_001) } == nil)
    let cut = packed.prefix(packed.count / 2)
    #expect(Array(cut).withUnsafeBytes { decompressor.beginning(of: $0, count: 600_000) } == nil)
    var bad = packed
    for index in 20..<60 { bad[index] ^= 0x5A }
    #expect(bad.withUnsafeBytes { decompressor.beginning(of: $0, count: 600_000) } != text)
  }
}
