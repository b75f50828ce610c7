import EventStorage
import LogDecoding
import Testing

@testable import Ingestion

/// A file is compared with the sources that it may be, not with all.
@Suite struct SourceIndexTests {
  private func text(_ number: Int) -> [UInt8] {
    Array("{\"auditID\":\"\(number)\"}".utf8) + Array(repeating: UInt8(ascii: "\n"), count: number)
  }

  private func store(_ count: Int) throws -> EventStore {
    let store = try EventStore.open("", access: .inMemory)
    for number in 0..<count {
      let head = text(number)
      _ = try store.save(
        StoredSource(path: "\(number).log", compression: "none", head: sha256(head), headLength: head.count))
    }
    return store
  }

  @Test func `one fingerprint finds a file among many`() throws {
    let store = try store(500)
    var index = SourceIndex()
    index.catchUp(with: store) { _ in true }
    for number in [0, 77, 499] {
      let head = text(number)
      #expect(index.lengths(to: head.count).count == 1)
      #expect(index.sources(beginning: head).compactMap { store.source($0)?.path } == ["\(number).log"])
    }
    #expect(index.sources(beginning: text(500)).isEmpty)
  }

  @Test func `a file that has grown is found by what it was`() throws {
    let store = try store(500)
    var index = SourceIndex()
    index.catchUp(with: store) { $0.path != "77.log" }
    let grown = text(77) + Array("{}\n".utf8)
    #expect(index.lengths(to: grown.count).count == 2)
    #expect(index.sources(beginning: grown).compactMap { store.source($0)?.path } == ["77.log"])
  }

  @Test func `what is added later is taken in once`() throws {
    let store = try store(3)
    var index = SourceIndex()
    index.catchUp(with: store) { _ in true }
    let head = text(9)
    let id = try store.save(StoredSource(path: "new", compression: "none", head: sha256(head), headLength: head.count))
    #expect(index.sources(beginning: head).isEmpty)
    index.catchUp(with: store) { _ in true }
    index.catchUp(with: store) { _ in true }
    #expect(index.sources(beginning: head) == [id])
  }
}
