import AuditModel

/// One call's input and what comes of it.
struct DecodingCall {
  let bytes: UnsafeRawBufferPointer
  var batch: EventBatch
  /// Which row of `LogFormat.all` took each record of the batch.
  private(set) var rows: [Int] = []
  /// The line of the byte at `counted`.
  var line = 1
  var counted = 0
  /// Records that began and go on in lines to come.
  private var open: [Joint: OpenRecord] = [:]
  /// Where records of several lines stand.
  private var spans: [Range<Int>] = []
  /// Told of each record: the bytes that its content key is of, and the JSON text that was decoded.
  var observer:
    ((_ own: UnsafeRawBufferPointer, _ decoded: UnsafeRawBufferPointer, _ contentID: ContentID, _ isCut: Bool) -> Void)?

  init(bytes: UnsafeRawBufferPointer, offset: Int64) {
    self.bytes = bytes
    batch = EventBatch(offset: offset, byteCount: 0, lineCount: 0)
  }

  mutating func countLines(to place: Int) {
    guard place > counted else { return }
    line += bytes.occurrences(of: Ascii.newline, in: counted..<place)
    counted = place
  }

  /// - Parameter isWrapped: the record is only a part of what stands at the place.
  mutating func append(
    _ record: consuming LogRecord, row: Int, at place: Range<Int>, line known: Int?, isWrapped: Bool
  ) {
    if known == nil { countLines(to: place.lowerBound) }
    record.position = RecordPosition(
      line: known ?? line, offset: batch.offset + Int64(place.lowerBound), length: place.count, isWrapped: isWrapped)
    batch.records.append(consume record)
    rows.append(row)
  }

  mutating func reject(_ range: Range<Int>, _ reason: String, line known: Int? = nil) {
    if known == nil { countLines(to: range.lowerBound) }
    batch.rejects.append(
      Reject(line: known ?? line, offset: batch.offset + Int64(range.lowerBound), length: range.count, reason: reason))
  }

  // MARK: Records of several lines

  /// What is there of a record that goes on.
  struct OpenRecord {
    var text: [UInt8]
    /// From the first byte of its first line to the last of its latest.
    var place: Range<Int>
    var line: Int
    var transport: Transport
  }

  var hasOpenRecords: Bool { !open.isEmpty }

  /// Adds a part to its record. The record, when it is whole now.
  mutating func join(
    _ part: JointPart, _ text: some Collection<UInt8>, at place: Range<Int>, _ transport: Transport
  ) -> OpenRecord? {
    countLines(to: place.lowerBound)
    var record =
      open.removeValue(forKey: part.joint)
      ?? OpenRecord(text: [], place: place, line: line, transport: transport)
    record.text += text
    record.place = record.place.lowerBound..<place.upperBound
    if part.isOpen {
      open[part.joint] = record
      return nil
    }
    if record.place != place { spans.append(record.place) }
    return record
  }

  func isOpen(_ joint: Joint) -> Bool { open[joint] != nil }

  /// Where the first record that is still open begins, or one before it that is whole and ended behind that place.
  var startOfOpenRecords: Int? {
    guard var start = open.values.map(\.place.lowerBound).min() else { return nil }
    while let span = spans.first(where: { $0.lowerBound < start && $0.upperBound > start }) { start = span.lowerBound }
    return start
  }

  /// Takes out what is open, in the order of the text: all, or what began more than `length` bytes before a place.
  mutating func giveUp(before place: Int = .max, length: (Joint.Kind) -> Int = { _ in 0 }) -> [OpenRecord] {
    guard !open.isEmpty else { return [] }
    let late = open.filter { place == .max || place - $0.value.place.lowerBound > length($0.key.kind) }
    for joint in late.keys { open[joint] = nil }
    spans += late.values.map(\.place)
    return late.values.sorted { $0.place.lowerBound < $1.place.lowerBound }
  }

  /// Forgets all that stands at or behind the first record that is still open: it will be given again. What was used
  /// up to a place, is used up to the returned one only.
  mutating func holdBack(from end: Int) -> Int {
    guard let cut = startOfOpenRecords else { return end }
    let limit = batch.offset + Int64(cut)
    let kept = batch.records.indices.filter { batch.records[$0].position.offset < limit }
    rows = kept.map { rows[$0] }
    batch.records = kept.map { batch.records[$0] }
    batch.rejects.removeAll { $0.offset >= limit }
    (line, counted) = (1, 0)
    return cut
  }

  /// Puts what was found in the order of the text, where records of several lines have upset it.
  mutating func sort() {
    guard !spans.isEmpty else { return }
    let order = batch.records.indices.sorted {
      (batch.records[$0].position.offset, $0) < (batch.records[$1].position.offset, $1)
    }
    rows = order.map { rows[$0] }
    batch.records = order.map { batch.records[$0] }
    let rejects = batch.rejects.indices.sorted { (batch.rejects[$0].offset, $0) < (batch.rejects[$1].offset, $1) }
    batch.rejects = rejects.map { batch.rejects[$0] }
  }
}
