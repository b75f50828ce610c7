import AuditModel
import EventStorage

/// The end of a text of which a longer text may make something else: the begin of a line, a part of a record.
///
/// What is in it now is shown, as a segment of its own that counts as not read: when the source has grown it is dropped
/// (`EventStore.dropProvisional`), and the text is read again from where it began.
struct UnfinishedEnd {
  private var batch: EventBatch?
  private var text: [UInt8] = []

  /// Nothing is unfinished.
  init() {}

  /// Takes what is unfinished out of a batch.
  /// - Parameters:
  ///   - offset: where in the source that begins; nil for nothing.
  ///   - bytes: the batch's text.
  init(of batch: inout EventBatch, at offset: Int64?, in bytes: UnsafeRawBufferPointer) {
    guard var offset else { return }
    // Brackets and blanks in front of it are read again with what follows them.
    let begin = offset
    let isFirst =
      batch.records.allSatisfy { $0.position.offset >= begin } && batch.rejects.allSatisfy { $0.offset >= begin }
    if isFirst { offset = batch.offset }
    let cut = Int(offset - batch.offset)
    var rest = EventBatch(
      records: batch.records.filter { $0.position.offset >= offset },
      rejects: batch.rejects.filter { $0.offset >= offset }, offset: offset, byteCount: batch.byteCount - cut,
      lineCount: 0)
    text = Array(bytes[cut..<batch.byteCount])
    rest.lineCount = text.count { $0 == UInt8(ascii: "\n") }
    batch.records.removeAll { $0.position.offset >= offset }
    batch.rejects.removeAll { $0.offset >= offset }
    batch.byteCount = cut
    batch.lineCount -= rest.lineCount
    for index in rest.records.indices { rest.records[index].position.line -= batch.lineCount }
    for index in rest.rejects.indices { rest.rejects[index].line -= batch.lineCount }
    self.batch = rest
  }

  var isEmpty: Bool { batch == nil }
  var rejectCount: Int { batch?.rejects.count ?? 0 }

  /// Adds it to the store; nil where there is nothing.
  func append(to store: EventStore, source: StoredSource, keeping: PayloadKeeping) throws -> AppendResult? {
    guard let batch, !batch.records.isEmpty || !batch.rejects.isEmpty else { return nil }
    var builder = SegmentBuilder(keeping: keeping, cluster: source.cluster)
    text.withUnsafeBytes { builder.add(batch, bytes: $0) }
    return try store.append(builder.finish(endingAt: batch.offset), source: source.id)
  }
}
