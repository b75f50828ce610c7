import GRDB
import Synchronization
import Testing

@testable import EventStorage

/// Many sources cost no more each than few.
@Suite struct SourceTableTests {
  private func source(_ id: Int64, _ path: String) -> StoredSource {
    StoredSource(id: id, path: path, compression: "none", head: [1], headLength: 1)
  }

  @Test(arguments: 0..<20) func `a table answers like a dictionary`(seed: Int) throws {
    var dice = Dice(seed)
    var table = SourceTable()
    var expected: [Int64: String] = [:]
    for step in 0..<500 {
      let id = Int64(dice.roll(400) + 1)
      table.set(source(id, "\(step)"))
      expected[id] = "\(step)"
    }
    #expect(table.all.map(\.id) == expected.keys.sorted())
    #expect(table.all.allSatisfy { expected[$0.id] == $0.path })
    for id in Int64(0)..<402 {
      #expect(table[id]?.path == expected[id])
      #expect(table.after(id).map(\.id) == expected.keys.filter { $0 > id }.sorted())
    }
  }

  @Test func `saving a source and adding its acts read no other source`() throws {
    let store = try EventStore.inMemory()
    let reads = Mutex<[String]>([])
    try store.database.write { db in
      db.trace { event in
        let text = "\(event)"
        if text.contains("FROM source") || text.contains("FROM segment") { reads.withLock { $0.append(text) } }
      }
    }
    for number in 0..<100 {
      let id = try store.source("\(number).log")
      try store.add([event(uuid(number), at: Int64(number), content: UInt64(number))], to: id)
      _ = try store.save(source(id, "\(number).log"))
    }
    #expect(reads.withLock { $0 } == [])
    #expect(store.knownSources.count == 100)
    #expect(store.snapshot().actCount == 100)
  }
}
