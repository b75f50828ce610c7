import AuditModel
import EventQueries
import Testing

@testable import EventStorage

@Suite struct ColumnTests {
  /// Some segments of random events, some of whose acts have stages in two of them.
  private func store(_ seed: Int) throws -> EventStore {
    var dice = Dice(seed)
    let store = try EventStore.inMemory()
    let source = try store.source("audit.log")
    let first = randomEvents(1 + dice.roll(150), &dice)
    try store.add(first, to: source)
    var later = first.filter { _ in dice.chance(20) }
    for index in later.indices {
      later[index].stage = dice.pick(Stage.allCases)
      later[index].code = dice.pick([nil, 200, 403])
      later[index].contentID = ContentID(high: dice.next(), low: 0)
    }
    try store.add(later + randomEvents(dice.roll(80), &dice), to: try store.source("other.log"), at: 5000)
    return store
  }

  @Test(arguments: 0..<60) func `a test of a column takes the acts whose value passes it`(seed: Int) throws {
    let snapshot = try store(seed).snapshot()
    let acts = try snapshot.all()
    var dice = Dice(seed + 1000)
    for column in EventColumn.allCases {
      let wanted = dice.pick(acts).value(of: column)
      let equal = try snapshot.ids(matching: .column(column, ColumnTest { $0 == wanted }))
      #expect(Set(equal) == Set(acts.filter { $0.value(of: column) == wanted }.map(\.id)), "\(column)")
      #expect(!equal.isEmpty, "\(column)")
      guard column.shape == .number, case .number(let number) = wanted, let number else { continue }
      let (bound, overflow) = number.addingReportingOverflow(Int64(dice.roll(3_000_000)))
      for interval in [number...(overflow ? .max : bound), .min...number, .min ... .max, number...number] {
        let found = try snapshot.ids(matching: .column(column, ColumnTest(interval: interval)))
        let expected = acts.filter {
          if case .number(.some(let value)) = $0.value(of: column) { interval.contains(value) } else { false }
        }
        #expect(Set(found) == Set(expected.map(\.id)), "\(column) \(interval)")
      }
    }
  }

  @Test(arguments: 0..<100) func `a plan takes the same acts over columns as over each act`(seed: Int) throws {
    let snapshot = try store(seed).snapshot()
    let acts = try snapshot.all()
    var dice = Dice(seed + 7)
    func plan(_ depth: Int) -> FilterPlan {
      switch dice.roll(depth > 0 ? 7 : 3) {
      case 0: return .constant(dice.chance(50))
      case 1, 2:
        let column = dice.pick(EventColumn.allCases)
        let wanted = dice.pick(acts).value(of: column)
        return .column(column, ColumnTest { $0 == wanted })
      case 3: return .not(plan(depth - 1))
      case 4, 5: return .and((0..<dice.roll(4)).map { _ in plan(depth - 1) })
      default: return .or((0..<dice.roll(4)).map { _ in plan(depth - 1) })
      }
    }
    let tested = plan(4)
    let found = try snapshot.ids(matching: tested)
    #expect(Set(found) == Set(acts.filter { tested.matches($0) { nil } }.map(\.id)))
  }

  @Test(arguments: 0..<40) func `an act says what its record said`(seed: Int) throws {
    var dice = Dice(seed)
    let events = randomEvents(60, &dice)
    let store = try EventStore.inMemory()
    try store.add(events, to: try store.source("audit.log"))
    let byContent = Dictionary(uniqueKeysWithValues: events.map { ($0.contentID, $0) })
    for act in try store.snapshot().all() where act.stages.stages.count == 1 {
      let event = try #require(byContent[act.contentID])
      #expect(act.time == event.receivedAt)
      #expect(act.verb == event.verb)
      #expect(act.code == event.code)
      #expect(act.level == event.level)
      #expect(act.stages == StageSet(event.stage))
      #expect(act.by == event.user)
      #expect(act.asUser == event.impersonatedUser)
      #expect(act.groups == event.groups)
      #expect(act.ips == event.sourceIPs)
      #expect(act.agent == event.userAgent)
      #expect(act.object == event.object)
      #expect(act.uid == event.response?.uid ?? event.object?.uid)
      #expect(act.resourceVersion == event.response?.resourceVersion)
      #expect(act.auditID == event.auditID)
      #expect(act.decision == event.decision)
      #expect(act.reason == event.reason)
      #expect(act.truncated == event.truncated)
      #expect(
        act.source
          == SourcePosition(
            file: "audit.log", line: event.position.line, offset: event.position.offset, length: event.position.length))
      #expect(
        act.took.map { Int64(($0 * 1_000_000).rounded()) }
          == event.stageAt.flatMap {
            event.stage == .requestReceived ? nil : $0.microseconds - event.receivedAt.microseconds
          })
    }
  }

  @Test func `numbers of every width come back, absent ones and extremes too`() throws {
    let cases: [[Int64?]] = [
      [], [nil], [nil, nil], [5, 5, 5], [nil, 0], [0, 255], [0, 256], [-1, 70_000, nil], [.min, 0, .max],
      [0, 1 << 40, nil],
    ]
    for values in cases {
      var out = ByteWriter()
      PackedNumbers(values).write(to: &out)
      let read = try out.bytes.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        return try PackedNumbers(from: &reader)
      }
      #expect(values.indices.map { read[$0] } == values, "\(values)")
    }
  }

  @Test func `a damaged column is told, not trusted`() throws {
    var out = ByteWriter()
    TextColumn(dictionary: TextDictionary(["a", "b"]), codes: PackedNumbers([1, 2, 0] as [Int64])).write(to: &out)
    func read(_ bytes: ArraySlice<UInt8>) throws -> TextColumn {
      try bytes.withUnsafeBytes { bytes in
        var reader = ByteReader(bytes)
        return try TextColumn(from: &reader)
      }
    }
    for length in out.bytes.indices {
      #expect(throws: StoreError.self) { try read(out.bytes[..<length]) }
    }
    var bad = ByteWriter()
    TextColumn(dictionary: TextDictionary(["a"]), codes: PackedNumbers([1, 2] as [Int64])).write(to: &bad)
    #expect(throws: StoreError.self) { try read(bad.bytes[...]) }
  }
}
