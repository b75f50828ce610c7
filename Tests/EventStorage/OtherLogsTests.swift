import AuditModel
import EventQueries
import Foundation
import Testing

@testable import EventStorage

/// Rows of flow, DNS and other logs beside audit acts.
struct OtherLogsTests {
  private static let hits = [
    PolicyHit(scope: .enforced, index: 0, tier: "secops", kind: "gnp", name: "base", action: "pass", rule: 2),
    PolicyHit(scope: .pending, index: 1, tier: "app", kind: "snp", namespace: "shop", name: "db", action: "deny"),
  ]

  private static func flow(_ dice: inout Dice, at second: Int64, content: UInt64) -> LogRecord {
    func endpoint(_ dice: inout Dice) -> Endpoint {
      Endpoint(
        type: dice.pick(["wep", "net", nil]), namespace: dice.pick(["shop", "ops", nil]),
        name: dice.pick(["web-*", "db-0", "pub", nil]), ip: dice.pick(["10.0.0.1", "2001:db8::1", nil]),
        port: dice.pick([443, 53, nil]), labels: dice.pick([[], ["app=web"], ["app=web", "tier=a=b"]]))
    }
    let facts = FlowFacts(
      end: dice.pick([Timestamp(seconds: second + 300), nil]), action: dice.pick(["allow", "deny"]),
      reporter: dice.pick(["src", "dst", nil]), source: endpoint(&dice), destination: endpoint(&dice),
      proto: dice.pick(["tcp", nil]), service: dice.pick(["shop/db:5432", nil]), domains: dice.pick([[], ["a.test"]]),
      policies: dice.pick([[], hits, [hits[1]]]), bytesIn: dice.pick([0, 512, .max, nil]),
      bytesOut: dice.pick([1, nil]),
      packetsIn: dice.pick([3, nil]), packetsOut: dice.pick([9, nil]), flows: dice.pick([1, nil]),
      flowsStarted: dice.pick([1, nil]), flowsCompleted: dice.pick([2, nil]), process: dice.pick(["/bin/sh", nil]),
      host: dice.pick(["node-1", nil]))
    return entry(.flow(facts), at: second, content: content)
  }

  private static func dns(_ dice: inout Dice, at second: Int64, content: UInt64) -> LogRecord {
    let facts = DNSFacts(
      end: Timestamp(seconds: second + 300),
      client: Endpoint(namespace: "shop", name: dice.pick(["web-*", nil]), labels: ["app=web"]),
      qname: dice.pick(["api.test", "x.test"]), qtype: dice.pick(["A", nil]), qclass: "IN",
      rcode: dice.pick(["NoError", "NXDomain", nil]), answers: dice.pick([[], ["192.0.2.8", "c.test"]]),
      servers: dice.pick([[], [Endpoint(namespace: "kube-system", name: "coredns-1", ip: "10.0.0.10")]]),
      lookups: dice.pick([4, nil]), latencyMean: dice.pick([810_000, nil]), latencyMax: nil, host: nil)
    return entry(.dns(facts), at: second, content: content)
  }

  @Test func `a document that is told twice is one row, and equal lines of a log are two`() throws {
    func record(_ content: UInt64, _ document: UInt64?, at offset: Int64) -> LogRecord {
      .entry(
        LogEntry(
          time: Timestamp(seconds: 100), facts: .plain(PlainFacts(data: .bgp, message: "peer up")),
          contentID: ContentID(high: content, low: content), documentID: document.map { ContentID(high: $0, low: 0) },
          position: RecordPosition(line: 1, offset: offset, length: 9)))
    }
    let store = try EventStore.open("", access: .inMemory)
    func add(_ records: [LogRecord], at offset: Int64, to source: Int64) throws -> AppendResult {
      var builder = SegmentBuilder(keeping: .none, cluster: "default")
      builder.add(
        EventBatch(records: records, offset: offset, byteCount: 1000, lineCount: records.count),
        bytes: UnsafeRawBufferPointer(start: nil, count: 0))
      return try store.append(builder.finish(), source: source)
    }
    let source = try store.source("dump.jsonl")
    let first = try add(
      [
        record(1, 1, at: 0), record(1, 1, at: 10), record(1, 2, at: 20), record(3, nil, at: 30), record(3, nil, at: 40),
      ],
      at: 0, to: source)
    #expect(first.records == 4 && first.duplicates == 1)
    // The rest of the dump tells a document again; a line that is equal to one before is another one.
    let second = try add([record(1, 1, at: 1000), record(3, nil, at: 1010)], at: 1000, to: source)
    #expect(second.records == 1 && second.duplicates == 1)
  }

  private static func entry(_ facts: LogFacts, at second: Int64, content: UInt64) -> LogRecord {
    .entry(
      LogEntry(
        time: Timestamp(seconds: second), facts: facts, cluster: content % 3 == 0 ? "east" : nil,
        contentID: ContentID(high: content, low: content),
        position: RecordPosition(line: 1, offset: Int64(content % 100_000), length: 9)))
  }

  private static func store(_ records: [LogRecord], in path: String = "") throws -> EventStore {
    let store = try EventStore.open(path, access: path.isEmpty ? .inMemory : .readWrite)
    var builder = SegmentBuilder(keeping: .none, cluster: "default")
    builder.add(
      EventBatch(records: records, offset: 0, byteCount: 1000, lineCount: records.count),
      bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    _ = try store.append(builder.finish(), source: try store.source("mixed.log"))
    return store
  }

  private static func mixed(_ dice: inout Dice) -> [LogRecord] {
    (0..<60).map { number in
      let content = UInt64(number + 1)
      switch dice.roll(4) {
      case 0: return .audit(event(uuid(number), at: Int64(number), content: content))
      case 1: return dns(&dice, at: Int64(number), content: content)
      case 2:
        return entry(.plain(PlainFacts(data: .bgp, message: "peer up")), at: Int64(number), content: content)
      default: return flow(&dice, at: Int64(number), content: content)
      }
    }
  }

  @Test(arguments: 0..<40) func `facts come back from columns as they went in`(seed: Int) throws {
    var dice = Dice(seed)
    let records = Self.mixed(&dice)
    let acts = try Self.store(records).snapshot().all()
    #expect(acts.count == records.count)
    for (act, record) in zip(acts, records) {
      #expect(act.facts == record.entry?.facts)
      #expect(act.data == record.entry?.facts.data ?? .audit)
      #expect(act.cluster == (record.entry?.cluster ?? "default"))
      #expect((act.outcome == .observed) == (act.data != .audit))
    }
  }

  /// Every column, so that the scan and the decoded act cannot drift apart.
  @Test(arguments: 0..<20) func `a scan of a column takes the rows whose act has the value`(seed: Int) throws {
    var dice = Dice(seed)
    let snapshot = try Self.store(Self.mixed(&dice)).snapshot()
    let acts = try snapshot.all()
    for column in EventColumn.allCases {
      let wanted = acts[dice.roll(acts.count)].value(of: column)
      let test = ColumnTest { $0 == wanted }
      let found = try snapshot.ids(matching: .column(column, test))
      #expect(found == acts.filter { $0.value(of: column) == wanted }.map(\.id), "\(column)")
    }
  }

  private static let filters = [
    "src:shop/*", "dst:db-0", "-dst:ops/*", "src:10.0.0.0/8", "dst:*:db8*", "src.ip:pvt", "dst.ip:pub",
    "src.label:app=*",
    "dst.port:53..443", "action:deny", "reporter:src", "policy:*/staged:* policy.action:deny", "policy:app/*",
    "policy.action:pass", "bytes>100", "bytes:..0", "process:sh", "ns:shop", "obj:shop/web-*", "client:shop/*",
    "qname IN {\"*.test\"}", "-rcode:noerror", "answer:192.0.2.0/24", "answer:c.test", "server:kube-system/*",
    "-server:10.0.0.10", "latency>500ms", "latency_mean:810000", "lookups:4", "data:flow,dns", "service:*", "proto:TCP",
    "dst.domain:a.test or flows:1", "node:node-1 -data:audit", "text~up", "src:*", "server:*", "latency:*", "obj:*",
  ]

  @Test(arguments: 0..<30) func `a filter takes the same rows over columns as over each row`(seed: Int) throws {
    var dice = Dice(seed)
    let snapshot = try Self.store(Self.mixed(&dice)).snapshot()
    let acts = try snapshot.all()
    for text in Self.filters {
      let plan = try Filter(parsing: text).plan
      guard !plan.needsPayload else { continue }
      #expect(try snapshot.ids(matching: plan) == acts.filter { plan.matches($0) { nil } }.map(\.id), "\(text)")
    }
    for field in FilterField.all where !field.columns.isEmpty {
      let facets = try snapshot.facets(
        FacetRequest(query: EventQuery(level: .everything), field: field.name, limit: 1000))
      let counts = try snapshot.counts(of: EventQuery(level: .everything), by: [field])
      for facet in facets.values {
        let wanted = acts.filter {
          let values = field.values(of: $0)
          return facet.value.map(values.contains) ?? values.isEmpty
        }.count
        #expect(facet.count == wanted, "\(field.name):\(facet.value ?? "-")")
        #expect(counts[ActGroup(values: [facet.value])] == wanted, "\(field.name):\(facet.value ?? "-")")
      }
    }
  }

  @Test(arguments: 0..<20) func `the rows of one log are listed, those of others counted`(seed: Int) throws {
    var dice = Dice(seed)
    let snapshot = try Self.store(Self.mixed(&dice)).snapshot()
    let acts = try snapshot.all()
    for text in ["", "ns:shop", "-action:deny"] {
      let filter = try Filter(parsing: text)
      let taken = acts.filter { filter.plan.matches($0) { nil } && $0.viewLevel <= .effective }
      for choice in [DataChoice.automatic, .only(.flow), .only(.dns), .only(.l7), .everything] {
        let page = try snapshot.page(PageRequest(query: EventQuery(filter: filter, data: choice), count: 500))
        let shown = choice.shown(filter, totals: page.dataTotals)
        #expect(page.shown == shown)
        #expect(Set(page.rows.map(\.id)) == Set(taken.filter { shown == nil || $0.data == shown }.map(\.id)))
        #expect(page.total + page.hidden.values.reduce(0, +) == taken.count)
        #expect(page.hidden[shown ?? .alert] == nil)
        #expect(page.dataTotals.values.reduce(0, +) == acts.count)
      }
    }
  }

  @Test(arguments: 0..<20) func `jumps over failures stop at denied flows and failed lookups`(seed: Int) throws {
    var dice = Dice(seed)
    let snapshot = try Self.store(Self.mixed(&dice)).snapshot()
    let acts = try snapshot.all()
    let failures = acts.filter { $0.facts?.isFailure == true || [.denied, .failed, .conflict].contains($0.outcome) }
    let answer = try snapshot.find(
      FindRequest(
        query: EventQuery(level: .everything), order: .oldestFirst, from: acts[0].id, forward: true, target: .failed))
    #expect(answer.count == failures.count)
    let wanted = try #require(acts.first { $0.data == .flow })
    let facts = try #require(wanted.facts?.flow)
    let pair: [EventColumn: ColumnValue] = [
      .srcNamespace: .text(facts.source.namespace), .srcName: .text(facts.source.name),
      .dstNamespace: .text(facts.destination.namespace), .dstName: .text(facts.destination.name),
    ]
    let same = try snapshot.find(
      FindRequest(
        query: EventQuery(level: .everything), order: .oldestFirst, from: wanted.id, forward: true,
        target: .values(pair)))
    #expect(
      same.count == acts.filter { act in pair.allSatisfy { act.value(of: $0.key) == $0.value } }.count)
  }

  @Test func `a stretch of a file that is added twice is there once`() throws {
    var dice = Dice(3)
    let records = Self.mixed(&dice)
    let store = try Self.store(records)
    var builder = SegmentBuilder(keeping: .none, cluster: "default")
    builder.add(
      EventBatch(records: records, offset: 0, byteCount: 1000, lineCount: records.count),
      bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    let source = try #require(store.knownSources.first?.id)
    let result = try store.append(builder.finish(), source: source)
    #expect(result.addedActs == 0)
    #expect(try store.snapshot().all().count == records.count)
  }

  @Test func `a segment of audit acts alone has no columns of other logs`() {
    var builder = SegmentBuilder(keeping: .none)
    builder.add(
      EventBatch(records: [.audit(event(uuid(1), content: 1))], offset: 0, byteCount: 10, lineCount: 1),
      bytes: UnsafeRawBufferPointer(start: nil, count: 0))
    let chunks = builder.finish().chunks
    #expect(!chunks.isEmpty)
    #expect(chunks.allSatisfy { $0.column.factColumn == nil })
  }

  @Test func `every column of facts has its place in a store`() {
    for data in DataKind.allCases {
      for column in LogFacts.columns(of: data) { #expect(StoredColumn.facts[column] != nil, "\(column)") }
    }
    for column in StoredColumn.allCases { #expect(column.rawValue < Int64(StoredColumn.limit)) }
    for column in StoredColumn.allCases where column.rawValue >= StoredColumn.end.rawValue {
      #expect(column.factColumn != nil, "\(column)")
    }
  }
}
