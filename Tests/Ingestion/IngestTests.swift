import AuditModel
import EventQueries
import EventStorage
import Foundation
import LogDecoding
import Synchronization
import Testing

@testable import Ingestion

@Suite struct IngestTests {
  @Test func `what was read once is not read again`() throws {
    try withLogs { logs in
      try logs.write("audit.log", (0..<30).map { line($0) }.joined())
      let store = try logs.open()
      let first = try ingest([logs.file("audit.log")], into: store)
      #expect((first.acts, first.records, first.skippedSources) == (30, 30, 0))
      let again = try ingest([logs.file("audit.log")], into: store)
      #expect((again.acts, again.records, again.skippedSources) == (0, 0, 1))
      #expect(try store.acts().map(\.source.line) == Array(1...30))
    }
  }

  @Test(arguments: [false, true])
  func `of sources that are read together the first keeps what both hold`(isPacked: Bool) throws {
    try withLogs { logs in
      // The second is read to its end long before the first.
      let first = (0..<3000).map { line($0, padding: 2000) }
      let second = first.suffix(20) + (3000..<3010).map { line($0, padding: 2000) }
      try logs.write("a.log", first.joined() + "no record\n")
      try logs.write("b.log", second.joined() + "no record\n")
      if isPacked { for name in ["a.log", "b.log"] { try logs.pack(name, as: name + ".gz") } }
      let files = ["a.log", "b.log"].map { logs.file(isPacked ? $0 + ".gz" : $0) }
      let store = try logs.open()
      let report = try ingest(files, into: store)
      #expect((report.acts, report.records, report.duplicates, report.rejects) == (3010, 3030, 20, 2))
      let rows = try store.snapshot().sources(SourcesRequest()).rows
      #expect(rows.map(\.path) == files)
      #expect(rows.map(\.actCount) == [3000, 10])
      #expect(rows.map(\.duplicateCount) == [0, 20])
      #expect(rows.allSatisfy { $0.isComplete && $0.bytesRead == $0.bytesTotal })
      #expect(store.snapshot().rejects.count == 2)
      #expect(try ingest(files, into: store).skippedSources == 2)
    }
  }

  @Test func `a file without a byte, or emptied since, is told`() throws {
    try withLogs { logs in
      try logs.write("audit.log", line(0))
      for name in ["none.log", "packed.log"] { try logs.write(name, "") }
      try logs.pack("packed.log", as: "packed.log.gz")
      let files = ["audit.log", "none.log", "packed.log.gz"].map(logs.file)
      let store = try logs.open()
      #expect(try ingest(files, into: store).empty == Array(files.dropFirst()))
      try logs.write("audit.log", "")
      let again = try ingest(files, into: store)
      #expect((again.empty, again.acts, again.skippedSources) == (files, 0, 3))
      #expect(store.snapshot().actCount == 1)
    }
  }

  @Test func `of a file that grew only the rest is read`() throws {
    try withLogs { logs in
      try logs.write("audit.log", (0..<30).map { line($0) }.joined())
      let store = try logs.open()
      _ = try ingest([logs.file("audit.log")], into: store)
      try logs.append("audit.log", (30..<35).map { line($0) }.joined())
      let more = try ingest([logs.file("audit.log")], into: store)
      #expect((more.acts, more.records) == (5, 5))
      #expect(try store.acts() == LogFolder.fresh([logs.file("audit.log")]).acts())
      #expect(try store.texts() == (0..<35).map { String(line($0).dropLast()) })
      #expect(store.snapshot().sources.count == 1)
      // Found by its beginning again, as it is now, also once it is packed.
      #expect(try ingest([logs.file("audit.log")], into: store).skippedSources == 1)
      try logs.pack("audit.log", as: "audit.log.gz")
      #expect(try ingest([logs.file("audit.log.gz")], into: store).skippedSources == 1)
      #expect(store.snapshot().sources.count == 1)
    }
  }

  @Test(arguments: [0, 1, 40, 200]) func `a last line that is cut is a reject until the rest comes`(cut: Int) throws {
    try withLogs { logs in
      let last = line(2)
      try logs.write("audit.log", line(0) + line(1) + last.prefix(cut))
      let store = try logs.open()
      #expect(try ingest([logs.file("audit.log")], into: store).acts == 2)
      #expect(store.snapshot().rejects.map(\.reject.line) == (cut == 0 ? [] : [3]))
      #expect(try ingest([logs.file("audit.log")], into: store).skippedSources == 1)
      try logs.append("audit.log", last.dropFirst(cut) + line(3))
      #expect(try ingest([logs.file("audit.log")], into: store).acts == 2)
      #expect(store.snapshot().rejects.isEmpty)
      #expect(try store.acts() == LogFolder.fresh([logs.file("audit.log")]).acts())
    }
  }

  @Test func `a last line that only lacks its newline is an act at once`() throws {
    try withLogs { logs in
      try logs.write("audit.log", line(0) + line(1).dropLast())
      let store = try logs.open()
      #expect(try ingest([logs.file("audit.log")], into: store).acts == 2)
      try logs.append("audit.log", "\n" + line(2))
      #expect(try ingest([logs.file("audit.log")], into: store).records == 1)
      let lines = try store.acts().map(\.source.line)
      #expect(lines == [1, 2, 3])
      #expect(store.snapshot().rejects.isEmpty)
    }
  }

  @Test(arguments: ["gzip", "zstd -q"]) func `a rotated and packed file is known by what it holds`(program: String)
    throws
  {
    try withLogs { logs in
      // Longer than what tells texts from one another.
      try logs.write("audit.log", (0..<40).map { line($0, padding: 3000) }.joined())
      let store = try logs.open()
      _ = try ingest([logs.file("audit.log")], into: store)
      try logs.append("audit.log", line(40))
      try logs.pack("audit.log", as: "audit-1.log.packed", with: program)
      try logs.write("audit.log", line(41))
      let report = try ingest([logs.file("audit-1.log.packed"), logs.file("audit.log")], into: store)
      #expect((report.acts, report.records, report.duplicates) == (2, 2, 0))
      #expect(Set(store.snapshot().sources.map(\.path)) == [logs.file("audit-1.log.packed"), logs.file("audit.log")])
      #expect(try store.texts().count == 42)
      let again = try ingest([logs.file("audit-1.log.packed"), logs.file("audit.log")], into: store)
      #expect((again.records, again.skippedSources) == (0, 2))
    }
  }

  @Test func `a renamed file is known, and a copy beside it as well`() throws {
    try withLogs { logs in
      try logs.write("audit.log", (0..<10).map { line($0) }.joined())
      let store = try logs.open()
      _ = try ingest([logs.file("audit.log")], into: store)
      try FileManager.default.moveItem(atPath: logs.file("audit.log"), toPath: logs.file("old.log"))
      #expect(try ingest([logs.file("old.log")], into: store).skippedSources == 1)
      #expect(store.snapshot().sources.map(\.path) == [logs.file("old.log")])
      #expect(try store.texts().count == 10)
      try FileManager.default.copyItem(atPath: logs.file("old.log"), toPath: logs.file("copy.log"))
      #expect(try ingest([logs.file("copy.log")], into: store).skippedSources == 1)
      #expect(store.snapshot().sources.map(\.path) == [logs.file("old.log")])
    }
  }

  @Test func `plain and packed copies of one log in one run are one log`() throws {
    try withLogs { logs in
      try logs.write("b.log", (0..<10).map { line($0) }.joined())
      try logs.pack("b.log", as: "b.log.gz")
      try logs.write("a.log", (0..<10).map { line($0) }.joined())
      let store = try logs.open()
      let report = try ingest([logs.file("a.log"), logs.file("b.log.gz")], into: store)
      #expect((report.acts, report.records) == (10, 10))
    }
  }

  @Test func `a file that another one took the place of is told, not shown`() throws {
    try withLogs { logs in
      try logs.write("audit.log", (0..<10).map { line($0) }.joined())
      let store = try logs.open()
      _ = try ingest([logs.file("audit.log")], into: store)
      try logs.write("audit.log", (50..<60).map { line($0) }.joined())
      let snapshot = store.snapshot()
      let id = try #require(snapshot.select(EventQuery(level: .everything)).first)
      #expect(throws: StoreError.sourceChanged(logs.file("audit.log"))) { try snapshot.detail(id) }
    }
  }

  @Test func `an imported log needs its file no longer`() throws {
    try withLogs { logs in
      let text = (0..<3000).map { line($0, padding: 900) }.joined()
      try logs.write("audit.log", text)
      let store = try logs.open()
      _ = try ingest([logs.file("audit.log")], into: store, options: IngestOptions(keepsPayload: true))
      try FileManager.default.removeItem(atPath: logs.file("audit.log"))
      #expect(try store.texts().sorted().map { $0 + "\n" } == (0..<3000).map { line($0, padding: 900) }.sorted())
    }
  }

  @Test(arguments: [true, false]) func `order and threads do not change what is there`(newestFirst: Bool) throws {
    try withLogs { logs in
      // Several stretches, with stages of one request on both sides of their borders.
      let lines = (0..<3600).flatMap { number -> [String] in
        let pause = number % 3 == 0 ? line(number, stage: .requestReceived, padding: 900) : ""
        return [pause, line(number, padding: 900)]
      }
      try logs.write("audit.log", lines.joined())
      let options = IngestOptions(threadCount: newestFirst ? 3 : 1, newestFirst: newestFirst)
      let store = try logs.open()
      let report = try ingest([logs.file("audit.log")], into: store, options: options)
      #expect((report.acts, report.records) == (3600, 4800))
      let sources = try store.acts().map { $0.source }
      #expect(sources.allSatisfy { $0.offset >= 0 })
      let starts = lines.filter { !$0.isEmpty }.reduce(into: [Int64(0)]) {
        $0.append(($0.last ?? 0) + Int64($1.utf8.count))
      }
      #expect(sources.allSatisfy { starts[$0.line - 1] == $0.offset })
    }
  }

  @Test(arguments: 1..<4) func `reading goes on where it was killed`(stretches: Int) throws {
    try withLogs { logs in
      try logs.write("audit.log", (0..<3600).map { line($0, padding: 6000) }.joined() + "no record\n" + line(3599 + 1))
      let options = IngestOptions(threadCount: 1, newestFirst: stretches % 2 == 0)
      do {
        let store = try logs.open()
        let done = Atomic(0)
        let report = try ingest(
          [logs.file("audit.log")], into: store, options: options,
          isCancelled: { done.load(ordering: .relaxed) >= stretches },
          progress: { _ in done.wrappingAdd(1, ordering: .relaxed) })
        #expect(report.wasCancelled == (stretches < 3))
        #expect(report.acts < 3601 || stretches >= 3)
      }
      let store = try logs.open()
      _ = try ingest([logs.file("audit.log")], into: store, options: options)
      let whole = try LogFolder.fresh([logs.file("audit.log")])
      #expect(try store.acts() == whole.acts())
      #expect(store.snapshot().rejects.map(\.reject) == whole.snapshot().rejects.map(\.reject))
      #expect(try ingest([logs.file("audit.log")], into: store).skippedSources == 1)
    }
  }

  @Test func `pretty-printed records, a list and a packed log are read from front to back`() throws {
    try withLogs { logs in
      let pretty = try JSONValue(parsing: line(1)).prettyJSON + "\n" + JSONValue(parsing: line(2)).prettyJSON + "\n"
      try logs.write("pretty.json", pretty)
      try logs.write("list.json", "[" + line(3).dropLast() + "," + line(4).dropLast() + "]")
      try logs.write("c.log", line(5) + "junk\n" + line(6))
      try logs.pack("c.log", as: "c.log.gz")
      let files = ["pretty.json", "list.json", "c.log.gz"].map(logs.file)
      let store = try logs.open()
      let report = try ingest(files, into: store)
      #expect(report.acts == 6)
      #expect(store.snapshot().rejects.map(\.reject.line) == [2])
      #expect(try store.texts().allSatisfy { $0.hasPrefix("{") && $0.hasSuffix("}") })
      #expect(try ingest(files, into: store).skippedSources == 3)
    }
  }

  @Test func `a file that cannot be opened or is cut off is told, and the others are read`() throws {
    try withLogs { logs in
      try logs.write("a.log", (0..<200).map { line($0, padding: Int.random(in: 0..<2000)) }.joined())
      try logs.pack("a.log", as: "a.gz")
      let packed = try Data(contentsOf: URL(fileURLWithPath: logs.file("a.gz")))
      try packed.prefix(packed.count / 2).write(to: URL(fileURLWithPath: logs.file("a.gz")))
      try logs.write("b.log", line(500))
      let store = try logs.open()
      let report = try ingest(["a.gz", "missing", "b.log"].map(logs.file), into: store)
      #expect(Set(report.errors.map(\.path)) == [logs.file("a.gz"), logs.file("missing")])
      #expect(report.acts >= 1)
      #expect(try store.acts().contains { $0.source.file == logs.file("b.log") })
    }
  }

  @Test func `an index keeps no body of a secret, a token or a reject, and still shows it from the file`() throws {
    try withLogs { logs in
      let secret = #"{"kind":"Secret","apiVersion":"v1","data":{"p":"c2VjcmV0LXBhc3N3b3Jk"}}"#
      try logs.write(
        "a.log",
        line(1) + line(2, resource: "secrets", body: secret) + line(3, resource: "widgets", body: secret)
          + line(4, resource: "tokenreviews", body: #"{"spec":{"token":"c2VjcmV0LXBhc3N3b3Jk"}}"#)
          + line(5, resource: "secrets", body: #"[{"op":"add","path":"/data/p","value":"c2VjcmV0LXBhc3N3b3Jk"}]"#)
          + line(6, resource: "secrets", body: secret).dropLast(10) + "\n")
      try logs.pack("a.log", as: "a.log.gz")
      let store = try logs.open()
      _ = try ingest([logs.file("a.log.gz")], into: store)
      let bodies = try store.texts().filter { $0.contains("c2VjcmV0LXBhc3N3b3Jk") }
      #expect(bodies.count == 4)
      // Blocks of so small a text are packed too: look at what they hold.
      #expect(try store.storedText().filter { $0.contains("c2VjcmV0LXBhc3N3b3Jk") } == [])
      #expect(try store.storedText().joined().contains("/apis/x/1"))
      try FileManager.default.removeItem(atPath: logs.file("a.log.gz"))
      let snapshot = store.snapshot()
      let ids = try snapshot.select(EventQuery(level: .everything))
      #expect(try snapshot.detail(ids[0]).records.count == 1)
      #expect(throws: StoreError.self) { try snapshot.detail(ids[1]) }
    }
  }

  @Test func `fingerprints are those of FIPS 180-4 and of the records`() throws {
    func hex(_ bytes: [UInt8]) -> String { bytes.map { String(format: "%02x", $0) }.joined() }
    #expect(hex(sha256([])) == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
    #expect(hex(sha256(Array("abc".utf8))) == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad")
    for length in [55, 56, 63, 64, 65, 300] {
      let text = line(1, padding: length)
      let decoded = text.utf8.withContiguousStorageIfAvailable {
        RecordDecoder(framing: .lines).decode(UnsafeRawBufferPointer($0), offset: 0, isLast: true).batch
      }
      #expect(decoded?.events.first?.contentID == Array(text.dropLast().utf8).withUnsafeBytes { contentKey(of: $0) })
    }
  }

  @Test(arguments: [true, false]) func `filters that need bodies read them, from the file or from the store`(
    packed: Bool
  ) throws {
    try withLogs { logs in
      let body = #"{"spec":{"order":700,"selector":"tier == 'db'"}}"#
      try logs.write(
        "a.log", (0..<20).map { line($0, body: $0 % 5 == 0 ? body : #"{"spec":{"order":5}}"#) }.joined())
      if packed { try logs.pack("a.log", as: "a.log.gz") }
      let store = try logs.open()
      _ = try ingest(
        [logs.file(packed ? "a.log.gz" : "a.log")], into: store, options: IngestOptions(keepsPayload: packed))
      func names(_ filter: String) throws -> [Int] {
        let query = EventQuery(filter: try Filter(parsing: filter), level: .everything)
        let snapshot = store.snapshot()
        return try snapshot.select(query).map { snapshot.act($0).source.line - 1 }
      }
      #expect(try names(".requestObject.spec.order>=500") == [0, 5, 10, 15])
      #expect(try names("-.requestObject.spec.order>=500").count == 16)
      #expect(try names("\"tier == 'db'\"") == [0, 5, 10, 15])
      #expect(try names("\"TIER == 'db'\" name:web-5") == [5])
      #expect(try names("alice nothing-like-that").isEmpty)
      #expect(try names("verb:update .requestObject.spec.order:5 name:web-1") == [1, 8])
      // Added later, the query's answer grows.
      let before = try names(".requestObject.spec.order>=500").count
      try logs.write("b.log", line(100, body: body))
      _ = try ingest([logs.file("b.log")], into: store)
      #expect(try names(".requestObject.spec.order>=500").count == before + 1)
    }
  }

  @Test(arguments: [true, false]) func `a text is found in any spelling, and what redaction writes is found too`(
    packed: Bool
  ) throws {
    try withLogs { logs in
      let bodies = [
        #"{"note":"Caf\u00e9 Nord"}"#, #"{"note":"CAF\u00c9 Nord"}"#, #"{"note":"caf\u00c3"}"#,
        #"{"note":"chg9999001"}"#, #"{"note":"CHG9999001"}"#, #"{"note":"C\u0048G9999001"}"#,
        #"{"password":"hunter2hunter2"}"#, #"{"note":"CHG999900"}"#,
      ].map { $0.replacing(#"\\u00"#, with: #"\u00"#) }
      let text = (0..<400).map { line($0, body: $0 % 50 < bodies.count ? bodies[$0 % 50] : nil) }.joined()
      try logs.write("a.log", text)
      if packed { try logs.pack("a.log", as: "a.log.gz") }
      let redactor = Redactor()
      let store = try EventStore.open(
        logs.store, access: .readWrite, environment: .reading(redaction: { redactor.redact(record: $0, memory: $1) }))
      _ = try ingest(
        [logs.file(packed ? "a.log.gz" : "a.log")], into: store, options: IngestOptions(keepsPayload: packed))
      let snapshot = store.snapshot()
      func found(_ filter: String) throws -> Set<Int> {
        let query = EventQuery(filter: try Filter(parsing: filter), level: .everything)
        return Set(try snapshot.select(query).map { (snapshot.act($0).source.line - 1) % 50 })
      }
      #expect(try found("CHG9999001") == [3, 4, 5])
      #expect(try found("chg9999001") == [3, 4, 5])
      #expect(try found("caf\u{e9}") == [0, 1])
      #expect(try found("redacted") == [6])
      #expect(try found("\"14 bytes\"") == [6])
      #expect(try found("hunter2hunter2").isEmpty)
      // What scanning answers is what looking at each act answers.
      for filter in ["nord", "CHG999", "-nord", "note", "verb:update \"hg9\"", "(nord or redacted)"] {
        let plan = try Filter(parsing: filter).plan
        let expected = try snapshot.select(EventQuery(level: .everything)).filter { id in
          plan.matches(snapshot.act(id)) { try? snapshot.detail(id) }
        }
        #expect(
          try snapshot.select(EventQuery(filter: try Filter(parsing: filter), level: .everything)) == expected,
          "\(filter)")
      }
    }
  }

  @Test func `a file that was written over is told, not searched`() throws {
    try withLogs { logs in
      try logs.write("a.log", (0..<50).map { line($0) }.joined())
      let store = try logs.open()
      _ = try ingest([logs.file("a.log")], into: store)
      try logs.write("a.log", (0..<50).map { line(49 - $0) }.joined())
      let query = EventQuery(filter: try Filter(parsing: "\"nowhere at all\""), level: .everything)
      #expect(throws: StoreError.self) { try store.snapshot().select(query) }
    }
  }

  @Test func `counting by fields counts what the acts say`() throws {
    try withLogs { logs in
      try logs.write("a.log", (0..<300).map { line($0, verb: $0 % 3 == 0 ? "get" : "update") }.joined())
      let store = try logs.open()
      _ = try ingest([logs.file("a.log")], into: store)
      let snapshot = store.snapshot()
      let fields = try ["verb", "name"].map { try #require(FilterField.named($0)) }
      func minute(_ time: Timestamp) -> Timestamp {
        Timestamp(microseconds: time.microseconds - time.microseconds % 60_000_000)
      }
      let query = EventQuery(level: .everything)
      var expected: [ActGroup: Int] = [:]
      for id in try snapshot.select(query) {
        let act = snapshot.act(id)
        expected[ActGroup(since: minute(act.time), values: [act.verb, act.object?.name]), default: 0] += 1
      }
      #expect(try snapshot.counts(of: query, by: fields, span: minute) == expected)
    }
  }
}
