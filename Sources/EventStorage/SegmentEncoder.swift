import AuditModel

/// Makes the chunks of a draft: one for each column of which its rows say anything.
struct SegmentEncoder {
  private let groups: [RecordGroup]
  private let records: RecordColumns
  /// The record that each row's values are from.
  private let heads: [Int]
  private let summaries: [ActSummary]
  private let compressor: Compressor
  private var chunks: [(column: StoredColumn, data: [UInt8])] = []

  static func chunks(
    of draft: SegmentDraft, with compressor: Compressor
  ) -> [(column: StoredColumn, data: [UInt8])] {
    var encoder = SegmentEncoder(draft, compressor)
    if draft.duplicates > 0 { encoder.add(.duplicates, [Int64(draft.duplicates)]) }
    guard !draft.groups.isEmpty else { return encoder.chunks }
    encoder.addNumbers()
    let texts = encoder.addTexts()
    encoder.addIdentifiers()
    encoder.addObjects(texts)
    encoder.addLineEnds(lineCount: draft.lineCount)
    encoder.addMet()
    encoder.addFurtherRecords()
    return encoder.chunks
  }

  private init(_ draft: SegmentDraft, _ compressor: Compressor) {
    groups = draft.groups
    records = draft.records
    heads = draft.groups.map(\.head)
    summaries = draft.groups.map(draft.summary)
    self.compressor = compressor
  }

  private mutating func add(_ column: StoredColumn, _ write: (inout ByteWriter) -> Void) {
    var out = ByteWriter()
    write(&out)
    chunks.append((column, packedChunk(out.bytes, with: compressor)))
  }

  private mutating func add(_ column: StoredColumn, _ values: [Int64]) {
    add(column) { PackedNumbers(values).write(to: &$0) }
  }

  private mutating func add(_ column: StoredColumn, _ values: [Int64?]) {
    add(column) { PackedNumbers(values).write(to: &$0) }
  }

  private mutating func add(_ column: StoredColumn, _ values: TextColumn) {
    add(column) { values.write(to: &$0) }
  }

  private mutating func add(_ column: StoredColumn, _ values: [ContentID]) {
    add(column) { IdentifierColumn(values).write(to: &$0) }
  }

  private mutating func addNumbers() {
    add(.time, heads.map { records.times[$0] })
    add(.took, heads.map { records.took[$0] })
    add(.code, summaries.map(\.code))
    add(.outcome, summaries.map { Int64($0.outcome.rawValue) })
    add(.level, heads.map { Int64(records.levels[$0].rawValue) })
    add(.stages, summaries.map { Int64($0.stages.rawValue) })
    add(.viewLevel, summaries.map { Int64($0.viewLevel) })
    add(.flags, heads.map { Int64(records.flags[$0].rawValue) })
    add(.generation, heads.map { records.generations[$0] })
    add(.data, heads.map { Int64(records.data[$0].rawValue) })
    add(.offset, heads.map { records.offsets[$0] })
    add(.length, heads.map { records.lengths[$0] })
    add(.line, heads.map { records.lines[$0] })
  }

  private mutating func addTexts() -> [StoredColumn: TextColumn] {
    let coders: [(StoredColumn, Coder<String>)] = [
      (.verb, records.verb), (.by, records.by), (.asUser, records.asUser), (.agent, records.agent),
      (.apiGroup, records.apiGroup), (.apiVersion, records.apiVersion),
      (.resource, records.resource),
      (.kind, records.kind), (.namespace, records.namespace), (.name, records.name),
      (.subresource, records.subresource), (.uid, records.uid),
      (.resourceVersion, records.resourceVersion),
      (.tier, records.tier), (.decision, records.decision), (.reason, records.reason),
      (.referenceUID, records.referenceUID), (.referenceVersion, records.referenceVersion),
      (.sentVersion, records.sentVersion), (.cluster, records.cluster),
    ]
    var texts: [StoredColumn: TextColumn] = [:]
    for (column, coder) in coders {
      let values = coder.column(heads)
      texts[column] = values
      add(column, values)
    }
    add(.requestURI, records.requestURI.column(heads, as: Redactor.bare))
    let (facts, groups, ips) = (
      records.facts, records.groups.column(heads), records.ips.column(heads)
    )
    facts.encode(heads) { add($0, $1) }
    add(.groups) { groups.write(to: &$0) }
    add(.ips) { ips.write(to: &$0) }
    return texts
  }

  private mutating func addIdentifiers() {
    var texts = Coder<String>()
    var bits: [ContentID] = []
    for head in heads {
      switch records.auditIDs[head] {
      case .uuid(let value):
        bits.append(value)
        texts.append(nil)
      case .text(let text):
        bits.append(.zero)
        texts.append(text.text)
      case nil:
        bits.append(.zero)
        texts.append(nil)
      }
    }
    add(.auditID, bits)
    add(.auditText, texts.column(Array(heads.indices)))
    add(.contentID, heads.map { records.contentIDs[$0] })
  }

  private mutating func addObjects(_ texts: [StoredColumn: TextColumn]) {
    guard let group = texts[.apiGroup], let resource = texts[.resource],
      let namespace = texts[.namespace],
      let name = texts[.name]
    else { preconditionFailure("columns of objects are made before their list") }
    let objects = ObjectRows(group: group, resource: resource, namespace: namespace, name: name)
    add(.objectCodes, objects.codes)
    add(.objectStarts, objects.starts)
    add(.objectRows, objects.rows)
    let names = ObjectNames.entries(
      objects.count, object: objects.object,
      isWritten: { place in
        objects.rows(at: place).contains { row in
          let head = heads[row]
          return historyReads(
            isWrite: records.flags[head].contains(.isWrite), verb: records.verb[head],
            level: records.levels[head].rawValue, outcome: summaries[row].outcome.rawValue)
        }
      })
    add(.objectNames, names)
  }

  private mutating func addLineEnds(lineCount: Int) {
    let ends = LineEnds(
      rowCount: heads.count, lineCount: lineCount, line: { Int(records.lines[heads[$0]]) },
      end: { records.times[heads[$0]] &+ (records.took[heads[$0]] ?? 0) })
    if let ends { add(.lineEnds, ends.values) }
  }

  /// What deletions of collections met, as their answers list it.
  private mutating func addMet() {
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
    add(.metRow, rows)
    add(.metName, names.column(Array(rows.indices)))
  }

  private mutating func addFurtherRecords() {
    let further = groups.enumerated().flatMap { row, group in
      group.others.map { (row: row, record: $0) }
    }
    guard !further.isEmpty else { return }
    add(.recordRow, further.map { Int64($0.row) })
    add(.recordStage, further.map { Int64(records.stages[$0.record].rawValue) })
    add(.recordFlags, further.map { Int64(records.flags[$0.record].rawValue) })
    add(.recordOffset, further.map { records.offsets[$0.record] })
    add(.recordLength, further.map { records.lengths[$0.record] })
    add(.recordLine, further.map { records.lines[$0.record] })
    add(.recordContentID, further.map { records.contentIDs[$0.record] })
  }
}
