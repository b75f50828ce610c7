import AuditModel
import Dispatch
import EventQueries
import Foundation
import Synchronization
import Testing

@testable import EventStorage

@Suite struct StoreFileTests {
  private func mode(_ path: String) throws -> Int? {
    try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions] as? Int
  }

  @Test func `the file and the folders made for it are the user's alone`() throws {
    try withFolder { folder in
      let path = folder + "/a/b/store"
      let store = try EventStore.open(path, access: .readWrite)
      try store.add([event(uuid(1), content: 1)], to: try store.source("x"))
      #expect(try mode(folder + "/a") == 0o700)
      #expect(try mode(folder + "/a/b") == 0o700)
      for suffix in ["", "-wal", "-shm"] { #expect(try mode(path + suffix) == 0o600) }
    }
  }

  @Test func `stores that nobody uses go, and drafts of processes that were killed`() throws {
    try withFolder { folder in
      for name in ["old", "new"] { _ = try EventStore.open("\(folder)/\(name).sqlite", access: .readWrite) }
      let longAgo = [FileAttributeKey.modificationDate: Date(timeIntervalSince1970: 1000)]
      for name in ["old.sqlite", "other"] {
        if name == "other" { try Data().write(to: URL(fileURLWithPath: "\(folder)/other")) }
        try FileManager.default.setAttributes(longAgo, ofItemAtPath: "\(folder)/\(name)")
      }
      for name in ["lost.sqlite-new", "lost.sqlite-new-journal", "brand-new"] {
        try Data([1]).write(to: URL(fileURLWithPath: "\(folder)/\(name)"))
      }
      try EventStore.removeUnused(in: folder, since: 2000) { $0.hasSuffix(".sqlite") }
      let left = try FileManager.default.contentsOfDirectory(atPath: folder).sorted()
      #expect(left.filter { !$0.hasSuffix("-wal") && !$0.hasSuffix("-shm") } == ["brand-new", "new.sqlite", "other"])
      #expect(!left.contains { $0.hasPrefix("old") })
    }
  }

  @Test func `what was added is there when the store is opened again`() throws {
    try withFolder { folder in
      let path = folder + "/store"
      var dice = Dice(1)
      let events = randomEvents(200, &dice)
      let before: [Act]
      do {
        let store = try EventStore.open(path, access: .readWrite)
        let source = try store.source("x")
        try store.add(Array(events[..<120]), to: source)
        try store.add(Array(events[100...]), to: try store.source("y"))
        before = try store.snapshot().all()
      }
      for access in [EventStore.Access.readOnly, .readWrite] {
        #expect(try EventStore.open(path, access: access).snapshot().all() == before)
      }
    }
  }

  @Test func `another handle reads while one writes, and sees more when it asks`() throws {
    try withFolder { folder in
      let path = folder + "/store"
      let writer = try EventStore.open(path, access: .readWrite)
      let source = try writer.source("x")
      try writer.add([event(uuid(1), .requestReceived, content: 1)], to: source)
      let reader = try EventStore.open(path, access: .readOnly)
      let early = reader.snapshot()
      #expect(early.actCount == 1)
      try writer.add([event(uuid(1), content: 2), event(uuid(2), at: 50, content: 3)], to: try writer.source("y"))
      #expect(reader.snapshot().actCount == 1)
      let version = reader.version
      try reader.refresh()
      #expect(reader.version > version)
      #expect(try reader.snapshot().all() == writer.snapshot().all())
      #expect(try reader.snapshot().all().map(\.contentID.high) == [3, 2])
      // Whoever holds an old snapshot keeps what it had.
      #expect(try early.all().map(\.contentID.high) == [1])
    }
  }

  @Test func `two writers see each other's acts`() throws {
    try withFolder { folder in
      let path = folder + "/store"
      let one = try EventStore.open(path, access: .readWrite)
      let two = try EventStore.open(path, access: .readWrite)
      try one.add([event(uuid(1), at: 100, content: 1, uid: "u", version: "7")], to: try one.source("x"))
      try two.add([event(uuid(2), at: 200, content: 2, uid: "u", version: "7")], to: try two.source("y"))
      try one.add([event(uuid(3), at: 300, content: 3, uid: "u", version: "7")], to: try one.source("x"))
      #expect(try one.snapshot().all().map(\.outcome) == [.changed, .noop, .noop])
      #expect(try one.add([event(uuid(2), at: 200, content: 2)], to: try one.source("z")).duplicates == 1)
    }
  }

  @Test func `many make one new store at once, and it is one store`() throws {
    for round in 0..<10 {
      try withFolder { folder in
        let path = folder + "/a/store"
        DispatchQueue.concurrentPerform(iterations: 8) { number in
          do {
            let store = try EventStore.open(path, access: .readWrite)
            try store.add([event(uuid(number), content: UInt64(number))], to: try store.source("log \(number)"))
          } catch {
            Issue.record("round \(round): \(error)")
          }
        }
        let kept = try EventStore.open(path, access: .readOnly).snapshot().all()
        #expect(kept.count == 8)
      }
    }
  }

  @Test func `what a killed process left of a store in the making is swept away`() throws {
    try withFolder { folder in
      let path = folder + "/store"
      try Data("half a store".utf8).write(to: URL(fileURLWithPath: path + "-new"))
      try Data("its journal".utf8).write(to: URL(fileURLWithPath: path + "-new-journal"))
      // An empty file stands for a store that has nothing yet.
      try Data().write(to: URL(fileURLWithPath: path))
      let store = try EventStore.open(path, access: .readWrite)
      try store.add([event(uuid(1), content: 1)], to: try store.source("x"))
      let files = try FileManager.default.contentsOfDirectory(atPath: folder)
      #expect(files.sorted() == ["store", "store-shm", "store-wal"])
      #expect(try mode(path) == 0o600)
    }
  }

  @Test func `a store that was replaced says so, and the new one is not removed for the old`() throws {
    try withFolder { folder in
      let path = folder + "/store"
      let old = try EventStore.open(path, access: .readWrite)
      let other = try EventStore.open(path, access: .readWrite)
      try other.removeFile()
      let new = try EventStore.open(path, access: .readWrite)
      try new.add([event(uuid(1), content: 1)], to: try new.source("x"))
      try old.removeFile()
      #expect(try EventStore.open(path, access: .readOnly).snapshot().all().count == 1)
      // A second connection, which is needed while the first is in use, would be to the new file.
      let told = Mutex<StoreError?>(nil)
      try old.read { _ in
        let done = DispatchSemaphore(value: 0)
        Thread {
          do { try old.read { _ in } } catch { told.withLock { $0 = error as? StoreError } }
          done.signal()
        }.start()
        done.wait()
      }
      #expect(told.withLock { $0 } == .cannotOpen(path, reason: "another process replaced it; open it again"))
    }
  }

  @Test func `a link, a folder, another database and plain text are refused and left alone`() throws {
    try withFolder { folder in
      let text = folder + "/notes"
      try Data("some notes, long enough to be read as a header of a database file".utf8).write(
        to: URL(fileURLWithPath: text))
      let before = try Data(contentsOf: URL(fileURLWithPath: text))
      #expect(throws: StoreError.notAStore(text)) { try EventStore.open(text, access: .readWrite) }
      #expect(try Data(contentsOf: URL(fileURLWithPath: text)) == before)
      try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: text)
      #expect(throws: StoreError.cannotOpen(folder + "/link", reason: "is a symbolic link")) {
        try EventStore.open(folder + "/link", access: .readWrite)
      }
      #expect(throws: StoreError.self) { try EventStore.open(folder, access: .readWrite) }
      #expect(throws: StoreError.self) { try EventStore.open(folder + "/missing", access: .readOnly) }
      #expect(!FileManager.default.fileExists(atPath: folder + "/missing"))
    }
  }

  @Test func `a file that falls back to an earlier version is an error, not a wait`() throws {
    try withFolder { folder in
      let store = try EventStore.open(folder + "/store", access: .readWrite)
      let source = try store.source("x")
      try store.add([event(uuid(1), content: 1)], to: source)
      try store.database.write { try $0.execute(sql: "UPDATE state SET version = 1") }
      #expect(throws: StoreError.self) { try store.add([event(uuid(2), content: 2)], to: source) }
    }
  }
}
