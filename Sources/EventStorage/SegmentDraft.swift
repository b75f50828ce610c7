public import AuditModel

/// A segment that is not in the store yet: columns encoded and text compressed, so that the store has little left to do.
public struct SegmentDraft: Sendable {
  /// The stretch of the source, in bytes of decompressed text.
  public let start: Int64
  public let byteCount: Int64
  /// Newlines in the stretch.
  public let lineCount: Int
  public var recordCount: Int { groups.reduce(0) { $0 + 1 + $1.others.count } }
  public var actCount: Int { groups.count }
  public let rejects: [Reject]
  /// Records left out because the very same one is there already.
  public private(set) var duplicates: Int

  let records: RecordColumns
  /// In the order of rows once encoded: ascending by time, then by place in the source.
  private(set) var groups: [RecordGroup]
  let blocks: [StoredBlock]
  private(set) var chunks: [(column: StoredColumn, data: [UInt8])] = []

  init(
    start: Int64, byteCount: Int64, lineCount: Int, records: RecordColumns, groups: [RecordGroup],
    rejects: [Reject], blocks: [StoredBlock], duplicates: Int
  ) {
    self.start = start
    self.byteCount = byteCount
    self.lineCount = lineCount
    self.records = records
    self.groups = groups.sorted {
      (records.times[$0.head], records.offsets[$0.head]) < (records.times[$1.head], records.offsets[$1.head])
    }
    self.rejects = rejects
    self.blocks = blocks
    self.duplicates = duplicates
  }

  /// The row of table `segment`, but for its number.
  func info(source: Int64) -> SegmentInfo {
    SegmentInfo(
      number: 0, source: source, start: start, byteCount: byteCount, lineCount: lineCount, rowCount: groups.count,
      timeMin: timeSpan?.lowerBound ?? 0, timeMax: timeSpan?.upperBound ?? 0, hasBlocks: !blocks.isEmpty)
  }

  var timeSpan: ClosedRange<Int64>? {
    guard let first = groups.first, let last = groups.last else { return nil }
    return records.times[first.head]...records.times[last.head]
  }

  /// Leaves out records that the store has; `groups` keep their order.
  mutating func remove(_ known: Set<Int>, with compressor: Compressor) {
    duplicates += known.count
    groups = groups.compactMap { group in
      let rest = group.all.filter { !known.contains($0) }
      guard let head = rest.max(by: { records.rank($0) < records.rank($1) }) else { return nil }
      return RecordGroup(head: head, others: rest.filter { $0 != head })
    }
    encode(with: compressor)
  }

  /// The act's values that depend on more than its head.
  func summary(of group: RecordGroup) -> ActSummary {
    let head = group.head
    guard !group.others.isEmpty else {
      return ActSummary(
        stages: StageSet(records.stages[head]), code: records.codes[head], outcome: records.outcomes[head],
        isWrite: records.flags[head].contains(.isWrite))
    }
    var stages: StageSet = []
    var dryRun = false
    for record in group.all {
      stages.insert(StageSet(records.stages[record]))
      dryRun = dryRun || records.flags[record].contains(.dryRun)
    }
    let code = records.codes[head] ?? group.others.lazy.compactMap { records.codes[$0] }.first
    return ActSummary(
      stages: stages, code: code,
      outcome: Outcome.classify(
        verb: records.verb[head] ?? "", object: records.object(head), code: code.map(Int.init), stages: stages,
        dryRun: dryRun, requestURI: records.requestURI[head] ?? ""),
      isWrite: records.flags[head].contains(.isWrite))
  }

  mutating func encode(with compressor: Compressor) {
    chunks = []
    func add(_ column: StoredColumn, _ write: (inout ByteWriter) -> Void) {
      var out = ByteWriter()
      write(&out)
      chunks.append((column, packedChunk(out.bytes, with: compressor)))
    }
    func numbers(_ column: StoredColumn, _ values: [Int64]) { add(column) { PackedNumbers(values).write(to: &$0) } }
    if duplicates > 0 { numbers(.duplicates, [Int64(duplicates)]) }
    guard !groups.isEmpty else { return }
    let heads = groups.map(\.head)
    let summaries = groups.map(summary)
    func optionals(_ column: StoredColumn, _ values: [Int64?]) { add(column) { PackedNumbers(values).write(to: &$0) } }

    numbers(.time, heads.map { records.times[$0] })
    optionals(.took, heads.map { records.took[$0] })
    optionals(.code, summaries.map(\.code))
    numbers(.outcome, summaries.map { Int64($0.outcome.rawValue) })
    numbers(.level, heads.map { Int64(records.levels[$0].rawValue) })
    numbers(.stages, summaries.map { Int64($0.stages.rawValue) })
    numbers(.viewLevel, summaries.map { Int64($0.viewLevel) })
    numbers(.flags, heads.map { Int64(records.flags[$0].rawValue) })
    optionals(.generation, heads.map { records.generations[$0] })
    numbers(.data, heads.map { Int64(records.data[$0].rawValue) })
    numbers(.offset, heads.map { records.offsets[$0] })
    numbers(.length, heads.map { records.lengths[$0] })
    numbers(.line, heads.map { records.lines[$0] })

    let namespace = records.namespace.column(heads)
    let name = records.name.column(heads)
    let group = records.apiGroup.column(heads)
    let resource = records.resource.column(heads)
    let texts: [(StoredColumn, TextColumn)] = [
      (.verb, records.verb.column(heads)), (.by, records.by.column(heads)), (.asUser, records.asUser.column(heads)),
      (.agent, records.agent.column(heads)), (.apiGroup, group), (.apiVersion, records.apiVersion.column(heads)),
      (.resource, resource), (.kind, records.kind.column(heads)), (.namespace, namespace), (.name, name),
      (.subresource, records.subresource.column(heads)), (.uid, records.uid.column(heads)),
      (.resourceVersion, records.resourceVersion.column(heads)), (.tier, records.tier.column(heads)),
      (.decision, records.decision.column(heads)), (.reason, records.reason.column(heads)),
      (.requestURI, records.requestURI.column(heads)), (.referenceUID, records.referenceUID.column(heads)),
      (.referenceVersion, records.referenceVersion.column(heads)), (.sentVersion, records.sentVersion.column(heads)),
    ]
    for (column, values) in texts { add(column) { values.write(to: &$0) } }
    add(.cluster) { records.cluster.column(heads).write(to: &$0) }
    records.facts.encode(heads, add)
    add(.groups) { records.groups.column(heads).write(to: &$0) }
    add(.ips) { records.ips.column(heads).write(to: &$0) }

    var other = Coder<String>()
    var bits: [ContentID] = []
    for head in heads {
      switch records.auditIDs[head] {
      case .uuid(let value):
        bits.append(value)
        other.append(nil)
      case .text(let text):
        bits.append(.zero)
        other.append(text.text)
      case nil:
        bits.append(.zero)
        other.append(nil)
      }
    }
    add(.auditID) { IdentifierColumn(bits).write(to: &$0) }
    add(.auditText) { other.column(Array(heads.indices)).write(to: &$0) }
    add(.contentID) { IdentifierColumn(heads.map { records.contentIDs[$0] }).write(to: &$0) }

    let objects = ObjectRows(group: group, resource: resource, namespace: namespace, name: name)
    numbers(.objectCodes, objects.codes)
    numbers(.objectStarts, objects.starts)
    numbers(.objectRows, objects.rows)
    let verbs = records.verb
    numbers(
      .objectNames,
      ObjectNames.entries(
        objects.count, object: objects.object,
        isWritten: { place in
          objects.rows(at: place).contains { row in
            let head = heads[row]
            return historyReads(
              isWrite: records.flags[head].contains(.isWrite), verb: verbs[head], level: records.levels[head].rawValue,
              outcome: summaries[row].outcome.rawValue)
          }
        }))
    let ends = LineEnds(
      rowCount: heads.count, lineCount: lineCount, line: { Int(records.lines[heads[$0]]) },
      end: { records.times[heads[$0]] &+ (records.took[heads[$0]] ?? 0) })
    if let ends { numbers(.lineEnds, ends.values) }

    encodeMet(numbers, add)

    let further = groups.enumerated().flatMap { row, group in group.others.map { (row: row, record: $0) } }
    guard !further.isEmpty else { return }
    numbers(.recordRow, further.map { Int64($0.row) })
    numbers(.recordStage, further.map { Int64(records.stages[$0.record].rawValue) })
    numbers(.recordFlags, further.map { Int64(records.flags[$0.record].rawValue) })
    numbers(.recordOffset, further.map { records.offsets[$0.record] })
    numbers(.recordLength, further.map { records.lengths[$0.record] })
    numbers(.recordLine, further.map { records.lines[$0.record] })
    add(.recordContentID) { IdentifierColumn(further.map { records.contentIDs[$0.record] }).write(to: &$0) }
  }

  private func encodeMet(
    _ numbers: (StoredColumn, [Int64]) -> Void, _ add: (StoredColumn, (inout ByteWriter) -> Void) -> Void
  ) {
    guard !records.met.isEmpty else { return }
    var rows: [Int64] = []
    var names = Coder<String>()
    for (row, group) in groups.enumerated() {
      // Of several stages only the last has an answer.
      for name in Set(group.all.flatMap { records.met[$0] ?? [] }).sorted() {
        rows.append(Int64(row))
        names.append(name)
      }
    }
    numbers(.metRow, rows)
    add(.metName) { names.column(Array(rows.indices)).write(to: &$0) }
  }
}

/// What an act is, by all its stages.
struct ActSummary: Hashable, Sendable {
  var stages: StageSet
  var code: Int64?
  var outcome: Outcome
  var isWrite: Bool
  var viewLevel: Int { outcome.viewLevel(isWrite: isWrite).rawValue }
}

/// A chunk as table `chunk` holds it: 0 and the bytes, or 1, their count, and a zstd frame.
private func packedChunk(_ bytes: [UInt8], with compressor: Compressor) -> [UInt8] {
  var out = ByteWriter()
  if let packed = bytes.withUnsafeBytes({ compressor.compress($0) }), packed.count + 4 < bytes.count {
    out.put(UInt8(1))
    out.put(UInt32(bytes.count))
    out.put(packed)
  } else {
    out.put(UInt8(0))
    out.put(bytes)
  }
  return out.bytes
}

/// The reverse of `packedChunk`; the bytes are good as long as `body` runs.
func unpackChunk<Value>(_ data: UnsafeRawBufferPointer, _ body: (UnsafeRawBufferPointer) throws -> Value) throws
  -> Value
{
  guard let kind = data.first else { throw StoreError.corrupt(reason: "an empty column") }
  guard kind == 1 else { return try body(UnsafeRawBufferPointer(rebasing: data[1...])) }
  guard data.count > 5 else { throw StoreError.corrupt(reason: "a column ends early") }
  let size = Int(UInt32(littleEndian: data.loadUnaligned(fromByteOffset: 1, as: UInt32.self)))
  return try Decompressor.idle.use { decompressor in
    guard let text = decompressor.scratch(of: UnsafeRawBufferPointer(rebasing: data[5...]), size: size) else {
      throw StoreError.corrupt(reason: "a compressed column")
    }
    return try body(text)
  }
}
