import AuditModel

/// Reads acts with their bodies.
struct DetailReader {
  let state: StoreState
  let store: EventStore

  /// The act's records with their redacted bytes, in the order of `logged`.
  func rawRecords(_ place: Int, _ row: Int, text: SegmentText? = nil) throws -> [RawRecord] {
    try redacted(logged(place, row, text: text))
  }

  /// The act's records as they were logged, latest stage first; those of another object, the write to Calico's storage
  /// that the act came to, after all others. They are for `redacted` and nobody else.
  /// - Parameters:
  ///   - picked: where to read the row, if not in its segment.
  ///   - text: of the row's segment, asked first where bytes are needed.
  func logged(
    _ place: Int, _ row: Int, picked: PickedRow? = nil, text: SegmentText? = nil
  ) throws -> [RawRecord] {
    var found: [(rank: RecordRank, record: RawRecord)] = []
    let head = state.id(place, row)
    let group = try state.segments[place].text(.apiGroup)[row]
    for id in [head] + (state.links.members[head] ?? []) {
      guard let (place, own) = state.locate(id) else { continue }
      let isPicked = id == head && picked != nil
      let segment = isPicked ? picked?.segment ?? state.segments[place] : state.segments[place]
      let row = isPicked ? picked?.row ?? own : own
      guard let source = state.sources[segment.info.source] else {
        throw StoreError.corrupt(reason: "a segment without a source")
      }
      let before = state.linesBefore(segment)
      let isStorageWrite = try id != head && segment.text(.apiGroup)[row] != group
      let level = try segment.numbers(.level).byte(row)
      for record in try segment.records(of: row) {
        let near = id == head ? try text?.bytes(of: record) : nil
        let bytes = try near ?? store.payload.bytes(of: record, in: segment.info, from: source)
        let position = SourcePosition(
          file: source.path, line: before + record.line, offset: record.offset, length: record.length)
        found.append(
          (
            RecordRank(stage: record.stage, level: level, contentID: record.contentID),
            RawRecord(stage: record.stage, source: position, bytes: bytes, isStorageWrite: isStorageWrite)
          ))
      }
    }
    let sorted = found.sorted { $1.rank < $0.rank }.map(\.record)
    return sorted.filter { !$0.isStorageWrite } + sorted.filter(\.isStorageWrite)
  }

  /// - Parameter memory: of records of acts like it.
  func redacted(_ logged: [RawRecord], memory: RecordMemories.Kind? = nil) -> [RawRecord] {
    logged.map { record in
      var record = record
      record.bytes = store.environment.redaction(
        record.bytes, memory?[record.stage, isStorageWrite: record.isStorageWrite])
      return record
    }
  }

  /// - Parameter raw: the act's records, redacted, in the order of `logged`.
  func detail(of act: Act, raw: [RawRecord], memory: RecordMemories.Kind? = nil) -> ActDetail {
    func content(_ record: RawRecord) -> StoredContent? {
      store.environment.decodeContent(
        record.bytes, memory?[record.stage, isStorageWrite: record.isStorageWrite])
    }
    let contents = raw.lazy.filter { !$0.isStorageWrite }.compactMap(content)
    let first = contents.first
    var detail = ActDetail(
      act: act, requestURI: first?.requestURI ?? "", request: first?.request, response: first?.response,
      annotations: first?.annotations ?? [], message: first?.message, records: raw)
    if raw.count > 1, detail.request == nil || detail.response == nil {
      for content in contents.dropFirst() {
        detail.request = detail.request ?? content.request
        detail.response = detail.response ?? content.response
      }
    }
    detail.stored =
      raw.lazy.filter(\.isStorageWrite).compactMap { content($0)?.response }.first
    return detail
  }
}
